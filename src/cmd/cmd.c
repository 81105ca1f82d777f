#include "cmd/cmd.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/outcome.h"
#include "run/setup.h"
#include "sys/log.h"
#include "sys/logger.h"

static const struct cmd commands[] = {
	{ "start", "start the guests that the last stop recorded",
	    start_main, NULL, CMD_ACTS, JSON_OUTCOME, { NULL }, true, false },
	{ "stop", "save or shut down all running guests", stop_main, NULL,
	    CMD_STOPS, JSON_OUTCOME, { NULL }, true, false },
	{ "shutdown", "stop with ON_SHUTDOWN=shutdown", stop_shutdown, NULL,
	    CMD_STOPS, JSON_OUTCOME, { NULL }, true, false },
	{ "restart", "stop all guests, then start them again", stop_restart,
	    start_main, CMD_STOPS },
	{ "condrestart", "restart if the service is started",
	    stop_condrestart, start_main, CMD_STOPS },
	{ "try-restart", "the same as condrestart", stop_condrestart,
	    start_main, CMD_STOPS },
	{ "reload", "check the configuration; touch no guest", status_reload,
	    NULL, CMD_CHECKS },
	{ "force-reload", "the same as reload", status_reload, NULL,
	    CMD_CHECKS },
	{ "status", "print whether the service is started or stopped",
	    status_main, NULL, CMD_READS, JSON_ANSWER, { NULL } },
	{ "gueststatus", "print a table of the guests", gueststatus_main,
	    NULL, CMD_ACTS, JSON_ANSWER, { NULL }, true, false },
	{ "await", "wait for a stop that is under way; exit with its status",
	    await_main, NULL, CMD_ACTS },
	{ "plan", "print what stop would do; plan start: what start would do",
	    plan_main, NULL, CMD_ACTS, JSON_ANSWER, { "stop", "start" },
	    true, false },
	{ "check", "print what would go wrong, and what to do about it",
	    check_main, NULL, CMD_AUDITS, JSON_ANSWER, { NULL } },
	{ "report", "print what the last stop and start did to each guest",
	    report_main, NULL, CMD_READS, JSON_ANSWER, { NULL }, true, true },
};

const struct cmd *
cmd_row(size_t i)
{
	return i < sizeof(commands) / sizeof(commands[0]) ? &commands[i] :
	    NULL;
}

const struct cmd *
cmd_find(const char *name)
{
	const struct cmd *c;
	size_t i;

	for (i = 0; (c = cmd_row(i)) != NULL; i++)
		if (strcmp(c->name, name) == 0)
			break;
	return c;
}

/* Whether a half of a command starts guests, or prints how it would. */
static bool
half_starts(enum run_exit (*half)(struct cmd_run *),
    const struct run_options *o)
{
	return half == start_main || (half == plan_main &&
	    o->operand != NULL && strcmp(o->operand, "start") == 0);
}

/* The configuration is unknown at first. */
static void
system_log(const struct cmd *c, const struct conf *conf)
{
	bool wanted = c->kind == CMD_STOPS || c->main == start_main;

	if (conf == NULL || conf->syslog == CONF_DEFAULT)
		wanted = wanted && logger_wanted();
	else
		wanted = wanted && conf->syslog == CONF_YES;
	logger_open(wanted ? LOGGER_PATH : NULL);
}

static int
cmd_init(struct cmd_run *c, const struct cmd *row,
    const struct run_options *o, bool starts)
{
	int rv;

	system_log(row, NULL);
	if ((rv = setup_run(&c->run, row->name, o)) == 0)
		system_log(row, &c->run.conf);
	if (rv == -1 || record_init(&c->record, &c->run) == -1)
		return -1;
	if (starts)
		record_adopt(&c->record);
	if (setup_hosts(&c->inventory, &c->run) == -1)
		return -1;
	drive_init(&c->drive, &c->inventory, &c->record);
	account_init(&c->account, &c->inventory, &c->record);
	c->drive.work.account = &c->account;
	join_init(&c->join, &c->record);
	return 0;
}

static void
cmd_free(struct cmd_run *c)
{
	if (c->join.run != NULL) {
		drive_free(&c->drive);
		account_free(&c->account);
	}
	inventory_free(&c->inventory);
	if (c->record.run != NULL)
		record_free(&c->record);
	setup_free(&c->run);
}

/* Run one half of a command; *over: do not run the other half. */
static enum run_exit
half_run(const struct cmd *c, enum run_exit (*half)(struct cmd_run *),
    const struct run_options *o, bool *over)
{
	enum run_exit rv = RUN_FAILED;
	struct cmd_run *cr = calloc(1, sizeof(*cr));

	*over = true;
	if (cr == NULL) {
		log_error("no memory");
		return RUN_FAILED;
	}
	if (c->kind == CMD_AUDITS)
		audit_begin(&cr->audit);
	if (cmd_init(cr, c, o, half_starts(half, o)) == 0) {
		if (cr->run.found.errors > 0 && c->kind == CMD_CHECKS)
			rv = RUN_CONFIG;
		else
			rv = half(cr);
		if (rv == RUN_OK && cr->run.found.errors > 0 &&
		    c->kind != CMD_READS)
			rv = RUN_CONFIG;
	} else if (c->kind == CMD_AUDITS) {
		audit_end(&cr->audit);
		log_error("no memory");
	}
	if (cr->run.signal == RUN_PREEMPTED)
		log_error("%s: a stop of all guests begins; %s", c->name,
		    cr->run.stopping ? "it stops these guests, too" :
		    "guests that were not started stay on the list");
	else if (cr->run.signal != 0)
		log_error("%s: ended by signal %d", c->name, cr->run.signal);
	/* First: a joined stop that ends may be what the host waits for. */
	account_end(&cr->account, rv);
	if (cr->join.run != NULL &&
	    join_answer(&cr->join, &cr->inventory, rv) && c->then != NULL &&
	    cr->run.signal == 0) {
		log_warn("%s: a stop joined this one; no guest is started",
		    c->name);
		cr->over = true;
		rv = rv == RUN_OK ? RUN_FAILED : rv;
	}
	if (cr->join.run != NULL && o->json && c->json == JSON_OUTCOME)
		outcome_print(cr, rv);
	*over = cr->over || cr->run.signal != 0;
	cmd_free(cr);
	audit_free(&cr->audit);
	free(cr);
	return rv;
}

enum run_exit
cmd_main(const struct cmd *c, const struct run_options *o)
{
	enum run_exit first, second = RUN_OK;
	bool over;

	first = half_run(c, c->main, o, &over);
	if (c->then != NULL && !over)
		second = half_run(c, c->then, o, &over);
	return first != RUN_OK ? first : second;
}
