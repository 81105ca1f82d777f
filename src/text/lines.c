#include "text/lines.h"

#include <string.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

void
lines_begin(struct lines *l, const char *text, size_t len)
{
	memset(l, 0, sizeof(*l));
	l->next = l->end = text;
	if (len > 0)
		l->end += len;
}

bool
lines_next(struct lines *l)
{
	const char *newline;

	if (l->next == l->end)
		return false;
	l->line = l->word = l->next;
	l->len = 0;
	l->no++;
	newline = memchr(l->line, '\n', (size_t)(l->end - l->line));
	l->stop = newline == NULL ? l->end : newline;
	l->next = newline == NULL ? l->end : newline + 1;
	if (l->stop > l->line && l->stop[-1] == '\r')
		l->stop--;
	return true;
}

bool
lines_find(struct lines *l)
{
	l->word += l->len;
	l->len = 0;
	while (l->word < l->stop && is_blank(*l->word))
		l->word++;
	return l->word < l->stop;
}

bool
lines_word(struct lines *l)
{
	if (!lines_find(l))
		return false;
	while (l->word + l->len < l->stop && !is_blank(l->word[l->len]))
		l->len++;
	return true;
}

bool
lines_copy(const struct lines *l, char *text, size_t size)
{
	if (l->len >= size)
		return false;
	memcpy(text, l->word, l->len);
	text[l->len] = '\0';
	return true;
}

void
lines_cut(struct lines *l, char c)
{
	const char *at = memchr(l->line, c, (size_t)(l->stop - l->line));

	if (at != NULL)
		l->stop = at;
}

unsigned
lines_col(const struct lines *l, const char *at)
{
	return (unsigned)(at - l->line) + 1;
}
