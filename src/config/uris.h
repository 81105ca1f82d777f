#ifndef URIS_H
#define URIS_H

#include <stddef.h>

#include "text/errmsg.h"

/* A list of connection URIs. */

#define URIS	64	/* URIs, at most */

/* The characters of an alias of libvirt.conf. */
#define URIS_ALIAS	"abcdefghijklmnopqrstuvwxyz"	\
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

struct uris {
	char		*uri[URIS];	/* owned */
	size_t		 n;
	int		 refused;
};

/*
 * Add a URI if it is missing; "" is "default".  A refused URI is counted; em
 * (may be NULL) gets the reason of the first one.
 */
void	 uris_add(struct uris *, const char *text, struct errmsg *em);
/* Add the words of a text, separated by blanks. */
void	 uris_split(struct uris *, const char *text, struct errmsg *em);
void	 uris_free(struct uris *);

#endif
