#ifndef NETWORKS_H
#define NETWORKS_H

struct inventory;

/* NET_SHUTDOWN: virtual networks. */

/* Write the list of the networks that no guest uses, and stop them. */
void	 networks_stop(struct inventory *);
/* Start the listed networks of the URIs that have joined; 0, or -1 when one
 * failed. */
int	 networks_start(struct inventory *);

#endif
