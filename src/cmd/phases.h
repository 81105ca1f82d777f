#ifndef PHASES_H
#define PHASES_H

#include <stddef.h>

#include "run/run.h"

struct cmd_run;

/*
 * A stop and a start are tables of phases: they run in the order of the table,
 * one after another.  A phase waits by run_step only, and none begins within
 * another.  Its data is in one part of struct cmd_run.
 */

enum phases_next {
	PHASES_NEXT,		/* the next phase */
	PHASES_LAST,		/* the last one: it closes what has begun */
	PHASES_END		/* no other phase; cmd_run.code is the result */
};

struct phases_row {
	const char	*name;
	enum phases_next (*run)(struct cmd_run *);
};

/* Why a command that did its work does not exit 0: bits of cmd_run.faults. */
enum phases_fault {
	FAULT_GUEST = 1 << 0,	/* a guest failed */
	FAULT_HOST = 1 << 1,	/* the state of guests is unknown */
	FAULT_LEFT = 1 << 2,	/* a guest stays on the list */
	FAULT_LIST = 1 << 3,	/* the list could not be read, or written */
	FAULT_NETWORK = 1 << 4,
	FAULT_MARK = 1 << 5,
	FAULT_SIGNAL = 1 << 6,
	FAULT_MATCH = 1 << 7	/* a selector matches no guest */
};

/* Run the phases of a table, which ends with a row without a name; returns the
 * exit code. */
enum run_exit	 phases_run(struct cmd_run *, const struct phases_row *);
/* Returns PHASES_END, with that exit code. */
enum phases_next phases_end(struct cmd_run *, enum run_exit);
/* Note a fault. */
void		 phases_fault(struct cmd_run *, enum phases_fault);

/* The text of the next fault from *i on, which begins at 0; NULL: no more. */
const char	*phases_fault_next(const struct cmd_run *, size_t *i);

#endif
