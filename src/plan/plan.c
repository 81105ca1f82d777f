#include "plan/plan.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "config/conf.h"
#include "config/guesttab.h"
#include "plan/engine.h"
#include "plan/guest.h"

#define MS		((int64_t)1000)
#define SAVE_SETTLE	(3 * MS)
#define DESTROY_LIMIT	(30 * MS)
#define ORDERS		10000		/* 0 to 9999 */

bool
plan_leaves(const struct guests *gs, size_t guest, const struct guesttab *t,
    const struct conf *c)
{
	return !gs->guest[guest].persistent &&
	    conf_persistent_only(c, plan_chain(gs, guest, t, c));
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

static struct plan_step *
step_add(struct plan *p, const struct guests *gs, size_t guest)
{
	struct plan_step *s = &p->step[p->n++];

	s->guest = guest;
	s->uri = gs->guest[guest].uri;
	s->persistent = gs->guest[guest].persistent;
	s->memory = gs->guest[guest].memory;
	s->seen = gs->guest[guest].seen;
	return s;
}

static void
step_stop(struct plan_step *s, const struct conf *c)
{
	memcpy(s->chain, c->on_shutdown, sizeof(s->chain));
	memcpy(s->modes, c->shutdown_mode, sizeof(s->modes));
	s->resend = c->shutdown_resend * MS;
	s->snapshot = s->persistent && c->snapshot == POLICY_SNAPSHOT_DISK;
}

int
plan_more(struct plan *p, const struct guests *gs, size_t from,
    const struct conf *c)
{
	struct plan_step *grown;
	size_t i;

	grown = reallocarray(p->step, gs->n + 1, sizeof(*grown));
	if (grown == NULL)
		return -1;
	p->step = grown;
	memset(&grown[p->n], 0, (gs->n + 1 - p->n) * sizeof(*grown));
	for (i = from; i < gs->n; i++) {
		if (!p->stop)
			step_add(p, gs, i)->chain[0] = POLICY_START;
		else if (!gs->guest[i].over)
			step_stop(step_add(p, gs, i), c);
	}
	return 0;
}

void
plan_cut(struct plan *p, size_t from)
{
	p->n = p->rowed = from;
}

bool
plan_spares(const struct guests *gs, const struct guest *g)
{
	const struct guest *known = guests_find(gs, g->uri, g->uuid);

	return known != NULL && (known->result == RESULT_LEFT ||
	    known->result >= RESULT_REFUSED);
}

int
plan_stop(struct plan *p, const struct guests *gs, const struct conf *c)
{
	if (plan_init(p, gs, c) == -1)
		return -1;
	p->stop = true;
	p->total = c->shutdown_total;
	p->shared = p->total || c->parallel_shutdown > 1;
	p->bound[POLICY_SHUTDOWN] = c->parallel_shutdown > 1 ?
	    (unsigned)c->parallel_shutdown : 1;
	p->limit[POLICY_DESTROY] = DESTROY_LIMIT;
	p->bound[POLICY_SUSPEND] = (unsigned)c->parallel_suspend;
	p->limit[POLICY_SHUTDOWN] = c->shutdown_timeout * MS;
	p->limit[POLICY_SUSPEND] = c->suspend_timeout * MS;
	p->stall = c->suspend_stall * MS;
	p->deadline = c->stop_deadline * MS;
	return plan_more(p, gs, 0, c);
}

int
plan_start(struct plan *p, const struct guests *gs, const struct conf *c)
{
	if (plan_init(p, gs, c) == -1)
		return -1;
	p->delay = c->start_delay * MS;
	p->ready = c->start_wait * MS;
	/* For a guest that is busy with another job. */
	p->stall = c->suspend_stall * MS;
	p->bound[POLICY_START] = p->delay > 0 ? 1 :
	    (unsigned)c->parallel_start;
	return plan_more(p, gs, 0, c);
}

/* The group of a guest: lower groups begin first. */
static unsigned
rank(const struct guesttab_row *row, bool stop)
{
	if (row == NULL || row->order == GUESTTAB_INHERIT)
		return stop ? 0 : ORDERS;
	return (unsigned)(stop ? ORDERS - row->order : row->order);
}

unsigned
plan_hold(const struct guesttab *t, bool stop)
{
	unsigned first = UINT_MAX;
	size_t i;

	if (stop)
		return rank(NULL, true);
	for (i = 0; i < t->n; i++)
		if (t->row[i].order != GUESTTAB_INHERIT &&
		    rank(&t->row[i], false) < first)
			first = rank(&t->row[i], false);
	return first;
}

static void
row_stop(struct plan_step *s, const struct guesttab_row *row)
{
	if (row->chain[0] != POLICY_END)
		memcpy(s->chain, row->chain, sizeof(s->chain));
	if (row->timeout != GUESTTAB_INHERIT)
		s->limit = row->timeout > 0 ? row->timeout * MS : -1;
	if (row->has_mode)
		memcpy(s->modes, row->mode, sizeof(s->modes));
	if (row->resend != GUESTTAB_INHERIT)
		s->resend = row->resend * MS;
	if (row->snapshot != GUESTTAB_INHERIT)
		s->snapshot = s->persistent &&
		    row->snapshot == POLICY_SNAPSHOT_DISK;
	if (row->stop_delay != GUESTTAB_INHERIT)
		s->pause = row->stop_delay * MS;
}

static void
row_start(struct plan_step *s, const struct guesttab_row *row)
{
	if (row->start_delay != GUESTTAB_INHERIT)
		s->pause = row->start_delay * MS;
	if (row->ready == GUESTTAB_READY_DELAY)
		s->ready = row->delay * MS;
}

static int
step_compare(const void *va, const void *vb)
{
	const struct plan_step *a = va, *b = vb;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return a->guest < b->guest ? -1 : a->guest > b->guest;
}

const struct guesttab_row *
plan_row(const struct guests *gs, size_t guest, const struct guesttab *t)
{
	struct guesttab_key key = {
		.name = gs->guest[guest].name,
		.uuid = gs->guest[guest].uuid,
		.os = gs->guest[guest].os
	};

	return guesttab_match(t, &key);
}

const enum policy_action *
plan_chain(const struct guests *gs, size_t guest, const struct guesttab *t,
    const struct conf *c)
{
	const struct guesttab_row *row = plan_row(gs, guest, t);

	return row != NULL && row->chain[0] != POLICY_END ? row->chain :
	    c->on_shutdown;
}

/* A transient guest cannot be saved. */
static void
steps_persistent_only(struct plan *p, const struct guests *gs,
    const struct guesttab *t, const struct conf *c)
{
	size_t i, n = p->rowed;

	for (i = p->rowed; i < p->n; i++) {
		if (plan_leaves(gs, p->step[i].guest, t, c))
			continue;
		if (!p->step[i].persistent &&
		    c->persistent_only == CONF_DEFAULT)
			policy_unsave(p->step[i].chain);
		p->step[n++] = p->step[i];
	}
	p->n = n;
}

void
plan_rows(struct plan *p, const struct guests *gs, const struct guesttab *t,
    const struct conf *c)
{
	const struct guesttab_row *row;
	size_t i;

	for (i = p->rowed; i < p->n; i++) {
		row = plan_row(gs, p->step[i].guest, t);
		p->step[i].row = row;
		p->step[i].group = rank(row, p->stop);
		if (row != NULL && p->stop)
			row_stop(&p->step[i], row);
		else if (row != NULL)
			row_start(&p->step[i], row);
	}
	if (p->stop)
		steps_persistent_only(p, gs, t, c);
	if (p->n > p->rowed)
		qsort(&p->step[p->rowed], p->n - p->rowed,
		    sizeof(p->step[0]), step_compare);
	p->rowed = p->n;
}

static bool
step_boots(const struct plan_step *s, const struct conf *c)
{
	if (s->row == NULL || s->row->boot == GUESTTAB_INHERIT)
		return c->on_boot == CONF_BOOT_START;
	return s->row->boot == 1;
}

void
plan_boot(struct plan *p, const struct conf *c)
{
	size_t i, n = 0, all = p->n;
	struct plan_step s;

	/* The steps that remain keep their order. */
	for (i = 0; i < all; i++) {
		if (!step_boots(&p->step[i], c))
			continue;
		s = p->step[i];
		memmove(&p->step[n + 1], &p->step[n],
		    (i - n) * sizeof(p->step[0]));
		p->step[n++] = s;
	}
	p->n = p->rowed = n;
	p->dropped = all - n;
}

void
plan_settle(struct plan *p, size_t i, enum policy_action action,
    const struct conf *c)
{
	/* A save under way is visible; a shutdown request is not. */
	p->step[i].settle = SAVE_SETTLE;
	if (policy_traits(action)->asks)
		p->step[i].settle = c->shutdown_timeout > 0 ?
		    c->shutdown_timeout * MS : p->lost;
}

int64_t
plan_limit(const struct plan *p, const struct plan_step *s,
    enum policy_action action)
{
	if (!policy_traits(action)->asks || s->limit == 0)
		return p->limit[action];
	return s->limit > 0 ? s->limit : 0;
}

void
plan_free(struct plan *p)
{
	free(p->step);
	memset(p, 0, sizeof(*p));
}

void
plan_unsavable(struct plan *p, size_t uri)
{
	struct plan_step *s;
	size_t i;

	for (i = 0; i < p->n; i++) {
		s = &p->step[i];
		if (s->uri != uri)
			continue;
		s->persistent = false;
		if (policy_traits(s->chain[0])->saves &&
		    s->chain[1] == POLICY_END)
			s->chain[1] = POLICY_SHUTDOWN;
	}
}
