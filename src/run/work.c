#include "run/work.h"

#include <stdio.h>
#include <string.h>

#include "plan/engine_job.h"
#include "run/inventory.h"
#include "run/record.h"
#include "sys/list.h"

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

	engine_event(&t->work->engine, &n, loop_now());
}

void
work_entry(const struct work *w, size_t job, struct list_entry *le)
{
	const struct guest *g = work_guest(w, job);

	le->uri = w->run->conf.uris[w->plan.step[job].uri];
	memcpy(le->uuid, g->uuid, sizeof(le->uuid));
}

void
work_asked(const struct work *w, size_t job, enum policy_action action)
{
	struct list_entry le;

	if (policy_traits(action)->starts)
		return;
	work_entry(w, job, &le);
	journal_ask(&w->record->state.journal, action, &le);
}

/* The guest runs, but a shutdown that was requested may still take effect: an
 * action before the last timed out, or the last one did. */
static bool
shutdown_pending(const struct engine_job *j)
{
	size_t i, n = (size_t)j->link + (j->result == RESULT_LATE);

	for (i = 0; i < n && i < POLICY_CHAIN; i++)
		if (policy_traits(j->step->chain[i])->asks)
			return j->result == RESULT_LEFT || job_failed(j);
	return false;
}

void
work_closed(const struct work *w, size_t job, const struct list_entry *le)
{
	const struct engine_job *j = &w->engine.job[job];
	struct journal *journal = &w->record->state.journal;

	/* With these results a request may still take effect. */
	if (j->result == RESULT_CUT || j->result == RESULT_UNKNOWN ||
	    (j->result == RESULT_ACTIVE && journal_pending(journal, le)))
		return;
	if (shutdown_pending(j))
		journal_late(journal, le);
	else
		journal_end(journal, le);
}

void
work_status(const struct work *w)
{
	char text[96];

	(void)snprintf(text, sizeof(text), "STATUS=%zu of %zu guests to go",
	    w->plan.n - w->ended, w->plan.n);
	notify_send(&w->run->notify, text);
}
