#include "sys/logger.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compat.h"
#include "sys/boot.h"

#define FACILITY	(3 << 3)	/* daemon */
#define IDENT		"libvirt-guests"
#define PATIENCE	200	/* ms */
#define HEAD		64	/* bytes before the text */

static const char *where;	/* the socket, or NULL */
static int descriptor = -1;
static bool asleep;		/* the daemon does not read */

static void
logger_close(void)
{
	if (descriptor != -1)
		(void)close(descriptor);
	descriptor = -1;
}

void
logger_open(const char *path)
{
	logger_close();
	where = path;
	asleep = false;
}

static int
logger_connect(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	if (strlcpy(to.sun_path, where, sizeof(to.sun_path)) >=
	    sizeof(to.sun_path))
		return -1;
	descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	if (descriptor == -1)
		return -1;
	if (connect(descriptor, (struct sockaddr *)&to, sizeof(to)) == 0)
		return 0;
	logger_close();
	return -1;
}

static ssize_t
message_send(const char *text, size_t len)
{
	struct pollfd pfd = { .fd = descriptor, .events = POLLOUT };
	ssize_t n;

	n = send(descriptor, text, len, MSG_NOSIGNAL);
	if (n == -1 && errno == EAGAIN && !asleep) {
		asleep = poll(&pfd, 1, PATIENCE) != 1;
		n = send(descriptor, text, len, MSG_NOSIGNAL);
	}
	if (n != -1)
		asleep = false;
	return n;
}

static size_t
head_put(enum logger_level level, char head[HEAD])
{
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t now = (time_t)boot_clock();
	struct tm tm;
	int n;

	if (localtime_r(&now, &tm) == NULL || tm.tm_mon < 0 || tm.tm_mon > 11)
		memset(&tm, 0, sizeof(tm));
	n = snprintf(head, HEAD, "<%d>%s %2d %02d:%02d:%02d " IDENT "[%ld]: ",
	    FACILITY | (int)level, months[tm.tm_mon], tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec, (long)getpid());
	return n < 0 ? 0 : n >= HEAD ? HEAD - 1 : (size_t)n;
}

void
logger_send(enum logger_level level, const char *text)
{
	char line[HEAD + LOGGER_LINE];
	int saved = errno;
	size_t head, len;

	if (where == NULL)
		return;
	head = head_put(level, line);
	len = strlen(text);
	if (len > LOGGER_LINE - head)
		len = LOGGER_LINE - head;
	memcpy(line + head, text, len);
	/* The daemon may have been started, or started again. */
	if ((descriptor != -1 || logger_connect() == 0) &&
	    message_send(line, head + len) == -1 && errno != EAGAIN) {
		logger_close();
		if (logger_connect() == 0)
			(void)message_send(line, head + len);
	}
	errno = saved;
}

/* JOURNAL_STREAM has the device and inode of what journald reads. */
static bool
journald_reads(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char text[64];
	struct stat st;

	if (stream == NULL || fstat(STDERR_FILENO, &st) == -1)
		return false;
	(void)snprintf(text, sizeof(text), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return strcmp(text, stream) == 0;
}

bool
logger_wanted(void)
{
	int fd;

	if (journald_reads())
		return false;
	if (isatty(STDERR_FILENO) != 1)
		return true;
	if ((fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC)) != -1)
		(void)close(fd);
	return fd == -1;
}
