#include "run/rounds.h"

#include <string.h>

#include "compat.h"
#include "libvirt/survivors.h"
#include "run/drive.h"
#include "run/inventory.h"
#include "run/rescue.h"
#include "run/run.h"
#include "sys/log.h"
#include "wire/lvproto.h"

#define ROUNDS	10		/* of a stop; who is on then starts for ever */

#define NAMES	3072		/* bytes of names on a line */

typedef bool	 chosen_fn(const struct run *, size_t guest);

static bool
guest_any(const struct run *r, size_t guest)
{
	(void)r;
	(void)guest;
	return true;
}

static bool
guest_left(const struct run *r, size_t guest)
{
	return plan_leaves(&r->guests, guest, &r->conf);
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
names_say(const struct run *r, size_t uri, chosen_fn *chosen,
    const char *prefix)
{
	char names[NAMES] = "", label[GUEST_LABEL];
	size_t i, n = 0;

	for (i = 0; i < r->guests.n; i++) {
		if (r->guests.guest[i].uri != uri || !chosen(r, i))
			continue;
		n++;
		guest_label(&r->guests.guest[i], label);
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

void
rounds_say(const struct run *r, size_t uri)
{
	char label[RUN_LABEL], prefix[RUN_LABEL + 64];

	run_uri_label(r->conf.uris[uri], label);
	(void)strlcpy(prefix, "Running guests on ", sizeof(prefix));
	(void)strlcat(prefix, label, sizeof(prefix));
	(void)strlcat(prefix, " URI: ", sizeof(prefix));
	if (names_say(r, uri, guest_any, prefix) == 0)
		log_info("%sno running guests.", prefix);
	(void)strlcpy(prefix, r->conf.on_shutdown[0] == POLICY_SUSPEND ?
	    "Not suspending transient guests on URI: " :
	    "Not shutting down transient guests on URI: ", sizeof(prefix));
	(void)strlcat(prefix, label, sizeof(prefix));
	(void)strlcat(prefix, ": ", sizeof(prefix));
	(void)names_say(r, uri, guest_left, prefix);
}

int64_t
rounds_patience(const struct run *r)
{
	struct survivors v;
	size_t i;

	for (i = 0; i < r->conf.nuris; i++) {
		survivors_live(&r->host[i].uri, &v);
		if (v.live > 0)
			return rescue_patience(r);
	}
	return 0;
}

void
rounds_lists(struct run *r, enum details_for details)
{
	r->details = details;
	r->flags[LIST_TRANSIENT] = LV_LIST_ACTIVE | LV_LIST_TRANSIENT;
	r->flags[LIST_PERSISTENT] = LV_LIST_ACTIVE | LV_LIST_PERSISTENT;
	if (r->conf.ignore_autostart)
		r->flags[LIST_AUTOSTART] = LV_LIST_ACTIVE | LV_LIST_AUTOSTART;
}

int
rounds_plan(struct run *r)
{
	if (plan_stop(&r->plan, &r->guests, &r->conf) == -1) {
		log_error("no memory for %zu guests", r->guests.n);
		return -1;
	}
	plan_rows(&r->plan, &r->guests, &r->tab, true);
	return 0;
}

/* On disk before the first of them is touched.  Who is brought back by the
 * daemon itself is known only when that was asked for. */
static int
list_record(struct run *r)
{
	const struct guesttab_row *row;
	const struct guest *g;
	size_t i;

	for (i = 0; i < r->guests.n; i++) {
		g = &r->guests.guest[i];
		row = plan_row(&r->guests, i, &r->tab);
		if (g->over || g->autostart ||
		    (row != NULL && row->boot == 0) ||
		    plan_leaves(&r->guests, i, &r->conf))
			continue;
		if (list_add(&r->list, r->conf.uris[g->uri], g->uuid) == -1)
			return -1;
	}
	run_save(r);
	return 0;
}

int
rounds_begin(struct run *r)
{
	if (rounds_plan(r) == -1)
		return -1;
	if (list_record(r) == -1) {
		log_error("no memory for the list of guests");
		return -1;
	}
	return 0;
}

/* Those from that one on that are to be stopped end so. */
static void
guests_fail(struct run *r, size_t from, enum engine_result result,
    const char *why)
{
	char label[GUEST_LABEL], uri[RUN_LABEL];
	struct guest *g;
	size_t i;

	for (i = from; i < r->guests.n; i++) {
		g = &r->guests.guest[i];
		if (g->over || plan_leaves(&r->guests, i, &r->conf))
			continue;
		g->result = (unsigned char)result;
		log_error("%s: guest %s: %s",
		    run_uri_label(r->conf.uris[g->uri], uri),
		    guest_label(g, label), why);
	}
}

/* 0, or -1 when there is no memory. */
static int
plan_grow(struct run *r, size_t from)
{
	if (plan_more(&r->plan, &r->guests, from, &r->conf) == -1)
		return -1;
	plan_rows(&r->plan, &r->guests, &r->tab, true);
	return list_record(r);
}

void
rounds_more(struct run *r)
{
	size_t from = r->guests.n, step = r->plan.n, i;
	bool came[CONF_URIS], lacks;

	for (i = 0; i < r->conf.nuris; i++)
		came[i] = r->host[i].stage == HOST_SETTLED;
	inventory_take(r, &r->guests);
	for (i = 0; i < r->conf.nuris; i++)
		if (came[i] && !r->host[i].failed)
			rounds_say(r, i);
	if ((lacks = plan_grow(r, from) == -1))
		plan_cut(&r->plan, step);
	if (drive_more(r, step) == -1 || lacks)
		guests_fail(r, from, RESULT_UNKNOWN, "no memory to stop it");
}

bool
rounds_spares(const struct run *r, const struct guest *g)
{
	const struct guest *known = guests_find(&r->guests, g->uri, g->uuid);

	return known != NULL && (known->result == RESULT_LEFT ||
	    known->result >= RESULT_REFUSED);
}

/* Leave those in an inventory that were started meanwhile; how many. */
static size_t
newcomers_mark(const struct run *r, struct guests *now)
{
	const struct guest *known;
	struct guest *g;
	size_t i, n = 0;

	for (i = 0; i < now->n; i++) {
		g = &now->guest[i];
		known = guests_find(&r->guests, g->uri, g->uuid);
		/* What is known of it was its daemon's. */
		if (known != NULL && r->host[g->uri].virt.state != VIRT_UP)
			g->persistent = known->persistent;
		g->over = rounds_spares(r, g) || plan_leaves(now, i, &r->conf);
		n += !g->over;
	}
	return n;
}

/* Have them, and no others, be what the next plan is about. */
static int
newcomers_take(struct run *r, struct guests *now)
{
	char label[GUEST_LABEL];
	size_t i;

	for (i = 0; i < r->guests.n; i++)
		r->guests.guest[i].over = true;
	for (i = 0; i < now->n; i++) {
		if (now->guest[i].over)
			continue;
		log_info("Guest %s was started meanwhile.",
		    guest_label(&now->guest[i], label));
		if (guests_move(&r->guests, &now->guest[i]) == -1) {
			log_error("no memory for another guest");
			return -1;
		}
	}
	return 0;
}

/* 1 when there are some, 0 when there are none, -1 when nobody knows. */
static int
newcomers_find(struct run *r)
{
	int64_t now = loop_now(), by;
	struct guests gs;
	int rv = -1;

	by = now + 2 * (int64_t)r->conf.connect_timeout * 1000;
	if (r->by != 0 && by > r->by)
		by = r->by > now + 1000 ? r->by : now + 1000;
	guests_init(&gs);
	if (inventory_again(r, &gs, by) == 0 &&
	    (rv = newcomers_mark(r, &gs) > 0) == 1) {
		drive_free(r);
		if (newcomers_take(r, &gs) == -1)
			rv = -1;
	}
	guests_free(&gs);
	return rv;
}

int
rounds_again(struct run *r, const char *heading)
{
	int round, found = 1;

	for (round = 1; r->plan.n > 0; round++) {
		if (r->signal != 0 ||
		    (found = newcomers_find(r)) != 1)
			break;
		if (round == ROUNDS) {
			/* There must be an end. */
			guests_fail(r, 0, RESULT_LATE,
			    "started again and again");
			break;
		}
		if (rounds_begin(r) == -1 || drive_plan(r, heading) == -1)
			return -1;
	}
	return found == -1 ? -1 : 0;
}
