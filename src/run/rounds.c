#include "run/rounds.h"

#include <string.h>

#include "compat.h"
#include "config/guesttab.h"
#include "libvirt/survivors.h"
#include "run/drive.h"
#include "run/inventory.h"
#include "run/record.h"
#include "run/rescue_host.h"
#include "sys/log.h"
#include "wire/lvproto.h"

#define ROUNDS	10		/* of a stop, at most: a guest may be started
				   again after each */

#define NAMES	3072		/* bytes of names on a line */

typedef bool	 chosen_fn(const struct inventory *, size_t guest);

static bool
guest_any(const struct inventory *v, size_t guest)
{
	(void)v;
	(void)guest;
	return true;
}

static bool
guest_left(const struct inventory *v, size_t guest)
{
	return plan_leaves(&v->guests, guest, &v->run->tab, &v->run->conf);
}

static void
name_add(char names[NAMES], const char *label)
{
	if (names[0] != '\0')
		(void)strlcat(names, ", ", NAMES);
	(void)strlcat(names, label, NAMES);
}

/*
 * "PREFIX a, b": the chosen guests of a URI, on as many lines as it takes.
 * Returns how many there were.
 */
static size_t
names_say(const struct inventory *v, size_t uri, chosen_fn *chosen,
    const char *prefix)
{
	char names[NAMES] = "", label[GUEST_LABEL];
	size_t i, n = 0;

	for (i = 0; i < v->guests.n; i++) {
		if (v->guests.guest[i].uri != uri || !chosen(v, i))
			continue;
		n++;
		guest_label(&v->guests.guest[i], label);
		if (strlen(names) + strlen(label) + 3 > NAMES) {
			log_info("%s%s", prefix, names);
			names[0] = '\0';
		}
		name_add(names, label);
	}
	if (names[0] != '\0')
		log_info("%s%s", prefix, names);
	return n;
}

static void
guests_say(const struct inventory *v, size_t uri)
{
	char label[RUN_LABEL], prefix[RUN_LABEL + 64];

	run_uri_label(v->run->conf.uris[uri], label);
	(void)strlcpy(prefix, "Running guests on ", sizeof(prefix));
	(void)strlcat(prefix, label, sizeof(prefix));
	(void)strlcat(prefix, " URI: ", sizeof(prefix));
	if (names_say(v, uri, guest_any, prefix) == 0 &&
	    v->run->options->selection == NULL)
		log_info("%sno running guests.", prefix);
	(void)strlcpy(prefix,
	    policy_traits(v->run->conf.on_shutdown[0])->saves
		? "Not suspending transient guests on URI: "
		: "Not shutting down transient guests on URI: ",
	    sizeof(prefix));
	(void)strlcat(prefix, label, sizeof(prefix));
	(void)strlcat(prefix, ": ", sizeof(prefix));
	(void)names_say(v, uri, guest_left, prefix);
}

int64_t
rounds_patience(const struct inventory *v)
{
	struct survivors s;
	size_t i;

	for (i = 0; i < v->run->conf.nuris; i++) {
		survivors_live(&v->host[i].uri, &s);
		if (s.live > 0)
			return rescue_host_patience(v->run);
	}
	return 0;
}

void
rounds_lists(struct inventory *v, enum details_for details)
{
	v->details = details;
	v->flags[LIST_TRANSIENT] = LV_LIST_ACTIVE | LV_LIST_TRANSIENT;
	v->flags[LIST_PERSISTENT] = LV_LIST_ACTIVE | LV_LIST_PERSISTENT;
	if (v->run->conf.ignore_autostart)
		v->flags[LIST_AUTOSTART] = LV_LIST_ACTIVE | LV_LIST_AUTOSTART;
}

/* 0, or -1 when there is no memory. */
static int
plan_make(struct work *w)
{
	const struct guests *gs = &w->inventory->guests;
	const struct run *r = w->run;

	if (plan_stop(&w->plan, gs, &r->conf) == -1)
		return -1;
	plan_rows(&w->plan, gs, &r->tab, &r->conf);
	return 0;
}

int
rounds_plan(struct work *w)
{
	int rv = plan_make(w);

	if (rv == -1)
		log_error("no memory for %zu guests", w->inventory->guests.n);
	return rv;
}

/* A guest that timed out in this host shutdown is not stopped again, but may
 * still go off. */
static void
timed_mark(struct work *w, struct guest *g)
{
	const struct host *h = &w->inventory->host[g->uri];
	const struct list_life life = host_life(h, g);
	struct list_entry *e = record_meet(w->record, g, &life);
	char uri[RUN_LABEL], label[GUEST_LABEL];
	bool late;

	if (e == NULL || w->record->down == 0 ||
	    e->request.end == LIST_OPEN ||
	    e->request.down != w->record->down)
		return;
	late = e->request.end == LIST_LATE;
	(void)record_note(w->record, e, late ? RECORD_LATE : RECORD_STALLED);
	g->over = true;
	g->result = late ? RESULT_LATE : RESULT_STALLED;
	log_error("%s: guest %s: it already timed out in this host shutdown "
	    "and is not stopped again", host_label(h, uri),
	    guest_label(g, label));
}

/* Compare the guests from number `from` on with their records. */
static void
guests_meet(struct work *w, size_t from)
{
	size_t i;

	for (i = from; i < w->inventory->guests.n; i++)
		if (!w->inventory->guests.guest[i].over)
			timed_mark(w, &w->inventory->guests.guest[i]);
}

/* Write the list before the first guest is touched.  Autostart is known only
 * with IGNORE_AUTOSTART. */
static int
list_record(struct work *w)
{
	const struct guests *gs = &w->inventory->guests;
	const struct run *r = w->run;
	const struct guesttab_row *row;
	const struct guest *g;
	size_t i;

	for (i = 0; i < gs->n; i++) {
		g = &gs->guest[i];
		row = plan_row(gs, i, &r->tab);
		if ((g->over && g->result != RESULT_LATE &&
		    g->result != RESULT_STALLED) || g->autostart ||
		    (row != NULL && row->boot == 0) ||
		    plan_leaves(gs, i, &r->tab, &r->conf))
			continue;
		if (record_add(w->record, g) == -1)
			return -1;
	}
	record_save(w->record);
	return 0;
}

/* List the guests that are to be stopped, and plan their stop. */
static int
round_begin(struct work *w)
{
	int64_t by = work_patience(w);

	guests_meet(w, 0);
	while (plan_make(w) == -1 || list_record(w) == -1) {
		plan_free(&w->plan);
		if (run_later(w->run, by))
			continue;
		log_error("no memory for the list of guests");
		return -1;
	}
	return 0;
}

/* Give a result to each guest to stop, from number `from` on. */
static void
guests_fail(struct inventory *v, size_t from, enum engine_result result,
    const char *why)
{
	char label[GUEST_LABEL], uri[RUN_LABEL];
	struct guest *g;
	size_t i;

	for (i = from; i < v->guests.n; i++) {
		g = &v->guests.guest[i];
		if (g->over || plan_leaves(&v->guests, i, &v->run->tab,
		    &v->run->conf))
			continue;
		g->result = (unsigned char)result;
		log_error("%s: guest %s: %s",
		    host_label(&v->host[g->uri], uri), guest_label(g, label),
		    why);
	}
}

/* 0, or -1 when there is no memory. */
static int
plan_grow(struct work *w, size_t from)
{
	const struct guests *gs = &w->inventory->guests;
	const struct run *r = w->run;

	guests_meet(w, from);
	if (plan_more(&w->plan, gs, from, &r->conf) == -1)
		return -1;
	plan_rows(&w->plan, gs, &r->tab, &r->conf);
	return list_record(w);
}

/* More hosts have settled: list, plan and stop their guests, too. */
static void
round_more(void *arg)
{
	struct drive *d = arg;
	struct inventory *v = d->work.inventory;
	size_t from = v->guests.n, step = d->work.plan.n, i;
	bool came[CONF_URIS] = { false }, lacks;

	for (i = 0; i < v->run->conf.nuris; i++)
		came[i] = v->host[i].stage == HOST_SETTLED;
	inventory_take(v, &v->guests);
	for (i = 0; i < v->run->conf.nuris; i++)
		if (came[i] && host_there(&v->host[i]))
			guests_say(v, i);
	if ((lacks = plan_grow(&d->work, from) == -1))
		plan_cut(&d->work.plan, step);
	if (drive_more(d, step) == -1 || lacks)
		inventory_return(v, from);
}

/* Mark each guest as over, except guests that were started meanwhile.  Returns
 * the number of these. */
static size_t
newcomers_mark(const struct inventory *v, struct guests *now)
{
	const struct guest *known;
	struct guest *g;
	size_t i, n = 0;

	for (i = 0; i < now->n; i++) {
		g = &now->guest[i];
		known = guests_find(&v->guests, g->uri, g->uuid);
		/* Only a daemon knows whether it is persistent. */
		if (known != NULL && v->host[g->uri].virt.state != VIRT_UP)
			g->persistent = known->persistent;
		g->over = plan_spares(&v->guests, g) ||
		    plan_leaves(now, i, &v->run->tab, &v->run->conf);
		n += !g->over;
	}
	return n;
}

/* The next plan is only for these guests. */
static int
newcomers_take(struct inventory *v, struct guests *now)
{
	char label[GUEST_LABEL];
	size_t i;

	for (i = 0; i < v->guests.n; i++)
		v->guests.guest[i].over = true;
	for (i = 0; i < now->n; i++) {
		if (now->guest[i].over)
			continue;
		log_info("Guest %s was started meanwhile",
		    guest_label(&now->guest[i], label));
		if (guests_move(&v->guests, &now->guest[i]) == -1) {
			log_error("no memory for another guest");
			return -1;
		}
	}
	return 0;
}

/* 1: guests were started meanwhile; 0: none was; -1: unknown. */
static int
newcomers_find(struct drive *d)
{
	struct inventory *v = d->work.inventory;
	int64_t now = loop_now(), by;
	struct guests gs;
	int rv = -1;

	by = run_share(v->run, SHARE_AGAIN, now,
	    now + 2 * (int64_t)v->run->conf.connect_timeout * 1000);
	guests_init(&gs);
	if (inventory_again(v, &gs, by) == 0 &&
	    (rv = newcomers_mark(v, &gs) > 0) == 1) {
		drive_end(d);
		if (newcomers_take(v, &gs) == -1)
			rv = -1;
	}
	guests_free(&gs);
	return rv;
}

int
rounds_drive(struct drive *d)
{
	return drive_plan(d, policy_traits(
	    d->work.run->conf.on_shutdown[0])->heading);
}

int
rounds_again(struct drive *d)
{
	/* A pre-stop hook may have started the first guest. */
	bool hooked = d->stages.hooks.n > 0;
	int round, found = 1;

	for (round = 1; d->work.plan.n > 0 || (round == 1 && hooked);
	    round++) {
		if (d->work.run->signal != 0 ||
		    (found = newcomers_find(d)) != 1)
			break;
		if (round == ROUNDS) {
			guests_fail(d->work.inventory, 0, RESULT_LATE,
			    "it was started again after each stop");
			break;
		}
		if (round_begin(&d->work) == -1 || rounds_drive(d) == -1)
			return -1;
	}
	return found == -1 ? -1 : 0;
}

void
rounds_say(const struct inventory *v)
{
	size_t i;

	for (i = 0; i < v->run->conf.nuris; i++)
		if (host_there(&v->host[i]))
			guests_say(v, i);
}

int
rounds_begin(struct drive *d)
{
	d->source.more = round_more;
	d->source.arg = d;
	return round_begin(&d->work);
}
