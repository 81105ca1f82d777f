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

/* "%XX"; its length. */
static size_t
byte_percent(unsigned char byte, char out[4])
{
	static const char digits[] = "0123456789ABCDEF";

	out[0] = '%';
	out[1] = digits[byte >> 4];
	out[2] = digits[byte & 15];
	return 3;
}

/* What is escaped, and how. */
struct source {
	const char	*text;
	size_t		 len;
	const char	*special;	/* ASCII to escape beside controls */
	size_t		(*escape)(unsigned char, char out[4]);
};

/* The next *used bytes of src, or their escape; returns its length. */
static size_t
piece(const struct source *s, size_t i, char out[4], size_t *used)
{
	const unsigned char *src = (const unsigned char *)s->text + i;
	uint32_t c;

	*used = utf8_read(src, s->len - i, &c);
	if (*used == 0 || utf8_steers(c) ||
	    (c < 0x80 && strchr(s->special, (int)c) != NULL)) {
		/* Byte by byte: the rest of it is malformed by itself. */
		*used = 1;
		return s->escape(src[0], out);
	}
	memcpy(out, src, *used);
	return *used;
}

static size_t
source_escape(const struct source *s, char *dst, size_t size)
{
	size_t total = 0, kept = 0, used, n, i;
	char out[4];

	for (i = 0; i < s->len; i += used) {
		n = piece(s, i, out, &used);
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

size_t
escape_text(char *dst, size_t size, const char *src, size_t len)
{
	const struct source s = { src, len, "\\", byte_escape };

	return source_escape(&s, dst, size);
}

size_t
escape_word(char *dst, size_t size, const char *src, size_t len)
{
	const struct source s = { src, len, " %\\", byte_percent };

	return source_escape(&s, dst, size);
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int
escape_read(char *dst, size_t size, const char *word, size_t len)
{
	size_t i, n = 0;
	int high, low;

	for (i = 0; i < len; i++) {
		if (n + 1 >= size)
			goto bad;
		dst[n] = word[i];
		if (word[i] == '%') {
			if (len - i < 3 || (high = digit(word[i + 1])) == -1 ||
			    (low = digit(word[i + 2])) == -1)
				goto bad;
			dst[n] = (char)(high << 4 | low);
			i += 2;
		}
		if (dst[n++] == '\0')
			goto bad;
	}
	dst[n] = '\0';
	return 0;
bad:
	dst[0] = '\0';
	return -1;
}

size_t
escape_ends(char *dst, size_t size, const char *src, size_t len)
{
	static const char mark[] = "...";
	size_t whole = escape_text(dst, size, src, len);
	size_t left = whole, kept, room, used, i = 0;
	const struct source s = { src, len, "\\", byte_escape };
	char out[4];

	if (whole < size || size < 4 * sizeof(mark))
		return whole;
	(void)escape_text(dst, size / 3, src, len);
	kept = strlen(dst);
	memcpy(dst + kept, mark, sizeof(mark));
	kept += sizeof(mark) - 1;
	room = size - 1 - kept;
	while (left > room) {
		left -= piece(&s, i, out, &used);
		i += used;
	}
	(void)escape_text(dst + kept, room + 1, src + i, len - i);
	return whole;
}
