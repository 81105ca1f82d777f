#ifndef SETUP_H
#define SETUP_H

struct run;
struct run_options;

/* From options and configuration to a run; 0, or -1 when that was told. */
int	 setup_run(struct run *, const char *command,
	    const struct run_options *);
void	 setup_free(struct run *);

#endif
