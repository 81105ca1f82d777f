#ifndef STAGES_H
#define STAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/queue.h"
#include "sys/hook.h"
#include "text/uuid.h"

struct run;
struct stages;
struct work;

/* Hooks, at the stages of a stop or a start. */

struct stages_slot {
	struct stages	 *stages;
	struct hook_run	  round;
	enum hook_stage	  stage;
	struct queue_turn turn;		/* job SIZE_MAX: of the whole */
	char		  uuid[UUID_TEXT];
};

struct stages {
	struct work	 *work;
	struct hooks	  hooks;
	struct stages_slot slot[QUEUE_PLACES];
	struct queue	  queue;
	bool		  turned;	/* a round has ended */
	bool		  late;		/* that there is no time was printed */
};

/* Find the hooks; a failure is printed. */
void	 stages_load(struct stages *, struct run *);
/* For work.plan, and again when it has grown; 0, or -1: no memory. */
int	 stages_init(struct stages *, struct work *);
void	 stages_free(struct stages *);
/* Run the hooks of a stage of the whole to their end; 0, or -1 when the run is
 * interrupted. */
int	 stages_whole(struct stages *, struct work *, enum hook_stage);
/* Run the hooks before a guest: 0, and work.prepared follows; -1: there are
 * none. */
int	 stages_prepare(struct stages *, size_t job);
/* Run the hooks behind a guest. */
void	 stages_ended(struct stages *, size_t job);
/* Do what is due; returns when that is due next, 0 = at no time. */
int64_t	 stages_tick(struct stages *);
bool	 stages_busy(const struct stages *);
/* run.deadline is nearer. */
void	 stages_hasten(struct stages *);
/* End all hooks at once, and run no more of the guests'. */
void	 stages_cancel(struct stages *);

#endif
