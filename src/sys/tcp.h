#ifndef TCP_H
#define TCP_H

#include <netinet/in.h>
#include <stdbool.h>

union tcp_address {
	struct sockaddr		sa;
	struct sockaddr_in	in;
	struct sockaddr_in6	in6;
};

/* An IPv4 or IPv6 (with %ZONE or not) address as it is written; false when
 * the text is something else. */
bool	 tcp_address(union tcp_address *, const char *text, unsigned port);

/*
 * Connect to a host by name or address; a name is looked up by getent(1), so
 * that what the host is told of names counts, and the program has no resolver
 * of its own.  It waits, and ends only with a connection or without, so it is
 * for a process of its own.  Of the ms after which nobody waits any more (0:
 * not known) each address but the last has its share.  The descriptor, or -1,
 * and the reason on standard error.
 */
int	 tcp_connect(const char *host, unsigned port, int ms);

#endif
