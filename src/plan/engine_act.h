#ifndef ENGINE_ACT_H
#define ENGINE_ACT_H

#include "plan/engine.h"

/* A part of the engine: the table of states and events. */

/* Something happened to a job. */
void	 act_event(struct engine *, struct engine_job *, enum engine_event);

#endif
