#ifndef PORT_H
#define PORT_H

#include <sys/socket.h>

#include <stdbool.h>

#include "sys/tcp.h"
#include "text/errmsg.h"

struct loop;

/*
 * Check whether a port accepts connections, one attempt at a time, while the
 * loop goes on.  A connection is closed at once.
 *
 * A host is an IPv4 or IPv6 address (of an interface: ADDRESS%NAME), or a name
 * of hosts(5), whose first address counts.  No name server is asked: it may run
 * in a guest that is not started yet.
 */
#define PORT_HOSTS	"/etc/hosts"

struct port_target {
	const char	*host;
	int		 port;
	const char	*hosts;		/* PORT_HOSTS */
};

/* The caller fills in the first three. */
struct port {
	struct loop	*loop;
	/* An attempt has ended; called from the loop. */
	void		(*done)(void *arg, bool open);
	void		*arg;
	int		 fd;		/* of the attempt, or -1 */
	union tcp_address addr;
	socklen_t	 len;
};

/* Take a target; 0, or -1 with the reason. */
int	 port_aim(struct port *, const struct port_target *,
	    struct errmsg *);
/* Begin an attempt, in place of one under way; 0, or -1 if it failed. */
int	 port_open(struct port *);
/* Cancel the attempt under way, if any; done is not called. */
void	 port_close(struct port *);

#endif
