#include "cmd/cmd.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/output.h"
#include "cmd/past.h"
#include "run/selection.h"
#include "sys/log.h"
#include "text/chart.h"
#include "wire/lvproto.h"

#define BUF_MAX	(1024 * 1024)

/* Since when the service is started or stopped, in seconds since 1970; -1: no
 * run is known that did it. */
static int64_t
status_since(const struct past *p, bool started)
{
	const struct history_run *r;
	size_t i = 0;

	/* A run of selected guests may leave the service as it is. */
	while (i < p->history.n && p->history.run[i].selected)
		i++;
	r = &p->history.run[i];
	if (i == p->history.n || r->starts != started)
		return -1;
	if (!started)
		return r->began;
	/* The mark of a started service does not outlive the boot. */
	return r->length < 0 || !past_here(p, r) ? -1 :
	    r->began + r->length / 1000;
}

static void
stop_json(struct json *j, const struct past *p)
{
	const struct history_run *r = past_newest(p, false);

	json_key(j, "last_stop");
	if (r == NULL) {
		json_null(j);
		return;
	}
	json_object_begin(j);
	json_key(j, "began");
	json_int(j, r->began);
	json_key(j, "seconds");
	json_millis(j, r->length);
	json_key(j, "exit");
	if (r->length < 0)
		json_null(j);
	else
		json_int(j, r->code);
	json_object_end(j);
}

static enum run_exit
status_json(struct cmd_run *c, const char *status, enum run_exit rv)
{
	const struct list_entry *e;
	struct output a;
	struct past p;
	size_t i = 0;
	int64_t since;

	(void)past_read(&p, c);
	since = status_since(&p, rv == RUN_OK);
	output_begin(&a);
	output_string(&a.json, "state", rv == RUN_OK ? "started" : "stopped");
	output_string(&a.json, "status", status);
	json_key(&a.json, "since");
	if (since < 0)
		json_null(&a.json);
	else
		json_int(&a.json, since);
	json_key(&a.json, "guests");
	json_array_begin(&a.json);
	while ((e = record_next(&c->record, &i)) != NULL) {
		json_object_begin(&a.json);
		output_guest(&a.json, e->uri, e->name, e->uuid);
		json_object_end(&a.json);
	}
	json_array_end(&a.json);
	stop_json(&a.json, &p);
	past_free(&p);
	return output_end(&a, rv);
}

static void
stop_text(struct buf *b, const struct past *p, const struct history_run *r)
{
	char when[PAST_WHEN], took[CHART_TIME], end[PAST_END];

	past_put(b, "\nLast stop: %s, ", past_when(r->began, when));
	if (r->length >= 0)
		past_put(b, "%s, ", chart_time(r->length, took));
	past_put(b, "%s; ", past_end(p, r, end));
	past_sum(b, r);
}

/* The first line is for scripts. */
static enum run_exit
status_text(struct cmd_run *c, const char *status, enum run_exit rv)
{
	const struct history_run *r;
	size_t n = record_count(&c->record);
	char when[PAST_WHEN];
	struct past p;
	struct buf b;
	int64_t since;

	(void)past_read(&p, c);
	since = status_since(&p, rv == RUN_OK);
	(void)buf_init(&b, 1024, BUF_MAX);
	past_put(&b, "%s", status);
	if (since >= 0)
		past_put(&b, "\nSince %s", past_when(since, when));
	if (n > 0)
		past_put(&b, "\n%zu guest%s on the list", n,
		    n == 1 ? "" : "s");
	if ((r = past_newest(&p, false)) != NULL)
		stop_text(&b, &p, r);
	rv = output_print(&b, rv);
	buf_free(&b);
	past_free(&p);
	return rv;
}

enum run_exit
status_main(struct cmd_run *c)
{
	enum run_exit rv = RUN_STOPPED;
	const char *status = "stopped, with no saved guests";

	/* A stop removes the mark when it begins, a start sets it.  Guests that
	 * a start could not start are listed in a started service, too. */
	if (state_started(&c->record.state)) {
		status = "started";
		rv = RUN_OK;
	} else if (state_listed(&c->record.state)) {
		status = "stopped, with saved guests";
	}
	(void)record_load(&c->record);
	return c->run.options->json ? status_json(c, status, rv) :
	    status_text(c, status, rv);
}

enum run_exit
status_reload(struct cmd_run *c)
{
	const struct run *r = &c->run;
	char file[RUN_LABEL], tab[RUN_LABEL];

	stages_load(&c->drive.stages, &c->run);
	if (r->found.warnings > 0)
		return RUN_CONFIG;
	log_info("Configuration %s: no errors; %zu row%s in %s",
	    r->conf_file == NULL ? "without a file" :
	    run_uri_label(r->conf_file, file), r->tab.n,
	    r->tab.n == 1 ? "" : "s", run_uri_label(r->conf.guesttab, tab));
	return RUN_OK;
}

/*
 * The table of guests.
 */

struct row {
	struct virt_call	 call;
	const char		*state;
};

static void
state_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct row *row = c->arg;

	if (a->result == VIRT_OK)
		row->state = lvmsg_state_name(a->state.state);
	else if (a->result == VIRT_REFUSED && a->class == LVMSG_GONE)
		row->state = "gone";
}

static int
rows_ask(struct inventory *v, struct row *row)
{
	struct guest *g;
	size_t i;
	int rv = 0;

	for (i = 0; i < v->guests.n; i++) {
		g = &v->guests.guest[i];
		row[i].state = "unknown";
		row[i].call = (struct virt_call){ .what = VIRT_STATE,
		    .guest = g, .done = state_answered, .arg = &row[i] };
		(void)virt_ask(&v->host[g->uri].virt, &row[i].call);
	}
	for (i = 0; i < v->guests.n; i++)
		while (row[i].call.busy && rv == 0)
			rv = run_step(v->run, 0);
	return rv;
}

static void
rows_print(const struct inventory *v, size_t uri, const struct row *row)
{
	char label[GUEST_LABEL];
	const struct guest *g;
	size_t i, width = 4;

	for (i = 0; i < v->guests.n; i++)
		if (v->guests.guest[i].uri == uri && strlen(guest_label(
		    &v->guests.guest[i], label)) > width)
			width = strlen(label);
	log_answer(" %-5s %-*s   %s", "Id", (int)width, "Name", "State");
	log_answer("---------------------------------------");
	for (i = 0; i < v->guests.n; i++) {
		g = &v->guests.guest[i];
		if (g->uri == uri)
			log_answer(" %-5" PRId32 " %-*s   %s", g->id,
			    (int)width, guest_label(g, label), row[i].state);
	}
	log_answer("%s", "");
}

static void
rows_text(const struct inventory *v, const struct row *row)
{
	char label[RUN_LABEL];
	size_t i;

	for (i = 0; i < v->run->conf.nuris; i++) {
		log_answer("* %s URI:",
		    run_uri_label(v->run->conf.uris[i], label));
		if (v->host[i].failed)
			log_answer("%s", "");
		else
			rows_print(v, i, row);
	}
}

static enum run_exit
rows_json(const struct inventory *v, const struct row *row, enum run_exit rv)
{
	const struct guest *g;
	struct output a;
	size_t i;

	output_begin(&a);
	json_key(&a.json, "guests");
	json_array_begin(&a.json);
	for (i = 0; i < v->guests.n; i++) {
		g = &v->guests.guest[i];
		json_object_begin(&a.json);
		output_guest(
		    &a.json, v->run->conf.uris[g->uri], g->name, g->uuid);
		json_key(&a.json, "id");
		json_int(&a.json, g->id);
		json_key(&a.json, "persistent");
		json_bool(&a.json, g->persistent);
		output_string(&a.json, "state", row[i].state);
		json_object_end(&a.json);
	}
	json_array_end(&a.json);
	output_uris(&a.json, v);
	return output_end(&a, rv);
}

enum run_exit
status_guests(struct cmd_run *c)
{
	struct inventory *v = &c->inventory;
	enum run_exit rv = RUN_OK;
	struct row *row;
	size_t i;

	v->flags[0] = LV_LIST_ACTIVE | LV_LIST_TRANSIENT;
	v->flags[1] = LV_LIST_ACTIVE | LV_LIST_PERSISTENT;
	if (selection_wants_os(v->run))
		v->details = DETAILS_STOP;
	if (inventory_all(v, 0) == -1)
		return RUN_FAILED;
	if (selection_unmatched(v->run, "no running guest matches"))
		rv = RUN_FAILED;
	row = calloc(v->guests.n + 1, sizeof(*row));
	if (row == NULL || rows_ask(v, row) == -1)
		rv = RUN_FAILED;
	for (i = 0; i < v->run->conf.nuris; i++)
		if (v->host[i].failed)
			rv = RUN_FAILED;
	if (row != NULL && v->run->options->json)
		rv = rows_json(v, row, rv);
	else if (row != NULL)
		rows_text(v, row);
	free(row);
	return rv;
}
