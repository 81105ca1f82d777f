#ifndef SUGGEST_H
#define SUGGEST_H

/*
 * Which known name an unknown name was meant to be: the nearest within two
 * slips (a character too many, missing or wrong, or two neighbours in the wrong
 * order; case does not count); for short names within fewer slips.
 */

#define SUGGEST_NAME	32	/* bytes in a name that may be a near miss */

struct suggest {
	const char	*typed;
	const char	*name;		/* the nearest so far, or NULL */
	int		 distance;	/* of it */
};

/* Try a name; of two equally near the first stays. */
void	 suggest_try(struct suggest *, const char *name);

#endif
