#ifndef ENGINE_JOB_H
#define ENGINE_JOB_H

#include "plan/engine.h"

/* A job of the engine: what it is about, and the state it is in. */

/* The action that is under way, or waits for a slot. */
enum policy_word job_word(const struct engine_job *);
/* What kind of action that is. */
const struct policy_traits *job_does(const struct engine_job *);
/* By which of the modes a guest is asked to shut down; POLICY_MODE_END: by
 * that of libvirt's choice. */
enum policy_mode job_mode(const struct engine_job *);
bool	 job_failed(const struct engine_job *);
/* For tests and messages: "asked"; never NULL. */
const char *job_state_name(enum engine_state);
const char *job_result_name(enum engine_result);

/* The rest is for the parts of the engine alone. */

size_t	 job_index(const struct engine *, const struct engine_job *);
struct engine_uri *job_uri(const struct engine *, const struct engine_job *);
/* It waits for a slot. */
bool	 job_waits(const struct engine_job *);
/* It is done, or has failed. */
bool	 job_finished(const struct engine_job *);
/* The last action of a step's chain; a job has come to it. */
enum policy_word job_last_word(const struct plan_step *);
bool	 job_is_last(const struct engine_job *);
void	 job_tell(struct engine *, const struct engine_job *,
	    enum engine_said);
/* Enter a state: nothing is due in it yet. */
void	 job_enter(struct engine *, struct engine_job *, enum engine_state);
/* The reason for what comes next; it may be the one before. */
void	 job_why(struct engine_job *, const char *);

#endif
