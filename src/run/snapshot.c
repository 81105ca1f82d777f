#include "run/snapshot.h"

#include <stdio.h>
#include <time.h>

#include "run/run.h"
#include "run/task.h"
#include "sys/log.h"
#include "wire/lvproto.h"

void
snapshot_name(struct run *r)
{
	/* A name for all guests of this round. */
	(void)snprintf(r->snapshot, sizeof(r->snapshot),
	    "<domainsnapshot><name>libvirt-guests-%lld</name>"
	    "</domainsnapshot>", (long long)time(NULL));
}

/* Its guest is stopped all the same. */
static void
snapshot_failed(const struct task *t, const char *why)
{
	const struct guest *g =
	    &t->run->guests.guest[t->run->plan.step[t->job].guest];
	char uri[RUN_LABEL], label[GUEST_LABEL];

	log_warn("%s: guest %s: no snapshot: %s",
	    run_host_label(t->host, uri), guest_label(g, label), why);
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
	task_prepared(t->run, t->job);
}

int
snapshot_take(struct run *r, size_t job)
{
	const struct plan_step *s = &r->plan.step[job];
	struct task *t = r->task[job];

	if (!s->snapshot)
		return -1;
	t->snapshot = (struct virt_call){
		.what = VIRT_SNAPSHOT, .done = snapshot_answered, .arg = t,
		.guest = &r->guests.guest[s->guest],
		.flags = LV_SNAPSHOT_DISK_ONLY | LV_SNAPSHOT_ATOMIC,
		.text = r->snapshot
	};
	if (virt_ask(&t->host->virt, &t->snapshot) == 0)
		return 0;
	snapshot_failed(t, "the daemon cannot be asked");
	return -1;
}
