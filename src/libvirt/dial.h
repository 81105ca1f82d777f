#ifndef DIAL_H
#define DIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "text/errmsg.h"

struct uri;

/*
 * From a URI to a connected descriptor.  A transport is a row of a table;
 * once dialled nobody needs to know which one it was: it is a descriptor, and
 * maybe a process that holds the other end.
 *
 *	unix	connects at once or not at all
 *	tcp	a process of ours asks for addresses, connects, and hands over
 *	ssh	the system's ssh, and at its other end virt-ssh-helper or nc
 *	tls	the client that TLS_COMMAND of config.mk names; the connection
 *		is there when the daemon has sent a byte 1, which says that it
 *		takes our certificate (libvirt, src/rpc/virnetserverclient.c)
 *	ext	what command= names
 */

/* Codes of a failed dial, in errmsg.code. */
enum dial_fault {
	DIAL_ABSENT,		/* nothing listens there (now) */
	DIAL_BUSY,		/* its queue is full: try again */
	DIAL_NEVER		/* will not work: transport, permission, path */
};

struct dial {
	const struct uri *uri;	/* the caller's */
	int		 fd;	/* non-blocking, close-on-exec; or -1 */
	int		 err;	/* what its process has to complain, or -1 */
	pid_t		 pid;	/* or 0 */
	bool		 ready;	/* fd is the connection */
};

/*
 * Begin, without waiting.  0: when it is not ready, dial_ready is to be called
 * whenever fd can be read.  -1: the reason (no URI in it) and one of the codes
 * above.
 */
int	 dial_begin(struct dial *, const struct uri *, struct errmsg *);
/* The process of the daemon that a local connection leads to; 0: nobody
 * knows. */
pid_t	 dial_daemon(const struct dial *);
/* Its daemon does not run, and systemd would start it for who connects. */
bool	 dial_wakes(const struct uri *);
/* Go on; fd may be another one afterwards.  0, or -1 as above. */
int	 dial_ready(struct dial *, struct errmsg *);
/* What its process wrote last to standard error, escaped; false: nothing. */
bool	 dial_said(const struct dial *, char *text, size_t size);
/* Where the daemons of a user have their sockets, in dir, or NULL: nowhere. */
const char *dial_user_dir(char *dir, size_t size);
/* It is over: fd, unless it was ready and so is somebody else's, is closed,
 * and the process ended. */
void	 dial_end(struct dial *);

#endif
