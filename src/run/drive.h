#ifndef DRIVE_H
#define DRIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "run/progress.h"
#include "run/run.h"
#include "run/screen.h"
#include "run/stages.h"
#include "run/work.h"

struct host;
struct inventory;
struct record;

/*
 * Carry out a plan: allocate memory, open connections, do the engine's
 * operations, run the loop until all guests have ended.
 */

/* Where the guests come from. */
struct drive_source {
	/* Add the guests of hosts that answer late. */
	void		(*more)(void *arg);
	/* As in struct inventory_listener; NULL: there is nothing to do. */
	bool		(*settle)(void *arg, const struct host *);
	void		*arg;
};

struct drive {
	struct work	  work;
	struct stages	  stages;
	struct progress	  progress;
	struct screen	  screen;
	bool		 *headed;	/* each URI, for progress; owned */
	struct drive_source source;
	struct run_part	  part;
};

/* Listens to the inventory; all three must outlive it. */
void	 drive_init(struct drive *, struct inventory *, struct record *);
void	 drive_free(struct drive *);
/* Carry out work.plan; heading as in struct progress.  0, or -1: no memory, or
 * interrupted before the first guest. */
int	 drive_plan(struct drive *, const char *heading);
/* The plan has new steps, from number `from` on.  0, or -1 when there is no
 * memory: then they are removed from the plan. */
int	 drive_more(struct drive *, size_t from);
/* Free plan and engine; forget the calls that are not answered. */
void	 drive_end(struct drive *);

#endif
