#include "cmd.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "escape.h"
#include "log.h"
#include "lvproto.h"
#include "verdict.h"

#define LOCK_LOOK	100		/* ms between two looks at the lock */
#define UNKNOWN_WAIT	2000		/* ms for a daemon to start anew */
#define SHARE_LEAST	1000		/* ms for a connection, at any rate */


const char *
run_uri_label(const char *uri, char label[RUN_LABEL])
{
	(void)escape_text(label, RUN_LABEL, uri, strlen(uri));
	return label;
}

size_t
run_uri_index(const struct run *r, const char *uri)
{
	size_t i;

	for (i = 0; i < r->conf.nuris; i++)
		if (strcmp(r->conf.uris[i], uri) == 0)
			break;
	return i;
}

int
run_loop(struct run *r)
{
	struct errmsg em;

	if (r->looping)
		return 0;
	if (loop_init(&r->loop, &em) == -1) {
		log_error("%s", em.text);
		return -1;
	}
	r->looping = true;
	return 0;
}

void
run_hurry(struct run *r)
{
	log_info("Hurry: no order and no bound from now on");
	r->hurry = true;
	if (r->driving)
		engine_hurry(&r->engine, loop_now());
	if (r->join.loop != NULL)
		(void)control_hurry(&r->join);
}

bool
run_interrupted(struct run *r)
{
	int sig;

	while ((sig = loop_signal(&r->loop)) != 0) {
		if (sig != SIGUSR1) {
			r->signal = sig;
			return true;
		}
		run_hurry(r);
	}
	return r->signal != 0;
}

enum cmd_exit
run_lock(struct run *r)
{
	int64_t by = (int64_t)r->conf.stop_deadline * 1000;
	enum run_joined joined;
	enum cmd_exit code = CMD_FAILED;
	struct errmsg em;
	bool told = false;
	int pid, rv;

	if (run_loop(r) == -1)
		return CMD_FAILED;
	while ((rv = state_lock(&r->state, &pid, &em)) == 1) {
		joined = r->joins ? run_join(r, &code) : JOINED_NONE;
		r->joined = joined == JOINED_RESULT;
		if (r->joined || r->signal != 0)
			return code;
		if (by > 0 && loop_now() >= r->began + by) {
			log_error("another libvirt-guests (process %d) does "
			    "not end", pid);
			return CMD_FAILED;
		}
		if (!told && joined == JOINED_NONE)
			log_info("Waiting for another libvirt-guests "
			    "(process %d) to end", pid);
		told = true;
		if (loop_wait(&r->loop, loop_now() + LOCK_LOOK, &em) == -1 ||
		    run_interrupted(r))
			return CMD_FAILED;
	}
	if (rv == -1) {
		log_error("%s", em.text);
		return em.code == EACCES || em.code == EPERM ? CMD_DENIED :
		    CMD_FAILED;
	}
	if (journal_open(&r->state.journal, r->state.journal_path, &em) == -1)
		log_warn("%s", em.text);
	return CMD_OK;
}

int
run_load(struct run *r)
{
	struct state_findings sf = { .fn = run_finding, .arg = r };
	struct errmsg em;
	int errors = r->errors, rv;

	rv = state_load(&r->state, &r->list, &sf, &em);
	if (rv == -1)
		log_error("%s", em.text);
	/* A broken list is no broken configuration. */
	r->errors = errors;
	return rv;
}

void
run_save(struct run *r)
{
	char kept[sizeof(r->state.list_path) + 32];
	struct errmsg em;

	if (state_save(&r->state, &r->list, kept, sizeof(kept), &em) == -1) {
		if (!r->save_failed)
			log_error("the list of guests is not written: %s",
			    em.text);
		r->save_failed = true;
	}
	if (kept[0] != '\0')
		log_warn("%s: kept aside as %s", r->state.list_path, kept);
}

int
run_step(struct run *r, int64_t deadline)
{
	struct errmsg em;
	size_t i;

	stage_tick(r);
	deadline = sooner(deadline, stage_next(r));
	for (i = 0; i < r->conf.nuris; i++)
		virt_tick(&r->host[i].virt, loop_now());
	for (i = 0; i < r->conf.nuris; i++)
		deadline = sooner(deadline, virt_next(&r->host[i].virt));
	notify_tick(&r->notify, loop_now());
	deadline = sooner(deadline, r->notify.next);
	if (loop_wait(&r->loop, deadline, &em) == -1) {
		log_error("%s", em.text);
		return -1;
	}
	return run_interrupted(r) ? -1 : 0;
}

/*
 * The inventory.
 */

/* The URI's name is the configured one, whatever it stands for. */
const char *
run_host_label(const struct host *h, char label[RUN_LABEL])
{
	return run_uri_label(h->run->conf.uris[h->index], label);
}

static void
host_failed(struct host *h, const char *why)
{
	char label[RUN_LABEL];

	if (h->failed)
		return;
	h->failed = true;
	(void)errmsg_set(&h->why, 0, "%s", why);
	virt_close(&h->virt);
	run_host_label(h, label);
	log_info("Can't connect to %s. Skipping.", label);
	log_error("%s: %s", label, h->why.text);
}

static int
list_take(struct host *h, struct buf *list, uint32_t count)
{
	struct lvmsg_domain d;
	struct guest *g;
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (lvmsg_next_domain(list, &d) == -1 ||
		    guests_add(h->run->into, h->index, &d, &g) == -1)
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
	if (++h->lists == RUN_LISTS || h->run->flags[h->lists] == 0) {
		h->listed = true;
		return;
	}
	c->flags = h->run->flags[h->lists];
	(void)virt_ask(&h->virt, c);
}

static void
host_list(struct host *h)
{
	h->lists = 0;
	h->list.flags = h->run->flags[0];
	(void)virt_ask(&h->virt, &h->list);
}

static void
host_up(void *arg)
{
	struct host *h = arg;

	rescue_up(h);
	if (h->run->driving) {
		drive_work(h);
		engine_up(&h->run->engine, h->index, true, loop_now());
	}
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
	.event = drive_event
};

/*
 * For how long what fails is tried again: its whole time when guests are there
 * (or are to be), not at all when none is, for nobody else's guests are to wait
 * for it; and when nobody knows, as long as a daemon takes to start anew.
 */
static int64_t
host_patience(const struct verdict *v, int64_t most)
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
	struct verdict v = { .known = true };
	char label[RUN_LABEL];

	if (h->run->stopping)
		verdict_live(&h->uri, &v);
	else
		v.live = host_listed(h);
	if (h->run->stopping && v.known && v.live == 0 &&
	    dial_wakes(&h->uri)) {
		log_info("%s: its daemon does not run, and is not started.",
		    run_host_label(h, label));
		h->failed = true;
		return;
	}
	virt_open(&h->virt, host_patience(&v, most), loop_now());
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

static bool
hosts_settled(const struct run *r)
{
	size_t i;

	for (i = 0; i < r->conf.nuris; i++)
		if (!r->host[i].failed && !r->host[i].listed)
			return false;
	return true;
}

int64_t
run_share(const struct run *r, int64_t since, int64_t by)
{
	int64_t share = (r->by - since) / 3;

	if (!r->stopping || r->by == 0)
		return by;
	if (share < SHARE_LEAST)
		share = SHARE_LEAST;
	return since + share < by ? since + share : by;
}

/* Half a list is none.  Who joins may cut the share (since; 0: all of it). */
static int
lists_wait(struct run *r, int64_t since, int64_t by)
{
	int64_t end = by;
	size_t i;

	while (!hosts_settled(r)) {
		if (since != 0)
			end = run_share(r, since, by);
		if (loop_now() >= end)
			break;
		if (run_step(r, end) == -1)
			return -1;
	}
	for (i = 0; i < r->conf.nuris; i++) {
		if (!r->host[i].listed)
			host_failed(&r->host[i], "no list of guests in time");
		if (r->host[i].failed)
			guests_forget(r->into, i);
	}
	guests_sort(r->into);
	return 0;
}

int64_t
run_connect_limit(const struct run *r, int64_t patience)
{
	/* One attempt more may begin just before patience ends, and the list
	 * has its own time. */
	return patience + 2 * (int64_t)r->conf.connect_timeout * 1000;
}

int
run_connect(struct run *r, int64_t patience)
{
	int64_t now = loop_now(), longest = 0;
	size_t i;

	r->into = &r->guests;
	if (run_loop(r) == -1 || hosts_dial(r, patience) == -1)
		return -1;
	for (i = 0; i < r->conf.nuris; i++)
		if (r->host[i].virt.patience - now > longest)
			longest = r->host[i].virt.patience - now;
	return lists_wait(r, now, now + run_connect_limit(r, longest));
}

int
run_relist(struct run *r, struct guests *into, int64_t by)
{
	struct verdict v;
	struct host *h;
	size_t i;

	r->into = into;
	for (i = 0; i < r->conf.nuris; i++) {
		h = &r->host[i];
		if (h->failed)
			continue;
		h->listed = false;
		if (h->virt.state == VIRT_UP) {
			host_list(h);
			continue;
		}
		/* It need not come back for that. */
		verdict_live(&h->uri, &v);
		h->listed = (v.known && v.live == 0) || rescue_list(h, into);
	}
	return lists_wait(r, 0, by);
}
