#include "text/escape.h"

#include <stdint.h>
#include <string.h>

#include "text/utf8.h"

static const struct {
	unsigned char	byte;
	char		letter;
} letters[] = {
	{ '\n', 'n' }, { '\t', 't' }, { '\r', 'r' }, { 0x1b, 'e' },
	{ '\\', '\\' },
};

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

/* The escape of the next *used bytes of src; returns its length. */
static size_t
piece(const unsigned char *src, size_t left, char out[4], size_t *used)
{
	uint32_t c;

	*used = utf8_read(src, left, &c);
	if (*used == 0 || c == '\\' || utf8_steers(c)) {
		/* Byte by byte: the rest of it is malformed by itself. */
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
		/* Nothing is taken after the first piece that did not fit. */
		if (kept == total && n < size - kept) {
			memcpy(dst + kept, out, n);
			kept += n;
		}
		total = n > SIZE_MAX - total ? SIZE_MAX : total + n;
	}
	dst[kept] = '\0';
	return total;
}
