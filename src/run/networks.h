#ifndef NETWORKS_H
#define NETWORKS_H

struct run;

/* Virtual networks. */
/* Stop those that no guest needs any more, once they are on record. */
void		  networks_stop(struct run *);
/* Start what is on record of URIs that have come; 0, or -1 when some of it is
 * not there. */
int		  networks_start(struct run *);

#endif
