#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct guest;
struct task;

/*
 * SYNC_TIME: the clock of a guest that was started.  The agent of a guest that
 * was saved does not answer at once, and one that boots comes up late: the
 * request is repeated for CONNECT_TIMEOUT, while other guests are started.
 */
void	 clock_init(struct task *);
void	 clock_aim(struct task *, const struct guest *);
void	 clock_free(struct task *);
/* Set it as soon as the agent answers. */
void	 clock_begin(struct task *);
/* Ask when it is due; when that is, 0 = at no time. */
void	 clock_tick(struct task *, int64_t now);
int64_t	 clock_next(const struct task *);
/* It is not done with yet. */
bool	 clock_busy(const struct task *);

#endif
