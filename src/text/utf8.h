#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Characters of UTF-8 (RFC 3629): overlong forms, surrogates and anything
 * above U+10FFFF are malformed.
 */
#define UTF8_MAX	4	/* bytes of a character, at most */

/* Read the character at p into *c; left is at least 1.  Returns its length in
 * bytes, or 0 if no well-formed character begins at p. */
size_t	 utf8_read(const unsigned char *p, size_t left, uint32_t *c);
/* Write a character, not terminated.  Returns its length in bytes, or 0 if c
 * is not a character. */
size_t	 utf8_write(uint32_t c, char text[UTF8_MAX]);
/* Whether a character controls a terminal or the layout and is not visible:
 * C0, DEL, C1, separators of lines and paragraphs, bidirectional marks. */
bool	 utf8_steers(uint32_t c);

#endif
