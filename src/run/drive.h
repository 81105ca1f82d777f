#ifndef DRIVE_H
#define DRIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "run/progress.h"
#include "run/run.h"
#include "run/stages.h"
#include "run/work.h"

struct inventory;
struct record;

/*
 * A plan is carried out: memory and connections for it, the engine's
 * operations, and the loop that turns the engine.
 */

/* Who adds the guests of hosts that come late. */
struct drive_source {
	void		(*more)(void *arg);
	void		*arg;
};

struct drive {
	struct work	  work;
	struct stages	  stages;
	struct progress	  progress;
	bool		 *headed;	/* each URI, for progress; owned */
	struct drive_source source;
	struct run_part	  part;
};

/* For a run, its inventory and its record; it listens to the inventory. */
void	 drive_init(struct drive *, struct inventory *, struct record *);
void	 drive_free(struct drive *);
/* Carry out work.plan; heading as in struct progress.  0, or -1: no memory, or
 * interrupted before the first guest. */
int	 drive_plan(struct drive *, const char *heading);
/* The plan has more steps now, from that one on.  0, or -1 when there is no
 * memory: the plan has lost them again. */
int	 drive_more(struct drive *, size_t from);
/* Forget plan and engine, and the calls that are not answered. */
void	 drive_end(struct drive *);

#endif
