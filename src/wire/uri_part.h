#ifndef URI_PART_H
#define URI_PART_H

#include <stddef.h>

#include "wire/uri.h"

/*
 * What the parts of uri share: uri.c parses, uri_param.c takes the parameters,
 * uri_text.c decodes texts and fills in errors, uri_socket.c names the sockets
 * of a parsed URI.
 */

/* A part of the text. */
struct uri_span {
	const char	*p;
	size_t		 n;
};

struct uri_parse {
	struct uri	*u;
	struct errmsg	*em;
	const char	*p;		/* the next byte */
	int		 explicit;	/* the transport was named */
	char		*name;		/* name=, owned */
	char		*kept;		/* parameters of the daemon, owned */
	struct uri_span	 fragment;	/* with its # */
};

/* Fill in "URI: why", the URI cut and escaped.  Returns -1. */
int	 uri_fail(const struct uri_parse *, const char *, ...)
	    __attribute__((__format__(__printf__, 2, 3)));
int	 uri_no_memory(const struct uri_parse *);
int	 uri_is_control(unsigned char);
/* A percent-decoded copy at *out, in place of its old value. */
int	 uri_decode(const struct uri_parse *, const struct uri_span *,
	    char **out);
/* Whether a text can be decoded. */
int	 uri_decode_check(const struct uri_parse *, const struct uri_span *);

/* ?name=value&..., at ps->p. */
int	 uri_query(struct uri_parse *);
void	 uri_params_free(struct uri_params *);

#endif
