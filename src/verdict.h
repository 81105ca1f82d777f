#ifndef VERDICT_H
#define VERDICT_H

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
#define VERDICT_NAMES	1024
#define VERDICT_DIR	256

struct verdict {
	bool	 known;			/* the driver has such files */
	size_t	 live;
	char	 names[VERDICT_NAMES];	/* "a, b", escaped, bounded */
};

struct verdict_guest {
	const char	*name;
	const char	*dir;		/* of what the driver keeps */
	long		 pid;		/* below 1: it is not known */
	bool		 monitored;	/* it is a guest of QEMU */
};
typedef void	 verdict_fn(void *arg, const struct verdict_guest *);

void	 verdict_live(const struct uri *, struct verdict *);
/* Each that lives, or of which nobody knows whether it does: its pid file or
 * its process cannot be read.  Returns what verdict.known is. */
bool	 verdict_each(const struct uri *, verdict_fn *, void *arg);
/* The process of a guest of that name, 0: it is off, -1: nobody knows. */
long	 verdict_pid(const struct uri *, const char *name);

enum verdict_daemon { VERDICT_DEAD, VERDICT_LIVES, VERDICT_UNKNOWN };
enum verdict_daemon verdict_daemon(const struct uri *);

/* The file that the driver keeps of a guest that runs; 0, or -1: the driver is
 * none whose guests have monitors (QEMU's), or it does not fit. */
int	 verdict_status(const struct uri *, const char *name, char *path,
	    size_t size);

#endif
