#ifndef CMD_H
#define CMD_H

#include <stdbool.h>
#include <stddef.h>

#include "run/drive.h"
#include "run/inventory.h"
#include "run/join.h"
#include "run/record.h"
#include "run/run.h"

/* A command that runs, with all its parts. */
struct cmd_run {
	struct run	  run;
	struct record	  record;
	struct inventory  inventory;
	struct drive	  drive;
	struct join	  join;
	bool		  over;		/* nothing for cmd.then to do */
};

/* What an error of the configuration or of an option's value means. */
enum cmd_kind {
	CMD_STOPS,	/* stop all the same; exit 6 if all else went well;
			   so does a bad value on the command line */
	CMD_ACTS,	/* the same; a bad value on the command line: exit 2 */
	CMD_READS,	/* the exit code does not tell */
	CMD_CHECKS	/* exit 6 at once */
};

/* The table of commands: row i, NULL behind the last. */
struct cmd {
	const char	 *name;
	const char	 *help;
	enum run_exit	(*main)(struct cmd_run *);
	enum run_exit	(*then)(struct cmd_run *);	/* a run of its own */
	enum cmd_kind	  kind;
	bool		  json;		/* -j is for it */
	const char	 *operand[2];	/* what may stand behind it */
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
enum run_exit	  status_guests(struct cmd_run *);
enum run_exit	  status_reload(struct cmd_run *);
enum run_exit	  await_main(struct cmd_run *);
enum run_exit	  plan_main(struct cmd_run *);

#endif
