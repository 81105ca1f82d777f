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
 * From inventory and policy to ordered steps, a step a guest: what is done to
 * it, and within which bounds.  All times are milliseconds, 0 = none.
 */
struct plan_step {
	size_t			guest;		/* in the inventory */
	size_t			uri;
	bool			persistent;	/* it can be saved */
	bool			snapshot;	/* its disks are, before */
	unsigned		group;		/* begun when those of lower
						   groups have ended */
	enum policy_action	chain[POLICY_CHAIN];
	enum policy_mode	modes[POLICY_MODES];	/* of shutdown */
	int64_t			limit;		/* of shutdown, of its own; 0 =
						   the plan's, -1 = none */
	int64_t			resend;		/* of the request, 0 = never */
	int64_t			pause;		/* behind it, before the next
						   group begins */
	uint64_t		memory;		/* bytes that a save writes */
	unsigned char		seen;		/* how it was, for a forecast:
						   enum engine_event, 0 = as
						   its plan has it */
	int64_t			settle;		/* start: a stop that was cut
						   off has asked it and may
						   take effect that long */
	const struct guesttab_row *row;		/* that speaks of it, or
						   NULL */
	int64_t			ready;		/* start: it counts as ready
						   so long behind it; 0 = at
						   once, or when await says */
};

struct plan {
	struct plan_step	*step;		/* in order, owned */
	size_t			 n;
	size_t			 rowed;		/* so many have their rows */
	size_t			 dropped;	/* steps behind those, of guests
						   that no start brings back */
	size_t			 nuris;
	unsigned		 bound[POLICY_NACTION];	/* at once, 0 = any */
	int64_t			 limit[POLICY_NACTION];	/* for the action */
	bool			 stop;
	bool			 shared;	/* limit of shutdown is not a
						   guest's but its URI's */
	bool			 total;		/* ... nor that, but of all */
	int64_t			 stall;		/* a save without progress */
	int64_t			 delay;		/* between starts */
	int64_t			 ready;		/* for a guest that was started
						   to be ready */
	int64_t			 poll;		/* between looks */
	int64_t			 lost;		/* without a connection, when
						   nothing else bounds it */
	int64_t			 deadline;	/* for the whole */
};

/* Guests of the inventory that a stop leaves alone by PERSISTENT_ONLY. */
bool	 plan_leaves(const struct guests *, size_t guest, const struct conf *);

/* A guest that an earlier plan left running, or failed to stop (by its result
 * in that inventory): it is not tried again. */
bool	 plan_spares(const struct guests *, const struct guest *);

/*
 * A stop of all guests that are not over and that plan_leaves does not name,
 * in the order of the inventory; a start of all of it.  0, or -1 when there is
 * no memory.
 */
int	 plan_stop(struct plan *, const struct guests *, const struct conf *);
int	 plan_start(struct plan *, const struct guests *, const struct conf *);
/* The same of the guests from that one on, behind all others, when that is
 * under way.  The steps move.  0, or -1 when there is no memory. */
int	 plan_more(struct plan *, const struct guests *, size_t from,
	    const struct conf *);
/* Lose the steps from that one on. */
void	 plan_cut(struct plan *, size_t from);
/* The row that speaks of a guest, or NULL. */
const struct guesttab_row *plan_row(const struct guests *, size_t guest,
	    const struct guesttab *);
/* Its chain: its row's, else that of all. */
const enum policy_action *plan_chain(const struct guests *, size_t guest,
	    const struct guesttab *, const struct conf *);
/*
 * What the rows of a guesttab(5) say of single guests: chain, time and mode of
 * a stop, pauses, and the order, which groups the steps.  A stop begins with
 * the guests that have none and goes from the highest to the lowest, a start
 * goes the other way.  Steps that have theirs stay as they are, where they are.
 */
void	 plan_rows(struct plan *, const struct guests *,
	    const struct guesttab *, bool stop);
/* The last group to begin as long as more guests may come: none of theirs comes
 * before it. */
unsigned plan_hold(const struct guesttab *, bool stop);
/* Of a start: leave out the guests that do not boot, by their rows, or by
 * ON_BOOT where they say nothing. */
void	 plan_boot(struct plan *, const struct conf *);
/* Nobody can save the guests of a URI any more: a guest that was only to be
 * saved is shut down, which is better than the power cut that follows. */
void	 plan_unsavable(struct plan *, size_t uri);
/* A stop asked the guest of step i for that action, and did not see its
 * end. */
void	 plan_settle(struct plan *, size_t i, enum policy_action,
	    const struct conf *);
/* The time that an action has for a guest, 0 = none. */
int64_t	 plan_limit(const struct plan *, const struct plan_step *,
	    enum policy_action);
void	 plan_free(struct plan *);

#endif
