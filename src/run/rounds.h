#ifndef ROUNDS_H
#define ROUNDS_H

#include <stdint.h>

#include "run/inventory.h"

struct drive;
struct work;

/* A stop, round by round until no guest is left. */

/* How long a failing connection of a stop is tried again: not at all when no
 * guest can be there. */
int64_t	 rounds_patience(const struct inventory *);
/* Set what the inventory has to list, and to ask. */
void	 rounds_lists(struct inventory *, enum details_for);
/* Print which guests run on each URI, and which of them are left. */
void	 rounds_say(const struct inventory *);
/* From inventory to work.plan; 0, or -1 when there is no memory. */
int	 rounds_plan(struct work *);
/* Record the guests that are to be stopped, and plan their stop; 0, or -1 when
 * there is no memory. */
int	 rounds_begin(struct drive *);
/* Behind rounds_begin: carry out the plan, list the guests again, stop those
 * that were started meanwhile.  0, or -1: it is unknown whether a guest is
 * left. */
int	 rounds_drive(struct drive *);

#endif
