#include "cmd/outcome.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "cmd/past.h"
#include "cmd/phases.h"
#include "sys/log.h"

static void
millis_put(struct json *j, const char *key, int64_t ms)
{
	json_key(j, key);
	json_millis(j, ms);
}

static void
bool_put(struct json *j, const char *key, bool yes)
{
	json_key(j, key);
	json_bool(j, yes);
}

/* "method" is the last action: it worked, or no other action followed. */
static void
methods_put(struct json *j, const char *how)
{
	const char *last = NULL;
	size_t n;

	json_key(j, "methods");
	json_array_begin(j);
	while (how != NULL && *how != '\0') {
		last = how;
		n = strcspn(how, ",");
		json_text(j, how, n);
		how += n + (how[n] == ',');
	}
	json_array_end(j);
	output_string(j, "method", last);
}

static void
guest_put(struct json *j, const struct history_guest *g)
{
	json_object_begin(j);
	output_guest(j, g->uri, g->name, g->uuid);
	methods_put(j, g->how);
	output_string(j, "mode", g->mode);
	output_number(j, "requests", true, g->asks);
	millis_put(j, "asked", g->asked);
	millis_put(j, "acknowledged", g->acked);
	millis_put(j, "seconds", g->asked < 0 || g->ended < g->asked ? -1 :
	    g->ended - g->asked);
	output_string(j, "result", past_result(g));
	bool_put(j, "failed", history_failed(g));
	bool_put(j, "forced", g->forced);
	output_number(j, "bytes", g->bytes > 0, (int64_t)g->bytes);
	output_string(j, "why", g->why);
	json_object_end(j);
}

/* How many guests have which result. */
static void
totals_put(struct json *j, const struct history_run *r)
{
	size_t i, n, failed = 0;
	uint64_t bytes = 0;

	for (i = 0; i < r->n; i++) {
		failed += history_failed(&r->guest[i]);
		bytes += r->guest[i].bytes;
	}
	json_key(j, "totals");
	json_object_begin(j);
	output_number(j, "guests", true, (int64_t)r->n);
	output_number(j, "failed", true, (int64_t)failed);
	output_number(j, "bytes", true, (int64_t)(bytes & INT64_MAX));
	json_key(j, "results");
	json_object_begin(j);
	for (i = 0; i < r->n; i++)
		if ((n = past_count(r, i)) > 0)
			output_number(j, past_result(&r->guest[i]), true,
			    (int64_t)n);
	json_object_end(j);
	json_object_end(j);
}

void
outcome_put(struct json *j, const struct past *p, struct history_run *r)
{
	bool ended = r->length >= 0;
	size_t i;

	output_string(j, "run", r->starts ? "start" : "stop");
	output_string(j, "command", r->command);
	bool_put(j, "selected", r->selected);
	output_string(j, "state", ended ? "ended" : past_going(p, r) ?
	    "under way" : "did not end");
	output_number(j, "began", true, r->began);
	output_number(j, "ended", ended, r->began + r->length / 1000);
	millis_put(j, "seconds", r->length);
	millis_put(j, "deadline", r->deadline > 0 ? r->deadline : -1);
	bool_put(j, "deadline_hit", past_deadline_hit(r));
	output_string(j, "boot", r->boot);
	bool_put(j, "this_boot", past_here(p, r));
	output_string(j, "reason", r->reason);
	output_number(j, "exit", ended, r->code);
	past_sort(r);
	json_key(j, "guests");
	json_array_begin(j);
	for (i = 0; i < r->n; i++)
		guest_put(j, &r->guest[i]);
	json_array_end(j);
	totals_put(j, r);
}

static void
faults_put(struct json *j, const struct cmd_run *c)
{
	const char *text;
	size_t i = 0;

	json_key(j, "faults");
	json_array_begin(j);
	while ((text = phases_fault_next(c, &i)) != NULL)
		json_string(j, text);
	json_array_end(j);
}

/* A stop that joined another one has its guests: the other one has just written
 * them. */
static struct history_run *
joined_run(struct past *p, const struct cmd_run *c)
{
	struct history_run *r;
	size_t i;

	if (!c->join.joined || past_read(p, c) == -1)
		return NULL;
	for (i = 0; i < p->history.n; i++) {
		r = &p->history.run[i];
		if (!r->starts && r->length >= 0 && past_here(p, r))
			return r;
	}
	return NULL;
}

void
outcome_print(struct cmd_run *c, enum run_exit code)
{
	struct past p = { .owner = 0 };
	struct history_run own = { .n = 0 }, *r = joined_run(&p, c);
	struct output a;

	boot_id(p.boot);
	output_begin(&a);
	a.hasty = true;
	if (account_run(&c->account, code, &own) == -1)
		a.json.bad = true;
	if (r == NULL)
		r = &own;
	else
		r->command = own.command;
	r->code = (int)code;
	outcome_put(&a.json, &p, r);
	bool_put(&a.json, "joined", c->join.joined);
	faults_put(&a.json, c);
	output_uris(&a.json, &c->inventory);
	(void)output_end(&a, code);
	free(own.guest);
	past_free(&p);
}
