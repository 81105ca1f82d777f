#ifndef ENGINE_QUIET_H
#define ENGINE_QUIET_H

#include "plan/engine.h"

/* A part of the engine: what a simulation turns off. */

/* No lines on waiting and no resends for a job. */
void	 quiet_job(struct engine *, size_t job);
/* No stall and no lines for a save. */
void	 quiet_save(struct engine *, size_t job);
/* No lines on waiting for the guests of a URI. */
void	 quiet_uri(struct engine *, size_t uri);

#endif
