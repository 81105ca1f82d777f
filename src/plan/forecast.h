#ifndef FORECAST_H
#define FORECAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/policy.h"

struct plan;

/*
 * What becomes of a plan when it comes to the worst: every guest takes its
 * request and does nothing, every save, hook and snapshot goes on, nobody
 * becomes ready, until its time is up.  It is the engine itself that tells, in
 * a time that only it passes through.
 */
struct forecast_turn {
	int64_t		 begins;	/* ms from the beginning, at the
					   latest; -1 = nothing limits that */
	int64_t		 ends;
	bool		 placed;	/* stands in the order */
	unsigned char	 answer;	/* enum engine_event that is due, or
					   ENGINE_NEVENT: none */
	unsigned char	 seen;		/* what a look shows: plan_step.seen */
	enum policy_action instead;	/* of its first action, as it was seen;
					   POLICY_END: none */
	int64_t		 snapshot;	/* ends then, 0 = none is taken */
};

/* What is not in the plan; all times in ms. */
struct forecast_limits {
	int64_t		 before;	/* until there is an inventory */
	int64_t		 hooks;		/* all of a stage, 0 = there are none */
	int64_t		 grace;		/* that ending one takes */
	int64_t		 snapshot;
};

struct forecast {
	size_t		*order;		/* steps of the plan as they come to
					   be asked; owned */
	struct forecast_turn *turn;	/* of each step; owned */
	size_t		 n;		/* of both */
	int64_t		 ends;		/* of them all */
	int64_t		 bounded;	/* the same without what has no end */
	size_t		 endless;	/* when that is -1: the first step
					   that nothing ends ... */
	enum policy_action action;		/* ... and its action by then */
};

/* 0, or -1 when there is no memory. */
int	 forecast_make(struct forecast *, const struct plan *,
	    const struct forecast_limits *);
void	 forecast_free(struct forecast *);

#endif
