#ifndef ENGINE_BUDGET_H
#define ENGINE_BUDGET_H

#include "plan/engine.h"

/* A part of the engine: how the time until the deadline is shared. */

/* Count a guest whose last action is a save; do not count it any more. */
void	 budget_add(struct engine *, const struct plan_step *);
void	 budget_drop(struct engine *, const struct engine_job *);
/* The memory of the job's guest is known only now: store the bytes in the step
 * of the plan. */
void	 budget_memory(struct engine *, struct plan_step *, uint64_t bytes);
/* The job's action begins: set its time limit, from its own limit or that of
 * its URI, and the deadline. */
void	 budget_clock(struct engine *, struct engine_job *);
/* When a job has to begin its last action; 0 = never, or it has begun. */
int64_t	 budget_skip_at(const struct engine *, const struct engine_job *);
/* When hooks before guests have to end so that each guest has time for its last
 * action: after half of the time until the deadline, earlier if saves need
 * more, but not before an eighth; 0 = no deadline. */
int64_t	 budget_begin_by(const struct engine *, int64_t now);
/* When the preparation of a guest has to end; 0 = no limit. */
int64_t	 budget_prepare_by(const struct engine *);
/* The end of the first of so many equal parts of the time until end. */
int64_t	 budget_part(const struct engine *, int64_t end, size_t parts);
/* A save makes progress: learn the rate of all saves from it. */
void	 budget_learn(struct engine *, const struct engine_job *);

#endif
