#ifndef SCREEN_H
#define SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/forecast.h"
#include "plan/table.h"

struct work;

/* The table of guests on a terminal, replaced in place while a plan is under
 * way. */
struct screen {
	struct table	 table;
	bool		 on;
	bool		 news;		/* a guest's state has changed */
	bool		 fits;		/* the terminal is not too small */
	int64_t		 drawn;
	struct forecast_limits limits;
	int64_t		 ends;		/* rest_ends ... */
	size_t		 guests;	/* when it was computed ... */
	size_t		 unfinished;	/* ... and those of them that ran */
};

/* A plan begins; hooks: the time limit of a stage, in ms.  screen.on: standard
 * output is a terminal that can show it. */
void	 screen_begin(struct screen *, const struct work *, int64_t hooks);
/* Draw it if that is due; returns when it is due next, 0 = never. */
int64_t	 screen_tick(struct screen *, int64_t now);
/* Draw it once more; it stays. */
void	 screen_end(struct screen *);

#endif
