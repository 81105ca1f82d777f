#ifndef INVENTORY_H
#define INVENTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/guest.h"
#include "run/host.h"
#include "run/run.h"

struct lvconf;
struct lvmsg_lifecycle;
struct record;

/*
 * The inventory: all daemons are dialled at once; each lists its guests and is
 * asked the details that a plan needs, at its own pace.
 */

/* The lists of a URI's guests; the last is asked for if its flags are not 0. */
enum { LIST_TRANSIENT, LIST_PERSISTENT, LIST_AUTOSTART, INVENTORY_LISTS };

/* Which details are asked for: none, or those that a stop, the plan of a stop,
 * or a start needs. */
enum details_for { DETAILS_NONE, DETAILS_STOP, DETAILS_PLAN, DETAILS_START };

/* What others do when a daemon comes, goes, or speaks of a guest.  Each
 * function is there. */
struct inventory_listener {
	void	(*up)(void *arg, struct host *);
	void	(*down)(void *arg, struct host *);
	void	(*event)(void *arg, struct host *,
		    const struct lvmsg_lifecycle *);
	/* A host has failed: may its guests be stopped without its daemon?
	 * Then host.guests has them, and host.failed is taken back. */
	void	(*adopt)(void *arg, struct host *);
	/* List the guests of a host whose daemon is gone once more; false:
	 * its daemon has to be asked. */
	bool	(*relist)(void *arg, struct host *);
};

struct inventory {
	struct run	 *run;
	struct record	 *record;
	struct host	 *host;		/* one for each of conf.uris, owned */
	uint32_t	  flags[INVENTORY_LISTS];
	enum details_for  details;
	struct guests	  guests;	/* with what became of them */
	bool		  unlisted;	/* a guest runs of which nothing but
					   its name is known */
	const struct inventory_listener *listener;	/* or NULL */
	void		 *arg;
	struct run_part	  part;
};

/* A host for each URI; nothing is dialled.  0, or -1: no memory. */
int		  inventory_init(struct inventory *, struct run *,
		    const struct lvconf *);
void		  inventory_free(struct inventory *);
/*
 * Dial every URI, list its guests, ask for their details; patience: ms in which
 * failures are tried again.  inventory_all waits for all URIs.
 * inventory_first waits as long as no guest is known, and for URIs that answer
 * quickly; the others join later (inventory_came).  What failed is in
 * host.failed.  0, or -1 when the run is interrupted.
 */
int		  inventory_all(struct inventory *, int64_t patience);
int		  inventory_first(struct inventory *, int64_t patience);
/* How long that takes at most, in ms. */
int64_t		  inventory_limit(const struct inventory *, int64_t patience);
/* List the guests of all URIs that have not failed once more, into another
 * inventory; by then a URI has answered or failed.  As above. */
int		  inventory_again(struct inventory *, struct guests *into,
		    int64_t by);
/* Some hosts have not settled yet; some have and were not taken yet. */
bool		  inventory_busy(const struct inventory *);
bool		  inventory_came(const struct inventory *);
/* Move the guests of settled hosts into an inventory. */
void		  inventory_take(struct inventory *, struct guests *into);
/* Hosts that have not settled fail. */
void		  inventory_end(struct inventory *);

#endif
