#include "plan/forecast.h"

#include <stdlib.h>
#include <string.h>

#include "config/guesttab.h"
#include "plan/engine.h"
#include "plan/engine_budget.h"
#include "plan/engine_job.h"
#include "plan/engine_quiet.h"
#include "plan/queue.h"
#include "plan/share.h"
#include "text/deadline.h"

#define BEGIN	((int64_t)1)		/* the engine's time is never 0 */
#define FAR	(INT64_MAX / 4)
#define TICKS	128			/* a guest, at most; 30 are usual */

/* Hooks of a guest that are under way. */
struct place {
	struct queue_item item;
	int64_t		 ends;		/* 0 = it is idle */
};

struct world {
	struct plan	 plan;
	struct engine	 engine;
	struct forecast	*f;
	const struct forecast_limits *limits;
	struct queue	 queue;
	struct place	 place[QUEUE_PLACES];
	size_t		 placed;
	int64_t		 now;
	bool		 stuck;		/* something never ends */
};

static void
step_place(struct world *w, size_t step)
{
	if (w->f->step[step].placed)
		return;
	w->f->step[step].placed = true;
	w->f->order[w->placed++] = step;
}

/*
 * The engine's operations.  None may call the engine: answers wait in
 * forecast_step.answer.
 */

/* The usual end counts from the first request. */
static void
due_set(struct world *w, size_t job)
{
	const int64_t *usual = w->limits->usual;

	if (usual != NULL && usual[job] >= 0 && w->f->step[job].due == 0)
		w->f->step[job].due = w->now + usual[job];
}

static int
op_ask(void *ctx, size_t job, enum policy_action action)
{
	struct world *w = ctx;

	step_place(w, job);
	due_set(w, job);
	/* Other actions are never answered: endless_end ends them. */
	if (policy_traits(action)->asks)
		w->f->step[job].answer = EV_OK;
	if (!policy_traits(action)->saves)
		return 0;
	w->f->step[job].answer = EV_SENT;
	return ENGINE_QUEUED;
}

static void
step_begin(struct world *w, size_t job)
{
	struct forecast_step *t = &w->f->step[job];

	if (t->begins == -1 && !w->stuck)
		t->begins = w->now - BEGIN;
}

static int
op_look(void *ctx, size_t job)
{
	struct world *w = ctx;
	struct forecast_step *t = &w->f->step[job];
	bool start = job_does(&w->engine.job[job])->starts;

	step_begin(w, job);
	t->answer = start ? EV_OFF : EV_ON;
	if (t->seen != 0)
		t->answer = t->seen;
	return 0;
}

static int
op_wake(void *ctx, size_t job, enum engine_event how)
{
	struct world *w = ctx;

	(void)how;
	w->f->step[job].seen = 0;
	w->f->step[job].answer = EV_OK;
	return 0;
}

static int
op_nothing(void *ctx, size_t n)
{
	(void)ctx;
	(void)n;
	return 0;
}

/* Begin the snapshot of a guest; -1: none is taken. */
static int
snapshot_begin(struct world *w, size_t job)
{
	if (!w->plan.step[job].snapshot)
		return -1;
	w->f->step[job].snapshot = w->now + w->limits->snapshot;
	return 0;
}

static int
op_prepare(void *ctx, size_t job)
{
	struct world *w = ctx;

	step_begin(w, job);
	if (w->limits->hooks == 0)
		return snapshot_begin(w, job);
	queue_before(&w->queue, job);
	return 0;
}

/* Worst case: the guest never becomes ready. */
static int
op_await(void *ctx, size_t job)
{
	const struct world *w = ctx;
	const struct guesttab_row *row = w->plan.step[job].row;

	return row != NULL && (row->ready == GUESTTAB_READY_AGENT ||
	    row->ready == GUESTTAB_READY_TCP) ? 0 : -1;
}

static void
op_ended(void *ctx, size_t job)
{
	struct world *w = ctx;
	struct forecast_step *t = &w->f->step[job];

	step_place(w, job);
	if (w->limits->hooks != 0 &&
	    policy_traits(w->plan.step[job].chain[0])->acts)
		queue_after(&w->queue, job);
	if (w->stuck)
		return;
	t->ends = w->now - BEGIN;
	/* A guest that is left running is not looked at. */
	if (w->engine.job[job].result == RESULT_LEFT && t->begins == -1)
		t->begins = t->ends;
}

/* Nothing is printed, and no tick is needed for it. */
static void
op_tell(void *ctx, const struct engine_note *n)
{
	struct world *w = ctx;
	struct forecast_step *t = &w->f->step[n->job];

	if (n->said == SAID_WAIT_MANY)
		quiet_uri(&w->engine, n->uri);
	else if (n->said == SAID_MOVED)
		quiet_job(&w->engine, n->job);
	else if (n->said == SAID_NEXT && t->instead == POLICY_END)
		t->instead = w->engine.job[n->job].instead;
}

static const struct engine_ops operations = {
	.ask = op_ask, .look = op_look, .wake = op_wake,
	.abort = op_nothing, .measure = op_nothing, .poll = op_nothing,
	.ended = op_ended, .tell = op_tell, .prepare = op_prepare,
	.await = op_await
};

static void
job_event(struct world *w, size_t job, enum engine_event ev)
{
	struct engine_news n = { .job = job, .event = ev };

	engine_event(&w->engine, &n, w->now);
	/* Resends and lines on waiting change nothing. */
	quiet_job(&w->engine, job);
	/* A save always makes progress, and nobody hears of it. */
	if (ev == EV_SENT)
		quiet_save(&w->engine, job);
}

/* Deliver the answers; true: there were some, tick the engine again. */
static bool
answers_give(struct world *w)
{
	bool any = false;
	unsigned char ev;
	size_t i;

	for (i = w->engine.first; i < w->engine.begun; i++) {
		ev = w->f->step[i].answer;
		if (ev == ENGINE_NEVENT)
			continue;
		any = true;
		w->f->step[i].answer = ENGINE_NEVENT;
		job_event(w, i, (enum engine_event)ev);
	}
	return any;
}

static void
job_end(struct world *w, size_t job)
{
	job_event(w, job, job_does(&w->engine.job[job])->starts ? EV_OK :
	    EV_OFF);
}

/* End the guests whose usual time is over; as answers_give. */
static bool
usual_end(struct world *w)
{
	struct forecast_step *t;
	bool any = false;
	size_t i;

	for (i = w->engine.first; i < w->engine.begun; i++) {
		t = &w->f->step[i];
		if (t->due == 0 || t->due > w->now ||
		    w->engine.job[i].result != RESULT_NONE)
			continue;
		t->due = 0;
		any = true;
		job_end(w, i);
	}
	return any;
}

/*
 * Nothing is due any more: in the worst case the plan never ends.  The order of
 * the rest is still of interest, so end the jobs that delay it.
 */
static void
endless_end(struct world *w)
{
	const struct engine_job *j;
	size_t i;

	for (i = w->engine.first; i < w->engine.begun; i++) {
		j = &w->engine.job[i];
		if (j->state == STATE_WAIT || j->result != RESULT_NONE)
			continue;
		if (!w->stuck) {
			w->f->endless = i;
			w->f->action = job_action(j);
			w->stuck = true;
		}
		job_end(w, i);
	}
}

/*
 * Hooks and snapshots.
 */

/* When hooks that begin now have ended; at by (0 = never) they are killed. */
static int64_t
hooks_end(const struct world *w, int64_t by)
{
	int64_t ends = w->now + w->limits->hooks;

	if (by == 0 || ends <= by + w->limits->grace)
		return ends;
	return by <= w->now ? w->now : by + w->limits->grace;
}

static int64_t
after_by(const struct world *w)
{
	const struct share_time t = {
		.since = w->now, .deadline = w->engine.deadline
	};

	return share_end(SHARE_AFTER, &t);
}

/* Hooks of the whole. */
static void
stage_pass(struct world *w, bool before)
{
	if (w->limits->hooks != 0)
		w->now = hooks_end(w, before ? budget_begin_by(&w->engine,
		    w->now) : after_by(w));
}

static void
prepared(struct world *w, size_t job)
{
	if (w->engine.job[job].state == STATE_PREPARE)
		job_event(w, job, EV_READY);
}

static void
place_free(struct world *w, struct place *p)
{
	size_t job = p->item.job;

	p->ends = 0;
	queue_over(&w->queue, &p->item);
	if (p->item.before && w->engine.job[job].state == STATE_PREPARE &&
	    snapshot_begin(w, job) == -1)
		prepared(w, job);
}

static void
place_take(struct world *w, struct place *p)
{
	size_t job = p->item.job;

	p->ends = w->now;
	if (!p->item.before)
		p->ends = hooks_end(w, after_by(w));
	else if (w->engine.job[job].state == STATE_PREPARE)
		p->ends = hooks_end(w, budget_begin_by(&w->engine, w->now));
}

/* True: something was done, call it again. */
static bool
hooks_serve(struct world *w)
{
	struct place *p, *idle = NULL;
	size_t i, n = 0;

	for (i = 0; i < QUEUE_PLACES; i++) {
		p = &w->place[i];
		if (p->ends != 0 && p->ends <= w->now) {
			place_free(w, p);
			return true;
		}
		if (p->ends == 0 && n++ == 0)
			idle = p;
	}
	if (idle == NULL || !queue_take(&w->queue, n, &idle->item))
		return false;
	place_take(w, idle);
	return true;
}

static bool
snapshots_end(struct world *w)
{
	struct forecast_step *t;
	bool any = false;
	size_t i;

	for (i = w->engine.first; i < w->engine.begun; i++) {
		t = &w->f->step[i];
		if (t->snapshot == 0 || t->snapshot > w->now)
			continue;
		t->snapshot = 0;
		any = true;
		prepared(w, i);
	}
	return any;
}

static int64_t
world_next(const struct world *w)
{
	int64_t next = engine_next(&w->engine);
	size_t i;

	for (i = 0; i < QUEUE_PLACES; i++)
		next = deadline_min(next, w->place[i].ends);
	for (i = w->engine.first; i < w->engine.begun; i++) {
		next = deadline_min(next, w->f->step[i].snapshot);
		if (w->engine.job[i].result == RESULT_NONE)
			next = deadline_min(next, w->f->step[i].due);
	}
	return next;
}

static bool
world_done(const struct world *w)
{
	size_t i;

	for (i = 0; i < QUEUE_PLACES; i++)
		if (w->place[i].ends != 0)
			return false;
	return engine_done(&w->engine) && queue_empty(&w->queue);
}

static void
world_run(struct world *w)
{
	size_t ticks = TICKS * (w->plan.n + 1);
	int64_t next;

	while (!world_done(w)) {
		if (ticks-- == 0) {
			w->stuck = true;
			engine_cut(&w->engine, "", w->now);
			return;
		}
		engine_tick(&w->engine, w->now);
		if (answers_give(w) || usual_end(w) || hooks_serve(w) ||
		    snapshots_end(w))
			continue;
		if (world_done(w))
			return;
		next = world_next(w);
		if (next == 0 || next >= FAR)
			endless_end(w);
		else if (next > w->now)
			w->now = next;
	}
}

/* From the first hooks to the last. */
static void
world_pass(struct world *w)
{
	size_t i;

	w->engine.ops = &operations;
	w->engine.ctx = w;
	w->now += w->limits->before;
	stage_pass(w, true);
	for (i = 0; i < w->plan.nuris; i++)
		engine_daemon(&w->engine, i, ENGINE_UP, w->now);
	world_run(w);
	stage_pass(w, false);
	w->f->bounded = w->now - BEGIN;
	w->f->ends = w->stuck ? -1 : w->f->bounded;
}

int
forecast_make(struct forecast *f, const struct plan *p,
    const struct forecast_limits *limits)
{
	struct world w = { .plan = *p, .f = f, .limits = limits,
	    .now = BEGIN };
	int rv = -1;
	size_t i;

	memset(f, 0, sizeof(*f));
	/* No polls. */
	w.plan.poll = FAR;
	f->order = calloc(p->n + 1, sizeof(*f->order));
	f->step = calloc(p->n + 1, sizeof(*f->step));
	if (queue_init(&w.queue, p->n) == 0 && f->order != NULL &&
	    f->step != NULL && engine_init(&w.engine, &w.plan, BEGIN) == 0) {
		f->n = p->n;
		for (i = 0; i < p->n; i++)
			f->step[i] = (struct forecast_step){ .begins = -1,
			    .ends = -1, .answer = ENGINE_NEVENT,
			    .seen = p->step[i].seen };
		world_pass(&w);
		engine_free(&w.engine);
		rv = 0;
	} else {
		forecast_free(f);
	}
	queue_free(&w.queue);
	return rv;
}

void
forecast_free(struct forecast *f)
{
	free(f->order);
	free(f->step);
	memset(f, 0, sizeof(*f));
}
