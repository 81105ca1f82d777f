#ifndef FORECAST_REST_H
#define FORECAST_REST_H

#include <stdint.h>

#include "config/policy.h"

struct engine;
struct forecast_limits;

/* A part of forecast: when the unfinished jobs of an engine under way have
 * ended in the worst case.  Absolute; 0: no limit, because of the action
 * *endless, or no memory (POLICY_END).  The action under way counts from its
 * beginning: an earlier result that is less stays true. */
int64_t	 rest_ends(const struct engine *, const struct forecast_limits *,
	    int64_t now, enum policy_action *endless);

#endif
