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
 * Connect to a host by name or address.  A name is looked up by getent(1): the
 * host's own configuration counts, and the program needs no resolver.  It
 * waits, so call it in a process of its own.  Each address except for the last
 * has its share of ms, after which the caller waits no longer (0: unknown).
 * The descriptor, or -1 and the reason on standard error.
 */
int	 tcp_connect(const char *host, unsigned port, int ms);

#endif
