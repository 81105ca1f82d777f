#include "plan/engine_late.h"

#include "compat.h"
#include "plan/engine_chain.h"
#include "plan/engine_job.h"
#include "plan/engine_start.h"
#include "text/deadline.h"

#define SECOND		((int64_t)1000)
#define ABORT_LIMIT	(30 * SECOND)	/* for an abort to take effect */

/* While the daemon is away, the time of an action ends: the next one begins
 * when the daemon is back.  A daemon that is given up ends the chain. */
void
late_unknown(struct engine *e, struct engine_job *j)
{
	static const char lost[] =
	    "its state is unknown: the connection to the daemon was lost";
	const struct engine_uri *u = job_uri(e, j);

	if (u->up)
		chain_fail(e, j, RESULT_UNKNOWN, u->deaf_at != 0 ?
		    "its state is unknown: the daemon does not answer" :
		    "no slot was free within its time limit");
	else if (job_waits(j) || e->now >= u->lost_by)
		chain_fail(e, j, RESULT_UNKNOWN, lost);
	else
		chain_over(e, j, RESULT_UNKNOWN, lost);
}

/* The time of an action is over.  If the daemon put it off, and accepted no
 * request, its reason is the cause. */
static void
late_over(struct engine *e, struct engine_job *j, enum engine_result result,
    const char *what)
{
	char why[ENGINE_WHY];

	if (j->count.put_off == 0 || j->count.asked > j->count.late) {
		chain_over(e, j, result, what);
		return;
	}
	(void)strlcpy(why, what, sizeof(why));
	(void)strlcat(why, ": ", sizeof(why));
	(void)strlcat(why, j->why, sizeof(why));
	chain_over(e, j, result, why);
}

void
late_stalled(struct engine *e, struct engine_job *j)
{
	late_over(e, j, RESULT_STALLED, j->stalled ?
	    "not saved: the save made no progress" :
	    "not saved in time");
}

void
late_note(struct engine_job *j, const char *why)
{
	if (why == NULL)
		return;
	job_why(j, why);
	j->count.put_off = 1;
}

/* It was not accepted after all; it may be asked again, and its reason is
 * that of the failure. */
void
late_refused(struct engine *e, struct engine_job *j)
{
	if (!job_does(j)->asks)
		return;
	if (j->count.late > 0 && j->count.asked > 0) {
		j->count.late--;
		j->count.asked--;
	}
	late_note(j, e->text);
}

/* The save waited for another job until it was aborted. */
void
late_put_off(struct engine *e, struct engine_job *j)
{
	late_note(j, e->text);
	late_stalled(e, j);
}

void
late_time(struct engine *e, struct engine_job *j)
{
	if (job_waits(j) || !job_uri(e, j)->up)
		late_unknown(e, j);
	else if (job_does(j)->starts)
		start_time(e, j);
	else if (j->aborted)
		late_stalled(e, j);
	else
		late_over(e, j, RESULT_LATE, j->stalled ?
		    "busy with a job that makes no progress" :
		    j->count.paused ?
		    "still on after its time limit: it is paused" :
		    "still on after its time limit");
}

/* A save is aborted first, so that the guest runs again. */
void
late_work(struct engine *e, struct engine_job *j)
{
	if (job_does(j)->forces) {
		chain_over(e, j, RESULT_LATE, "not destroyed in time");
		return;
	}
	if (j->count.sent == 0) {
		chain_over(e, j, RESULT_LATE,
		    "not saved: other saves were under way until the deadline");
		return;
	}
	job_enter(e, j, STATE_ABORT);
	j->aborted = true;
	j->at.stall = 0;
	j->at.until = deadline_min(e->now + ABORT_LIMIT, e->deadline);
	/* If it cannot be aborted, its answer or the time limit ends it. */
	(void)e->ops->abort(e->ctx, job_index(e, j));
}

void
late_skip(struct engine *e, struct engine_job *j)
{
	bool skipped = !job_is_last(j);

	while (!job_is_last(j))
		chain_next(e, j);
	j->last = true;
	if (!skipped)
		return;
	job_why(j, "the deadline is near");
	job_tell(e, j, SAID_NEXT);
}

void
late_abort_skip(struct engine *e, struct engine_job *j)
{
	(void)e;
	j->last = true;
}

/* A save has to be aborted first. */
void
late_work_skip(struct engine *e, struct engine_job *j)
{
	late_abort_skip(e, j);
	late_work(e, j);
}
