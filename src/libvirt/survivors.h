#ifndef SURVIVORS_H
#define SURVIVORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct uri;

/*
 * Find the guests that run although their daemon cannot be asked, by the files
 * that a driver keeps of each guest.  The files are checked, because a killed
 * daemon does not remove them and process numbers are reused.  A URI without a
 * driver may use any driver; if one of them may have no such files, the guests
 * are unknown.
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
 * A daemon that runs, even if it does not answer, holds a lock on driver.pid in
 * that directory (only QEMU's, since libvirt 6.1;
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
	const char	*dir;		/* of the driver's files */
	long		 pid;		/* below 1: unknown */
	bool		 monitored;	/* it is a guest of QEMU */
};
typedef void	 survivors_fn(void *arg, const struct survivors_guest *);

void	 survivors_live(const struct uri *, struct survivors *);
/* Call fn for each guest that runs, or may run: its pid file or its process is
 * unreadable.  Returns the value of survivors.known. */
bool	 survivors_each(const struct uri *, survivors_fn *, void *arg);
/* The process of a guest; 0: it is off; -1: unknown. */
long	 survivors_pid(const struct uri *, const char *name);
/* When that process began, in ticks since boot; 0: unknown. */
uint64_t survivors_born(const struct uri *, const char *name);

enum survivors_daemon { SURVIVORS_DEAD, SURVIVORS_LIVES, SURVIVORS_UNKNOWN };
enum survivors_daemon survivors_daemon(const struct uri *);

/* The path of the driver's status file of a running guest.  0, or -1 if the
 * guests have no monitors (only QEMU's have), or if it is too long. */
int	 survivors_status(const struct uri *, const char *name, char *path,
	    size_t size);

#endif
