#include "plan/engine_refuse.h"

#include "plan/engine_ask.h"
#include "plan/engine_chain.h"
#include "plan/engine_job.h"
#include "plan/engine_late.h"

#define INVALID_TRIES	5	/* of a request refused with EV_INVALID */

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

/* A shutdown does not stall: the guest may be shutting down. */
void
refuse_stall(struct engine *e, struct engine_job *j)
{
	if (j->at.stall == 0 && e->plan->stall > 0 &&
	    !job_does(j)->asks)
		j->at.stall = e->now + e->plan->stall;
}

void
refuse_retry(struct engine *e, struct engine_job *j)
{
	if (++j->count.tries > ENGINE_TRIES) {
		refuse_action(e, j);
		return;
	}
	/* A look that is refused is no progress either. */
	if (j->state == STATE_LOOK)
		refuse_stall(e, j);
	ask_settle(e, j, e->now + (j->count.tries == 1 ? 0 : e->plan->poll));
}

void
refuse_settled(struct engine *e, struct engine_job *j)
{
	if (j->aborted)
		late_stalled(e, j);
	else
		chain_over(e, j, RESULT_REFUSED, j->why);
}

void
refuse_put_off(struct engine *e, struct engine_job *j)
{
	late_note(j, e->text);
	refuse_retry(e, j);
}

/* A save that waited for another client's save is refused when that one ends:
 * perhaps the guest is saved. */
void
refuse_save(struct engine *e, struct engine_job *j)
{
	job_why(j, refusal(e));
	j->at.stall = 0;
	job_enter(e, j, STATE_REFUSED);
	if (e->ops->look(e->ctx, job_index(e, j)) == -1)
		refuse_settled(e, j);
}

/* A restarted daemon may still clean up the save that its predecessor had under
 * way. */
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

/* A guest that accepted an earlier request keeps it: a refused resend changes
 * nothing. */
static void
refuse_again(struct engine *e, struct engine_job *j)
{
	late_note(j, e->text);
	ask_wait(e, j);
}

void
refuse_call(struct engine *e, struct engine_job *j)
{
	if (j->count.asked > 0)
		refuse_again(e, j);
	else if (ask_mode_next(j))
		ask_begin(e, j);
	else
		refuse_action(e, j);
}

void
refuse_call_retry(struct engine *e, struct engine_job *j)
{
	if (j->count.asked > 0)
		refuse_again(e, j);
	else if (ask_mode_next(j))
		ask_begin(e, j);
	else
		refuse_put_off(e, j);
}

void
refuse_call_late(struct engine *e, struct engine_job *j)
{
	if (j->count.asked == 0 && ask_mode_next(j)) {
		ask_begin(e, j);
		return;
	}
	/* The guest may have been asked. */
	ask_taken(e, j);
	j->count.late += j->count.late < j->count.asked;
}

/*
 * Perhaps the guest is off already; if not, the request was refused.  A request
 * to a container that was just started is retried: for a moment libvirt's LXC
 * driver does not know its init.
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
