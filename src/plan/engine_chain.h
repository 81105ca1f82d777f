#ifndef ENGINE_CHAIN_H
#define ENGINE_CHAIN_H

#include "plan/engine.h"

/* A part of the engine: the actions of a job's chain, one after another. */

/* Wait for a slot for the next action. */
void	 chain_next(struct engine *, struct engine_job *);
/* Replace the present action by another one; why is printed. */
void	 chain_instead(struct engine *, struct engine_job *, enum policy_action,
	    const char *why);
/* The present action failed: go on to the next one, or end the job. */
void	 chain_over(struct engine *, struct engine_job *, enum engine_result,
	    const char *why);
/* End the job. */
void	 chain_end(struct engine *, struct engine_job *, enum engine_result);
void	 chain_fail(struct engine *, struct engine_job *, enum engine_result,
	    const char *why);

#endif
