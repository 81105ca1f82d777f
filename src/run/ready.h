#ifndef READY_H
#define READY_H

#include <stdint.h>

struct guest;
struct task;

/*
 * When a guest that was started is ready, so that others may follow: its agent
 * answers, or a port takes a connection (option ready= of its row).
 */

/* 0, or -1 when there is no memory.  ready_free follows. */
int	 ready_init(struct task *);
void	 ready_free(struct task *);
void	 ready_aim(struct task *, const struct guest *);
/* Wait for it: EV_READY tells.  -1: there is nothing to wait for. */
int	 ready_begin(struct task *);
void	 ready_cancel(struct task *);
/* Ask again when it is due; when that is, 0 = at no time. */
void	 ready_tick(struct task *, int64_t now);
int64_t	 ready_next(const struct task *);

#endif
