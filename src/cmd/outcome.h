#ifndef OUTCOME_H
#define OUTCOME_H

#include "run/run.h"

struct cmd_run;
struct history_run;
struct json;
struct past;

/* A run and its guests as members of an object; the guests are sorted. */
void		  outcome_put(struct json *, const struct past *,
		    struct history_run *);
/* What -j prints at the end of a stop or start.  Guests and daemons no longer
 * wait, but the host may: a reader that does not read is not waited for. */
void		  outcome_print(struct cmd_run *, enum run_exit);

#endif
