#include "sys/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* In the order in which loop_signal returns them. */
static const int caught[] = { SIGTERM, SIGINT, SIGQUIT, SIGUSR1 };
#define NCAUGHT	(sizeof(caught) / sizeof(caught[0]))

/* A write past a limit on files fails, a terminal may be another's, a stray
 * signal has no meaning: none is to end or to stop this program. */
static const int ignored[] = { SIGPIPE, SIGHUP, SIGTTOU, SIGXFSZ, SIGXCPU,
	SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPWR };
#define NIGNORED	(sizeof(ignored) / sizeof(ignored[0]))

#define LOOK	500	/* ms between looks for signals without a pipe */
#define PAUSE	50	/* ms between looks at descriptors without poll(2) */

static int sigpipe[2] = { -1, -1 };
static volatile sig_atomic_t pending[NCAUGHT];

static void
signal_note(int sig)
{
	int saved = errno;
	ssize_t n;
	size_t i;

	for (i = 0; i < NCAUGHT; i++)
		if (caught[i] == sig)
			pending[i] = 1;
	/* A full pipe is fine: it wakes the poll, too. */
	if (sigpipe[1] != -1) {
		n = write(sigpipe[1], "", 1);
		(void)n;
	}
	errno = saved;
}

static void
signal_drain(void *arg, short revents)
{
	char junk[64];

	(void)arg;
	(void)revents;
	while (read(sigpipe[0], junk, sizeof(junk)) > 0)
		continue;
}

int64_t
loop_now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000 + 1;
}

void
loop_signals(void)
{
	struct sigaction sa = { .sa_handler = signal_note };
	sigset_t heard;
	size_t i;

	(void)sigemptyset(&sa.sa_mask);
	(void)sigemptyset(&heard);
	for (i = 0; i < NCAUGHT; i++) {
		(void)sigaction(caught[i], &sa, NULL);
		(void)sigaddset(&heard, caught[i]);
	}
	sa.sa_handler = SIG_IGN;
	for (i = 0; i < NIGNORED; i++)
		(void)sigaction(ignored[i], &sa, NULL);
	/* The process that started this one may have blocked them. */
	(void)sigprocmask(SIG_UNBLOCK, &heard, NULL);
}

int
loop_init(struct loop *l, struct errmsg *em)
{
	l->n = 0;
	l->sigfd = -1;
	l->blind = false;
	loop_signals();
	if (pipe2(sigpipe, O_CLOEXEC | O_NONBLOCK) == -1) {
		sigpipe[0] = sigpipe[1] = -1;
		return errmsg_sys(em, "no pipe for signals");
	}
	l->sigfd = sigpipe[0];
	return loop_add(l, l->sigfd, signal_drain, l);
}

void
loop_free(struct loop *l)
{
	size_t i;

	for (i = 0; i < NCAUGHT; i++)
		(void)signal(caught[i], SIG_DFL);
	if (l->sigfd != -1) {
		(void)close(sigpipe[0]);
		(void)close(sigpipe[1]);
	}
	sigpipe[0] = sigpipe[1] = l->sigfd = -1;
	l->n = 0;
}

static size_t
slot_find(const struct loop *l, int fd)
{
	size_t i;

	for (i = 0; i < l->n && l->pfd[i].fd != fd; i++)
		continue;
	return i;
}

int
loop_add(struct loop *l, int fd, loop_fn *fn, void *arg)
{
	size_t i;

	/* A slot that a handler released is free. */
	i = slot_find(l, -1);
	if (i == LOOP_FDS)
		return -1;
	if (i == l->n)
		l->n++;
	l->pfd[i] = (struct pollfd){ .fd = fd, .events = POLLIN };
	l->fn[i] = fn;
	l->arg[i] = arg;
	return 0;
}

void
loop_want(struct loop *l, int fd, short events)
{
	size_t i = slot_find(l, fd);

	if (i < l->n)
		l->pfd[i].events = events;
}

void
loop_del(struct loop *l, int fd)
{
	size_t i = slot_find(l, fd);

	if (fd != -1 && i < l->n)
		l->pfd[i] = (struct pollfd){ .fd = -1 };
}

static int
timeout_ms(const struct loop *l, int64_t deadline)
{
	int64_t left;

	/* Without the pipe a signal just before poll(2) does not end it. */
	if (l->sigfd == -1 && (deadline == 0 ||
	    deadline > loop_now() + LOOK))
		return LOOK;
	if (deadline == 0)
		return -1;
	left = deadline - loop_now();
	if (left < 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

/* It is unknown what is ready: after a pause, run all handlers.  No handler
 * waits for its descriptor. */
static void
all_ready(struct loop *l, int64_t deadline)
{
	const struct timespec pause = { .tv_nsec = PAUSE * 1000000L };
	size_t i;

	if (deadline == 0 || deadline > loop_now() + PAUSE)
		(void)nanosleep(&pause, NULL);
	for (i = 0; i < l->n; i++)
		l->pfd[i].revents = l->pfd[i].events;
}

int
loop_wait(struct loop *l, int64_t deadline, struct errmsg *em)
{
	short revents;
	size_t i;
	int n, rv = 0;

	n = poll(l->pfd, (nfds_t)l->n, timeout_ms(l, deadline));
	if (n == -1 && errno != EINTR) {
		if (!l->blind)
			rv = errmsg_sys(em, "poll");
		l->blind = true;
		all_ready(l, deadline);
	} else if (n <= 0) {
		return 0;
	}
	for (i = 0; i < l->n; i++) {
		/* A slot that a handler has just taken has no events. */
		revents = l->pfd[i].revents;
		if (l->pfd[i].fd != -1 && revents != 0)
			l->fn[i](l->arg[i], revents);
	}
	return rv;
}

int
loop_signal(struct loop *l)
{
	size_t i;

	(void)l;
	for (i = 0; i < NCAUGHT; i++)
		if (pending[i]) {
			pending[i] = 0;
			return caught[i];
		}
	return 0;
}
