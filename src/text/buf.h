#ifndef BUF_H
#define BUF_H

#include <stddef.h>

/*
 * Bytes with bounds.  A buf either owns what it holds and grows up to max, or
 * is a read-only view of the caller's bytes.  Errors are sticky: after a
 * put that did not fit or a get that ran past the end, bad is set, puts do
 * nothing and gets give zeros, so that a codec is checked once at its end.
 */
struct buf {
	unsigned char	*base;	/* owned when size > 0 */
	size_t		 len;	/* bytes held */
	size_t		 pos;	/* where the next get reads */
	size_t		 size;	/* bytes allocated, 0 for a view */
	size_t		 max;	/* it never grows beyond this */
	int		 bad;
};

/* size bytes at once (so that puts up to there cannot fail), max at most.
 * 0, or -1 when there is no memory (errno is ENOMEM). */
int	 buf_init(struct buf *, size_t size, size_t max);
/* A view; nothing is copied, buf_free is not needed. */
void	 buf_view(struct buf *, const void *, size_t);
void	 buf_free(struct buf *);
/* Empty it and forget the error; what is allocated stays.  A view is of
 * nothing then, and still takes no puts. */
void	 buf_reset(struct buf *);
/* Make room for n more bytes; 0, or -1 and bad. */
int	 buf_reserve(struct buf *, size_t n);
void	 buf_put(struct buf *, const void *, size_t n);
/* Copy n bytes out; zeros and bad when there are fewer. */
void	 buf_get(struct buf *, void *, size_t n);
/* The next n bytes in place, valid until the buf changes; NULL and bad when
 * there are fewer. */
const unsigned char *buf_take(struct buf *, size_t n);
/* Bytes not read yet. */
size_t	 buf_left(const struct buf *);
/* Forget the first n bytes (of a stream), even of a bad one; pos moves along.
 * More than there are: all, and bad. */
void	 buf_drop(struct buf *, size_t n);

#endif
