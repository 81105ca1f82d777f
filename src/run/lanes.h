#ifndef LANES_H
#define LANES_H

struct host;
struct work;

/*
 * Connections for long calls: saves and starts are answered only when they are
 * done, and have connections beside that of the other calls.
 */

/* Open those that a host needs for its part of the plan. */
void	 lanes_open(const struct work *, struct host *);
/* The same for all hosts that have joined. */
void	 lanes_open_all(const struct work *);
/*
 * Open all and wait for them, a second at most: other connections carry the
 * calls of those that do not come.  0, or -1 when the run is interrupted.
 */
int	 lanes_wait(struct work *);

#endif
