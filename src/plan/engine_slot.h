#ifndef ENGINE_SLOT_H
#define ENGINE_SLOT_H

#include "plan/engine.h"

/*
 * A part of the engine.  A slot is one place under the bound of an action: a
 * job holds it until the action has ended, or until at.hold.
 */

/* A slot is free for the job's action. */
bool	 slot_free(const struct engine *, const struct engine_job *);
void	 slot_take(struct engine *, struct engine_job *);
void	 slot_release(struct engine *, struct engine_job *);
/* Release it because the daemon cannot be heard: guests of other URIs go on. */
void	 slot_lose(struct engine *, struct engine_job *);
/* When a job releases its slot so that the guests of every URI get one:
 * absolute, 0 = at the end of its action. */
int64_t	 slot_hold(const struct engine *, const struct engine_job *);
/* A job begins to wait: jobs that hold slots of its action keep them only for
 * their share of the time. */
void	 slot_share_all(struct engine *, const struct engine_job *);

#endif
