#include "run/inventory.h"

#include <stdlib.h>
#include <string.h>

#include "libvirt/survivors.h"
#include "run/details.h"
#include "run/listing.h"
#include "run/record.h"
#include "run/selection.h"
#include "run/twins.h"
#include "sys/log.h"
#include "text/deadline.h"

#define UNKNOWN_WAIT	2000		/* ms for a daemon to restart */
#define FIRST_WAIT	1000		/* ms for a healthy daemon to answer */
#define LEAVE_MS	500		/* for the last answers of daemons */

static void
host_up(void *arg)
{
	struct host *h = arg;

	if (h->inventory->listener != NULL)
		h->inventory->listener->up(h->inventory->arg, h);
	if (!h->listing.done)
		listing_begin(h);
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
		listing_fail(h, why);
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
host_open(struct host *h)
{
	struct survivors s = { .known = true };
	char label[RUN_LABEL];
	int64_t most;

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
	most = host_patience(&s, h->listing.patience);
	h->listing.by = h->listing.since + inventory_limit(h->inventory, most);
	virt_open(&h->virt, most, loop_now());
}

static void
host_dial(struct host *h)
{
	const struct virt_setup vs = {
		.uri = &h->uri, .loop = &h->run->loop, .handlers = &handlers,
		.connect_ms = (int64_t)h->run->conf.connect_timeout * 1000,
		.arg = h
	};

	h->listing.again = 0;
	if (!h->usable && virt_init(&h->virt, &vs) == -1) {
		listing_later(h, "no memory for a connection");
		return;
	}
	h->usable = true;
	listing_init(h);
	host_open(h);
}

static void
hosts_dial(struct inventory *v, int64_t patience)
{
	struct errmsg em;
	struct host *h;
	size_t i;

	for (i = 0; i < v->run->conf.nuris; i++) {
		h = &v->host[i];
		h->failed = h->listing.done = false;
		h->stage = HOST_GATHERED;
		h->listing.since = loop_now();
		h->listing.patience = patience;
		h->listing.by = h->listing.since +
		    inventory_limit(v, patience);
		if (h->uri.text != NULL) {
			host_dial(h);
			continue;
		}
		em = h->why;
		h->listing.since = 0;
		listing_fail(h, em.text);
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

/* Now there may be memory. */
static void
host_retry(struct host *h)
{
	const struct inventory *v = h->inventory;

	h->listing.again = 0;
	if (!h->usable)
		host_dial(h);
	else if (v->listener != NULL && h->virt.state != VIRT_UP &&
	    v->listener->relist(v->arg, h))
		h->listing.done = true;
	else
		listing_begin(h);
}

static void
host_tick(struct host *h, int64_t now)
{
	if (!h->failed && !h->listing.done && now >= host_end(h))
		listing_late(h);
	else if (!h->failed && h->listing.again != 0 &&
	    now >= h->listing.again)
		host_retry(h);
	if (h->failed && h->usable && h->listing.since != 0 &&
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
			    details_next(h) : deadline_min(host_end(h),
			    h->listing.again));
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
	if ((v->host = calloc(n + 1, sizeof(*v->host))) == NULL)
		return -1;
	for (i = 0; i < n; i++) {
		if (host_init(&v->host[i], r, i, lv) == -1)
			return -1;
		v->host[i].inventory = v;
	}
	v->part.tick = part_tick;
	v->part.arg = v;
	run_add(r, &v->part);
	return 0;
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

/* List its guests again before they are taken. */
static void
host_again(struct host *h)
{
	h->stage = HOST_GATHERED;
	listing_later(h, "no memory for its guests");
}

/* Drop the guests that the command line does not select.  A start selects from
 * its list. */
static void
host_select(struct host *h)
{
	size_t i = h->guests.n;

	if (h->inventory->details == DETAILS_START)
		return;
	while (i-- > 0)
		if (!selection_guest(h->run, &h->guests.guest[i]))
			guests_drop(&h->guests, i);
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
		twins_drop(h, into);
		twins_match(h);
		host_select(h);
		if (guests_take(into, &h->guests) == -1) {
			host_again(h);
			continue;
		}
		h->stage = HOST_JOINED;
	}
}

void
inventory_return(struct inventory *v, size_t from)
{
	while (v->guests.n > from) {
		host_again(&v->host[v->guests.guest[v->guests.n - 1].uri]);
		guests_drop(&v->guests, v->guests.n - 1);
	}
}

void
inventory_end(struct inventory *v)
{
	size_t i;

	for (i = 0; i < v->run->conf.nuris; i++) {
		if (v->host[i].stage != HOST_JOINED && !v->host[i].failed)
			listing_drop(&v->host[i], "interrupted");
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

static int
gather_all(struct inventory *v, struct guests *into)
{
	do {
		if (gather_wait(v, false) == -1)
			return -1;
		inventory_take(v, into);
	} while (inventory_busy(v));
	return 0;
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
	return gather_all(v, &v->guests);
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
			listing_begin(h);
			continue;
		}
		/* No daemon is needed for that. */
		if (host_empty(h) || listing_files(h) || (v->listener != NULL &&
		    v->listener->relist(v->arg, h))) {
			h->listing.done = true;
			h->stage = HOST_SETTLED;
		}
	}
	return gather_all(v, into);
}
