#ifndef DRIVE_H
#define DRIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct host;
struct run;

/* A plan is carried out. */
/* Carry out run->plan; heading as in struct progress. */
int		  drive_plan(struct run *, const char *heading);
/* It has more steps now, from that one on.  0, or -1 when there is no memory:
 * it has lost them again. */
int		  drive_more(struct run *, size_t from);
/* Forget plan and engine, and whatever of it is not answered. */
void		  drive_free(struct run *);
/* Have the connections that its long calls want, now that it is up. */
void		  drive_work(struct host *);
/* Do what is due of the plan under way; when it is due next, 0 = at no time. */
int64_t		  drive_tick(struct run *);
/* For who looks at the service meanwhile: how many are still to go. */
void		  drive_status(const struct run *);

#endif
