#ifndef RESCUE_HOST_H
#define RESCUE_HOST_H

#include <stdbool.h>
#include <stdint.h>

struct host;
struct run;
struct work;

/*
 * Daemons that are gone: when the guests of a host are stopped by their
 * monitors, and which guests those are.
 */

/* How long a daemon that is gone may take to come back, ms. */
int64_t	 rescue_host_patience(const struct run *);
/* The inventory has grown.  False: no guest of it can be rescued. */
bool	 rescue_host_prepare(struct work *);
/* The daemon of a host has come back, or has gone. */
void	 rescue_host_up(struct work *, struct host *);
void	 rescue_host_down(struct work *, struct host *);
/* Begin or end rescues; when that is due next, 0 = at no time. */
int64_t	 rescue_host_tick(struct work *, int64_t now);
/* List the guests of a host that run without its daemon, in host.guests;
 * false: that is not known, or the host is not to be rescued. */
bool	 rescue_host_list(struct host *);
/* A host has failed: has it not, if guests run there that can be stopped. */
void	 rescue_host_adopt(struct host *);

#endif
