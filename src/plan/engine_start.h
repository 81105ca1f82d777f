#ifndef ENGINE_START_H
#define ENGINE_START_H

#include "plan/engine.h"

/* A part of the engine: the actions of a start. */

/* The guest runs already. */
void	 start_active(struct engine *, struct engine_job *);
/* It is off: the start goes on, when it is due. */
void	 start_go(struct engine *, struct engine_job *);
/* It was started. */
void	 start_worked(struct engine *, struct engine_job *);
/* It is ready for others to follow; it is not, but was started. */
void	 start_ready(struct engine *, struct engine_job *);
void	 start_unready(struct engine *, struct engine_job *);
/* An earlier stop had its time to take effect. */
void	 start_time(struct engine *, struct engine_job *);

#endif
