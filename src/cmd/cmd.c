#include "cmd/cmd.h"

#include <string.h>

#include "run/join.h"
#include "run/run.h"
#include "run/setup.h"
#include "sys/log.h"

static const struct cmd commands[] = {
	{ "start", "bring back the guests that the last stop recorded",
	    cmd_start, NULL, false },
	{ "stop", "suspend or shut down all running guests", cmd_stop, NULL,
	    true },
	{ "shutdown", "stop, with ON_SHUTDOWN=shutdown", cmd_shutdown, NULL,
	    true },
	{ "restart", "stop all guests, then start them", cmd_restart,
	    cmd_start, false },
	{ "condrestart", "restart, if started", cmd_condrestart, cmd_start,
	    false },
	{ "try-restart", "restart, if started", cmd_condrestart, cmd_start,
	    false },
	{ "reload", "check the configuration; touches no guest", cmd_reload,
	    NULL, false },
	{ "force-reload", "the same as reload", cmd_reload, NULL, false },
	{ "status", "started, or stopped with or without saved guests",
	    cmd_status, NULL, false, true, { NULL } },
	{ "gueststatus", "the running guests of every URI", cmd_gueststatus,
	    NULL, false, true, { NULL } },
	{ "await", "wait for a stop that is under way, and exit as it does",
	    cmd_await, NULL, true },
	{ "plan", "what stop would do, or with \"start\" behind it, start",
	    cmd_plan, NULL, false, true, { "stop", "start" } },
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

/* One half of a command; *over tells that the other has nothing to do. */
static enum run_exit
half_run(const struct cmd *c, enum run_exit (*half)(struct run *),
    const struct run_options *o, bool *over)
{
	enum run_exit rv = RUN_FAILED;
	struct run run;

	if (setup_run(&run, c->name, o) == 0) {
		if (run.errors > 0 && !c->anyhow)
			rv = RUN_CONFIG;
		else
			rv = half(&run);
		if (rv == RUN_OK && run.errors > 0)
			rv = RUN_CONFIG;
	}
	if (run.signal != 0)
		log_error("%s: ended by signal %d", c->name, run.signal);
	if (join_answer(&run, rv) && c->then != NULL && run.signal == 0) {
		log_warn("%s: a stop has joined: nothing is started", c->name);
		run.over = true;
		rv = rv == RUN_OK ? RUN_FAILED : rv;
	}
	*over = run.over || run.signal != 0 || rv == RUN_CONFIG;
	setup_free(&run);
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
