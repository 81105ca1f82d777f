#ifndef ROUNDS_H
#define ROUNDS_H

#include <stdint.h>

#include "run/inventory.h"

struct drive;
struct work;

/* A stop, round by round until no guest is left. */

/* How long a stop retries a failing connection, in ms: 0 if no guest can run
 * there. */
int64_t	 rounds_patience(const struct inventory *);
/* Set the lists and details of the inventory. */
void	 rounds_lists(struct inventory *, enum details_for);
/* Print which guests run on each URI, and which of them are left running. */
void	 rounds_say(const struct inventory *);
/* Plan the stop of the inventory in work.plan; 0, or -1: no memory. */
int	 rounds_plan(struct work *);
/* List the guests that are to be stopped, and plan their stop; 0, or -1 when
 * there is no memory. */
int	 rounds_begin(struct drive *);
/* After rounds_begin: carry out the plan.  0, or -1: no memory, or interrupted
 * before the first guest. */
int	 rounds_drive(struct drive *);
/* List the guests again and stop guests that were started meanwhile.  0, or -1:
 * it is unknown whether a guest still runs. */
int	 rounds_again(struct drive *);

#endif
