#include "run/task.h"

#include <string.h>

#include "plan/engine_budget.h"
#include "plan/engine_job.h"
#include "run/inventory.h"
#include "run/request.h"
#include "run/work.h"
#include "sys/log.h"
#include "wire/lverror.h"
#include "wire/lvmsg.h"
#include "wire/lvproto.h"

_Static_assert(ENGINE_WHY > LVERROR_TEXT, "ENGINE_WHY");

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

	/* Ignore the answer to an action that was given up. */
	if (t->action != job_action(&t->work->engine.job[t->job]))
		return;
	switch (a->result) {
	case VIRT_OK:
		if (!policy_traits(t->action)->starts ||
		    virt_ask(&t->host->virt, &t->call.started) == -1)
			work_news(t, EV_OK, NULL);
		break;
	case VIRT_REFUSED:
		work_news(t, refusal(a->class), a->text);
		break;
	case VIRT_LATE:
		work_news(t, EV_LATE, a->text);
		break;
	case VIRT_LOST:
		/* host_down reports it to all jobs of the URI. */
		break;
	}
}

/* Libvirt waited longer than we did, and then refused. */
static void
ask_late(struct virt_call *c, const struct virt_answer *a)
{
	struct task *t = c->arg;

	if (a->result == VIRT_REFUSED &&
	    t->action == job_action(&t->work->engine.job[t->job]))
		work_news(t, EV_LATE_NO, a->text);
}

/* A guest that was saved while it was paused is restored paused. */
static void
started_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct task *t = c->arg;

	if (a->result == VIRT_LOST)
		return;
	if (a->result == VIRT_OK)
		t->how = task_how(&a->state);
	work_news(t, EV_OK, NULL);
	if (t->how == EV_PAUSED)
		work_paused(t->work, t->job);
}

/* Whether a call requests the action of its job.  A call that resumes or wakes
 * the guest does not. */
static bool
asks_action(const struct virt_call *c)
{
	const struct task *t = c->arg;

	return c->what == request_of(t->action)->call &&
	    t->action == job_action(&t->work->engine.job[t->job]);
}

/* Note it in the journal first: a run that is killed must not have sent what
 * the next one does not know. */
static void
ask_sending(struct virt_call *c)
{
	const struct task *t = c->arg;

	if (asks_action(c))
		work_asked(t->work, t->job, t->action);
}

static void
ask_sent(struct virt_call *c)
{
	if (asks_action(c))
		work_news(c->arg, EV_SENT, NULL);
}

/*
 * If the daemon died during a save, libvirt's helper may still write to its
 * file: the next save needs another file, so the old image is removed.  A save
 * that a running daemon may still finish is left alone.
 */
static bool
saver_died(struct task *t)
{
	pid_t before = t->saver;

	t->saver = virt_daemon(&t->host->virt);
	return before != 0 && t->saver != 0 && t->saver != before;
}

/*
 * A guest that was paused only for the interrupted save resumes running: the
 * next daemon does not know why it is paused (libvirt 9.0).  Other drivers than
 * QEMU's may refuse the flag (libvirt 9.0: libxl, ch).
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
		(void)virt_ask(&t->host->virt, &t->call.ask);
}

static const uint32_t mode_flag[POLICY_NMODE] = {
	[POLICY_MODE_END] = LV_SHUTDOWN_DEFAULT,
	[POLICY_MODE_AGENT] = LV_SHUTDOWN_AGENT,
	[POLICY_MODE_ACPI] = LV_SHUTDOWN_ACPI,
	[POLICY_MODE_INITCTL] = LV_SHUTDOWN_INITCTL,
	[POLICY_MODE_SIGNAL] = LV_SHUTDOWN_SIGNAL,
	[POLICY_MODE_PARAVIRT] = LV_SHUTDOWN_PARAVIRT,
};

/* Forget the requests of the previous action: they may take hours. */
static void
task_action(struct task *t, enum policy_action action)
{
	if (t->action != action) {
		virt_forget(&t->call.ask);
		virt_forget(&t->call.unsave);
	}
	t->action = action;
}

static int
op_ask(struct task *t, enum policy_action action)
{
	const struct work *w = t->work;
	bool died = false;

	task_action(t, action);
	t->call.ask.what = request_of(action)->call;
	t->call.ask.flags = w->run->conf.bypass_cache ?
	    request_of(action)->bypass : 0;
	if (policy_traits(action)->saves) {
		died = saver_died(t);
		t->cut = t->cut || died;
		t->call.ask.flags |= save_flags(t);
	}
	if (policy_traits(action)->asks)
		t->call.ask.flags = mode_flag[job_mode(
		    &w->engine.job[t->job])];
	return virt_ask(&t->host->virt, died ? &t->call.unsave :
	    &t->call.ask) == -1 ? -1 : ENGINE_QUEUED;
}

/*
 * States and reasons of a guest that is on but not simply running.  A reason
 * does not show that a libvirt job is under way: a guest that was restored
 * paused stays "paused (migrating)" (libvirt 9.0).
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
	/* Its start may still fail: it does not run yet. */
	{ LV_STATE_PAUSED, LV_REASON_PAUSED_STARTING_UP, EV_BUSY },
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
	t->call.look.what = what;
	/* If the connection is lost, host_down reports it. */
	(void)virt_ask(&t->host->virt, &t->call.look);
}

/* A guest that a failing disk has paused is saved and restored paused. */
static void
io_error_say(struct task *t, const struct lvmsg_state *s)
{
	char uri[RUN_LABEL], label[GUEST_LABEL];

	if (t->io_error || s->state != LV_STATE_PAUSED ||
	    s->reason != LV_REASON_PAUSED_IOERROR)
		return;
	t->io_error = true;
	log_warn("%s: guest %s: paused by an I/O error; check its disks before "
	    "it resumes", host_label(t->host, uri),
	    guest_label(work_task_guest(t), label));
}

/* Why a guest is off, as far as the daemon remembers it. */
static enum engine_event
off_how(const struct lvmsg_state *s)
{
	if (s->state == LV_STATE_SHUTOFF &&
	    s->reason == LV_REASON_SHUTOFF_SAVED)
		return EV_SAVED;
	return s->state == LV_STATE_SHUTOFF &&
	    s->reason == LV_REASON_SHUTOFF_MIGRATED ? EV_MIGRATED : EV_OFF;
}

/* Ask for a libvirt job only if it matters: during one, a running guest can
 * still be asked to shut down. */
static void
look_state(struct task *t, const struct lvmsg_state *s)
{
	enum policy_action action =
	    job_action(&t->work->engine.job[t->job]);

	t->how = task_how(s);
	t->reason = s->reason;
	io_error_say(t, s);
	if (s->state == LV_STATE_SHUTOFF) {
		if (off_how(s) != EV_OFF)
			work_news(t, off_how(s), NULL);
		else if (policy_traits(action)->saves)
			look_further(t, VIRT_IMAGE);
		else
			work_news(t, EV_OFF, NULL);
	} else if (t->how == EV_PAUSED ||
	    (t->how == EV_ON && !policy_traits(action)->asks)) {
		look_further(t, VIRT_JOB);
	} else {
		work_news(t, t->how, NULL);
	}
}

/* A start resumes a guest that only a save of an interrupted stop has paused:
 * libvirt paused it for a save, which is over. */
static bool
start_resumes(struct task *t)
{
	return t->how == EV_PAUSED && t->reason == LV_REASON_PAUSED_SAVE &&
	    policy_traits(job_action(&t->work->engine.job[t->job]))->starts &&
	    work_was_saving(t->work, t->job);
}

static void
look_job(struct task *t, const struct virt_answer *a)
{
	if (a->result == VIRT_OK && a->job.type != LV_JOB_NONE &&
	    a->job.type < LV_JOB_COMPLETED) {
		t->how = EV_BUSY;
		engine_progress(&t->work->engine, t->job, a->job.processed,
		    loop_now());
	} else if (start_resumes(t)) {
		look_further(t, VIRT_RESUME);
		return;
	}
	/* A driver without jobs refuses: then the state counts. */
	work_news(t, t->how, NULL);
}

static void
look_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct task *t = c->arg;

	if (a->result == VIRT_LOST)
		return;
	if (a->result == VIRT_LATE) {
		work_news(t, EV_LATE, a->text);
	} else if (c->what == VIRT_JOB) {
		look_job(t, a);
	} else if (c->what == VIRT_RESUME) {
		/* If it is refused, the guest is reported as paused. */
		if (a->result == VIRT_OK)
			t->how = EV_ON;
		work_news(t, t->how, NULL);
	} else if (c->what == VIRT_IMAGE) {
		work_news(t, a->result == VIRT_OK && a->number != 0 ? EV_SAVED :
		    EV_OFF, NULL);
	} else if (a->result == VIRT_REFUSED) {
		work_news(t, refusal(a->class), a->text);
	} else {
		look_state(t, &a->state);
	}
}

static int
op_look(struct task *t)
{
	/* Forget the look of the previous action. */
	virt_forget(&t->call.look);
	t->call.look.what = VIRT_STATE;
	t->call.look.flags = 0;
	return virt_ask(&t->host->virt, &t->call.look);
}

static int
op_wake(struct task *t, enum engine_event how)
{
	task_action(t, job_action(&t->work->engine.job[t->job]));
	t->call.ask.what = how == EV_ASLEEP ? VIRT_WAKEUP : VIRT_RESUME;
	t->call.ask.flags = 0;
	return virt_ask(&t->host->virt, &t->call.ask);
}

static void
answer_ignored(struct virt_call *c, const struct virt_answer *a)
{
	(void)c;
	(void)a;
}

static int
op_abort(struct task *t)
{
	return virt_ask(&t->host->virt, &t->call.abort);
}

static void
measure_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct task *t = c->arg;

	if (a->result == VIRT_OK && a->job.type != LV_JOB_NONE)
		engine_progress(&t->work->engine, t->job, a->job.processed,
		    loop_now());
}

static void
memory_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct task *t = c->arg;
	struct work *w = t->work;

	if (a->result == VIRT_OK)
		budget_memory(&w->engine, &w->plan.step[t->job],
		    a->kib * 1024);
}

void
task_survey(struct task *t)
{
	const struct plan_step *s = &t->work->plan.step[t->job];

	if (s->memory == 0 && policy_traits(job_last_action(s))->saves)
		(void)virt_ask(&t->host->virt, &t->call.memory);
}

static int
op_measure(struct task *t)
{
	return virt_ask(&t->host->virt, &t->call.measure);
}

static void
poll_mark(struct host *h, const struct lvmsg_domain *d)
{
	const struct guest *g;

	g = guests_find(&h->inventory->guests, h->index, d->uuid);
	if (g != NULL && g->job != SIZE_MAX)
		h->work->task[g->job]->seen = true;
}

/* The daemon no longer lists the guest as running, and no event came: only its
 * state shows whether it has migrated. */
static void
off_answered(struct virt_call *c, const struct virt_answer *a)
{
	if (a->result != VIRT_LOST)
		work_news(c->arg, a->result == VIRT_OK ? off_how(&a->state) :
		    EV_OFF, NULL);
}

/* Only a complete list shows which guests are off. */
static void
poll_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct host *h = c->arg;
	struct work *w = h->work;
	struct lvmsg_domain d;
	uint32_t i;
	size_t job;

	engine_polled(&w->engine, h->index);
	if (a->result != VIRT_OK)
		return;
	for (job = 0; job < w->plan.n; job++)
		if (w->engine.job[job].state == STATE_ASKED)
			w->task[job]->seen = false;
	for (i = 0; i < a->count; i++) {
		if (lvmsg_next_domain(a->list, &d) == -1)
			return;
		poll_mark(h, &d);
	}
	if (lvmsg_end_list(a->list, a->count) == -1)
		return;
	for (job = 0; job < w->plan.n; job++)
		if (w->task[job]->host == h && !w->task[job]->seen &&
		    w->engine.job[job].state == STATE_ASKED)
			(void)virt_ask(&h->virt, &w->task[job]->call.off);
}

/* The daemon sends no list: look at each guest that was asked. */
static void
poll_each(struct work *w, const struct host *h)
{
	struct task *t;
	size_t job;

	for (job = 0; job < w->plan.n; job++) {
		t = w->task[job];
		if (t->host == h && !t->call.look.busy &&
		    w->engine.job[job].state == STATE_ASKED)
			(void)op_look(t);
	}
}

static int
op_poll(struct work *w, struct host *h)
{
	if (!h->listing.by_files)
		return virt_ask(&h->virt, &h->poll);
	poll_each(w, h);
	return -1;
}

const struct work_ops task_ops = {
	.ask = op_ask, .look = op_look, .wake = op_wake, .abort = op_abort,
	.measure = op_measure, .poll = op_poll
};

static const struct {
	int32_t			detail;
	enum engine_event	event;
} stopped[] = {
	{ LV_STOPPED_SAVED, EV_SAVED },
	{ LV_STOPPED_MIGRATED, EV_MIGRATED },
};

void
task_event(struct work *w, struct host *h, const struct lvmsg_lifecycle *lc)
{
	enum engine_event ev = EV_OFF;
	const struct guest *g;
	size_t i;

	if (!w->driving || (lc->event != LV_EVENT_STOPPED &&
	    lc->event != LV_EVENT_SUSPENDED && lc->event != LV_EVENT_RESUMED))
		return;
	g = guests_find(&w->inventory->guests, h->index, lc->domain.uuid);
	if (g == NULL || g->job == SIZE_MAX)
		return;
	if (lc->event != LV_EVENT_STOPPED) {
		/* Why a guest that was asked is paused. */
		if (w->engine.job[g->job].state == STATE_ASKED)
			(void)op_look(w->task[g->job]);
		return;
	}
	for (i = 0; i < sizeof(stopped) / sizeof(stopped[0]); i++)
		if (stopped[i].detail == lc->detail)
			ev = stopped[i].event;
	work_news(w->task[g->job], ev, NULL);
}

void
task_init(struct task *t, struct work *w, size_t job)
{
	struct virt_call call = { .arg = t };

	t->work = w;
	t->host = &w->inventory->host[w->plan.step[job].uri];
	t->job = job;
	t->call.ask = t->call.look = t->call.measure = t->call.abort =
	    t->call.unsave = t->call.memory = t->call.off =
	    t->call.started = call;
	t->call.ask.done = ask_answered;
	t->call.ask.late = ask_late;
	t->call.ask.sending = ask_sending;
	t->call.ask.sent = ask_sent;
	t->call.started.what = VIRT_STATE;
	t->call.started.done = started_answered;
	t->call.unsave.what = VIRT_UNSAVE;
	t->call.unsave.done = unsave_answered;
	t->call.look.done = look_answered;
	t->call.off.what = VIRT_STATE;
	t->call.off.done = off_answered;
	t->call.measure.what = VIRT_JOB;
	t->call.measure.done = measure_answered;
	t->call.abort.what = VIRT_ABORT;
	t->call.abort.done = answer_ignored;
	t->call.memory.what = VIRT_MEMORY;
	t->call.memory.done = memory_answered;
}

void
task_aim(struct task *t, const struct guest *g)
{
	t->call.ask.guest = t->call.unsave.guest = t->call.look.guest =
	    t->call.measure.guest = t->call.abort.guest =
	    t->call.memory.guest = t->call.off.guest =
	    t->call.started.guest = g;
}

void
task_over(struct task *t)
{
	virt_forget(&t->call.ask);
	virt_forget(&t->call.unsave);
	virt_forget(&t->call.started);
}

void
task_end(struct task *t)
{
	task_over(t);
	virt_forget(&t->call.look);
	virt_forget(&t->call.off);
	virt_forget(&t->call.measure);
	virt_forget(&t->call.abort);
	virt_forget(&t->call.memory);
}

void
task_poll(struct work *w, struct host *h)
{
	h->work = w;
	h->poll = (struct virt_call){ .what = VIRT_LIST,
	    .flags = LV_LIST_ACTIVE, .done = poll_answered, .arg = h };
}
