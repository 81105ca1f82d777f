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
 * The inventory dials all daemons at once, lists their guests, and asks for the
 * details that a plan needs.  No daemon waits for another one.
 */

/* The lists of a URI's guests; the last is asked for if its flags are not 0. */
enum { LIST_TRANSIENT, LIST_PERSISTENT, LIST_AUTOSTART, INVENTORY_LISTS };

/* Which details of guests are requested: none, the details for a stop, for the
 * plan of a stop, for a check, or for a start. */
enum details_for { DETAILS_NONE, DETAILS_STOP, DETAILS_PLAN, DETAILS_CHECK,
    DETAILS_START };

/* Called for events of the hosts.  No function is NULL. */
struct inventory_listener {
	void	(*up)(void *arg, struct host *);	/* connected */
	void	(*down)(void *arg, struct host *);	/* connection lost */
	void	(*event)(void *arg, struct host *,
		    const struct lvmsg_lifecycle *);
	/* A host has failed.  If its guests can be stopped without its daemon,
	 * fills in host.guests and clears host.failed. */
	void	(*adopt)(void *arg, struct host *);
	/* List again the guests of a host without its daemon, in host.guests;
	 * false: its daemon has to be asked. */
	bool	(*relist)(void *arg, struct host *);
	/* List the guests of a daemon that answers, but not for a list, in
	 * host.guests; false: it is unknown which run. */
	bool	(*files)(void *arg, struct host *);
	/* All guests of a host are known: false if more is to be done before
	 * they are taken.  Called again until it is true. */
	bool	(*settle)(void *arg, const struct host *);
};

struct inventory {
	struct run	 *run;
	struct record	 *record;
	struct host	 *host;		/* one for each of conf.uris, owned */
	uint32_t	  flags[INVENTORY_LISTS];
	enum details_for  details;
	struct guests	  guests;	/* and their results */
	bool		  unlisted;	/* a guest runs of which only the name
					   is known */
	const struct inventory_listener *listener;	/* or NULL */
	void		 *arg;
	struct run_part	  part;
};

/* A host for each URI; nothing is dialled.  0, or -1: no memory. */
int		  inventory_init(struct inventory *, struct run *,
		    const struct lvconf *);
void		  inventory_free(struct inventory *);
/*
 * Dial every URI, list its guests, ask for their details; retry failures for
 * patience ms.  inventory_all waits for all URIs.  inventory_first waits until
 * a guest is known, and for URIs that answer quickly; the others join later
 * (inventory_came).  host.failed is set for each failure.  0, or -1 when the
 * run is interrupted.
 */
int		  inventory_all(struct inventory *, int64_t patience);
int		  inventory_first(struct inventory *, int64_t patience);
/* The longest time that this takes, in ms. */
int64_t		  inventory_limit(const struct inventory *, int64_t patience);
/* List again the guests of all URIs that have not failed, into another
 * inventory; a URI that has not answered at by fails.  Returns as above. */
int		  inventory_again(struct inventory *, struct guests *into,
		    int64_t by);
/* Whether a host has not settled; whether a settled host was not taken. */
bool		  inventory_busy(const struct inventory *);
bool		  inventory_came(const struct inventory *);
/* Move the selected guests of settled hosts into an inventory. */
void		  inventory_take(struct inventory *, struct guests *into);
/* There was no memory for the guests from number `from` on: drop them, and list
 * the guests of their hosts again later. */
void		  inventory_return(struct inventory *, size_t from);
/* Fail the hosts that have not settled. */
void		  inventory_end(struct inventory *);

#endif
