#ifndef LINES_H
#define LINES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Read a text line by line, and a line word by word.  A line ends in LF, in
 * CR LF or with the text; words are separated by blanks and tabs.  Nothing is
 * copied; the text need not be terminated.
 */
struct lines {
	const char	*next;		/* the rest of the text */
	const char	*end;		/* of the text */
	const char	*line;
	const char	*stop;		/* end of the line */
	const char	*word;
	size_t		 len;		/* of the word */
	unsigned	 no;		/* of the line, from 1 */
};

/* The text is the caller's; NULL if len is 0. */
void	 lines_begin(struct lines *, const char *text, size_t len);
/* Go to the next line, before its first word; false after the last line. */
bool	 lines_next(struct lines *);
/* Skip blanks, up to the next word, which is not taken yet (len is 0); false at
 * the end of the line. */
bool	 lines_find(struct lines *);
/* Take the next word of the line; false at the end of the line. */
bool	 lines_word(struct lines *);
/* Copy the word and terminate it; false if size is too small. */
bool	 lines_copy(const struct lines *, char *text, size_t size);
/* End the line at the first c in it, where a comment begins. */
void	 lines_cut(struct lines *, char c);
/* Column of a place in the line, from 1, in bytes. */
unsigned lines_col(const struct lines *, const char *at);

#endif
