#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>

/*
 * Shell patterns on bytes, with no locale: * any bytes, ? one byte, [a-z] one
 * of these, [!a-z] one of the others, \x the byte x itself.
 */

/* What is wrong with a pattern, or NULL; what a wrong one matches is open. */
const char	*pattern_fault(const char *pattern);

/*
 * Whether the whole of a text matches.  The time is at most that of comparing
 * each byte of the one with each of the other, whatever they hold.
 */
bool		 pattern_match(const char *pattern, const char *text);

#endif
