#ifndef URIS_H
#define URIS_H

#include <stddef.h>

#include "text/errmsg.h"

/* A list of connection URIs being put together. */

#define URIS	64	/* URIs, at most */

/* What an alias of libvirt.conf is made of: it may stand for a URI. */
#define URIS_ALIAS	"abcdefghijklmnopqrstuvwxyz"	\
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

struct uris {
	char		*uri[URIS];	/* owned */
	size_t		 n;
	int		 refused;
};

/*
 * Add a URI unless it is there; "" is "default".  A refused URI is counted; em
 * (may be NULL) gets the reason of the first.
 */
void	 uris_add(struct uris *, const char *text, struct errmsg *em);
/* Add the words of a text, separated by blanks. */
void	 uris_split(struct uris *, const char *text, struct errmsg *em);
void	 uris_free(struct uris *);

#endif
