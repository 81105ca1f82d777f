#ifndef TWINS_H
#define TWINS_H

#include <stdbool.h>
#include <stddef.h>

struct guests;
struct host;

/*
 * One daemon by two URIs.  A daemon is known by its own URI, the name of its
 * host and, if its socket is local, its process.  What cannot be known is
 * different: a guest is better stopped twice than not at all.
 */

/* Ask a daemon who it is, if that matters: with several URIs, or if the list
 * has URIs that are not configured. */
void	 twins_ask(struct host *);
/* It has answered, or does not. */
bool	 twins_asked(const struct host *);
/* Drop the guests of a host that others have as guests of the same daemon. */
void	 twins_drop(struct host *, const struct guests *others);
/* On the list of guests to start, give entries with the daemon's own URI the
 * configured one, if theirs is not configured. */
void	 twins_match(struct host *);

#endif
