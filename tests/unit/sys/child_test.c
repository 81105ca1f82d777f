#include "sys/child.h"

#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
ended(pid_t pid)
{
	int status;

	ATF_REQUIRE(pid > 0);
	ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
	ATF_REQUIRE(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
on_signal(int sig)
{
	(void)sig;
}

static int
signals_count(void)
{
	struct sigaction sa;
	sigset_t set;
	int sig, n = 0;

	(void)sigprocmask(SIG_SETMASK, NULL, &set);
	for (sig = 1; sig < 32; sig++)
		if (sigaction(sig, NULL, &sa) == 0 &&
		    (sa.sa_handler != SIG_DFL || sigismember(&set, sig)))
			n++;
	return n;
}

ATF_TC_WITHOUT_HEAD(signals);
ATF_TC_BODY(signals, tc)
{
	sigset_t set, now;
	pid_t pid;

	ATF_REQUIRE(signal(SIGUSR1, on_signal) != SIG_ERR);
	ATF_REQUIRE(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	ATF_REQUIRE_EQ(0, sigprocmask(SIG_BLOCK, &set, NULL));
	if ((pid = child_fork()) == 0)
		_exit(signals_count());
	ATF_CHECK_EQ(0, ended(pid));
	/* Ours are as they were. */
	ATF_REQUIRE_EQ(0, sigprocmask(SIG_SETMASK, NULL, &now));
	ATF_CHECK_EQ(1, sigismember(&now, SIGTERM));
	ATF_CHECK_EQ(0, sigismember(&now, SIGINT));
	ATF_CHECK_EQ(on_signal, signal(SIGUSR1, SIG_DFL));
}

ATF_TC_WITHOUT_HEAD(sigchld_ignored);
ATF_TC_BODY(sigchld_ignored, tc)
{
	pid_t pid;

	ATF_REQUIRE(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
	if ((pid = child_fork()) == 0)
		_exit(7);
	ATF_CHECK_EQ(7, ended(pid));
}

/* 0: just as they are wanted. */
static int
descriptors_wrong(int in, int out, int keep)
{
	const int fds[3] = { in, out, -1 };
	char c = 0;
	int fd;

	if (child_descriptors(fds, keep) == -1)
		return 1;
	if (read(STDIN_FILENO, &c, 1) != 1 || c != 'i' ||
	    write(STDOUT_FILENO, "o", 1) != 1 ||
	    write(STDERR_FILENO, "e", 1) != 1 ||
	    read(STDERR_FILENO, &c, 1) != 0)
		return 2;
	for (fd = 3; fd < 64; fd++)
		if ((fcntl(fd, F_GETFD) != -1) != (fd == keep))
			return 3;
	for (fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) & FD_CLOEXEC)
			return 4;
	return 0;
}

/* Wherever the two of them sit, and 0 to 2 open or closed. */
static void
descriptors_try(int closed, int keep)
{
	int in, out, n, status;
	pid_t pid;

	if ((pid = child_fork()) == 0) {
		for (n = closed; n > 0; n--)
			(void)close(n - 1);
		out = open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
		in = open("in", O_RDONLY);
		if (in == -1 || out == -1 || dup2(in, 40) == -1 ||
		    (fcntl(3, F_GETFD) == -1 && dup2(in, 3) == -1))
			_exit(9);
		_exit(descriptors_wrong(in, out, keep));
	}
	status = ended(pid);
	ATF_CHECK_EQ_MSG(0, status, "%d closed, keep %d: %d", closed, keep,
	    status);
	ATF_CHECK(atf_utils_compare_file("out", "o"));
}

ATF_TC_WITHOUT_HEAD(descriptors);
ATF_TC_BODY(descriptors, tc)
{
	int closed;

	atf_utils_create_file("in", "i");
	for (closed = 0; closed <= 3; closed++) {
		descriptors_try(closed, -1);
		descriptors_try(closed, 40);
		descriptors_try(closed, 3);
	}
}

/* Whether it is there, be it as a zombie. */
static int
is_there(pid_t pid)
{
	return kill(pid, 0) == 0;
}

static void
dismissed_wait(pid_t pid)
{
	int i;

	for (i = 0; i < 6000 && is_there(pid); i++) {
		child_dismiss(0);
		(void)poll(NULL, 0, 10);
	}
	ATF_CHECK(!is_there(pid));
}

ATF_TC_WITHOUT_HEAD(dismiss);
ATF_TC_BODY(dismiss, tc)
{
	pid_t pid[100];
	int i;

	child_dismiss(0);
	for (i = 0; i < 100; i++) {
		/* Some have ended, some wait for SIGTERM. */
		if ((pid[i] = child_fork()) == 0) {
			if (i % 2 == 0)
				(void)pause();
			_exit(0);
		}
		ATF_REQUIRE(pid[i] > 0);
		child_dismiss(pid[i]);
		if (i % 10 == 9)
			dismissed_wait(pid[i]);
	}
	for (i = 0; i < 100; i++)
		dismissed_wait(pid[i]);
}

static volatile sig_atomic_t alarms;

static void
alarm_note(int sig)
{
	(void)sig;
	alarms++;
}

/* Signals that arrive meanwhile do not end the wait. */
ATF_TC_WITHOUT_HEAD(wait_interrupted);
ATF_TC_BODY(wait_interrupted, tc)
{
	struct sigaction sa = { .sa_handler = alarm_note };
	const struct itimerval often = { { 0, 5000 }, { 0, 5000 } };
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };
	int p[2], status = 0;
	pid_t pid;
	char byte;

	ATF_REQUIRE_EQ(0, pipe(p));
	ATF_REQUIRE((pid = child_fork()) != -1);
	if (pid == 0) {
		/* It ends long after the first signal. */
		(void)close(p[1]);
		(void)read(p[0], &byte, 1);
		_exit(5);
	}
	(void)close(p[0]);
	ATF_REQUIRE_EQ(0, sigaction(SIGALRM, &sa, NULL));
	if (fork() == 0) {
		/* It lets the child go when the parent sleeps in waitpid. */
		(void)poll(NULL, 0, 300);
		_exit(0);
	}
	(void)close(p[1]);
	ATF_REQUIRE_EQ(0, setitimer(ITIMER_REAL, &often, NULL));
	ATF_CHECK_EQ(0, child_wait(pid, &status));
	ATF_REQUIRE_EQ(0, setitimer(ITIMER_REAL, &never, NULL));
	ATF_CHECK(alarms > 0);
	ATF_CHECK(WIFEXITED(status));
	ATF_CHECK_EQ(5, WEXITSTATUS(status));
}

ATF_TC_WITHOUT_HEAD(argument);
ATF_TC_BODY(argument, tc)
{
	static const char text[] = "text";

	ATF_CHECK_EQ(text, child_argument(text));
	ATF_CHECK_EQ(NULL, child_argument(NULL));
}

static void
search_is(const char *path, const char *want)
{
	ATF_REQUIRE_EQ(0, path == NULL ? unsetenv("PATH") :
	    setenv("PATH", path, 1));
	child_search();
	ATF_CHECK_STREQ(want, getenv("PATH"));
}

ATF_TC_WITHOUT_HEAD(search);
ATF_TC_BODY(search, tc)
{
	search_is("/bin", "/bin");
	search_is("/bin:/usr/bin", "/bin:/usr/bin");
	search_is(".:/bin", "/bin");
	search_is(":/bin::../x:/usr/bin:", "/bin:/usr/bin");
	search_is("/:x/y:/z", "/:/z");
	search_is("", CHILD_SEARCH);
	search_is(".", CHILD_SEARCH);
	search_is(":::", CHILD_SEARCH);
	search_is(NULL, CHILD_SEARCH);
}

ATF_TC_WITHOUT_HEAD(surroundings);
ATF_TC_BODY(surroundings, tc)
{
	const char *argv[] = { "sh", "-c", NULL, NULL };
	char text[4096];
	pid_t pid;

	ATF_REQUIRE_EQ(0, setenv("LD_LIBRARY_PATH", "/x", 1));
	ATF_REQUIRE_EQ(0, setenv("SECRET", "x", 1));
	ATF_REQUIRE_EQ(0, setenv("HOME", "/h", 1));
	ATF_REQUIRE_EQ(0, setenv("SSH_ASKPASS_REQUIRE", "never", 1));
	argv[2] = "tr '\\0' '\\n' </proc/$$/environ";
	ATF_CHECK_EQ(0, child_output(argv, text, sizeof(text), 60000));
	ATF_CHECK(strncmp(text, "PATH=", 5) == 0);
	ATF_CHECK(strstr(text, "\nHOME=/h\n") != NULL);
	ATF_CHECK(strstr(text, "\nSSH_ASKPASS_REQUIRE=never\n") != NULL);
	ATF_CHECK_EQ(NULL, strstr(text, "LD_LIBRARY_PATH"));
	ATF_CHECK_EQ(NULL, strstr(text, "SECRET"));
	argv[2] = "grep -E 'NoNewPrivs|SigIgn|SigBlk' /proc/self/status";
	ATF_CHECK_EQ(0, child_output(argv, text, sizeof(text), 60000));
	ATF_CHECK_STREQ("SigBlk:\t0000000000000000\n"
	    "SigIgn:\t0000000000000000\nNoNewPrivs:\t1\n", text);
	/* Ours are as they were. */
	ATF_CHECK_STREQ("x", getenv("SECRET"));
	ATF_CHECK_EQ(0, prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L));
	if ((pid = child_fork()) == 0) {
		child_environment();
		child_unprivileged();
		_exit(getenv("SECRET") != NULL || getenv("HOME") == NULL ||
		    prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L) != 1);
	}
	ATF_CHECK_EQ(0, ended(pid));
}

ATF_TC_WITHOUT_HEAD(output);
ATF_TC_BODY(output, tc)
{
	const char *argv[] = { "sh", "-c", NULL, NULL };
	char text[8];

	argv[2] = "echo one; exit 3";
	ATF_CHECK_EQ(3, child_output(argv, text, sizeof(text), -1));
	ATF_CHECK_STREQ("one\n", text);
	/* What is too much is read and thrown away. */
	argv[2] = "printf %09999d 1 && exit 4";
	ATF_CHECK_EQ(4, child_output(argv, text, sizeof(text), 60000));
	ATF_CHECK_STREQ("0000000", text);
	argv[2] = "echo two; kill -TERM $$";
	ATF_CHECK_EQ(-1, child_output(argv, text, sizeof(text), -1));
	ATF_CHECK_STREQ("two\n", text);
	argv[0] = "no-such-program";
	ATF_CHECK_EQ(CHILD_NOEXEC, child_output(argv, text, sizeof(text), -1));
	ATF_CHECK_STREQ("", text);
}

/* One that does not end is ended, and gone. */
ATF_TC_WITHOUT_HEAD(output_late);
ATF_TC_BODY(output_late, tc)
{
	const char *argv[] = { "sh", "-c", "echo $$; exec sleep 1000", NULL };
	char text[16];

	ATF_CHECK_EQ(-1, child_output(argv, text, sizeof(text), 500));
	ATF_CHECK_EQ(-1, waitpid(-1, NULL, 0));
	ATF_CHECK_EQ(ECHILD, errno);
	if (text[0] != '\0')
		ATF_CHECK_EQ(-1, kill((pid_t)atoi(text), 0));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, signals);
	ATF_TP_ADD_TC(tp, sigchld_ignored);
	ATF_TP_ADD_TC(tp, descriptors);
	ATF_TP_ADD_TC(tp, dismiss);
	ATF_TP_ADD_TC(tp, wait_interrupted);
	ATF_TP_ADD_TC(tp, argument);
	ATF_TP_ADD_TC(tp, search);
	ATF_TP_ADD_TC(tp, surroundings);
	ATF_TP_ADD_TC(tp, output);
	ATF_TP_ADD_TC(tp, output_late);
	return atf_no_error();
}
