#include "plan/engine.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "plan/engine_act.h"
#include "plan/engine_ask.h"
#include "plan/engine_budget.h"
#include "plan/engine_chain.h"
#include "plan/engine_job.h"
#include "plan/engine_slot.h"
#include "text/deadline.h"

#define SECOND		((int64_t)1000)
#define SAVE_RATE	100000000	/* bytes a second, before the first */

static void
job_init(struct engine *e, size_t i)
{
	const struct plan_step *s = &e->plan->step[i];

	memset(&e->job[i], 0, sizeof(e->job[i]));
	e->job[i].step = s;
	e->unfinished++;
	e->uri[s->uri].waiting++;
	e->uri[s->uri].unfinished++;
	budget_add(e, s);
}

int
engine_init(struct engine *e, const struct plan *p, int64_t now)
{
	size_t i;

	memset(e, 0, sizeof(*e));
	e->plan = p;
	e->now = now;
	e->job = calloc(p->n + 1, sizeof(*e->job));
	e->uri = calloc(p->nuris + 1, sizeof(*e->uri));
	if (e->job == NULL || e->uri == NULL) {
		engine_free(e);
		return -1;
	}
	e->disk.rate = SAVE_RATE;
	e->gate.upto = UINT_MAX;
	e->deadline = p->deadline > 0 ? now + p->deadline : 0;
	for (i = 0; i < p->n; i++)
		job_init(e, i);
	for (i = 0; i < p->nuris; i++) {
		e->uri[i].lost_by = now + p->lost;
		e->uri[i].deaf_at = now + ENGINE_DEAF_MS;
	}
	return 0;
}

void
engine_free(struct engine *e)
{
	free(e->job);
	free(e->uri);
	e->job = NULL;
	e->uri = NULL;
}

int
engine_more(struct engine *e, size_t from, int64_t now)
{
	bool shared[POLICY_NACTION] = { false };
	struct engine_job *grown;
	struct engine_uri *u;
	size_t i;

	e->now = now;
	for (i = 0; i < from; i++)
		e->job[i].step = &e->plan->step[i];
	grown = reallocarray(e->job, e->plan->n + 1, sizeof(*grown));
	if (grown == NULL)
		return -1;
	e->job = grown;
	for (i = from; i < e->plan->n; i++) {
		u = &e->uri[e->plan->step[i].uri];
		/* The URI had no guest to act on until now. */
		if (!u->up && u->unfinished == 0) {
			u->lost_by = now + e->plan->lost;
			u->deaf_at = now + ENGINE_DEAF_MS;
		}
		job_init(e, i);
	}
	/* Once for each action: shares depend on nothing else of a job. */
	for (i = from; i < e->plan->n; i++)
		if (!shared[job_action(&e->job[i])]) {
			shared[job_action(&e->job[i])] = true;
			slot_share_all(e, &e->job[i]);
		}
	return 0;
}

void
engine_hold(struct engine *e, unsigned upto, int64_t now)
{
	e->now = now;
	e->gate.upto = upto;
}

void
engine_event(struct engine *e, const struct engine_news *news, int64_t now)
{
	e->now = now;
	e->text = news->text;
	act_event(e, &e->job[news->job], news->event);
	e->text = NULL;
}

void
engine_progress(struct engine *e, size_t job, uint64_t bytes, int64_t now)
{
	struct engine_job *j = &e->job[job];

	e->now = now;
	if (job_finished(j) || bytes == j->moved)
		return;
	j->moved = bytes;
	if (j->state == STATE_WORK)
		j->count.put_off = 0;
	if (j->at.stall != 0)
		j->at.stall = now + e->plan->stall;
	budget_learn(e, j);
}

void
engine_polled(struct engine *e, size_t uri)
{
	e->uri[uri].polling = false;
}

static void
uri_up(struct engine *e, size_t uri, bool up)
{
	struct engine_uri *u = &e->uri[uri];
	size_t i;

	u->up = up;
	u->polling = false;
	u->lost_by = up ? 0 : e->now + e->plan->lost;
	for (i = e->first; i < e->begun; i++)
		if (e->job[i].step->uri == uri)
			act_event(e, &e->job[i], up ? EV_BACK : EV_LOST);
}

/* As after a lost connection, but the requests are still under way. */
static void
uri_deaf(struct engine *e, const struct engine_uri *u)
{
	size_t i;

	for (i = e->first; i < e->begun; i++)
		if (job_uri(e, &e->job[i]) == u)
			slot_lose(e, &e->job[i]);
}

static void
uri_hears(struct engine *e, const struct engine_uri *u)
{
	struct engine_job *j;
	size_t i;

	for (i = e->first; i < e->begun; i++) {
		j = &e->job[i];
		if (job_uri(e, j) == u && j->slot == SLOT_LOST &&
		    !job_waits(j) && !job_finished(j))
			slot_take(e, j);
	}
}

void
engine_daemon(struct engine *e, size_t uri, enum engine_daemon state,
    int64_t now)
{
	struct engine_uri *u = &e->uri[uri];

	e->now = now;
	if (state == ENGINE_UP && u->up && u->deaf_at != 0)
		uri_hears(e, u);
	if (state == ENGINE_UP)
		u->deaf_at = 0;
	else if (u->deaf_at == 0)
		u->deaf_at = now + ENGINE_DEAF_MS;
	if (u->up != (state != ENGINE_DOWN))
		uri_up(e, uri, !u->up);
}

/* Jobs under way have less time, and hold their slots for less time. */
static void
job_hasten(struct engine *e, struct engine_job *j)
{
	if (job_waits(j) || job_finished(j))
		return;
	j->at.until = deadline_min(j->at.until, j->state == STATE_PREPARE ?
	    budget_prepare_by(e) : e->deadline);
	if (j->slot == SLOT_HELD)
		j->at.hold = deadline_min(j->at.hold, slot_hold(e, j));
}

void
engine_deadline(struct engine *e, int64_t deadline, int64_t now)
{
	size_t i;

	e->now = now;
	if (e->deadline != 0 && e->deadline <= deadline)
		return;
	e->deadline = deadline;
	for (i = 0; i < e->plan->nuris; i++)
		if (e->uri[i].until != 0)
			e->uri[i].until =
			    deadline_min(e->uri[i].until, deadline);
	for (i = e->first; i < e->begun; i++)
		job_hasten(e, &e->job[i]);
}

void
engine_hurry(struct engine *e, int64_t now)
{
	e->now = now;
	e->hurry = true;
}

void
engine_cut(struct engine *e, const char *why, int64_t now)
{
	size_t i;

	e->now = now;
	for (i = 0; i < e->plan->n; i++)
		if (!job_finished(&e->job[i]))
			chain_fail(e, &e->job[i], RESULT_CUT, why);
}

static bool
due(int64_t when, int64_t now)
{
	return when != 0 && now >= when;
}

/* The URI is down: a job without a time limit is given up. */
static bool
job_abandoned(const struct engine *e, const struct engine_job *j)
{
	return j->at.until == 0 && due(job_uri(e, j)->lost_by, e->now);
}

static void
job_say(struct engine *e, struct engine_job *j)
{
	int64_t left = j->at.until > e->now ? j->at.until - e->now : 0;

	j->at.say =
	    e->now + (left % ENGINE_SAY_EVERY > 0 ? left % ENGINE_SAY_EVERY
						  : ENGINE_SAY_EVERY);
	if (job_does(j)->saves && j->state != STATE_LOST)
		job_tell(e, j, SAID_MOVED);
	else if (job_does(j)->asks && !e->plan->shared)
		job_tell(e, j, SAID_WAIT_ONE);
}

/*
 * Looks are answered in any order, but guests are asked in the plan's order: a
 * guest waits for the first look at each guest before it, unless its daemon is
 * deaf.  Looks have a limit.
 */
static void
jobs_ask(struct engine *e)
{
	struct engine_job *j;
	size_t i;

	for (i = e->first; i < e->begun; i++) {
		j = &e->job[i];
		if (j->state == STATE_ON)
			ask_begin(e, j);
		else if (j->state == STATE_LOOK && j->count.tries == 0 &&
			 !j->count.invalid && !job_does(j)->starts &&
			 !due(job_uri(e, j)->deaf_at, e->now))
			return;
	}
}

static void
job_tick(struct engine *e, struct engine_job *j)
{
	if (due(j->at.hold, e->now))
		slot_release(e, j);
	if (due(j->at.look, e->now) && job_uri(e, j)->up)
		act_event(e, j, EV_LOOK);
	if (due(budget_skip_at(e, j), e->now))
		act_event(e, j, EV_SKIP);
	if (due(j->at.resend, e->now) && job_uri(e, j)->up)
		act_event(e, j, EV_RESEND);
	if (due(j->at.measure, e->now)) {
		j->at.measure = e->now + e->plan->poll;
		(void)e->ops->measure(e->ctx, job_index(e, j));
	}
	if (due(j->at.stall, e->now)) {
		j->at.stall = 0;
		j->stalled = true;
		act_event(e, j, EV_TIME);
	} else if (due(j->at.until, e->now) || job_abandoned(e, j)) {
		act_event(e, j, EV_TIME);
	}
	if (!job_finished(j) && due(j->at.say, e->now))
		job_say(e, j);
}

/* The times of jobs that wait for a slot. */
static void
waiting_tick(struct engine *e)
{
	struct engine_job *j;
	size_t i;

	for (i = 0; i < e->plan->nuris; i++)
		if (due(e->uri[i].lost_by, e->now) && e->uri[i].waiting > 0)
			break;
	if (i == e->plan->nuris && e->deadline == 0)
		return;
	for (i = e->first; i < e->plan->n; i++) {
		j = &e->job[i];
		if (!job_waits(j))
			continue;
		if (due(e->deadline, e->now) || job_abandoned(e, j))
			act_event(e, j, EV_TIME);
		else if (due(budget_skip_at(e, j), e->now))
			act_event(e, j, EV_SKIP);
	}
}

static void
uri_say(struct engine *e, size_t uri)
{
	struct engine_uri *u = &e->uri[uri];
	struct engine_note note = { .uri = uri, .seconds = -1 };
	int64_t left = u->until > e->now ? u->until - e->now : 0;

	u->say_at =
	    e->now + (left % ENGINE_SAY_EVERY > 0 ? left % ENGINE_SAY_EVERY
						  : ENGINE_SAY_EVERY);
	note.said = SAID_WAIT_MANY;
	note.count = (unsigned)u->unfinished;
	if (u->until != 0)
		note.seconds = (left + SECOND - 1) / SECOND;
	e->ops->tell(e->ctx, &note);
}

/* A guest of the URI is being shut down, within the time limit of the URI. */
static bool
uri_shuts(const struct engine *e, size_t uri)
{
	const struct engine_job *j;
	size_t i;

	for (i = e->first; i < e->begun; i++) {
		j = &e->job[i];
		if (j->step->uri == uri && job_does(j)->asks &&
		    !job_waits(j) && !job_finished(j))
			return true;
	}
	return false;
}

static bool
uri_asked(const struct engine *e, size_t uri)
{
	size_t i;

	for (i = e->first; i < e->begun; i++)
		if (e->job[i].step->uri == uri &&
		    e->job[i].state == STATE_ASKED)
			return true;
	return false;
}

static void
uri_tick(struct engine *e, size_t uri)
{
	struct engine_uri *u = &e->uri[uri];
	struct engine_note note = { .said = SAID_EXPIRED, .uri = uri };

	if (u->unfinished == 0)
		return;
	if (u->up && due(u->deaf_at, e->now))
		uri_deaf(e, u);
	if (e->plan->shared && due(u->until, e->now)) {
		/* Guests that get a slot later begin a new time limit. */
		u->until = u->say_at = 0;
		if (uri_shuts(e, uri))
			e->ops->tell(e->ctx, &note);
	}
	if (e->plan->shared && due(u->say_at, e->now))
		uri_say(e, uri);
	if (!due(u->poll_at, e->now))
		return;
	u->poll_at = 0;
	if (!uri_asked(e, uri))
		return;
	u->poll_at = e->now + e->plan->poll;
	if (u->up && !u->polling)
		u->polling = e->ops->poll(e->ctx, uri) == 0;
}

/* The job may begin: jobs of lower groups have ended and a slot is free.  Near
 * the deadline neither is required. */
static bool
job_may_begin(const struct engine *e, const struct engine_job *j,
    unsigned group)
{
	if (!job_uri(e, j)->up)
		return false;
	if (e->hurry || j->last)
		return true;
	return !due(job_uri(e, j)->deaf_at, e->now) &&
	    j->step->group <= group &&
	    j->step->group <= job_uri(e, j)->group &&
	    e->now >= e->gate.group_at && slot_free(e, j);
}

/* The lowest group of the jobs of each URI that have not ended.  Jobs that were
 * added later are not in the order of groups. */
static void
groups_find(struct engine *e)
{
	struct engine_uri *u;
	size_t i;

	for (i = 0; i < e->plan->nuris; i++)
		e->uri[i].group = UINT_MAX;
	for (i = e->first; i < e->plan->n; i++) {
		u = job_uri(e, &e->job[i]);
		if (!job_finished(&e->job[i]) &&
		    e->job[i].step->group < u->group)
			u->group = e->job[i].step->group;
	}
}

/* The group under way: the lowest one of the URIs whose daemons answer. */
static unsigned
group_now(struct engine *e)
{
	unsigned group = e->gate.upto;
	size_t i;

	groups_find(e);
	for (i = 0; i < e->plan->nuris; i++)
		if (!due(e->uri[i].deaf_at, e->now) &&
		    e->uri[i].group < group)
			group = e->uri[i].group;
	return group;
}

static void
slots_fill(struct engine *e)
{
	struct engine_job *j;
	unsigned group;
	size_t i;

	do {
		group = group_now(e);
		for (i = e->first; i < e->plan->n; i++) {
			j = &e->job[i];
			if (!job_waits(j) || !job_may_begin(e, j, group))
				continue;
			if (i >= e->begun)
				e->begun = i + 1;
			act_event(e, j, EV_SLOT);
		}
		/* A guest that is left running ends at once: perhaps it was
		 * the last of its group. */
	} while (group_now(e) != group);
}

void
engine_tick(struct engine *e, int64_t now)
{
	size_t i;

	e->now = now;
	for (i = 0; i < e->plan->nuris; i++)
		uri_tick(e, i);
	jobs_ask(e);
	for (i = e->first; i < e->begun; i++)
		if (!job_waits(&e->job[i]) && !job_finished(&e->job[i]))
			job_tick(e, &e->job[i]);
	waiting_tick(e);
	slots_fill(e);
	/* A job that ended no longer delays the jobs after it. */
	jobs_ask(e);
	while (e->first < e->begun && job_finished(&e->job[e->first]))
		e->first++;
}

static int64_t
job_next(const struct engine *e, const struct engine_job *j)
{
	const struct engine_uri *u = job_uri(e, j);
	int64_t next = j->at.until != 0 ? j->at.until : u->lost_by;

	next = deadline_min(next, j->at.hold);
	next = deadline_min(next, u->up ? j->at.look : 0);
	next = deadline_min(next, u->up ? j->at.resend : 0);
	next = deadline_min(next, budget_skip_at(e, j));
	next = deadline_min(next, j->at.measure);
	next = deadline_min(next, j->at.stall);
	return deadline_min(next, j->at.say);
}

static int64_t
uri_next(const struct engine *e, const struct engine_uri *u)
{
	int64_t next = u->poll_at;

	if (u->deaf_at > e->now)
		next = deadline_min(next, u->deaf_at);
	/* job_next has the times of jobs that have begun; aborting a save may
	 * end after the deadline. */
	if (u->waiting > 0)
		next =
		    deadline_min(next, deadline_min(e->deadline, u->lost_by));
	if (u->waiting > 0 && e->gate.group_at > e->now)
		next = deadline_min(next, e->gate.group_at);
	if (e->plan->shared)
		next = deadline_min(next, deadline_min(u->say_at, u->until));
	return next;
}

int64_t
engine_next(const struct engine *e)
{
	int64_t next = 0;
	size_t i;

	for (i = 0; i < e->plan->nuris; i++)
		if (e->uri[i].unfinished > 0)
			next = deadline_min(next, uri_next(e, &e->uri[i]));
	for (i = e->first; i < e->begun; i++)
		if (!job_waits(&e->job[i]) && !job_finished(&e->job[i]))
			next = deadline_min(next, job_next(e, &e->job[i]));
	for (i = e->first; i < e->plan->n && e->deadline != 0; i++)
		if (job_waits(&e->job[i]))
			next =
			    deadline_min(next, budget_skip_at(e, &e->job[i]));
	return next;
}

bool
engine_done(const struct engine *e)
{
	return e->unfinished == 0;
}

void
engine_forget_saves(struct engine *e, size_t uri)
{
	size_t i;

	for (i = 0; i < e->plan->n; i++)
		if (e->plan->step[i].uri == uri)
			e->job[i].severed = false;
}
