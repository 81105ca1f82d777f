#ifndef READY_H
#define READY_H

#include <stdint.h>

struct guest;
struct task;

/*
 * Wait until a started guest is ready, so that the next group may start: its
 * agent answers, or a port accepts a connection (option ready= of its row).
 */

/* 0, or -1 when there is no memory.  ready_free follows. */
int	 ready_init(struct task *);
void	 ready_free(struct task *);
void	 ready_aim(struct task *, const struct guest *);
/* Begin to wait; EV_READY follows.  -1: nothing to wait for. */
int	 ready_begin(struct task *);
void	 ready_cancel(struct task *);
/* Make an attempt when it is due; when that is, 0 = never. */
void	 ready_tick(struct task *, int64_t now);
int64_t	 ready_next(const struct task *);

#endif
