#include "plan/engine_slot.h"

#include "plan/engine_budget.h"
#include "plan/engine_job.h"
#include "text/deadline.h"

bool
slot_free(const struct engine *e, const struct engine_job *j)
{
	unsigned bound = e->plan->bound[job_action(j)];

	return bound == 0 || e->used[job_action(j)] < bound;
}

void
slot_release(struct engine *e, struct engine_job *j)
{
	if (j->slot == SLOT_HELD) {
		e->used[job_action(j)]--;
		j->slot = SLOT_NONE;
	}
	j->at.hold = 0;
}

void
slot_lose(struct engine *e, struct engine_job *j)
{
	if (j->slot != SLOT_HELD)
		return;
	slot_release(e, j);
	j->slot = SLOT_LOST;
}

/* How many jobs get a slot until all waiting jobs of a URI (NULL: of any) have
 * got one. */
static size_t
queue_length(const struct engine *e, const struct engine_uri *u)
{
	size_t n = 0, upto = 0, i;

	for (i = e->first; i < e->plan->n; i++) {
		if (!job_waits(&e->job[i]))
			continue;
		n++;
		if (u == NULL || u == job_uri(e, &e->job[i]))
			upto = n;
	}
	return upto;
}

/* How many slots stay with their jobs until end. */
static size_t
slots_kept(const struct engine *e, const struct engine_job *j, int64_t end)
{
	const struct engine_job *k;
	size_t n = 0, i;

	for (i = e->first; i < e->begun; i++) {
		k = &e->job[i];
		if (k != j && k->slot == SLOT_HELD &&
		    (k->at.hold == 0 || k->at.hold >= end))
			n++;
	}
	return n;
}

/*
 * Jobs that share slots and have a common end hold a slot only for their share
 * of the time, so that every guest is asked before the end.
 */
static int64_t
slot_share(const struct engine *e, const struct engine_job *j, int64_t end,
    const struct engine_uri *u)
{
	size_t slots = e->plan->bound[job_action(j)], kept, n;

	if (slots == 0 || end == 0)
		return 0;
	if (end <= e->now)
		return e->now;
	kept = slots_kept(e, j, end);
	slots = kept < slots ? slots - kept : 1;
	/* The job itself does not wait. */
	n = queue_length(e, u) + 1;
	return budget_part(e, end, (n + slots - 1) / slots);
}

int64_t
slot_hold(const struct engine *e, const struct engine_job *j)
{
	int64_t skip = budget_skip_at(e, j);
	int64_t hold = slot_share(e, j, skip != 0 ? skip : e->deadline, NULL);
	const struct engine_uri *u;
	size_t i;

	for (i = 0; i < e->plan->nuris && e->plan->shared; i++) {
		u = &e->uri[i];
		if (u == job_uri(e, j) || u->waiting > 0)
			hold = deadline_min(hold, slot_share(e, j, u->until,
			    u));
	}
	return hold;
}

void
slot_take(struct engine *e, struct engine_job *j)
{
	j->slot = SLOT_NONE;
	/* A job that does not wait for a slot takes none from the others. */
	if (e->hurry || j->last)
		return;
	j->at.hold = slot_hold(e, j);
	j->slot = SLOT_HELD;
	e->used[job_action(j)]++;
}

void
slot_share_all(struct engine *e, const struct engine_job *j)
{
	struct engine_job *k;
	size_t i;

	for (i = e->first; i < e->begun && !j->last; i++) {
		k = &e->job[i];
		e->shares++;
		if (k->slot == SLOT_HELD && job_action(k) == job_action(j))
			k->at.hold = deadline_min(k->at.hold, slot_hold(e, k));
	}
}
