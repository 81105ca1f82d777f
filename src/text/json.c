#include "text/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "text/buf.h"

/*
 * Well-formed UTF-8 by its first byte (table 3-7 of the Unicode standard):
 * how many bytes follow, and between what the first of these must lie.  No
 * row is no character: continuations, overlong forms, beyond U+10FFFF.
 */
static const struct lead {
	unsigned char	first;
	unsigned char	last;
	unsigned char	follow;
	unsigned char	low;
	unsigned char	high;
} leads[] = {
	{ 0x00, 0x7f, 0, 0x80, 0xbf },
	{ 0xc2, 0xdf, 1, 0x80, 0xbf },
	{ 0xe0, 0xe0, 2, 0xa0, 0xbf },
	{ 0xe1, 0xec, 2, 0x80, 0xbf },
	{ 0xed, 0xed, 2, 0x80, 0x9f },		/* no surrogates */
	{ 0xee, 0xef, 2, 0x80, 0xbf },
	{ 0xf0, 0xf0, 3, 0x90, 0xbf },
	{ 0xf1, 0xf3, 3, 0x80, 0xbf },
	{ 0xf4, 0xf4, 3, 0x80, 0x8f },
};

/* Written as \uXXXX: JSON wants it of some, a terminal of the others. */
static const struct {
	uint32_t	first;
	uint32_t	last;
} hidden[] = {
	{ 0x0000, 0x001f },
	{ '"', '"' },
	{ '\\', '\\' },
	{ 0x007f, 0x009f },
	{ 0x061c, 0x061c },
	{ 0x200e, 0x200f },
	{ 0x2028, 0x202e },
	{ 0x2066, 0x2069 },
};

void
json_begin(struct json *j, struct buf *out)
{
	memset(j, 0, sizeof(*j));
	j->out = out;
}

int
json_end(const struct json *j)
{
	if (j->bad || j->out->bad || j->depth > 0 || !j->comma)
		return -1;
	return 0;
}

static void
put(struct json *j, const char *text)
{
	buf_put(j->out, text, strlen(text));
}

static bool
in_object(const struct json *j)
{
	return j->depth > 0 && j->closer[j->depth - 1] == '}';
}

/* What stands before a value; false when none may stand here. */
static bool
value_begin(struct json *j)
{
	if (in_object(j) ? !j->keyed : j->depth == 0 && j->comma)
		j->bad = true;
	if (j->bad)
		return false;
	if (j->comma && !j->keyed)
		put(j, ",");
	j->keyed = false;
	j->comma = true;
	return true;
}

static void
nest(struct json *j, const char *opener, char closer)
{
	if (j->depth == JSON_DEPTH)
		j->bad = true;
	if (!value_begin(j))
		return;
	put(j, opener);
	j->closer[j->depth++] = closer;
	j->comma = false;
}

static void
unnest(struct json *j, const char *closer)
{
	if (j->depth == 0 || j->closer[j->depth - 1] != *closer || j->keyed)
		j->bad = true;
	if (j->bad)
		return;
	put(j, closer);
	j->depth--;
	j->comma = true;
}

void
json_object_begin(struct json *j)
{
	nest(j, "{", '}');
}

void
json_object_end(struct json *j)
{
	unnest(j, "}");
}

void
json_array_begin(struct json *j)
{
	nest(j, "[", ']');
}

void
json_array_end(struct json *j)
{
	unnest(j, "]");
}

/* The character at p, *n bytes long; false when none is well-formed. */
static bool
char_read(const unsigned char *p, size_t left, uint32_t *c, size_t *n)
{
	const struct lead *l;
	size_t i;

	for (l = leads; p[0] < l->first || p[0] > l->last; l++)
		if (l == leads + sizeof(leads) / sizeof(leads[0]) - 1)
			return false;
	if (l->follow >= left)
		return false;
	if (l->follow > 0 && (p[1] < l->low || p[1] > l->high))
		return false;
	*c = l->follow == 0 ? p[0] : p[0] & (0x3fu >> l->follow);
	for (i = 1; i <= l->follow; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return false;
		*c = *c << 6 | (p[i] & 0x3f);
	}
	*n = (size_t)l->follow + 1;
	return true;
}

static bool
is_hidden(uint32_t c)
{
	size_t i;

	for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return true;
	return false;
}

/* One that is_hidden: none of them needs more than four digits. */
static void
put_hidden(struct json *j, uint32_t c)
{
	char text[8] = { '\\', (char)c, '\0' };

	if (c != '"' && c != '\\')
		(void)snprintf(text, sizeof(text), "\\u%04x",
		    (unsigned int)(c & 0xffff));
	put(j, text);
}

static void
put_string(struct json *j, const char *s, size_t len)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t i, n;
	uint32_t c;

	put(j, "\"");
	for (i = 0; i < len && !j->out->bad; i += n) {
		n = 1;
		if (!char_read(p + i, len - i, &c, &n))
			put(j, "\\ufffd");
		else if (is_hidden(c))
			put_hidden(j, c);
		else
			buf_put(j->out, p + i, n);
	}
	put(j, "\"");
}

void
json_key(struct json *j, const char *key)
{
	if (!in_object(j) || j->keyed)
		j->bad = true;
	if (j->bad)
		return;
	if (j->comma)
		put(j, ",");
	put_string(j, key, strlen(key));
	put(j, ":");
	j->keyed = true;
}

void
json_text(struct json *j, const char *s, size_t len)
{
	if (value_begin(j))
		put_string(j, s, len);
}

void
json_string(struct json *j, const char *s)
{
	if (s == NULL)
		json_null(j);
	else
		json_text(j, s, strlen(s));
}

static void
json_word(struct json *j, const char *word)
{
	if (value_begin(j))
		put(j, word);
}

void
json_int(struct json *j, int64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRId64, n);
	json_word(j, text);
}

void
json_bool(struct json *j, bool yes)
{
	json_word(j, yes ? "true" : "false");
}

void
json_null(struct json *j)
{
	json_word(j, "null");
}
