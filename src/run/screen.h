#ifndef SCREEN_H
#define SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/table.h"

struct work;

/* The table of guests on a terminal, replaced in place while a plan is under
 * way. */
struct screen {
	struct table	 table;
	bool		 on;
	bool		 news;		/* a guest's state has changed */
	int64_t		 drawn;
};

/* A plan begins; screen.on: standard output is a terminal that can show it. */
void	 screen_begin(struct screen *, const struct work *);
/* Draw it if that is due; returns when it is due next, 0 = never. */
int64_t	 screen_tick(struct screen *, int64_t now);
/* Draw it once more; it stays. */
void	 screen_end(struct screen *);

#endif
