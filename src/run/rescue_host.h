#ifndef RESCUE_HOST_H
#define RESCUE_HOST_H

#include <stdbool.h>
#include <stdint.h>

struct host;
struct run;
struct work;

/*
 * Daemons that are gone: when to stop the guests of a host by their monitors,
 * and which guests.
 */

/* How long to wait for a lost daemon, in ms. */
int64_t	 rescue_host_patience(const struct run *);
/* The inventory has new hosts or guests.  False: no guest can be rescued. */
bool	 rescue_host_prepare(struct work *);
/* The connection to the daemon of a host is up, or lost. */
void	 rescue_host_up(struct work *, struct host *);
void	 rescue_host_down(struct work *, struct host *);
/* Begin or end rescues; when that is due next, 0 = never. */
int64_t	 rescue_host_tick(struct work *, int64_t now);
/* List the guests of a host that run without its daemon, in host.guests; false:
 * they are unknown, or cannot be rescued. */
bool	 rescue_host_list(struct host *);
/* The same for a daemon that answers, but not for a list. */
bool	 rescue_host_files(struct host *);
/* A host has failed.  If its guests can be stopped by monitors, list them and
 * clear host.failed. */
void	 rescue_host_adopt(struct host *);

#endif
