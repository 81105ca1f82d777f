#include "plan/table_part.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECOND		((int64_t)1000)
#define ROOM		32	/* bytes kept for the end of a line */

/* The bytes and columns of the character at s.  Some characters from U+1000 on
 * use two columns: count two for each, so that no line wraps. */
static size_t
character(const char *s, unsigned *columns)
{
	size_t n = 1;

	while ((s[n] & 0xc0) == 0x80)
		n++;
	*columns = (unsigned char)s[0] >= 0xe1 ? 2 : 1;
	return n;
}

static void
bytes_put(struct table_line *l, const char *s, size_t n)
{
	struct table_text *t = l->text;

	if (t == NULL)
		return;
	memcpy(t->text + t->len, s, n);
	t->len += n;
}

void
line_raw(struct table_line *l, const char *s)
{
	size_t n = strlen(s);

	if (l->text != NULL && l->text->len + n < TABLE_TEXT)
		bytes_put(l, s, n);
}

void
line_put(struct table_line *l, const char *s)
{
	unsigned columns;
	size_t n;

	for (; *s != '\0'; s += n) {
		n = character(s, &columns);
		if (l->at + columns > l->columns || (l->text != NULL &&
		    l->text->len + n + ROOM > TABLE_TEXT))
			return;
		bytes_put(l, s, n);
		l->at += columns;
	}
}

void
line_number(struct table_line *l, uint64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, n);
	line_put(l, text);
}

void
line_time(struct table_line *l, int64_t ms)
{
	int64_t s = ms > 0 ? ms / SECOND : 0;
	char text[32];

	if (s < 3600)
		(void)snprintf(text, sizeof(text), "%d:%02d", (int)(s / 60),
		    (int)(s % 60));
	else
		(void)snprintf(text, sizeof(text), "%" PRId64 ":%02d:%02d",
		    s / 3600, (int)(s / 60 % 60), (int)(s % 60));
	line_put(l, text);
}

unsigned
line_width(const char *s)
{
	unsigned columns, width = 0;

	for (; *s != '\0'; s += character(s, &columns), width += columns)
		continue;
	return width;
}

void
line_cut(struct table_line *l, const char *s, unsigned columns)
{
	struct table_line part = *l;

	if (columns == 0)
		return;
	if (l->at + columns < part.columns)
		part.columns = l->at + columns;
	if (l->at + line_width(s) <= part.columns) {
		line_put(l, s);
		return;
	}
	part.columns -= part.columns > part.at;
	line_put(&part, s);
	l->at = part.at;
	line_put(l, "~");
}

void
line_shorten(struct table_line *l, const char *s)
{
	unsigned room = l->columns - l->at, width = line_width(s), columns;

	if (width > room && room > 3) {
		line_cut(l, s, room / 3);
		for (room = l->columns - l->at; width > room; width -= columns)
			s += character(s, &columns);
	}
	line_put(l, s);
}

void
line_fill(struct table_line *l, unsigned at)
{
	unsigned i;

	for (i = l->at; i < at; i++)
		line_put(l, " ");
}

void
line_end(struct table_line *l)
{
	struct table_text *t = l->text;

	if (t != NULL && t->lines < TABLE_LINES) {
		t->lines++;
		line_raw(l, TABLE_EOL);
	}
	l->at = 0;
}
