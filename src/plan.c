#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "guest.h"

#define MS		((int64_t)1000)
#define SAVE_SETTLE	(3 * MS)

bool
plan_leaves(const struct guests *gs, size_t guest, const struct conf *c)
{
	return !gs->guest[guest].persistent &&
	    conf_persistent_only(c, (enum policy_word)c->on_shutdown);
}

static int
plan_init(struct plan *p, const struct guests *gs, const struct conf *c)
{
	memset(p, 0, sizeof(*p));
	p->nuris = c->nuris;
	p->poll = c->poll_interval * MS;
	p->lost = c->start_wait > c->connect_timeout ? c->start_wait * MS :
	    c->connect_timeout * MS;
	p->step = calloc(gs->n + 1, sizeof(*p->step));
	return p->step == NULL ? -1 : 0;
}

static void
step_add(struct plan *p, const struct guests *gs, size_t guest,
    enum policy_word word)
{
	struct plan_step *s = &p->step[p->n++];

	s->guest = guest;
	s->uri = gs->guest[guest].uri;
	s->chain[0] = word;
	s->chain[1] = POLICY_END;
}

int
plan_stop(struct plan *p, const struct guests *gs, const struct conf *c)
{
	size_t i;

	if (plan_init(p, gs, c) == -1)
		return -1;
	p->shared = c->parallel_shutdown > 1;
	p->bound[POLICY_SHUTDOWN] = p->shared ?
	    (unsigned)c->parallel_shutdown : 1;
	p->bound[POLICY_SUSPEND] = (unsigned)c->parallel_suspend;
	p->limit[POLICY_SHUTDOWN] = c->shutdown_timeout * MS;
	p->limit[POLICY_SUSPEND] = c->suspend_timeout * MS;
	p->stall = c->suspend_stall * MS;
	p->deadline = c->stop_deadline * MS;
	for (i = 0; i < gs->n; i++)
		if (!plan_leaves(gs, i, c))
			step_add(p, gs, i, (enum policy_word)c->on_shutdown);
	return 0;
}

int
plan_start(struct plan *p, const struct guests *gs, const struct conf *c)
{
	size_t i;

	if (plan_init(p, gs, c) == -1)
		return -1;
	p->delay = c->start_delay * MS;
	/* Of a guest found busy with something else. */
	p->stall = c->suspend_stall * MS;
	p->bound[POLICY_START] = p->delay > 0 ? 1 :
	    (unsigned)c->parallel_start;
	for (i = 0; i < gs->n; i++)
		step_add(p, gs, i, POLICY_START);
	return 0;
}

void
plan_settle(struct plan *p, size_t i, enum policy_word word,
    const struct conf *c)
{
	/* A save under way shows; a request is only known by its effect. */
	p->step[i].settle = SAVE_SETTLE;
	if (word == POLICY_SHUTDOWN)
		p->step[i].settle = c->shutdown_timeout > 0 ?
		    c->shutdown_timeout * MS : p->lost;
}

void
plan_free(struct plan *p)
{
	free(p->step);
	memset(p, 0, sizeof(*p));
}
