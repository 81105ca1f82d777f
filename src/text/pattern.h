#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>

/*
 * Shell patterns on bytes, with no locale: * any bytes, ? one byte, [a-z] one
 * of these, [!a-z] one of the others, \x the byte x itself.
 */

/* What is wrong with a pattern, or NULL.  What an invalid pattern matches is
 * undefined. */
const char	*pattern_fault(const char *pattern);

/*
 * Whether the whole text matches.  The time is at most proportional to the
 * product of both lengths.
 */
bool		 pattern_match(const char *pattern, const char *text);

#endif
