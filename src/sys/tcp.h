#ifndef TCP_H
#define TCP_H

#include <netinet/in.h>
#include <stdbool.h>

union tcp_address {
	struct sockaddr		sa;
	struct sockaddr_in	in;
	struct sockaddr_in6	in6;
};

/* Parse an IPv4 or IPv6 address, with or without %ZONE; false if the text is
 * not an address. */
bool	 tcp_address(union tcp_address *, const char *text, unsigned port);

/*
 * Connect to a host by name or address.  getent(1) looks up a name: it follows
 * the host's configuration, and the program needs no resolver.  This blocks, so
 * call it in a child process.  Each address except for the last has a share of
 * ms, the time that the caller waits (0: unknown).  Returns the descriptor, or
 * -1 with the reason on standard error.
 */
int	 tcp_connect(const char *host, unsigned port, int ms);

#endif
