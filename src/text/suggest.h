#ifndef SUGGEST_H
#define SUGGEST_H

/*
 * Suggest a known name for a mistyped one: the nearest within two slips (a
 * character added, missing or wrong, or two neighbours swapped; case does not
 * count), or fewer for short names.
 */

#define SUGGEST_NAME	32	/* bytes in a name that is considered */

struct suggest {
	const char	*typed;
	const char	*name;		/* the nearest so far, or NULL */
	int		 distance;	/* of it */
};

/* Try a name; of two equally near names the first one stays. */
void	 suggest_try(struct suggest *, const char *name);

#endif
