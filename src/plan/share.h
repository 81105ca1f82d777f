#ifndef SHARE_H
#define SHARE_H

#include <stdint.h>

/*
 * The time until the deadline of a stop, and which part of a run may use how
 * much of it: one row of a table for each.  (The reserve for the last actions
 * of guests is the engine's: engine_budget.h.)
 */
enum share_part {
	SHARE_CONNECT,		/* connections, and the list of guests */
	SHARE_DETAILS,		/* questions about the guests */
	SHARE_RESCUE,		/* a daemon that fails, before monitors */
	SHARE_HOOKS,		/* hooks before guests: half of the time */
	SHARE_HOOKS_LEAST,	/* the least of it, if saves need the rest */
	SHARE_PREPARE,		/* hooks and snapshot of a guest */
	SHARE_AGAIN,		/* listing the guests again */
	SHARE_NETWORKS,		/* virtual networks */
	SHARE_AFTER,		/* hooks after guests */
	SHARE_LOST,		/* a lost daemon, of a guest's time limit */
	SHARE_JOINED,		/* the result of a stop that was joined */
	SHARE_PARTS
};

/* Milliseconds before the deadline at which hooks after guests are terminated:
 * a terminated hook has this time to end. */
#define SHARE_GRACE	2000

/* Absolute milliseconds, 0 = none. */
struct share_time {
	int64_t		 since;		/* the part begins */
	int64_t		 deadline;	/* of the stop */
	int64_t		 by;		/* the part's own limit */
};

/* The deadline of a stop that began then, from STOP_DEADLINE; 0 = none. */
int64_t	 share_deadline(int64_t began, int seconds);
/* The milliseconds until a deadline (0 = none), at least 1; 0: no limit. */
int64_t	 share_left(int64_t deadline, int64_t now);
/* When a part has to end: absolute milliseconds, 0 = never. */
int64_t	 share_end(enum share_part, const struct share_time *);

#endif
