#ifndef CMD_H
#define CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/run.h"

struct run;

/*
 * The commands.
 */

/* The table of commands: row i, NULL behind the last. */
struct cmd {
	const char	 *name;
	const char	 *help;
	enum run_exit	(*main)(struct run *);
	enum run_exit	(*then)(struct run *);	/* a run of its own */
	bool		  anyhow;	/* whatever the configuration */
	bool		  json;		/* -j is for it */
	const char	 *operand[2];	/* what may stand behind it */
};
const struct cmd *cmd_row(size_t i);
const struct cmd *cmd_find(const char *name);

/* Read the configuration, run the command, say what its exit code is. */
enum run_exit	  cmd_main(const struct cmd *, const struct run_options *);


/* The commands. */
enum run_exit	  cmd_start(struct run *);
enum run_exit	  cmd_stop(struct run *);
enum run_exit	  cmd_shutdown(struct run *);
enum run_exit	  cmd_restart(struct run *);
enum run_exit	  cmd_condrestart(struct run *);
enum run_exit	  cmd_reload(struct run *);
enum run_exit	  cmd_status(struct run *);
enum run_exit	  cmd_gueststatus(struct run *);
enum run_exit	  cmd_await(struct run *);
enum run_exit	  cmd_plan(struct run *);

#endif
