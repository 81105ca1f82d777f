#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct guest;
struct task;

/*
 * SYNC_TIME: set the clock of a guest that was started.  The agent of a guest
 * that boots or was restored does not answer at once: the request is repeated
 * for CONNECT_TIMEOUT, while other guests are started.
 */
void	 clock_init(struct task *);
void	 clock_aim(struct task *, const struct guest *);
void	 clock_free(struct task *);
/* Set it as soon as the agent answers. */
void	 clock_begin(struct task *);
/* Send the request when it is due; when that is, 0 = never. */
void	 clock_tick(struct task *, int64_t now);
int64_t	 clock_next(const struct task *);
/* Whether a request is under way or due. */
bool	 clock_busy(const struct task *);

#endif
