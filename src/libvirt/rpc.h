#ifndef RPC_H
#define RPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/buf.h"
#include "text/errmsg.h"

/*
 * One connection that speaks libvirt's RPC: frames, serials, calls with
 * deadlines whose replies come in any order, keepalive both ways, events.
 * It is given a connected descriptor and says when that should be polled; it
 * knows neither loop nor guests.  Times are milliseconds of loop_now.
 */

/* The daemon reads no further from a connection with 5 unanswered calls
 * (max_client_requests in libvirtd.conf), not even our keepalive. */
#define RPC_CALLS	4

enum rpc_result {
	RPC_OK,			/* body is the reply */
	RPC_ERROR,		/* body is the error, see lvmsg_get_error */
	RPC_TIMEOUT,		/* no answer in time; body is NULL */
	RPC_LOST		/* the connection went; body is NULL */
};

typedef void	 rpc_reply_fn(void *arg, enum rpc_result, struct buf *body);
/* An event: the procedure of the message, and its body. */
typedef void	 rpc_event_fn(void *arg, uint32_t proc, struct buf *body);

struct rpc_call {
	rpc_reply_fn	*fn;		/* NULL: forgotten */
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
	int64_t		 heard;		/* when the last byte came */
	int64_t		 pinged;	/* when we asked, 0 = not since heard */
	int64_t		 silence;	/* ms: half of it without a byte, and
					   it is asked whether it lives; the
					   other half it has to answer */
	rpc_event_fn	*event;
	void		*event_arg;
	struct errmsg	 why;		/* after it was lost */
};

/* Memory for a connection, all of it that a stop needs, reserve bytes for the
 * longest reply expected; 0, or -1 when there is none. */
int	 rpc_init(struct rpc *, size_t reserve);
void	 rpc_free(struct rpc *);

/* Take over a connected, non-blocking fd; silence as above.  Not from a
 * handler of this connection. */
void	 rpc_open(struct rpc *, int fd, int64_t silence, int64_t now);
/* Close it; calls that wait are answered RPC_LOST, even if such an answer
 * closes it again.  why may be NULL, and must not be r->why.text. */
void	 rpc_close(struct rpc *, const char *why);

/* An empty buf for the arguments of the next rpc_call. */
struct buf *rpc_args(struct rpc *);
/* Whether a call can be made now. */
bool	 rpc_room(const struct rpc *);
/*
 * Send a call with what is in rpc_args.  fn is called once, from rpc_ready,
 * rpc_tick or rpc_close, never from here.  limit is milliseconds, 0 = none.
 * 0, or -1 when there is no room or the connection is closed.
 */
struct rpc_wait {
	int64_t		 limit;
	rpc_reply_fn	*fn;
	void		*arg;
};
int	 rpc_call(struct rpc *, uint32_t proc, const struct rpc_wait *,
	    int64_t now);
/* Forget the calls with that arg: their answers are ignored. */
void	 rpc_forget(struct rpc *, const void *arg);

/* Events of poll(2) that it waits for. */
short	 rpc_wants(const struct rpc *);
/* Do what poll(2) says can be done; 0, or -1 when the connection was lost:
 * it is closed then, and why says how. */
int	 rpc_ready(struct rpc *, short revents, int64_t now);
/* Do what time asks for (deadlines, pings); as rpc_ready.  What has come
 * meanwhile is read first: a run that was delayed does not blame the daemon. */
int	 rpc_tick(struct rpc *, int64_t now);
/* When rpc_tick is to be called, absolute; 0 = no need. */
int64_t	 rpc_next(const struct rpc *);

#endif
