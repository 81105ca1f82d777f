#include "run/clock.h"

#include "run/run.h"
#include "sys/log.h"
#include "wire/lvmsg.h"
#include "wire/lvproto.h"

/*
 * SYNC_TIME: the clocks of guests that were started.  The agent of a guest that
 * was saved is not heard at once, and one that boots comes up late: it is
 * asked again for a while, as the others are started.
 */

/* It is asked again, while there is time for that. */
static void
clock_missed(struct task *t, const char *why)
{
	char label[GUEST_LABEL];
	int64_t now = loop_now();

	if (now < t->clock_by)
		t->clock_at = now + (int64_t)t->run->conf.poll_interval * 1000;
	else
		log_warn("guest %s: its clock is not set: %s",
		    guest_label(t->clock.guest, label), why);
}

static void
clock_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct task *t = c->arg;

	if (a->result == VIRT_OK)
		return;
	if (a->result == VIRT_REFUSED && a->class != LVMSG_RETRY)
		t->clock_by = 0;
	clock_missed(t, a->text);
}

void
clock_init(struct task *t)
{
	t->clock.what = VIRT_TIME;
	t->clock.flags = LV_TIME_SYNC;
	t->clock.done = clock_answered;
}

void
clock_begin(struct run *r, size_t job)
{
	struct task *t = r->task[job];

	t->clock_at = loop_now();
	t->clock_by = t->clock_at + (int64_t)r->conf.connect_timeout * 1000;
}

void
clock_tick(struct run *r, int64_t now)
{
	struct task *t;
	size_t i;

	for (i = 0; i < r->plan.n; i++) {
		t = r->task[i];
		if (t->clock_at == 0 || now < t->clock_at)
			continue;
		t->clock_at = 0;
		if (virt_ask(&t->host->virt, &t->clock) == -1)
			clock_missed(t, "the daemon cannot be asked");
	}
}

int64_t
clock_next(const struct run *r, int64_t due)
{
	size_t i;

	for (i = 0; i < r->plan.n; i++)
		due = deadline_min(due, r->task[i]->clock_at);
	return due;
}

bool
clock_busy(const struct run *r)
{
	size_t i;

	for (i = 0; i < r->plan.n; i++)
		if (r->task[i]->clock.busy || r->task[i]->clock_at != 0)
			return true;
	return false;
}
