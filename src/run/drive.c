#include "run/drive.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "plan/engine_job.h"
#include "run/account.h"
#include "run/clock.h"
#include "run/drive_hosts.h"
#include "run/inventory.h"
#include "run/lanes.h"
#include "run/ready.h"
#include "run/record.h"
#include "run/rescue.h"
#include "run/rescue_host.h"
#include "run/snapshot.h"
#include "run/task.h"
#include "sys/log.h"
#include "text/deadline.h"

static struct drive *
drive_of(struct work *w)
{
	return (struct drive *)((char *)w - offsetof(struct drive, work));
}

/*
 * The engine's operations: the journal, hooks and list; then libvirt or a
 * monitor is asked.
 */

static const struct work_ops *
host_ops(const struct host *h)
{
	return h->rescue.active ? &rescue_ops : &task_ops;
}

static int
op_ask(void *ctx, size_t job, enum policy_action action)
{
	struct work *w = ctx;
	struct task *t = w->task[job];

	/* Of libvirt's it is noted when they leave the queue. */
	if (t->host->rescue.active)
		work_asked(w, job, action);
	return host_ops(t->host)->ask(t, action);
}

static int
op_look(void *ctx, size_t job)
{
	struct task *t = ((struct work *)ctx)->task[job];

	return host_ops(t->host)->look(t);
}

static int
op_wake(void *ctx, size_t job, enum engine_event how)
{
	struct task *t = ((struct work *)ctx)->task[job];

	return host_ops(t->host)->wake(t, how);
}

static int
op_abort(void *ctx, size_t job)
{
	struct task *t = ((struct work *)ctx)->task[job];

	return host_ops(t->host)->abort(t);
}

static int
op_measure(void *ctx, size_t job)
{
	struct task *t = ((struct work *)ctx)->task[job];

	return host_ops(t->host)->measure(t);
}

static int
op_poll(void *ctx, size_t uri)
{
	struct work *w = ctx;
	struct host *h = &w->inventory->host[uri];

	return host_ops(h)->poll(w, h);
}

static void
op_ended(void *ctx, size_t job)
{
	struct work *w = ctx;
	const struct engine_job *j = &w->engine.job[job];

	account_ended(w->account, j->step->guest, j);
	task_over(w->task[job]);
	ready_cancel(w->task[job]);
	rescue_ended(w->task[job]);
	w->ended++;
	work_status(w);
	drive_of(w)->screen.news = true;
	w->inventory->guests.guest[j->step->guest].result =
	    (unsigned char)j->result;
	if (work_closed(w, job))
		record_save(w->record);
	else
		record_retry(w->record);
	stages_ended(&drive_of(w)->stages, job);
	if (j->result == RESULT_ACTIVE)
		work_found(w, job);
	if (w->run->conf.sync_time && (j->result == RESULT_STARTED ||
	    j->result == RESULT_ACTIVE))
		clock_begin(w->task[job]);
}

static void
op_tell(void *ctx, const struct engine_note *n)
{
	drive_of(ctx)->screen.news = true;
	progress_tell(&drive_of(ctx)->progress, n);
}

static int
hooks_prepare(struct task *t)
{
	return stages_prepare(&drive_of(t->work)->stages, t->job);
}

/*
 * The preparation of a guest's first action, one step after another.  A step
 * returns 0 when it is under way and work.prepared follows, -1 when it has
 * nothing to do.
 */
static int	(*const steps[])(struct task *) = {
	hooks_prepare, snapshot_take,
};

static int
step_next(struct task *t)
{
	while (t->prepared < sizeof(steps) / sizeof(steps[0]))
		if (steps[t->prepared++](t) == 0)
			return 0;
	return -1;
}

static int
op_prepare(void *ctx, size_t job)
{
	return step_next(((struct work *)ctx)->task[job]);
}

/* If the engine has gone on without the preparation, no step follows. */
static void
step_done(struct task *t)
{
	if (t->work->engine.job[t->job].state == STATE_PREPARE &&
	    step_next(t) == -1)
		work_news(t, EV_READY, NULL);
}

static int
op_await(void *ctx, size_t job)
{
	return ready_begin(((struct work *)ctx)->task[job]);
}

static const struct engine_ops ops = {
	.ask = op_ask, .look = op_look, .wake = op_wake, .abort = op_abort,
	.measure = op_measure, .poll = op_poll, .ended = op_ended,
	.tell = op_tell, .prepare = op_prepare, .await = op_await
};

/*
 * Memory.
 */

static int
task_make(struct work *w, size_t job)
{
	struct task *t = calloc(1, sizeof(*t));

	if ((w->task[job] = t) == NULL)
		return -1;
	task_init(t, w, job);
	clock_init(t);
	return ready_init(t);
}

static int
tasks_make(struct work *w)
{
	struct task **task;

	task = reallocarray(w->task, w->plan.n + 1, sizeof(*task));
	if (task == NULL)
		return -1;
	w->task = task;
	while (w->ntasks < w->plan.n)
		if (task_make(w, w->ntasks) == -1) {
			w->ntasks += w->task[w->ntasks] != NULL;
			return -1;
		} else {
			w->ntasks++;
		}
	return 0;
}

/* Point the tasks at their guests: inventory and plan have moved. */
static void
tasks_aim(struct work *w)
{
	struct guests *gs = &w->inventory->guests;
	struct guest *g;
	size_t i;

	for (i = 0; i < gs->n; i++)
		gs->guest[i].job = SIZE_MAX;
	for (i = 0; i < w->plan.n; i++) {
		g = &gs->guest[w->plan.step[i].guest];
		g->job = i;
		task_aim(w->task[i], g);
		ready_aim(w->task[i], g);
		clock_aim(w->task[i], g);
		snapshot_aim(w->task[i], g);
	}
}

static void
tasks_free(struct work *w, size_t from)
{
	struct task *t;

	while (w->ntasks > from) {
		t = w->task[--w->ntasks];
		task_end(t);
		clock_free(t);
		snapshot_free(t);
		ready_free(t);
		free(t);
	}
}

/* Allocate all memory before the first guest is touched. */
static int
room_make(struct drive *d, size_t from)
{
	struct work *w = &d->work;

	if (tasks_make(w) == -1 || stages_init(&d->stages, w) == -1)
		return -1;
	return rescue_host_prepare(w) ? rescue_init(w, from) : 0;
}

static int
work_begin(struct drive *d)
{
	struct work *w = &d->work;
	size_t i, n = w->run->conf.nuris;

	d->headed = calloc(n + 1, sizeof(*d->headed));
	if (d->headed == NULL || room_make(d, 0) == -1 ||
	    engine_init(&w->engine, &w->plan, loop_now()) == -1)
		return -1;
	snapshot_name(w);
	tasks_aim(w);
	for (i = 0; i < n; i++)
		task_poll(w, &w->inventory->host[i]);
	w->engine.ops = &ops;
	w->engine.ctx = w;
	return 0;
}

/* All but the plan. */
static void
work_end(struct drive *d)
{
	struct work *w = &d->work;
	size_t i;

	stages_free(&d->stages);
	rescue_free(w);
	tasks_free(w, 0);
	for (i = 0; w->inventory->host != NULL && i < w->run->conf.nuris; i++)
		virt_forget(&w->inventory->host[i].poll);
	free(w->task);
	free(d->headed);
	w->task = NULL;
	d->headed = NULL;
	engine_free(&w->engine);
}

void
drive_end(struct drive *d)
{
	work_end(d);
	plan_free(&d->work.plan);
}

/*
 * The loop.
 */

int
drive_more(struct drive *d, size_t from)
{
	struct work *w = &d->work;
	int rv = room_make(d, from);

	/* Even then the other guests and steps have moved. */
	if (rv == -1)
		plan_cut(&w->plan, from);
	if (engine_more(&w->engine, from, loop_now()) == -1) {
		plan_cut(&w->plan, from);
		rv = -1;
	}
	tasks_free(w, w->plan.n);
	tasks_aim(w);
	account_guests(w->account);
	lanes_open_all(w);
	hosts_tell(w);
	work_status(w);
	return rv;
}

static bool
clocks_busy(const struct work *w)
{
	size_t i;

	for (i = 0; i < w->ntasks; i++)
		if (clock_busy(w->task[i]))
			return true;
	return false;
}

static bool
jobs_done(const struct drive *d)
{
	const struct work *w = &d->work;

	return engine_done(&w->engine) && !inventory_busy(w->inventory) &&
	    !inventory_came(w->inventory) && !clocks_busy(w) &&
	    !stages_busy(&d->stages);
}

static int64_t
tasks_tick(struct work *w, int64_t now)
{
	int64_t due = rescue_host_tick(w, now);
	size_t i;

	hosts_tell(w);
	for (i = 0; i < w->ntasks; i++)
		ready_tick(w->task[i], now);
	rescue_tick(w, now);
	for (i = 0; i < w->ntasks; i++)
		clock_tick(w->task[i], now);
	engine_tick(&w->engine, now);
	due = deadline_min(due, engine_next(&w->engine));
	for (i = 0; i < w->ntasks; i++)
		due = deadline_min(due, deadline_min(ready_next(w->task[i]),
		    clock_next(w->task[i])));
	return deadline_min(due, rescue_next(w));
}

static int64_t
part_tick(void *arg, int64_t now)
{
	struct drive *d = arg;
	int64_t due = d->work.driving ? tasks_tick(&d->work, now) : 0;

	due = deadline_min(due, stages_tick(&d->stages));
	if (d->work.driving)
		due = deadline_min(due, screen_tick(&d->screen, now));
	/* Return to jobs_drive at once when all is done. */
	return d->work.driving && jobs_done(d) ? 1 : due;
}

static void
part_hurry(void *arg, int64_t now)
{
	struct drive *d = arg;

	if (d->work.driving)
		engine_hurry(&d->work.engine, now);
}

static void
part_hasten(void *arg, int64_t now)
{
	struct drive *d = arg;
	struct work *w = &d->work;
	size_t i;

	if (w->engine.job != NULL) {
		engine_deadline(&w->engine, w->run->deadline, now);
		/* More saves than their bound may be under way near it. */
		lanes_open_all(w);
		for (i = 0; i < w->ntasks; i++)
			task_survey(w->task[i]);
	}
	stages_hasten(&d->stages);
}

void
drive_init(struct drive *d, struct inventory *v, struct record *rec)
{
	memset(d, 0, sizeof(*d));
	d->work.run = v->run;
	d->work.record = rec;
	d->work.inventory = v;
	d->work.prepared = step_done;
	d->stages.work = &d->work;
	v->record = rec;
	v->listener = &hosts_listener;
	v->arg = d;
	d->part = (struct run_part){ .tick = part_tick, .hurry = part_hurry,
	    .hasten = part_hasten, .arg = d };
	run_add(v->run, &d->part);
}

void
drive_free(struct drive *d)
{
	drive_end(d);
	d->work.inventory->listener = NULL;
}

/* Add the guests of hosts that have settled; hold back guests that guests of
 * other hosts may still precede. */
static void
hosts_take(struct drive *d)
{
	struct work *w = &d->work;

	if (inventory_came(w->inventory))
		d->source.more(d->source.arg);
	engine_hold(&w->engine, inventory_busy(w->inventory) ?
	    plan_hold(&w->run->tab, w->run->stopping) : UINT_MAX, loop_now());
}

static void
jobs_drive(struct drive *d)
{
	struct work *w = &d->work;

	if (jobs_done(d))
		return;
	w->driving = true;
	w->ended = 0;
	work_status(w);
	if (w->run->hurry)
		engine_hurry(&w->engine, loop_now());
	hosts_tell(w);
	while (!jobs_done(d)) {
		hosts_take(d);
		if (run_step(w->run, inventory_came(w->inventory) ? 1 :
		    0) == -1) {
			engine_cut(&w->engine, "interrupted", loop_now());
			break;
		}
	}
	w->driving = false;
	screen_end(&d->screen);
}

/* The deadline counts from the beginning of the command; a stop that joined may
 * have shortened it. */
static void
deadline_set(struct work *w)
{
	if (w->run->deadline != 0)
		w->plan.deadline = share_left(w->run->deadline, loop_now());
}

int
drive_plan(struct drive *d, const char *heading)
{
	struct work *w = &d->work;
	/* A stop may have several rounds. */
	bool first = w->run->stopping && d->progress.engine == NULL;
	int64_t by = work_patience(w);

	while (deadline_set(w), work_begin(d) == -1) {
		work_end(d);
		if (run_later(w->run, by))
			continue;
		log_error("no memory for %zu guests", w->plan.n);
		return -1;
	}
	account_guests(w->account);
	d->progress = (struct progress){ .engine = &w->engine,
	    .guests = &w->inventory->guests, .uris = w->run->conf.uris,
	    .heading = heading, .headed = d->headed,
	    .down = w->run->down != NULL };
	screen_begin(&d->screen, w, hooks_limit(&d->stages.hooks));
	d->progress.table = d->screen.on;
	/* The console of a host that goes down may be recorded. */
	d->progress.lines = log_shows(LOG_VERBOSE) || w->run->down != NULL;
	if ((first && stages_whole(&d->stages, w, HOOK_PRE_STOP) == -1) ||
	    (w->plan.n > 0 && lanes_wait(w) == -1)) {
		engine_cut(&w->engine, "interrupted", loop_now());
		return -1;
	}
	jobs_drive(d);
	stages_cancel(&d->stages);
	return 0;
}
