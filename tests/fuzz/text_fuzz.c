/*
 * Escapes, UTF-8 and JSON: no output controls a terminal, a word is read as it
 * was written, and each character is written as it was read.
 */
#include <string.h>

#include "fuzz.h"
#include "text/buf.h"
#include "text/escape.h"
#include "text/json.h"
#include "text/utf8.h"

#define OUT	65536

/* Well-formed, and nothing that controls a terminal. */
static void
plain_check(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n, i;
	uint32_t c;

	for (i = 0; i < len; i += n) {
		n = utf8_read(p + i, len - i, &c);
		must(n > 0 && n <= UTF8_MAX && !utf8_steers(c));
	}
}

static void
escape_check(const char *text, size_t len)
{
	char out[64];
	size_t n, size;

	for (size = 1; size <= sizeof(out); size = size * 2 + 1) {
		n = escape_text(out, size, text, len);
		must(n >= len && n <= 4 * len && strlen(out) < size);
		must(n >= size || strlen(out) == n);
		plain_check(out, strlen(out));
		(void)escape_ends(out, size, text, len);
		must(strlen(out) < size);
		plain_check(out, strlen(out));
	}
}

static void
word_check(const char *text, size_t len)
{
	char *word = malloc(OUT), *again = malloc(OUT);
	size_t n;

	must(word != NULL && again != NULL);
	n = escape_word(word, OUT, text, len);
	must(n < OUT && strlen(word) == n && strpbrk(word, " \t\n\r") == NULL);
	if (memchr(text, '\0', len) == NULL) {
		must(escape_read(again, OUT, word, n) == 0);
		must(strlen(again) == len && memcmp(again, text, len) == 0);
	} else {
		must(escape_read(again, OUT, word, n) == -1 && *again == '\0');
	}
	/* What was not written by us may be refused, and is no overflow. */
	if (escape_read(again, 16, text, len) == 0)
		must(strlen(again) < 16 && strlen(again) <= len);
	free(word);
	free(again);
}

static void
utf8_check(const unsigned char *p, size_t len)
{
	char text[UTF8_MAX];
	uint32_t c;
	size_t n;

	for (; len > 0; p++, len--) {
		if ((n = utf8_read(p, len, &c)) == 0)
			continue;
		must(n <= len && n <= UTF8_MAX);
		must(utf8_write(c, text) == n && memcmp(text, p, n) == 0);
	}
}

/* The string of JSON ends where it should. */
static void
string_check(const char *s, size_t len)
{
	size_t i;

	must(len >= 2 && s[0] == '"' && s[len - 1] == '"');
	for (i = 1; i < len - 1; i++) {
		must(s[i] != '"');
		if (s[i] == '\\')
			must(++i < len - 1);
	}
}

static void
json_check(const char *text, size_t len)
{
	struct json j;
	struct buf b;

	must(buf_init(&b, 0, OUT * 8) == 0);
	json_begin(&j, &b);
	json_text(&j, text, len);
	must(json_end(&j) == 0 && !b.bad);
	plain_check((const char *)b.base, b.len);
	string_check((const char *)b.base, b.len);
	buf_free(&b);
}

/* Each byte is a call: whatever their order, an accepted value is whole. */
static void
calls_check(const uint8_t *p, size_t len)
{
	struct json j;
	struct buf b;
	size_t i, open = 0;

	must(buf_init(&b, 0, OUT) == 0);
	json_begin(&j, &b);
	for (i = 0; i < len; i++)
		switch (p[i] % 7) {
		case 0:	json_object_begin(&j); break;
		case 1:	json_object_end(&j); break;
		case 2:	json_array_begin(&j); break;
		case 3:	json_array_end(&j); break;
		case 4:	json_key(&j, "k"); break;
		case 5:	json_int(&j, p[i]); break;
		default: json_bool(&j, p[i] & 1); break;
		}
	if (json_end(&j) == 0) {
		for (i = 0; i < b.len; i++) {
			open += b.base[i] == '{' || b.base[i] == '[';
			open -= b.base[i] == '}' || b.base[i] == ']';
			must(open <= JSON_DEPTH);
		}
		must(open == 0 && b.len > 0);
	}
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size > OUT / 8)
		return 0;
	text = text_copy(data, size);
	escape_check(text, size);
	word_check(text, size);
	utf8_check(data, size);
	json_check(text, size);
	calls_check(data, size);
	free(text);
	return 0;
}
