#include "text/buf.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST	256	/* bytes of the first growth */

static int
buf_fail(struct buf *b)
{
	b->bad = 1;
	return -1;
}

int
buf_init(struct buf *b, size_t size, size_t max)
{
	memset(b, 0, sizeof(*b));
	b->max = max;
	if (size > max)
		size = max;
	if (size == 0)
		return 0;
	if ((b->base = reallocarray(NULL, size, 1)) == NULL)
		return -1;
	b->size = size;
	return 0;
}

void
buf_view(struct buf *b, const void *p, size_t n)
{
	memset(b, 0, sizeof(*b));
	/* Nothing is written through it: max leaves no room for a put. */
	b->base = (unsigned char *)(uintptr_t)p;
	b->len = n;
	b->max = n;
}

void
buf_free(struct buf *b)
{
	if (b->size > 0)
		free(b->base);
	memset(b, 0, sizeof(*b));
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->pos = 0;
	b->bad = 0;
	if (b->size == 0 && b->base != NULL) {
		/* A view: its bytes are not ours to write into. */
		b->base = NULL;
		b->max = 0;
	}
}

/* The next size for want bytes; want is at most max. */
static size_t
buf_grown(const struct buf *b, size_t want)
{
	size_t size = b->size > 0 ? b->size : BUF_FIRST;

	while (size < want && size <= b->max / 2)
		size *= 2;
	return size < want || size > b->max ? b->max : size;
}

int
buf_reserve(struct buf *b, size_t n)
{
	unsigned char *base;
	size_t size;

	if (b->bad || n > b->max - b->len)
		return buf_fail(b);
	if (n == 0 || n <= b->size - b->len)
		return 0;
	size = buf_grown(b, b->len + n);
	if ((base = reallocarray(b->base, size, 1)) == NULL)
		return buf_fail(b);
	b->base = base;
	b->size = size;
	return 0;
}

void
buf_put(struct buf *b, const void *p, size_t n)
{
	if (buf_reserve(b, n) == -1 || n == 0)
		return;
	memcpy(b->base + b->len, p, n);
	b->len += n;
}

const unsigned char *
buf_take(struct buf *b, size_t n)
{
	static const unsigned char none[1];
	const unsigned char *p;

	if (b->bad || n > buf_left(b)) {
		b->bad = 1;
		return NULL;
	}
	if (n == 0)
		return none;
	p = b->base + b->pos;
	b->pos += n;
	return p;
}

void
buf_copy(void *p, const unsigned char *from, size_t n)
{
	if (n == 0)
		return;
	if (from == NULL)
		memset(p, 0, n);
	else
		memcpy(p, from, n);
}

void
buf_get(struct buf *b, void *p, size_t n)
{
	buf_copy(p, buf_take(b, n), n);
}

size_t
buf_left(const struct buf *b)
{
	return b->len - b->pos;
}

void
buf_drop(struct buf *b, size_t n)
{
	if (n > b->len) {
		n = b->len;
		b->bad = 1;
	}
	if (n == 0)
		return;
	b->len -= n;
	b->pos -= n < b->pos ? n : b->pos;
	if (b->size > 0) {
		memmove(b->base, b->base + n, b->len);
	} else {
		b->base += n;
		b->max -= n;
	}
}
