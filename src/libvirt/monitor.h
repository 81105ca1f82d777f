#ifndef MONITOR_H
#define MONITOR_H

#include <stdbool.h>

#include "text/errmsg.h"
#include "wire/qmp.h"

struct loop;

/*
 * The process of a QEMU guest, by a pidfd, and its monitor.  A monitor has one
 * client at a time: while a daemon is connected, it greets no other client.
 */
struct monitor_handlers {
	/* It has greeted us: commands can be given. */
	void	(*ready)(void *arg);
	/* It tells something, once ready. */
	void	(*told)(void *arg, const struct qmp_news *);
	/* The process is no more. */
	void	(*ended)(void *arg);
};

/* Zeros but for the first three, which are the caller's. */
struct monitor {
	struct loop	*loop;
	const struct monitor_handlers *handlers;
	void		*arg;
	bool		 open;
	bool		 greeted;
	bool		 ready;
	int		 pidfd;		/* while it is open */
	int		 fd;		/* or -1 */
	struct qmp	 qmp;
};

/* Have a process watched; 0, or -1 with the reason.  It may be another one by
 * now: whose it is is to be checked behind this. */
int	 monitor_open(struct monitor *, long pid, struct errmsg *);
/* Connect; 0, and ready may follow, or -1 with the reason. */
int	 monitor_dial(struct monitor *, const char *path, struct errmsg *);
/* Give a command, when it is ready; 0, or -1 when it has gone away. */
int	 monitor_tell(struct monitor *, enum qmp_command);
void	 monitor_signal(struct monitor *, int sig);
/* No handler comes any more; it need not be open. */
void	 monitor_close(struct monitor *);

#endif
