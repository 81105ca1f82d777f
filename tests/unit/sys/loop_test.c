#include "sys/loop.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <atf-c.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FDS	4

/* What a watched descriptor saw, and what its handler does. */
struct watched {
	int		 fd;
	int		 other;		/* the other end */
	int		 n;
	short		 revents;
	struct watched	*del;		/* watch this no more */
	struct watched	*add;		/* watch this from now on */
};

static struct loop loop;
static struct watched watched[FDS];

static void
handler(void *arg, short revents)
{
	struct watched *w = arg;

	w->n++;
	w->revents = revents;
	if (w->del != NULL)
		loop_del(&loop, w->del->fd);
	if (w->add != NULL)
		ATF_REQUIRE_EQ(0, loop_add(&loop, w->add->fd, handler,
		    w->add));
	w->del = w->add = NULL;
}

static void
watch(struct watched *w)
{
	ATF_REQUIRE_EQ(0, loop_add(&loop, w->fd, handler, w));
}

/* n pairs of sockets, all but the last `spare` watched. */
static void
begin(int n, int spare)
{
	struct errmsg em;
	int sv[2], i;

	ATF_REQUIRE_EQ_MSG(0, loop_init(&loop, &em), "%s", em.text);
	memset(watched, 0, sizeof(watched));
	for (i = 0; i < n; i++) {
		ATF_REQUIRE_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sv));
		watched[i].fd = sv[0];
		watched[i].other = sv[1];
		if (i < n - spare)
			watch(&watched[i]);
	}
}

static void
poke(int i)
{
	ATF_REQUIRE_EQ(1, write(watched[i].other, "x", 1));
}

static void
turn(int64_t deadline)
{
	struct errmsg em;

	ATF_REQUIRE_EQ_MSG(0, loop_wait(&loop, deadline, &em), "%s", em.text);
}

ATF_TC_WITHOUT_HEAD(clock);
ATF_TC_BODY(clock, tc)
{
	int64_t last = loop_now(), now;
	int i;

	for (i = 0; i < 1000; i++, last = now) {
		now = loop_now();
		ATF_REQUIRE(now > 0 && now >= last);
	}
}

/* It never says that a time has come before it has. */
ATF_TC_WITHOUT_HEAD(deadline);
ATF_TC_BODY(deadline, tc)
{
	int64_t when;
	int i;

	begin(1, 0);
	for (i = 0; i < 40; i++) {
		when = loop_now() + i % 4;
		turn(when);
		ATF_REQUIRE_MSG(loop_now() >= when, "%d ms early",
		    (int)(when - loop_now()));
	}
	turn(1);			/* long ago */
	turn(loop_now() - 1);
	ATF_CHECK_EQ(0, watched[0].n);
	loop_free(&loop);
}

/* A deadline further away than poll(2) can count. */
ATF_TC_WITHOUT_HEAD(far_deadline);
ATF_TC_BODY(far_deadline, tc)
{
	begin(1, 0);
	poke(0);
	turn(INT64_MAX);
	turn(loop_now() + ((int64_t)1 << 33));
	turn(0);
	ATF_CHECK_EQ(3, watched[0].n);
	loop_free(&loop);
}

static volatile sig_atomic_t alarms;

static void
on_alarm(int sig)
{
	(void)sig;
	alarms++;
}

/* Such a wait is a wait: what ends it here is the signal alone. */
ATF_TC_WITHOUT_HEAD(far_wait);
ATF_TC_BODY(far_wait, tc)
{
	static const int64_t far[] = { (int64_t)1 << 31, (int64_t)1 << 32,
	    (int64_t)1 << 40 };
	struct sigaction sa = { .sa_handler = on_alarm };
	struct itimerval soon = { .it_value = { .tv_usec = 20000 },
	    .it_interval = { .tv_usec = 20000 } };
	int before;
	size_t i;

	begin(1, 0);
	ATF_REQUIRE_EQ(0, sigaction(SIGALRM, &sa, NULL));
	ATF_REQUIRE_EQ(0, setitimer(ITIMER_REAL, &soon, NULL));
	for (i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
		before = alarms;
		turn(loop_now() + far[i]);
		ATF_CHECK_MSG(alarms > before, "%zu: no wait", i);
	}
	soon = (struct itimerval){ 0 };
	ATF_REQUIRE_EQ(0, setitimer(ITIMER_REAL, &soon, NULL));
	loop_free(&loop);
}

ATF_TC_WITHOUT_HEAD(dispatch);
ATF_TC_BODY(dispatch, tc)
{
	begin(3, 0);
	poke(1);
	turn(0);
	ATF_CHECK_EQ(0, watched[0].n);
	ATF_CHECK_EQ(1, watched[1].n);
	ATF_CHECK_EQ(POLLIN, watched[1].revents);
	ATF_CHECK_EQ(0, watched[2].n);
	poke(0);
	poke(2);
	turn(0);
	ATF_CHECK_EQ(1, watched[0].n);
	ATF_CHECK_EQ(2, watched[1].n);
	ATF_CHECK_EQ(1, watched[2].n);
	loop_free(&loop);
}

ATF_TC_WITHOUT_HEAD(wants);
ATF_TC_BODY(wants, tc)
{
	begin(2, 0);
	poke(0);
	loop_want(&loop, watched[0].fd, 0);
	loop_want(&loop, watched[1].fd, POLLIN | POLLOUT);
	loop_want(&loop, -1, POLLIN);
	loop_want(&loop, 9999, POLLIN);
	turn(0);
	ATF_CHECK_EQ(0, watched[0].n);
	ATF_CHECK_EQ(POLLOUT, watched[1].revents);
	/* An end is told whatever is wanted. */
	(void)close(watched[0].other);
	loop_want(&loop, watched[1].fd, 0);
	turn(0);
	ATF_CHECK(watched[0].revents & POLLHUP);
	ATF_CHECK_EQ(1, watched[1].n);
	loop_free(&loop);
}

/* All are ready; what the first one's handler does holds in the same turn. */
ATF_TC_WITHOUT_HEAD(deleted_inside);
ATF_TC_BODY(deleted_inside, tc)
{
	begin(3, 0);
	watched[0].del = &watched[1];
	poke(0);
	poke(1);
	poke(2);
	turn(0);
	ATF_CHECK_EQ(1, watched[0].n);
	ATF_CHECK_EQ(0, watched[1].n);
	ATF_CHECK_EQ(1, watched[2].n);
	turn(0);
	ATF_CHECK_EQ(0, watched[1].n);
	loop_free(&loop);
}

/* The slot of one that was ready goes to another, which is not: it hears
 * nothing in that turn, and itself in the next. */
ATF_TC_WITHOUT_HEAD(slot_taken_inside);
ATF_TC_BODY(slot_taken_inside, tc)
{
	size_t n;

	begin(4, 1);
	n = loop.n;
	watched[0].del = &watched[1];
	watched[0].add = &watched[3];
	poke(0);
	poke(1);
	turn(0);
	ATF_CHECK_EQ(n, loop.n);
	ATF_CHECK_EQ(1, watched[0].n);
	ATF_CHECK_EQ(0, watched[1].n);
	ATF_CHECK_EQ(0, watched[3].n);
	poke(3);
	turn(0);
	ATF_CHECK_EQ(1, watched[3].n);
	ATF_CHECK_EQ(POLLIN, watched[3].revents);
	ATF_CHECK_EQ(0, watched[1].n);
	loop_free(&loop);
}

/* The same with the number of the descriptor used again. */
ATF_TC_WITHOUT_HEAD(number_used_again);
ATF_TC_BODY(number_used_again, tc)
{
	begin(4, 1);
	poke(0);
	poke(1);
	watched[0].del = &watched[1];
	turn(0);
	ATF_REQUIRE_EQ(watched[1].fd, dup2(watched[3].fd, watched[1].fd));
	watch(&watched[1]);
	turn(0);
	ATF_CHECK_EQ(0, watched[1].n);
	poke(3);
	turn(0);
	ATF_CHECK_EQ(1, watched[1].n);
	loop_free(&loop);
}

ATF_TC_WITHOUT_HEAD(itself);
ATF_TC_BODY(itself, tc)
{
	begin(2, 1);
	watched[0].del = &watched[0];
	watched[0].add = &watched[1];
	poke(0);
	poke(1);
	turn(0);
	ATF_CHECK_EQ(1, watched[0].n);
	ATF_CHECK_EQ(0, watched[1].n);
	turn(0);
	ATF_CHECK_EQ(1, watched[0].n);
	ATF_CHECK_EQ(1, watched[1].n);
	loop_free(&loop);
}

/* Added behind all others while these are called: its turn is the next. */
ATF_TC_WITHOUT_HEAD(added_inside);
ATF_TC_BODY(added_inside, tc)
{
	begin(2, 1);
	watched[0].add = &watched[1];
	poke(0);
	poke(1);
	turn(0);
	ATF_CHECK_EQ(0, watched[1].n);
	turn(0);
	ATF_CHECK_EQ(1, watched[1].n);
	loop_free(&loop);
}

ATF_TC_WITHOUT_HEAD(full);
ATF_TC_BODY(full, tc)
{
	size_t n = 0;

	begin(2, 1);
	/* Numbers that poll(2) would be asked about only in loop_wait. */
	while (loop_add(&loop, 1000 + (int)n, handler, NULL) == 0)
		ATF_REQUIRE(++n <= LOOP_FDS);
	ATF_CHECK_EQ(LOOP_FDS, n + 2);		/* and that of the signals */
	loop_del(&loop, -1);
	ATF_CHECK_EQ(-1, loop_add(&loop, 5000, handler, NULL));
	loop_del(&loop, 4999);
	ATF_CHECK_EQ(-1, loop_add(&loop, 5000, handler, NULL));
	loop_del(&loop, 1017);
	watch(&watched[1]);
	ATF_CHECK_EQ(-1, loop_add(&loop, 5000, handler, NULL));
	for (; n > 0; n--)
		loop_del(&loop, 999 + (int)n);
	poke(1);
	turn(0);
	ATF_CHECK_EQ(1, watched[1].n);
	loop_free(&loop);
}

/* A signal that came before the wait ends it all the same. */
ATF_TC_WITHOUT_HEAD(signals);
ATF_TC_BODY(signals, tc)
{
	static const int sigs[] = { SIGTERM, SIGINT, SIGQUIT, SIGUSR1, SIGTERM
	};
	int64_t when;
	size_t i;

	begin(1, 0);
	ATF_CHECK_EQ(0, loop_signal(&loop));
	for (i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++) {
		ATF_REQUIRE_EQ(0, raise(sigs[i]));
		turn(0);
		ATF_CHECK_EQ(sigs[i], loop_signal(&loop));
		ATF_CHECK_EQ(0, loop_signal(&loop));
	}
	/* None is lost, and those that end a run come first. */
	ATF_REQUIRE_EQ(0, raise(SIGUSR1));
	ATF_REQUIRE_EQ(0, raise(SIGINT));
	ATF_REQUIRE_EQ(0, raise(SIGTERM));
	turn(0);
	ATF_CHECK_EQ(SIGTERM, loop_signal(&loop));
	ATF_CHECK_EQ(SIGINT, loop_signal(&loop));
	ATF_CHECK_EQ(SIGUSR1, loop_signal(&loop));
	/* The pipe is empty again: this comes to its deadline. */
	when = loop_now() + 20;
	turn(when);
	ATF_CHECK(loop_now() >= when);
	ATF_CHECK_EQ(0, loop_signal(&loop));
	ATF_CHECK_EQ(0, watched[0].n);
	loop_free(&loop);
}

/* More signals than a pipe holds. */
ATF_TC_WITHOUT_HEAD(many_signals);
ATF_TC_BODY(many_signals, tc)
{
	int i;

	begin(1, 0);
	for (i = 0; i < 70000; i++)
		ATF_REQUIRE_EQ(0, raise(SIGTERM));
	turn(0);
	ATF_CHECK_EQ(SIGTERM, loop_signal(&loop));
	turn(loop_now() + 1);
	loop_free(&loop);
}

ATF_TC_WITHOUT_HEAD(ignored);
ATF_TC_BODY(ignored, tc)
{
	static const int signals[] = { SIGHUP, SIGTTOU, SIGXFSZ, SIGXCPU,
		SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPWR };
	int fds[2];
	size_t i;

	begin(1, 0);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		ATF_REQUIRE_EQ(0, raise(signals[i]));
	ATF_REQUIRE_EQ(0, pipe(fds));
	(void)close(fds[0]);
	ATF_CHECK_EQ(-1, write(fds[1], "x", 1));
	turn(loop_now() + 1);
	ATF_CHECK_EQ(0, loop_signal(&loop));
	loop_free(&loop);
}

/* Afterwards SIGTERM ends the process, and a second loop works. */
ATF_TC_WITHOUT_HEAD(freed);
ATF_TC_BODY(freed, tc)
{
	int status, round;
	pid_t pid;

	for (round = 0; round < 2; round++) {
		begin(1, 0);
		poke(0);
		turn(0);
		ATF_CHECK_EQ(1, watched[0].n);
		loop_free(&loop);
		loop_free(&loop);
	}
	if ((pid = fork()) == 0) {
		(void)raise(SIGTERM);
		_exit(0);
	}
	ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
	ATF_CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

ATF_TC_WITHOUT_HEAD(no_descriptors);
ATF_TC_BODY(no_descriptors, tc)
{
	struct errmsg em = { .text = "" };
	struct rlimit few, old;

	ATF_REQUIRE_EQ(0, getrlimit(RLIMIT_NOFILE, &old));
	few = old;
	few.rlim_cur = 3;
	ATF_REQUIRE_EQ(0, setrlimit(RLIMIT_NOFILE, &few));
	ATF_CHECK_EQ(-1, loop_init(&loop, &em));
	ATF_REQUIRE_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
	ATF_CHECK(em.text[0] != '\0');
	/* It goes on all the same, and hears signals. */
	ATF_CHECK_EQ(0, raise(SIGUSR1));
	ATF_CHECK_EQ(0, loop_wait(&loop, loop_now() + 10, &em));
	ATF_CHECK_EQ(SIGUSR1, loop_signal(&loop));
	loop_free(&loop);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, clock);
	ATF_TP_ADD_TC(tp, deadline);
	ATF_TP_ADD_TC(tp, far_deadline);
	ATF_TP_ADD_TC(tp, far_wait);
	ATF_TP_ADD_TC(tp, dispatch);
	ATF_TP_ADD_TC(tp, wants);
	ATF_TP_ADD_TC(tp, deleted_inside);
	ATF_TP_ADD_TC(tp, slot_taken_inside);
	ATF_TP_ADD_TC(tp, number_used_again);
	ATF_TP_ADD_TC(tp, itself);
	ATF_TP_ADD_TC(tp, added_inside);
	ATF_TP_ADD_TC(tp, full);
	ATF_TP_ADD_TC(tp, signals);
	ATF_TP_ADD_TC(tp, many_signals);
	ATF_TP_ADD_TC(tp, ignored);
	ATF_TP_ADD_TC(tp, freed);
	ATF_TP_ADD_TC(tp, no_descriptors);
	return atf_no_error();
}
