#ifndef LVCONF_H
#define LVCONF_H

#include <stddef.h>

#include "text/errmsg.h"

/*
 * What of libvirt's own libvirt.conf (for clients) is of use here.  Its syntax:
 * NAME = VALUE, a value being a number, 'text' or "text" on one line, """text
 * over several""", or [ VALUE, VALUE, ] over lines; # begins a comment, and
 * nothing is escaped.  Of what is named twice the first counts.
 */

#define LVCONF_ALIASES	64	/* at most; more are an error */

struct lvconf {
	const char	*uri_default;	/* or NULL; likewise: */
	const char	*remote_mode;	/* auto, direct or legacy */
	const char	*remote_proxy;	/* auto, netcat or native */
	struct lvconf_alias {
		const char	*name;
		const char	*uri;
	} alias[LVCONF_ALIASES];
	size_t		 naliases;
};

/*
 * The text, which is changed and has to stay, is len bytes and a NUL.  0, or
 * -1 with "FILE:LINE: why"; what stands before the fault counts.
 */
int	 lvconf_parse(struct lvconf *, const char *file, char *text, size_t len,
	    struct errmsg *);

/* What an alias stands for, or the name itself. */
const char *lvconf_uri(const struct lvconf *, const char *name);

#endif
