#ifndef MONITOR_H
#define MONITOR_H

#include <stdbool.h>

#include "text/errmsg.h"
#include "wire/qmp.h"

struct loop;

/*
 * The process of a QEMU guest, watched by a pidfd, and its monitor.  A monitor
 * serves one client at a time: while a daemon is connected, it greets no other.
 */
struct monitor_handlers {
	/* The monitor has greeted us: commands can be sent. */
	void	(*ready)(void *arg);
	/* A message of the monitor, after ready. */
	void	(*told)(void *arg, const struct qmp_news *);
	/* The process has ended. */
	void	(*ended)(void *arg);
};

/* Zeros, except for the first three, which the caller sets. */
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

/* Watch a process; 0, or -1 with the reason.  Afterwards the caller checks that
 * the number still belongs to the guest. */
int	 monitor_open(struct monitor *, long pid, struct errmsg *);
/* Connect; 0 (ready may follow), or -1 with the reason. */
int	 monitor_dial(struct monitor *, const char *path, struct errmsg *);
/* Send a command, after ready; 0, or -1 if the connection is lost. */
int	 monitor_tell(struct monitor *, enum qmp_command);
void	 monitor_signal(struct monitor *, int sig);
/* Stop watching: no handler is called any more.  It need not be open. */
void	 monitor_close(struct monitor *);

#endif
