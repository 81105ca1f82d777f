#ifndef TASK_H
#define TASK_H

#include <stddef.h>

#include "plan/engine.h"

struct guest;
struct host;
struct lvmsg_lifecycle;
struct lvmsg_state;
struct task;
struct work;
struct work_ops;

/* The engine's operations on guests, by the daemon. */
extern const struct work_ops task_ops;

void	 task_init(struct task *, struct work *, size_t job);
/* Its calls are about that guest; the inventory has moved it. */
void	 task_aim(struct task *, const struct guest *);
/* Forget the calls that are not answered. */
/* There is a deadline now: ask for the memory that a save has to write, unless
 * it is known. */
void	 task_survey(struct task *);
/* Its job has ended: a request that is still queued is not sent. */
void	 task_over(struct task *);
void	 task_end(struct task *);
/* Prepare to poll which guests of a host are on, for that work. */
void	 task_poll(struct work *, struct host *);
/* The event that the engine has to hear of a guest in that state. */
enum engine_event task_how(const struct lvmsg_state *);
/* A daemon speaks of a guest. */
void	 task_event(struct work *, struct host *,
	    const struct lvmsg_lifecycle *);

#endif
