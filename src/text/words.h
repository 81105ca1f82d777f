#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Values that are one word of a few: a table whose last row has no name. */
#define WORDS_WHY	128	/* bytes of a reason, with its NUL */

struct word {
	const char	*name;
	int		 value;
};

/* The row of a text, in either case if any_case is set; NULL if none is. */
const struct word *words_find(const struct word *, const char *text,
	    bool any_case);
/* "is none of A B C", for the message. */
void	 words_why(const struct word *, char why[WORDS_WHY]);
/* The same from names that are elsewhere, one call a name; why begins "". */
void	 words_why_add(char why[WORDS_WHY], const char *name);

#endif
