#include "run/snapshot.h"

#include <stdio.h>
#include <time.h>

#include "plan/guest.h"
#include "run/host.h"
#include "run/work.h"
#include "sys/log.h"
#include "wire/lvproto.h"

void
snapshot_name(struct work *w)
{
	struct timespec now = { 0 };

	/* One name for all guests of this round; two stops may be in one
	 * second. */
	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)snprintf(w->snapshot, sizeof(w->snapshot),
	    "<domainsnapshot><name>libvirt-guests-%lld%03ld</name>"
	    "</domainsnapshot>", (long long)now.tv_sec,
	    now.tv_nsec / 1000000);
}

/* The guest is stopped without a snapshot. */
static void
snapshot_failed(const struct task *t, const char *why)
{
	char uri[RUN_LABEL], label[GUEST_LABEL];

	log_warn("%s: guest %s: no snapshot: %s", host_label(t->host, uri),
	    guest_label(work_task_guest(t), label), why);
}

static void
snapshot_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct task *t = c->arg;
	char label[GUEST_LABEL];

	if (a->result != VIRT_OK)
		snapshot_failed(t, a->text);
	else
		log_info("Snapshot of guest %s: done",
		    guest_label(c->guest, label));
	t->work->prepared(t);
}

int
snapshot_take(struct task *t)
{
	struct work *w = t->work;

	if (!w->plan.step[t->job].snapshot)
		return -1;
	t->snapshot = (struct virt_call){
		.what = VIRT_SNAPSHOT, .done = snapshot_answered, .arg = t,
		.guest = work_task_guest(t),
		.flags = LV_SNAPSHOT_DISK_ONLY | LV_SNAPSHOT_ATOMIC,
		.text = w->snapshot
	};
	if (virt_ask(&t->host->virt, &t->snapshot) == 0)
		return 0;
	snapshot_failed(t, "the daemon cannot be asked");
	return -1;
}

void
snapshot_aim(struct task *t, const struct guest *g)
{
	t->snapshot.guest = g;
}

void
snapshot_free(struct task *t)
{
	virt_forget(&t->snapshot);
}
