#ifndef ERRMSG_H
#define ERRMSG_H

#include <stdarg.h>
#include <stddef.h>

/*
 * An error on its way up: a module that fails fills the caller's errmsg with
 * a text that names what it was about (guest, URI, file:line:col) and returns
 * -1; only the top prints it, once.
 */

#define ERRMSG_SIZE	512

struct errmsg {
	int	code;			/* the module's own, or an errno */
	char	text[ERRMSG_SIZE];	/* no newline at its end */
};

/* Fill *em (may be NULL); a text that does not fit is cut.  Returns -1. */
int	 errmsg_set(struct errmsg *em, int code, const char *fmt, ...)
	    __attribute__((__format__(__printf__, 3, 4)));

/* The same with ": " and the words of errno behind it; code is errno. */
int	 errmsg_sys(struct errmsg *em, const char *fmt, ...)
	    __attribute__((__format__(__printf__, 2, 3)));

/* The same with the path of a file, escaped and cut, before errno's words. */
int	 errmsg_path(struct errmsg *em, const char *path);

/* The same with EINVAL and the text of every refusal of a value: "VALUE" why,
 * where the value is len bytes, escaped, and cut after ERRMSG_VALUE. */
#define ERRMSG_VALUE	64
int	 errmsg_refuse(struct errmsg *em, const char *value, size_t len,
	    const char *why);

/*
 * Receives what a parser finds, a text a finding: "FILE:LINE:COL: what".
 * FINDING_ERROR means that a value was refused (its default holds),
 * FINDING_WARNING that something was passed over.
 */
enum finding_level { FINDING_WARNING, FINDING_ERROR };

typedef void	 finding_fn(void *arg, enum finding_level level,
		    const char *text);

#endif
