#include "cmd.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "lvproto.h"

enum cmd_exit
cmd_status(struct run *r)
{
	/* Stop takes the mark away when it begins, start sets it: what start
	 * could not bring back is listed in a started service, too. */
	if (state_started(&r->state)) {
		log_answer("started");
		return CMD_OK;
	}
	log_answer(state_listed(&r->state) ? "stopped, with saved guests" :
	    "stopped, with no saved guests");
	return CMD_STOPPED;
}

enum cmd_exit
cmd_reload(struct run *r)
{
	return r->warnings > 0 ? CMD_CONFIG : CMD_OK;
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
rows_ask(struct run *r, struct row *row)
{
	struct guest *g;
	size_t i;
	int rv = 0;

	for (i = 0; i < r->guests.n; i++) {
		g = &r->guests.guest[i];
		row[i].state = "unknown";
		row[i].call = (struct virt_call){ .what = VIRT_STATE,
		    .guest = g, .done = state_answered, .arg = &row[i] };
		(void)virt_ask(&r->host[g->uri].virt, &row[i].call);
	}
	for (i = 0; i < r->guests.n; i++)
		while (row[i].call.busy && rv == 0)
			rv = run_step(r, 0);
	return rv;
}

static void
rows_print(const struct run *r, size_t uri, const struct row *row)
{
	char label[GUEST_LABEL];
	const struct guest *g;
	size_t i, width = 4;

	for (i = 0; i < r->guests.n; i++)
		if (r->guests.guest[i].uri == uri && strlen(guest_label(
		    &r->guests.guest[i], label)) > width)
			width = strlen(label);
	log_answer(" %-5s %-*s   %s", "Id", (int)width, "Name", "State");
	log_answer("---------------------------------------");
	for (i = 0; i < r->guests.n; i++) {
		g = &r->guests.guest[i];
		if (g->uri == uri)
			log_answer(" %-5" PRId32 " %-*s   %s", g->id,
			    (int)width, guest_label(g, label), row[i].state);
	}
	log_answer("%s", "");
}

enum cmd_exit
cmd_gueststatus(struct run *r)
{
	enum cmd_exit rv = CMD_OK;
	char label[RUN_LABEL];
	struct row *row;
	size_t i;

	r->flags[0] = LV_LIST_ACTIVE | LV_LIST_TRANSIENT;
	r->flags[1] = LV_LIST_ACTIVE | LV_LIST_PERSISTENT;
	if (run_connect(r, 0) == -1)
		return CMD_FAILED;
	row = calloc(r->guests.n + 1, sizeof(*row));
	if (row == NULL || rows_ask(r, row) == -1)
		rv = CMD_FAILED;
	for (i = 0; row != NULL && i < r->conf.nuris; i++) {
		log_answer("* %s URI:",
		    run_uri_label(r->conf.uris[i], label));
		if (r->host[i].failed) {
			log_answer("%s", "");
			rv = CMD_FAILED;
		} else {
			rows_print(r, i, row);
		}
	}
	free(row);
	return rv;
}
