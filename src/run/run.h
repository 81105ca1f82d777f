#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/conf.h"
#include "config/guesttab.h"
#include "plan/share.h"
#include "sys/loop.h"
#include "sys/notify.h"
#include "text/errmsg.h"

/*
 * What all parts of a command share: options, configuration and its findings,
 * the loop, the deadline, the signals.  Each part has a struct for its own
 * state.
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

#define RUN_PREEMPTED	(-1)	/* in place of a signal: a stop begins */

struct selection;

struct run_options {
	char		**uris;		/* -c */
	size_t		  nuris;
	char		**overrides;	/* -o */
	size_t		  noverrides;
	const char	 *file;		/* -f */
	const char	 *deadline;	/* -D, or NULL */
	bool		  json;		/* -j */
	const char	 *operand;	/* start or stop, or NULL */
	struct selection *selection;	/* GUEST..., NULL: all guests */
	int		  runs;		/* -n, 0: not given */
};

/*
 * A part of a run that has timed work.  run_step calls tick of each part before
 * it waits; the part that was added last is first.  Each function may be NULL.
 */
struct run_part {
	/* Do what is due.  Returns when the part is due next: absolute
	 * milliseconds, 0 = never. */
	int64_t		(*tick)(void *arg, int64_t now);
	/* SIGUSR1 or another stop asks for no order and no bound. */
	void		(*hurry)(void *arg, int64_t now);
	/* run.deadline is earlier than before. */
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
	const char	 *conf_file;	/* or NULL */
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
	int		  signal;	/* that ended the run, RUN_PREEMPTED,
					   or 0 */
	struct run_part	 *parts;
};

/* Start the loop, which catches signals. */
void		  run_loop(struct run *);
/* Add a part, which must outlive the last run_step. */
void		  run_add(struct run *, struct run_part *);
/*
 * Tick all parts, then wait for the next event, at most until deadline
 * (absolute, 0 = none).  0, or -1 when the run is interrupted.
 */
int		  run_step(struct run *, int64_t deadline);
/* The same without the parts. */
int		  run_wait(struct run *, int64_t deadline);
/* Wait before memory is requested again, until by (absolute) at most.  False:
 * by has passed, or the run is interrupted. */
#define RUN_LATER	100		/* ms */
bool		  run_later(struct run *, int64_t by);
/* A signal has ended the run. */
bool		  run_interrupted(struct run *);
/* From now on there is no order and no bound. */
void		  run_hurry(struct run *);
/* Shorten the deadline of the run; a later deadline changes nothing. */
void		  run_hasten(struct run *, int64_t deadline);
/* When a part that began at since has to end: at by (0 = never), or earlier
 * before the deadline.  Absolute. */
int64_t		  run_share(const struct run *, enum share_part,
		    int64_t since, int64_t by);
/* The seconds of -D, 1 to a week.  0, or -1 with the reason and what is used
 * (0 = no deadline). */
int		  run_deadline_parse(const char *, int *seconds,
		    struct errmsg *);
/* Print and count errors and warnings of parsers. */
finding_fn	  run_finding;
/* The index of a configured URI, or conf.nuris. */
size_t		  run_uri_index(const struct run *, const char *uri);
/* A URI, escaped; returns label. */
#define RUN_LABEL	512
const char	 *run_uri_label(const char *uri, char label[RUN_LABEL]);

#endif
