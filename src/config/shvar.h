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
 * not set has the value that the caller's function returns, or is empty.  A
 * glob is plain text.  Anything that a shell would have to run (a command,
 * `...`, $(...), ${X:-y}, ;, &, |, <, >, ~) is an error of that line, and the
 * lexer continues with the next line.
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
	const char	*value;		/* the same, without quotes */
	unsigned	 line;		/* of the name */
	unsigned	 col;
	unsigned	 value_line;	/* of the value */
	unsigned	 value_col;
	const char	*undefined;	/* a variable in the value that nothing
					   defines, or NULL */
	int		 spaced;	/* blanks are around the = */
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
 * skipped; -1: a line was refused.  For the last two the errmsg is
 * "FILE:LINE:COL: why" (escaped), and the next call continues after the line.
 * A NUL byte in the text is an error like any other.
 *
 * A line is taken as a whole: an error also refuses the assignments before it.
 * An unclosed quote is reported where it opens (if several quotes cross line
 * ends, at the first of them).  From the next line on, no quote may cross a
 * line end, so that one missing quote does not refuse the rest of the file.
 * Without memory the code is ENOMEM and the next call returns 0.
 */
int	 shvar_next(struct shvar *, struct shvar_item *item,
	    struct errmsg *);

/* Whether a value so far has used ($NAME) a variable of that name. */
int	 shvar_refers(const struct shvar *, const char *name);

#endif
