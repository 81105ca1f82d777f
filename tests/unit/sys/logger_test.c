#include "sys/logger.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <atf-c.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH	"log"
#define MANY	2000	/* more than any queue has */

static char text[8192];

/* A log daemon. */
static int
listens(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = PATH };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)unlink(PATH);
	ATF_REQUIRE(fd != -1);
	ATF_REQUIRE(bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	return fd;
}

/* The next message, after its head; "": there is none. */
static const char *
got(int fd)
{
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);
	const char *body;

	text[n < 0 ? 0 : n] = '\0';
	body = strstr(text, "]: ");
	return body == NULL ? "" : body + 3;
}

ATF_TC_WITHOUT_HEAD(form);
ATF_TC_BODY(form, tc)
{
	int fd = listens(), day, time[3], pri, end = 0;
	long pid = 0;
	char month[4], message[3000];

	logger_open(PATH);
	logger_send(LOGGER_WARNING, "a b");
	ATF_CHECK_STREQ("a b", got(fd));
	ATF_CHECK_EQ(7, sscanf(text,
	    "<%d>%3s %d %d:%d:%d libvirt-guests[%ld]: a b%n", &pri, month,
	    &day, &time[0], &time[1], &time[2], &pid, &end));
	ATF_CHECK_EQ(strlen(text), (size_t)end);
	ATF_CHECK_EQ(3 * 8 + 4, pri);
	ATF_CHECK_EQ((long)getpid(), pid);
	ATF_CHECK_EQ(' ', text[7]);

	memset(message, 'x', sizeof(message));
	message[sizeof(message) - 1] = '\0';
	logger_send(LOGGER_ERROR, message);
	ATF_CHECK(got(fd)[0] == 'x');
	ATF_CHECK_EQ(LOGGER_LINE, strlen(text));

	logger_open(NULL);
	logger_send(LOGGER_ERROR, "off");
	ATF_CHECK_STREQ("", got(fd));
}

/* The daemon is missing, is started, and is started again. */
ATF_TC_WITHOUT_HEAD(daemons);
ATF_TC_BODY(daemons, tc)
{
	int fd;

	logger_open(PATH);
	logger_send(LOGGER_INFO, "1");
	fd = listens();
	logger_send(LOGGER_INFO, "2");
	ATF_CHECK_STREQ("2", got(fd));
	(void)close(fd);
	logger_send(LOGGER_INFO, "3");
	fd = listens();
	logger_send(LOGGER_INFO, "4");
	ATF_CHECK_STREQ("4", got(fd));
	(void)close(fd);
	fd = listens();
	logger_send(LOGGER_INFO, "5");
	ATF_CHECK_STREQ("5", got(fd));
	ATF_CHECK_STREQ("", got(fd));
}

/* The messages of a full queue are dropped; then the daemon reads again. */
ATF_TC_WITHOUT_HEAD(full);
ATF_TC_BODY(full, tc)
{
	int fd = listens(), n = 0;
	char message[16];
	long i;

	logger_open(PATH);
	for (i = 0; i < MANY; i++) {
		(void)snprintf(message, sizeof(message), "%ld", i);
		logger_send(LOGGER_INFO, message);
	}
	for (i = 0; *got(fd) != '\0'; i++)
		n++;
	ATF_CHECK(n > 0 && n < MANY);
	logger_send(LOGGER_INFO, "again");
	ATF_CHECK_STREQ("again", got(fd));
}

static bool
wanted_with(const char *stream)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (stream == NULL)
			(void)unsetenv("JOURNAL_STREAM");
		else
			(void)setenv("JOURNAL_STREAM", stream, 1);
		_exit(logger_wanted());
	}
	ATF_REQUIRE(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	return WEXITSTATUS(status) != 0;
}

/* Standard error is a file here. */
ATF_TC_WITHOUT_HEAD(wanted);
ATF_TC_BODY(wanted, tc)
{
	int fd = open("err", O_WRONLY | O_CREAT, 0600);
	char stream[64];
	struct stat st;

	ATF_REQUIRE(fd != -1 && fstat(fd, &st) == 0);
	(void)dup2(fd, STDERR_FILENO);
	(void)snprintf(stream, sizeof(stream), "%ju:%ju",
	    (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	ATF_CHECK(wanted_with(NULL));
	ATF_CHECK(!wanted_with(stream));
	ATF_CHECK(wanted_with("8:1"));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, form);
	ATF_TP_ADD_TC(tp, daemons);
	ATF_TP_ADD_TC(tp, full);
	ATF_TP_ADD_TC(tp, wanted);
	return atf_no_error();
}
