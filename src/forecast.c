#include "forecast.h"

#include <stdlib.h>
#include <string.h>

#include "engine.h"

#define BEGIN	((int64_t)1)		/* the engine's time is never 0 */
#define FAR	(INT64_MAX / 4)
#define TICKS	64			/* a guest, at most; some 15 do */

struct world {
	struct plan	 plan;
	struct engine	 engine;
	struct forecast	*f;
	size_t		 placed;
	int64_t		 now;
	bool		 stuck;		/* something never ends */
};

static void
turn_place(struct world *w, size_t step)
{
	if (w->f->turn[step].placed)
		return;
	w->f->turn[step].placed = true;
	w->f->order[w->placed++] = step;
}

/*
 * The engine's operations; none may call back, so answers wait in the turns.
 */

static int
op_ask(void *ctx, size_t job, enum policy_word word)
{
	struct world *w = ctx;

	turn_place(w, job);
	/* Of the others the answer is that they are done. */
	if (word == POLICY_SHUTDOWN)
		w->f->turn[job].answer = EV_OK;
	return 0;
}

static int
op_look(void *ctx, size_t job)
{
	struct world *w = ctx;
	struct forecast_turn *t = &w->f->turn[job];

	if (t->begins == -1 && !w->stuck)
		t->begins = w->now - BEGIN;
	t->answer = engine_word(&w->engine.job[job]) == POLICY_START ? EV_OFF :
	    EV_ON;
	return 0;
}

static int
op_nothing(void *ctx, size_t n)
{
	(void)ctx;
	(void)n;
	return 0;
}

/* Of nothing to prepare, nothing to wait for. */
static int
op_none(void *ctx, size_t job)
{
	(void)ctx;
	(void)job;
	return -1;
}

static void
op_ended(void *ctx, size_t job)
{
	struct world *w = ctx;
	struct forecast_turn *t = &w->f->turn[job];

	turn_place(w, job);
	if (w->stuck)
		return;
	t->ends = w->now - BEGIN;
	/* Left alone: never looked at. */
	if (w->engine.job[job].result == RESULT_LEFT && t->begins == -1)
		t->begins = t->ends;
}

/* Nobody listens, and no tick is wanted for it again. */
static void
op_tell(void *ctx, const struct engine_note *n)
{
	struct world *w = ctx;

	if (n->said == SAID_WAIT_MANY)
		w->engine.uri[n->uri].say_at = 0;
	else if (n->said == SAID_MOVED)
		w->engine.job[n->job].say_at = 0;
}

static const struct engine_ops operations = {
	.ask = op_ask, .look = op_look, .abort = op_nothing,
	.measure = op_nothing, .poll = op_nothing, .ended = op_ended,
	.tell = op_tell, .prepare = op_none, .await = op_none
};

static void
job_event(struct world *w, size_t job, enum engine_event ev)
{
	struct engine_news n = { .job = job, .event = ev };

	engine_event(&w->engine, &n, w->now);
	/* To ask again, or to say that it is waited for, changes nothing. */
	w->engine.job[job].resend_at = w->engine.job[job].say_at = 0;
}

/* True when there were answers: then the engine is to be ticked again. */
static bool
answers_give(struct world *w)
{
	bool any = false;
	unsigned char ev;
	size_t i;

	for (i = w->engine.first; i < w->engine.begun; i++) {
		ev = w->f->turn[i].answer;
		if (ev == ENGINE_NEVENT)
			continue;
		any = true;
		w->f->turn[i].answer = ENGINE_NEVENT;
		job_event(w, i, (enum engine_event)ev);
	}
	return any;
}

/*
 * Nothing will happen any more: the worst is that it lasts for ever.  The
 * order is of interest all the same, so let those end that hold up the rest.
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
			w->f->word = engine_word(j);
			w->stuck = true;
		}
		job_event(w, i, engine_word(j) == POLICY_START ? EV_OK :
		    EV_OFF);
	}
}

static void
world_run(struct world *w)
{
	size_t ticks = TICKS * (w->plan.n + 1);
	int64_t next;

	while (!engine_done(&w->engine)) {
		if (ticks-- == 0) {
			w->stuck = true;
			engine_cut(&w->engine, "", w->now);
			return;
		}
		engine_tick(&w->engine, w->now);
		if (answers_give(w) || engine_done(&w->engine))
			continue;
		next = engine_next(&w->engine);
		if (next == 0 || next >= FAR)
			endless_end(w);
		else if (next > w->now)
			w->now = next;
	}
}

int
forecast_make(struct forecast *f, const struct plan *p)
{
	struct world w = { .plan = *p, .f = f, .now = BEGIN };
	size_t i;

	memset(f, 0, sizeof(*f));
	/* A save always makes progress; nobody looks in between. */
	w.plan.poll = FAR;
	w.plan.stall = 0;
	f->order = calloc(p->n + 1, sizeof(*f->order));
	f->turn = calloc(p->n + 1, sizeof(*f->turn));
	if (f->order == NULL || f->turn == NULL ||
	    engine_init(&w.engine, &w.plan, BEGIN) == -1) {
		forecast_free(f);
		return -1;
	}
	f->n = p->n;
	for (i = 0; i < p->n; i++)
		f->turn[i] = (struct forecast_turn){ .begins = -1, .ends = -1,
		    .answer = ENGINE_NEVENT };
	w.engine.ops = &operations;
	w.engine.ctx = &w;
	for (i = 0; i < p->nuris; i++)
		engine_up(&w.engine, i, true, BEGIN);
	world_run(&w);
	f->ends = w.stuck ? -1 : w.now - BEGIN;
	engine_free(&w.engine);
	return 0;
}

void
forecast_free(struct forecast *f)
{
	free(f->order);
	free(f->turn);
	memset(f, 0, sizeof(*f));
}
