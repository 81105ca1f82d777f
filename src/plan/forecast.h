#ifndef FORECAST_H
#define FORECAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/policy.h"

struct plan;

/*
 * The worst case of a plan, or its usual course.  Worst case: every guest
 * accepts its request and does nothing; every save, hook and snapshot lasts
 * until its time limit; no guest becomes ready.  The engine
 * itself carries out the plan, in simulated time.
 */
struct forecast_step {
	int64_t		 begins;	/* ms from the beginning, at the
					   latest; -1 = no limit */
	int64_t		 ends;
	bool		 placed;	/* is in forecast.order */
	unsigned char	 answer;	/* enum engine_event that is due, or
					   ENGINE_NEVENT: none */
	unsigned char	 seen;		/* its state: plan_step.seen */
	enum policy_action instead;	/* replaces its first action, because
					   of seen; POLICY_END: none */
	int64_t		 snapshot;	/* its end, 0 = none */
	int64_t		 due;		/* its usual end, 0 = none; > 0 in the
					   result: the deadline was earlier */
};

/* Times that are not in the plan, in ms. */
struct forecast_limits {
	int64_t		 before;	/* until there is an inventory */
	int64_t		 hooks;		/* all of a stage, 0 = no hooks */
	int64_t		 grace;		/* to kill a hook */
	int64_t		 snapshot;
	/* Of each step, from its first request to its end, -1: unknown, as in
	 * the worst case.  NULL: the worst case of all. */
	const int64_t	*usual;
};

struct forecast {
	size_t		*order;		/* steps of the plan, in the order in
					   which they are asked; owned */
	struct forecast_step *step;	/* of each step; owned */
	size_t		 n;		/* of both */
	int64_t		 ends;		/* of the whole; -1 = no limit */
	int64_t		 bounded;	/* the same without endless steps */
	size_t		 endless;	/* if ends is -1: the first endless
					   step ... */
	enum policy_action action;	/* ... and its action */
};

/* 0, or -1 when there is no memory. */
int	 forecast_make(struct forecast *, const struct plan *,
	    const struct forecast_limits *);
void	 forecast_free(struct forecast *);

#endif
