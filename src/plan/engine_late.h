#ifndef ENGINE_LATE_H
#define ENGINE_LATE_H

#include "plan/engine.h"

/* A part of the engine: what happens when the time of a job is up. */

/* Its action's time is up. */
void	 late_time(struct engine *, struct engine_job *);
/* The same of a save or a destroy that is under way. */
void	 late_work(struct engine *, struct engine_job *);
/* It is unknown how the guest is, and stays so. */
void	 late_unknown(struct engine *, struct engine_job *);
/* Its save was aborted. */
void	 late_stalled(struct engine *, struct engine_job *);
/* The deadline is near: the last action of its chain follows; the same while it
 * is saved, or the save is aborted. */
void	 late_skip(struct engine *, struct engine_job *);
void	 late_work_skip(struct engine *, struct engine_job *);
void	 late_abort_skip(struct engine *, struct engine_job *);

#endif
