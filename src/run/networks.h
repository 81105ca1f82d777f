#ifndef NETWORKS_H
#define NETWORKS_H

#include <stdbool.h>
#include <stddef.h>

#include "plan/guest.h"
#include "sys/list.h"

struct host;
struct inventory;
struct net_task;

/* NET_SHUTDOWN: virtual networks. */
struct networks {
	struct inventory *inventory;
	struct guests	  all;		/* kept like guests without an id */
	struct list	  list;		/* of the file */
	struct net_task	 *task;		/* owned */
	size_t		  ntask;
	bool		  bad;		/* something failed */
};

/* Write the list of the networks that no guest uses, and stop them; waits for
 * their end. */
void	 networks_stop(struct inventory *);

/* A start: read which networks are listed. */
void	 networks_begin(struct networks *, struct inventory *);
void	 networks_free(struct networks *);
/* Start the listed networks of a connected host, unless that was done before.
 * True: all of them have ended. */
bool	 networks_settle(struct networks *, const struct host *);
/* A listed network of a configured URI was not started. */
bool	 networks_bad(const struct networks *);

#endif
