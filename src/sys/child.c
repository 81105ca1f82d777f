#include "sys/child.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range	436
#endif

#define FDS		4096	/* closed where close_range is unknown */
#define DISMISSED	64

static void
signals_default(void)
{
	/* As the kernel has it: larger than its struct, all of it SIG_DFL. */
	static const unsigned long kernel[16];
	struct sigaction sa = { .sa_handler = SIG_DFL };
	sigset_t none;
	int sig;

	(void)sigemptyset(&sa.sa_mask);
	/* A libc refuses signals that it uses itself. */
	for (sig = 1; sig < NSIG; sig++)
		if (sigaction(sig, &sa, NULL) == -1)
			(void)syscall(SYS_rt_sigaction, sig, kernel, NULL,
			    (size_t)NSIG / 8);
	/* Pending signals act now as they do on the new program. */
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* With an inherited, ignored SIGCHLD, waitpid would see no child. */
static void
sigchld_default(void)
{
	struct sigaction sa;

	if (sigaction(SIGCHLD, NULL, &sa) == 0 && sa.sa_handler == SIG_IGN)
		(void)signal(SIGCHLD, SIG_DFL);
}

pid_t
child_fork(void)
{
	sigset_t all, old;
	pid_t pid;
	int saved;

	sigchld_default();
	/* Our handlers must not run in the child. */
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &old);
	pid = fork();
	if (pid == 0) {
		signals_default();
		return 0;
	}
	saved = errno;
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	errno = saved;
	return pid;
}

/* Close all from 3 on but keep, which is at least 3. */
static void
descriptors_close(int keep)
{
	unsigned first = 3, last = keep == -1 ? ~0U : (unsigned)keep - 1;
	int fd;

	if ((keep == 3 || syscall(SYS_close_range, first, last, 0U) == 0) &&
	    (keep == -1 ||
	    syscall(SYS_close_range, (unsigned)keep + 1, ~0U, 0U) == 0))
		return;
	for (fd = 3; fd < FDS; fd++)
		if (fd != keep)
			(void)close(fd);
}

/* One of them may have the number of another one. */
static int
descriptors_raise(const int fd[3], int high[3])
{
	int i, null;

	if ((null = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1)
		return -1;
	for (i = 0; i < 3; i++) {
		high[i] = fcntl(fd[i] == -1 ? null : fd[i], F_DUPFD_CLOEXEC,
		    3);
		if (high[i] == -1)
			return -1;
	}
	return 0;
}

/* Close all that the child does not need. */
static void
descriptors_spare(const int fd[3], int keep)
{
	int i;

	for (i = 3; i < FDS; i++)
		if (i != keep && i != fd[0] && i != fd[1] && i != fd[2])
			(void)close(i);
}

int
child_descriptors(const int fd[3], int keep)
{
	int high[3], i;

	if (descriptors_raise(fd, high) == -1) {
		if (errno != EMFILE)
			return -1;
		descriptors_spare(fd, keep);
		if (descriptors_raise(fd, high) == -1)
			return -1;
	}
	for (i = 0; i < 3; i++)
		if (dup2(high[i], i) == -1)
			return -1;
	descriptors_close(keep);
	return 0;
}

void
child_search(void)
{
	char *path = getenv("PATH"), *to = path, *from;
	size_t len;

	for (from = path; from != NULL && *from != '\0';
	    from += len + (from[len] == ':')) {
		len = strcspn(from, ":");
		if (*from != '/')
			continue;
		if (to != path)
			*to++ = ':';
		memmove(to, from, len);
		to += len;
	}
	if (to == path)
		(void)setenv("PATH", CHILD_SEARCH, 1);
	else
		*to = '\0';
}

/* Without those of the dynamic linker, the shell and the locale. */
void
child_environment(void)
{
	static const char names[][20] = {
		"PATH", "HOME", "USER", "LOGNAME", "TERM", "TMPDIR",
		"XDG_RUNTIME_DIR", "SSH_AUTH_SOCK", "SSH_ASKPASS",
		"SSH_ASKPASS_REQUIRE", "DISPLAY", "WAYLAND_DISPLAY",
		"XAUTHORITY", "KRB5CCNAME", "OPENSSL_CONF",
	};
	static char *kept[sizeof(names) / sizeof(names[0]) + 1];
	char *value;
	size_t i, n = 0;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((value = getenv(names[i])) != NULL)
			kept[n++] = value - strlen(names[i]) - 1;
	kept[n] = NULL;
	environ = kept;
}

void
child_unprivileged(void)
{
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
}

char *
child_argument(const char *s)
{
	return (char *)(uintptr_t)s;
}

static _Noreturn void
output_exec(const char *const argv[], int out)
{
	const int fds[3] = { -1, out, STDERR_FILENO };

	/* Its output is useless without this program. */
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	child_environment();
	child_unprivileged();
	if (child_descriptors(fds, -1) == 0)
		(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(CHILD_NOEXEC);
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Wait until fd is readable, or until by (0 = no limit). */
static bool
output_wait(int fd, int64_t by)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int64_t left = -1;
	int n;

	do {
		if (by != 0 && (left = by - now_ms()) < 0)
			left = 0;
		n = poll(&pfd, 1, (int)left);
	} while (n == -1 && errno == EINTR);
	return n == 1;
}

/* Read to the end; false if the end was not reached in time. */
static bool
output_read(int fd, char *text, size_t size, int64_t by)
{
	char rest[256];
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && output_wait(fd, by)) {
		n = len < size - 1 ? read(fd, text + len, size - 1 - len) :
		    read(fd, rest, sizeof(rest));
		if (n > 0 && len < size - 1)
			len += (size_t)n;
	}
	text[len] = '\0';
	return n <= 0;
}

int
child_wait(pid_t pid, int *status)
{
	pid_t rv;

	do
		rv = waitpid(pid, status, 0);
	while (rv == -1 && errno == EINTR);
	return rv == pid ? 0 : -1;
}

int
child_output(const char *const argv[], char *text, size_t size, int ms)
{
	int64_t by = ms == -1 ? 0 : now_ms() + ms;
	int p[2], status;
	pid_t pid;

	text[0] = '\0';
	if (pipe2(p, O_CLOEXEC) == -1)
		return -1;
	pid = child_fork();
	if (pid == 0)
		output_exec(argv, p[1]);
	(void)close(p[1]);
	if (pid != -1 && !output_read(p[0], text, size, by))
		(void)kill(pid, SIGKILL);
	(void)close(p[0]);
	if (pid == -1 || child_wait(pid, &status) == -1)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void
child_dismiss(pid_t pid)
{
	static pid_t gone[DISMISSED];
	size_t i;

	if (pid > 0)
		(void)kill(pid, SIGTERM);
	for (i = 0; i < DISMISSED; i++) {
		if (gone[i] == 0 && pid > 0) {
			gone[i] = pid;
			pid = 0;
		}
		if (gone[i] > 0 && waitpid(gone[i], NULL, WNOHANG) != 0)
			gone[i] = 0;
	}
}
