#include "plan/engine_start.h"

#include "compat.h"
#include "plan/engine_ask.h"
#include "plan/engine_chain.h"
#include "plan/engine_job.h"

void
start_active(struct engine *e, struct engine_job *j)
{
	job_tell(e, j, SAID_ACTIVE);
	chain_end(e, j, RESULT_ACTIVE);
}

void
start_go(struct engine *e, struct engine_job *j)
{
	j->at.stall = 0;
	if (e->plan->delay > 0 && e->now < e->gate.start_at)
		ask_settle(e, j, e->gate.start_at);
	else
		ask_begin(e, j);
}

void
start_ready(struct engine *e, struct engine_job *j)
{
	e->gate.start_at = e->now + e->plan->delay;
	chain_end(e, j, RESULT_STARTED);
}

void
start_unready(struct engine *e, struct engine_job *j)
{
	bool late = j->at.until != 0 && e->now >= j->at.until;

	(void)strlcpy(j->why, late ? "not ready in time" :
	    "off before it was ready", sizeof(j->why));
	/* The end of ready=delay:N is no failure. */
	if (!late || j->step->ready == 0)
		job_tell(e, j, SAID_UNREADY);
	start_ready(e, j);
}

void
start_worked(struct engine *e, struct engine_job *j)
{
	job_tell(e, j, SAID_STARTED);
	if (j->step->ready == 0 &&
	    e->ops->await(e->ctx, job_index(e, j)) == -1) {
		start_ready(e, j);
		return;
	}
	job_enter(e, j, STATE_READY);
	j->at.until = e->now + (j->step->ready > 0 ? j->step->ready :
	    e->plan->ready);
}

/* The next look decides: perhaps the earlier stop had no effect. */
void
start_time(struct engine *e, struct engine_job *j)
{
	j->at.until = 0;
	if (j->stalled)
		chain_fail(e, j, RESULT_REFUSED,
		    "busy with a job that makes no progress");
	else if (j->state == STATE_SETTLE)
		ask_look(e, j);
}
