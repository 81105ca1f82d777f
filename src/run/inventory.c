#include "run/inventory.h"

#include <stdlib.h>
#include <string.h>

#include "libvirt/survivors.h"
#include "run/details.h"
#include "run/record.h"
#include "run/twins.h"
#include "sys/log.h"
#include "text/deadline.h"
#include "wire/lvmsg.h"

#define UNKNOWN_WAIT	2000		/* ms for a daemon to restart */
#define FIRST_WAIT	1000		/* ms for a healthy daemon to answer */
#define LEAVE_MS	500		/* for the last answers of daemons */

/* Give up a host. */
static void
host_drop(struct host *h, const char *why)
{
	char label[RUN_LABEL];

	h->failed = true;
	(void)errmsg_set(&h->why, 0, "%s", why);
	virt_close(&h->virt);
	details_end(h);
	guests_free(&h->guests);
	log_error("%s: %s", host_label(h, label), h->why.text);
}

/* host_tick settles it. */
static void
host_failed(struct host *h, const char *why)
{
	char label[RUN_LABEL];

	if (h->failed)
		return;
	log_info("Can't connect to %s. Skipping.", host_label(h, label));
	host_drop(h, why);
}

/* One guest that its daemon waits for can hold up each list: the daemon's files
 * name the guests, and the daemon is asked for one at a time. */
static bool
list_by_files(struct host *h)
{
	const struct inventory *v = h->inventory;
	char label[RUN_LABEL];

	if (v->listener == NULL || h->virt.state != VIRT_UP ||
	    !v->listener->files(v->arg, h))
		return false;
	if (!h->listing.by_files)
		log_warn("%s: the daemon sends no list of guests; using its "
		    "files instead", host_label(h, label));
	h->listing.by_files = h->listing.done = true;
	virt_forget(&h->listing.call);
	return true;
}

static void
host_listed(struct host *h)
{
	h->listing.done = true;
	twins_ask(h);
	guests_sort(&h->guests);
	if (details_begin(h, loop_now()) == -1)
		host_failed(h, "no memory for its guests");
}

static int
list_take(struct host *h, struct buf *list, uint32_t count)
{
	struct lvmsg_domain d;
	struct guest *g;
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (lvmsg_next_domain(list, &d) == -1 ||
		    guests_add(&h->guests, h->index, &d, &g) == -1)
			return -1;
		if (g == NULL)
			continue;
		/* Started between the two lists: the later one applies. */
		g->id = d.id;
		if (h->listing.lists >= LIST_PERSISTENT)
			g->persistent = true;
		if (h->listing.lists == LIST_AUTOSTART)
			g->autostart = true;
	}
	return lvmsg_end_list(list, count);
}

static void
list_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct host *h = c->arg;

	if (a->result == VIRT_LOST)
		return;			/* host_up asks again */
	if (a->result == VIRT_LATE && list_by_files(h)) {
		host_listed(h);
		return;
	}
	if (a->result != VIRT_OK) {
		host_failed(h, a->text);
		return;
	}
	if (list_take(h, a->list, a->count) == -1) {
		host_failed(h, a->list->bad ? "the daemon sent a list of "
		    "guests that is malformed or too long" :
		    "no memory for its guests");
		return;
	}
	if (++h->listing.lists < INVENTORY_LISTS &&
	    h->inventory->flags[h->listing.lists] != 0) {
		c->flags = h->inventory->flags[h->listing.lists];
		(void)virt_ask(&h->virt, c);
		return;
	}
	host_listed(h);
}

static void
host_list(struct host *h)
{
	/* Guests of a list before a lost connection may have ended. */
	guests_free(&h->guests);
	h->listing.lists = 0;
	h->listing.call.flags = h->inventory->flags[0];
	(void)virt_ask(&h->virt, &h->listing.call);
}

static void
host_up(void *arg)
{
	struct host *h = arg;

	if (h->inventory->listener != NULL)
		h->inventory->listener->up(h->inventory->arg, h);
	if (!h->listing.done)
		host_list(h);
}

static void
host_down(void *arg, const char *why)
{
	struct host *h = arg;
	char label[RUN_LABEL];

	log_warn("%s: connection lost: %s; reconnecting",
	    host_label(h, label), why);
	if (h->inventory->listener != NULL)
		h->inventory->listener->down(h->inventory->arg, h);
}

static void
host_unreachable(void *arg, const char *why)
{
	struct host *h = arg;

	if (!h->rescue.active)
		host_failed(h, why);
}

static void
host_event(void *arg, const struct lvmsg_lifecycle *lc)
{
	struct host *h = arg;

	if (h->inventory->listener != NULL)
		h->inventory->listener->event(h->inventory->arg, h, lc);
}

static const struct virt_handlers handlers = {
	.up = host_up, .down = host_down, .failed = host_unreachable,
	.event = host_event
};

/*
 * How long to retry: the whole time if guests run there, or are to be started;
 * not at all if no guest runs, so that other guests do not wait; if that is
 * unknown, as long as a daemon takes to restart.
 */
static int64_t
host_patience(const struct survivors *s, int64_t most)
{
	if (s->live > 0)
		return most;
	if (s->known)
		return 0;
	return most < UNKNOWN_WAIT ? most : UNKNOWN_WAIT;
}

/* Whether the URI has a guest or network to start, or may have by another URI
 * of its daemon.  (Commands that only list guests do not retry.) */
static bool
host_wanted(const struct host *h)
{
	const struct record *rec = h->inventory->record;
	const char *uri = h->run->conf.uris[h->index];
	const struct list_entry *e;
	size_t i = 0;

	if (rec == NULL)
		return false;
	while ((e = record_next(rec, &i)) != NULL)
		if (strcmp(e->uri, uri) == 0 ||
		    (h->run->options->nuris == 0 &&
		    run_uri_index(h->run, e->uri) == h->run->conf.nuris))
			return true;
	return state_nets_listed(&rec->state);
}

/*
 * A stop activates no daemon if no guest runs.  (If one runs, systemd itself
 * starts no daemon during a host shutdown.)
 */
static void
host_open(struct host *h, int64_t most)
{
	struct survivors s = { .known = true };
	char label[RUN_LABEL];

	if (h->run->stopping)
		survivors_live(&h->uri, &s);
	else
		s.live = host_wanted(h);
	if (h->run->stopping && s.known && s.live == 0 &&
	    dial_wakes(&h->uri)) {
		log_info("%s: the daemon does not run and is not started",
		    host_label(h, label));
		h->failed = true;
		return;
	}
	h->listing.since = loop_now();
	most = host_patience(&s, most);
	h->listing.by = h->listing.since + inventory_limit(h->inventory, most);
	virt_open(&h->virt, most, h->listing.since);
}

static void
hosts_dial(struct inventory *v, int64_t patience)
{
	struct virt_setup vs = {
		.loop = &v->run->loop, .handlers = &handlers,
		.connect_ms = (int64_t)v->run->conf.connect_timeout * 1000
	};
	struct errmsg em;
	struct host *h;
	size_t i;

	for (i = 0; i < v->run->conf.nuris; i++) {
		h = &v->host[i];
		vs.uri = &h->uri;
		vs.arg = h;
		h->failed = h->listing.done = false;
		h->stage = HOST_GATHERED;
		if (!h->usable && virt_init(&h->virt, &vs) == -1) {
			host_failed(h, "no memory for a connection");
			continue;
		}
		h->usable = true;
		h->listing.call = (struct virt_call){ .what = VIRT_LIST,
		    .done = list_answered, .arg = h };
		if (h->uri.text != NULL) {
			host_open(h, patience);
			continue;
		}
		em = h->why;
		host_failed(h, em.text);
	}
}

int64_t
inventory_limit(const struct inventory *v, int64_t patience)
{
	/* A last attempt may begin just before patience ends; the list has its
	 * own limit. */
	return patience + 2 * (int64_t)v->run->conf.connect_timeout * 1000;
}

/* A stop that joins may shorten the share. */
static int64_t
host_end(const struct host *h)
{
	const struct host_listing *l = &h->listing;

	return l->since != 0 ? run_share(h->run, SHARE_CONNECT, l->since,
	    l->by) : l->by;
}

static bool
host_settle(const struct host *h)
{
	const struct inventory *v = h->inventory;

	return v->listener == NULL || v->listener->settle(v->arg, h);
}

static void
host_tick(struct host *h, int64_t now)
{
	/* An incomplete list is a failure. */
	if (!h->listing.done && now >= host_end(h)) {
		if (list_by_files(h))
			host_listed(h);
		else
			host_failed(h, "the daemon sent no list of guests in "
			    "time");
	}
	if (h->failed && h->listing.since != 0 &&
	    h->inventory->listener != NULL)
		h->inventory->listener->adopt(h->inventory->arg, h);
	if (h->failed || (h->listing.done && details_tick(h, now) &&
	    twins_asked(h) && host_settle(h)))
		h->stage = HOST_SETTLED;
}

/* True: a host has settled. */
static bool
hosts_tick(struct inventory *v, int64_t now)
{
	struct host *h;
	bool some = false;
	size_t i;

	for (i = 0; i < v->run->conf.nuris; i++) {
		h = &v->host[i];
		if (h->stage != HOST_GATHERED)
			continue;
		host_tick(h, now);
		some = some || h->stage != HOST_GATHERED;
	}
	return some;
}

/* When hosts_tick is due next, 0 = never. */
static int64_t
hosts_next(const struct inventory *v)
{
	const struct host *h;
	int64_t due = 0;
	size_t i;

	for (i = 0; i < v->run->conf.nuris; i++) {
		h = &v->host[i];
		if (h->stage == HOST_GATHERED)
			due = deadline_min(due, h->listing.done ?
			    details_next(h) : host_end(h));
	}
	return due;
}

/* virt_next sets the events that the loop waits for, so it is called last. */
static int64_t
part_tick(void *arg, int64_t now)
{
	struct inventory *v = arg;
	int64_t due;
	size_t i;

	for (i = 0; i < v->run->conf.nuris; i++)
		virt_tick(&v->host[i].virt, now);
	due = hosts_tick(v, now) ? 1 : hosts_next(v);
	for (i = 0; i < v->run->conf.nuris; i++)
		due = deadline_min(due, virt_next(&v->host[i].virt));
	return due;
}

int
inventory_init(struct inventory *v, struct run *r, const struct lvconf *lv)
{
	size_t i, n = r->conf.nuris;

	memset(v, 0, sizeof(*v));
	v->run = r;
	guests_init(&v->guests);
	v->host = calloc(n + 1, sizeof(*v->host));
	for (i = 0; i < n; i++) {
		if (v->host == NULL || host_init(&v->host[i], r, i, lv) == -1)
			return -1;
		v->host[i].inventory = v;
	}
	v->part.tick = part_tick;
	v->part.arg = v;
	run_add(r, &v->part);
	return v->host == NULL ? -1 : 0;
}

/* Tell all daemons that the connections end; the guests are done, so do not
 * wait long. */
static void
hosts_leave(struct inventory *v)
{
	int64_t by = loop_now() + LEAVE_MS;
	size_t i;

	for (i = 0; v->host != NULL && i < v->run->conf.nuris; i++)
		virt_leave(&v->host[i].virt);
	for (i = 0; v->host != NULL && i < v->run->conf.nuris; i++)
		virt_left(&v->host[i].virt, by);
}

void
inventory_free(struct inventory *v)
{
	size_t i;

	hosts_leave(v);
	for (i = 0; v->host != NULL && i < v->run->conf.nuris; i++)
		host_free(&v->host[i]);
	free(v->host);
	v->host = NULL;
	guests_free(&v->guests);
}

static bool
any_is(const struct inventory *v, enum host_stage stage)
{
	size_t i;

	for (i = 0; i < v->run->conf.nuris; i++)
		if (v->host[i].stage == stage)
			return true;
	return false;
}

bool
inventory_busy(const struct inventory *v)
{
	return any_is(v, HOST_GATHERED);
}

bool
inventory_came(const struct inventory *v)
{
	return any_is(v, HOST_SETTLED);
}

void
inventory_take(struct inventory *v, struct guests *into)
{
	struct host *h;
	size_t i;

	for (i = 0; i < v->run->conf.nuris; i++) {
		h = &v->host[i];
		if (h->stage != HOST_SETTLED)
			continue;
		h->stage = HOST_JOINED;
		twins_drop(h, into);
		twins_match(h);
		if (guests_take(into, &h->guests) == -1)
			host_failed(h, "no memory for its guests");
	}
}

void
inventory_end(struct inventory *v)
{
	size_t i;

	for (i = 0; i < v->run->conf.nuris; i++) {
		if (v->host[i].stage != HOST_JOINED && !v->host[i].failed)
			host_drop(&v->host[i], "interrupted");
		v->host[i].stage = HOST_JOINED;
	}
}

/*
 * Some guests are known, and each host that has not settled is slow or failing:
 * do not wait for it.
 */
static bool
first_there(const struct inventory *v, int64_t window)
{
	const struct host *h;
	bool some = false;
	size_t i;

	for (i = 0; i < v->run->conf.nuris; i++) {
		h = &v->host[i];
		if (h->stage == HOST_SETTLED)
			some = some || h->guests.n > 0;
		else if (loop_now() < window && !virt_falters(&h->virt))
			return false;
	}
	return some;
}

static int
gather_wait(struct inventory *v, bool first)
{
	int64_t window = loop_now() + FIRST_WAIT;

	for (;;) {
		(void)hosts_tick(v, loop_now());
		if (!inventory_busy(v) || (first && first_there(v, window)))
			return 0;
		if (run_step(v->run, first && loop_now() < window ? window :
		    0) == -1)
			return -1;
	}
}

int
inventory_first(struct inventory *v, int64_t patience)
{
	char label[RUN_LABEL];
	size_t i;

	run_loop(v->run);
	hosts_dial(v, patience);
	if (gather_wait(v, true) == -1)
		return -1;
	inventory_take(v, &v->guests);
	for (i = 0; i < v->run->conf.nuris; i++)
		if (v->host[i].stage == HOST_GATHERED)
			log_info("%s: no answer yet; continuing with the "
			    "others", host_label(&v->host[i], label));
	return 0;
}

int
inventory_all(struct inventory *v, int64_t patience)
{
	run_loop(v->run);
	hosts_dial(v, patience);
	if (gather_wait(v, false) == -1)
		return -1;
	inventory_take(v, &v->guests);
	return 0;
}

/* No guest runs there. */
static bool
host_empty(const struct host *h)
{
	struct survivors s;

	survivors_live(&h->uri, &s);
	return s.known && s.live == 0;
}

int
inventory_again(struct inventory *v, struct guests *into, int64_t by)
{
	struct host *h;
	size_t i;

	for (i = 0; i < v->run->conf.nuris; i++) {
		h = &v->host[i];
		if (h->failed)
			continue;
		h->stage = HOST_GATHERED;
		h->listing.done = false;
		h->listing.since = 0;
		h->listing.by = by;
		if (h->virt.state == VIRT_UP && !h->listing.by_files) {
			host_list(h);
			continue;
		}
		/* No daemon is needed for that. */
		if (host_empty(h) || list_by_files(h) || (v->listener != NULL &&
		    v->listener->relist(v->arg, h))) {
			h->listing.done = true;
			h->stage = HOST_SETTLED;
		}
	}
	if (gather_wait(v, false) == -1)
		return -1;
	inventory_take(v, into);
	return 0;
}
