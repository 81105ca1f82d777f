#ifndef SETUP_H
#define SETUP_H

struct inventory;
struct run;
struct run_options;

/*
 * From the command line and the files of configuration to a run and its hosts.
 * Findings are printed, and counted in run.found.  0, or -1 when there is no
 * memory; setup_free follows in any case.
 */
int	 setup_run(struct run *, const char *command,
	    const struct run_options *);
/* Behind setup_run: a host for each URI; inventory_free follows. */
int	 setup_hosts(struct inventory *, struct run *);
void	 setup_free(struct run *);

#endif
