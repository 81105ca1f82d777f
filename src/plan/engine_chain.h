#ifndef ENGINE_CHAIN_H
#define ENGINE_CHAIN_H

#include "plan/engine.h"

/* A part of the engine: how a job goes along the actions of its chain. */

/* Its next action begins, when it has a slot. */
void	 chain_next(struct engine *, struct engine_job *);
/* Another action in place of this one, for a reason. */
void	 chain_instead(struct engine *, struct engine_job *, enum policy_action,
	    const char *why);
/* Its action came to nothing: the next one, or the end. */
void	 chain_over(struct engine *, struct engine_job *, enum engine_result,
	    const char *why);
/* The job has ended. */
void	 chain_end(struct engine *, struct engine_job *, enum engine_result);
void	 chain_fail(struct engine *, struct engine_job *, enum engine_result,
	    const char *why);

#endif
