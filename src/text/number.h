#ifndef NUMBER_H
#define NUMBER_H

#include <stdint.h>

/*
 * Decimal numbers with bounds: digits, with or without a minus.  Blanks, a plus
 * sign and text after the digits are refused.
 */
#define NUMBER_WHY	80	/* bytes of a reason, with its NUL */

struct number_range {
	int64_t	min;
	int64_t	max;
};

/* The number in a text.  0, or -1 with *n unchanged and in why (which may be
 * NULL) "is not a number (MIN to MAX)", "is too small (...)" or "is too large
 * (...)". */
int	 number_parse(const char *text, const struct number_range *,
	    int64_t *n, char why[NUMBER_WHY]);
/* The same, but a number above the range is taken as the largest: then the
 * result is NUMBER_LIMITED, with the reason in why. */
#define NUMBER_LIMITED	1
int	 number_limit(const char *text, const struct number_range *,
	    int64_t *n, char why[NUMBER_WHY]);

/* A size, "1.5 GiB" or "12 MiB"; returns text. */
#define NUMBER_BYTES	32
const char *number_bytes(uint64_t, char text[NUMBER_BYTES]);

#endif
