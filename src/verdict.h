#ifndef VERDICT_H
#define VERDICT_H

#include <stdbool.h>
#include <stddef.h>

struct uri;

/*
 * Which guests live although their daemon cannot be asked: told from the
 * status files that the driver keeps (/run/libvirt/qemu/NAME.pid, removed
 * when a guest goes), each process checked, for numbers are used again.
 */
#define VERDICT_NAMES	1024

struct verdict {
	bool	 known;			/* the driver has such files */
	size_t	 live;
	char	 names[VERDICT_NAMES];	/* "a, b", escaped, bounded */
};

void	 verdict_live(const struct uri *, struct verdict *);

#endif
