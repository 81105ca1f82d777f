#include "cmd/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/phases.h"
#include "run/listed.h"
#include "run/selection.h"
#include "sys/log.h"

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
		    "%zu guest%s on the list; add it to URIS, or use -c",
		    label, n, n == 1 ? " stays" : "s stay");
}

/* Guests of the list whose URI is not configured: they stay listed. */
static void
others_say(const struct cmd_run *c)
{
	const struct list_entry *e, *f;
	size_t i = 0, k, n;

	while ((e = record_next(&c->record, &i)) != NULL) {
		if (run_uri_index(&c->run, e->uri) < c->run.conf.nuris ||
		    !selection_entry(&c->run, e))
			continue;
		for (k = n = 0; (f = record_next(&c->record, &k)) != NULL; ) {
			if (strcmp(f->uri, e->uri) != 0 ||
			    !selection_entry(&c->run, f))
				continue;
			if (k < i)
				break;
			n++;
		}
		if (f == NULL)
			other_say(c, e->uri, n);
	}
}

/* A selected guest that its daemon does not have stays on the list. */
static void
missing_say(const struct cmd_run *c, const struct list_entry *e)
{
	char uri[RUN_LABEL], name[GUEST_LABEL];

	if (listed_fate(&c->inventory, e) == LISTED_GONE)
		log_error("%s: guest %s: no such guest; it stays on the list",
		    run_uri_label(e->uri, uri), list_label(e, name));
}

/* A listed guest that was to be started was not started. */
static bool
left_over(const struct cmd_run *c)
{
	const struct list_entry *e;
	bool left = c->record.gone;
	size_t i = 0;

	while ((e = record_next(&c->record, &i)) != NULL) {
		if (!selection_listed(&c->inventory, e))
			continue;
		missing_say(c, e);
		left = left || !limited(c) || run_uri_index(&c->run,
		    e->uri) < c->run.conf.nuris;
	}
	return left;
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

/*
 * Phases.
 */

/* Before the history makes STATE_DIR: its file system may not be mounted. */
static void
place_say(struct cmd_run *c)
{
	char dir[4096 + 2], label[RUN_LABEL];

	(void)snprintf(dir, sizeof(dir), "%s/", c->run.conf.state_dir);
	(void)run_uri_label(c->run.conf.state_dir, label);
	if (access(dir, F_OK) == 0)
		return;
	if (errno == ENOENT) {
		/* The first start on a host. */
		log_warn("STATE_DIR %s does not exist; no list of guests to "
		    "start is known", label);
		return;
	}
	log_error("STATE_DIR %s: %s; the list of guests to start cannot be "
	    "read", label, strerror(errno));
	phases_fault(c, FAULT_LIST);
}

/* A stop can end this start: a service manager that stops only what is ready
 * must not wait for the last guest. */
static enum phases_next
start_lock(struct cmd_run *c)
{
	struct stages *st = &c->drive.stages;
	enum run_exit rv;

	notify_send(&c->run.notify, "READY=1");
	rv = join_lock(&c->join);
	if (rv != RUN_OK)
		return phases_end(c, rv);
	join_listen(&c->join);
	place_say(c);
	account_begin(&c->account);
	stages_load(st, &c->run);
	return stages_whole(st, &c->drive.work, HOOK_PRE_START) == 0 ?
	    PHASES_NEXT : phases_end(c, RUN_FAILED);
}

static enum phases_next
start_record(struct cmd_run *c)
{
	struct record *rec = &c->record;
	bool nets = state_nets_listed(&rec->state);
	bool ignore = c->run.conf.on_boot == CONF_BOOT_IGNORE &&
	    c->run.options->selection == NULL;
	const struct list_entry *e;
	size_t i = 0;

	if (!state_listed(&rec->state)) {
		log_info("No guests to start: the list does not exist");
		return nets ? PHASES_NEXT : PHASES_LAST;
	}
	if (record_load(rec) == -1) {
		phases_fault(c, FAULT_LIST);
		return PHASES_LAST;
	}
	if (ignore)
		boot_ignore(c);
	/* The selectors that match, whatever its daemon answers. */
	while ((e = record_next(rec, &i)) != NULL)
		(void)selection_entry(&c->run, e);
	if (rec->state.theirs || record_count(rec) == 0)
		record_save(rec);
	/* A malformed line may have been a guest to start. */
	if (!ignore && (rec->state.broken || rec->state.theirs_broken))
		phases_fault(c, FAULT_LIST);
	return record_count(rec) > 0 || nets ? PHASES_NEXT : PHASES_LAST;
}

static enum phases_next
start_gather(struct cmd_run *c)
{
	int64_t patience = (int64_t)c->run.conf.start_wait * 1000;

	c->listed.drive = &c->drive;
	listed_begin(&c->listed);
	listed_lists(&c->inventory);
	if (inventory_first(&c->inventory, patience) == 0)
		return PHASES_NEXT;
	phases_fault(c, FAULT_HOST);
	return PHASES_LAST;
}

static enum phases_next
start_drive(struct cmd_run *c)
{
	if (listed_drive(&c->listed) == -1) {
		phases_fault(c, FAULT_GUEST);
		return PHASES_LAST;
	}
	inventory_end(&c->inventory);
	others_say(c);
	if (c->drive.work.plan.n > 0)
		progress_sum(&c->drive.progress);
	if (left_over(c))
		phases_fault(c, FAULT_LEFT);
	if (networks_bad(&c->listed.networks))
		phases_fault(c, FAULT_NETWORK);
	return PHASES_NEXT;
}

/* A start of selected guests does not end the stop of the others. */
static bool
start_marks(const struct cmd_run *c)
{
	return c->run.signal == 0 && (c->run.options->selection == NULL ||
	    (c->faults == 0 && record_count(&c->record) == 0));
}

static enum phases_next
start_close(struct cmd_run *c)
{
	struct errmsg em;

	if (c->record.unwritten)
		phases_fault(c, FAULT_LIST);
	(void)stages_whole(&c->drive.stages, &c->drive.work, HOOK_POST_START);
	if (c->listed.drive != NULL)
		listed_end(&c->listed);
	if (selection_unmatched(&c->run, "no guest on the list matches"))
		phases_fault(c, FAULT_MATCH);
	if (start_marks(c) &&
	    state_mark(&c->record.state, true, &em) == -1) {
		log_error("%s", em.text);
		phases_fault(c, FAULT_MARK);
	}
	return PHASES_NEXT;
}

static const struct phases_row phases[] = {
	{ "lock", start_lock },
	{ "record", start_record },
	{ "gather", start_gather },
	{ "drive", start_drive },
	{ "close", start_close },
	{ NULL, NULL }
};

enum run_exit
start_main(struct cmd_run *c)
{
	return phases_run(c, phases);
}
