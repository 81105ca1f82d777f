#ifndef WORST_H
#define WORST_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/forecast.h"

struct drive;

/* The worst case of a plan, as plan and check print it. */
#define WORST_WHY	512		/* bytes */

struct worst {
	struct forecast	 forecast;
	char		 endless[WORST_WHY];	/* why it has no limit, or "" */
	bool		 dead;			/* a URI cannot be read */
};

/* Of drive.work.plan, whose guests are in the inventory.  Loads the hooks.  0,
 * or -1 when there is no memory. */
int	 worst_make(struct worst *, struct drive *, bool start);
void	 worst_free(struct worst *);
/* Milliseconds as seconds, rounded up; no limit stays -1. */
int64_t	 worst_seconds(int64_t ms);
/* Whether the init system ends a host shutdown before the worst case of a
 * stop. */
bool	 worst_forced(const struct worst *);
#define WORST_FORCED	"systemd forces the host down after 30 minutes, " \
			    "before the worst case"
#define WORST_FORCED_DO	"set STOP_DEADLINE to 1500 or less"

#endif
