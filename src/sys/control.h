#ifndef CONTROL_H
#define CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/errmsg.h"

struct loop;

/*
 * How a second stop joins the first.  The owner of the lock listens on a unix
 * socket (SOCK_SEQPACKET, mode 0600) in RUN_DIR; a joiner connects, may hand
 * over an earlier deadline or hurry, and waits for the owner's exit code.  If
 * the owner dies the kernel closes the connection, as it lets go of the lock:
 * the joiner is told that the owner is lost, tries the lock and goes on itself.
 *
 * A packet is a line: "deadline N" (milliseconds of CLOCK_MONOTONIC, as
 * loop_now counts them) and "hurry" to the owner, "subject N", "settings N"
 * and "result N" to the joiner.  Anything else is ignored.  Either side
 * talks only to root and to its own user.
 *
 * Only the owner of the lock may listen, and only a stop does, because a start
 * has no result that a stop could take over.  Until the owner listens it cannot
 * be joined: try again when the lock is tried again.
 */
#define CONTROL_JOINERS	8	/* at once; others wait in the queue */
#define CONTROL_PACKETS	64	/* of one joiner; more are not read */
#define CONTROL_PATH	108	/* bytes of a path, with its NUL */

struct control_handlers {
	/* Earlier than every deadline before. */
	void	(*deadline)(void *arg, int64_t deadline);
	/* No order, no bound; once. */
	void	(*hurry)(void *arg);
};

struct control;

struct control_peer {
	struct control	*control;	/* NULL: a free place */
	int		 fd;
	size_t		 packets;
};

/* The owner's side; zeros but for the caller's four. */
struct control {
	struct loop	*loop;
	const struct control_handlers *handlers;
	void		*arg;
	int64_t		 subject;	/* of the result, 0 = not said */
	int64_t		 settings;	/* by which some are left, 0 = none */
	bool		 listening;
	bool		 hurried;
	int		 fd;
	int64_t		 deadline;	/* the earliest yet, 0 = none */
	struct control_peer peer[CONTROL_JOINERS];
	char		 path[CONTROL_PATH];
};

/*
 * Listen at path; a socket that is there already was left by an owner that
 * died.  0, or -1 with the reason: then no stop can join this one.
 */
int	 control_listen(struct control *, const char *path, struct errmsg *);
/* Answer all joiners, even those in the queue, and unlink the socket; returns
 * their number.  With a negative code they get no result: for them the owner is
 * lost.  Does nothing if it does not listen. */
size_t	 control_end(struct control *, int code);

enum control_state {
	CONTROL_WAITING,	/* for the result */
	CONTROL_RESULT,
	CONTROL_LOST		/* the owner went without one */
};

/* A joiner's side; control_join sets it up.  Turn the loop until state is no
 * longer CONTROL_WAITING. */
struct control_join {
	struct loop	*loop;		/* the caller's */
	enum control_state state;
	int		 fd;
	int		 code;		/* CONTROL_RESULT */
	int64_t		 subject;	/* of it, 0 = not said */
	int64_t		 settings;	/* by which it left some, 0 = none */
};

/* Join the owner that listens at path, with a deadline (0 = none).  0, or -1
 * with the reason; its code is ENOENT or ECONNREFUSED if no owner listens,
 * EAGAIN if too many wait. */
int	 control_join(struct control_join *, const char *path,
	    int64_t deadline, struct errmsg *);
/* Hand over a deadline later on, or hurry; 0, or -1 when it did not go out. */
int	 control_hasten(struct control_join *, int64_t deadline);
int	 control_hurry(struct control_join *);
/* Join no more; not needed once the state is another. */
void	 control_leave(struct control_join *);

#endif
