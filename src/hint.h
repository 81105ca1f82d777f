#ifndef HINT_H
#define HINT_H

/*
 * Which of the names that there are was meant by one that is not: the nearest
 * within two slips (a character too many, missing or wrong, or two neighbours
 * in the wrong order; case does not count), of short names within fewer.
 */

#define HINT_NAME	32	/* bytes in a name that may be a near miss */

struct hint {
	const char	*typed;
	const char	*name;		/* the nearest so far, or NULL */
	int		 distance;	/* of it */
};

/* Try a name; of two equally near the first stays. */
void	 hint_try(struct hint *, const char *name);

#endif
