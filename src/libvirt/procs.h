#ifndef PROCS_H
#define PROCS_H

#include <stddef.h>
#include <stdint.h>

#include "wire/lvargs.h"

struct virt_answer;

/* How long a call may take. */
enum procs_limit {
	PROCS_SHORT,		/* CONNECT_TIMEOUT */
	PROCS_SNAPSHOT,		/* a minute */
	PROCS_LONG		/* hours: saves and starts */
};

/* A procedure of the daemon. */
struct procs_row {
	uint32_t	 number;	/* LV_PROC_* */
	const char	*name;		/* as libvirt spells it */
	lvargs_fn	*put;		/* its arguments */
	/* Its reply; 0, or -1 if it is malformed. */
	int		 (*take)(struct buf *, struct virt_answer *);
	enum procs_limit limit;
	uint32_t	 cap;		/* longest frame taken in reply, with
					   its length word; an error fits any */
};

/* NULL if the program never calls it. */
const struct procs_row *procs_find(uint32_t number);

#endif
