#ifndef ENGINE_LATE_H
#define ENGINE_LATE_H

#include "plan/engine.h"

/* A part of the engine: jobs that reach a time limit. */

/* The action is put off: note why, unless that is NULL. */
void	 late_note(struct engine_job *, const char *);
/* EV_LATE_NO: the request that was not answered in time is refused. */
void	 late_refused(struct engine *, struct engine_job *);
/* The action has reached its time limit. */
void	 late_time(struct engine *, struct engine_job *);
/* The same during a save or a destroy. */
void	 late_work(struct engine *, struct engine_job *);
/* The state of the guest stays unknown: the job fails. */
void	 late_unknown(struct engine *, struct engine_job *);
/* Its save was aborted. */
void	 late_stalled(struct engine *, struct engine_job *);
void	 late_put_off(struct engine *, struct engine_job *);
/* The deadline is near: skip to the last action of the chain; the same during
 * a save, and while a save is aborted. */
void	 late_skip(struct engine *, struct engine_job *);
void	 late_work_skip(struct engine *, struct engine_job *);
void	 late_abort_skip(struct engine *, struct engine_job *);

#endif
