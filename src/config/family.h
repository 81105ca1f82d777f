#ifndef FAMILY_H
#define FAMILY_H

#include <stdbool.h>
#include <stddef.h>

struct conf_family;

/*
 * The families of configurations, as tables: where a distribution keeps the
 * file, how it spells the keys, which defaults it has, what else is in there.
 * Keys and values are text here; what they mean is conf's affair.
 */

/* Row i of all families, first those with a place; NULL after the last. */
const struct conf_family *family_row(size_t i);
/* The first of that name, or NULL. */
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

/* Row i of the table; NULL behind the last. */
const struct family_alias *family_alias(size_t i);
/* What a family calls one of our keys; NULL when it is as ours. */
const struct family_alias *family_alias_of(const struct conf_family *,
	    const char *key);
/* Ours for a value of theirs (in either case), theirs for one of ours; NULL
 * when there is none. */
const char	*family_ours(const struct family_alias *, const char *value);
const char	*family_theirs(const struct family_alias *, const char *value);

/* The default of a key where it differs from upstream's, or NULL. */
const char	*family_default(const struct conf_family *, const char *key);

/* Whether a variable of a file with that path is known to be for another
 * program: OpenRC, or the daemon. */
bool		 family_ignores(const char *path, const char *name);

#endif
