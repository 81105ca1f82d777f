#include "plan/engine_chain.h"

#include <string.h>

#include "plan/engine_budget.h"
#include "plan/engine_job.h"
#include "plan/engine_slot.h"

void
chain_end(struct engine *e, struct engine_job *j, enum engine_result result)
{
	struct engine_uri *u = job_uri(e, j);

	slot_release(e, j);
	job_enter(e, j, result >= RESULT_REFUSED ? STATE_FAILED : STATE_DONE);
	j->result = result;
	j->at.ended = e->now;
	j->at.until = j->at.say = j->at.stall = 0;
	if (j->step->pause > 0 && e->now + j->step->pause > e->gate.group_at)
		e->gate.group_at = e->now + j->step->pause;
	budget_drop(e, j);
	e->unfinished--;
	/* Guests that are added later begin new times. */
	if (--u->unfinished == 0)
		u->poll_at = u->say_at = 0;
	e->ops->ended(e->ctx, job_index(e, j));
}

void
chain_fail(struct engine *e, struct engine_job *j, enum engine_result result,
    const char *why)
{
	job_why(j, why);
	if (result == RESULT_LATE && job_does(j)->asks)
		job_tell(e, j, SAID_LATE);
	chain_end(e, j, result);
	job_tell(e, j, SAID_FAILED);
}

/* End the present action. */
static void
action_end(struct engine *e, struct engine_job *j)
{
	slot_release(e, j);
	j->slot = SLOT_NONE;
	job_enter(e, j, j->state == STATE_NEW ? STATE_NEW : STATE_WAIT);
	j->instead = POLICY_END;
	j->stalled = j->aborted = j->severed = false;
	j->mode = 0;
	memset(&j->count, 0, sizeof(j->count));
	j->at.until = j->at.say = j->at.stall = 0;
	j->moved = 0;
}

void
chain_next(struct engine *e, struct engine_job *j)
{
	action_end(e, j);
	j->link++;
	slot_share_all(e, j);
}

void
chain_instead(struct engine *e, struct engine_job *j, enum policy_action action,
    const char *why)
{
	action_end(e, j);
	j->instead = action;
	slot_share_all(e, j);
	job_why(j, why);
	job_tell(e, j, SAID_NEXT);
}

/*
 * The save that replaced the shutdown of a paused guest failed: shut it down,
 * though it is paused.
 */
static bool
action_again(struct engine *e, struct engine_job *j, const char *why)
{
	enum policy_action own = j->step->chain[j->link];

	if (j->instead == POLICY_END ||
	    j->instead != policy_traits(own)->paused)
		return false;
	chain_instead(e, j, own, why);
	return true;
}

void
chain_over(struct engine *e, struct engine_job *j, enum engine_result result,
    const char *why)
{
	bool end = e->deadline != 0 && e->now >= e->deadline;

	/* At the deadline no other action begins. */
	if (!end && action_again(e, j, why))
		return;
	if (end || job_is_last(j)) {
		chain_fail(e, j, result, why);
		return;
	}
	job_why(j, why);
	if (result == RESULT_LATE && job_does(j)->asks)
		job_tell(e, j, SAID_LATE);
	do
		chain_next(e, j);
	while (j->last && !job_is_last(j));
	job_tell(e, j, SAID_NEXT);
}
