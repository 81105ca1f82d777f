#include "run/drive.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "run/clock.h"
#include "run/inventory.h"
#include "run/listed.h"
#include "run/ready.h"
#include "run/rescue.h"
#include "run/rounds.h"
#include "run/run.h"
#include "run/snapshot.h"
#include "run/stages.h"
#include "run/task.h"
#include "sys/log.h"

/*
 * A plan is carried out: memory and connections for it, and the loop that turns
 * the engine.
 */

#define WORK_WAIT	1000		/* ms for connections of long calls */

void
drive_status(const struct run *r)
{
	char text[96];

	(void)snprintf(text, sizeof(text), "STATUS=%zu of %zu guests to go",
	    r->plan.n - r->ended, r->plan.n);
	notify_send(&r->notify, text);
}

static int
tasks_make(struct run *r)
{
	struct task **task;

	task = reallocarray(r->task, r->plan.n + 1, sizeof(*task));
	if (task == NULL)
		return -1;
	r->task = task;
	for (; r->ntasks < r->plan.n; r->ntasks++) {
		task[r->ntasks] = calloc(1, sizeof(**task));
		if (task[r->ntasks] == NULL)
			return -1;
		task_init(r, r->ntasks);
	}
	return 0;
}

static void
tasks_aim(struct run *r)
{
	size_t i;

	for (i = 0; i < r->guests.n; i++)
		r->guests.guest[i].job = SIZE_MAX;
	for (i = 0; i < r->plan.n; i++)
		task_aim(r, i);
}

static void
tasks_free(struct run *r, size_t from)
{
	while (r->ntasks > from)
		task_free(r->task[--r->ntasks]);
}

/* Everything that they need is there before one of them is touched. */
static int
drive_room(struct run *r, size_t from)
{
	return tasks_make(r) == -1 || stages_init(r) == -1 ||
	    ready_init(r, from) == -1 || rescue_init(r, from) == -1 ? -1 : 0;
}

static int
drive_init(struct run *r)
{
	size_t i;

	r->headed = calloc(r->conf.nuris + 1, sizeof(*r->headed));
	if (r->headed == NULL || drive_room(r, 0) == -1 ||
	    engine_init(&r->engine, &r->plan, loop_now()) == -1)
		return -1;
	snapshot_name(r);
	tasks_aim(r);
	for (i = 0; i < r->conf.nuris; i++)
		task_poll(&r->host[i]);
	r->engine.ops = &task_ops;
	r->engine.ctx = r;
	return 0;
}

/* Tell the engine which of them can be asked. */
static void
hosts_tell(struct run *r)
{
	size_t i;

	for (i = 0; i < r->conf.nuris; i++)
		engine_up(&r->engine, i, r->host[i].rescued ||
		    r->host[i].virt.state == VIRT_UP, loop_now());
}

static bool
host_there(const struct host *h)
{
	return h->stage == HOST_JOINED && !h->failed;
}

static void
works_open(struct run *r)
{
	size_t i;

	for (i = 0; i < r->conf.nuris; i++)
		if (host_there(&r->host[i]))
			drive_work(&r->host[i]);
}

int
drive_more(struct run *r, size_t from)
{
	int rv = drive_room(r, from);

	/* The guests and the steps of the others have moved, too. */
	if (rv == -1)
		plan_cut(&r->plan, from);
	if (engine_more(&r->engine, from, loop_now()) == -1) {
		plan_cut(&r->plan, from);
		rv = -1;
	}
	tasks_free(r, r->plan.n);
	tasks_aim(r);
	works_open(r);
	hosts_tell(r);
	drive_status(r);
	return rv;
}

void
drive_free(struct run *r)
{
	size_t i;

	stages_free(r);
	rescue_free(r);
	tasks_free(r, 0);
	for (i = 0; r->host != NULL && i < r->conf.nuris; i++)
		virt_forget(&r->host[i].poll);
	free(r->task);
	free(r->headed);
	r->task = NULL;
	r->headed = NULL;
	engine_free(&r->engine);
	plan_free(&r->plan);
}

/* Whether a guest may come to be saved or started: by its chain, or because it
 * is found paused; a snapshot takes long, too. */
static bool
step_long(const struct plan_step *s, enum policy_word word)
{
	size_t i;

	for (i = 0; i < POLICY_CHAIN; i++)
		if (s->chain[i] == word)
			return true;
	return word == POLICY_SUSPEND && s->persistent &&
	    (s->chain[0] == POLICY_SHUTDOWN || s->snapshot);
}

/* How many long calls a URI may have under way at once; near a deadline there
 * is no bound. */
static size_t
work_wanted(const struct run *r, size_t uri)
{
	static const enum policy_word words[] = { POLICY_SUSPEND,
	    POLICY_START };
	size_t n, i, w, most = 0;
	unsigned bound;

	for (w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
		bound = r->by > 0 ? 0 : r->plan.bound[words[w]];
		for (n = i = 0; i < r->plan.n; i++)
			if (r->plan.step[i].uri == uri)
				n += step_long(&r->plan.step[i], words[w]);
		if (bound != 0 && n > bound)
			n = bound;
		most = n > most ? n : most;
	}
	return most;
}

void
drive_work(struct host *h)
{
	char label[RUN_LABEL];
	struct errmsg em;

	if (virt_work(&h->virt, work_wanted(h->run, h->index), &em) == -1)
		log_debug("%s: %s", run_host_label(h, label), em.text);
}

/* They are there before the first guest is touched, or nobody waits for them:
 * what they are to carry does. */
static int
works_wait(struct run *r)
{
	int64_t by = inventory_share(r, loop_now(), loop_now() + WORK_WAIT);
	struct host *h;
	size_t i;

	works_open(r);
	for (i = 0; i < r->conf.nuris; i++) {
		h = &r->host[i];
		while (host_there(h) && !h->rescued &&
		    !virt_ready(&h->virt) && loop_now() < by)
			if (run_step(r, by) == -1)
				return -1;
	}
	return 0;
}

static bool
jobs_done(const struct run *r)
{
	return engine_done(&r->engine) && !inventory_busy(r) &&
	    !inventory_came(r) && !clock_busy(r) && !stages_busy(r);
}

int64_t
drive_tick(struct run *r)
{
	int64_t now = loop_now();

	ready_tick(r, now);
	rescue_tick(r, now);
	clock_tick(r, now);
	engine_tick(&r->engine, now);
	return rescue_next(r, clock_next(r, ready_next(r,
	    engine_next(&r->engine))));
}

static int64_t
jobs_tick(struct run *r)
{
	int64_t next;

	if (inventory_came(r) && r->stopping)
		rounds_more(r);
	else if (inventory_came(r))
		listed_more(r);
	/* Who is still to come may belong before others. */
	engine_hold(&r->engine, inventory_busy(r) ? plan_hold(&r->tab,
	    r->stopping) : UINT_MAX, loop_now());
	next = drive_tick(r);
	/* Others have come while these were taken. */
	return inventory_came(r) ? 1 : next;
}

static void
jobs_drive(struct run *r)
{
	int64_t next;

	if (jobs_done(r))
		return;
	r->driving = true;
	r->ended = 0;
	drive_status(r);
	if (r->hurry)
		engine_hurry(&r->engine, loop_now());
	hosts_tell(r);
	while (!jobs_done(r)) {
		next = jobs_tick(r);
		if (!jobs_done(r) && run_step(r, next) == -1) {
			engine_cut(&r->engine, "interrupted", loop_now());
			break;
		}
	}
	r->driving = false;
}

/* The deadline is that of the whole command, what came before included; who
 * has joined may have brought it nearer since. */
static void
deadline_set(struct run *r)
{
	int64_t left;

	if (r->by == 0)
		return;
	left = r->by - loop_now();
	r->plan.deadline = left > 0 ? left : 1;
}

int
drive_plan(struct run *r, const char *heading)
{
	/* There are rounds of a stop. */
	bool first = r->stopping && r->progress.engine == NULL;

	deadline_set(r);
	if (drive_init(r) == -1) {
		log_error("no memory for %zu guests", r->plan.n);
		return -1;
	}
	r->progress = (struct progress){ .engine = &r->engine,
	    .guests = &r->guests, .uris = r->conf.uris, .heading = heading,
	    .headed = r->headed };
	if ((first && stages_whole(r, HOOK_PRE_STOP) == -1) ||
	    (r->plan.n > 0 && works_wait(r) == -1)) {
		engine_cut(&r->engine, "interrupted", loop_now());
		return -1;
	}
	jobs_drive(r);
	stages_cancel(r);
	return 0;
}
