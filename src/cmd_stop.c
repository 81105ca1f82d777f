#include "cmd.h"

#include <string.h>

#include "compat.h"
#include "log.h"
#include "lvproto.h"
#include "runlevel.h"
#include "verdict.h"

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
stop_say(const struct run *r, size_t uri)
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

/* A daemon that is not there has no guests, unless they live without it. */
static bool
hosts_known(struct run *r)
{
	char label[RUN_LABEL];
	struct verdict v;
	bool known = true;
	size_t i;

	for (i = 0; i < r->conf.nuris; i++) {
		if (!r->host[i].failed)
			continue;
		run_uri_label(r->conf.uris[i], label);
		verdict_live(&r->host[i].uri, &v);
		if ((v.known || r->host[i].virt.no_driver) && v.live == 0) {
			log_info("No guest of %s is left running.", label);
			continue;
		}
		known = false;
		if (v.live > 0)
			log_error("%s: these run without their daemon: %s",
			    label, v.names);
		else
			log_error("%s: the state of its guests is unknown",
			    label);
	}
	return known;
}

static bool
guests_failed(const struct run *r)
{
	size_t i;

	for (i = 0; i < r->guests.n; i++)
		if (r->guests.guest[i].result >= RESULT_REFUSED)
			return true;
	return false;
}

/* Who is left is so for all of his time, and not for want of somebody who could
 * be asked. */
static bool
guests_timed(const struct run *r)
{
	const struct guest *g;
	size_t i, n = 0;

	for (i = 0; i < r->guests.n; i++) {
		g = &r->guests.guest[i];
		if (g->result < RESULT_REFUSED)
			continue;
		if (g->result != RESULT_LATE && g->result != RESULT_STALLED)
			return false;
		n++;
	}
	return n > 0 && r->signal == 0 && !r->unlisted;
}

int64_t
stop_patience(const struct run *r)
{
	struct verdict v;
	size_t i;

	for (i = 0; i < r->conf.nuris; i++) {
		verdict_live(&r->host[i].uri, &v);
		if (v.live > 0)
			return rescue_patience(r);
	}
	return 0;
}

static const char *const headings[POLICY_NWORD] = {
	[POLICY_SUSPEND] = "Suspending guests",
	[POLICY_SHUTDOWN] = "Shutting down guests",
	[POLICY_DESTROY] = "Destroying guests",
	[POLICY_LEAVE] = "Leaving guests",
};

void
stop_lists(struct run *r, enum survey_for survey)
{
	r->survey = survey;
	r->flags[LIST_TRANSIENT] = LV_LIST_ACTIVE | LV_LIST_TRANSIENT;
	r->flags[LIST_PERSISTENT] = LV_LIST_ACTIVE | LV_LIST_PERSISTENT;
	if (r->conf.ignore_autostart)
		r->flags[LIST_AUTOSTART] = LV_LIST_ACTIVE | LV_LIST_AUTOSTART;
}

int
stop_prepare(struct run *r)
{
	if (plan_stop(&r->plan, &r->guests, &r->conf) == -1) {
		log_error("no memory for %zu guests", r->guests.n);
		return -1;
	}
	plan_rows(&r->plan, &r->guests, &r->tab, true);
	return 0;
}

static enum cmd_exit
stop_guests(struct run *r)
{
	const char *heading = headings[r->conf.on_shutdown[0]];
	struct errmsg em;
	size_t i;
	bool failed, known;

	notify_extend(&r->notify, r->began);
	stop_lists(r, SURVEY_STOP);
	if (gather_first(r, rescue_patience(r)) == -1) {
		gather_end(r);
		(void)hosts_known(r);
		return CMD_FAILED;
	}
	for (i = 0; i < r->conf.nuris; i++)
		if (r->host[i].stage == HOST_JOINED && !r->host[i].failed)
			stop_say(r, i);
	/* What an earlier stop recorded stays: nobody has brought it back,
	 * and those that are to be stopped now come behind it. */
	(void)run_load(r);
	if (round_begin(r) == -1)
		return CMD_FAILED;
	/* From here on it is a stop, however it ends. */
	if (state_mark(&r->state, false, &em) == -1)
		log_warn("%s", em.text);
	failed = drive_plan(r, heading) == -1 ||
	    round_again(r, heading) == -1;
	gather_end(r);
	known = hosts_known(r);
	if (known && r->conf.net_shutdown && r->signal == 0)
		nets_stop(r);
	if (!failed && known && r->down != NULL && guests_timed(r))
		journal_down(&r->state.journal, run_purpose(r));
	failed = guests_failed(r) || failed || !known || r->unlisted;
	if (r->progress.guests != NULL)
		progress_sum(&r->progress);
	(void)stage_whole(r, HOOK_POST_STOP);
	return failed || r->save_failed || r->signal != 0 ? CMD_FAILED :
	    CMD_OK;
}

static enum cmd_exit
stop_run(struct run *r)
{
	int64_t limit = (int64_t)r->conf.stop_deadline * 1000;
	enum cmd_exit rv;

	r->stopping = true;
	r->by = limit > 0 ? r->began + limit : 0;
	rv = run_lock(r);
	if (rv != CMD_OK || r->joined)
		return rv;
	run_listen(r);
	r->down = runlevel_down();
	if (r->down != NULL)
		log_info("The host is going down: %s.", r->down);
	if (r->down != NULL && r->state.journal.down == run_purpose(r)) {
		log_error("who is left has had its time, and is not stopped "
		    "again while the host goes down");
		journal_down(&r->state.journal, run_purpose(r));
		return CMD_FAILED;
	}
	stage_load(r);
	return stop_guests(r);
}

enum cmd_exit
cmd_stop(struct run *r)
{
	r->joins = true;
	return stop_run(r);
}

/* The other half is cmd_start, but for a host that goes down. */
enum cmd_exit
cmd_restart(struct run *r)
{
	enum cmd_exit rv;

	log_info("Restart: all guests are stopped, and started again.");
	rv = stop_run(r);
	if (r->down != NULL) {
		log_info("They are started when the host is back.");
		r->over = true;
	}
	return rv;
}

enum cmd_exit
cmd_condrestart(struct run *r)
{
	if (state_started(&r->state))
		return cmd_restart(r);
	r->over = true;
	return CMD_OK;
}

enum cmd_exit
cmd_shutdown(struct run *r)
{
	static const enum policy_word chain[POLICY_CHAIN] = {
		POLICY_SHUTDOWN
	};

	memcpy(r->conf.on_shutdown, chain, sizeof(chain));
	return cmd_stop(r);
}
