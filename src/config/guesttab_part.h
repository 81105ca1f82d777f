#ifndef GUESTTAB_PART_H
#define GUESTTAB_PART_H

#include <stddef.h>

#include "config/guesttab.h"

struct errmsg;
struct word;

/*
 * What the parts of guesttab share: guesttab_row.c has the tables of columns
 * and options, guesttab.c reads the text, guesttab_select.c has the selectors
 * of the command line.
 */

struct guesttab_option;

/* Take a value into its field.  0, -1 with the reason, or NUMBER_LIMITED with
 * the reason: the field then holds the largest number. */
typedef int	 guesttab_take_fn(struct guesttab_row *,
		    const struct guesttab_option *, const char *value,
		    struct errmsg *);

/* A column or an option. */
struct guesttab_option {
	const char	*name;
	guesttab_take_fn *take;		/* NULL: the column of options */
	size_t		 offset;	/* of the field in a row */
	int		 max;		/* of a number, from 0 */
	const struct word *words;	/* that a value is one of */
};

/* Row i of the table of columns after the selector, and of the table of
 * options; NULL after the last. */
const struct guesttab_option *guesttab_column(size_t i);
const struct guesttab_option *guesttab_option(size_t i);

/* Whether a selector, except for order:, matches a guest. */
bool	 guesttab_selector_matches(const struct guesttab_selector *,
	    const struct guesttab_key *);

/* A row in which all is inherited. */
void	 guesttab_row_init(struct guesttab_row *, unsigned line);
void	 guesttab_row_free(struct guesttab_row *);

#endif
