#include "libvirt/monitor.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <atf-c.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sys/loop.h"

#define LONG		20000		/* ms, never waited for in full */
#define PATH		"monitor"
#define GREETING	"{\"QMP\": {\"version\": {}}}\r\n"
#define CAPABLE		"{\"return\": {}, \"id\": 0}\r\n"

static struct loop loop;
static struct monitor monitor;
static int readies, endings, tellings;
static struct qmp_news told[16];
static bool close_inside;

static void
on_ready(void *arg)
{
	ATF_CHECK(arg == &monitor);
	readies++;
}

static void
on_told(void *arg, const struct qmp_news *n)
{
	ATF_CHECK(arg == &monitor);
	ATF_REQUIRE(tellings < 16);
	told[tellings++] = *n;
	if (close_inside)
		monitor_close(&monitor);
}

static void
on_ended(void *arg)
{
	ATF_CHECK(arg == &monitor);
	ATF_CHECK(!monitor.open);
	endings++;
}

static const struct monitor_handlers handlers = {
	.ready = on_ready, .told = on_told, .ended = on_ended
};

/*
 * A QEMU: what it says, and what it is told then.  "-": it hangs up and awaits
 * another client; "|": it takes nothing more.  Behind the last it waits to be
 * killed, or to be told to quit.
 */
struct line {
	const char	*says;
	const char	*hears;
};

static int
hear(int fd, const char *line)
{
	char byte;

	for (; *line != '\0'; line++)
		if (read(fd, &byte, 1) != 1 || byte != *line)
			return -1;
	return read(fd, &byte, 1) == 1 && byte == '\n' ? 0 : -1;
}

static int
play(int listener, const struct line *l)
{
	int fd = accept(listener, NULL, NULL);

	for (; l->says != NULL; l++) {
		if (strcmp(l->says, "-") == 0) {
			(void)close(fd);
			fd = accept(listener, NULL, NULL);
			continue;
		}
		if (strcmp(l->says, "|") == 0) {
			(void)shutdown(fd, SHUT_RD);
			continue;
		}
		if (write(fd, l->says, strlen(l->says)) == -1 ||
		    (l->hears != NULL && hear(fd, l->hears) == -1))
			return 1;
	}
	if (hear(fd, "{\"execute\":\"quit\",\"id\":6}") == 0)
		return 0;
	for (;;)
		(void)pause();
}

static pid_t
begin(const struct line *l)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = PATH };
	struct errmsg em;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	pid_t pid;

	ATF_REQUIRE_EQ(0, bind(fd, (struct sockaddr *)&sun, sizeof(sun)));
	ATF_REQUIRE_EQ(0, listen(fd, 1));
	if ((pid = fork()) == 0)
		_exit(play(fd, l));
	(void)close(fd);
	ATF_REQUIRE_EQ_MSG(0, loop_init(&loop, &em), "%s", em.text);
	memset(&monitor, 0, sizeof(monitor));
	monitor = (struct monitor){ .loop = &loop, .handlers = &handlers,
	    .arg = &monitor };
	ATF_REQUIRE_EQ_MSG(0, monitor_open(&monitor, pid, &em), "%s",
	    em.text);
	return pid;
}

static void
dial(void)
{
	struct errmsg em;

	ATF_REQUIRE_EQ_MSG(0, monitor_dial(&monitor, PATH, &em), "%s",
	    em.text);
}

/* Until a number is reached. */
static void
until(const int *count, int n)
{
	int64_t by = loop_now() + LONG;
	struct errmsg em;

	while (*count < n && loop_now() < by)
		ATF_REQUIRE_EQ(0, loop_wait(&loop, by, &em));
	ATF_REQUIRE_EQ(n, *count);
}

static void
until_hung_up(void)
{
	int64_t by = loop_now() + LONG;
	struct errmsg em;

	while (monitor.fd != -1 && loop_now() < by)
		ATF_REQUIRE_EQ(0, loop_wait(&loop, by, &em));
	ATF_REQUIRE_EQ(-1, monitor.fd);
	ATF_CHECK(!monitor.ready);
}

static void
end(pid_t pid, int code)
{
	int status;

	ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
	ATF_CHECK_EQ_MSG(code, WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status), "%d", status);
	loop_free(&loop);
}

#define CAPABILITIES	"{\"execute\":\"qmp_capabilities\",\"id\":0}"

ATF_TC_WITHOUT_HEAD(talk);
ATF_TC_BODY(talk, tc)
{
	static const struct line lines[] = {
		{ GREETING, CAPABILITIES },
		{ CAPABLE, "{\"execute\":\"query-status\",\"id\":1}" },
		{ "{\"return\": {\"status\": \"running\"}, \"id\": 1}\r\n",
		    "{\"execute\":\"system_powerdown\",\"id\":2}" },
		{ "{\"event\": \"POWERDOWN\"}\r\n{\"return\": {}, \"id\": 2}"
		    "\r\n{\"event\": \"SHUTDOWN\", \"data\": {\"guest\": true}}"
		    "\r\n", NULL },
		{ NULL, NULL }
	};
	pid_t pid = begin(lines);

	dial();
	ATF_CHECK(!monitor.ready);
	until(&readies, 1);
	ATF_REQUIRE_EQ(0, monitor_tell(&monitor, QMP_STATUS));
	until(&tellings, 1);
	ATF_CHECK_EQ(QMP_RETURN, told[0].what);
	ATF_CHECK_EQ(QMP_RUNNING, told[0].status);
	ATF_REQUIRE_EQ(0, monitor_tell(&monitor, QMP_POWERDOWN));
	until(&tellings, 3);
	ATF_CHECK_EQ(QMP_POWERDOWN, told[1].command);
	ATF_CHECK_EQ(QMP_SHUTDOWN, told[2].what);
	ATF_CHECK(told[2].guest);
	ATF_REQUIRE_EQ(0, monitor_tell(&monitor, QMP_QUIT));
	until(&endings, 1);
	ATF_CHECK_EQ(1, readies);
	ATF_CHECK_EQ(3, tellings);
	monitor_close(&monitor);
	end(pid, 0);
}

/* What is told before the greeting is done is nothing. */
ATF_TC_WITHOUT_HEAD(greeting);
ATF_TC_BODY(greeting, tc)
{
	static const struct line lines[] = {
		{ CAPABLE "{\"event\": \"SHUTDOWN\"}\r\n" GREETING,
		    CAPABILITIES },
		{ "{\"event\": \"SHUTDOWN\"}\r\n{\"error\": {}, \"id\": 0}\r\n"
		    CAPABLE "{\"event\": \"RESET\"}\r\n", NULL },
		{ NULL, NULL }
	};
	pid_t pid = begin(lines);

	dial();
	until(&tellings, 1);
	ATF_CHECK_EQ(QMP_RESET, told[0].what);
	ATF_CHECK_EQ(1, readies);
	monitor_signal(&monitor, SIGKILL);
	until(&endings, 1);
	end(pid, 128 + SIGKILL);
}

/* The process lives, and is known to. */
ATF_TC_WITHOUT_HEAD(hung_up);
ATF_TC_BODY(hung_up, tc)
{
	static const struct line lines[] = {
		{ GREETING, CAPABILITIES }, { CAPABLE, NULL }, { "-", NULL },
		{ GREETING, CAPABILITIES }, { CAPABLE, NULL }, { NULL, NULL }
	};
	pid_t pid = begin(lines);

	dial();
	until(&readies, 1);
	until_hung_up();
	ATF_CHECK(monitor.open);
	ATF_CHECK_EQ(-1, monitor_tell(&monitor, QMP_STATUS));
	dial();
	until(&readies, 2);
	ATF_CHECK_EQ(0, endings);
	monitor_signal(&monitor, SIGTERM);
	until(&endings, 1);
	ATF_CHECK_EQ(0, tellings);
	end(pid, 128 + SIGTERM);
}

/* Nothing but the command that comes to nothing tells. */
ATF_TC_WITHOUT_HEAD(unheard);
ATF_TC_BODY(unheard, tc)
{
	static const struct line lines[] = {
		{ GREETING, CAPABILITIES }, { "|", NULL }, { CAPABLE, NULL },
		{ "-", NULL }, { GREETING, CAPABILITIES },
		{ CAPABLE, "{\"execute\":\"query-status\",\"id\":1}" },
		{ "{\"return\": {\"status\": \"running\"}, \"id\": 1}\r\n",
		    NULL },
		{ NULL, NULL }
	};
	pid_t pid = begin(lines);

	dial();
	until(&readies, 1);
	ATF_CHECK_EQ(-1, monitor_tell(&monitor, QMP_STATUS));
	ATF_CHECK_EQ(-1, monitor.fd);
	ATF_CHECK(!monitor.ready);
	ATF_CHECK(monitor.open);
	ATF_CHECK_EQ(-1, monitor_tell(&monitor, QMP_STATUS));
	dial();
	until(&readies, 2);
	ATF_CHECK_EQ(0, monitor_tell(&monitor, QMP_STATUS));
	until(&tellings, 1);
	ATF_CHECK_EQ(QMP_RUNNING, told[0].status);
	monitor_signal(&monitor, SIGTERM);
	until(&endings, 1);
	end(pid, 128 + SIGTERM);
}

/* Who closes it hears no more. */
ATF_TC_WITHOUT_HEAD(closed);
ATF_TC_BODY(closed, tc)
{
	static const struct line lines[] = {
		{ GREETING, CAPABILITIES },
		{ CAPABLE "{\"event\": \"RESET\"}\n{\"event\": \"RESET\"}\n",
		    NULL },
		{ NULL, NULL }
	};
	pid_t pid = begin(lines);
	size_t watched = loop.n;

	close_inside = true;
	dial();
	until(&tellings, 1);
	ATF_CHECK(!monitor.open);
	monitor_close(&monitor);
	ATF_CHECK_EQ(1, tellings);
	monitor_signal(&monitor, SIGKILL);
	ATF_REQUIRE_EQ(0, kill(pid, SIGKILL));
	ATF_CHECK(loop.n <= watched + 1);
	end(pid, 128 + SIGKILL);
	ATF_CHECK_EQ(0, endings);
}

ATF_TC_WITHOUT_HEAD(absent);
ATF_TC_BODY(absent, tc)
{
	static const struct line lines[] = { { NULL, NULL } };
	pid_t pid = begin(lines);
	struct errmsg em;
	char path[200];

	ATF_REQUIRE_EQ(0, rename(PATH, "away"));
	ATF_CHECK_EQ(-1, monitor_dial(&monitor, PATH, &em));
	ATF_CHECK_EQ(ENOENT, em.code);
	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	ATF_CHECK_EQ(-1, monitor_dial(&monitor, path, &em));
	ATF_CHECK_EQ(-1, monitor_tell(&monitor, QMP_QUIT));
	monitor_signal(&monitor, SIGKILL);
	until(&endings, 1);
	ATF_CHECK_EQ(-1, monitor_dial(&monitor, "away", &em));
	ATF_CHECK_EQ(ECONNREFUSED, em.code);
	end(pid, 128 + SIGKILL);
	ATF_CHECK_EQ(-1, monitor_open(&monitor, pid, &em));
	ATF_CHECK(!monitor.open);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, talk);
	ATF_TP_ADD_TC(tp, greeting);
	ATF_TP_ADD_TC(tp, hung_up);
	ATF_TP_ADD_TC(tp, unheard);
	ATF_TP_ADD_TC(tp, closed);
	ATF_TP_ADD_TC(tp, absent);
	return atf_no_error();
}
