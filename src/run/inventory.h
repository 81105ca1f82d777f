#ifndef INVENTORY_H
#define INVENTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct guests;
struct run;

/* The inventory. */
/* Dial every URI (patience: ms in which failures are tried again), list its
 * guests by flags[], enum above, and ask what run->details wants to know.  What
 * failed is in host[].failed.  All of them; or, as long as they have guests,
 * those that answer, others come while these are stopped.  0, or -1 when it was
 * interrupted. */
int		  inventory_all(struct run *, int64_t patience);
int		  inventory_first(struct run *, int64_t patience);
/* How long that takes at most, in ms. */
int64_t		  inventory_limit(const struct run *, int64_t patience);
/* Until when connections are waited for since then, at most until by: guests
 * are to have the better part of what a stop has left. */
int64_t		  inventory_share(const struct run *, int64_t since,
		    int64_t by);
/* List the guests of all URIs that have not failed once more, into an
 * inventory of its own; by then a URI has answered or failed.  As above. */
int		  inventory_again(struct run *, struct guests *into,
		    int64_t by);
/* What run_step does for it: what is due (true: somebody has come by that), and
 * when that is, if that is sooner than what is due anyway. */
bool		  inventory_tick(struct run *, int64_t now);
int64_t		  inventory_next(const struct run *, int64_t due);
/* Some hosts are still to come; some have come that were not taken yet. */
bool		  inventory_busy(const struct run *);
bool		  inventory_came(const struct run *);
/* Have the guests of those that have come. */
void		  inventory_take(struct run *, struct guests *into);
/* Whoever has not come by now has failed. */
void		  inventory_end(struct run *);

#endif
