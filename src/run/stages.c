#include "run/stages.h"

#include <stdio.h>
#include <string.h>

#include "plan/engine_job.h"
#include "plan/engine_budget.h"
#include "plan/guest.h"
#include "run/work.h"
#include "sys/log.h"
#include "text/deadline.h"
#include "text/uuid.h"

/*
 * Hooks of the whole run one at a time.  Hooks of up to QUEUE_PLACES guests run
 * at once, the others wait in queues.  All memory is allocated before the first
 * guest is touched.
 */

#define WHOLE	SIZE_MAX	/* in place of a job */

/* The stages of a guest, [stopping][before its first action]. */
static const enum hook_stage guest_stage[2][2] = {
	{ HOOK_POST_START_GUEST, HOOK_PRE_START_GUEST },
	{ HOOK_POST_STOP_GUEST, HOOK_PRE_STOP_GUEST },
};

static bool
is_before(enum hook_stage stage)
{
	return stage == HOOK_PRE_STOP || stage == HOOK_PRE_STOP_GUEST ||
	    stage == HOOK_PRE_START || stage == HOOK_PRE_START_GUEST;
}

/*
 * Messages.
 */

#define STAGE_LABEL	(GUEST_LABEL + 32)

/* "pre-stop-guest NAME", escaped. */
static const char *
stage_label(const struct stages_slot *s, char label[STAGE_LABEL])
{
	char name[GUEST_LABEL] = "";

	if (s->item.job != WHOLE)
		(void)guest_label(work_guest(s->stages->work,
		    s->item.job), name);
	(void)snprintf(label, STAGE_LABEL, "%s%s%s",
	    hook_stage_name(s->stage), s->item.job == WHOLE ? "" : " ", name);
	return label;
}

static void
line_say(void *arg, const char *hook, const char *text)
{
	char label[STAGE_LABEL];

	log_info("Hook %s (%s): %s", hook, stage_label(arg, label), text);
}

static void
failure_say(void *arg, const char *hook, const char *why)
{
	char label[STAGE_LABEL];

	log_warn("hook %s (%s): %s", hook, stage_label(arg, label), why);
}

static void
skip_say(const struct stages_slot *s, const char *why)
{
	char label[STAGE_LABEL];

	log_warn("hooks (%s) are not run: %s", stage_label(s, label), why);
}

/*
 * Rounds.
 */

static void
round_done(void *arg)
{
	struct stages_slot *s = arg;
	struct stages *st = s->stages;
	struct work *w = st->work;

	st->ended = true;
	if (s->item.job == WHOLE)
		return;
	queue_over(&st->queue, &s->item);
	if (s->item.before && w->engine.job[s->item.job].result ==
	    RESULT_NONE)
		w->prepared(w->task[s->item.job]);
}

static const struct hook_handlers handlers = {
	.line = line_say, .failed = failure_say, .done = round_done
};

/* When hooks have to end: before guests, so that the guests have time; after
 * guests, before the deadline. */
static int64_t
stage_by(const struct work *w, enum hook_stage stage)
{
	int64_t now = loop_now();

	return is_before(stage) ? budget_begin_by(&w->engine, now) :
	    run_share(w->run, SHARE_AFTER, now, 0);
}

static void
call_of_guest(struct stages_slot *s, struct hook_call *c)
{
	const struct work *w = s->stages->work;
	const struct guest *g = work_guest(w, s->item.job);

	uuid_format(g->uuid, s->uuid);
	c->uri = w->run->conf.uris[g->uri];
	c->name = g->name;
	c->uuid = s->uuid;
	c->result = job_result_name(w->engine.job[s->item.job].result);
}

static void
round_start(struct stages_slot *s)
{
	struct stages *st = s->stages;
	struct run *r = st->work->run;
	struct hook_call c = { .stage = s->stage, .command = r->name,
	    .down = r->down, .deadline = stage_by(st->work, s->stage) };

	if (c.deadline != 0 && loop_now() >= c.deadline) {
		if (!st->late)
			skip_say(s, "the deadline is too near");
		st->late = true;
		round_done(s);
		return;
	}
	if (s->item.job != WHOLE)
		call_of_guest(s, &c);
	s->round.loop = &r->loop;
	s->round.hooks = &st->hooks;
	s->round.handlers = &handlers;
	s->round.arg = s;
	(void)hook_start(&s->round, &c);
}

/* An idle slot or NULL; *n is the number of idle slots. */
static struct stages_slot *
slot_idle(struct stages *st, size_t *n)
{
	struct stages_slot *idle = NULL;
	size_t i;

	*n = 0;
	for (i = 0; i < QUEUE_PLACES; i++) {
		if (st->slot[i].round.phase != HOOK_IDLE)
			continue;
		idle = &st->slot[i];
		idle->stages = st;
		(*n)++;
	}
	return idle;
}

static void
item_begin(struct stages_slot *s)
{
	const struct work *w = s->stages->work;
	const struct engine_job *j = &w->engine.job[s->item.job];

	s->stage = guest_stage[w->run->stopping][s->item.before];
	if (!s->item.before || j->state == STATE_PREPARE) {
		round_start(s);
		return;
	}
	if (j->result == RESULT_NONE)
		skip_say(s, "no time is left");
	round_done(s);
}

static void
queue_serve(struct stages *st)
{
	struct stages_slot *s;
	struct queue_item t;
	size_t idle;

	while ((s = slot_idle(st, &idle)) != NULL &&
	    queue_take(&st->queue, idle, &t)) {
		s->item = t;
		item_begin(s);
	}
}

void
stages_load(struct stages *st, struct run *r)
{
	struct errmsg em;

	if (hooks_load(&st->hooks, r->conf.hook_dir, r->conf.hook_timeout,
	    &em) == -1)
		run_finding(r, FINDING_WARNING, em.text);
}

int
stages_init(struct stages *st, struct work *w)
{
	st->work = w;
	return queue_more(&st->queue, w->plan.n);
}

void
stages_free(struct stages *st)
{
	queue_free(&st->queue);
}

/* A round has ended since the last call: the engine may have more to do. */
static bool
ended_take(struct stages *st)
{
	bool ended = st->ended;

	st->ended = false;
	return ended;
}

int64_t
stages_tick(struct stages *st)
{
	int64_t next = 0;
	size_t i;

	for (i = 0; i < QUEUE_PLACES; i++)
		hook_tick(&st->slot[i].round, loop_now());
	queue_serve(st);
	if (ended_take(st))
		return 1;
	for (i = 0; i < QUEUE_PLACES; i++)
		next = deadline_min(next, hook_next(&st->slot[i].round));
	return next;
}

bool
stages_busy(const struct stages *st)
{
	size_t i;

	for (i = 0; i < QUEUE_PLACES; i++)
		if (st->slot[i].round.phase != HOOK_IDLE)
			return true;
	return !queue_empty(&st->queue);
}

void
stages_hasten(struct stages *st)
{
	struct stages_slot *s;
	size_t i;

	for (i = 0; i < QUEUE_PLACES; i++) {
		s = &st->slot[i];
		if (s->round.phase != HOOK_IDLE)
			hook_hasten(&s->round, stage_by(st->work, s->stage));
	}
}

void
stages_cancel(struct stages *st)
{
	size_t i;

	for (i = 0; i < QUEUE_PLACES; i++)
		hook_cancel(&st->slot[i].round);
	queue_clear(&st->queue);
}

int
stages_whole(struct stages *st, struct work *w, enum hook_stage stage)
{
	struct stages_slot *s;
	size_t n;

	st->work = w;
	if (w->run->signal != 0)
		return -1;
	if (st->hooks.n == 0 || (s = slot_idle(st, &n)) == NULL)
		return 0;
	s->stage = stage;
	s->item.job = WHOLE;
	round_start(s);
	while (s->round.phase != HOOK_IDLE)
		if (run_step(w->run, 0) == -1) {
			stages_cancel(st);
			return -1;
		}
	return 0;
}

int
stages_prepare(struct stages *st, size_t job)
{
	if (st->hooks.n == 0)
		return -1;
	queue_before(&st->queue, job);
	return 0;
}

void
stages_ended(struct stages *st, size_t job)
{
	const struct engine_job *j = &st->work->engine.job[job];

	if (st->hooks.n == 0 || j->result == RESULT_CUT ||
	    !policy_traits(j->step->chain[0])->acts)
		return;
	queue_after(&st->queue, job);
}
