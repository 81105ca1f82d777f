#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/conf.h"
#include "config/guesttab.h"
#include "sys/loop.h"
#include "sys/notify.h"
#include "text/errmsg.h"

/*
 * What all parts of a command share: options, configuration, the loop, the
 * deadline, the signals, and what the configuration's findings were.  Each
 * part keeps its own state in a struct of its own.
 */

/* Exit codes of LSB init scripts. */
enum run_exit {
	RUN_OK = 0,
	RUN_FAILED = 1,
	RUN_USAGE = 2,
	RUN_STOPPED = 3,
	RUN_DENIED = 4,
	RUN_CONFIG = 6
};

struct run_options {
	char		**uris;		/* -c */
	size_t		  nuris;
	char		**overrides;	/* -o */
	size_t		  noverrides;
	const char	 *file;		/* -f */
	const char	 *deadline;	/* -D, or NULL */
	bool		  json;		/* -j */
	const char	 *operand;	/* behind the command, or NULL */
};

/*
 * A part of a run that has work to do in time.  run_step calls tick of each
 * part, the one that was added last first, before it waits.  Each function may
 * be NULL.
 */
struct run_part {
	/* Do what is due.  Returns when the part is due next: absolute
	 * milliseconds, 0 = at no time. */
	int64_t		(*tick)(void *arg, int64_t now);
	/* SIGUSR1 or another stop asks for no order and no bound. */
	void		(*hurry)(void *arg, int64_t now);
	/* run.deadline is nearer than it was. */
	void		(*hasten)(void *arg, int64_t now);
	void		*arg;
	struct run_part	*next;
};

struct run_findings {
	int		  errors;
	int		  warnings;
};

struct run {
	const char	 *name;		/* of the command */
	const struct run_options *options;
	const char	 *conf_file;	/* NULL: there is none */
	struct conf	  conf;
	struct guesttab	  tab;
	struct run_findings found;	/* in the configuration */
	struct loop	  loop;
	bool		  looping;	/* loop is initialised */
	struct notify	  notify;	/* the service manager */
	int64_t		  began;	/* loop_now() */
	int64_t		  deadline;	/* of a stop, absolute, 0 = none */
	bool		  stopping;	/* the command stops guests */
	bool		  hurry;	/* no order and no bound */
	const char	 *down;		/* why the host goes down, or NULL */
	int		  signal;	/* that ended the run, or 0 */
	struct run_part	 *parts;
};

/* Start the loop, which catches signals. */
void		  run_loop(struct run *);
/* Add a part; it outlives the run's last run_step. */
void		  run_add(struct run *, struct run_part *);
/*
 * Tick all parts and wait for what happens next, until deadline (absolute, 0 =
 * none) at most.  0, or -1 when the run is interrupted.
 */
int		  run_step(struct run *, int64_t deadline);
/* The same without the parts. */
int		  run_wait(struct run *, int64_t deadline);
/* A signal has ended the run. */
bool		  run_interrupted(struct run *);
/* From now on there is no order and no bound. */
void		  run_hurry(struct run *);
/* The run ends by deadline, if that is sooner than its own. */
void		  run_hasten(struct run *, int64_t deadline);
/* Until when connections that are wanted since then are waited for, at most
 * until by: guests get the larger part of what a stop has left. */
int64_t		  run_share(const struct run *, int64_t since, int64_t by);
/* The seconds of -D, 1 to a week.  0, or -1 with the reason and what is used
 * (0 = no deadline). */
int		  run_deadline_parse(const char *, int *seconds,
		    struct errmsg *);
/* Errors and warnings of parsers. */
finding_fn	  run_finding;
/* The configured URI with that name, or conf.nuris. */
size_t		  run_uri_index(const struct run *, const char *uri);
/* A URI made fit to print; returns label. */
#define RUN_LABEL	512
const char	 *run_uri_label(const char *uri, char label[RUN_LABEL]);

#endif
