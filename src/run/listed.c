#include "run/listed.h"

#include "plan/guest.h"
#include "run/drive.h"
#include "run/inventory.h"
#include "run/networks.h"
#include "run/record.h"
#include "run/selection.h"
#include "sys/log.h"
#include "wire/lvproto.h"

enum listed_fate
listed_fate(const struct inventory *v, const struct list_entry *le)
{
	size_t uri = run_uri_index(v->run, le->uri);

	if (uri == v->run->conf.nuris)
		return LISTED_OTHER;
	if (!host_there(&v->host[uri]))
		return LISTED_UNREAD;
	return guests_find(&v->guests, uri, le->uuid) == NULL ? LISTED_GONE :
	    LISTED_GUEST;
}

bool
listed_boots(const struct run *r)
{
	bool some = r->conf.on_boot == CONF_BOOT_START ||
	    r->options->selection != NULL;
	size_t i;

	for (i = 0; i < r->tab.n; i++)
		some = some || r->tab.row[i].boot == 1;
	return some;
}

void
listed_lists(struct inventory *v)
{
	v->details = DETAILS_START;
	v->flags[0] = LV_LIST_ACTIVE | LV_LIST_INACTIVE | LV_LIST_TRANSIENT;
	v->flags[1] = LV_LIST_ACTIVE | LV_LIST_INACTIVE | LV_LIST_PERSISTENT;
}

static void
gone_say(const struct list_entry *e)
{
	char label[RUN_LABEL], name[GUEST_LABEL];

	(void)run_uri_label(e->uri, label);
	if (e->transient)
		log_warn("%s: guest %s was transient and cannot be started; "
		    "removed from the list", label, list_label(e, name));
	else
		log_warn("%s: guest %s no longer exists; removed from the "
		    "list", label, list_label(e, name));
}

/* True: an entry left the list, because its guest no longer exists.  A start of
 * selected guests removes none. */
static bool
gone_drop(struct work *w)
{
	struct list_entry *e;
	bool left = false;
	size_t i = 0;

	if (w->run->options->selection != NULL)
		return false;
	while ((e = record_next(w->record, &i)) != NULL)
		if (listed_fate(w->inventory, e) == LISTED_GONE) {
			gone_say(e);
			left = record_note(w->record, e, RECORD_GONE) || left;
		}
	return left;
}

/* By its entry, or by what its daemon reports. */
static bool
guest_selected(const struct run *r, const struct list_entry *le,
    const struct guest *g)
{
	bool entry = selection_entry(r, le);

	return selection_guest(r, g) || entry;
}

/* Take the listed guests that are selected, in the list's order, out of an
 * inventory of all guests. */
static int
guests_choose(struct work *w, struct guests *all)
{
	struct inventory *v = w->inventory;
	const struct list_entry *le;
	struct guest *g;
	size_t i = 0, uri;
	int rv = 0;

	while ((le = record_next(w->record, &i)) != NULL) {
		uri = run_uri_index(w->run, le->uri);
		g = guests_find(all, uri, le->uuid);
		if (g == NULL || g->name == NULL ||
		    !guest_selected(w->run, le, g) ||
		    guests_move(&v->guests, g) == 0)
			continue;
		/* No memory; the guest still exists. */
		v->host[uri].failed = true;
		rv = -1;
	}
	return rv;
}

/* Mark the guests that an interrupted stop had asked. */
static void
pending_mark(struct work *w, size_t from)
{
	const struct list_entry *e;
	const struct guest *g;
	struct list_life life;
	size_t i;

	for (i = from; i < w->plan.n; i++) {
		g = work_guest(w, i);
		life = host_life(&w->inventory->host[g->uri], g);
		e = record_meet(w->record, g, &life);
		if (e != NULL && e->request.end == LIST_OPEN &&
		    e->request.action != POLICY_END)
			plan_settle(&w->plan, i, e->request.action,
			    &w->run->conf);
	}
}

/* Apply the guesttab; drop the guests that are not started. */
static void
plan_finish(struct work *w)
{
	plan_rows(&w->plan, &w->inventory->guests, &w->run->tab,
	    &w->run->conf);
	if (w->run->options->selection == NULL)
		plan_boot(&w->plan, &w->run->conf);
}

int
listed_plan(struct work *w)
{
	struct inventory *v = w->inventory;
	struct guests all = v->guests;
	int rv;

	guests_init(&v->guests);
	rv = guests_choose(w, &all);
	guests_free(&all);
	if (rv == -1 || plan_start(&w->plan, &v->guests,
	    &w->run->conf) == -1) {
		log_error("no memory for %zu guests", record_count(w->record));
		return -1;
	}
	plan_finish(w);
	return 0;
}

/* Remove the dropped guests from the list; true: there was one. */
static bool
dropped_forget(struct work *w)
{
	char label[GUEST_LABEL];
	const struct guest *g;
	struct list_entry *e;
	bool left = false;
	size_t i;

	for (i = w->plan.n; i < w->plan.n + w->plan.dropped; i++) {
		g = work_guest(w, i);
		if (w->run->conf.on_boot == CONF_BOOT_START)
			log_info("Guest %s is not started: boot=no",
			    guest_label(g, label));
		if ((e = record_find(w->record, g)) != NULL)
			left = record_note(w->record, e, RECORD_UNWANTED) ||
			    left;
	}
	return left;
}

/* Update the list, and the steps from number `from` on. */
static void
plan_settled(struct work *w, size_t from)
{
	bool left = gone_drop(w);

	left = dropped_forget(w) || left;
	if (left)
		record_save(w->record);
	pending_mark(w, from);
}

/* 0, or -1 when there is no memory. */
static int
plan_grow(struct listed *l, size_t from)
{
	struct work *w = &l->drive->work;
	struct inventory *v = w->inventory;
	struct guests all;
	int rv;

	guests_init(&all);
	inventory_take(v, &all);
	rv = guests_choose(w, &all);
	guests_free(&all);
	if (rv == -1 || plan_more(&w->plan, &v->guests, from,
	    &w->run->conf) == -1)
		return -1;
	plan_finish(w);
	return 0;
}

/* More hosts have settled: start their guests, too. */
static void
listed_more(void *arg)
{
	struct listed *l = arg;
	struct work *w = &l->drive->work;
	size_t step = w->plan.n;
	bool lacks = plan_grow(l, w->inventory->guests.n) == -1;

	if (lacks)
		plan_cut(&w->plan, step);
	else
		plan_settled(w, step);
	/* They stay on the list. */
	if (drive_more(l->drive, step) == -1 || lacks)
		log_error("no memory for more guests");
}

static bool
listed_settle(void *arg, const struct host *h)
{
	return networks_settle(&((struct listed *)arg)->networks, h);
}

void
listed_begin(struct listed *l)
{
	l->drive->source = (struct drive_source){ .more = listed_more,
	    .settle = listed_settle, .arg = l };
	networks_begin(&l->networks, l->drive->work.inventory);
}

void
listed_end(struct listed *l)
{
	l->drive->source = (struct drive_source){ .more = NULL };
	networks_free(&l->networks);
}

int
listed_drive(struct listed *l)
{
	struct work *w = &l->drive->work;

	if (listed_plan(w) == -1)
		return -1;
	plan_settled(w, 0);
	return drive_plan(l->drive, "Resuming guests");
}
