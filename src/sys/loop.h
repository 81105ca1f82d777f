#ifndef LOOP_H
#define LOOP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/errmsg.h"

/*
 * One poll(2) for everything: file descriptors with handlers, signals as one
 * more descriptor, absolute deadlines of the monotonic clock.
 */
#define LOOP_FDS	512	/* descriptors at once, at most */

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
 * From now on loop_signal returns SIGTERM, SIGINT, SIGQUIT and SIGUSR1; signals
 * that a lost reader, terminal or limit causes are ignored, because a stop goes
 * on.  loop_init does this, too.
 */
void	 loop_signals(void);
/* Only one loop at a time.  0, or -1 with the reason: the loop can be used, but
 * notices signals up to 500 ms late. */
int	 loop_init(struct loop *, struct errmsg *);
void	 loop_free(struct loop *);

/* Watch fd; 0, or -1 when LOOP_FDS are watched already. */
int	 loop_add(struct loop *, int fd, loop_fn *, void *arg);
/* Set the events (POLLIN, POLLOUT) of fd. */
void	 loop_want(struct loop *, int fd, short events);
/* Stop watching fd; may be called from a handler. */
void	 loop_del(struct loop *, int fd);

/*
 * Wait until a descriptor is ready, a signal arrives or deadline (0 = none) has
 * passed, and run the handlers.  If poll(2) fails, all handlers run, after a
 * pause, and the caller can go on.  0, or -1 with the reason for the first such
 * failure.
 */
int	 loop_wait(struct loop *, int64_t deadline, struct errmsg *);

/* A signal that arrived since the last call, SIGTERM and SIGINT first; or 0. */
int	 loop_signal(struct loop *);

#endif
