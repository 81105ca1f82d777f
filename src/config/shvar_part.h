#ifndef SHVAR_PART_H
#define SHVAR_PART_H

#include <stdbool.h>
#include <stddef.h>

#include "config/shvar.h"

/*
 * What the parts of shvar share: shvar.c reads lines, shvar_value.c values, and
 * shvar_text.c characters.
 */
#define SHVAR_END	(-1)	/* peeked at after the last byte */

struct shvar_place {
	size_t		 pos;
	unsigned	 line;
	unsigned	 col;
};

struct shvar_var {
	struct shvar_item item;
	bool		 referred;	/* a value has used it */
	char		 text[];	/* name and value, each with its NUL */
};

/* Quotes of a line. */
struct shvar_quotes {
	int		 open;		/* the open quote, or 0 */
	struct shvar_place open_at;
	bool		 crossed;	/* a quote crossed a line end */
	struct shvar_place crossed_at;	/* the first of them */
	bool		 one_line;	/* no quote may cross a line end */
};

/* The value that is read. */
struct shvar_word {
	size_t		 len;
	bool		 too_long;
	char		 undefined[SHVAR_NAME + 1];	/* "": none */
	char		 text[SHVAR_VALUE];
};

struct shvar_set {
	char		 file[192];	/* escaped */
	struct errmsg	*em;		/* of the call that runs */
	struct shvar_var **var;		/* in order, n of them */
	size_t		 n;
	size_t		 size;
	size_t		 taken;		/* returned by shvar_next */
	size_t		 seen;		/* that $NAME can see */
	int		 exporting;	/* 1: `export`, 2: and a name */
	int		 words;		/* read so far on this line */
	bool		 skipped;	/* this line is; em says why */
	bool		 dead;		/* no memory: nothing more is read */
	struct shvar_quotes quotes;
	struct shvar_word word;
};

/* shvar_text.c */
struct shvar_place shvar_here(const struct shvar *);
void	 shvar_go(struct shvar *, const struct shvar_place *);
/* Refuse the line, because of what is at a place.  Returns -1. */
int	 shvar_refuse(struct shvar *, const struct shvar_place *,
	    const char *why);
/* Why a value cannot contain c unquoted, or NULL. */
const char *shvar_fault(int c);
/* Length of the line end at pos, or 0. */
size_t	 shvar_eol(const struct shvar *, size_t pos);
/* The next character, '\n' for any line end, or SHVAR_END. */
int	 shvar_peek_plain(const struct shvar *);
/* The same, after any line continuation. */
int	 shvar_peek(struct shvar *);
void	 shvar_advance(struct shvar *);
bool	 shvar_is_blank(int c);
bool	 shvar_is_word_end(int c);
bool	 shvar_is_name_first(int c);
/* Take a name, "" if there is none; -1 if it is too long. */
int	 shvar_name(struct shvar *, char name[SHVAR_NAME + 1]);

/* After a name: whether blanks and a = follow. */
bool	 shvar_equals_ahead(const struct shvar *);

/* shvar_line.c: why a line is skipped, or NULL: it is not skipped. */
const char *shvar_skippable(const struct shvar *);

/* shvar_value.c: read a value into the set's word; -1: refused. */
int	 shvar_value(struct shvar *, const struct shvar_place *);

#endif
