#ifndef TASK_H
#define TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/engine.h"

struct host;
struct lvmsg_lifecycle;
struct lvmsg_state;
struct run;
struct task;

/* The engine's operations on real guests. */
extern const struct engine_ops task_ops;
void		  task_init(struct run *, size_t job);
/* What it asks is about its guest, wherever that is by now. */
void		  task_aim(struct run *, size_t job);
void		  task_free(struct task *);
void		  task_poll(struct host *);
/* A step of a guest's preparation is done. */
void		  task_prepared(struct run *, size_t job);
/* How a guest in that state is, as the engine has to hear it. */
enum engine_event task_how(const struct lvmsg_state *);
/* Tell the engine what a daemon tells of a guest (arg is the host). */
void		  task_event(void *arg, const struct lvmsg_lifecycle *);

#endif
