#include "run/clock.h"

#include "plan/guest.h"
#include "run/host.h"
#include "run/work.h"
#include "sys/log.h"
#include "wire/lvmsg.h"
#include "wire/lvproto.h"

/* Retry until clock.by, then warn. */
static void
clock_missed(struct task *t, const char *why)
{
	char label[GUEST_LABEL];
	int64_t now = loop_now();

	if (now < t->clock.by)
		t->clock.at =
		    now + (int64_t)t->work->run->conf.poll_interval * 1000;
	else
		log_warn("guest %s: cannot set its clock: %s",
		    guest_label(t->clock.call.guest, label), why);
}

static void
clock_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct task *t = c->arg;

	if (a->result == VIRT_OK)
		return;
	if (a->result == VIRT_REFUSED && a->class != LVMSG_RETRY)
		t->clock.by = 0;
	clock_missed(t, a->text);
}

void
clock_init(struct task *t)
{
	t->clock.call = (struct virt_call){ .what = VIRT_TIME,
	    .flags = LV_TIME_SYNC, .done = clock_answered, .arg = t };
}

void
clock_aim(struct task *t, const struct guest *g)
{
	t->clock.call.guest = g;
}

void
clock_free(struct task *t)
{
	virt_forget(&t->clock.call);
}

void
clock_begin(struct task *t)
{
	t->clock.at = loop_now();
	t->clock.by = t->clock.at +
	    (int64_t)t->work->run->conf.connect_timeout * 1000;
}

void
clock_tick(struct task *t, int64_t now)
{
	if (t->clock.at == 0 || now < t->clock.at)
		return;
	t->clock.at = 0;
	if (virt_ask(&t->host->virt, &t->clock.call) == -1)
		clock_missed(t, "the daemon cannot be asked");
}

int64_t
clock_next(const struct task *t)
{
	return t->clock.at;
}

bool
clock_busy(const struct task *t)
{
	return t->clock.call.busy || t->clock.at != 0;
}
