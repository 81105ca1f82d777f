#include "run/worst.h"

#include <stdio.h>
#include <string.h>

#include "run/drive.h"
#include "run/inventory.h"
#include "run/rounds.h"
#include "sys/runlevel.h"

static const char *const endless_actions[POLICY_NACTION] = {
	[POLICY_END] = "its end is unknown",
	[POLICY_DESTROY] = "its end is unknown",
	[POLICY_LEAVE] = "its end is unknown",
	[POLICY_SUSPEND] = "a save that makes progress has no time limit",
	[POLICY_SHUTDOWN] = "its shutdown has no time limit",
	[POLICY_START] = "a start has no time limit",
};

int64_t
worst_seconds(int64_t ms)
{
	return ms < 0 ? -1 : (ms + 999) / 1000;
}

static void
endless_why(struct worst *w, const struct work *work)
{
	const struct forecast *f = &w->forecast;
	char label[GUEST_LABEL];

	w->endless[0] = '\0';
	if (f->ends >= 0 || f->n == 0)
		return;
	(void)guest_label(&work->inventory->guests.guest[work->plan.step[
	    f->endless].guest], label);
	(void)snprintf(w->endless, sizeof(w->endless), "guest %s: %s", label,
	    endless_actions[f->action]);
}

int
worst_make(struct worst *w, struct drive *d, bool start)
{
	const struct inventory *v = d->work.inventory;
	struct run *r = d->work.run;
	int64_t wait = start ? (int64_t)r->conf.start_wait * 1000 :
	    rounds_patience(v);
	struct forecast_limits limits = {
		.grace = HOOK_GRACE, .snapshot = VIRT_SNAPSHOT_MS
	};
	bool late = false;
	size_t i;

	w->dead = false;
	stages_load(&d->stages, r);
	limits.hooks = hooks_limit(&d->stages.hooks);
	for (i = 0; i < r->conf.nuris; i++) {
		w->dead = w->dead || v->host[i].failed;
		/* A bad URI fails at once. */
		late = late || (v->host[i].failed &&
		    v->host[i].uri.text != NULL);
	}
	if (late)
		limits.before = inventory_limit(v, wait);
	if (forecast_make(&w->forecast, &d->work.plan, &limits) == -1)
		return -1;
	endless_why(w, &d->work);
	return 0;
}

void
worst_free(struct worst *w)
{
	forecast_free(&w->forecast);
}

bool
worst_forced(const struct worst *w)
{
	int64_t ends = worst_seconds(w->forecast.ends);

	return (ends < 0 || ends > RUNLEVEL_FORCED) && runlevel_forced();
}
