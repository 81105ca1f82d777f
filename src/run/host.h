#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libvirt/virt.h"
#include "plan/guest.h"
#include "run/run.h"
#include "sys/list.h"
#include "text/errmsg.h"
#include "wire/lvmsg.h"
#include "wire/uri.h"

struct inventory;
struct work;

/*
 * The daemon of one configured URI.  The inventory owns the hosts; each struct
 * below belongs to the module that its comment names.
 */

/* The steps by which a host's guests get into the inventory. */
enum host_stage {
	HOST_IDLE,
	HOST_GATHERED,		/* being dialled, listed, asked for details */
	HOST_SETTLED,		/* all is known, or the host has failed */
	HOST_JOINED		/* its guests are in the inventory */
};

/* Questions under way at once: even if none is answered, the connection has
 * room for other calls. */
#define HOST_INQUIRIES	2

/* details.c: questions about the guests of a host. */
struct host_details {
	struct virt_call  inquiry[HOST_INQUIRIES];
	unsigned char	 *next;		/* question of each guest, owned */
	size_t		  left;		/* guests with an open question */
	int64_t		  since;	/* absolute */
	int64_t		  by;
};

/* inventory.c: the list of its guests. */
struct host_listing {
	struct virt_call  call;
	size_t		  lists;	/* lists received */
	bool		  done;
	bool		  by_files;	/* the daemon answers, but not for a
					   list: it is that of its files */
	int64_t		  since;	/* dialled; 0 = for an earlier list */
	int64_t		  by;		/* limit for all lists */
	int64_t		  patience;	/* ms to retry failures of dialling */
	int64_t		  again;	/* retry then: there was no memory; 0 =
					   there was */
};

/* twins.c: who its daemon is. */
struct host_identity {
	struct virt_call  call;
	char		  uri[128];	/* the daemon's own, or "" */
	char		  hostname[256];	/* or "" */
	pid_t		  pid;		/* 0: unknown */
	bool		  open;		/* being asked */
	bool		  told;		/* it is another host's daemon */
};

/* rescue_host.c: its guests without their daemon. */
struct host_rescue {
	bool		  possible;	/* QEMU guests, RESCUE is set */
	bool		  active;	/* they are stopped by monitors */
	int64_t		  look_at;	/* next check of the daemon, 0 =
					   never */
};

struct host {
	struct run	 *run;
	struct inventory *inventory;
	size_t		  index;	/* of its URI */
	struct uri	  uri;
	struct virt	  virt;
	struct virt_call  poll;		/* which guests are on: task.c */
	enum host_stage	  stage;
	struct guests	  guests;	/* until they are in the inventory */
	struct host_listing listing;
	struct host_details details;
	struct host_identity identity;
	struct host_rescue rescue;
	struct work	 *work;		/* task.c: with its guests, or NULL */
	bool		  failed;
	bool		  usable;	/* virt is initialised */
	struct errmsg	  why;		/* of the failure */
};

/*
 * Make a host of the configured URI number index.  An invalid URI fails like an
 * unreachable one.  0, or -1: no memory.
 */
struct lvconf;
int		  host_init(struct host *, struct run *, size_t index,
		    const struct lvconf *);
void		  host_free(struct host *);
/* Its URI as configured, escaped; returns label. */
const char	 *host_label(const struct host *, char label[RUN_LABEL]);
/* The life of one of its guests. */
struct list_life host_life(const struct host *, const struct guest *);
/* Its guests are in the inventory, and it has not failed. */
bool		  host_there(const struct host *);

#endif
