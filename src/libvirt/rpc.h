#ifndef RPC_H
#define RPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/buf.h"
#include "text/errmsg.h"

/*
 * One connection of libvirt's RPC: frames, serials, calls with deadlines and
 * replies in any order, keepalive both ways, events.  The caller connects and
 * polls the descriptor; this module knows neither loop nor guests.  Times are
 * milliseconds of loop_now.
 */

/* The daemon stops reading a connection with 5 unanswered calls
 * (max_client_requests in libvirtd.conf), even keepalive. */
#define RPC_CALLS	4

enum rpc_result {
	RPC_OK,			/* body is the reply */
	RPC_ERROR,		/* body is the error, see lvmsg_get_error */
	RPC_TIMEOUT,		/* no answer in time; body is NULL */
	RPC_LOST		/* connection lost; body is NULL */
};

typedef void	 rpc_reply_fn(void *arg, enum rpc_result, struct buf *body);
/* An event: the procedure of the message, and its body. */
typedef void	 rpc_event_fn(void *arg, uint32_t proc, struct buf *body);

#define RPC_PING	1000	/* ms without a byte */

struct rpc_call {
	rpc_reply_fn	*fn;		/* NULL: forgotten, or timed out */
	rpc_reply_fn	*late;		/* then; may be NULL */
	void		*arg;
	int64_t		 deadline;	/* 0 = none */
	uint32_t	 serial;	/* 0 = this entry is free */
	uint32_t	 proc;
};

struct rpc {
	int		 fd;		/* -1 when closed; owned */
	struct buf	 in;
	struct buf	 out;
	struct buf	 args;		/* of the call being put together */
	struct rpc_call	 call[RPC_CALLS];
	uint32_t	 serial;
	int64_t		 heard;		/* time of the last byte */
	int64_t		 asked;		/* time since when calls are open */
	int64_t		 pinged;	/* time of a ping since then, or 0 */
	int64_t		 silence;	/* ms: with open calls, after half of it
					   without a byte a ping is sent (if a
					   short call waits for RPC_PING, then);
					   after the other half the connection
					   is lost */
	rpc_event_fn	*event;
	void		*event_arg;
	struct errmsg	 why;		/* of the loss */
};

/* Allocate all memory that a stop needs, with reserve bytes for the longest
 * expected reply; 0, or -1: no memory. */
int	 rpc_init(struct rpc *, size_t reserve);
void	 rpc_free(struct rpc *);

/* Take a connected, non-blocking fd; silence as above.  Do not call it from a
 * handler of this connection. */
void	 rpc_open(struct rpc *, int fd, int64_t silence, int64_t now);
/* Close it; waiting calls are answered RPC_LOST, even if such an answer closes
 * it again.  why may be NULL, and must not be r->why.text. */
void	 rpc_close(struct rpc *, const char *why);

/* An empty buf for the arguments of the next rpc_call. */
struct buf *rpc_args(struct rpc *);
/* Whether a call can be made now; whether an answer is awaited. */
bool	 rpc_room(const struct rpc *);
bool	 rpc_waits(const struct rpc *);
/*
 * Send a call with the arguments in rpc_args.  fn is called once, from
 * rpc_ready, rpc_tick or rpc_close, never from here.  limit is milliseconds, 0
 * = none.  late, unless NULL, is called once after RPC_TIMEOUT: with the answer
 * that came after all, or RPC_LOST.  0, or -1 if there is no room or the
 * connection is closed.
 */
struct rpc_wait {
	int64_t		 limit;
	rpc_reply_fn	*fn;
	rpc_reply_fn	*late;
	void		*arg;
};
int	 rpc_call(struct rpc *, uint32_t proc, const struct rpc_wait *,
	    int64_t now);
/* Write what has room in the socket now; returns as rpc_ready.  What nobody
 * reads any more is dropped without an error: poll(2) tells the end. */
int	 rpc_flush(struct rpc *);
/* Forget the calls with that arg, NULL: all calls, and events: ignore the
 * answers. */
void	 rpc_forget(struct rpc *, const void *arg);

/* The events of poll(2) to wait for. */
short	 rpc_wants(const struct rpc *);
/* A ping is not answered yet. */
bool	 rpc_deaf(const struct rpc *);
/* Read and write after poll(2); 0, or -1 when the connection is lost: then it
 * is closed, and why has the reason. */
int	 rpc_ready(struct rpc *, short revents, int64_t now);
/* Do what is due (deadlines, pings); returns as rpc_ready.  It reads first, so
 * that a delayed run does not blame the daemon. */
int	 rpc_tick(struct rpc *, int64_t now);
/* When to call rpc_tick, absolute; 0 = never. */
int64_t	 rpc_next(const struct rpc *);

#endif
