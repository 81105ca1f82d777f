#include "cmd/cmd.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/output.h"
#include "cmd/past.h"
#include "run/listed.h"
#include "run/rounds.h"
#include "run/saves.h"
#include "run/selection.h"
#include "sys/log.h"
#include "text/number.h"
#include "wire/lvproto.h"

/* A guest that runs, or is on the list and does not run. */
struct row {
	struct virt_call	 call;
	size_t			 uri;
	const char		*name;		/* or NULL */
	const unsigned char	*uuid;
	const struct guest	*guest;		/* NULL: it does not run */
	const struct plan_step	*step;		/* of a stop, or NULL */
	const char		*state;
	uint64_t		 bytes;		/* of its save, 0: unknown */
};

struct view {
	struct cmd_run		*cmd;
	struct inventory	*inventory;
	struct past		 past;
	struct row		*row;		/* n of them, owned */
	size_t			 n;
	struct buf		 text;
};

/*
 * The rows.
 */

static void
state_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct row *row = c->arg;

	if (a->result == VIRT_OK)
		row->state = lvmsg_state_name(a->state.state);
	else if (a->result == VIRT_REFUSED && a->class == LVMSG_GONE)
		row->state = "gone";
}

/* Ask for the states of the guests that run. */
static int
rows_ask(struct view *v)
{
	struct row *row;
	size_t i;
	int rv = 0;

	for (i = 0; i < v->n; i++) {
		row = &v->row[i];
		row->call = (struct virt_call){ .what = VIRT_STATE,
		    .guest = row->guest, .done = state_answered, .arg = row };
		(void)virt_ask(&v->inventory->host[row->uri].virt,
		    &row->call);
	}
	for (i = 0; i < v->n; i++)
		while (v->row[i].call.busy && rv == 0)
			rv = run_step(v->inventory->run, 0);
	return rv;
}

static void
running_add(struct view *v)
{
	const struct plan *p = &v->cmd->drive.work.plan;
	const struct guests *gs = &v->inventory->guests;
	size_t i;

	for (i = 0; i < gs->n; i++)
		v->row[v->n++] = (struct row){ .uri = gs->guest[i].uri,
		    .name = gs->guest[i].name, .uuid = gs->guest[i].uuid,
		    .guest = &gs->guest[i], .state = "unknown" };
	for (i = 0; i < p->n; i++)
		v->row[p->step[i].guest].step = &p->step[i];
}

/* What the history knows of the last stop of a guest, or NULL. */
static const struct history_guest *
stopped_find(const struct past *p, const struct list_entry *e)
{
	const struct history_run *r;
	size_t i, k;

	for (i = 0; i < p->history.n; i++) {
		r = &p->history.run[i];
		for (k = 0; k < r->n && !r->starts; k++)
			if (memcmp(r->guest[k].uuid, e->uuid, UUID_LEN) == 0 &&
			    strcmp(r->guest[k].uri, e->uri) == 0)
				return &r->guest[k];
	}
	return NULL;
}

/* Add a guest of the list whose URI was read. */
static void
listed_add(struct view *v, const struct list_entry *e)
{
	const struct inventory *inv = v->inventory;
	size_t uri = run_uri_index(inv->run, e->uri);
	const struct history_guest *g = stopped_find(&v->past, e);
	struct row *row = &v->row[v->n];

	if (uri == inv->run->conf.nuris || inv->host[uri].failed ||
	    guests_find(&inv->guests, uri, e->uuid) != NULL)
		return;
	*row = (struct row){ .uri = uri, .name = e->name, .uuid = e->uuid,
	    .state = "off" };
	row->bytes = saves_bytes(&inv->host[uri].uri, e->name);
	if (row->bytes > 0 || (g != NULL && g->result != NULL &&
	    strcmp(g->result, "saved") == 0)) {
		row->state = "saved";
		row->bytes = row->bytes > 0 ? row->bytes : g->bytes;
	}
	v->n++;
}

/* 0, or -1: the error is printed. */
static int
rows_make(struct view *v)
{
	const struct list_entry *e;
	size_t i = 0;
	int rv;

	(void)record_load(&v->cmd->record);
	(void)past_read(&v->past, v->cmd);
	v->row = calloc(v->inventory->guests.n +
	    record_count(&v->cmd->record) + 1, sizeof(*v->row));
	if (v->row == NULL) {
		log_error("no memory for the table of guests");
		return -1;
	}
	running_add(v);
	rv = rows_ask(v);
	while ((e = record_next(&v->cmd->record, &i)) != NULL)
		if (selection_listed(v->inventory, e))
			listed_add(v, e);
	return rv;
}

/*
 * Text.
 */

#define CHAIN		256
#define TEXT_MAX	(64UL * 1024 * 1024)

/* What a stop does to a guest that runs, or a start to another one. */
static const char *
policy_text(const struct view *v, const struct row *row, char text[CHAIN])
{
	if (row->step != NULL)
		return output_chain(&v->cmd->drive.work.plan, row->step, text,
		    CHAIN);
	if (row->guest != NULL)
		return "leave";
	return listed_boots(v->inventory->run) ? "start" : "-";
}

static const char *
name_text(const struct row *row, char label[RUN_LABEL])
{
	if (row->guest != NULL)
		return guest_label(row->guest, label);
	if (row->name != NULL)
		return run_uri_label(row->name, label);
	uuid_format(row->uuid, label);
	return label;
}

static void
row_text(struct view *v, const struct row *row, const int width[2])
{
	char label[RUN_LABEL], id[16] = "-", size[NUMBER_BYTES] = "-";
	char chain[CHAIN];

	if (row->guest != NULL)
		(void)snprintf(id, sizeof(id), "%" PRId32, row->guest->id);
	if (row->bytes > 0)
		(void)number_bytes(row->bytes, size);
	output_text(&v->text, " %-5s %-*s   %-*s   %-9s   %s\n", id, width[0],
	    name_text(row, label), width[1], row->state, size,
	    policy_text(v, row, chain));
}

static void
rows_text(struct view *v, size_t uri)
{
	char label[RUN_LABEL];
	int width[2] = { 4, 5 }, len;
	size_t i;

	for (i = 0; i < v->n; i++) {
		if (v->row[i].uri != uri)
			continue;
		len = (int)strlen(name_text(&v->row[i], label));
		width[0] = len > width[0] ? len : width[0];
		len = (int)strlen(v->row[i].state);
		width[1] = len > width[1] ? len : width[1];
	}
	output_text(&v->text, " %-5s %-*s   %-*s   %-9s   %s\n", "Id",
	    width[0], "Name", width[1], "State", "Saved", "Policy");
	output_text(&v->text, "---------------------------------------\n");
	for (i = 0; i < v->n; i++)
		if (v->row[i].uri == uri)
			row_text(v, &v->row[i], width);
	output_text(&v->text, "\n");
}

static enum run_exit
view_text(struct view *v, enum run_exit rv)
{
	const struct run *r = v->inventory->run;
	char label[RUN_LABEL];
	size_t i;

	(void)buf_init(&v->text, 4096, TEXT_MAX);
	for (i = 0; i < r->conf.nuris; i++) {
		output_text(&v->text, "* %s URI:\n",
		    run_uri_label(r->conf.uris[i], label));
		if (v->inventory->host[i].failed)
			output_text(&v->text, "\n");
		else
			rows_text(v, i);
	}
	v->text.len -= v->text.len > 0;	/* output_print ends the last line */
	rv = output_print(&v->text, rv);
	buf_free(&v->text);
	return rv;
}

/*
 * JSON.
 */

static void
row_json(const struct view *v, const struct row *row, struct json *j)
{
	const struct plan *p = &v->cmd->drive.work.plan;

	json_object_begin(j);
	output_guest(j, v->inventory->run->conf.uris[row->uri], row->name,
	    row->uuid);
	output_string(j, "state", row->state);
	if (row->guest != NULL) {
		output_number(j, "id", true, row->guest->id);
		json_key(j, "persistent");
		json_bool(j, row->guest->persistent);
		output_policy(j, p, row->step);
	} else {
		output_number(j, "bytes", row->bytes > 0,
		    (int64_t)row->bytes);
	}
	json_object_end(j);
}

static void
rows_json(const struct view *v, bool running, struct json *j)
{
	size_t i;

	json_key(j, running ? "guests" : "listed");
	json_array_begin(j);
	for (i = 0; i < v->n; i++)
		if ((v->row[i].guest != NULL) == running)
			row_json(v, &v->row[i], j);
	json_array_end(j);
}

static enum run_exit
view_json(const struct view *v, enum run_exit rv)
{
	struct output a;

	output_begin(&a);
	rows_json(v, true, &a.json);
	rows_json(v, false, &a.json);
	output_uris(&a.json, v->inventory);
	return output_end(&a, rv);
}

enum run_exit
gueststatus_main(struct cmd_run *c)
{
	struct inventory *inv = &c->inventory;
	struct view v = { .cmd = c, .inventory = inv };
	enum run_exit rv = RUN_OK;
	size_t i;

	rounds_lists(inv, DETAILS_STOP);
	if (inventory_all(inv, 0) == -1 || rounds_plan(&c->drive.work) == -1)
		return RUN_FAILED;
	if (rows_make(&v) == -1)
		rv = RUN_FAILED;
	if (selection_unmatched(&c->run, "no guest matches"))
		rv = RUN_FAILED;
	for (i = 0; i < c->run.conf.nuris; i++)
		if (inv->host[i].failed)
			rv = RUN_FAILED;
	if (v.row != NULL && c->run.options->json)
		rv = view_json(&v, rv);
	else if (v.row != NULL)
		rv = view_text(&v, rv);
	past_free(&v.past);
	free(v.row);
	return rv;
}
