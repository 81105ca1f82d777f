#ifndef LVCONF_H
#define LVCONF_H

#include <stddef.h>

#include "text/errmsg.h"

/*
 * Read libvirt's libvirt.conf (for clients).  Its syntax: NAME = VALUE, where a
 * value is a number, 'text' or "text" on one line, """text over several""", or
 * [ VALUE, VALUE, ] over lines; # begins a comment; there are no escapes.  If a
 * name is repeated, the first value counts.
 */

#define LVCONF_ALIASES	64	/* at most; more are an error */

struct lvconf {
	const char	*uri_default;	/* or NULL, as the next two */
	const char	*remote_mode;	/* auto, direct or legacy */
	const char	*remote_proxy;	/* auto, netcat or native */
	struct lvconf_alias {
		const char	*name;
		const char	*uri;
	} alias[LVCONF_ALIASES];
	size_t		 naliases;
};

/*
 * The text is changed and must outlive the result.  0, or -1 with
 * "FILE:LINE: why"; what precedes the fault counts.
 */
struct lvconf_source {
	const char	*file;		/* for messages */
	char		*text;		/* len bytes and a NUL */
	size_t		 len;
};
int	 lvconf_parse(struct lvconf *, const struct lvconf_source *,
	    struct errmsg *);

/* The URI of an alias, or the name itself. */
const char *lvconf_uri(const struct lvconf *, const char *name);

#endif
