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

/* Run hooks at the stages of a stop or a start. */

struct stages_slot {
	struct stages	 *stages;
	struct hook_run	  round;
	enum hook_stage	  stage;
	struct queue_item item;		/* job SIZE_MAX: the whole */
	char		  uuid[UUID_TEXT];
};

struct stages {
	struct work	 *work;
	struct hooks	  hooks;
	struct stages_slot slot[QUEUE_PLACES];
	struct queue	  queue;
	bool		  ended;	/* a round has ended */
	bool		  late;		/* lack of time was reported */
};

/* Find the hooks; a failure is printed. */
void	 stages_load(struct stages *, struct run *);
/* Allocate for work.plan, and again when it has grown; 0, or -1. */
int	 stages_init(struct stages *, struct work *);
void	 stages_free(struct stages *);
/* Run the hooks of a whole stage and wait for their end; 0, or -1 when the run
 * is interrupted. */
int	 stages_whole(struct stages *, struct work *, enum hook_stage);
/* Run the hooks before a guest: 0, and work.prepared follows; -1: no hooks. */
int	 stages_prepare(struct stages *, size_t job);
/* Run the hooks after a guest. */
void	 stages_ended(struct stages *, size_t job);
/* Do what is due; returns when that is due next, 0 = never. */
int64_t	 stages_tick(struct stages *);
bool	 stages_busy(const struct stages *);
/* run.deadline is earlier than before. */
void	 stages_hasten(struct stages *);
/* Kill all hooks; the hooks of waiting guests are not run. */
void	 stages_cancel(struct stages *);

#endif
