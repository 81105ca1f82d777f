#include "cmd/cmd.h"

#include <string.h>

#include "run/listed.h"
#include "sys/log.h"

static enum run_exit
start_marked(struct cmd_run *c, enum run_exit rv)
{
	struct errmsg em;

	if (state_mark(&c->record.state, true, &em) == -1) {
		log_error("%s", em.text);
		return RUN_FAILED;
	}
	return rv;
}

/* Whether the URIs of the command line limit what is started. */
static bool
limited(const struct cmd_run *c)
{
	return c->run.options->nuris > 0;
}

static void
other_say(const struct cmd_run *c, const char *uri, size_t n)
{
	char label[RUN_LABEL];

	(void)run_uri_label(uri, label);
	if (limited(c))
		log_info("Ignoring guests on %s URI", label);
	else
		log_error("Ignoring guests on %s URI: URIS does not name it; "
		    "%zu guest%s on the list", label, n,
		    n == 1 ? " stays" : "s stay");
}

/* Guests of the list whose URI is not configured: they stay listed. */
static void
others_say(const struct cmd_run *c)
{
	const struct list_entry *e, *f;
	size_t i = 0, k, n;

	while ((e = record_next(&c->record, &i)) != NULL) {
		if (run_uri_index(&c->run, e->uri) < c->run.conf.nuris)
			continue;
		for (k = n = 0; (f = record_next(&c->record, &k)) != NULL; ) {
			if (strcmp(f->uri, e->uri) == 0 && k < i)
				break;
			n += strcmp(f->uri, e->uri) == 0;
		}
		if (f == NULL)
			other_say(c, e->uri, n);
	}
}

/* A listed guest was not started. */
static bool
left_over(const struct cmd_run *c)
{
	const struct list_entry *e;
	bool left = c->record.gone;
	size_t i = 0;

	while ((e = record_next(&c->record, &i)) != NULL)
		left = left || !limited(c) || run_uri_index(&c->run,
		    e->uri) < c->run.conf.nuris;
	return left;
}

static enum run_exit
listed_start(struct cmd_run *c, struct listed *l)
{
	struct inventory *v = &c->inventory;

	listed_lists(v);
	if (inventory_first(v, (int64_t)c->run.conf.start_wait * 1000) == -1 ||
	    listed_drive(l) == -1)
		return RUN_FAILED;
	inventory_end(v);
	if (c->drive.work.plan.n > 0)
		progress_sum(&c->drive.progress);
	return left_over(c) || networks_bad(&l->networks) ||
	    c->record.unwritten || c->run.signal != 0 ? RUN_FAILED : RUN_OK;
}

static enum run_exit
guests_start(struct cmd_run *c)
{
	struct listed l = { .drive = &c->drive };
	enum run_exit rv;

	listed_begin(&l);
	rv = listed_start(c, &l);
	listed_end(&l);
	return rv;
}

/* ON_BOOT=ignore: only guests with boot=yes stay on the list. */
static void
boot_ignore(struct cmd_run *c)
{
	bool some = listed_boots(&c->run);
	struct list_entry *e;
	size_t i = 0;

	log_info("libvirt-guests is configured not to start any guests on "
	    "boot%s", some ? " except guests with boot=yes" : "");
	while ((e = record_next(&c->record, &i)) != NULL)
		if (!some || run_uri_index(&c->run, e->uri) ==
		    c->run.conf.nuris)
			(void)record_note(&c->record, e, RECORD_UNWANTED);
}

static enum run_exit
list_start(struct cmd_run *c)
{
	struct record *rec = &c->record;
	bool nets = state_nets_listed(&rec->state);
	bool ignore = c->run.conf.on_boot == CONF_BOOT_IGNORE;
	enum run_exit rv = RUN_OK;

	if (!state_listed(&rec->state))
		return nets ? guests_start(c) : RUN_OK;
	if (record_load(rec) == -1)
		return RUN_FAILED;
	if (ignore)
		boot_ignore(c);
	if (rec->state.theirs || record_count(rec) == 0)
		record_save(rec);
	if (ignore)
		rec->state.broken = rec->state.theirs_broken = false;
	others_say(c);
	if (record_count(rec) > 0 || nets)
		rv = guests_start(c);
	/* A malformed line may have been a guest to start. */
	return rec->state.broken || rec->state.theirs_broken ||
	    rec->unwritten ? RUN_FAILED : rv;
}

enum run_exit
start_main(struct cmd_run *c)
{
	struct stages *st = &c->drive.stages;
	enum run_exit rv;

	/* A stop can end this start: a service manager that stops only what is
	 * ready must not wait for the last guest. */
	notify_send(&c->run.notify, "READY=1");
	rv = join_lock(&c->join);
	if (rv != RUN_OK)
		return rv;
	join_listen(&c->join);
	stages_load(st, &c->run);
	rv = RUN_FAILED;
	if (stages_whole(st, &c->drive.work, HOOK_PRE_START) == 0) {
		rv = list_start(c);
		(void)stages_whole(st, &c->drive.work, HOOK_POST_START);
	}
	return c->run.signal != 0 ? rv : start_marked(c, rv);
}
