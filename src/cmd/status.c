#include "cmd/cmd.h"

#include <string.h>

#include "cmd/output.h"
#include "cmd/past.h"
#include "sys/log.h"
#include "text/chart.h"

#define BUF_MAX	(1024UL * 1024)

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

	output_text(b, "\nLast stop: %s, ", past_when(r->began, when));
	if (r->length >= 0)
		output_text(b, "%s, ", chart_time(r->length, took));
	output_text(b, "%s; ", past_end(p, r, end));
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
	output_text(&b, "%s", status);
	if (since >= 0)
		output_text(&b, "\nSince %s", past_when(since, when));
	if (n > 0)
		output_text(&b, "\n%zu guest%s on the list", n,
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
