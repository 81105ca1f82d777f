#include "cmd.h"

#include <string.h>

#include "escape.h"
#include "log.h"
#include "lvproto.h"

static enum cmd_exit
start_marked(struct run *r, enum cmd_exit rv)
{
	struct errmsg em;

	notify_send(&r->notify, "READY=1");
	if (state_mark(&r->state, true, &em) == -1) {
		log_error("%s", em.text);
		return CMD_FAILED;
	}
	return rv;
}

static void
others_say(const struct run *r)
{
	const char *uri, *last = NULL;
	char label[RUN_LABEL];
	size_t i;

	for (i = 0; i < r->list.n; i++) {
		uri = r->list.entry[i].uri;
		if (run_uri_index(r, uri) < r->conf.nuris ||
		    (last != NULL && strcmp(last, uri) == 0))
			continue;
		last = uri;
		log_info("Ignoring guests on %s URI",
		    run_uri_label(uri, label));
	}
}

enum start_fate
start_fate(const struct run *r, const struct list_entry *le)
{
	size_t uri = run_uri_index(r, le->uri);

	if (uri == r->conf.nuris)
		return START_OTHER;
	if (r->host[uri].failed || r->host[uri].stage != HOST_JOINED)
		return START_UNREAD;
	return guests_find(&r->guests, uri, le->uuid) == NULL ? START_GONE :
	    START_GUEST;
}

bool
start_boots(const struct run *r)
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
		if (start_fate(r, le) != START_GONE) {
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

/* Something of the list is not back. */
static bool
left_over(const struct run *r)
{
	size_t i, uri;
	bool left = r->gone;

	for (i = 0; i < r->list.n; i++) {
		uri = run_uri_index(r, r->list.entry[i].uri);
		left = left || uri < r->conf.nuris;
	}
	return left;
}

void
start_lists(struct run *r)
{
	r->survey = SURVEY_START;
	r->flags[0] = LV_LIST_ACTIVE | LV_LIST_INACTIVE | LV_LIST_TRANSIENT;
	r->flags[1] = LV_LIST_ACTIVE | LV_LIST_INACTIVE | LV_LIST_PERSISTENT;
}

int
start_prepare(struct run *r)
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

/* The list, and what is known of guests from that step on. */
static void
plan_settled(struct run *r, size_t from)
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
	gather_take(r, &all);
	r->nets_bad = nets_start(r) == -1 || r->nets_bad;
	rv = guests_choose(r, &all);
	guests_free(&all);
	if (rv == -1 || plan_more(&r->plan, &r->guests, from, &r->conf) == -1)
		return -1;
	plan_rows(&r->plan, &r->guests, &r->tab, false);
	plan_boot(&r->plan, &r->conf);
	return 0;
}

void
start_more(struct run *r)
{
	size_t step = r->plan.n;
	bool lacks = plan_grow(r, r->guests.n) == -1;

	if (lacks)
		plan_cut(&r->plan, step);
	else
		plan_settled(r, step);
	/* They stay on the list. */
	if (drive_more(r, step) == -1 || lacks)
		log_error("no memory for more guests");
}

static enum cmd_exit
guests_start(struct run *r)
{
	start_lists(r);
	if (gather_first(r, (int64_t)r->conf.start_wait * 1000) == -1)
		return CMD_FAILED;
	r->nets_bad = nets_start(r) == -1;
	if (start_prepare(r) == -1)
		return CMD_FAILED;
	plan_settled(r, 0);
	if (drive_plan(r, "Resuming guests") == -1)
		return CMD_FAILED;
	gather_end(r);
	if (r->plan.n > 0)
		progress_sum(&r->progress);
	return left_over(r) || r->nets_bad || r->save_failed ||
	    r->signal != 0 ? CMD_FAILED : CMD_OK;
}

/* ON_BOOT=ignore: what is left of the list are guests with boot=yes. */
static void
boot_ignore(struct run *r)
{
	bool some = start_boots(r);
	size_t i;

	log_info("libvirt-guests is configured not to start any guests on "
	    "boot%s", some ? " but those with boot=yes" : "");
	for (i = r->list.n; i-- > 0; )
		if (!some || run_uri_index(r, r->list.entry[i].uri) ==
		    r->conf.nuris)
			list_remove(&r->list, r->list.entry[i].uri,
			    r->list.entry[i].uuid);
}

static enum cmd_exit
list_start(struct run *r)
{
	bool nets = state_nets_listed(&r->state);
	enum cmd_exit rv;

	if (!state_listed(&r->state))
		return nets ? guests_start(r) : CMD_OK;
	if (run_load(r) == -1)
		return CMD_FAILED;
	if (r->conf.on_boot == CONF_BOOT_IGNORE)
		boot_ignore(r);
	if (r->state.theirs || r->list.n == 0)
		run_save(r);
	if (r->conf.on_boot == CONF_BOOT_IGNORE)
		r->state.broken = r->state.theirs_broken = false;
	others_say(r);
	rv = CMD_OK;
	if (r->list.n > 0 || nets)
		rv = guests_start(r);
	/* A word that nobody knows may have been a guest to start. */
	return r->state.broken || r->state.theirs_broken || r->save_failed ?
	    CMD_FAILED : rv;
}

enum cmd_exit
cmd_start(struct run *r)
{
	enum cmd_exit rv = run_lock(r);

	if (rv != CMD_OK)
		return rv;
	stage_load(r);
	rv = CMD_FAILED;
	if (stage_whole(r, HOOK_PRE_START) == 0) {
		rv = list_start(r);
		(void)stage_whole(r, HOOK_POST_START);
	}
	return r->signal != 0 ? rv : start_marked(r, rv);
}
