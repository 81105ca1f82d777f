#ifndef VIRT_H
#define VIRT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libvirt/dial.h"
#include "libvirt/rpc.h"
#include "text/errmsg.h"
#include "wire/lverror.h"
#include "wire/lvmsg.h"
#include "wire/lvproto.h"

struct guest;
struct loop;
struct uri;

/*
 * The daemon of a URI: connect, greet, send typed requests.  Short calls have
 * their own control connection; saves and starts, which are answered only at
 * their end, use work connections, so that they never block it.  Everything is
 * asynchronous: handlers and answers are called from loop_wait, virt_tick and
 * virt_close, never from the function that asked.
 */

#define VIRT_LANES	5	/* one for control, the rest for work */
#define VIRT_WORK_MAX	((VIRT_LANES - 1UL) * RPC_CALLS) /* at once */

/* The requests: procedures that have a row in procs.c. */
enum virt_what {
	VIRT_LIST = LV_PROC_LIST_ALL_DOMAINS,	/* flags: LV_LIST_*; guest is
						   NULL */
	VIRT_STATE = LV_PROC_GET_STATE,
	VIRT_JOB = LV_PROC_GET_JOB_INFO,
	VIRT_IMAGE = LV_PROC_HAS_MANAGED_SAVE_IMAGE,
	VIRT_UNSAVE = LV_PROC_MANAGED_SAVE_REMOVE,
	VIRT_SHUTDOWN = LV_PROC_SHUTDOWN_FLAGS,
	VIRT_DESTROY = LV_PROC_DESTROY_FLAGS,
	VIRT_RESUME = LV_PROC_RESUME,
	VIRT_WAKEUP = LV_PROC_PM_WAKEUP,
	VIRT_ABORT = LV_PROC_ABORT_JOB,
	VIRT_TIME = LV_PROC_SET_TIME,		/* flags: LV_TIME_* */
	VIRT_AGENT = LV_PROC_GET_TIME,		/* does the agent answer? */
	VIRT_MEMORY = LV_PROC_GET_INFO,
	VIRT_XML = LV_PROC_GET_XML_DESC,
	/* Of the daemon; guest is NULL. */
	VIRT_URI = LV_PROC_GET_URI,
	VIRT_HOSTNAME = LV_PROC_GET_HOSTNAME,
	VIRT_VERSION = LV_PROC_GET_LIB_VERSION,
	/* Of networks; guest is a network, without an id. */
	VIRT_NETS = LV_PROC_LIST_ALL_NETWORKS,	/* flags: LV_NETS_*; guest is
						   NULL */
	VIRT_NET_LOOKUP = LV_PROC_NETWORK_LOOKUP_BY_UUID,	/* its name */
	VIRT_NET_START = LV_PROC_NETWORK_CREATE,
	VIRT_NET_STOP = LV_PROC_NETWORK_DESTROY,
	VIRT_SNAPSHOT = LV_PROC_SNAPSHOT_CREATE_XML,	/* flags:
						   LV_SNAPSHOT_*; text: XML */
	VIRT_SAVE = LV_PROC_MANAGED_SAVE,
	VIRT_START = LV_PROC_CREATE_WITH_FLAGS
};

/* The limit of a snapshot, in ms. */
#define VIRT_SNAPSHOT_MS	((int64_t)60000)

enum virt_result {
	VIRT_OK,
	VIRT_REFUSED,		/* class and text have the reason */
	VIRT_LATE,		/* no answer in time; it may still be done */
	VIRT_LOST		/* connection lost before the answer */
};

struct virt_answer {
	enum virt_result	 result;
	enum lvmsg_class	 class;
	int32_t			 code;	/* VIRT_REFUSED: LV_ERR_* */
	const char		*text;	/* escaped; never NULL */
	int32_t			 auth[LV_AUTH_MAX];	/* of the greeting */
	size_t			 nauth;
	int32_t			 number;	/* VIRT_IMAGE */
	struct lvmsg_state	 state;
	struct lvmsg_job	 job;
	uint64_t		 kib;		/* VIRT_MEMORY */
	uint64_t		 version;	/* VIRT_VERSION: 1000000 * major
					   + 1000 * minor + micro */
	const char		*xml;		/* VIRT_XML, VIRT_URI,
						   VIRT_HOSTNAME: the text,
						   not terminated */
	size_t			 xmllen;
	struct lvmsg_domain	 net;		/* VIRT_NET_LOOKUP */
	struct buf		*list;	/* VIRT_LIST: at the first domain,
					   VIRT_NETS: at the first network */
	uint32_t		 count;
};

struct virt_call;
typedef void	 virt_done_fn(struct virt_call *,
		    const struct virt_answer *);

/* A request, in memory of the caller that does not change until done. */
struct virt_call {
	enum virt_what		 what;
	const struct guest	*guest;
	uint32_t		 flags;
	const char		*text;	/* must live as long as guest */
	virt_done_fn		*done;
	/* Each may be NULL: before it is written, and after; the answer that
	 * came after VIRT_LATE, though it may have been asked again since. */
	void			(*sending)(struct virt_call *);
	void			(*sent)(struct virt_call *);
	virt_done_fn		*late;
	void			*arg;	/* the caller's */
	bool			 busy;	/* asked and not answered yet */
	unsigned		 nlate;	/* answers that late waits for */
	struct virt		*virt;
	struct virt_call	*next;
};

enum virt_state {
	VIRT_CLOSED,		/* not opened, or given up */
	VIRT_WAITING,		/* for the next attempt */
	VIRT_GREETING,		/* dialled, not ready yet */
	VIRT_UP
};

/* No handler is called for a closed virt, even if an answer or a handler closed
 * it. */
struct virt_handlers {
	/* Ready: requests can be sent, lifecycle events arrive. */
	void	(*up)(void *arg);
	/* Connection lost; it is dialled again until virt_close. */
	void	(*down)(void *arg, const char *why);
	/* Never became ready within its patience; it is closed. */
	void	(*failed)(void *arg, const char *why);
	/* A lifecycle event of a guest (LV_EVENT_*). */
	void	(*event)(void *arg, const struct lvmsg_lifecycle *);
};

struct virt_refusal {
	const char	*why;
	bool		 never;
	bool		 no_driver;
};

/* The greeting of a connection, a call at a time. */
struct virt_greeting {
	size_t		 step;
	bool		 control;	/* with events */
	bool		 events;	/* the daemon offers callbacks */
	/* Greeted: the connection can be used. */
	void		(*done)(void *arg);
	/* Refused or not answered; never: do not retry, no_driver: because the
	 * daemon has no such driver. */
	void		(*failed)(void *arg, const struct virt_refusal *);
	void		*arg;
};

struct virt_lane {
	struct dial	 dial;
	struct rpc	 rpc;
	struct virt	*virt;
	int		 fd;		/* as the loop knows it, or -1 */
	int		 err;		/* the same of standard error */
	int64_t		 ending;	/* absolute, its program ends until
					   then; 0 = it runs, -1 = over */
	struct virt_greeting greeting;
	bool		 off;		/* for work; not connected */
	bool		 deaf;		/* a ping is not answered */
};

struct virt_queue {
	struct virt_call *head;
	struct virt_call *tail;
};

/* The parameters of a virt; all must outlive it. */
struct virt_setup {
	const struct uri	*uri;
	struct loop		*loop;
	int64_t			 connect_ms;	/* CONNECT_TIMEOUT */
	const struct virt_handlers *handlers;
	void			*arg;
};

struct virt {
	struct virt_setup	 setup;
	enum virt_state		 state;
	bool			 was_up;	/* since it was opened */
	bool			 no_driver;	/* it lacks the driver */
	bool			 told;		/* since the last virt_tick */
	unsigned		 life;		/* times opened and closed */
	int64_t			 patience;	/* absolute, first time */
	int64_t			 next_try;	/* absolute */
	int64_t			 backoff;	/* ms */
	int64_t			 came;		/* absolute, up since */
	int64_t			 greet_by;	/* absolute */
	int64_t			 full;		/* absolute: since then short
						   calls wait, 0 = none */
	size_t			 nlanes;
	struct virt_lane	 lane[VIRT_LANES];
	struct virt_queue	 control;
	struct virt_queue	 work;
};

/* 0, or -1 if there is no memory. */
int	 virt_init(struct virt *, const struct virt_setup *);
void	 virt_free(struct virt *);

/* Dial a closed virt; retry failures for patience ms. */
void	 virt_open(struct virt *, int64_t patience, int64_t now);
/* Close; open requests are answered VIRT_LOST before this returns. */
void	 virt_close(struct virt *);
/*
 * Before the last virt_close: tell the daemon that the connections end.  If a
 * connection ends without that, the daemon logs an error.  Requests and
 * handlers are forgotten.  virt_left waits for the answers, until by.
 */
void	 virt_leave(struct virt *);
void	 virt_left(struct virt *, int64_t by);
/*
 * Dial connections for n long calls at once (VIRT_WORK_MAX at most); virt_ready
 * is true when they are greeted.  0, or -1 with the reason.  The connections
 * that exist carry the calls, if none does the control connection.  After a
 * loss all are dialled again.
 */
int	 virt_work(struct virt *, size_t n, struct errmsg *);
/* All requested connections are greeted, or have failed. */
bool	 virt_ready(const struct virt *);

/* It is not up, and an attempt has failed. */
bool	 virt_falters(const struct virt *);

/* It is up, and has not answered a ping. */
bool	 virt_deaf(const struct virt *);

/* The process of the connected daemon; 0: unknown. */
pid_t	 virt_daemon(const struct virt *);

/* Send a request.  0, or -1 if the daemon cannot be asked now (not up, or c is
 * busy).  The limit is none for saves and starts, a minute for a snapshot,
 * connect_ms for the others.  If the daemon answers no short call for a second,
 * because their guests hang, the others use another connection. */
int	 virt_ask(struct virt *, struct virt_call *);

/* Do not answer a request: the caller can reuse its memory. */
void	 virt_forget(struct virt_call *);

void	 virt_tick(struct virt *, int64_t now);
/* When to call virt_tick, 0 = never; sets the events of the loop, so call it
 * before each loop_wait.  It is at once if a request was sent or answered since
 * virt_tick began: then other modules may have new deadlines. */
int64_t	 virt_next(struct virt *);

#endif
