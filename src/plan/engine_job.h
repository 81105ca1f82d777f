#ifndef ENGINE_JOB_H
#define ENGINE_JOB_H

#include "plan/engine.h"

/* A job of the engine: its action, state and result. */

/* The action that is under way, or waits for a slot. */
enum policy_action job_action(const struct engine_job *);
/* The kind of that action. */
const struct policy_traits *job_does(const struct engine_job *);
/* The mode of a shutdown request; POLICY_MODE_END: libvirt chooses. */
enum policy_mode job_mode(const struct engine_job *);
bool	 job_failed(const struct engine_job *);
/* For tests and messages: "asked"; never NULL. */
const char *job_state_name(enum engine_state);
const char *job_result_name(enum engine_result);

/* The rest is only for the parts of the engine. */

size_t	 job_index(const struct engine *, const struct engine_job *);
struct engine_uri *job_uri(const struct engine *, const struct engine_job *);
/* It waits for a slot. */
bool	 job_waits(const struct engine_job *);
/* It is done, or has failed. */
bool	 job_finished(const struct engine_job *);
/* The last action of a step's chain; whether a job has reached it. */
enum policy_action job_last_action(const struct plan_step *);
bool	 job_is_last(const struct engine_job *);
void	 job_tell(struct engine *, const struct engine_job *,
	    enum engine_said);
/* Enter a state; clears the times look, measure and resend. */
void	 job_enter(struct engine *, struct engine_job *, enum engine_state);
/* Set the reason of a failure; why may be j->why itself. */
void	 job_why(struct engine_job *, const char *);

#endif
