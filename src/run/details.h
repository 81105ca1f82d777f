#ifndef DETAILS_H
#define DETAILS_H

#include <stdbool.h>
#include <stdint.h>

struct host;

/*
 * Ask for the details of a host's guests that the inventory needs (enum
 * details_for).  A detail that cannot be learned is reported and stays unknown.
 * The questions take at most CONNECT_TIMEOUT, or a quarter of the time until a
 * deadline.
 */

/* After the list of its guests.  0, or -1 when there is no memory. */
int	 details_begin(struct host *, int64_t now);
/* Ask what is due; true when all questions are answered or given up. */
bool	 details_tick(struct host *, int64_t now);
/* When details_tick is due next. */
int64_t	 details_next(const struct host *);
void	 details_end(struct host *);

#endif
