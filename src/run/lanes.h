#ifndef LANES_H
#define LANES_H

struct host;
struct work;

/*
 * Connections for long calls: saves and starts are answered only at their end,
 * so they do not use the connection of the other calls.
 */

/* Open the connections that a host needs for its part of the plan. */
void	 lanes_open(const struct work *, struct host *);
/* The same for all hosts that have joined. */
void	 lanes_open_all(const struct work *);
/*
 * Open all and wait for them, at most a second: the other connections carry the
 * calls if one fails.  0, or -1 when the run is interrupted.
 */
int	 lanes_wait(struct work *);

#endif
