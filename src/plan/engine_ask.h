#ifndef ENGINE_ASK_H
#define ENGINE_ASK_H

#include "plan/engine.h"

/* A part of the engine: what it asks of a guest, by engine.ops. */

/* Carry out its action. */
void	 ask_begin(struct engine *, struct engine_job *);
/* The queued request of the job's action is sent. */
void	 ask_sent(struct engine *, struct engine_job *);
/* The request was accepted; the guest is still on. */
void	 ask_taken(struct engine *, struct engine_job *);
/* A further request was refused; an earlier one was accepted. */
void	 ask_wait(struct engine *, struct engine_job *);
/* Ask for its state. */
void	 ask_look(struct engine *, struct engine_job *);
/* Resume a paused guest, wake a suspended one; then look again. */
void	 ask_wake(struct engine *, struct engine_job *, enum engine_event);
/* Look again at that time. */
void	 ask_settle(struct engine *, struct engine_job *, int64_t when);
/* Begin the lines on waiting. */
void	 ask_say(struct engine *, struct engine_job *);
/* Whether another shutdown mode is left; take the next one, if any. */
bool	 ask_mode_left(const struct engine_job *);
bool	 ask_mode_next(struct engine_job *);

#endif
