#include "plan/engine_budget.h"

#include "plan/engine_job.h"
#include "plan/share.h"
#include "text/deadline.h"

#define SECOND		((int64_t)1000)
#define LEARN_BYTES	268435456	/* of a save, which show the rate */

/* The time that the last action of a chain needs before the deadline. */
static int64_t
reserve(const struct engine *e, const struct engine_job *j)
{
	const struct policy_traits *last =
	    policy_traits(job_last_action(j->step));
	int64_t need = last->reserve * SECOND, saves;

	/* All saves write to the same disk. */
	saves = (int64_t)(e->disk.unsaved / e->disk.rate) * SECOND;
	return last->saves && saves > need ? saves : need;
}

int64_t
budget_skip_at(const struct engine *e, const struct engine_job *j)
{
	int64_t at, need = reserve(e, j);

	if (e->deadline == 0 || j->last || need == 0)
		return 0;
	if (job_is_last(j) && !job_waits(j) && j->state != STATE_PREPARE)
		return 0;
	at = e->deadline - need;
	return at > 0 ? at : 1;
}

static int64_t
part_end(const struct engine *e, enum share_part part, int64_t now)
{
	const struct share_time t = { .since = now, .deadline = e->deadline };

	return share_end(part, &t);
}

int64_t
budget_prepare_by(const struct engine *e)
{
	return part_end(e, SHARE_PREPARE, e->now);
}

int64_t
budget_part(const struct engine *e, int64_t end, size_t parts)
{
	return e->now + (end - e->now) / (int64_t)parts;
}

void
budget_add(struct engine *e, const struct plan_step *s)
{
	if (policy_traits(job_last_action(s))->saves)
		e->disk.unsaved += s->memory;
}

void
budget_drop(struct engine *e, const struct engine_job *j)
{
	if (policy_traits(job_last_action(j->step))->saves)
		e->disk.unsaved -= j->step->memory;
}

/* The shared time limit begins with the first guest. */
static void
shared_clock(struct engine *e, struct engine_uri *u, int64_t until)
{
	size_t i;

	u->until = until;
	for (i = 0; i < e->plan->nuris && e->plan->total; i++)
		e->uri[i].until = until;
}

void
budget_clock(struct engine *e, struct engine_job *j)
{
	enum policy_action action = job_action(j);
	struct engine_uri *u = job_uri(e, j);
	int64_t limit = plan_limit(e->plan, j->step, action);
	bool own = policy_traits(action)->asks && j->step->limit != 0;

	j->at.began = e->now;
	j->at.until = deadline_min(limit > 0 ? e->now + limit : 0, e->deadline);
	if (e->plan->shared && policy_traits(action)->asks && !own) {
		if (u->until == 0)
			shared_clock(e, u, j->at.until);
		j->at.until = u->until;
	}
	if (policy_traits(action)->starts && j->step->settle > 0)
		j->at.until = e->now + j->step->settle;
}

void
budget_memory(struct engine *e, struct plan_step *s, uint64_t bytes)
{
	struct engine_job *j = &e->job[s - e->plan->step];

	if (job_finished(j)) {
		s->memory = bytes;
		return;
	}
	budget_drop(e, j);
	s->memory = bytes;
	budget_add(e, s);
}

/* How many saves write now. */
static uint64_t
saves_now(const struct engine *e)
{
	const struct engine_job *j;
	uint64_t n = 0;
	size_t i;

	for (i = e->first; i < e->begun; i++) {
		j = &e->job[i];
		n += j->state == STATE_WORK && job_does(j)->saves &&
		    j->count.sent > 0;
	}
	return n;
}

void
budget_learn(struct engine *e, const struct engine_job *j)
{
	int64_t took = e->now - j->at.began;
	uint64_t enough = j->step->memory / 4;

	/* Zero pages are not written: they do not show the rate. */
	if (enough > LEARN_BYTES)
		enough = LEARN_BYTES;
	if (j->state != STATE_WORK || took < SECOND || j->moved < enough)
		return;
	e->disk.rate = j->moved * SECOND / (uint64_t)took * saves_now(e);
	if (e->disk.rate == 0)
		e->disk.rate = 1;
}

int64_t
budget_begin_by(const struct engine *e, int64_t now)
{
	int64_t least = part_end(e, SHARE_HOOKS_LEAST, now);
	int64_t by = part_end(e, SHARE_HOOKS, now);
	const struct engine_job *j;
	size_t i;

	if (e->deadline == 0)
		return 0;
	for (i = e->first; i < e->plan->n; i++) {
		j = &e->job[i];
		if (!job_finished(j))
			by = deadline_min(by, j->last ? now :
			    budget_skip_at(e, j));
	}
	return by > least ? by : least;
}
