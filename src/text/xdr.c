#include "text/xdr.h"

#include <string.h>

#define XDR_LONGEST	0x7fffffffu	/* bytes that a length word can count,
					   far above what a frame holds */

/* Zeros that follow n bytes. */
static size_t
xdr_padding(size_t n)
{
	return (4 - n % 4) % 4;
}

void
xdr_put_u32(struct buf *b, uint32_t v)
{
	unsigned char p[4];

	p[0] = (unsigned char)(v >> 24);
	p[1] = (unsigned char)(v >> 16);
	p[2] = (unsigned char)(v >> 8);
	p[3] = (unsigned char)v;
	buf_put(b, p, sizeof(p));
}

void
xdr_put_i32(struct buf *b, int32_t v)
{
	xdr_put_u32(b, (uint32_t)v);
}

void
xdr_put_u64(struct buf *b, uint64_t v)
{
	xdr_put_u32(b, (uint32_t)(v >> 32));
	xdr_put_u32(b, (uint32_t)(v & 0xffffffffu));
}

void
xdr_put_i64(struct buf *b, int64_t v)
{
	xdr_put_u64(b, (uint64_t)v);
}

void
xdr_put_opaque(struct buf *b, const void *p, size_t n)
{
	static const unsigned char zeros[4];

	buf_put(b, p, n);
	buf_put(b, zeros, xdr_padding(n));
}

void
xdr_put_string(struct buf *b, const char *s)
{
	size_t n = strlen(s);

	if (n > XDR_LONGEST) {
		b->bad = 1;
		return;
	}
	xdr_put_u32(b, (uint32_t)n);
	xdr_put_opaque(b, s, n);
}

void
xdr_put_optstring(struct buf *b, const char *s)
{
	xdr_put_u32(b, s != NULL);
	if (s != NULL)
		xdr_put_string(b, s);
}

uint32_t
xdr_get_u32(struct buf *b)
{
	unsigned char p[4];

	buf_get(b, p, sizeof(p));
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

int32_t
xdr_get_i32(struct buf *b)
{
	uint32_t v = xdr_get_u32(b);
	int32_t i;

	/* Two's complement is what int32_t is; a cast is not promised. */
	memcpy(&i, &v, sizeof(i));
	return i;
}

/* Nothing of a number that is cut in the middle: zero, not its high half. */
uint64_t
xdr_get_u64(struct buf *b)
{
	uint64_t high = xdr_get_u32(b);
	uint64_t low = xdr_get_u32(b);

	return b->bad ? 0 : high << 32 | low;
}

int64_t
xdr_get_i64(struct buf *b)
{
	uint64_t v = xdr_get_u64(b);
	int64_t i;

	memcpy(&i, &v, sizeof(i));
	return i;
}

/*
 * The n bytes and the padding after them, or NULL.  RFC 4506 says that the
 * padding is zeros and every daemon writes them, so anything else means that
 * the stream is not where we believe, and no guest's name is taken from it.
 */
static const unsigned char *
xdr_take(struct buf *b, size_t n)
{
	const unsigned char *p = buf_take(b, n);
	unsigned char padding[4] = { 0 };
	size_t i;

	buf_get(b, padding, xdr_padding(n));
	for (i = 0; i < sizeof(padding); i++)
		if (padding[i] != 0)
			b->bad = 1;
	return b->bad ? NULL : p;
}

void
xdr_get_opaque(struct buf *b, void *p, size_t n)
{
	buf_copy(p, xdr_take(b, n), n);
}

/* NULL when bad. */
static const char *
xdr_take_string(struct buf *b, size_t *len, size_t max)
{
	const unsigned char *p;
	uint32_t n = xdr_get_u32(b);

	*len = 0;
	if (n > max)
		b->bad = 1;
	if ((p = xdr_take(b, n)) == NULL)
		return NULL;
	if (memchr(p, '\0', n) != NULL) {
		b->bad = 1;
		return NULL;
	}
	*len = n;
	return (const char *)p;
}

const char *
xdr_get_string(struct buf *b, size_t *len, size_t max)
{
	const char *s = xdr_take_string(b, len, max);

	return s == NULL ? "" : s;
}

const char *
xdr_get_optstring(struct buf *b, size_t *len, size_t max)
{
	uint32_t present = xdr_get_u32(b);

	*len = 0;
	if (present > 1)
		b->bad = 1;
	if (!present)
		return NULL;
	return xdr_take_string(b, len, max);
}
