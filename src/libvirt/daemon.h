#ifndef DAEMON_H
#define DAEMON_H

#include <sys/types.h>

#include <stddef.h>

#include "wire/uri.h"

/* The daemons of this host: their sockets, and whether they run. */
#define DAEMON_DIR	"/var/run/libvirt"	/* of the system's sockets */

/* The directory of a user's sockets, in dir; NULL if it is unknown. */
const char *daemon_user_dir(char *dir, size_t size);
/* The socket of a URI: the first that exists, else the last, for a message.
 * 0, or -1 if it is unknown or too long. */
int	 daemon_socket(const struct uri *, char path[URI_SOCKET]);
/* The process of the daemon of a URI, by the lock on its pid file (libvirt,
 * src/util/virpidfile.c); 0 if it does not run; -1 if that is unknown: not
 * root, not a local URI, socket=, no socket. */
pid_t	 daemon_pid(const struct uri *);

#endif
