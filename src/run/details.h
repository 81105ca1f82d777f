#ifndef DETAILS_H
#define DETAILS_H

#include <stdbool.h>
#include <stdint.h>

struct host;

/*
 * The details of a host's guests that the inventory wants (enum details_for).
 * A detail that cannot be learned is reported and stays unknown: asking takes
 * at most CONNECT_TIMEOUT, or a quarter of what is left of a deadline.
 */

/* Behind the list of its guests.  0, or -1 when there is no memory. */
int	 details_begin(struct host *, int64_t now);
/* Ask what is to be asked; true when nothing is waited for any more. */
bool	 details_tick(struct host *, int64_t now);
/* When details_tick is due next. */
int64_t	 details_next(const struct host *);
void	 details_end(struct host *);

#endif
