#include "cmd/cmd.h"

#include <string.h>

#include "run/drive.h"
#include "run/inventory.h"
#include "run/listed.h"
#include "run/networks.h"
#include "run/progress.h"
#include "run/run.h"
#include "run/stages.h"
#include "sys/log.h"
#include "text/escape.h"
#include "wire/lvproto.h"

static enum run_exit
start_marked(struct run *r, enum run_exit rv)
{
	struct errmsg em;

	notify_send(&r->notify, "READY=1");
	if (state_mark(&r->state, true, &em) == -1) {
		log_error("%s", em.text);
		return RUN_FAILED;
	}
	return rv;
}

static void
others_say(const struct run *r)
{
	const char *uri, *last = NULL;
	char label[RUN_LABEL];
	size_t i;

	for (i = 0; i < r->list.n; i++) {
		uri = r->list.entry[i].uri;
		if (run_uri_index(r, uri) < r->conf.nuris ||
		    (last != NULL && strcmp(last, uri) == 0))
			continue;
		last = uri;
		log_info("Ignoring guests on %s URI",
		    run_uri_label(uri, label));
	}
}

/* Something of the list is not back. */
static bool
left_over(const struct run *r)
{
	size_t i, uri;
	bool left = r->gone;

	for (i = 0; i < r->list.n; i++) {
		uri = run_uri_index(r, r->list.entry[i].uri);
		left = left || uri < r->conf.nuris;
	}
	return left;
}

static enum run_exit
guests_start(struct run *r)
{
	listed_lists(r);
	if (inventory_first(r, (int64_t)r->conf.start_wait * 1000) == -1)
		return RUN_FAILED;
	r->nets_bad = networks_start(r) == -1;
	if (listed_plan(r) == -1)
		return RUN_FAILED;
	listed_settled(r, 0);
	if (drive_plan(r, "Resuming guests") == -1)
		return RUN_FAILED;
	inventory_end(r);
	if (r->plan.n > 0)
		progress_sum(&r->progress);
	return left_over(r) || r->nets_bad || r->save_failed ||
	    r->signal != 0 ? RUN_FAILED : RUN_OK;
}

/* ON_BOOT=ignore: what is left of the list are guests with boot=yes. */
static void
boot_ignore(struct run *r)
{
	bool some = listed_boots(r);
	size_t i;

	log_info("libvirt-guests is configured not to start any guests on "
	    "boot%s", some ? " but those with boot=yes" : "");
	for (i = r->list.n; i-- > 0; )
		if (!some || run_uri_index(r, r->list.entry[i].uri) ==
		    r->conf.nuris)
			list_remove(&r->list, r->list.entry[i].uri,
			    r->list.entry[i].uuid);
}

static enum run_exit
list_start(struct run *r)
{
	bool nets = state_nets_listed(&r->state);
	enum run_exit rv;

	if (!state_listed(&r->state))
		return nets ? guests_start(r) : RUN_OK;
	if (run_load(r) == -1)
		return RUN_FAILED;
	if (r->conf.on_boot == CONF_BOOT_IGNORE)
		boot_ignore(r);
	if (r->state.theirs || r->list.n == 0)
		run_save(r);
	if (r->conf.on_boot == CONF_BOOT_IGNORE)
		r->state.broken = r->state.theirs_broken = false;
	others_say(r);
	rv = RUN_OK;
	if (r->list.n > 0 || nets)
		rv = guests_start(r);
	/* A word that nobody knows may have been a guest to start. */
	return r->state.broken || r->state.theirs_broken || r->save_failed ?
	    RUN_FAILED : rv;
}

enum run_exit
cmd_start(struct run *r)
{
	enum run_exit rv = run_lock(r);

	if (rv != RUN_OK)
		return rv;
	stages_load(r);
	rv = RUN_FAILED;
	if (stages_whole(r, HOOK_PRE_START) == 0) {
		rv = list_start(r);
		(void)stages_whole(r, HOOK_POST_START);
	}
	return r->signal != 0 ? rv : start_marked(r, rv);
}
