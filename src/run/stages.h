#ifndef STAGES_H
#define STAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/hook.h"

struct run;

/* Hooks, at their stages. */
/* Look which there are; a failure is told. */
void		  stages_load(struct run *);
/* For run->plan, and again when it has grown; 0, or -1 without memory. */
int		  stages_init(struct run *);
void		  stages_free(struct run *);
/* Run those of a stage of the whole to their end; 0, or -1 when interrupted. */
int		  stages_whole(struct run *, enum hook_stage);
/* Run those before a guest: 0, and task_prepared follows; -1: none. */
int		  stages_prepare(struct run *, size_t job);
/* Run those behind a guest. */
void		  stages_ended(struct run *, size_t job);
/* Before each loop_wait, which is not to be longer than until stages_next. */
void		  stages_tick(struct run *);
int64_t		  stages_next(struct run *);
bool		  stages_busy(const struct run *);
/* run->by has come nearer. */
void		  stages_hasten(struct run *);
/* End all of them at once, and run no more of the guests'. */
void		  stages_cancel(struct run *);

#endif
