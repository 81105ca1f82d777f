#include "sys/log.h"

#include <sys/ioctl.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "sys/logger.h"
#include "text/utf8.h"

#define LINE	4096
#define PATIENCE	2000	/* ms */
#define NAME	"libvirt-guests: "
#define ERASE	"\033[J"	/* from here to the end of the screen */

/* Standard output and standard error, opened once more so that no write waits:
 * the flag would apply to all users of the inherited descriptors. */
static int descriptor[3] = { -1, STDOUT_FILENO, STDERR_FILENO };

static enum log_level level;
static bool tty;
static log_divert_fn *divert;
static void *divert_arg;
static struct log_table table;	/* what the terminal shows */
static size_t table_done;	/* bytes of it that are written */

static void
descriptor_open(int fd)
{
	char path[32];
	struct stat st;
	int opened;

	if (descriptor[fd] != fd || fstat(fd, &st) == -1 ||
	    !(S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode)))
		return;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	opened = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (opened != -1)
		descriptor[fd] = opened;
}

void
log_init(enum log_level wanted)
{
	const char *term = getenv("TERM");

	descriptor_open(STDOUT_FILENO);
	descriptor_open(STDERR_FILENO);

	level = wanted;
	tty = isatty(STDOUT_FILENO) == 1 && term != NULL &&
	    term[0] != '\0' && strcmp(term, "dumb") != 0;
	table.lines = 0;
}

void
log_divert(log_divert_fn *fn, void *arg)
{
	divert = fn;
	divert_arg = arg;
}

size_t
log_columns(void)
{
	struct winsize ws;

	if (!tty || ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == -1 ||
	    ws.ws_col < 20)
		return 80;
	return ws.ws_col;
}

bool
log_shows(enum log_level least)
{
	return level >= least;
}

bool
log_size(struct log_size *size)
{
	struct winsize ws;

	if (!tty || level < LOG_NORMAL)
		return false;
	/* Terminals behind a serial line do not tell their size. */
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == -1 || ws.ws_col == 0 ||
	    ws.ws_row == 0)
		ws = (struct winsize){ .ws_col = 80, .ws_row = 24 };
	*size = (struct log_size){ ws.ws_col, ws.ws_row };
	return true;
}

/* A reader that does not read (a terminal stopped by ^S, a full pipe) must not
 * delay a stop: wait for it once, and not again until it has read. */
static bool
writable(int fd)
{
	static bool asleep[3];
	struct pollfd pfd = { .fd = descriptor[fd], .events = POLLOUT };

	/* If poll(2) itself fails, only the write can show it. */
	asleep[fd] = poll(&pfd, 1, asleep[fd] ? 0 : PATIENCE) == 0;
	return !asleep[fd];
}

static void
put(int fd, const char *text, size_t len)
{
	ssize_t n;

	while (len > 0) {
		if (!writable(fd))
			return;
		n = write(descriptor[fd], text, len);
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			continue;
		/* No reader: go on. */
		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

/* Put the cursor at the beginning of the table.  If the terminal has become
 * narrower, it has wrapped lines, perhaps before it told its size: clear it. */
static void
table_home(void)
{
	static unsigned columns;
	struct log_size size;
	char text[32] = "\033[H\033[2J";

	if (!log_size(&size))
		return;
	if (table.lines == 0)
		text[0] = '\0';
	else if (size.columns >= columns)
		(void)snprintf(text, sizeof(text), "\r\033[%uA", table.lines);
	columns = size.columns;
	put(STDOUT_FILENO, text, strlen(text));
}

/* Write what the terminal takes; true: all is written. */
static bool
table_write(void)
{
	size_t left = table.len - table_done;
	ssize_t n;

	if (table.lines == 0 || left == 0)
		return true;
	n = write(descriptor[STDOUT_FILENO], table.text + table_done, left);
	if (n > 0)
		table_done += (size_t)n;
	return table_done == table.len;
}

void
log_table_flush(void)
{
	if (table.lines > 0)
		put(STDOUT_FILENO, table.text + table_done,
		    table.len - table_done);
	table_done = table.len;
}

void
log_table_keep(void)
{
	log_table_flush();
	table.lines = 0;
}

static void
table_erase(void)
{
	if (table.lines == 0)
		return;
	log_table_flush();
	table_home();
	put(STDOUT_FILENO, ERASE, sizeof(ERASE) - 1);
	table.lines = 0;
}

bool
log_table_ready(bool *erased)
{
	struct pollfd pfd = { .fd = descriptor[STDOUT_FILENO],
	    .events = POLLOUT };
	int queued = 0;

	*erased = table.lines == 0;
	if (!table_write() || poll(&pfd, 1, 0) != 1)
		return false;
	/* On a slow line, tables would queue. */
	return ioctl(STDOUT_FILENO, TIOCOUTQ, &queued) == -1 || queued == 0;
}

void
log_table(const struct log_table *next)
{
	table_home();
	table = *next;
	table_done = 0;
	(void)table_write();
}

/* The caller escaped names, but perhaps not paths and texts of others: replace
 * what steers a terminal. */
static void
tame(char *text, size_t len)
{
	unsigned char *p = (unsigned char *)text;
	size_t i, n;
	uint32_t c;

	for (i = 0; i < len; i += n) {
		n = utf8_read(p + i, len - i, &c);
		if (n != 0 && !utf8_steers(c))
			continue;
		n = n == 0 ? 1 : n;
		memset(p + i, '?', n);
	}
}

struct line {
	int			 fd;	/* or -1: only in the system log */
	const char		*prefix;
	enum logger_level	 level;
	bool			 logged;	/* in the system log */
};

static void	line(const struct line *, const char *, va_list)
		    __attribute__((__format__(__printf__, 2, 0)));

static void
line(const struct line *l, const char *fmt, va_list ap)
{
	char text[LINE];
	int saved = errno, n, m, name;

	if (l->fd != -1)
		table_erase();
	n = snprintf(text, sizeof(text) - 1, "%s", l->prefix);
	name = strncmp(text, NAME, sizeof(NAME) - 1) == 0 ?
	    (int)sizeof(NAME) - 1 : 0;
	m = vsnprintf(text + n, sizeof(text) - 1 - (size_t)n, fmt, ap);
	n = m < 0 ? n : n + m;
	if ((size_t)n > sizeof(text) - 2)
		n = (int)sizeof(text) - 2;
	tame(text, (size_t)n);
	text[n] = '\0';
	if (l->logged)
		logger_send(l->level, text + name);
	text[n] = '\n';
	if (l->fd != -1)
		put(l->fd, text, (size_t)n + 1);
	errno = saved;
}

static void	 complain(bool, const char *, va_list)
		    __attribute__((__format__(__printf__, 2, 0)));

/* An error, or a warning. */
static void
complain(bool error, const char *fmt, va_list ap)
{
	static const struct line failure = { STDERR_FILENO, NAME,
	    LOGGER_ERROR, true };
	static const struct line warning = { STDERR_FILENO, NAME "warning: ",
	    LOGGER_WARNING, true };
	char text[LINE];
	int saved = errno;

	if (divert == NULL) {
		line(error ? &failure : &warning, fmt, ap);
		return;
	}
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	tame(text, strlen(text));
	divert(divert_arg, error, text);
	errno = saved;
}

void
log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(true, fmt, ap);
	va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(false, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	static const struct line shown = { STDOUT_FILENO, "", LOGGER_INFO,
	    true };
	static const struct line quiet = { -1, "", LOGGER_INFO, true };
	va_list ap;

	if (divert != NULL)
		return;
	va_start(ap, fmt);
	line(level < LOG_NORMAL ? &quiet : &shown, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	static const struct line shown = { STDERR_FILENO, NAME, LOGGER_INFO,
	    false };
	va_list ap;

	if (level < LOG_VERBOSE)
		return;
	va_start(ap, fmt);
	line(&shown, fmt, ap);
	va_end(ap);
}

void
log_answer(const char *fmt, ...)
{
	static const struct line shown = { STDOUT_FILENO, "", LOGGER_INFO,
	    false };
	va_list ap;

	va_start(ap, fmt);
	line(&shown, fmt, ap);
	va_end(ap);
}

int
log_text(const char *text, size_t len, bool hasty)
{
	struct pollfd pfd = { .fd = descriptor[STDOUT_FILENO],
	    .events = POLLOUT };
	ssize_t n;

	while (len > 0) {
		/* If poll(2) itself fails, only the write can show it. */
		if (poll(&pfd, 1, hasty ? PATIENCE : -1) == 0)
			return -1;
		n = write(descriptor[STDOUT_FILENO], text,
		    len < LINE ? len : LINE);
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return -1;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}
