#include "run/inventory.h"

#include <string.h>

#include "libvirt/survivors.h"
#include "run/details.h"
#include "run/drive.h"
#include "run/rescue.h"
#include "run/run.h"
#include "run/task.h"
#include "sys/log.h"

/*
 * The inventory.  All daemons are dialled at once; each lists its guests and is
 * asked what a plan has to know of them, at its own pace.
 */

#define UNKNOWN_WAIT	2000		/* ms for a daemon to start anew */
#define SHARE_LEAST	1000		/* ms for a connection, at any rate */
#define FIRST_WAIT	1000		/* ms for one that is well to answer */

/* Nothing more is heard of it. */
static void
host_drop(struct host *h, const char *why)
{
	char label[RUN_LABEL];

	h->failed = true;
	(void)errmsg_set(&h->why, 0, "%s", why);
	virt_close(&h->virt);
	details_end(h);
	guests_free(&h->guests);
	log_error("%s: %s", run_host_label(h, label), h->why.text);
}

/* What comes of it is told by inventory_tick. */
static void
host_failed(struct host *h, const char *why)
{
	char label[RUN_LABEL];

	if (h->failed)
		return;
	log_info("Can't connect to %s. Skipping.", run_host_label(h, label));
	host_drop(h, why);
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
		/* Started between the two lists: the later one knows. */
		g->id = d.id;
		if (h->lists >= LIST_PERSISTENT)
			g->persistent = true;
		if (h->lists == LIST_AUTOSTART)
			g->autostart = true;
	}
	return lvmsg_end_list(list, count);
}

static void
list_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct host *h = c->arg;

	if (a->result == VIRT_LOST)
		return;			/* asked again once it is back */
	if (a->result != VIRT_OK) {
		host_failed(h, a->text);
		return;
	}
	if (list_take(h, a->list, a->count) == -1) {
		host_failed(h, "its list of guests is malformed or too long");
		return;
	}
	if (++h->lists < RUN_LISTS && h->run->flags[h->lists] != 0) {
		c->flags = h->run->flags[h->lists];
		(void)virt_ask(&h->virt, c);
		return;
	}
	h->listed = true;
	guests_sort(&h->guests);
	if (details_begin(h, loop_now()) == -1)
		host_failed(h, "no memory for its guests");
}

static void
host_list(struct host *h)
{
	/* Who was heard of before its daemon went may be gone. */
	guests_free(&h->guests);
	h->lists = 0;
	h->list.flags = h->run->flags[0];
	(void)virt_ask(&h->virt, &h->list);
}

static void
host_up(void *arg)
{
	struct host *h = arg;

	rescue_up(h);
	/* They are waited for before guests are driven, too. */
	if (h->run->task != NULL)
		drive_work(h);
	if (h->run->driving)
		engine_up(&h->run->engine, h->index, true, loop_now());
	if (!h->listed)
		host_list(h);
}

static void
host_down(void *arg, const char *why)
{
	struct host *h = arg;
	char label[RUN_LABEL];

	log_warn("%s: connection lost: %s; dialling again",
	    run_host_label(h, label), why);
	/* Before the engine counts its own time for that. */
	rescue_down(h);
	if (h->run->driving)
		engine_up(&h->run->engine, h->index, false, loop_now());
}

static void
host_unreachable(void *arg, const char *why)
{
	struct host *h = arg;

	if (!h->rescued)
		host_failed(h, why);
}

static const struct virt_handlers handlers = {
	.up = host_up, .down = host_down, .failed = host_unreachable,
	.event = task_event
};

/*
 * For how long what fails is tried again: its whole time when guests are there
 * (or are to be), not at all when none is, for nobody else's guests are to wait
 * for it; and when nobody knows, as long as a daemon takes to start anew.
 */
static int64_t
host_patience(const struct survivors *v, int64_t most)
{
	if (v->live > 0)
		return most;
	if (v->known)
		return 0;
	return most < UNKNOWN_WAIT ? most : UNKNOWN_WAIT;
}

/* Whether a start has something to bring back there.  (Who lists guests alone
 * has no patience anyway.) */
static bool
host_listed(const struct host *h)
{
	const struct run *r = h->run;
	size_t i;

	for (i = 0; i < r->list.n; i++)
		if (strcmp(r->list.entry[i].uri, r->conf.uris[h->index]) == 0)
			return true;
	return state_nets_listed(&r->state);
}

/*
 * A host that goes down starts no daemon when no guest is there to ask it of.
 * (Where one is, systemd itself starts none while it stops everything.)
 */
static void
host_open(struct host *h, int64_t most)
{
	struct survivors v = { .known = true };
	char label[RUN_LABEL];

	if (h->run->stopping)
		survivors_live(&h->uri, &v);
	else
		v.live = host_listed(h);
	if (h->run->stopping && v.known && v.live == 0 &&
	    dial_wakes(&h->uri)) {
		log_info("%s: its daemon does not run, and is not started.",
		    run_host_label(h, label));
		h->failed = true;
		return;
	}
	h->since = loop_now();
	most = host_patience(&v, most);
	h->by = h->since + inventory_limit(h->run, most);
	virt_open(&h->virt, most, h->since);
}

static int
hosts_dial(struct run *r, int64_t patience)
{
	struct virt_setup vs = {
		.loop = &r->loop, .handlers = &handlers,
		.connect_ms = (int64_t)r->conf.connect_timeout * 1000
	};
	struct errmsg em;
	struct host *h;
	size_t i;

	for (i = 0; i < r->conf.nuris; i++) {
		h = &r->host[i];
		vs.uri = &h->uri;
		vs.arg = h;
		if (!h->usable && virt_init(&h->virt, &vs) == -1) {
			log_error("no memory for a connection");
			return -1;
		}
		h->usable = true;
		h->failed = h->listed = false;
		h->stage = HOST_GATHERED;
		h->list = (struct virt_call){ .what = VIRT_LIST,
		    .done = list_answered, .arg = h };
		if (h->uri.text != NULL) {
			host_open(h, patience);
			continue;
		}
		em = h->why;
		host_failed(h, em.text);
	}
	return 0;
}

int64_t
inventory_share(const struct run *r, int64_t since, int64_t by)
{
	int64_t share = (r->by - since) / 3;

	if (!r->stopping || r->by == 0)
		return by;
	if (share < SHARE_LEAST)
		share = SHARE_LEAST;
	return since + share < by ? since + share : by;
}

int64_t
inventory_limit(const struct run *r, int64_t patience)
{
	/* One attempt more may begin just before patience ends, and the list
	 * has its own time. */
	return patience + 2 * (int64_t)r->conf.connect_timeout * 1000;
}

/* Who joins may cut the share. */
static int64_t
host_end(const struct host *h)
{
	return h->since != 0 ? inventory_share(h->run, h->since, h->by) : h->by;
}

static void
host_tick(struct host *h, int64_t now)
{
	/* Half a list is none. */
	if (!h->listed && now >= host_end(h))
		host_failed(h, "no list of guests in time");
	if (h->failed && h->since != 0)
		rescue_adopt(h);
	if (h->failed || (h->listed && details_tick(h, now)))
		h->stage = HOST_SETTLED;
}

bool
inventory_tick(struct run *r, int64_t now)
{
	struct host *h;
	bool some = false;
	size_t i;

	for (i = 0; i < r->conf.nuris; i++) {
		h = &r->host[i];
		if (h->stage != HOST_GATHERED)
			continue;
		host_tick(h, now);
		some = some || h->stage != HOST_GATHERED;
	}
	return some;
}

int64_t
inventory_next(const struct run *r, int64_t due)
{
	const struct host *h;
	size_t i;

	for (i = 0; i < r->conf.nuris; i++) {
		h = &r->host[i];
		if (h->stage == HOST_GATHERED)
			due = deadline_min(due, h->listed ? details_next(h) :
			    host_end(h));
	}
	return due;
}

static bool
any_is(const struct run *r, enum host_stage stage)
{
	size_t i;

	for (i = 0; i < r->conf.nuris; i++)
		if (r->host[i].stage == stage)
			return true;
	return false;
}

bool
inventory_busy(const struct run *r)
{
	return any_is(r, HOST_GATHERED);
}

bool
inventory_came(const struct run *r)
{
	return any_is(r, HOST_SETTLED);
}

void
inventory_take(struct run *r, struct guests *into)
{
	struct host *h;
	size_t i;

	for (i = 0; i < r->conf.nuris; i++) {
		h = &r->host[i];
		if (h->stage != HOST_SETTLED)
			continue;
		h->stage = HOST_JOINED;
		if (guests_take(into, &h->guests) == -1)
			host_failed(h, "no memory for its guests");
	}
}

void
inventory_end(struct run *r)
{
	size_t i;

	for (i = 0; i < r->conf.nuris; i++) {
		if (r->host[i].stage != HOST_JOINED && !r->host[i].failed)
			host_drop(&r->host[i], "interrupted");
		r->host[i].stage = HOST_JOINED;
	}
}

/*
 * Somebody's guests are known, and of the others none answers as one does that
 * is well: they are not waited for.
 */
static bool
first_there(const struct run *r, int64_t window)
{
	const struct host *h;
	bool some = false;
	size_t i;

	for (i = 0; i < r->conf.nuris; i++) {
		h = &r->host[i];
		if (h->stage == HOST_SETTLED)
			some = some || h->guests.n > 0;
		else if (loop_now() < window && !virt_falters(&h->virt))
			return false;
	}
	return some;
}

static int
gather_wait(struct run *r, bool first)
{
	int64_t window = loop_now() + FIRST_WAIT;

	for (;;) {
		(void)inventory_tick(r, loop_now());
		if (!inventory_busy(r) || (first && first_there(r, window)))
			return 0;
		if (run_step(r, first && loop_now() < window ? window :
		    0) == -1)
			return -1;
	}
}

int
inventory_first(struct run *r, int64_t patience)
{
	char label[RUN_LABEL];
	size_t i;

	if (run_loop(r) == -1 || hosts_dial(r, patience) == -1 ||
	    gather_wait(r, true) == -1)
		return -1;
	inventory_take(r, &r->guests);
	for (i = 0; i < r->conf.nuris; i++)
		if (r->host[i].stage == HOST_GATHERED)
			log_info("%s: no answer yet; the others do not wait.",
			    run_host_label(&r->host[i], label));
	return 0;
}

int
inventory_all(struct run *r, int64_t patience)
{
	if (run_loop(r) == -1 || hosts_dial(r, patience) == -1 ||
	    gather_wait(r, false) == -1)
		return -1;
	inventory_take(r, &r->guests);
	return 0;
}

int
inventory_again(struct run *r, struct guests *into, int64_t by)
{
	struct survivors v;
	struct host *h;
	size_t i;

	for (i = 0; i < r->conf.nuris; i++) {
		h = &r->host[i];
		if (h->failed)
			continue;
		h->stage = HOST_GATHERED;
		h->listed = false;
		h->since = 0;
		h->by = by;
		if (h->virt.state == VIRT_UP) {
			host_list(h);
			continue;
		}
		/* It need not come back for that. */
		survivors_live(&h->uri, &v);
		if ((v.known && v.live == 0) || rescue_list(h)) {
			h->listed = true;
			h->stage = HOST_SETTLED;
		}
	}
	if (gather_wait(r, false) == -1)
		return -1;
	inventory_take(r, into);
	return 0;
}
