#include "text/advice.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/buf.h"

#define TEXT		2048		/* bytes of a finding */
#define INDENT		6		/* columns of a level */
#define ARROW		"-> "

void
advice_init(struct advice *a)
{
	memset(a, 0, sizeof(*a));
}

static void
item_free(struct advice_item *item)
{
	free(item->object);
	free(item->text);
	free(item->todo);
}

void
advice_free(struct advice *a)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		item_free(&a->item[i]);
	free(a->item);
	advice_init(a);
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
known(const struct advice *a, const struct advice_about *about,
    const char *text)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (a->item[i].level == about->level &&
		    same(a->item[i].object, about->object) &&
		    same(a->item[i].text, text))
			return true;
	return false;
}

/* A copy of a text that may be NULL; *bad: no memory. */
static char *
copy(const char *text, bool *bad)
{
	char *new = text == NULL ? NULL : strdup(text);

	*bad = *bad || (text != NULL && new == NULL);
	return new;
}

void
advice_put(struct advice *a, const struct advice_about *about,
    const char *fmt, ...)
{
	struct advice_item *item;
	size_t size = a->size == 0 ? 16 : 2 * a->size;
	char text[TEXT];
	bool bad = false;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (known(a, about, text))
		return;
	if (a->n == a->size) {
		item = realloc(a->item, size * sizeof(*item));
		if (item == NULL) {
			a->bad = true;
			return;
		}
		a->item = item;
		a->size = size;
	}
	item = &a->item[a->n];
	item->level = about->level;
	item->area = about->area;
	item->object = copy(about->object, &bad);
	item->text = copy(text, &bad);
	item->todo = copy(about->todo, &bad);
	if (bad)
		item_free(item);
	else
		a->n++;
	a->bad = a->bad || bad;
}

bool
advice_any(const struct advice *a)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (a->item[i].level != ADVICE_OK)
			return true;
	return false;
}

/* By insertion: it is stable, and there are few. */
void
advice_sort(struct advice *a)
{
	struct advice_item item;
	size_t i, k;

	for (i = 1; i < a->n; i++) {
		item = a->item[i];
		for (k = i; k > 0 && a->item[k - 1].level > item.level; k--)
			a->item[k] = a->item[k - 1];
		a->item[k] = item;
	}
}

const char *
advice_level_name(enum advice_level level)
{
	static const char *const names[] = {
		[ADVICE_FAIL] = "FAIL", [ADVICE_WARN] = "WARN",
		[ADVICE_OK] = "ok",
	};

	return names[level];
}

/*
 * The layout.
 */

struct pen {
	struct buf	*out;
	size_t		 width;
	size_t		 column;	/* from 0 */
	size_t		 indent;	/* of a line that is wrapped */
	bool		 fresh;		/* no word is on the line */
};

/* Columns of a text: bytes that do not continue a character. */
static size_t
columns(const char *text, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

static void
put(struct pen *p, const char *text, size_t len)
{
	buf_put(p->out, text, len);
	p->column += columns(text, len);
}

static void
line_begin(struct pen *p, size_t indent)
{
	buf_put(p->out, "\n", 1);
	p->column = 0;
	p->fresh = true;
	while (p->column < indent)
		put(p, " ", 1);
}

static void
word_put(struct pen *p, const char *word, size_t len)
{
	if (!p->fresh && p->column + 1 + columns(word, len) > p->width)
		line_begin(p, p->indent);
	if (!p->fresh)
		put(p, " ", 1);
	put(p, word, len);
	p->fresh = false;
}

static void
words_put(struct pen *p, const char *text)
{
	size_t len;

	for (text += strspn(text, " "); *text != '\0';
	    text += strspn(text, " ")) {
		len = strcspn(text, " ");
		word_put(p, text, len);
		text += len;
	}
}

static void
item_put(struct pen *p, const struct advice_item *item)
{
	const char *level = advice_level_name(item->level);
	size_t len = item->object == NULL ? 0 : strlen(item->object);

	p->column = 0;
	p->indent = INDENT;
	p->fresh = true;
	put(p, level, strlen(level));
	while (p->column < INDENT)
		put(p, " ", 1);
	if (len > 0) {
		word_put(p, item->object, len);
		put(p, ":", 1);
	}
	words_put(p, item->text);
	if (item->todo != NULL) {
		if (p->column + 2 + strlen(ARROW) + columns(item->todo,
		    strlen(item->todo)) <= p->width)
			put(p, "  ", 2);
		else
			line_begin(p, INDENT);
		put(p, ARROW, strlen(ARROW));
		p->fresh = true;
		p->indent = INDENT + strlen(ARROW);
		words_put(p, item->todo);
	}
	buf_put(p->out, "\n", 1);
}

void
advice_layout(const struct advice *a, size_t width, struct buf *out)
{
	struct pen p = { .out = out, .width = width };
	size_t i;

	for (i = 0; i < a->n; i++)
		item_put(&p, &a->item[i]);
}

void
advice_wrap(const struct advice_page *page, const char *text)
{
	struct pen p = { .out = page->out, .width = page->width,
	    .indent = page->indent, .fresh = true };

	while (p.column < p.indent)
		put(&p, " ", 1);
	words_put(&p, text);
}
