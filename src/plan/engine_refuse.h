#ifndef ENGINE_REFUSE_H
#define ENGINE_REFUSE_H

#include "plan/engine.h"

/* A part of the engine: what follows when the daemon refuses a request. */

/* Its action is refused for good. */
void	 refuse_action(struct engine *, struct engine_job *);
/* Refused, but perhaps only for now. */
void	 refuse_retry(struct engine *, struct engine_job *);
/* A request to shut down: refused, refused for now, not answered. */
void	 refuse_call(struct engine *, struct engine_job *);
void	 refuse_call_retry(struct engine *, struct engine_job *);
void	 refuse_call_late(struct engine *, struct engine_job *);
/* Refused for the state in which the guest is now. */
void	 refuse_invalid(struct engine *, struct engine_job *);
/* A save, start or destroy; a save alone; the look at the guest behind it. */
void	 refuse_work(struct engine *, struct engine_job *);
void	 refuse_save(struct engine *, struct engine_job *);
void	 refuse_settled(struct engine *, struct engine_job *);
/* From now on progress is waited for. */
void	 refuse_stall(struct engine *, struct engine_job *);

#endif
