#include "plan/engine_refuse.h"

#include "plan/engine_ask.h"
#include "plan/engine_chain.h"
#include "plan/engine_job.h"
#include "plan/engine_late.h"

#define INVALID_TRIES 5 /* of a request refused "as it is now" */

static const char *
refusal(const struct engine *e)
{
	return e->text != NULL ? e->text : "the daemon refused";
}

void
refuse_action(struct engine *e, struct engine_job *j)
{
	chain_over(e, j, RESULT_REFUSED, refusal(e));
}

/* From now on progress is waited for.  A shutdown has all its time: the guest
 * may be going down. */
void
refuse_stall(struct engine *e, struct engine_job *j)
{
	if (j->at.stall == 0 && e->plan->stall > 0 &&
	    !job_does(j)->asks)
		j->at.stall = e->now + e->plan->stall;
}

/* Refused, but perhaps only for now. */
void
refuse_retry(struct engine *e, struct engine_job *j)
{
	if (++j->count.tries > ENGINE_TRIES) {
		refuse_action(e, j);
		return;
	}
	/* Not even to be looked at is no progress, either. */
	if (j->state == STATE_LOOK)
		refuse_stall(e, j);
	ask_settle(e, j, e->now + (j->count.tries == 1 ? 0 : e->plan->poll));
}

/* It was not that. */
void
refuse_settled(struct engine *e, struct engine_job *j)
{
	if (j->aborted)
		late_stalled(e, j);
	else
		chain_over(e, j, RESULT_REFUSED, j->why);
}

/* One that waited for the save of somebody else is refused when that is done:
 * how is the guest now? */
void
refuse_save(struct engine *e, struct engine_job *j)
{
	job_why(j, refusal(e));
	j->at.stall = 0;
	job_enter(e, j, STATE_REFUSED);
	if (e->ops->look(e->ctx, job_index(e, j)) == -1)
		refuse_settled(e, j);
}

/* A daemon that was started anew may not have come to terms yet with the save
 * that the one before had under way. */
void
refuse_work(struct engine *e, struct engine_job *j)
{
	if (j->severed)
		refuse_retry(e, j);
	else if (job_does(j)->saves)
		refuse_save(e, j);
	else
		refuse_action(e, j);
}

/* One that has taken the request before need not take it again. */
void
refuse_call(struct engine *e, struct engine_job *j)
{
	if (j->count.asked > 0)
		ask_taken(e, j);
	else if (ask_mode_next(j))
		ask_begin(e, j);
	else
		refuse_action(e, j);
}

void
refuse_call_retry(struct engine *e, struct engine_job *j)
{
	if (j->count.asked > 0)
		ask_taken(e, j);
	else if (ask_mode_next(j))
		ask_begin(e, j);
	else
		refuse_retry(e, j);
}

void
refuse_call_late(struct engine *e, struct engine_job *j)
{
	if (j->count.asked == 0 && ask_mode_next(j))
		ask_begin(e, j);
	else
		ask_taken(e, j);
}

/*
 * Perhaps it is off already.  If it is not, that was an answer; but a container
 * that has just been started cannot be asked for a moment (libvirt's LXC
 * driver does not know its init yet).
 */
void
refuse_invalid(struct engine *e, struct engine_job *j)
{
	unsigned char most = job_does(j)->asks ?
	    INVALID_TRIES : 1;

	if (j->count.invalid >= most || j->count.asked > 0 ||
	    (j->count.invalid > 0 && ask_mode_left(j))) {
		refuse_call(e, j);
		return;
	}
	if (++j->count.invalid == 1)
		ask_look(e, j);
	else
		ask_settle(e, j, e->now + e->plan->poll);
}
