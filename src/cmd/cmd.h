#ifndef CMD_H
#define CMD_H

#include <stdbool.h>
#include <stddef.h>

#include "run/account.h"
#include "run/audit.h"
#include "run/drive.h"
#include "run/inventory.h"
#include "run/join.h"
#include "run/listed.h"
#include "run/record.h"
#include "run/run.h"

/* A command that runs, with all its parts. */
struct cmd_run {
	struct run	  run;
	struct record	  record;
	struct inventory  inventory;
	struct drive	  drive;
	struct account	  account;
	struct join	  join;
	struct listed	  listed;	/* of a start */
	struct audit	  audit;	/* of a check */
	unsigned	  faults;	/* enum phases_fault */
	enum run_exit	  code;		/* of a run that ended early */
	bool		  over;		/* do not run cmd.then */
};

/* What an error in the configuration or in the value of an option does. */
enum cmd_kind {
	CMD_STOPS,	/* stop all guests; exit 6 if all else went well; a
			   bad value on the command line does the same */
	CMD_ACTS,	/* the same; a bad value on the command line: exit 2 */
	CMD_READS,	/* the exit code does not show errors */
	CMD_CHECKS,	/* exit 6 at once */
	CMD_AUDITS	/* errors are findings, which the command prints */
};

enum cmd_json {
	JSON_NONE,	/* it is refused */
	JSON_ANSWER,	/* the command prints JSON */
	JSON_OUTCOME	/* so does cmd_main, at the end of the run */
};

/* The table of commands: row i, NULL after the last. */
struct cmd {
	const char	 *name;
	const char	 *help;
	enum run_exit	(*main)(struct cmd_run *);
	enum run_exit	(*then)(struct cmd_run *);	/* a second run */
	enum cmd_kind	  kind;
	enum cmd_json	  json;		/* what -j does */
	const char	 *operand[2];	/* that it accepts */
	bool		  guests;	/* it accepts GUEST... */
	bool		  runs;		/* it accepts -n */
};
const struct cmd *cmd_row(size_t i);
const struct cmd *cmd_find(const char *name);

/* Read the configuration, run the command, return its exit code. */
enum run_exit	  cmd_main(const struct cmd *, const struct run_options *);

/* The commands: cmd/NAME.c. */
enum run_exit	  start_main(struct cmd_run *);
enum run_exit	  stop_main(struct cmd_run *);
enum run_exit	  stop_shutdown(struct cmd_run *);
enum run_exit	  stop_restart(struct cmd_run *);
enum run_exit	  stop_condrestart(struct cmd_run *);
enum run_exit	  status_main(struct cmd_run *);
enum run_exit	  gueststatus_main(struct cmd_run *);
enum run_exit	  status_reload(struct cmd_run *);
enum run_exit	  await_main(struct cmd_run *);
enum run_exit	  plan_main(struct cmd_run *);
enum run_exit	  check_main(struct cmd_run *);
enum run_exit	  report_main(struct cmd_run *);

#endif
