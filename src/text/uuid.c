#include "text/uuid.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

/* Whether a hyphen precedes byte i in the text. */
static int
hyphen_before(size_t i)
{
	return i == 4 || i == 6 || i == 8 || i == 10;
}

void
uuid_format(const unsigned char uuid[UUID_LEN], char text[UUID_TEXT])
{
	size_t i;

	for (i = 0; i < UUID_LEN; i++) {
		if (hyphen_before(i))
			*text++ = '-';
		*text++ = digits[uuid[i] >> 4];
		*text++ = digits[uuid[i] & 15];
	}
	*text = '\0';
}

static int
digit_value(char c)
{
	const char *p;

	if (c >= 'A' && c <= 'F')
		c = (char)(c - 'A' + 'a');
	if (c == '\0' || (p = strchr(digits, c)) == NULL)
		return -1;
	return (int)(p - digits);
}

int
uuid_parse(const char *text, unsigned char uuid[UUID_LEN])
{
	unsigned char out[UUID_LEN];
	int high, low;
	size_t i;

	for (i = 0; i < UUID_LEN; i++) {
		if (hyphen_before(i) && *text++ != '-')
			return -1;
		/* Each digit is looked at only if the one before was one. */
		if ((high = digit_value(*text)) == -1)
			return -1;
		text++;
		if ((low = digit_value(*text)) == -1)
			return -1;
		text++;
		out[i] = (unsigned char)(high << 4 | low);
	}
	if (*text != '\0')
		return -1;
	memcpy(uuid, out, UUID_LEN);
	return 0;
}

int
uuid_is_zero(const unsigned char uuid[UUID_LEN])
{
	static const unsigned char zero[UUID_LEN];

	return memcmp(uuid, zero, UUID_LEN) == 0;
}
