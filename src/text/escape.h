#ifndef ESCAPE_H
#define ESCAPE_H

#include <stddef.h>

/*
 * Make bytes that came from outside fit for a terminal, a log or a message:
 * printable ASCII and well-formed UTF-8 stay; controls (C0, DEL, C1, line and
 * paragraph separators, bidirectional overrides), malformed bytes and the
 * backslash become vis(3)-style \ooo, \n, \t, \r, \e or \\.
 * Never splits an escape or a character: what does not fit in size is left
 * out.  Always terminates (size > 0).  Returns the length the whole would
 * have had, as strlcpy does.
 */
size_t	 escape_text(char *dst, size_t size, const char *src, size_t len);

#endif
