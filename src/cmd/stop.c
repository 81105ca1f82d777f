#include "cmd/cmd.h"

#include <string.h>

#include "libvirt/survivors.h"
#include "run/networks.h"
#include "run/rescue_host.h"
#include "run/rounds.h"
#include "sys/log.h"
#include "sys/runlevel.h"

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
	if (s.live > 0)
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

/* After the guests: networks, summary, hooks. */
static enum run_exit
stop_close(struct cmd_run *c, bool failed)
{
	struct run *r = &c->run;
	bool known;

	inventory_end(&c->inventory);
	known = hosts_known(&c->inventory);
	if (known && r->conf.net_shutdown && r->signal == 0)
		networks_stop(&c->inventory);
	failed = guests_failed(&c->inventory.guests) || failed || !known ||
	    c->inventory.unlisted;
	record_retry(&c->record);
	if (c->drive.progress.guests != NULL)
		progress_sum(&c->drive.progress);
	(void)stages_whole(&c->drive.stages, &c->drive.work, HOOK_POST_STOP);
	/* Guests of an unreadable list may never be started. */
	return failed || c->record.unwritten || c->record.state.broken ||
	    c->record.state.theirs_broken || r->signal != 0 ? RUN_FAILED :
	    RUN_OK;
}

static enum run_exit
stop_guests(struct cmd_run *c)
{
	struct inventory *v = &c->inventory;
	struct errmsg em;

	notify_extend(&c->run.notify, c->run.began);
	rounds_lists(v, DETAILS_STOP);
	if (inventory_first(v, rescue_host_patience(&c->run)) == -1) {
		inventory_end(v);
		(void)hosts_known(v);
		return RUN_FAILED;
	}
	rounds_say(v);
	/* Entries of an earlier stop stay on the list: those guests were not
	 * started.  The guests of this stop are added after them. */
	(void)record_load(&c->record);
	if (rounds_begin(&c->drive) == -1)
		return RUN_FAILED;
	/* From now on the service counts as stopped. */
	if (state_mark(&c->record.state, false, &em) == -1)
		log_warn("%s", em.text);
	return stop_close(c, rounds_drive(&c->drive) == -1);
}

static enum run_exit
stop_run(struct cmd_run *c)
{
	struct run *r = &c->run;
	int64_t limit = (int64_t)r->conf.stop_deadline * 1000;
	enum run_exit rv;

	r->stopping = true;
	r->deadline = limit > 0 ? r->began + limit : 0;
	rv = join_lock(&c->join);
	if (rv != RUN_OK || c->join.joined)
		return rv;
	join_listen(&c->join);
	r->down = runlevel_down();
	if (r->down != NULL)
		log_info("The host is going down: %s", r->down);
	c->record.down = r->down != NULL ? join_purpose(r) : 0;
	stages_load(&c->drive.stages, r);
	return stop_guests(c);
}

enum run_exit
stop_main(struct cmd_run *c)
{
	c->join.joins = true;
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
