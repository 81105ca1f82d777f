#ifndef ENGINE_BUDGET_H
#define ENGINE_BUDGET_H

#include "plan/engine.h"

/* A part of the engine: how the time until the deadline is shared. */

/* A guest may have to be saved, or need not any more. */
void	 budget_add(struct engine *, const struct plan_step *);
void	 budget_drop(struct engine *, const struct engine_job *);
/* The job's action begins: its limit, that of its URI if it is shared, and the
 * deadline. */
void	 budget_clock(struct engine *, struct engine_job *);
/* When a job has to come to its last action, 0 = it need not, or it has. */
int64_t	 budget_skip_at(const struct engine *, const struct engine_job *);
/* By when what comes before the first actions of guests has to be done, so that
 * they have time for their last ones: half of what is left until the deadline,
 * less if saves need it, never under an eighth; 0 = there is no deadline. */
int64_t	 budget_begin_by(const struct engine *, int64_t now);
/* When the actions of guests begin, prepared or not; 0 = when they are. */
int64_t	 budget_prepare_by(const struct engine *);
/* A save has moved on: how fast all saves write. */
void	 budget_learn(struct engine *, const struct engine_job *);

#endif
