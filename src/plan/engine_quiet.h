#ifndef ENGINE_QUIET_H
#define ENGINE_QUIET_H

#include "plan/engine.h"

/* A part of the engine: what is not due when time is only simulated. */

/* Nothing is said of a job, and nothing is asked again. */
void	 quiet_job(struct engine *, size_t job);
/* Its save makes progress, and nothing is said of it. */
void	 quiet_save(struct engine *, size_t job);
/* Nothing is said of a URI's guests. */
void	 quiet_uri(struct engine *, size_t uri);

#endif
