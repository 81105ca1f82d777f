#ifndef READY_H
#define READY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run;
struct task;

/* When a guest that was started is ready for others to follow. */
/* Behind run->task, for those from that one on; 0, or -1 when there is no
 * memory. */
int		  ready_init(struct run *, size_t from);
void		  ready_free(struct task *);
/* Its guest is where task->ask has it. */
void		  ready_aim(struct task *);
/* Wait for it, EV_READY tells; -1: there is nothing to wait for. */
int		  ready_begin(struct run *, size_t job);
/* Wait no more. */
void		  ready_end(struct run *, size_t job);
/* Ask again who is due. */
void		  ready_tick(struct run *, int64_t now);
/* When ready_tick is to be called, if that is sooner than what is due
 * anyway (0 = nothing). */
int64_t		  ready_next(const struct run *, int64_t due);

#endif
