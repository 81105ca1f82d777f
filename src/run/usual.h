#ifndef USUAL_H
#define USUAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct history;
struct work;

/*
 * How long a plan usually takes: each guest takes as long as in the runs of the
 * history that began with the same action and went well.
 */
#define USUAL_NAMES	512		/* bytes */

struct usual {
	int64_t		 about;		/* ms, with the median of each guest;
					   -1 = no limit */
	int64_t		 seldom;	/* with the 95th percentile; -1 */
	size_t		 known;		/* steps that the history knows; 0: no
					   times */
	size_t		 unknown;	/* counted as in the worst case */
	char		 cut[USUAL_NAMES]; /* guests that the deadline would cut
					   in the seldom case, or "" */
};

/* 0, or -1 when there is no memory. */
int	 usual_make(struct usual *, const struct history *,
	    const struct work *, bool starts);

#endif
