#ifndef LVARGS_H
#define LVARGS_H

#include "wire/lvmsg.h"

struct buf;

/*
 * Arguments of libvirt's procedures, encoded.  Layouts are those of
 * src/remote/remote_protocol.x of libvirt 9.0.0.  If the arguments do not fit,
 * bad of the buf is set.
 */

/* Each encoder uses some of these. */
struct lvargs {
	struct lvmsg_domain domain;	/* or network */
	uint32_t	 flags;
	int32_t		 number;	/* of a feature or event */
	int64_t		 seconds;
	const char	*text;		/* a URI (NULL or "": the daemon
					   probes), or XML */
};

/* The header of a call; its arguments follow. */
void	 lvargs_header(struct buf *, const struct lvmsg_header *);

typedef void	 lvargs_fn(struct buf *, const struct lvargs *);

lvargs_fn	 lvargs_none;
lvargs_fn	 lvargs_open;
lvargs_fn	 lvargs_number;
lvargs_fn	 lvargs_uuid;
lvargs_fn	 lvargs_network;
lvargs_fn	 lvargs_domain;
lvargs_fn	 lvargs_domain_flags;
lvargs_fn	 lvargs_snapshot;
lvargs_fn	 lvargs_list;
lvargs_fn	 lvargs_register;	/* for events of any domain */
lvargs_fn	 lvargs_time;

#endif
