#include "run/rescue_host.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libvirt/survivors.h"
#include "run/inventory.h"
#include "run/rescue.h"
#include "run/work.h"
#include "sys/log.h"
#include "text/deadline.h"
#include "text/escape.h"
#include "text/number.h"

#define FOREVER		(INT64_C(7) * 24 * 3600 * 1000)
#define LOOK		1000		/* ms between checks of a daemon */
#define BEFORE		100		/* ms before the engine gives it up */

/* CONNECT_TIMEOUT, or less if that would leave guests too little time. */
int64_t
rescue_host_patience(const struct run *r)
{
	/* The engine gives a guest up after CONNECT_TIMEOUT. */
	int64_t most = (int64_t)r->conf.connect_timeout * 1000 - BEFORE;
	int64_t now = loop_now();
	const struct share_time t = { .since = now, .by = now + most,
	    .deadline = share_deadline(now, r->conf.shutdown_timeout) };

	return run_share(r, SHARE_RESCUE, now, share_end(SHARE_RESCUE, &t)) -
	    now;
}

static bool
host_mayrescue(const struct host *h)
{
	char path[2 * SURVIVORS_DIR];

	return h->run->stopping && h->run->conf.rescue &&
	    survivors_status(&h->uri, "x", path, sizeof(path)) == 0;
}

/* A URI without a driver: its guests show whether it is QEMU's. */
static bool
host_monitored(const struct host *h, const struct guests *gs)
{
	bool is = *h->uri.driver != '\0';
	size_t i;

	for (i = 0; i < gs->n && !is; i++)
		is = gs->guest[i].uri == h->index && !gs->guest[i].over &&
		    survivors_pid(&h->uri, gs->guest[i].name) > 0;
	return is;
}

/* False: the daemon runs but does not answer; then no monitor is used. */
static bool
daemon_gone(const struct host *h)
{
	enum survivors_daemon v = survivors_daemon(&h->uri);
	char label[RUN_LABEL];

	if (v != SURVIVORS_LIVES)
		log_warn("%s: the daemon %s; stopping its guests by their "
		    "monitors", host_label(h, label), v == SURVIVORS_DEAD ?
		    "is gone" : "does not answer");
	return v != SURVIVORS_LIVES;
}

/* Without a daemon no guest can be saved, and no save is under way. */
static void
host_begin(struct work *w, struct host *h, int64_t now)
{
	h->rescue.look_at = now + LOOK;
	if (!daemon_gone(h))
		return;
	h->rescue.active = true;
	plan_unsavable(&w->plan, h->index);
	engine_forget_saves(&w->engine, h->index);
	engine_daemon(&w->engine, h->index, ENGINE_UP, now);
}

/* How long to wait for a lost daemon: at most half of the remaining time of any
 * guest with an action under way. */
static int64_t
host_delay(const struct work *w, const struct host *h, int64_t now)
{
	struct share_time t = { .since = now,
	    .by = now + rescue_host_patience(w->run) };
	const struct engine_job *j;
	size_t i;

	for (i = 0; w->driving && i < w->plan.n; i++) {
		j = &w->engine.job[i];
		if (j->step->uri != h->index || j->result != RESULT_NONE)
			continue;
		t.deadline = j->at.until;
		t.by = share_end(SHARE_LOST, &t);
	}
	return t.by - now;
}

static void
host_release(struct work *w, struct host *h, int64_t now)
{
	char label[RUN_LABEL];
	size_t i;

	log_info("%s: the daemon answers again", host_label(h, label));
	h->rescue.active = false;
	h->rescue.look_at = now + host_delay(w, h, now);
	for (i = 0; i < w->ntasks; i++)
		if (w->task[i]->host == h)
			rescue_release(w->task[i]);
	if (w->driving)
		engine_daemon(&w->engine, h->index, ENGINE_DOWN, now);
}

void
rescue_host_up(struct work *w, struct host *h)
{
	if (h->rescue.active)
		host_release(w, h, loop_now());
	h->rescue.look_at = 0;
}

void
rescue_host_down(struct work *w, struct host *h)
{
	int64_t now = loop_now();

	if (h->rescue.possible)
		h->rescue.look_at = now + host_delay(w, h, now);
}

int64_t
rescue_host_tick(struct work *w, int64_t now)
{
	struct host *h;
	int64_t due = 0;
	size_t i;

	if (w->rooms == NULL)
		return 0;
	for (i = 0; i < w->run->conf.nuris; i++) {
		h = &w->inventory->host[i];
		if (h->rescue.look_at != 0 && now >= h->rescue.look_at) {
			if (!h->rescue.active)
				host_begin(w, h, now);
			else if (survivors_daemon(&h->uri) == SURVIVORS_LIVES)
				host_release(w, h, now);
			else
				h->rescue.look_at = now + LOOK;
		}
		due = deadline_min(due, h->rescue.look_at);
	}
	return due;
}

/* False: the guests of the host cannot be rescued. */
static bool
host_prepare(struct work *w, struct host *h)
{
	h->rescue.possible = host_mayrescue(h) && (h->rescue.possible ||
	    host_monitored(h, &w->inventory->guests));
	/* The daemon was lost before its driver was known.  None of its guests
	 * is under way: the engine does not know the latest yet. */
	if (h->rescue.possible && !h->rescue.active && !h->failed &&
	    h->virt.state != VIRT_UP && h->rescue.look_at == 0)
		h->rescue.look_at = loop_now() + rescue_host_patience(w->run);
	if (h->rescue.active)
		plan_unsavable(&w->plan, h->index);
	return h->rescue.possible;
}

bool
rescue_host_prepare(struct work *w)
{
	struct host *h;
	bool may = false;
	size_t i;

	for (i = 0; i < w->run->conf.nuris; i++) {
		h = &w->inventory->host[i];
		if (h->stage == HOST_JOINED)
			may = host_prepare(w, h) || may;
	}
	return may;
}

/*
 * Inventories.
 */

struct listing {
	struct host	*host;
	bool		 tell;		/* report malformed status files */
	bool		 others;	/* a guest of another driver runs */
	size_t		 bad;
};

static bool
guest_take(struct listing *l, const char *file,
    char status[DOMXML_NSTATUS][DOMXML_OS])
{
	struct lvmsg_domain d = { .name = status[DOMXML_NAME] };
	const struct number_range ids = { 0, INT32_MAX };
	struct guest *g = NULL;
	char path[2 * SURVIVORS_DIR];
	int64_t id;

	d.namelen = strlen(d.name);
	if (number_parse(status[DOMXML_ID], &ids, &id, NULL) == -1 ||
	    strcmp(d.name, file) != 0 ||
	    uuid_parse(status[DOMXML_UUID], d.uuid) == -1)
		return false;
	d.id = (int32_t)id;
	if (guests_add(&l->host->guests, l->host->index, &d, &g) == -1 ||
	    g == NULL)
		return false;
	/* Most guests of a user's daemon are persistent. */
	(void)snprintf(path, sizeof(path), "/etc/libvirt/qemu/%s.xml", file);
	g->persistent = geteuid() != 0 || access(path, F_OK) == 0;
	(void)snprintf(path, sizeof(path),
	    "/etc/libvirt/qemu/autostart/%s.xml", file);
	g->autostart = l->host->run->conf.ignore_autostart &&
	    access(path, F_OK) == 0;
	return true;
}

static void
living_take(void *arg, const struct survivors_guest *vg)
{
	struct listing *l = arg;
	char status[DOMXML_NSTATUS][DOMXML_OS], label[RUN_LABEL];
	char text[RUN_LABEL];

	if (!vg->monitored) {
		l->others = true;
		return;
	}
	if (rescue_status(l->host, vg->name, status) == 0 &&
	    guest_take(l, vg->name, status))
		return;
	l->bad++;
	if (!l->tell)
		return;
	l->host->inventory->unlisted = true;
	(void)escape_text(text, sizeof(text), vg->name, strlen(vg->name));
	log_error("%s: guest %s: it runs, but its libvirt status file is "
	    "malformed", host_label(l->host, label), text);
}

/* List the guests of a host by its status files. */
static bool
files_list(struct host *h, bool tell)
{
	struct listing l = { .host = h, .tell = tell };

	guests_free(&h->guests);
	/* A daemon that is asked for has one driver. */
	if (!survivors_each(&h->uri, living_take, &l) ||
	    (l.others && !h->rescue.possible))
		return false;
	guests_sort(&h->guests);
	if (l.bad == 0 || h->inventory->unlisted)
		return true;
	guests_free(&h->guests);
	return false;
}

static bool
host_list(struct host *h, bool tell)
{
	return h->rescue.possible && (h->rescue.active ||
	    survivors_daemon(&h->uri) != SURVIVORS_LIVES) &&
	    files_list(h, tell);
}

bool
rescue_host_files(struct host *h)
{
	char path[2 * SURVIVORS_DIR];

	return h->run->stopping &&
	    survivors_status(&h->uri, "x", path, sizeof(path)) == 0 &&
	    files_list(h, !h->listing.by_files);
}

bool
rescue_host_list(struct host *h)
{
	return host_list(h, false);
}

void
rescue_host_adopt(struct host *h)
{
	struct survivors v;

	if (!host_mayrescue(h))
		return;
	survivors_live(&h->uri, &v);
	if (v.live == 0 || !daemon_gone(h))
		return;
	h->rescue.possible = true;
	h->rescue.active = host_list(h, true) &&
	    host_monitored(h, &h->guests);
	if (!h->rescue.active) {
		guests_free(&h->guests);
		return;
	}
	h->failed = false;
	h->listing.done = true;
	h->rescue.look_at = loop_now() + LOOK;
	/* If the daemon answers again, it takes over. */
	virt_open(&h->virt, FOREVER, loop_now());
}
