#include "run/lanes.h"

#include "plan/plan.h"
#include "run/inventory.h"
#include "run/work.h"
#include "sys/log.h"

#define LANES_WAIT	1000		/* ms for connections of long calls */

/* A guest may come to that action: by its chain, or because it is found paused;
 * a snapshot takes long, too. */
static bool
step_comes_to(const struct plan_step *s, enum policy_word word)
{
	size_t i;

	for (i = 0; i < POLICY_CHAIN; i++)
		if (s->chain[i] == word)
			return true;
	return policy_traits(word)->saves && s->persistent && (s->snapshot ||
	    policy_traits(s->chain[0])->paused == word);
}

/* How many long calls of an action a URI may have under way at once; near a
 * deadline there is no bound. */
static size_t
action_wants(const struct work *w, size_t uri, enum policy_word word)
{
	unsigned bound = w->run->deadline > 0 ? 0 : w->plan.bound[word];
	size_t n = 0, i;

	for (i = 0; i < w->plan.n; i++)
		if (w->plan.step[i].uri == uri)
			n += step_comes_to(&w->plan.step[i], word);
	return bound != 0 && n > bound ? bound : n;
}

static size_t
lanes_wanted(const struct work *w, size_t uri)
{
	size_t n, most = 0;
	int word;

	for (word = 0; word < POLICY_NWORD; word++) {
		if (!policy_traits(word)->lasts)
			continue;
		n = action_wants(w, uri, word);
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
	int64_t now = loop_now(), by = run_share(w->run, now, now + LANES_WAIT);
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
