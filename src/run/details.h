#ifndef DETAILS_H
#define DETAILS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct host;

/* What run->details wants to know of the guests of a host that
 * matter.  What cannot be learned stays unknown, and is told: it takes no more
 * than CONNECT_TIMEOUT, or a quarter of what is left of a deadline. */
/* 0, or -1 when there is no memory. */
int		  details_begin(struct host *, int64_t now);
/* Ask who is to be asked; true when nothing is waited for any more. */
bool		  details_tick(struct host *, int64_t now);
/* When details_tick is due next. */
int64_t		  details_next(const struct host *);
void		  details_end(struct host *);

#endif
