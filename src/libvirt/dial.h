#ifndef DIAL_H
#define DIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "text/errmsg.h"

struct uri;

/*
 * From a URI to a connected descriptor.  A transport is a row of a table; the
 * caller of a dialled connection does not know which: it is a descriptor, and
 * maybe a process that holds the other end.
 *
 *	unix	connects at once or not at all
 *	tcp	a process of ours asks for addresses, connects, and hands over
 *	ssh	the system's ssh, and at its other end virt-ssh-helper or nc
 *	tls	the client that TLS_COMMAND of config.mk names; the connection
 *		is there when the daemon has sent a byte 1, which says that it
 *		accepts our certificate (libvirt, src/rpc/virnetserverclient.c)
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
	int		 err;	/* standard error of its process, or -1 */
	pid_t		 pid;	/* or 0 */
	bool		 ready;	/* fd is the connection */
};

/*
 * Begin, without waiting.  0: if it is not ready, call dial_ready each time fd
 * can be read.  -1: the reason (without the URI) and one of the codes above.
 */
int	 dial_begin(struct dial *, const struct uri *, struct errmsg *);
/* The process of the daemon that a local connection leads to; 0 if unknown.
 * If systemd listens, it is the daemon that has the socket from systemd. */
pid_t	 dial_daemon(const struct dial *);
/* Whether a connection would have systemd start the daemon of a URI. */
bool	 dial_wakes(const struct uri *);
/* Go on; fd may be another one afterwards.  0, or -1 as above. */
int	 dial_ready(struct dial *, struct errmsg *);
/* What its process wrote last to standard error, escaped; false: nothing. */
bool	 dial_said(const struct dial *, char *text, size_t size);
/* End: the process is ended, and fd closed unless it was ready, for then it is
 * the caller's. */
void	 dial_end(struct dial *);

#endif
