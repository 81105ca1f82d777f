#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdint.h>

/*
 * Report the state of a run to a service manager, by systemd's NOTIFY_SOCKET: a
 * datagram of lines KEY=VALUE.  Nothing waits for it or depends on it: a
 * datagram that cannot be sent is dropped.
 */
struct notify {
	int	 fd;		/* -1: no socket */
	int64_t	 next;		/* ms; next request for time, 0 = never */
	int64_t	 by;		/* no request after that, 0 = no limit */
};

/* Use the socket with that name ("@NAME": an abstract socket); NULL or an
 * invalid name: none. */
void	 notify_open(struct notify *, const char *name);
void	 notify_close(struct notify *);
/* Send one or more lines. */
void	 notify_send(const struct notify *, const char *lines);
/* From now on request more time, repeatedly. */
void	 notify_extend(struct notify *, int64_t now);
/* Send such a request when it is due. */
void	 notify_tick(struct notify *, int64_t now);

#endif
