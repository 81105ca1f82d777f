#ifndef ROUNDS_H
#define ROUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/run.h"

/* A stop, once and again until nobody is left. */
/* Record who of run->guests is to be stopped, and plan it; 0 or -1. */
int		  rounds_begin(struct run *);
/* Hosts have come since: record, plan and stop their guests, too. */
void		  rounds_more(struct run *);
/* A guest that was left, or could not be stopped, is not tried again. */
bool		  rounds_spares(const struct run *, const struct guest *);
/* After drive_plan: list the guests again and stop those that were started
 * meanwhile.  0, or -1 when nobody knows whether there are any. */
int		  rounds_again(struct run *, const char *heading);
/* How long a failing connection of a stop is tried again: at once in vain when
 * no guest could be there, for its whole time when one is. */
int64_t		  rounds_patience(const struct run *);
/* Say who runs on a URI, and who of them is left. */
void		  rounds_say(const struct run *, size_t uri);
/* What its inventory has to list, and to ask. */
void		  rounds_lists(struct run *, enum details_for);
/* From the inventory to run->plan; 0, or -1 when there is no memory. */
int		  rounds_plan(struct run *);

#endif
