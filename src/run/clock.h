#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run;
struct task;

/* The clocks of guests that were started. */
void		  clock_init(struct task *);
/* Set it as soon as it can be, within CONNECT_TIMEOUT. */
void		  clock_begin(struct run *, size_t job);
/* As of ready_tick and ready_next; some are not done with. */
void		  clock_tick(struct run *, int64_t now);
int64_t		  clock_next(const struct run *, int64_t due);
bool		  clock_busy(const struct run *);

#endif
