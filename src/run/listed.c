#include "run/listed.h"

#include <string.h>

#include "run/drive.h"
#include "run/inventory.h"
#include "run/networks.h"
#include "run/run.h"
#include "sys/log.h"
#include "wire/lvproto.h"

enum listed_fate
listed_fate(const struct run *r, const struct list_entry *le)
{
	size_t uri = run_uri_index(r, le->uri);

	if (uri == r->conf.nuris)
		return LISTED_OTHER;
	if (r->host[uri].failed || r->host[uri].stage != HOST_JOINED)
		return LISTED_UNREAD;
	return guests_find(&r->guests, uri, le->uuid) == NULL ? LISTED_GONE :
	    LISTED_GUEST;
}

bool
listed_boots(const struct run *r)
{
	bool some = r->conf.on_boot == CONF_BOOT_START;
	size_t i;

	for (i = 0; i < r->tab.n; i++)
		some = some || r->tab.row[i].boot == 1;
	return some;
}

/* Entries whose guests no URI knows are said, and dropped. */
static void
gone_drop(struct run *r)
{
	char label[RUN_LABEL], text[UUID_TEXT];
	unsigned char uuid[UUID_LEN];
	const struct list_entry *le;
	size_t i = 0;

	while (i < r->list.n) {
		le = &r->list.entry[i];
		if (listed_fate(r, le) != LISTED_GONE) {
			i++;
			continue;
		}
		r->gone = true;
		memcpy(uuid, le->uuid, sizeof(uuid));
		uuid_format(uuid, text);
		log_warn("%s: guest %s is gone; dropped from the list",
		    run_uri_label(le->uri, label), text);
		list_remove(&r->list,
		    r->conf.uris[run_uri_index(r, le->uri)], uuid);
	}
}

/*
 * The guests of the list, in its order, out of an inventory of all that their
 * URIs have.
 */
static int
guests_choose(struct run *r, struct guests *all)
{
	const struct list_entry *le;
	struct guest *g;
	size_t i, uri;
	int rv = 0;

	for (i = 0; i < r->list.n; i++) {
		le = &r->list.entry[i];
		uri = run_uri_index(r, le->uri);
		g = guests_find(all, uri, le->uuid);
		if (g == NULL || g->name == NULL ||
		    guests_move(&r->guests, g) == 0)
			continue;
		/* It is not gone. */
		r->host[uri].failed = true;
		rv = -1;
	}
	return rv;
}

/* Guests that a stop was about to take down when it was cut off. */
static void
pending_mark(struct run *r, size_t from)
{
	static const enum policy_word words[] = { POLICY_SHUTDOWN,
	    POLICY_SUSPEND };
	const struct guest *g;
	size_t i, w;

	for (i = from; i < r->plan.n; i++) {
		g = &r->guests.guest[r->plan.step[i].guest];
		for (w = 0; w < sizeof(words) / sizeof(words[0]); w++)
			if (list_has(&r->state.journal.asked[words[w]],
			    r->conf.uris[g->uri], g->uuid))
				plan_settle(&r->plan, i, words[w], &r->conf);
	}
}

void
listed_lists(struct run *r)
{
	r->details = DETAILS_START;
	r->flags[0] = LV_LIST_ACTIVE | LV_LIST_INACTIVE | LV_LIST_TRANSIENT;
	r->flags[1] = LV_LIST_ACTIVE | LV_LIST_INACTIVE | LV_LIST_PERSISTENT;
}

int
listed_plan(struct run *r)
{
	struct guests all = r->guests;
	int rv;

	guests_init(&r->guests);
	rv = guests_choose(r, &all);
	guests_free(&all);
	if (rv == -1 || plan_start(&r->plan, &r->guests, &r->conf) == -1) {
		log_error("no memory for %zu guests", r->list.n);
		return -1;
	}
	plan_rows(&r->plan, &r->guests, &r->tab, false);
	plan_boot(&r->plan, &r->conf);
	return 0;
}

/* What is not brought back is forgotten. */
static void
dropped_forget(struct run *r)
{
	char label[GUEST_LABEL];
	const struct guest *g;
	size_t i;

	for (i = r->plan.n; i < r->plan.n + r->plan.dropped; i++) {
		g = &r->guests.guest[r->plan.step[i].guest];
		if (r->conf.on_boot == CONF_BOOT_START)
			log_info("Guest %s is not brought back: boot=no",
			    guest_label(g, label));
		list_remove(&r->list, r->conf.uris[g->uri], g->uuid);
	}
}

void
listed_settled(struct run *r, size_t from)
{
	size_t before = r->list.n;

	gone_drop(r);
	dropped_forget(r);
	if (r->list.n < before)
		run_save(r);
	pending_mark(r, from);
}

/* 0, or -1 when there is no memory. */
static int
plan_grow(struct run *r, size_t from)
{
	struct guests all;
	int rv;

	guests_init(&all);
	inventory_take(r, &all);
	r->nets_bad = networks_start(r) == -1 || r->nets_bad;
	rv = guests_choose(r, &all);
	guests_free(&all);
	if (rv == -1 || plan_more(&r->plan, &r->guests, from, &r->conf) == -1)
		return -1;
	plan_rows(&r->plan, &r->guests, &r->tab, false);
	plan_boot(&r->plan, &r->conf);
	return 0;
}

void
listed_more(struct run *r)
{
	size_t step = r->plan.n;
	bool lacks = plan_grow(r, r->guests.n) == -1;

	if (lacks)
		plan_cut(&r->plan, step);
	else
		listed_settled(r, step);
	/* They stay on the list. */
	if (drive_more(r, step) == -1 || lacks)
		log_error("no memory for more guests");
}
