#ifndef ENGINE_ACT_H
#define ENGINE_ACT_H

#include "plan/engine.h"

/* A part of the engine: the table of states and events. */

/* Do what the table says. */
void	 act_event(struct engine *, struct engine_job *, enum engine_event);

#endif
