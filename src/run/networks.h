#ifndef NETWORKS_H
#define NETWORKS_H

struct inventory;

/* NET_SHUTDOWN: virtual networks. */

/* Record the networks that no guest needs any more, and stop them. */
void	 networks_stop(struct inventory *);
/* Start the recorded networks of the URIs that have come; 0, or -1 when some
 * are not there. */
int	 networks_start(struct inventory *);

#endif
