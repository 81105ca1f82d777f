#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libvirt/virt.h"
#include "plan/guest.h"
#include "run/run.h"
#include "text/errmsg.h"
#include "wire/lvmsg.h"
#include "wire/uri.h"

struct inventory;
struct work;

/*
 * The daemon of one configured URI.  The inventory owns the hosts; each of
 * the structs below belongs to the module that is named in its comment.
 */

/* How far a host's guests are on their way into the inventory. */
enum host_stage {
	HOST_IDLE,
	HOST_GATHERED,		/* dialled; its guests are listed and asked for
				   details */
	HOST_SETTLED,		/* all is known, or the host has failed */
	HOST_JOINED		/* its guests are in the inventory */
};

/* Of its details, so many are asked for at once on a connection: even when
 * none is answered, there is room for other calls. */
#define HOST_INQUIRIES	2

/* details.c: what is asked about the guests of a host. */
struct host_details {
	struct virt_call  inquiry[HOST_INQUIRIES];
	unsigned char	 *next;		/* question of each guest, owned */
	size_t		  left;		/* guests with a question open */
	int64_t		  since;	/* absolute */
	int64_t		  os_by;
	int64_t		  by;
};

/* inventory.c: the list of its guests. */
struct host_listing {
	struct virt_call  call;
	size_t		  lists;	/* how many lists have come */
	bool		  done;
	int64_t		  since;	/* first dialled, 0 = before */
	int64_t		  by;		/* all lists have to be there */
};

/* rescue.c: its guests without their daemon. */
struct host_rescue {
	bool		  possible;	/* they are QEMU's, and may be */
	bool		  active;	/* ... stopped by their monitors */
	int64_t		  look_at;	/* whether that begins or ends, 0 =
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
	struct host_rescue rescue;
	struct work	 *work;		/* task.c: with its guests, or NULL */
	bool		  failed;
	bool		  usable;	/* virt is initialised */
	struct errmsg	  why;		/* it failed */
};

/*
 * From the configured URI number index to a host.  A URI that cannot be
 * understood fails like one that cannot be reached.  0, or -1: no memory.
 */
struct lvconf;
int		  host_init(struct host *, struct run *, size_t index,
		    const struct lvconf *);
void		  host_free(struct host *);
/* The configured name of its URI, made fit to print; returns label. */
const char	 *host_label(const struct host *, char label[RUN_LABEL]);
/* Its guests are in the inventory, and it has not failed. */
bool		  host_there(const struct host *);

#endif
