#include "cmd/cmd.h"

#include <string.h>

#include "compat.h"
#include "libvirt/survivors.h"
#include "run/drive.h"
#include "run/inventory.h"
#include "run/join.h"
#include "run/networks.h"
#include "run/progress.h"
#include "run/rescue.h"
#include "run/rounds.h"
#include "run/run.h"
#include "run/stages.h"
#include "sys/log.h"
#include "sys/runlevel.h"
#include "wire/lvproto.h"

/* A daemon that is not there has no guests, unless they live without it. */
static bool
hosts_known(struct run *r)
{
	char label[RUN_LABEL];
	struct survivors v;
	bool known = true;
	size_t i;

	for (i = 0; i < r->conf.nuris; i++) {
		if (!r->host[i].failed)
			continue;
		run_uri_label(r->conf.uris[i], label);
		survivors_live(&r->host[i].uri, &v);
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

static const char *const headings[POLICY_NWORD] = {
	[POLICY_SUSPEND] = "Suspending guests",
	[POLICY_SHUTDOWN] = "Shutting down guests",
	[POLICY_DESTROY] = "Destroying guests",
	[POLICY_LEAVE] = "Leaving guests",
};

static enum run_exit
stop_guests(struct run *r)
{
	const char *heading = headings[r->conf.on_shutdown[0]];
	struct errmsg em;
	size_t i;
	bool failed, known;

	notify_extend(&r->notify, r->began);
	rounds_lists(r, DETAILS_STOP);
	if (inventory_first(r, rescue_patience(r)) == -1) {
		inventory_end(r);
		(void)hosts_known(r);
		return RUN_FAILED;
	}
	for (i = 0; i < r->conf.nuris; i++)
		if (r->host[i].stage == HOST_JOINED && !r->host[i].failed)
			rounds_say(r, i);
	/* What an earlier stop recorded stays: nobody has brought it back,
	 * and those that are to be stopped now come behind it. */
	(void)run_load(r);
	if (rounds_begin(r) == -1)
		return RUN_FAILED;
	/* From here on it is a stop, however it ends. */
	if (state_mark(&r->state, false, &em) == -1)
		log_warn("%s", em.text);
	failed = drive_plan(r, heading) == -1 ||
	    rounds_again(r, heading) == -1;
	inventory_end(r);
	known = hosts_known(r);
	if (known && r->conf.net_shutdown && r->signal == 0)
		networks_stop(r);
	if (!failed && known && r->down != NULL && guests_timed(r))
		journal_down(&r->state.journal, join_purpose(r));
	failed = guests_failed(r) || failed || !known || r->unlisted;
	if (r->progress.guests != NULL)
		progress_sum(&r->progress);
	(void)stages_whole(r, HOOK_POST_STOP);
	return failed || r->save_failed || r->signal != 0 ? RUN_FAILED :
	    RUN_OK;
}

static enum run_exit
stop_run(struct run *r)
{
	int64_t limit = (int64_t)r->conf.stop_deadline * 1000;
	enum run_exit rv;

	r->stopping = true;
	r->by = limit > 0 ? r->began + limit : 0;
	rv = run_lock(r);
	if (rv != RUN_OK || r->joined)
		return rv;
	join_listen(r);
	r->down = runlevel_down();
	if (r->down != NULL)
		log_info("The host is going down: %s.", r->down);
	if (r->down != NULL && r->state.journal.down == join_purpose(r)) {
		log_error("who is left has had its time, and is not stopped "
		    "again while the host goes down");
		journal_down(&r->state.journal, join_purpose(r));
		return RUN_FAILED;
	}
	stages_load(r);
	return stop_guests(r);
}

enum run_exit
cmd_stop(struct run *r)
{
	r->joins = true;
	return stop_run(r);
}

/* The other half is cmd_start, but for a host that goes down. */
enum run_exit
cmd_restart(struct run *r)
{
	enum run_exit rv;

	log_info("Restart: all guests are stopped, and started again.");
	rv = stop_run(r);
	if (r->down != NULL) {
		log_info("They are started when the host is back.");
		r->over = true;
	}
	return rv;
}

enum run_exit
cmd_condrestart(struct run *r)
{
	if (state_started(&r->state))
		return cmd_restart(r);
	r->over = true;
	return RUN_OK;
}

enum run_exit
cmd_shutdown(struct run *r)
{
	static const enum policy_word chain[POLICY_CHAIN] = {
		POLICY_SHUTDOWN
	};

	memcpy(r->conf.on_shutdown, chain, sizeof(chain));
	return cmd_stop(r);
}
