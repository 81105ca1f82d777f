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

/* The engine's operations, carried out by the daemon. */
extern const struct work_ops task_ops;

void	 task_init(struct task *, struct work *, size_t job);
/* Point its calls at a guest that the inventory has moved. */
void	 task_aim(struct task *, const struct guest *);
/* Forget the calls that are not answered. */
/* A deadline was set: ask for the memory that a save must write, unless it is
 * known. */
void	 task_survey(struct task *);
/* Its job has ended: a request that is still queued is not sent. */
void	 task_over(struct task *);
void	 task_end(struct task *);
/* Prepare the poll of a host's guests. */
void	 task_poll(struct work *, struct host *);
/* The engine's event for a state. */
enum engine_event task_how(const struct lvmsg_state *);
/* A lifecycle event of a guest. */
void	 task_event(struct work *, struct host *,
	    const struct lvmsg_lifecycle *);

#endif
