#include "run/work.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "plan/engine_job.h"
#include "run/account.h"
#include "run/inventory.h"
#include "run/record.h"
#include "sys/list.h"
#include "sys/log.h"

#define AGO	48	/* bytes of " N s ago" */

int64_t
work_patience(const struct work *w)
{
	int64_t now = loop_now();

	return run_share(w->run, SHARE_CONNECT, now,
	    now + (int64_t)w->run->conf.connect_timeout * 1000);
}

const struct guest *
work_guest(const struct work *w, size_t job)
{
	return &w->inventory->guests.guest[w->plan.step[job].guest];
}

const struct guest *
work_task_guest(const struct task *t)
{
	return work_guest(t->work, t->job);
}

void
work_news(struct task *t, enum engine_event ev, const char *text)
{
	struct engine_news n = { .job = t->job, .event = ev, .text = text };
	const struct work *w = t->work;

	/* In other states it answers another request. */
	if (ev == EV_OK && (w->engine.job[t->job].state == STATE_CALL ||
	    w->engine.job[t->job].state == STATE_WORK))
		account_acked(w->account, w->plan.step[t->job].guest);
	engine_event(&t->work->engine, &n, loop_now());
}

void
work_asked(const struct work *w, size_t job, enum policy_action action)
{
	struct list_entry *e = record_find(w->record, work_guest(w, job));

	account_asked(w->account, w->plan.step[job].guest, action,
	    job_mode(&w->engine.job[job]));
	if (e != NULL && !policy_traits(action)->starts)
		record_ask(w->record, e, action);
}

/* A shutdown was requested: by an action before the last, or the last one timed
 * out. */
static bool
shutdown_asked(const struct engine_job *j)
{
	size_t i, n = (size_t)j->link + (j->result == RESULT_LATE);

	for (i = 0; i < n && i < POLICY_CHAIN; i++)
		if (policy_traits(j->step->chain[i])->asks)
			return true;
	return false;
}

/* What a result means to the record; pending: if the guest may still shut
 * down. */
static const struct {
	unsigned char	state;
	unsigned char	pending;
} states[] = {
	[RESULT_NONE] = { RECORD_ASKED, RECORD_ASKED },
	[RESULT_OFF] = { RECORD_OFF, RECORD_OFF },
	[RESULT_SAVED] = { RECORD_SAVED, RECORD_SAVED },
	[RESULT_DESTROYED] = { RECORD_OFF, RECORD_OFF },
	[RESULT_LEFT] = { RECORD_KEPT, RECORD_PENDING },
	[RESULT_STARTED] = { RECORD_STARTED, RECORD_STARTED },
	[RESULT_ACTIVE] = { RECORD_RUNNING, RECORD_RUNNING },
	[RESULT_GONE] = { RECORD_GONE, RECORD_GONE },
	[RESULT_MIGRATED] = { RECORD_MIGRATED, RECORD_MIGRATED },
	[RESULT_REFUSED] = { RECORD_KEPT, RECORD_PENDING },
	[RESULT_LATE] = { RECORD_STALLED, RECORD_LATE },
	[RESULT_STALLED] = { RECORD_STALLED, RECORD_LATE },
	/* The request may still take effect. */
	[RESULT_UNKNOWN] = { RECORD_ASKED, RECORD_ASKED },
	[RESULT_CUT] = { RECORD_ASKED, RECORD_ASKED },
};

bool
work_closed(const struct work *w, size_t job)
{
	const struct engine_job *j = &w->engine.job[job];
	struct list_entry *e = record_find(w->record, work_guest(w, job));

	if (e == NULL)
		return false;
	return record_note(w->record, e, RECORD_PENDS(e) &&
	    shutdown_asked(j) ? states[j->result].pending :
	    states[j->result].state);
}

void
work_paused(const struct work *w, size_t job)
{
	char uri[RUN_LABEL], label[GUEST_LABEL];

	log_warn("%s: guest %s: paused; \"virsh resume\" resumes it",
	    host_label(w->task[job]->host, uri),
	    guest_label(work_guest(w, job), label));
}

bool
work_was_saving(const struct work *w, size_t job)
{
	const struct list_entry *e = record_find(w->record, work_guest(w, job));

	return e != NULL && e->request.end == LIST_OPEN &&
	    policy_traits(e->request.action)->saves;
}

void
work_found(const struct work *w, size_t job)
{
	const struct guest *g = work_guest(w, job);
	const struct list_entry *e = record_find(w->record, g);
	char label[GUEST_LABEL], ago[AGO] = "";
	int64_t now = loop_now();

	if (w->task[job]->how == EV_PAUSED)
		work_paused(w, job);
	if (e == NULL || !RECORD_PENDS(e))
		return;
	(void)guest_label(g, label);
	if (e->request.when > 0 && e->request.when <= now)
		(void)snprintf(ago, sizeof(ago), " %" PRId64 " s ago",
		    (now - e->request.when) / 1000);
	if (e->listed)
		log_warn("guest %s was asked to shut down%s and may still do "
		    "so; it stays on the list", label, ago);
	else
		log_warn("guest %s was asked to shut down%s and may still do "
		    "so; a transient guest cannot be started again; removed "
		    "from the list", label, ago);
}

void
work_status(const struct work *w)
{
	char text[96];

	(void)snprintf(text, sizeof(text), "STATUS=%zu of %zu guests to go",
	    w->plan.n - w->ended, w->plan.n);
	notify_send(&w->run->notify, text);
}
