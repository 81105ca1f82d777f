#include "run/task.h"

#include <stdlib.h>
#include <string.h>

#include "run/clock.h"
#include "run/drive.h"
#include "run/progress.h"
#include "run/ready.h"
#include "run/rescue.h"
#include "run/run.h"
#include "run/snapshot.h"
#include "run/stages.h"
#include "sys/log.h"
#include "wire/lvproto.h"

/*
 * The engine's operations on real guests.
 */

static void
news(struct task *t, enum engine_event ev, const char *text)
{
	struct engine_news n = { .job = t->job, .event = ev, .text = text };

	engine_event(&t->run->engine, &n, loop_now());
}

static enum engine_event
refusal(enum lvmsg_class class)
{
	switch (class) {
	case LVMSG_RETRY:
		return EV_AGAIN;
	case LVMSG_GONE:
		return EV_GONE;
	case LVMSG_INVALID:
		return EV_INVALID;
	default:
		return EV_NO;
	}
}

static void
ask_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct task *t = c->arg;

	/* A word that was given up is answered still, perhaps. */
	if (t->word != engine_word(&t->run->engine.job[t->job]))
		return;
	switch (a->result) {
	case VIRT_OK:
		news(t, EV_OK, NULL);
		break;
	case VIRT_REFUSED:
		news(t, refusal(a->class), a->text);
		break;
	case VIRT_LATE:
		news(t, EV_LATE, a->text);
		break;
	case VIRT_LOST:
		/* host_down tells it to all jobs of the URI. */
		break;
	}
}

/*
 * To the file of a save whose daemon has died, libvirt's helper may still be
 * writing: the next save is to have another one.  A daemon that lives may yet
 * come to the end of that save, which is not to be taken from it.
 */
static bool
saver_died(struct task *t)
{
	pid_t before = t->saver;

	t->saver = virt_daemon(&t->host->virt);
	return before != 0 && t->saver != 0 && t->saver != before;
}

/*
 * A daemon that dies before it has noted that it had a guest stand still to be
 * saved leaves it so to the next one (libvirt 9.0), and it would come back so.
 * Drivers other than QEMU's do not all know the flag (libvirt 9.0: libxl, ch).
 */
static uint32_t
save_flags(const struct task *t)
{
	const char *driver = t->host->uri.driver;

	return t->cut && (*driver == '\0' || strcmp(driver, "qemu") == 0) ?
	    LV_SAVE_RUNNING : 0;
}

static void
unsave_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct task *t = c->arg;

	if (a->result != VIRT_LOST)
		(void)virt_ask(&t->host->virt, &t->ask);
}

static void
job_entry(const struct run *r, size_t job, struct list_entry *le)
{
	const struct plan_step *s = &r->plan.step[job];
	const struct guest *g = &r->guests.guest[s->guest];

	le->uri = r->conf.uris[s->uri];
	memcpy(le->uuid, g->uuid, sizeof(le->uuid));
}

static const struct {
	enum virt_what	what;
	uint32_t	bypass;
} word_call[POLICY_NWORD] = {
	[POLICY_SUSPEND] = { VIRT_SAVE, LV_SAVE_BYPASS_CACHE },
	[POLICY_SHUTDOWN] = { VIRT_SHUTDOWN, 0 },
	[POLICY_DESTROY] = { VIRT_DESTROY, 0 },
	[POLICY_START] = { VIRT_START, LV_CREATE_BYPASS_CACHE },
};

static const uint32_t mode_flag[POLICY_NMODE] = {
	[POLICY_MODE_END] = LV_SHUTDOWN_DEFAULT,
	[POLICY_MODE_AGENT] = LV_SHUTDOWN_AGENT,
	[POLICY_MODE_ACPI] = LV_SHUTDOWN_ACPI,
	[POLICY_MODE_INITCTL] = LV_SHUTDOWN_INITCTL,
	[POLICY_MODE_SIGNAL] = LV_SHUTDOWN_SIGNAL,
	[POLICY_MODE_PARAVIRT] = LV_SHUTDOWN_PARAVIRT,
};

/* What is asked for the word before may be under way for hours. */
static void
task_word(struct task *t, enum policy_word word)
{
	if (t->word != word) {
		virt_forget(&t->ask);
		virt_forget(&t->unsave);
	}
	t->word = word;
}

static int
op_ask(void *ctx, size_t job, enum policy_word word)
{
	struct run *r = ctx;
	struct task *t = r->task[job];
	struct list_entry le;
	bool died = false;

	task_word(t, word);
	t->ask.what = word_call[word].what;
	t->ask.flags = r->conf.bypass_cache ? word_call[word].bypass : 0;
	if (word == POLICY_SUSPEND) {
		died = saver_died(t);
		t->cut = t->cut || died;
		t->ask.flags |= save_flags(t);
	}
	if (word == POLICY_SHUTDOWN)
		t->ask.flags = mode_flag[engine_mode(&r->engine.job[job])];
	if (word != POLICY_START) {
		job_entry(r, job, &le);
		journal_ask(&r->state.journal, word, &le);
	}
	if (t->host->rescued)
		return rescue_ask(r, job, word);
	return virt_ask(&t->host->virt, died ? &t->unsave : &t->ask);
}

/*
 * States, and the reasons, in which a guest that is on is not just running.
 * Reasons do not tell that a job is under way: one that was restored paused is
 * "paused (migrating)" as long as it is (libvirt 9.0).
 */
#define ANY	(-1)

static const struct {
	int32_t			state;
	int32_t			reason;
	enum engine_event	event;
} odd[] = {
	{ LV_STATE_SHUTDOWN, ANY, EV_ENDING },
	{ LV_STATE_CRASHED, ANY, EV_CRASHED },
	{ LV_STATE_PMSUSPENDED, ANY, EV_ASLEEP },
	{ LV_STATE_PAUSED, LV_REASON_PAUSED_SHUTTING_DOWN, EV_ENDING },
	{ LV_STATE_PAUSED, LV_REASON_PAUSED_CRASHED, EV_CRASHED },
	{ LV_STATE_PAUSED, ANY, EV_PAUSED },
};

enum engine_event
task_how(const struct lvmsg_state *s)
{
	size_t i;

	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		if (odd[i].state == s->state &&
		    (odd[i].reason == ANY || odd[i].reason == s->reason))
			return odd[i].event;
	return EV_ON;
}

static void
look_further(struct task *t, enum virt_what what)
{
	t->look.what = what;
	/* Lost meanwhile: the engine hears it from host_down. */
	(void)virt_ask(&t->host->virt, &t->look);
}

/* A job is looked for where it matters: who runs and is only asked need not be
 * free of them. */
static void
look_state(struct task *t, const struct lvmsg_state *s)
{
	enum policy_word word =
	    engine_word(&t->run->engine.job[t->job]);

	t->how = task_how(s);
	if (s->state == LV_STATE_SHUTOFF) {
		if (s->reason == LV_REASON_SHUTOFF_SAVED)
			news(t, EV_SAVED, NULL);
		else if (word == POLICY_SUSPEND)
			look_further(t, VIRT_IMAGE);
		else
			news(t, EV_OFF, NULL);
	} else if (t->how == EV_PAUSED ||
	    (t->how == EV_ON && word != POLICY_SHUTDOWN)) {
		look_further(t, VIRT_JOB);
	} else {
		news(t, t->how, NULL);
	}
}

static void
look_job(struct task *t, const struct virt_answer *a)
{
	if (a->result == VIRT_OK && a->job.type != LV_JOB_NONE &&
	    a->job.type < LV_JOB_COMPLETED) {
		t->how = EV_BUSY;
		engine_progress(&t->run->engine, t->job, a->job.processed,
		    loop_now());
	}
	/* Not every driver has jobs: then the state is all there is. */
	news(t, t->how, NULL);
}

static void
look_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct task *t = c->arg;

	if (a->result == VIRT_LOST)
		return;
	if (a->result == VIRT_LATE) {
		news(t, EV_LATE, a->text);
	} else if (c->what == VIRT_JOB) {
		look_job(t, a);
	} else if (c->what == VIRT_IMAGE) {
		news(t, a->result == VIRT_OK && a->number != 0 ? EV_SAVED :
		    EV_OFF, NULL);
	} else if (a->result == VIRT_REFUSED) {
		news(t, refusal(a->class), a->text);
	} else {
		look_state(t, &a->state);
	}
}

static int
op_look(void *ctx, size_t job)
{
	struct run *r = ctx;
	struct task *t = r->task[job];

	if (t->host->rescued)
		return rescue_look(r, job);
	/* One for the word before may not be answered yet. */
	virt_forget(&t->look);
	t->look.what = VIRT_STATE;
	t->look.flags = 0;
	return virt_ask(&t->host->virt, &t->look);
}

static int
op_wake(void *ctx, size_t job, enum engine_event how)
{
	struct run *r = ctx;
	struct task *t = r->task[job];

	if (t->host->rescued)
		return rescue_wake(r, job, how);
	task_word(t, engine_word(&r->engine.job[job]));
	t->ask.what = how == EV_ASLEEP ? VIRT_WAKEUP : VIRT_RESUME;
	t->ask.flags = 0;
	return virt_ask(&t->host->virt, &t->ask);
}

static void
answer_ignored(struct virt_call *c, const struct virt_answer *a)
{
	(void)c;
	(void)a;
}

static int
op_abort(void *ctx, size_t job)
{
	struct run *r = ctx;

	return virt_ask(&r->task[job]->host->virt, &r->task[job]->abort);
}

static void
measure_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct task *t = c->arg;

	if (a->result == VIRT_OK && a->job.type != LV_JOB_NONE)
		engine_progress(&t->run->engine, t->job, a->job.processed,
		    loop_now());
}

static int
op_measure(void *ctx, size_t job)
{
	struct run *r = ctx;

	return virt_ask(&r->task[job]->host->virt,
	    &r->task[job]->measure);
}

static void
poll_mark(struct host *h, const struct lvmsg_domain *d)
{
	struct run *r = h->run;
	const struct guest *g;

	g = guests_find(&r->guests, h->index, d->uuid);
	if (g != NULL && g->job != SIZE_MAX)
		r->task[g->job]->seen = true;
}

/* Only a whole answer says who is off; an error says nothing. */
static void
poll_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct host *h = c->arg;
	struct run *r = h->run;
	struct lvmsg_domain d;
	uint32_t i;
	size_t job;

	engine_polled(&r->engine, h->index);
	if (a->result != VIRT_OK)
		return;
	for (job = 0; job < r->plan.n; job++)
		if (r->engine.job[job].state == STATE_ASKED)
			r->task[job]->seen = false;
	for (i = 0; i < a->count; i++) {
		if (lvmsg_next_domain(a->list, &d) == -1)
			return;
		poll_mark(h, &d);
	}
	if (lvmsg_end_list(a->list, a->count) == -1)
		return;
	for (job = 0; job < r->plan.n; job++)
		if (r->task[job]->host == h && !r->task[job]->seen &&
		    r->engine.job[job].state == STATE_ASKED)
			news(r->task[job], EV_OFF, NULL);
}

static int
op_poll(void *ctx, size_t uri)
{
	struct run *r = ctx;

	if (r->host[uri].rescued)
		return rescue_poll(r, uri);
	return virt_ask(&r->host[uri].virt, &r->host[uri].poll);
}

/* What is on again leaves the list; what is off has done as asked. */
static void
op_ended(void *ctx, size_t job)
{
	struct run *r = ctx;
	const struct engine_job *j = &r->engine.job[job];
	struct list_entry le;

	ready_end(r, job);
	rescue_ended(r, job);
	r->ended++;
	drive_status(r);
	job_entry(r, job, &le);
	r->guests.guest[j->step->guest].result = (unsigned char)j->result;
	/* Of these a request may still take effect. */
	if (j->result != RESULT_CUT && j->result != RESULT_UNKNOWN)
		journal_end(&r->state.journal, &le);
	stages_ended(r, job);
	if (j->step->chain[0] != POLICY_START || engine_failed(j))
		return;
	list_remove(&r->list, le.uri, le.uuid);
	run_save(r);
	r->gone = r->gone || j->result == RESULT_GONE;
	if (r->conf.sync_time && j->result != RESULT_GONE)
		clock_begin(r, job);
}

static void
op_tell(void *ctx, const struct engine_note *n)
{
	struct run *r = ctx;

	progress_tell(&r->progress, n);
}

/*
 * What comes before a guest's first word, one step after the other.  Each
 * returns 0 when it is under way, and calls task_prepared at its end; -1 when
 * there is nothing to do.
 */
static int	(*const steps[])(struct run *, size_t job) = {
	stages_prepare, snapshot_take,
};

static int
step_next(struct run *r, size_t job)
{
	struct task *t = r->task[job];

	while (t->prepared < sizeof(steps) / sizeof(steps[0]))
		if (steps[t->prepared++](r, job) == 0)
			return 0;
	return -1;
}

static int
op_prepare(void *ctx, size_t job)
{
	return step_next(ctx, job);
}

/* One that is waited for no more takes no further steps. */
void
task_prepared(struct run *r, size_t job)
{
	if (r->engine.job[job].state == STATE_PREPARE &&
	    step_next(r, job) == -1)
		news(r->task[job], EV_READY, NULL);
}

static int
op_await(void *ctx, size_t job)
{
	return ready_begin(ctx, job);
}

const struct engine_ops task_ops = {
	.ask = op_ask, .look = op_look, .wake = op_wake, .abort = op_abort,
	.measure = op_measure, .poll = op_poll, .ended = op_ended,
	.tell = op_tell, .prepare = op_prepare, .await = op_await
};

static const struct {
	int32_t			detail;
	enum engine_event	event;
} stopped[] = {
	{ LV_STOPPED_SAVED, EV_SAVED },
};

void
task_event(void *arg, const struct lvmsg_lifecycle *lc)
{
	struct host *h = arg;
	struct run *r = h->run;
	enum engine_event ev = EV_OFF;
	const struct guest *g;
	size_t i;

	if (!r->driving || lc->event != LV_EVENT_STOPPED)
		return;
	g = guests_find(&r->guests, h->index, lc->domain.uuid);
	if (g == NULL || g->job == SIZE_MAX)
		return;
	for (i = 0; i < sizeof(stopped) / sizeof(stopped[0]); i++)
		if (stopped[i].detail == lc->detail)
			ev = stopped[i].event;
	news(r->task[g->job], ev, NULL);
}

void
task_init(struct run *r, size_t job)
{
	struct task *t = r->task[job];
	struct virt_call call = { .arg = t };

	t->run = r;
	t->host = &r->host[r->plan.step[job].uri];
	t->job = job;
	t->ask = t->look = t->measure = t->abort = t->clock = call;
	t->unsave = call;
	t->ask.done = ask_answered;
	t->unsave.what = VIRT_UNSAVE;
	t->unsave.done = unsave_answered;
	t->look.done = look_answered;
	t->measure.what = VIRT_JOB;
	t->measure.done = measure_answered;
	t->abort.what = VIRT_ABORT;
	t->abort.done = answer_ignored;
	clock_init(t);
}

void
task_aim(struct run *r, size_t job)
{
	struct task *t = r->task[job];
	size_t guest = r->plan.step[job].guest;

	t->ask.guest = t->unsave.guest = t->look.guest = t->measure.guest =
	    t->abort.guest = t->clock.guest = t->snapshot.guest =
	    &r->guests.guest[guest];
	ready_aim(t);
	r->guests.guest[guest].job = job;
}

void
task_free(struct task *t)
{
	virt_forget(&t->ask);
	virt_forget(&t->unsave);
	virt_forget(&t->look);
	virt_forget(&t->measure);
	virt_forget(&t->abort);
	virt_forget(&t->clock);
	virt_forget(&t->snapshot);
	ready_free(t);
	free(t);
}

void
task_poll(struct host *h)
{
	h->poll = (struct virt_call){ .what = VIRT_LIST,
	    .flags = LV_LIST_ACTIVE, .done = poll_answered, .arg = h };
}
