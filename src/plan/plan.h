#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/policy.h"

struct conf;
struct guest;
struct guests;
struct guesttab;
struct guesttab_row;

/*
 * From inventory and policy to ordered steps, one for each guest: its actions
 * and its limits.  All times are milliseconds, 0 = none.
 */
struct plan_step {
	size_t			guest;		/* in the inventory */
	size_t			uri;
	bool			persistent;	/* it can be saved */
	bool			snapshot;	/* snapshot of its disks before
						   the first action */
	unsigned		group;		/* begins when lower groups
						   have ended */
	enum policy_action	chain[POLICY_CHAIN];
	enum policy_mode	modes[POLICY_MODES];	/* of shutdown */
	int64_t			limit;		/* its own, of shutdown; 0 =
						   the plan's, -1 = none */
	int64_t			resend;		/* of the request, 0 = never */
	int64_t			pause;		/* after it, before the next
						   group begins */
	uint64_t		memory;		/* bytes that a save writes */
	unsigned char		seen;		/* its state, for a forecast:
						   enum engine_event, 0 =
						   unknown */
	int64_t			settle;		/* start: how long the request
						   of an interrupted stop may
						   take effect */
	const struct guesttab_row *row;		/* that matches it, or NULL */
	int64_t			ready;		/* start: it counts as ready
						   this long after it; 0 = at
						   once, or EV_READY */
};

struct plan {
	struct plan_step	*step;		/* in order, owned */
	size_t			 n;
	size_t			 rowed;		/* steps that have their rows */
	size_t			 dropped;	/* steps after those: guests
						   that are not started */
	size_t			 nuris;
	unsigned		 bound[POLICY_NACTION];	/* at once, 0 = any */
	int64_t			 limit[POLICY_NACTION];	/* for the action */
	bool			 stop;
	bool			 shared;	/* the limit of shutdown is for
						   all guests of a URI */
	bool			 total;		/* ... for all guests */
	int64_t			 stall;		/* a save without progress */
	int64_t			 delay;		/* between starts */
	int64_t			 ready;		/* for a started guest to become
						   ready */
	int64_t			 poll;		/* between looks */
	int64_t			 lost;		/* without a connection, if no
						   other limit applies */
	int64_t			 deadline;	/* for the whole */
};

/* Whether a stop leaves a guest running because of PERSISTENT_ONLY. */
bool	 plan_leaves(const struct guests *, size_t guest,
	    const struct guesttab *, const struct conf *);

/* Whether an earlier plan left a guest running or failed to stop it, by its
 * result in that inventory: it is not retried. */
bool	 plan_spares(const struct guests *, const struct guest *);

/*
 * plan_stop plans a stop of each guest, in the order of the inventory.  It
 * skips guests that are over; plan_rows removes guests for which plan_leaves is
 * true.
 * plan_start plans a start of each guest.  Both return 0, or -1 when there is
 * no memory.
 */
int	 plan_stop(struct plan *, const struct guests *, const struct conf *);
int	 plan_start(struct plan *, const struct guests *, const struct conf *);
/* Add steps for the guests from number `from` on, after all others, while the
 * plan is under way.  The steps move.  0, or -1 when there is no memory. */
int	 plan_more(struct plan *, const struct guests *, size_t from,
	    const struct conf *);
/* Remove the steps from number `from` on. */
void	 plan_cut(struct plan *, size_t from);
/* The row that matches a guest, or NULL. */
const struct guesttab_row *plan_row(const struct guests *, size_t guest,
	    const struct guesttab *);
/* The chain of a guest: its row's, else ON_SHUTDOWN. */
const enum policy_action *plan_chain(const struct guests *, size_t guest,
	    const struct guesttab *, const struct conf *);
/*
 * Apply the rows of a guesttab(5): chain, time limit and mode of a stop, pauses
 * and order, which groups the steps.  A stop begins with the guests without
 * an order and goes from the highest to the lowest order; a start goes the
 * other way.  By PERSISTENT_ONLY a transient guest has no step, or a chain
 * without saves.  Steps that already have their rows do not change.
 */
void	 plan_rows(struct plan *, const struct guests *,
	    const struct guesttab *, const struct conf *);
/* The last group that may begin while guests may still be added: no guest that
 * is added belongs before it. */
unsigned plan_hold(const struct guesttab *, bool stop);
/* Of a start: drop the guests with boot=no, or without boot= if ON_BOOT is
 * ignore. */
void	 plan_boot(struct plan *, const struct conf *);
/* The guests of a URI can no longer be saved: a guest whose only action is a
 * save is shut down, because a power cut follows. */
void	 plan_unsavable(struct plan *, size_t uri);
/* An interrupted stop asked the guest of step i for an action and did not see
 * its end. */
void	 plan_settle(struct plan *, size_t i, enum policy_action,
	    const struct conf *);
/* The time limit of an action for a guest, 0 = none. */
int64_t	 plan_limit(const struct plan *, const struct plan_step *,
	    enum policy_action);
void	 plan_free(struct plan *);

#endif
