#ifndef LISTING_H
#define LISTING_H

#include <stdbool.h>

struct host;

/*
 * The list of a host's guests: by its daemon, or by the files of a daemon that
 * sends none.  host.listing has its state.
 */

void		  listing_init(struct host *);
/* Ask the daemon for its guests; nothing is asked while it is not connected. */
void		  listing_begin(struct host *);
/* Give up a host; the first also prints that it is skipped, and ignores a host
 * that has failed. */
void		  listing_fail(struct host *, const char *why);
void		  listing_drop(struct host *, const char *why);
/* There is no memory, but there may be later: host.listing.again is when to
 * retry. */
void		  listing_later(struct host *, const char *why);
/* The time is over. */
void		  listing_late(struct host *);
/* One guest that its daemon waits for can hold up each list: the daemon's files
 * name the guests, and the daemon is asked for one at a time.  False: they do
 * not. */
bool		  listing_files(struct host *);

#endif
