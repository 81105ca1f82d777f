#ifndef ERRMSG_H
#define ERRMSG_H

#include <stdarg.h>
#include <stddef.h>

/*
 * An error as a value: a module that fails fills the caller's errmsg with a
 * text that names the object (guest, URI, file:line:col) and returns -1.  Only
 * the caller at the top prints it, once.
 */

#define ERRMSG_SIZE	512

struct errmsg {
	int	code;			/* the module's own, or an errno */
	char	text[ERRMSG_SIZE];	/* no newline at its end */
};

/* Fill *em (may be NULL); a text that does not fit is cut.  Returns -1. */
int	 errmsg_set(struct errmsg *em, int code, const char *fmt, ...)
	    __attribute__((__format__(__printf__, 3, 4)));

/* The same, followed by ": " and strerror(errno); code is errno. */
int	 errmsg_sys(struct errmsg *em, const char *fmt, ...)
	    __attribute__((__format__(__printf__, 2, 3)));

/* The same with the path of a file, escaped and cut, as the text. */
int	 errmsg_path(struct errmsg *em, const char *path);

/* Refuse a value: code EINVAL, text "VALUE" why.  The value has len bytes; it
 * is escaped, and cut after ERRMSG_VALUE. */
#define ERRMSG_VALUE	64
int	 errmsg_refuse(struct errmsg *em, const char *value, size_t len,
	    const char *why);

/*
 * Receives the findings of a parser, one text each: "FILE:LINE:COL: what".
 * FINDING_ERROR: a value was refused, its default applies.  FINDING_WARNING:
 * something was ignored.
 */
enum finding_level { FINDING_WARNING, FINDING_ERROR };

typedef void	 finding_fn(void *arg, enum finding_level level,
		    const char *text);

#endif
