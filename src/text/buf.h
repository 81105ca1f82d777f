#ifndef BUF_H
#define BUF_H

#include <stddef.h>

/*
 * Bytes with bounds.  A buf owns its bytes and grows up to max, or is a
 * read-only view of the caller's bytes.  Errors are sticky: after a put that
 * did not fit or a get past the end, bad is set, puts do nothing and gets
 * return zeros, so that a codec checks once at its end.
 */
struct buf {
	unsigned char	*base;	/* owned when size > 0 */
	size_t		 len;	/* bytes held */
	size_t		 pos;	/* where the next get reads */
	size_t		 size;	/* bytes allocated, 0 for a view */
	size_t		 max;	/* it never grows beyond this */
	int		 bad;
};

/* Allocate size bytes at once, so that puts up to size cannot fail; max is the
 * limit.  0, or -1 when there is no memory (errno is ENOMEM). */
int	 buf_init(struct buf *, size_t size, size_t max);
/* Make a view: nothing is copied, buf_free is not needed. */
void	 buf_view(struct buf *, const void *, size_t);
void	 buf_free(struct buf *);
/* Empty it and clear bad; the memory stays allocated.  A view becomes empty and
 * still takes no puts. */
void	 buf_reset(struct buf *);
/* Make room for n more bytes; 0, or -1 and bad is set. */
int	 buf_reserve(struct buf *, size_t n);
void	 buf_put(struct buf *, const void *, size_t n);
/* Copy n bytes out; zeros and bad if fewer are left. */
void	 buf_get(struct buf *, void *, size_t n);
/* What buf_take returned: n bytes, or zeros if it was NULL. */
void	 buf_copy(void *p, const unsigned char *from, size_t n);
/* The next n bytes in place, valid until the buf changes; NULL and bad if fewer
 * are left. */
const unsigned char *buf_take(struct buf *, size_t n);
/* Bytes that are not read yet. */
size_t	 buf_left(const struct buf *);
/* Remove the first n bytes (of a stream), even of a bad buf; pos moves along.
 * If fewer are held: all, and bad. */
void	 buf_drop(struct buf *, size_t n);

#endif
