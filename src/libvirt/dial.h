#ifndef DIAL_H
#define DIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "text/errmsg.h"

struct uri;

/*
 * Connect to a URI.  A transport is a row of a table.  For the caller each
 * connection is a descriptor, and perhaps a process at its other end.
 *
 *	unix	connects at once or not at all
 *	tcp	a child looks up addresses, connects and passes the descriptor
 *	ssh	the system's ssh, and at its other end virt-ssh-helper or nc
 *	tls	the client that TLS_COMMAND of config.mk names; the daemon
 *		accepts our certificate by a byte 1 (libvirt,
 *		src/rpc/virnetserverclient.c)
 *	ext	the program that command= names
 */

/* Codes of a failed dial, in errmsg.code. */
enum dial_fault {
	DIAL_ABSENT,		/* nothing listens there now */
	DIAL_BUSY,		/* its queue is full: retry */
	DIAL_NEVER		/* will not work: transport, permission, path */
};

#define DIAL_HEARD	2048	/* bytes of standard error that are kept */

struct dial {
	const struct uri *uri;	/* the caller's */
	int		 fd;	/* non-blocking, close-on-exec; or -1 */
	int		 err;	/* reads its process's standard error, or -1 */
	pid_t		 pid;	/* or 0 */
	bool		 ready;	/* fd is the connection */
	bool		 ended;	/* its process has ended with this status: */
	int		 status;	/* of waitpid(2) */
	size_t		 nheard;	/* of all bytes of standard error, */
	char		 heard[DIAL_HEARD];	/* the last ones */
};

/*
 * Begin, without waiting.  0: if it is not ready, call dial_ready each time fd
 * can be read.  -1: the reason (without the URI) and one of the codes above.
 */
int	 dial_begin(struct dial *, const struct uri *, struct errmsg *);
/* The process of the daemon of a local connection; 0 if unknown.  If systemd
 * listens, it is the daemon that got the socket from systemd. */
pid_t	 dial_daemon(const struct dial *);
/* Whether a connection would make systemd start the daemon of a URI. */
bool	 dial_wakes(const struct uri *);
/* Continue; fd may change.  0, or -1 as above. */
int	 dial_ready(struct dial *, struct errmsg *);
/* Read the standard error of its process: call it when err can be read, so that
 * the process never waits for a reader.  False: it has ended, err is -1. */
bool	 dial_hear(struct dial *);
/* Whether its process has ended, if it has one, and all is read. */
bool	 dial_over(struct dial *);
/* How its process ended, and the last line that it wrote to standard error,
 * escaped and shortened; false: neither is known. */
bool	 dial_said(struct dial *, char *text, size_t size);
/* End the process, and close fd unless it is ready: then the caller owns it. */
void	 dial_end(struct dial *);

#endif
