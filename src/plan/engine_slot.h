#ifndef ENGINE_SLOT_H
#define ENGINE_SLOT_H

#include "plan/engine.h"

/*
 * A part of the engine.  A slot is one place under the bound of an action: a
 * job holds it from its turn until the action has ended, or until others have
 * waited for it long enough.
 */

/* The job's action has one more slot. */
bool	 slot_free(const struct engine *, const struct engine_job *);
void	 slot_take(struct engine *, struct engine_job *);
void	 slot_release(struct engine *, struct engine_job *);
/* How long a job keeps its slot, so that the guests of every URI get one:
 * absolute, 0 = as long as it takes. */
int64_t	 slot_hold(const struct engine *, const struct engine_job *);
/* A job waits where perhaps none waited when others took their slots for all
 * of the time that there is: they keep them only for their share of it. */
void	 slot_share_all(struct engine *, const struct engine_job *);

#endif
