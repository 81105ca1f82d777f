#ifndef ENGINE_REFUSE_H
#define ENGINE_REFUSE_H

#include "plan/engine.h"

/* A part of the engine: requests that the daemon refuses. */

/* The action is refused for good. */
void	 refuse_action(struct engine *, struct engine_job *);
/* Refused for now: retry; the same, and the daemon said why. */
void	 refuse_retry(struct engine *, struct engine_job *);
void	 refuse_put_off(struct engine *, struct engine_job *);
/* A shutdown request is refused, refused for now, not answered. */
void	 refuse_call(struct engine *, struct engine_job *);
void	 refuse_call_retry(struct engine *, struct engine_job *);
void	 refuse_call_late(struct engine *, struct engine_job *);
/* Refused in the guest's present state. */
void	 refuse_invalid(struct engine *, struct engine_job *);
/* A save, start or destroy is refused; a save is refused: look at the guest;
 * that look is answered. */
void	 refuse_work(struct engine *, struct engine_job *);
void	 refuse_save(struct engine *, struct engine_job *);
void	 refuse_settled(struct engine *, struct engine_job *);
/* Begin the limit without progress. */
void	 refuse_stall(struct engine *, struct engine_job *);

#endif
