#include "text/utf8.h"

/* The forms of UTF-8, by the bits of their first byte. */
static const struct form {
	unsigned char	mask;
	unsigned char	bits;
	unsigned char	len;
	uint32_t	min;		/* a smaller character is overlong */
	uint32_t	max;
} forms[] = {
	{ 0x80, 0x00, 1, 0, 0x7f },
	{ 0xe0, 0xc0, 2, 0x80, 0x7ff },
	{ 0xf0, 0xe0, 3, 0x800, 0xffff },
	{ 0xf8, 0xf0, 4, 0x10000, 0x10ffff },
};
#define NFORM	(sizeof(forms) / sizeof(forms[0]))

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
};

static bool
is_surrogate(uint32_t c)
{
	return c >= 0xd800 && c <= 0xdfff;
}

size_t
utf8_read(const unsigned char *p, size_t left, uint32_t *c)
{
	const struct form *form;
	size_t i;

	for (form = forms; (p[0] & form->mask) != form->bits; form++)
		if (form == &forms[NFORM - 1])
			return 0;
	if (form->len > left)
		return 0;
	*c = p[0] & (unsigned char)~form->mask;
	for (i = 1; i < form->len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3f);
	}
	if (*c < form->min || *c > form->max || is_surrogate(*c))
		return 0;
	return form->len;
}

size_t
utf8_write(uint32_t c, char text[UTF8_MAX])
{
	const struct form *form;
	size_t i;

	if (is_surrogate(c))
		return 0;
	for (form = forms; c > form->max; form++)
		if (form == &forms[NFORM - 1])
			return 0;
	for (i = form->len - 1; i > 0; i--) {
		text[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	text[0] = (char)(form->bits | c);
	return form->len;
}

bool
utf8_steers(uint32_t c)
{
	size_t i;

	for (i = 0; i < sizeof(steering) / sizeof(steering[0]); i++)
		if (c >= steering[i].first && c <= steering[i].last)
			return true;
	return false;
}
