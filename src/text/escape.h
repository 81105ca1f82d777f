#ifndef ESCAPE_H
#define ESCAPE_H

#include <stddef.h>

/*
 * Escape bytes from outside for a terminal, a log or a message:
 * printable ASCII and well-formed UTF-8 stay; controls (C0, DEL, C1, line and
 * paragraph separators, bidirectional overrides), malformed bytes and the
 * backslash become vis(3)-style \ooo, \n, \t, \r, \e or \\.
 * Never splits an escape or a character: the part that does not fit in size is
 * left out.  Always terminates (size > 0).  Returns the length of the whole, as
 * strlcpy does.
 */
size_t	 escape_text(char *dst, size_t size, const char *src, size_t len);

/*
 * The same bytes as one word of a file, to be read again: blanks, percent
 * signs, backslashes and what escape_text escapes become %XX.  Results as of
 * escape_text.
 */
size_t	 escape_word(char *dst, size_t size, const char *src, size_t len);
/* Read such a word of len bytes into dst, terminated.  0, or -1 if it has a
 * malformed % or a NUL byte, or does not fit; dst is empty then. */
int	 escape_read(char *dst, size_t size, const char *word, size_t len);

/* The same, but of a text that does not fit the middle is left out, for "...":
 * libvirt and ssh name the reason last. */
size_t	 escape_ends(char *dst, size_t size, const char *src, size_t len);

#endif
