#ifndef LOOP_H
#define LOOP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/errmsg.h"

/*
 * One poll(2) for everything: file descriptors with a handler each, signals as
 * one more descriptor, absolute deadlines on the monotonic clock.
 */
#define LOOP_FDS	256	/* descriptors at once, at most */

typedef void	 loop_fn(void *arg, short revents);

struct loop {
	struct pollfd	 pfd[LOOP_FDS];
	loop_fn		*fn[LOOP_FDS];
	void		*arg[LOOP_FDS];
	size_t		 n;
	int		 sigfd;		/* read end of the signals' pipe */
	bool		 blind;		/* poll(2) has failed */
};

/* Milliseconds of CLOCK_MONOTONIC; never 0. */
int64_t	 loop_now(void);

/*
 * From now on SIGTERM, SIGINT and SIGUSR1 become what loop_signal returns;
 * SIGPIPE and SIGHUP are ignored, because a stop goes on without a reader.
 * loop_init does this as well.
 */
void	 loop_signals(void);
/* Only one loop at a time.  0, or -1 with the reason: the loop can be used, but
 * hears signals up to half a second late. */
int	 loop_init(struct loop *, struct errmsg *);
void	 loop_free(struct loop *);

/* Watch fd; 0, or -1 when LOOP_FDS are watched already. */
int	 loop_add(struct loop *, int fd, loop_fn *, void *arg);
/* Which events (POLLIN, POLLOUT) wake it. */
void	 loop_want(struct loop *, int fd, short events);
/* Watch it no more; fine from inside a handler. */
void	 loop_del(struct loop *, int fd);

/*
 * Wait until something is ready, a signal has come or deadline (0 = none) has
 * really passed, and run the handlers.  If poll(2) fails, all
 * handlers run, after a pause, and the caller can go on.  0, or -1 with the
 * reason for the first such failure.
 */
int	 loop_wait(struct loop *, int64_t deadline, struct errmsg *);

/* A signal that came since the last call, first one that ends a run; or 0. */
int	 loop_signal(struct loop *);

#endif
