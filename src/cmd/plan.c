#include "cmd/plan_part.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/output.h"
#include "cmd/past.h"
#include "compat.h"
#include "config/guesttab.h"
#include "run/listed.h"
#include "run/rounds.h"
#include "run/selection.h"
#include "run/usual.h"
#include "run/worst.h"
#include "sys/log.h"

/*
 * The rows.
 */

static void	 why(struct plan_row *, const char *, ...)
		    __attribute__((__format__(__printf__, 2, 3)));

static void
why(struct plan_row *w, const char *fmt, ...)
{
	size_t len = strlen(w->reason);
	va_list ap;

	if (len > 0)
		len += strlcat(w->reason, "; ", sizeof(w->reason)) - len;
	va_start(ap, fmt);
	(void)vsnprintf(w->reason + len, sizeof(w->reason) - len, fmt, ap);
	va_end(ap);
}

/* The source of the policy of a step. */
static void
step_why(const struct plan_view *v, struct plan_row *w)
{
	const struct run *r = v->run;
	const struct guesttab_row *row = w->step->row;

	if (row != NULL)
		why(w, "guesttab %.900s:%u", r->conf.guesttab, row->line);
	if (!v->start && memcmp(w->step->chain, plan_chain(
	    &v->inventory->guests, w->step->guest, &r->tab, &r->conf),
	    sizeof(w->step->chain)) != 0)
		why(w, "transient: cannot be saved");
	if (v->start) {
		if (row == NULL)
			why(w, "listed by the last stop");
	} else if (row == NULL || row->chain[0] == POLICY_END) {
		if (r->conf.on_shutdown_line > 0)
			why(w, "ON_SHUTDOWN of %.900s:%u", r->conf_file,
			    (unsigned)r->conf.on_shutdown_line);
		else
			why(w, "ON_SHUTDOWN, %s",
			    r->conf.on_shutdown_line < 0 ? "-o" : "default");
	}
}

/* Its state, and the action that replaces its first one because of that. */
static void
seen_why(const struct plan_view *v, struct plan_row *w)
{
	static const char *const found[ENGINE_NEVENT] = {
		[EV_ON] = "already active", [EV_PAUSED] = "paused",
		[EV_ASLEEP] = "suspended", [EV_CRASHED] = "crashed",
		[EV_ENDING] = "shutting down",
	};
	enum policy_action instead = w->times->instead;

	if (w->step->seen == EV_ON && !v->start)
		return;
	if (found[w->step->seen] != NULL)
		why(w, "%s%s%s", found[w->step->seen],
		    instead != POLICY_END ? ": first " : "",
		    instead != POLICY_END ? policy_name(instead) : "");
}

static void
guest_row(const struct plan_view *v, size_t guest, struct plan_row *w)
{
	const struct guest *g = &v->inventory->guests.guest[guest];

	w->uri = v->run->conf.uris[g->uri];
	w->name = g->name;
	w->uuid = g->uuid;
}

static void
steps_each(struct plan_view *v, plan_row_fn *fn)
{
	size_t i, n;

	for (i = 0; i < v->worst.forecast.n; i++) {
		n = v->worst.forecast.order[i];
		struct plan_row w = { .step = &v->plan->step[n],
		    .times = &v->worst.forecast.step[n], .position = i + 1 };

		guest_row(v, w.step->guest, &w);
		step_why(v, &w);
		seen_why(v, &w);
		fn(v, &w);
	}
}

static void
left_each(struct plan_view *v, plan_row_fn *fn)
{
	const struct run *r = v->run;
	size_t i;

	for (i = 0; i < v->inventory->guests.n; i++) {
		struct plan_row w = { .position = 0 };

		if (!plan_leaves(&v->inventory->guests, i, &r->tab, &r->conf))
			continue;
		guest_row(v, i, &w);
		why(&w, "left running: transient, PERSISTENT_ONLY%s",
		    r->conf.persistent_only == CONF_DEFAULT ?
		    " of suspend" : "");
		fn(v, &w);
	}
}

/* Guests on the list that are not started. */
static void
dropped_each(struct plan_view *v, plan_row_fn *fn)
{
	const struct run *r = v->run;
	const struct plan_step *s;
	size_t i;

	for (i = v->plan->n; i < v->plan->n + v->plan->dropped; i++) {
		struct plan_row w = { .position = 0 };

		s = &v->plan->step[i];
		guest_row(v, s->guest, &w);
		if (s->row != NULL && s->row->boot == 0)
			why(&w, "not started: boot=no of guesttab %.900s:%u",
			    r->conf.guesttab, s->row->line);
		else
			why(&w, "not started: ON_BOOT=ignore");
		fn(v, &w);
	}
}

static const char *
fate_text(const struct plan_view *v, const struct list_entry *le)
{
	static const char *const fates[] = {
		[LISTED_OTHER] = "its URI is not configured",
		[LISTED_UNREAD] = "its URI cannot be read",
		[LISTED_GONE] = "no such guest",
	};
	enum listed_fate fate;

	if (!listed_boots(v->run))
		return "ON_BOOT=ignore";
	fate = listed_fate(v->inventory, le);
	return fate == LISTED_GUEST ? NULL : fates[fate];
}

static void
unlisted_each(struct plan_view *v, plan_row_fn *fn)
{
	const struct list_entry *le;
	const char *fate;
	size_t i = 0;

	while ((le = record_next(&v->cmd->record, &i)) != NULL) {
		struct plan_row w = { .position = 0 };

		if (!selection_listed(v->inventory, le) ||
		    (fate = fate_text(v, le)) == NULL)
			continue;
		w.uri = le->uri;
		w.name = le->name;
		w.uuid = le->uuid;
		why(&w, "not started: %s", fate);
		fn(v, &w);
	}
}

/* In the order of action; skipped guests are last. */
static void
rows_each(struct plan_view *v, plan_row_fn *fn)
{
	steps_each(v, fn);
	if (v->start) {
		dropped_each(v, fn);
		unlisted_each(v, fn);
	} else {
		left_each(v, fn);
	}
}

/* JSON. */

static void
step_json(struct plan_view *v, const struct plan_row *w)
{
	const struct plan_step *s = w->step;
	char modes[POLICY_MODES_TEXT];
	bool asks = output_asks(s);
	bool ordered = plan_table_ordered(s);
	struct json *j = v->json;

	output_number(j, "position", true, (int64_t)w->position);
	output_number(j, "order", ordered, ordered ? s->row->order : 0);
	output_policy(j, v->plan, s);
	output_number(j, "timeout", asks, worst_seconds(plan_limit(v->plan, s,
	    POLICY_SHUTDOWN)));
	output_string(j, "mode", asks ? policy_modes_text(s->modes, ',',
	    modes) : NULL);
	output_number(j, "from", w->times->begins >= 0,
	    worst_seconds(w->times->begins));
	output_number(j, "until", w->times->ends >= 0,
	    worst_seconds(w->times->ends));
}

static void
row_json(struct plan_view *v, const struct plan_row *w)
{
	static const char *const none[] = { "position", "order", "chain",
	    "limits", "timeout", "mode", "from", "until" };
	size_t i;

	json_object_begin(v->json);
	output_guest(v->json, w->uri, w->name, w->uuid);
	if (w->step != NULL)
		step_json(v, w);
	else
		for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
			output_string(v->json, none[i], NULL);
	output_string(v->json, "reason", w->reason);
	json_object_end(v->json);
}

static enum run_exit
view_json(struct plan_view *v, enum run_exit rv)
{
	struct output a;

	output_begin(&a);
	v->json = &a.json;
	output_string(&a.json, "plan", v->start ? "start" : "stop");
	json_key(&a.json, "guests");
	json_array_begin(&a.json);
	v->each(v, row_json);
	json_array_end(&a.json);
	output_uris(&a.json, v->inventory);
	output_number(&a.json, "worst_case", v->worst.forecast.ends >= 0,
	    worst_seconds(v->worst.forecast.ends));
	output_number(&a.json, "bounded", true,
	    worst_seconds(v->worst.forecast.bounded));
	output_number(&a.json, "usual", v->usual.known > 0 &&
	    v->usual.about >= 0, worst_seconds(v->usual.about));
	output_number(&a.json, "seldom", v->usual.known > 0 &&
	    v->usual.seldom >= 0, worst_seconds(v->usual.seldom));
	output_number(&a.json, "no_history", true, (int64_t)v->usual.unknown);
	output_string(&a.json, "cut", v->usual.cut[0] != '\0' ? v->usual.cut :
	    NULL);
	output_string(&a.json, "no_limit", v->worst.forecast.ends >= 0 ? NULL :
	    v->worst.endless);
	return output_end(&a, rv);
}

/*
 * The command.
 */

/* The init system does not wait for the worst case. */
static void
forced_say(const struct plan_view *v)
{
	if (!v->start && worst_forced(&v->worst))
		log_warn("%s; %s", WORST_FORCED, WORST_FORCED_DO);
}

/* Without a history there are no usual times: that is no failure. */
static int
usual_read(struct plan_view *v)
{
	struct past p;
	int rv = 0;

	if (past_read(&p, v->cmd) == 0)
		rv = usual_make(&v->usual, &p.history, &v->cmd->drive.work,
		    v->start);
	past_free(&p);
	return rv;
}

/* Like start, without its changes. */
static int
prepare_start(struct cmd_run *c)
{
	struct inventory *v = &c->inventory;
	struct plan *p = &c->drive.work.plan;
	size_t i;

	if (record_load(&c->record) == -1)
		return -1;
	if (record_count(&c->record) == 0 || !listed_boots(&c->run))
		return 0;
	listed_lists(v);
	if (inventory_all(v, 0) == -1 || listed_plan(&c->drive.work) == -1)
		return -1;
	for (i = 0; i < p->n; i++)
		if (v->guests.guest[p->step[i].guest].id != -1)
			p->step[i].seen = EV_ON;
	return 0;
}

static int
prepare_stop(struct cmd_run *c)
{
	rounds_lists(&c->inventory, DETAILS_PLAN);
	return inventory_all(&c->inventory, 0) == -1 ||
	    rounds_plan(&c->drive.work) == -1 ? -1 : 0;
}

enum run_exit
plan_main(struct cmd_run *c)
{
	const char *operand = c->run.options->operand;
	struct plan_view v = { .cmd = c, .run = &c->run,
	    .inventory = &c->inventory, .plan = &c->drive.work.plan,
	    .each = rows_each };
	enum run_exit rv;

	v.start = operand != NULL && strcmp(operand, "start") == 0;
	if ((v.start ? prepare_start(c) : prepare_stop(c)) == -1 ||
	    worst_make(&v.worst, &c->drive, v.start) == -1 ||
	    usual_read(&v) == -1)
		return RUN_FAILED;
	rv = v.worst.dead || c->record.state.broken ? RUN_FAILED : RUN_OK;
	if (selection_unmatched(&c->run, v.start ?
	    "no guest on the list matches" : "no running guest matches"))
		rv = RUN_FAILED;
	forced_say(&v);
	rv = c->run.options->json ? view_json(&v, rv) :
	    plan_table_print(&v, rv);
	worst_free(&v.worst);
	return rv;
}
