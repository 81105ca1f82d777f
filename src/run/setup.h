#ifndef SETUP_H
#define SETUP_H

struct inventory;
struct run;
struct run_options;

/*
 * Set up a run and its hosts from the command line and the configuration.
 * Findings are printed, and counted in run.found.  0, or -1 when there is no
 * memory; call setup_free in both cases.
 */
int	 setup_run(struct run *, const char *command,
	    const struct run_options *);
/* After setup_run: make a host for each URI; free them by inventory_free. */
int	 setup_hosts(struct inventory *, struct run *);
void	 setup_free(struct run *);

#endif
