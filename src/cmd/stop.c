#include "cmd/cmd.h"

#include <string.h>

#include "cmd/phases.h"
#include "libvirt/survivors.h"
#include "run/networks.h"
#include "run/rescue_host.h"
#include "run/rounds.h"
#include "run/selection.h"
#include "sys/log.h"
#include "sys/runlevel.h"

/* The latest request for time, before the end that systemd forces. */
#define FORCED		((RUNLEVEL_FORCED - 180) * (int64_t)1000)

/* The guests of an unreachable daemon: false if some run, or may run. */
static bool
host_known(const struct host *h)
{
	char label[RUN_LABEL];
	struct survivors s;

	host_label(h, label);
	survivors_live(&h->uri, &s);
	if ((s.known || h->virt.no_driver) && s.live == 0) {
		log_info("No guest of %s is running", label);
		return true;
	}
	/* Not all of them may be selected. */
	if (s.live > 0 && h->run->options->selection == NULL)
		log_error("%s: guests that run without their daemon: %s", label,
		    s.names);
	else
		log_error("%s: the state of its guests is unknown", label);
	return false;
}

static bool
hosts_known(const struct inventory *v)
{
	bool known = true;
	size_t i;

	for (i = 0; i < v->run->conf.nuris; i++)
		if (v->host[i].failed)
			known = host_known(&v->host[i]) && known;
	return known;
}

static bool
guests_failed(const struct guests *gs)
{
	size_t i;

	for (i = 0; i < gs->n; i++)
		if (gs->guest[i].result >= RESULT_REFUSED)
			return true;
	return false;
}

static enum phases_next
stop_lock(struct cmd_run *c)
{
	struct run *r = &c->run;
	enum run_exit rv;

	r->stopping = true;
	r->deadline = share_deadline(r->began, r->conf.stop_deadline);
	rv = join_lock(&c->join);
	if (rv != RUN_OK || c->join.joined)
		return phases_end(c, rv);
	join_listen(&c->join);
	r->down = runlevel_down();
	if (r->down != NULL)
		log_info("The host is going down: %s", r->down);
	c->record.down = r->down != NULL ? join_purpose(r) : 0;
	account_begin(&c->account);
	stages_load(&c->drive.stages, r);
	return PHASES_NEXT;
}

static enum phases_next
stop_gather(struct cmd_run *c)
{
	struct inventory *v = &c->inventory;

	/* Before systemd forces the end, it ends the stop, which names the
	 * guests that still run. */
	if (c->run.down != NULL && runlevel_forced())
		c->run.notify.by = c->run.began + FORCED;
	notify_extend(&c->run.notify, c->run.began);
	rounds_lists(v, DETAILS_STOP);
	if (inventory_first(v, rescue_host_patience(&c->run)) == 0) {
		rounds_say(v);
		return PHASES_NEXT;
	}
	inventory_end(v);
	(void)hosts_known(v);
	return phases_end(c, RUN_FAILED);
}

/* Entries of an earlier stop stay on the list: those guests were not started.
 * The guests of this stop are added after them. */
static enum phases_next
stop_record(struct cmd_run *c)
{
	struct errmsg em;

	(void)record_load(&c->record);
	if (rounds_begin(&c->drive) == -1)
		return phases_end(c, RUN_FAILED);
	/* From now on the service counts as stopped, except if only some guests
	 * are. */
	if (c->run.options->selection == NULL &&
	    state_mark(&c->record.state, false, &em) == -1)
		log_warn("%s", em.text);
	return PHASES_NEXT;
}

static enum phases_next
stop_drive(struct cmd_run *c)
{
	if (rounds_drive(&c->drive) == 0)
		return PHASES_NEXT;
	phases_fault(c, FAULT_HOST);
	return PHASES_LAST;
}

static enum phases_next
stop_again(struct cmd_run *c)
{
	if (rounds_again(&c->drive) == -1)
		phases_fault(c, FAULT_HOST);
	return PHASES_NEXT;
}

/* After the guests: networks, summary, hooks. */
static enum phases_next
stop_close(struct cmd_run *c)
{
	struct run *r = &c->run;
	struct record *rec = &c->record;
	bool known;

	inventory_end(&c->inventory);
	known = hosts_known(&c->inventory);
	if (known && r->conf.net_shutdown && r->signal == 0 &&
	    r->options->selection == NULL)
		networks_stop(&c->inventory);
	record_retry(rec);
	if (!known || c->inventory.unlisted)
		phases_fault(c, FAULT_HOST);
	if (selection_unmatched(r, "no running guest matches"))
		phases_fault(c, FAULT_MATCH);
	if (guests_failed(&c->inventory.guests))
		phases_fault(c, FAULT_GUEST);
	/* Guests of an unreadable list may never be started. */
	if (rec->unwritten || rec->state.broken || rec->state.theirs_broken)
		phases_fault(c, FAULT_LIST);
	if (c->drive.progress.guests != NULL)
		progress_sum(&c->drive.progress);
	(void)stages_whole(&c->drive.stages, &c->drive.work, HOOK_POST_STOP);
	return PHASES_NEXT;
}

static const struct phases_row phases[] = {
	{ "lock", stop_lock },
	{ "gather", stop_gather },
	{ "record", stop_record },
	{ "drive", stop_drive },
	{ "list again", stop_again },
	{ "close", stop_close },
	{ NULL, NULL }
};

static enum run_exit
stop_run(struct cmd_run *c)
{
	return phases_run(c, phases);
}

enum run_exit
stop_main(struct cmd_run *c)
{
	/* The stop that is under way may not be of the same guests. */
	c->join.joins = c->run.options->selection == NULL;
	return stop_run(c);
}

/* start_main follows, unless the host is going down. */
enum run_exit
stop_restart(struct cmd_run *c)
{
	enum run_exit rv;

	log_info("Restart: stopping all guests, then starting them again");
	rv = stop_run(c);
	if (c->run.down != NULL) {
		log_info("The next boot of the host starts the guests");
		c->over = true;
	}
	return rv;
}

enum run_exit
stop_condrestart(struct cmd_run *c)
{
	if (state_started(&c->record.state))
		return stop_restart(c);
	c->over = true;
	return RUN_OK;
}

enum run_exit
stop_shutdown(struct cmd_run *c)
{
	static const enum policy_action chain[POLICY_CHAIN] = {
		POLICY_SHUTDOWN
	};

	memcpy(c->run.conf.on_shutdown, chain, sizeof(chain));
	return stop_main(c);
}
