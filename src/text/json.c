#include "text/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "text/buf.h"
#include "text/utf8.h"

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

/* Put what precedes a value; false: no value is allowed here. */
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

/* Whether a character is written as \uXXXX: JSON asks for it of some, a
 * terminal of the others. */
static bool
is_hidden(uint32_t c)
{
	return c == '"' || c == '\\' || utf8_steers(c);
}

/* A character that is_hidden: none needs more than four digits. */
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
		if ((n = utf8_read(p + i, len - i, &c)) == 0) {
			put(j, "\\ufffd");
			n = 1;
		} else if (is_hidden(c)) {
			put_hidden(j, c);
		} else {
			buf_put(j->out, p + i, n);
		}
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
json_millis(struct json *j, int64_t ms)
{
	char text[32] = "null";

	if (ms >= 0)
		(void)snprintf(text, sizeof(text), "%" PRId64 ".%03d",
		    ms / 1000, (int)(ms % 1000));
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
