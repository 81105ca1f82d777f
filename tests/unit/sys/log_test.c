#include "sys/log.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N(a)	(sizeof(a) / sizeof((a)[0]))
#define NAME	"libvirt-guests: "

/*
 * Standard output and error are sockets that keep each write(2) apart: a line
 * is one of them.
 */
static int out = -1, err = -1;

static int
replaced(int fd)
{
	int sv[2];

	ATF_REQUIRE_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
	    0, sv));
	ATF_REQUIRE_EQ(fd, dup2(sv[0], fd));
	(void)close(sv[0]);
	return sv[1];
}

static int	keep[2] = { -1, -1 };

static void
begin(enum log_level level)
{
	keep[0] = dup(STDOUT_FILENO);
	keep[1] = dup(STDERR_FILENO);
	out = replaced(STDOUT_FILENO);
	err = replaced(STDERR_FILENO);
	log_init(level);
}

static void
end(void)
{
	(void)dup2(keep[0], STDOUT_FILENO);
	(void)dup2(keep[1], STDERR_FILENO);
	(void)close(keep[0]);
	(void)close(keep[1]);
	(void)close(out);
	(void)close(err);
}

/* The next write there, "" when there is none. */
static const char *
said(int fd, char text[8192])
{
	ssize_t n = recv(fd, text, 8191, MSG_DONTWAIT);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static const struct {
	const char	*what;
	void		(*say)(const char *, ...)
			    __attribute__((__format__(__printf__, 1, 2)));
	const char	*out;
	const char	*err;
	enum log_level	 from;		/* is said from that level on */
} says[] = {
	{ "error", log_error, "", NAME "a 7\n", LOG_QUIET },
	{ "warn", log_warn, "", NAME "warning: a 7\n", LOG_QUIET },
	{ "info", log_info, "a 7\n", "", LOG_NORMAL },
	{ "debug", log_debug, "", NAME "a 7\n", LOG_VERBOSE },
	{ "answer", log_answer, "a 7\n", "", LOG_QUIET },
};

ATF_TC_WITHOUT_HEAD(levels);
ATF_TC_BODY(levels, tc)
{
	char o[8192], e[8192], more[8192];
	int level;
	bool heard;
	size_t i;

	for (level = LOG_QUIET; level <= LOG_VERBOSE; level++)
		for (i = 0; i < N(says); i++) {
			begin((enum log_level)level);
			says[i].say("%s %d", "a", 7);
			(void)said(out, o);
			(void)said(err, e);
			heard = said(out, more)[0] != '\0' ||
			    said(err, more)[0] != '\0';
			end();
			ATF_CHECK_MSG(!heard, "%s: two writes", says[i].what);
			heard = level >= (int)says[i].from;
			ATF_CHECK_MSG(strcmp(o, heard ? says[i].out : "") == 0,
			    "%s at %d: out \"%s\"", says[i].what, level, o);
			ATF_CHECK_MSG(strcmp(e, heard ? says[i].err : "") == 0,
			    "%s at %d: err \"%s\"", says[i].what, level, e);
		}
}

/* A line too long is cut, and is a line still. */
static void
divert_note(void *arg, int error, const char *text)
{
	char *noted = arg;

	(void)snprintf(noted + strlen(noted), 256 - strlen(noted), "%s%s|",
	    error ? "error " : "", text);
	errno = EBADF;
}

/* Diverted errors and warnings are not printed, and other lines neither. */
ATF_TC_WITHOUT_HEAD(diverted);
ATF_TC_BODY(diverted, tc)
{
	char noted[256] = "", o[8192], e[8192], more[8192];
	size_t columns;
	int kept;

	begin(LOG_NORMAL);
	log_divert(divert_note, noted);
	errno = EINTR;
	log_error("a %d", 1);
	kept = errno;
	log_warn("b\033[2J");
	log_info("c");
	log_answer("d");
	log_divert(NULL, NULL);
	log_warn("e");
	columns = log_columns();
	(void)said(out, o);
	(void)said(err, e);
	(void)said(out, more);
	end();
	ATF_CHECK_EQ(EINTR, kept);
	ATF_CHECK_STREQ("error a 1|b?[2J|", noted);
	ATF_CHECK_STREQ("d\n", o);
	ATF_CHECK_STREQ("", more);
	ATF_CHECK_STREQ(NAME "warning: e\n", e);
	ATF_CHECK_EQ(80, columns);
}

ATF_TC_WITHOUT_HEAD(long_lines);
ATF_TC_BODY(long_lines, tc)
{
	static char text[6000];
	char o[8192];
	size_t lengths[] = { 4000, 4078, 4079, 4093, 4094, 4095, 4096, 5999 };
	size_t i, k, n;

	for (i = 0; i < N(lengths); i++)
		for (k = 0; k < N(says); k++) {
			memset(text, 'x', sizeof(text));
			text[lengths[i]] = '\0';
			begin(LOG_VERBOSE);
			says[k].say("%s", text);
			(void)said(says[k].out[0] != '\0' ? out : err, o);
			end();
			n = strlen(o);
			ATF_CHECK_MSG(n > 4000 && n <= 4096 &&
			    o[n - 1] == '\n' &&
			    strchr(o, '\n') == o + n - 1, "%s of %zu: %zu",
			    says[k].what, lengths[i], n);
		}
}

/* What went wrong is still known when it has been told. */
ATF_TC_WITHOUT_HEAD(errno_kept);
ATF_TC_BODY(errno_kept, tc)
{
	int after;
	size_t i;

	for (i = 0; i < N(says); i++) {
		begin(LOG_VERBOSE);
		(void)close(out);
		(void)close(err);
		out = err = -1;
		(void)signal(SIGPIPE, SIG_IGN);
		errno = ENOTTY;
		says[i].say("text");
		after = errno;
		end();
		ATF_CHECK_MSG(after == ENOTTY, "%s: %d", says[i].what, after);
	}
}

/* Nobody is there at all. */
ATF_TC_WITHOUT_HEAD(closed);
ATF_TC_BODY(closed, tc)
{
	size_t i;

	begin(LOG_VERBOSE);
	(void)close(STDOUT_FILENO);
	(void)close(STDERR_FILENO);
	log_init(LOG_VERBOSE);
	for (i = 0; i < N(says); i++)
		says[i].say("text");
	end();
}

/* A reader that sleeps holds nobody, and what it misses is whole lines. */
ATF_TC_WITHOUT_HEAD(asleep);
ATF_TC_BODY(asleep, tc)
{
	char text[8192], c;
	int fds[2], i;
	size_t n;
	ssize_t got;

	begin(LOG_NORMAL);
	ATF_REQUIRE_EQ(0, pipe(fds));
	ATF_REQUIRE_EQ(STDOUT_FILENO, dup2(fds[1], STDOUT_FILENO));
	for (i = 0; i < 20000; i++)
		log_info("0123456789 0123456789 0123456789");
	ATF_REQUIRE_EQ(0, fcntl(fds[0], F_SETFL, O_NONBLOCK));
	for (n = 0; (got = read(fds[0], text, 330)) > 0; n += (size_t)got)
		c = text[got - 1];
	log_info("awake");
	got = read(fds[0], text, sizeof(text));
	end();
	ATF_CHECK_EQ('\n', c);
	ATF_CHECK_MSG(n > 0 && n % 33 == 0, "%zu bytes", n);
	ATF_CHECK_EQ(6, got);
}

/*
 * On a terminal.
 */

/* Its end; standard output is the other. */
static int
terminal(void)
{
	int fd, tty;

	ATF_REQUIRE((fd = posix_openpt(O_RDWR | O_NOCTTY)) != -1);
	ATF_REQUIRE_EQ(0, grantpt(fd));
	ATF_REQUIRE_EQ(0, unlockpt(fd));
	ATF_REQUIRE((tty = open(ptsname(fd), O_RDWR | O_NOCTTY)) != -1);
	ATF_REQUIRE_EQ(STDOUT_FILENO, dup2(tty, STDOUT_FILENO));
	(void)close(tty);
	return fd;
}

/* All that came to it. */
static size_t
shown(int fd, char *text, size_t size)
{
	size_t n = 0;
	ssize_t got;

	ATF_REQUIRE_EQ(0, fcntl(fd, F_SETFL, O_NONBLOCK));
	while (n < size - 1 && (got = read(fd, text + n, size - 1 - n)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	return n;
}

static void
size_set(int fd, unsigned short columns)
{
	const struct winsize ws = { .ws_row = 24, .ws_col = columns };

	ATF_REQUIRE_EQ(0, ioctl(fd, TIOCSWINSZ, &ws));
}

static void
table_put(const char *text, unsigned lines)
{
	log_table(&(struct log_table){ .text = text, .len = strlen(text),
	    .lines = lines });
}

/* A table is replaced in place; a message erases it. */
ATF_TC_WITHOUT_HEAD(table);
ATF_TC_BODY(table, tc)
{
	struct log_size unset = { 0, 0 }, size = { 0, 0 };
	char text[8192], e[8192];
	int fd;

	begin(LOG_NORMAL);
	fd = terminal();
	(void)setenv("TERM", "linux", 1);
	log_init(LOG_NORMAL);
	(void)log_size(&unset);
	size_set(fd, 40);
	(void)log_size(&size);
	log_info("first");
	table_put("A\n\n", 2);
	table_put("B\n\n", 2);
	log_error("oops");
	table_put("C\n", 1);
	/* Its line may be wrapped. */
	size_set(fd, 10);
	log_info("more");
	table_put("D\n", 1);
	size_set(fd, 20);
	table_put("E\n", 1);
	log_table_keep();
	log_info("last");
	(void)shown(fd, text, sizeof(text));
	(void)said(err, e);
	end();
	ATF_CHECK_EQ(80, unset.columns);
	ATF_CHECK_EQ(24, unset.lines);
	ATF_CHECK_EQ(40, size.columns);
	ATF_CHECK_EQ(24, size.lines);
	ATF_CHECK_STREQ("first\r\nA\r\n\r\n\r\033[2AB\r\n\r\n\r\033[2A\033[J"
	    "C\r\n\033[H\033[2J\033[Jmore\r\nD\r\n"
	    "\r\033[1AE\r\nlast\r\n", text);
	ATF_CHECK_STREQ(NAME "oops\n", e);
}

/* Quiet, a terminal that cannot do it, or no terminal. */
ATF_TC_WITHOUT_HEAD(no_table);
ATF_TC_BODY(no_table, tc)
{
	static const struct {
		const char	*term;
		enum log_level	 level;
	} none[] = {
		{ "linux", LOG_QUIET }, { "dumb", LOG_NORMAL },
		{ "", LOG_NORMAL }, { NULL, LOG_VERBOSE }
	};
	struct log_size size;
	bool some = false, file;
	size_t i;

	begin(LOG_NORMAL);
	(void)setenv("TERM", "linux", 1);
	file = log_size(&size);
	(void)terminal();
	for (i = 0; i < N(none); i++) {
		(void)unsetenv("TERM");
		if (none[i].term != NULL)
			(void)setenv("TERM", none[i].term, 1);
		log_init(none[i].level);
		some = some || log_size(&size);
	}
	end();
	ATF_CHECK(!some);
	ATF_CHECK(!file);
}

/* A terminal that nobody reads: a table that is not taken is not replaced, and
 * nothing waits for it. */
ATF_TC_WITHOUT_HEAD(unread);
ATF_TC_BODY(unread, tc)
{
	static char big[100000];
	char text[8192];
	bool before, after, none, some;
	int fd;

	memset(big, 'x', sizeof(big) - 1);
	begin(LOG_NORMAL);
	fd = terminal();
	(void)setenv("TERM", "linux", 1);
	log_init(LOG_NORMAL);
	before = log_table_ready(&none);
	table_put(big, 1);
	after = log_table_ready(&some);
	while (!log_table_ready(&some))
		(void)shown(fd, text, sizeof(text));
	end();
	ATF_CHECK(before && none);
	ATF_CHECK(!after && !some);
}

/* A terminal that nobody reads: no write waits, and none is repeated. */
ATF_TC_WITHOUT_HEAD(terminal);
ATF_TC_BODY(terminal, tc)
{
	char text[1024];
	int master, slave, i;

	ATF_REQUIRE((master = posix_openpt(O_RDWR | O_NOCTTY)) != -1);
	ATF_REQUIRE_EQ(0, grantpt(master));
	ATF_REQUIRE_EQ(0, unlockpt(master));
	ATF_REQUIRE((slave = open(ptsname(master), O_RDWR | O_NOCTTY)) != -1);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ATF_REQUIRE_EQ(STDOUT_FILENO, dup2(slave, STDOUT_FILENO));
	log_init(LOG_NORMAL);
	for (i = 0; i < 1000; i++)
		log_info("%s", text);
	/* The flags of the caller's descriptor are as they were. */
	ATF_CHECK_EQ(0, fcntl(slave, F_GETFL) & O_NONBLOCK);
}

/* The state of a process in proc(5). */
static char
state_of(pid_t pid)
{
	char path[32], text[512] = "", *end;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	ATF_REQUIRE((f = fopen(path, "r")) != NULL);
	(void)fgets(text, sizeof(text), f);
	(void)fclose(f);
	ATF_REQUIRE((end = strrchr(text, ')')) != NULL && end[1] == ' ');
	return end[2];
}

/* Wait until a process has filled a pipe, and waits or has ended. */
static void
full_wait(pid_t pid, int fd)
{
	char state = 'R';
	int n = 0;

	while (n == 0 || (state != 'S' && state != 'Z')) {
		ATF_REQUIRE_EQ(0, ioctl(fd, FIONREAD, &n));
		state = state_of(pid);
	}
}

/* A pipe that the caller has made non-blocking gets the whole text. */
ATF_TC_WITHOUT_HEAD(whole_text);
ATF_TC_BODY(whole_text, tc)
{
	static char text[300000];
	char got[4096];
	size_t sum = 0;
	ssize_t n;
	pid_t pid;
	int p[2], status;

	memset(text, 'x', sizeof(text));
	ATF_REQUIRE_EQ(0, pipe(p));
	if ((pid = fork()) == 0) {
		(void)close(p[0]);
		(void)fcntl(p[1], F_SETFL, O_NONBLOCK);
		(void)dup2(p[1], STDOUT_FILENO);
		(void)close(p[1]);
		log_init(LOG_QUIET);
		_exit(log_text(text, sizeof(text), false) == 0 ? 0 : 1);
	}
	(void)close(p[1]);
	full_wait(pid, p[0]);
	while ((n = read(p[0], got, sizeof(got))) > 0)
		sum += (size_t)n;
	ATF_CHECK_EQ(sizeof(text), sum);
	ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
	ATF_CHECK_EQ(0, status);
}

/* Nothing that steers a terminal comes through, whoever forgot to escape it. */
ATF_TC_WITHOUT_HEAD(tame);
ATF_TC_BODY(tame, tc)
{
	static const struct {
		const char	*text;
		const char	*want;
	} cases[] = {
		{ "a\033[31mb", "a?[31mb\n" },
		{ "a\nb\tc\rd\177e", "a?b?c?d?e\n" },
		{ "\302\233m \200 \303\251", "??m ? \303\251\n" },
		{ "back\\slash", "back\\slash\n" },
	};
	char text[8192];
	size_t i;

	begin(LOG_NORMAL);
	for (i = 0; i < N(cases); i++) {
		log_info("%s", cases[i].text);
		ATF_CHECK_STREQ(cases[i].want, said(out, text));
	}
	end();
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, levels);
	ATF_TP_ADD_TC(tp, terminal);
	ATF_TP_ADD_TC(tp, whole_text);
	ATF_TP_ADD_TC(tp, tame);
	ATF_TP_ADD_TC(tp, diverted);
	ATF_TP_ADD_TC(tp, long_lines);
	ATF_TP_ADD_TC(tp, errno_kept);
	ATF_TP_ADD_TC(tp, closed);
	ATF_TP_ADD_TC(tp, asleep);
	ATF_TP_ADD_TC(tp, table);
	ATF_TP_ADD_TC(tp, no_table);
	ATF_TP_ADD_TC(tp, unread);
	return atf_no_error();
}
