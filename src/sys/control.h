#ifndef CONTROL_H
#define CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/errmsg.h"

struct loop;

/*
 * A second stop joins the first.  The owner of the lock listens on a unix
 * socket (SOCK_SEQPACKET, mode 0600) in RUN_DIR.  A joiner connects, can send
 * an earlier deadline or hurry, and waits for the owner's exit code.  If the
 * owner dies, the kernel closes the connection and releases the lock: the
 * joiner learns that the owner is lost, takes the lock and goes on itself.
 *
 * A packet is a line: "deadline N" (milliseconds of CLOCK_MONOTONIC, as
 * loop_now counts them), "hurry", "preempt", "wait" (the joiner is no stop that
 * relies on the result) and "ping" to the owner; "stop", "some" (a stop of
 * selected guests) or "start", which the owner does, "busy", "pong",
 * "subject N", "settings N" and "result N" to the joiner.  Other packets are
 * ignored.  Each side accepts only root and its own user.
 *
 * Only the owner of the lock may listen.  The result of a start is of no use to
 * a stop; a start, or a stop of selected guests, ends if a stop preempts it.
 * An owner that sends nothing for CONTROL_SILENCE is frozen: it is stopped
 * (SIGSTOP), or waits for a disk.  An owner that does not listen yet cannot be
 * joined: retry together with the lock.
 */
#define CONTROL_JOINERS	8	/* at once; others get "busy" */
#define CONTROL_PACKETS	64	/* of one joiner; more are not read */
#define CONTROL_SILENCE	10000	/* ms without an answer of the owner */
#define CONTROL_PATH	108	/* bytes of a path, with its NUL */

struct control_handlers {
	/* A deadline earlier than all before; NULL: it is ignored. */
	void	(*deadline)(void *arg, int64_t deadline);
	/* No order, no bound; called once.  NULL: it is ignored. */
	void	(*hurry)(void *arg);
	/* A stop asks for the lock; called once.  NULL: it is ignored. */
	void	(*preempt)(void *arg);
};

struct control;

struct control_peer {
	struct control	*control;	/* NULL: a free place */
	int		 fd;
	size_t		 packets;
	bool		 waits;
};

/* What an owner does; older versions do not send it. */
enum control_role {
	CONTROL_UNSAID, CONTROL_STOP, CONTROL_START, CONTROL_SOME
};

/* The owner's side; zeros, except for the first three, role and subject. */
struct control {
	struct loop	*loop;
	const struct control_handlers *handlers;
	void		*arg;
	enum control_role role;
	int64_t		 subject;	/* of the result, 0 = unknown */
	int64_t		 settings;	/* by which guests are left, 0 = none */
	bool		 listening;
	bool		 hurried;
	bool		 preempted;
	int		 fd;
	int64_t		 deadline;	/* the earliest yet, 0 = none */
	struct control_peer peer[CONTROL_JOINERS];
	char		 path[CONTROL_PATH];
};

/*
 * Listen at path, in place of the socket of an owner that died.  0, or -1 with
 * the reason: then no stop can join this one.
 */
int	 control_listen(struct control *, const char *path, struct errmsg *);
/* Send the result to all joiners, even those in the queue, and unlink the
 * socket.  If the code is negative, they get no result, as if the owner had
 * died.  Returns how many have not sent "wait"; 0 if it does not listen. */
size_t	 control_end(struct control *, int code);

enum control_state {
	CONTROL_WAITING,	/* for the result */
	CONTROL_RESULT,
	CONTROL_LOST,		/* the owner ended without a result */
	CONTROL_FROZEN		/* the owner does not answer */
};

/* A joiner's side; control_join sets it up.  Run the loop until state is no
 * longer CONTROL_WAITING. */
struct control_join {
	struct loop	*loop;		/* the caller's */
	enum control_state state;
	int		 fd;
	int		 code;		/* CONTROL_RESULT */
	int64_t		 subject;	/* of it, 0 = unknown */
	int64_t		 settings;	/* by which it left guests, 0 = none */
	enum control_role role;		/* of the owner */
	bool		 busy;		/* it has too many joiners */
	int64_t		 heard;		/* the owner, then */
	int64_t		 pinged;
};

/* Join the owner that listens at path, with a deadline (0 = none).  0, or -1
 * with the reason; its code is ENOENT or ECONNREFUSED if no owner listens,
 * EAGAIN if too many wait. */
int	 control_join(struct control_join *, const char *path,
	    int64_t deadline, struct errmsg *);
/* Send a deadline later on, hurry, preempt, or wait; 0, or -1 if it was not
 * sent. */
int	 control_hasten(struct control_join *, int64_t deadline);
int	 control_hurry(struct control_join *);
int	 control_preempt(struct control_join *);
int	 control_wait(struct control_join *);
/* Ping the owner if that is due.  Returns when to call this again, 0 = never;
 * sets CONTROL_FROZEN if the owner does not answer. */
int64_t	 control_tick(struct control_join *, int64_t now);
/* Stop waiting; not needed if the state is not CONTROL_WAITING. */
void	 control_leave(struct control_join *);

#endif
