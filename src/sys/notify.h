#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdint.h>

/*
 * Tells a service manager how it goes, in the protocol of systemd's
 * NOTIFY_SOCKET: a datagram of lines KEY=VALUE.  Nothing waits for it, and
 * nothing depends on it: what cannot be sent is not sent.
 */
struct notify {
	int	 fd;		/* -1: no socket */
	int64_t	 next;		/* ms; more time is asked for then, 0 = never */
};

/* Use the socket of that name ("@NAME": an abstract socket); none if it is NULL
 * or not a name. */
void	 notify_open(struct notify *, const char *name);
void	 notify_close(struct notify *);
/* A line or several. */
void	 notify_send(const struct notify *, const char *lines);
/* From now on more time is asked for, again and again. */
void	 notify_extend(struct notify *, int64_t now);
/* Ask for it when it is due. */
void	 notify_tick(struct notify *, int64_t now);

#endif
