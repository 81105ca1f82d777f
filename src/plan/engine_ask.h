#ifndef ENGINE_ASK_H
#define ENGINE_ASK_H

#include "plan/engine.h"

/* A part of the engine: what it asks of a guest, by engine.ops. */

/* Carry out its action. */
void	 ask_begin(struct engine *, struct engine_job *);
/* The request of its action, which was queued, is sent. */
void	 ask_sent(struct engine *, struct engine_job *);
/* The guest has taken the request, and is still on. */
void	 ask_taken(struct engine *, struct engine_job *);
/* How is it? */
void	 ask_look(struct engine *, struct engine_job *);
/* Let a guest run that is paused or suspended, and look at it again. */
void	 ask_wake(struct engine *, struct engine_job *, enum engine_event);
/* Look at it again at that time. */
void	 ask_settle(struct engine *, struct engine_job *, int64_t when);
/* Lines on waiting begin. */
void	 ask_say(struct engine *, struct engine_job *);
/* It may be asked in another mode; take the next one, if there is one. */
bool	 ask_mode_left(const struct engine_job *);
bool	 ask_mode_next(struct engine_job *);

#endif
