#include "plan/engine_ask.h"

#include <limits.h>

#include "plan/engine_budget.h"
#include "plan/engine_chain.h"
#include "plan/engine_job.h"

#define SECOND		((int64_t)1000)
#define SAY_FIRST	SECOND		/* before the first line on waiting */
#define RESEND_LEAST	(5 * SECOND)	/* so that most polls are between */

/* Look again at that time. */
void
ask_settle(struct engine *e, struct engine_job *j, int64_t when)
{
	job_enter(e, j, STATE_SETTLE);
	j->at.look = when;
}

/* The daemon could not be asked: retry later. */
static void
ask_failed(struct engine *e, struct engine_job *j)
{
	if (++j->count.tries > ENGINE_TRIES)
		chain_fail(e, j, RESULT_UNKNOWN,
		    "its state is unknown: the daemon could not be asked");
	else
		ask_settle(e, j, e->now + e->plan->poll);
}

void
ask_look(struct engine *e, struct engine_job *j)
{
	job_enter(e, j, STATE_LOOK);
	if (e->ops->look(e->ctx, job_index(e, j)) == -1)
		ask_failed(e, j);
}

bool
ask_mode_left(const struct engine_job *j)
{
	return j->mode + 1 < POLICY_MODES &&
	    j->step->modes[j->mode] != POLICY_MODE_END &&
	    j->step->modes[j->mode + 1] != POLICY_MODE_END;
}

bool
ask_mode_next(struct engine_job *j)
{
	if (!ask_mode_left(j))
		return false;
	j->mode++;
	j->count.tries = j->count.invalid = 0;
	return true;
}

void
ask_say(struct engine *e, struct engine_job *j)
{
	struct engine_uri *u = job_uri(e, j);

	j->at.say = e->now + SAY_FIRST;
	if (u->say_at == 0)
		u->say_at = j->at.say;
}

static void
begin_shutdown(struct engine *e, struct engine_job *j)
{
	job_enter(e, j, STATE_CALL);
}

static void
sent_shutdown(struct engine *e, struct engine_job *j)
{
	if (j->count.asked > 0) {
		job_tell(e, j, SAID_AGAIN);
	} else if (j->at.say == 0) {
		job_tell(e, j, SAID_ASKED);
		ask_say(e, j);
	}
}

/* It may wait for other saves: only the deadline limits it until then. */
static void
begin_suspend(struct engine *e, struct engine_job *j)
{
	job_enter(e, j, STATE_WORK);
	j->at.stall = 0;
}

static void
sent_suspend(struct engine *e, struct engine_job *j)
{
	if (j->at.say == 0) {
		job_tell(e, j, SAID_SAVING);
		j->at.say = e->now + ENGINE_SAY_EVERY;
	}
	j->at.measure = e->now + e->plan->poll;
	j->at.stall = e->plan->stall > 0 ? e->now + e->plan->stall : 0;
}

static void
begin_start(struct engine *e, struct engine_job *j)
{
	job_enter(e, j, STATE_WORK);
	/* A start has no time limit: the daemon's answer ends it. */
	j->at.until = 0;
}

static void
begin_destroy(struct engine *e, struct engine_job *j)
{
	job_enter(e, j, STATE_WORK);
	j->at.stall = 0;
}

/* What each action does before its request is handed over, and once the
 * request is sent. */
static const struct {
	void	(*begin)(struct engine *, struct engine_job *);
	void	(*sent)(struct engine *, struct engine_job *);
} actions[POLICY_NACTION] = {
	[POLICY_SUSPEND] = { begin_suspend, sent_suspend },
	[POLICY_SHUTDOWN] = { begin_shutdown, sent_shutdown },
	[POLICY_DESTROY] = { begin_destroy, NULL },
	[POLICY_START] = { begin_start, NULL },
};

static void
request_sent(struct engine *e, struct engine_job *j)
{
	if (j->count.sent < UCHAR_MAX)
		j->count.sent++;
	if (actions[job_action(j)].sent != NULL)
		actions[job_action(j)].sent(e, j);
}

void
ask_begin(struct engine *e, struct engine_job *j)
{
	enum policy_action action = job_action(j);
	int rv;

	actions[action].begin(e, j);
	rv = e->ops->ask(e->ctx, job_index(e, j), action);
	if (rv == -1)
		ask_failed(e, j);
	else if (rv == 0)
		request_sent(e, j);
	else if (job_does(j)->saves && j->count.sent == 0)
		j->at.until = e->deadline;
}

void
ask_sent(struct engine *e, struct engine_job *j)
{
	/* A save that waited for other saves has its whole time from now. */
	if (job_does(j)->saves && j->count.sent == 0)
		budget_clock(e, j);
	request_sent(e, j);
}

void
ask_wake(struct engine *e, struct engine_job *j, enum engine_event ev)
{
	if (++j->count.tries > ENGINE_TRIES) {
		chain_over(e, j, RESULT_REFUSED, "it does not wake up");
		return;
	}
	job_enter(e, j, STATE_WAKE);
	if (e->ops->wake(e->ctx, job_index(e, j), ev) == -1)
		ask_failed(e, j);
}

/* A guest that is booting is asked again also within a short limit. */
static int64_t
resend_at(const struct engine *e, const struct engine_job *j)
{
	int64_t third = (j->at.until - j->at.began) / 3;
	int64_t after = j->step->resend;

	if (third < RESEND_LEAST)
		third = RESEND_LEAST;
	if (j->at.until != 0 && third < after)
		after = third;
	return j->at.until == 0 || e->now + after < j->at.until ?
	    e->now + after : 0;
}

void
ask_wait(struct engine *e, struct engine_job *j)
{
	struct engine_uri *u = job_uri(e, j);

	job_enter(e, j, STATE_ASKED);
	if (j->step->resend > 0)
		j->at.resend = resend_at(e, j);
	if (u->poll_at == 0)
		u->poll_at = e->now + e->plan->poll;
}

void
ask_taken(struct engine *e, struct engine_job *j)
{
	if (j->count.asked < UCHAR_MAX)
		j->count.asked++;
	ask_wait(e, j);
}
