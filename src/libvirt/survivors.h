#ifndef SURVIVORS_H
#define SURVIVORS_H

#include <stdbool.h>
#include <stddef.h>

struct uri;

/*
 * Which guests live although their daemon cannot be asked: the files that a
 * driver keeps of each guest say it.  They are checked, because a killed daemon
 * leaves them behind and process numbers are used again.  A URI that leaves the
 * driver to the daemon may mean any driver; if there may be a driver without
 * such files, nothing is known.
 *
 * The files of the system's daemon and of a user's (libvirt,
 * src/NAME/NAME_conf.c):
 *
 *	qemu	/run/libvirt/qemu/NAME.pid, XDG_RUNTIME_DIR/libvirt/qemu/run;
 *		the process has "-name guest=NAME,..." (src/qemu/qemu_process.c,
 *		qemu_command.c)
 *	lxc	/run/libvirt/lxc/NAME.pid; the process is libvirt_lxc, with
 *		"--name NAME" (src/lxc/lxc_process.c)
 *	ch	/run/libvirt/ch/NAME-socket, XDG_RUNTIME_DIR/libvirt/ch/run;
 *		no pid is kept: the guest runs if its process listens there
 *		(src/ch/ch_monitor.c)
 *
 * A daemon that is alive, even if it does not answer, holds a lock on the
 * driver.pid of that directory (only QEMU's, since libvirt 6.1;
 * src/util/virpidfile.c).
 */
#define SURVIVORS_NAMES	1024
#define SURVIVORS_DIR	256

struct survivors {
	bool	 known;			/* the driver has such files */
	size_t	 live;
	char	 names[SURVIVORS_NAMES];	/* "a, b", escaped, bounded */
};

struct survivors_guest {
	const char	*name;
	const char	*dir;		/* of what the driver keeps */
	long		 pid;		/* below 1: it is not known */
	bool		 monitored;	/* it is a guest of QEMU */
};
typedef void	 survivors_fn(void *arg, const struct survivors_guest *);

void	 survivors_live(const struct uri *, struct survivors *);
/* Call fn for each guest that lives, or may live: its pid file or its process
 * cannot be read.  Returns what survivors.known is. */
bool	 survivors_each(const struct uri *, survivors_fn *, void *arg);
/* The process of a guest of that name, 0: it is off, -1: unknown. */
long	 survivors_pid(const struct uri *, const char *name);

enum survivors_daemon { SURVIVORS_DEAD, SURVIVORS_LIVES, SURVIVORS_UNKNOWN };
enum survivors_daemon survivors_daemon(const struct uri *);

/* The file that the driver keeps of a running guest.  0, or -1 if its guests
 * have no monitors (only QEMU's have), or if it does not fit. */
int	 survivors_status(const struct uri *, const char *name, char *path,
	    size_t size);

#endif
