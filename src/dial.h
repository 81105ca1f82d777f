#ifndef DIAL_H
#define DIAL_H

#include <sys/types.h>

#include "errmsg.h"

struct uri;

/*
 * From a URI to a connected descriptor.  A transport is a row of a table;
 * after dialling nobody needs to know which one it was.
 */

/* Codes of a failed dial, in errmsg.code. */
enum dial_fault {
	DIAL_ABSENT,		/* nothing listens there (now) */
	DIAL_BUSY,		/* its queue is full: try again */
	DIAL_NEVER		/* will not work: transport, permission, path */
};

/*
 * Connect without waiting; *fd is non-blocking and close-on-exec.  0, or -1
 * with the reason (no URI in it) and one of the codes above.
 */
int	 dial_open(const struct uri *, int *fd, struct errmsg *);

#endif
