#ifndef FAMILY_H
#define FAMILY_H

#include <stdbool.h>
#include <stddef.h>

struct conf_family;

/*
 * The families of configurations, as tables: the place of the file on a
 * distribution, its spelling of the keys, its defaults, and foreign variables.
 * Keys and values are texts here; conf gives them a meaning.
 */

/* Row i of all families, those with a place first; NULL after the last. */
const struct conf_family *family_row(size_t i);
/* The first with that name, or NULL. */
const struct conf_family *family_find(const char *name);

/* A family's own value for one of ours. */
struct family_word {
	const char	*theirs;
	const char	*ours;
};

/* A family's own spelling of a key. */
struct family_alias {
	const char	*family;
	const char	*name;
	const char	*key;		/* how it is spelled here */
	long		 min;		/* of a number, 0: as the key's */
	const struct family_word *words;	/* up to NULL; NULL: as ours */
};

/* Row i of the table; NULL after the last. */
const struct family_alias *family_alias(size_t i);
/* A family's spelling of one of our keys; NULL if it is the same. */
const struct family_alias *family_alias_of(const struct conf_family *,
	    const char *key);
/* Our value for one of theirs (in either case), their value for one of ours; or
 * NULL. */
const char	*family_ours(const struct family_alias *, const char *value);
const char	*family_theirs(const struct family_alias *, const char *value);

/* The default of a key where it differs from upstream's, or NULL. */
const char	*family_default(const struct conf_family *, const char *key);

/* A key of another script, or of another version of one, that this program does
 * not take. */
struct family_foreign {
	const char	*name;		/* if it ends in _, the beginning */
	const char	*whose;		/* script and versions */
	const char	*instead;	/* what applies here */
};

/* The row of a key, or NULL. */
const struct family_foreign *family_foreign(const char *name);

/* Whether a variable of a file with that path is known to be for another
 * program: OpenRC, or the daemon. */
bool		 family_ignores(const char *path, const char *name);

#endif
