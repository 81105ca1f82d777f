#ifndef SURVIVORS_H
#define SURVIVORS_H

#include <stdbool.h>
#include <stddef.h>

struct uri;

/*
 * Which guests live although their daemon cannot be asked: told from what the
 * driver keeps of each, checked, for a daemon that is killed leaves it behind
 * and the numbers of processes are used again.  Where that is, for the
 * system's daemon and for that of a user (libvirt, src/NAME/NAME_conf.c):
 *
 * A URI that leaves the driver to the daemon may mean any of them, and where
 * there may be a driver without such files nothing is known of it.
 *
 *	qemu	/run/libvirt/qemu/NAME.pid, XDG_RUNTIME_DIR/libvirt/qemu/run;
 *		the process has "-name guest=NAME,..." (src/qemu/qemu_process.c,
 *		qemu_command.c)
 *	lxc	/run/libvirt/lxc/NAME.pid; the process is libvirt_lxc, with
 *		"--name NAME" (src/lxc/lxc_process.c)
 *	ch	/run/libvirt/ch/NAME-socket, XDG_RUNTIME_DIR/libvirt/ch/run;
 *		there is no number: the guest lives when its process listens
 *		there (src/ch/ch_monitor.c)
 *
 * A daemon that is alive, however deaf, holds a lock on driver.pid in that
 * directory (QEMU's alone, since libvirt 6.1; src/util/virpidfile.c).
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
/* Each that lives, or of which nobody knows whether it does: its pid file or
 * its process cannot be read.  Returns what verdict.known is. */
bool	 survivors_each(const struct uri *, survivors_fn *, void *arg);
/* The process of a guest of that name, 0: it is off, -1: nobody knows. */
long	 survivors_pid(const struct uri *, const char *name);

enum survivors_daemon { SURVIVORS_DEAD, SURVIVORS_LIVES, SURVIVORS_UNKNOWN };
enum survivors_daemon survivors_daemon(const struct uri *);

/* The file that the driver keeps of a guest that runs; 0, or -1: the driver is
 * none whose guests have monitors (QEMU's), or it does not fit. */
int	 survivors_status(const struct uri *, const char *name, char *path,
	    size_t size);

#endif
