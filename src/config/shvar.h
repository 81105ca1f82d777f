#ifndef SHVAR_H
#define SHVAR_H

#include <stddef.h>

#include "text/errmsg.h"

/*
 * A lexer for files of shell-variable assignments, which are never executed.
 * It knows: NAME=VALUE, `export NAME=VALUE` and `export NAME`, several
 * assignments on a line, '...' "..." and backslash quoting as POSIX sh does,
 * $NAME and ${NAME} of variables set above, comments, line continuation, CR LF
 * line ends, a byte order mark of UTF-8 at the beginning.  A variable that is
 * not set has the value that the caller's function returns, or is empty.
 * Anything that a shell would have to run (a command, `...`, $(...), ${X:-y},
 * ;, &, |, <, >, ~) is an error of that line, and the lexer goes on with the
 * next line.  A glob is just text.
 *
 * Two kinds of lines are skipped with a warning: `: ...`, and lines that read
 * another file (`. FILE`, `source FILE`, `[ -f FILE ] && . FILE`).
 */
struct shvar_set;

/* The value of a variable that no line above has set; NULL: there is none. */
typedef const char *shvar_unset_fn(void *arg, const char *name);

struct shvar {
	const char	*file;		/* for messages, not copied */
	const char	*text;		/* not copied */
	size_t		 len;
	size_t		 pos;
	unsigned	 line;		/* from 1 */
	unsigned	 col;		/* from 1, in bytes */
	shvar_unset_fn	*unset;		/* NULL: unset variables are empty */
	void		*unset_arg;
	struct shvar_set *set;		/* variables set so far, owned */
};

struct shvar_item {
	const char	*name;		/* valid until shvar_free */
	const char	*value;		/* likewise, quotes resolved */
	unsigned	 line;		/* of the name */
	unsigned	 col;
	unsigned	 value_line;	/* of the value */
	unsigned	 value_col;
	const char	*undefined;	/* a variable in the value that nothing
					   defines, or NULL */
	int		 spaced;	/* blanks stood around the = */
};

#define SHVAR_VALUE	65536	/* bytes in a value, at most */
#define SHVAR_NAME	255	/* bytes in a name, at most */
#define SHVAR_VARS	1024	/* assignments in a text, at most */

void	 shvar_init(struct shvar *, const char *file, const char *text,
	    size_t len);
void	 shvar_free(struct shvar *);

#define SHVAR_SKIPPED	2

/*
 * 1: *item is the next assignment; 0: the end; SHVAR_SKIPPED: a line was
 * skipped; -1: a line was refused.  For the last two the errmsg says
 * "FILE:LINE:COL: why" (escaped), and the next call goes on behind the line.  A
 * NUL byte in the text is an error like any other.
 *
 * A line is taken as a whole: when anything on it is refused, so are the
 * assignments before that.  A quote that is never closed is reported where it
 * opens (where several lines could be meant, the first that went over a line
 * end), and from the next line on no quote goes over a line end any more, so
 * that one forgotten quote does not swallow the rest of the file.  When there
 * is no memory the code is ENOMEM and the next call says 0.
 */
int	 shvar_next(struct shvar *, struct shvar_item *item,
	    struct errmsg *);

/* Whether a value read so far used ($NAME) a variable of that name. */
int	 shvar_refers(const struct shvar *, const char *name);

#endif
