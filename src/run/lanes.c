#include "run/lanes.h"

#include "plan/plan.h"
#include "run/inventory.h"
#include "run/work.h"
#include "sys/log.h"

#define LANES_WAIT	1000		/* ms for connections of long calls */

/* A guest may need that action: by its chain, or because it is paused.  A
 * snapshot also takes a long call. */
static bool
step_may_need(const struct plan_step *s, enum policy_action action)
{
	size_t i;

	for (i = 0; i < POLICY_CHAIN; i++)
		if (s->chain[i] == action)
			return true;
	return policy_traits(action)->saves && s->persistent && (s->snapshot ||
	    policy_traits(s->chain[0])->paused == action);
}

/* How many long calls of an action a URI may have under way at once; with a
 * deadline there is no bound. */
static size_t
action_wants(const struct work *w, size_t uri, enum policy_action action)
{
	unsigned bound = w->run->deadline > 0 ? 0 : w->plan.bound[action];
	size_t n = 0, i;

	for (i = 0; i < w->plan.n; i++)
		if (w->plan.step[i].uri == uri)
			n += step_may_need(&w->plan.step[i], action);
	return bound != 0 && n > bound ? bound : n;
}

static size_t
lanes_wanted(const struct work *w, size_t uri)
{
	size_t n, most = 0;
	int action;

	for (action = 0; action < POLICY_NACTION; action++) {
		if (!policy_traits(action)->lasts)
			continue;
		n = action_wants(w, uri, action);
		most = n > most ? n : most;
	}
	return most;
}

void
lanes_open(const struct work *w, struct host *h)
{
	char label[RUN_LABEL];
	struct errmsg em;

	if (virt_work(&h->virt, lanes_wanted(w, h->index), &em) == -1)
		log_debug("%s: %s", host_label(h, label), em.text);
}

void
lanes_open_all(const struct work *w)
{
	struct host *h;
	size_t i;

	for (i = 0; i < w->run->conf.nuris; i++) {
		h = &w->inventory->host[i];
		if (host_there(h))
			lanes_open(w, h);
	}
}

int
lanes_wait(struct work *w)
{
	int64_t now = loop_now();
	int64_t by = run_share(w->run, SHARE_CONNECT, now, now + LANES_WAIT);
	struct host *h;
	size_t i;

	lanes_open_all(w);
	for (i = 0; i < w->run->conf.nuris; i++) {
		h = &w->inventory->host[i];
		while (host_there(h) && !h->rescue.active &&
		    !virt_ready(&h->virt) && loop_now() < by)
			if (run_step(w->run, by) == -1)
				return -1;
	}
	return 0;
}
