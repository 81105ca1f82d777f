#ifndef LOGGER_H
#define LOGGER_H

#include <stdbool.h>

/*
 * The system log, facility daemon.  syslog(3) waits for a log daemon that does
 * not read, which would delay a stop.  This waits once, for a moment, and then
 * drops messages until the daemon reads again.  Without a daemon, a message
 * costs one system call.
 */
#define LOGGER_PATH	"/dev/log"
#define LOGGER_LINE	1024	/* bytes of a message, at most */

enum logger_level {		/* as in RFC 5424 */
	LOGGER_ERROR = 3,
	LOGGER_WARNING = 4,
	LOGGER_INFO = 6
};

/* From now on messages go to the daemon at path; NULL: nowhere, as at first.
 * The path stays. */
void	 logger_open(const char *path);
/* Send a message, which the caller made fit to print. */
void	 logger_send(enum logger_level, const char *text);
/* Whether messages belong into the system log by default: standard error is
 * neither read by journald nor a terminal of a user.  The console is none: it
 * is not the controlling terminal of a service. */
bool	 logger_wanted(void);

#endif
