#ifndef ENGINE_START_H
#define ENGINE_START_H

#include "plan/engine.h"

/* A part of the engine: the actions of a start. */

/* The guest already runs. */
void	 start_active(struct engine *, struct engine_job *);
/* The guest is off: start it, after START_DELAY. */
void	 start_go(struct engine *, struct engine_job *);
/* The guest was started. */
void	 start_worked(struct engine *, struct engine_job *);
/* The started guest is ready; it is not ready in time, or off. */
void	 start_ready(struct engine *, struct engine_job *);
void	 start_unready(struct engine *, struct engine_job *);
/* The wait for an earlier stop to take effect ends. */
void	 start_time(struct engine *, struct engine_job *);

#endif
