#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Values that are one of a few words: a table whose last row has no name. */
#define WORDS_WHY	128	/* bytes of a reason, with its NUL */

struct word {
	const char	*name;
	int		 value;
};

/* The row of a text, in either case if any_case is set; or NULL. */
const struct word *words_find(const struct word *, const char *text,
	    bool any_case);
/* "is unknown; use one of A, B, C". */
void	 words_why(const struct word *, char why[WORDS_WHY]);
/* The same from single names, one call for each; why is "" at first. */
void	 words_why_add(char why[WORDS_WHY], const char *name);

#endif
