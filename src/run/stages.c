#include "run/stages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/run.h"
#include "run/task.h"
#include "sys/log.h"

/*
 * Hooks at the stages of a stop or a start: rounds of the whole, one at a time,
 * and rounds of single guests, a few of them side by side, the rest in queues.
 * Memory for all of them is there before the first guest is touched.
 */

#define WHOLE	SIZE_MAX	/* in the place of a job */

static bool
is_before(enum hook_stage stage)
{
	return stage == HOOK_PRE_STOP || stage == HOOK_PRE_STOP_GUEST ||
	    stage == HOOK_PRE_START || stage == HOOK_PRE_START_GUEST;
}

static const struct guest *
job_guest(const struct run *r, size_t job)
{
	return &r->guests.guest[r->plan.step[job].guest];
}

/*
 * What is said of them.
 */

#define STAGE_LABEL	(GUEST_LABEL + 32)

/* "pre-stop-guest NAME", fit to print. */
static const char *
stage_label(const struct stage_slot *s, char label[STAGE_LABEL])
{
	char name[GUEST_LABEL] = "";

	if (s->turn.job != WHOLE)
		(void)guest_label(job_guest(s->run, s->turn.job), name);
	(void)snprintf(label, STAGE_LABEL, "%s%s%s",
	    hook_stage_name(s->stage), s->turn.job == WHOLE ? "" : " ", name);
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
skip_say(const struct stage_slot *s, const char *why)
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
	struct stage_slot *s = arg;
	struct run *r = s->run;

	r->stages.turned = true;
	if (s->turn.job == WHOLE)
		return;
	queue_over(&r->stages.queue, &s->turn);
	if (s->turn.before && r->engine.job[s->turn.job].result ==
	    RESULT_NONE)
		task_prepared(r, s->turn.job);
}

static const struct hook_handlers handlers = {
	.line = line_say, .failed = failure_say, .done = round_done
};

/* Those before leave guests their time, those behind are gone by the end. */
static int64_t
stage_by(const struct run *r, enum hook_stage stage)
{
	if (r->by == 0)
		return 0;
	if (is_before(stage))
		return engine_begin_by(&r->engine, loop_now());
	return r->by > HOOK_GRACE ? r->by - HOOK_GRACE : 1;
}

static void
call_of_guest(struct stage_slot *s, struct hook_call *c)
{
	const struct run *r = s->run;
	const struct guest *g = job_guest(r, s->turn.job);

	uuid_format(g->uuid, s->uuid);
	c->uri = r->conf.uris[g->uri];
	c->name = g->name;
	c->uuid = s->uuid;
	c->result = engine_result_name(r->engine.job[s->turn.job].result);
}

static void
round_start(struct run *r, struct stage_slot *s)
{
	struct hook_call c = { .stage = s->stage, .command = r->name,
	    .down = r->down, .deadline = stage_by(r, s->stage) };

	if (c.deadline != 0 && loop_now() >= c.deadline) {
		if (!r->stages.late)
			skip_say(s, "the deadline is too near");
		r->stages.late = true;
		round_done(s);
		return;
	}
	if (s->turn.job != WHOLE)
		call_of_guest(s, &c);
	s->round.loop = &r->loop;
	s->round.hooks = &r->stages.hooks;
	s->round.handlers = &handlers;
	s->round.arg = s;
	(void)hook_start(&s->round, &c);
}

/* An idle one, NULL when there is none; how many there are. */
static struct stage_slot *
slot_idle(struct run *r, size_t *n)
{
	struct stage_slot *idle = NULL;
	size_t i;

	*n = 0;
	for (i = 0; i < QUEUE_PLACES; i++) {
		if (r->stages.slot[i].round.phase != HOOK_IDLE)
			continue;
		idle = &r->stages.slot[i];
		idle->run = r;
		(*n)++;
	}
	return idle;
}

static void
turn_begin(struct run *r, struct stage_slot *s)
{
	const struct engine_job *j = &r->engine.job[s->turn.job];

	s->stage = s->turn.before ? r->stopping ? HOOK_PRE_STOP_GUEST :
	    HOOK_PRE_START_GUEST : r->stopping ? HOOK_POST_STOP_GUEST :
	    HOOK_POST_START_GUEST;
	if (!s->turn.before || j->state == STATE_PREPARE) {
		round_start(r, s);
		return;
	}
	if (j->result == RESULT_NONE)
		skip_say(s, "there is no time left for them");
	round_done(s);
}

static void
queue_serve(struct run *r)
{
	struct stage_slot *s;
	struct queue_turn t;
	size_t idle;

	while ((s = slot_idle(r, &idle)) != NULL &&
	    queue_take(&r->stages.queue, idle, &t)) {
		s->turn = t;
		turn_begin(r, s);
	}
}

void
stages_load(struct run *r)
{
	struct errmsg em;

	if (hooks_load(&r->stages.hooks, r->conf.hook_dir,
	    r->conf.hook_timeout, &em) == -1)
		run_finding(r, FINDING_WARNING, em.text);
}

int
stages_init(struct run *r)
{
	return queue_more(&r->stages.queue, r->plan.n);
}

void
stages_free(struct run *r)
{
	queue_free(&r->stages.queue);
}

void
stages_tick(struct run *r)
{
	size_t i;

	for (i = 0; i < QUEUE_PLACES; i++)
		hook_tick(&r->stages.slot[i].round, loop_now());
	queue_serve(r);
}

int64_t
stages_next(struct run *r)
{
	int64_t next = 0;
	size_t i;

	/* The engine has heard something since it was asked. */
	if (r->stages.turned) {
		r->stages.turned = false;
		return 1;
	}
	for (i = 0; i < QUEUE_PLACES; i++)
		next = deadline_min(next, hook_next(&r->stages.slot[i].round));
	return next;
}

bool
stages_busy(const struct run *r)
{
	const struct stages *st = &r->stages;
	size_t i;

	for (i = 0; i < QUEUE_PLACES; i++)
		if (st->slot[i].round.phase != HOOK_IDLE)
			return true;
	return !queue_empty(&st->queue);
}

void
stages_hasten(struct run *r)
{
	struct stage_slot *s;
	size_t i;

	for (i = 0; i < QUEUE_PLACES; i++) {
		s = &r->stages.slot[i];
		if (s->round.phase != HOOK_IDLE)
			hook_hasten(&s->round, stage_by(r, s->stage));
	}
}

void
stages_cancel(struct run *r)
{
	struct stages *st = &r->stages;
	size_t i;

	for (i = 0; i < QUEUE_PLACES; i++)
		hook_cancel(&st->slot[i].round);
	queue_clear(&st->queue);
}

int
stages_whole(struct run *r, enum hook_stage stage)
{
	struct stage_slot *s;
	size_t n;

	if (r->signal != 0)
		return -1;
	if (r->stages.hooks.n == 0 || (s = slot_idle(r, &n)) == NULL)
		return 0;
	s->stage = stage;
	s->turn.job = WHOLE;
	round_start(r, s);
	while (s->round.phase != HOOK_IDLE)
		if (run_step(r, 0) == -1) {
			stages_cancel(r);
			return -1;
		}
	return 0;
}

int
stages_prepare(struct run *r, size_t job)
{
	if (r->stages.hooks.n == 0)
		return -1;
	queue_before(&r->stages.queue, job);
	return 0;
}

void
stages_ended(struct run *r, size_t job)
{
	const struct engine_job *j = &r->engine.job[job];

	if (r->stages.hooks.n == 0 || j->result == RESULT_CUT ||
	    j->step->chain[0] == POLICY_LEAVE)
		return;
	queue_after(&r->stages.queue, job);
}
