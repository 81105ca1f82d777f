#include "text/escape.h"

#include <stdint.h>
#include <string.h>

/* The forms of UTF-8, by the bits of their first byte. */
static const struct utf8_form {
	unsigned char	mask;
	unsigned char	bits;
	unsigned char	len;
	uint32_t	min;		/* a smaller character is overlong */
} forms[] = {
	{ 0x80, 0x00, 1, 0 },
	{ 0xe0, 0xc0, 2, 0x80 },
	{ 0xf0, 0xe0, 3, 0x800 },
	{ 0xf8, 0xf0, 4, 0x10000 },
};

/* Characters that steer a terminal, a log or the eye instead of showing. */
static const struct {
	uint32_t	first;
	uint32_t	last;
} steering[] = {
	{ 0x0000, 0x001f },		/* C0 */
	{ 0x007f, 0x009f },		/* DEL, C1 */
	{ 0x061c, 0x061c },		/* Arabic letter mark */
	{ 0x200e, 0x200f },		/* left-to-right, right-to-left mark */
	{ 0x2028, 0x202e },		/* separators, embeddings, overrides */
	{ 0x2066, 0x2069 },		/* isolates */
	{ 0xd800, 0xdfff },		/* surrogates: no characters at all */
};

static const struct {
	unsigned char	byte;
	char		letter;
} letters[] = {
	{ '\n', 'n' }, { '\t', 't' }, { '\r', 'r' }, { 0x1b, 'e' },
	{ '\\', '\\' },
};

static const struct utf8_form *
form_of(unsigned char first)
{
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if ((first & forms[i].mask) == forms[i].bits)
			return &forms[i];
	return NULL;
}

/* The character at p, *n bytes long; 0 when no well-formed one is there. */
static int
char_read(const unsigned char *p, size_t left, uint32_t *c, size_t *n)
{
	const struct utf8_form *form = form_of(p[0]);
	size_t i;

	if (form == NULL || form->len > left)
		return 0;
	*c = p[0] & (unsigned char)~form->mask;
	for (i = 1; i < form->len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3f);
	}
	*n = form->len;
	return *c >= form->min && *c <= 0x10ffff;
}

static int
char_steers(uint32_t c)
{
	size_t i;

	for (i = 0; i < sizeof(steering) / sizeof(steering[0]); i++)
		if (c >= steering[i].first && c <= steering[i].last)
			return 1;
	return 0;
}

/* The escape of a byte; its length. */
static size_t
byte_escape(unsigned char byte, char out[4])
{
	size_t i;

	out[0] = '\\';
	for (i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (byte == letters[i].byte) {
			out[1] = letters[i].letter;
			return 2;
		}
	out[1] = (char)('0' + (byte >> 6));
	out[2] = (char)('0' + (byte >> 3 & 7));
	out[3] = (char)('0' + (byte & 7));
	return 4;
}

/* What stands for the next *used bytes of src; its length. */
static size_t
piece(const unsigned char *src, size_t left, char out[4], size_t *used)
{
	uint32_t c;

	if (!char_read(src, left, &c, used) || c == '\\' || char_steers(c)) {
		/* Byte by byte: the rest of it is malformed in its turn. */
		*used = 1;
		return byte_escape(src[0], out);
	}
	memcpy(out, src, *used);
	return *used;
}

size_t
escape_text(char *dst, size_t size, const char *src, size_t len)
{
	size_t total = 0, kept = 0, used, n, i;
	char out[4];

	for (i = 0; i < len; i += used) {
		n = piece((const unsigned char *)src + i, len - i, out, &used);
		/* Behind the first that did not fit nothing is taken. */
		if (kept == total && n < size - kept) {
			memcpy(dst + kept, out, n);
			kept += n;
		}
		total = n > SIZE_MAX - total ? SIZE_MAX : total + n;
	}
	dst[kept] = '\0';
	return total;
}
