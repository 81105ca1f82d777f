#include "sys/list.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/uris.h"
#include "text/buf.h"
#include "text/escape.h"

#define LIST_FIRST	16	/* entries of the first growth */
#define LIST_URI	4096	/* bytes in a URI, at most */

/* A text that is being read, a line and in it a word at a time. */
struct reader {
	const char	*file;		/* escaped */
	const char	*line;
	const char	*end;		/* of the line */
	const char	*word;
	size_t		 len;		/* of the word */
	unsigned	 lineno;
	finding_fn	*fn;
	void		*arg;
	int		 errors;
};

void
list_init(struct list *l)
{
	memset(l, 0, sizeof(*l));
}

void
list_free(struct list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		free(l->entry[i].uri);
	free(l->entry);
	memset(l, 0, sizeof(*l));
}

/* Where it is, or l->n. */
static size_t
list_find(const struct list *l, const char *uri,
    const unsigned char uuid[UUID_LEN])
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (memcmp(l->entry[i].uuid, uuid, UUID_LEN) == 0 &&
		    strcmp(l->entry[i].uri, uri) == 0)
			break;
	return i;
}

int
list_has(const struct list *l, const char *uri,
    const unsigned char uuid[UUID_LEN])
{
	return list_find(l, uri, uuid) < l->n;
}

static int
list_grow(struct list *l)
{
	struct list_entry *entry;
	size_t size;

	if (l->n < l->size)
		return 0;
	if (l->size > SIZE_MAX / 2)
		return -1;
	size = l->size == 0 ? LIST_FIRST : l->size * 2;
	if ((entry = reallocarray(l->entry, size, sizeof(*entry))) == NULL)
		return -1;
	l->entry = entry;
	l->size = size;
	return 0;
}

int
list_add(struct list *l, const char *uri, const unsigned char uuid[UUID_LEN])
{
	struct list_entry *e;

	if (list_has(l, uri, uuid))
		return 0;
	if (list_grow(l) == -1)
		return -1;
	e = &l->entry[l->n];
	if ((e->uri = strdup(uri)) == NULL)
		return -1;
	memcpy(e->uuid, uuid, UUID_LEN);
	l->n++;
	return 0;
}

void
list_remove(struct list *l, const char *uri,
    const unsigned char uuid[UUID_LEN])
{
	size_t i = list_find(l, uri, uuid);

	if (i == l->n)
		return;
	free(l->entry[i].uri);
	l->n--;
	memmove(&l->entry[i], &l->entry[i + 1],
	    (l->n - i) * sizeof(l->entry[0]));
}

/* The next line of a text at *p, without its end; 0 behind the last. */
static int
line_next(struct reader *r, const char **p, const char *end)
{
	const char *nl;

	if (*p == end)
		return 0;
	r->line = *p;
	nl = memchr(*p, '\n', (size_t)(end - *p));
	r->end = nl == NULL ? end : nl;
	*p = nl == NULL ? end : nl + 1;
	if (r->end > r->line && r->end[-1] == '\r')
		r->end--;
	r->word = r->line;
	r->len = 0;
	r->lineno++;
	return 1;
}

static int
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static int
word_next(struct reader *r)
{
	const char *p = r->word + r->len;

	while (p < r->end && is_blank(*p))
		p++;
	r->word = p;
	while (p < r->end && !is_blank(*p))
		p++;
	r->len = (size_t)(p - r->word);
	return r->len > 0;
}

static void
word_refuse(struct reader *r, const char *why)
{
	struct errmsg em;
	char word[128];

	r->errors++;
	if (r->fn == NULL)
		return;
	(void)escape_text(word, sizeof(word), r->word, r->len);
	(void)errmsg_set(&em, 0, "%s:%u:%zu: \"%s\" %s", r->file, r->lineno,
	    (size_t)(r->word - r->line) + 1, word, why);
	r->fn(r->arg, FINDING_ERROR, em.text);
}

static int
word_uuid(const struct reader *r, unsigned char uuid[UUID_LEN])
{
	char text[UUID_TEXT];

	if (r->len != UUID_TEXT - 1)
		return -1;
	memcpy(text, r->word, r->len);
	text[r->len] = '\0';
	return uuid_parse(text, uuid);
}

static bool
word_is_last(const struct reader *r)
{
	struct reader rest = *r;

	return !word_next(&rest);
}

/* It may be an alias of libvirt.conf; by itself it is no line of a list. */
static bool
word_is_alias(const struct reader *r)
{
	unsigned char uuid[UUID_LEN];
	size_t i;

	if (r->len == 7 && memcmp(r->word, "default", 7) == 0)
		return true;
	if (word_is_last(r))
		return false;
	for (i = 0; i < r->len; i++)
		if (memchr(URIS_ALIAS, r->word[i], sizeof(URIS_ALIAS) - 1) ==
		    NULL)
			return false;
	return word_uuid(r, uuid) == -1;
}

/* What is wrong with a word as a URI, or NULL. */
static const char *
word_uri_fault(const struct reader *r)
{
	size_t i;

	if (r->len > LIST_URI)
		return "is too long for a URI, the line is passed over";
	for (i = 0; i < r->len; i++)
		if ((unsigned char)r->word[i] < ' ' || r->word[i] == 0x7f)
			return "holds a control byte, the line is passed over";
	if (!word_is_alias(r) && memmem(r->word, r->len, "://", 3) == NULL)
		return "is no URI, the line is passed over";
	return NULL;
}

/* The UUIDs behind the URI of a line; -1 when there is no memory. */
static int
line_uuids(struct list *l, struct reader *r, const char *uri)
{
	unsigned char uuid[UUID_LEN];

	while (word_next(r)) {
		if (word_uuid(r, uuid) == -1)
			word_refuse(r, "is no UUID, it is passed over");
		else if (list_add(l, uri, uuid) == -1)
			return -1;
	}
	return 0;
}

static int
line_parse(struct list *l, struct reader *r)
{
	const char *fault;
	char *uri;
	int ret;

	if (!word_next(r))
		return 0;
	if ((fault = word_uri_fault(r)) != NULL) {
		word_refuse(r, fault);
		return 0;
	}
	if ((uri = strndup(r->word, r->len)) == NULL)
		return -1;
	ret = line_uuids(l, r, uri);
	free(uri);
	return ret;
}

int
list_parse(struct list *l, const struct list_source *src, finding_fn *fn,
    void *arg)
{
	struct reader r = { .fn = fn, .arg = arg };
	const char *p = src->text, *end;
	char file[192];

	if (src->len == 0)
		return 0;
	end = src->text + src->len;
	(void)escape_text(file, sizeof(file), src->file, strlen(src->file));
	r.file = file;
	while (line_next(&r, &p, end))
		if (line_parse(l, &r) == -1)
			return -1;
	return r.errors;
}

/* Whether no entry before i has the URI of entry i. */
static int
uri_is_first(const struct list *l, size_t i)
{
	size_t j;

	for (j = 0; j < i; j++)
		if (strcmp(l->entry[j].uri, l->entry[i].uri) == 0)
			return 0;
	return 1;
}

static void
uuid_put(const struct list_entry *e, struct buf *b)
{
	char text[UUID_TEXT];

	uuid_format(e->uuid, text);
	buf_put(b, " ", 1);
	buf_put(b, text, UUID_TEXT - 1);
}

static void
line_format(const struct list *l, size_t first, struct buf *b)
{
	const char *uri = l->entry[first].uri;
	size_t i;

	buf_put(b, uri, strlen(uri));
	for (i = first; i < l->n; i++)
		if (strcmp(l->entry[i].uri, uri) == 0)
			uuid_put(&l->entry[i], b);
	buf_put(b, "\n", 1);
}

void
list_format_lines(const struct list *l, struct buf *b)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		buf_put(b, l->entry[i].uri, strlen(l->entry[i].uri));
		uuid_put(&l->entry[i], b);
		buf_put(b, "\n", 1);
	}
}

void
list_format(const struct list *l, struct buf *b)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (uri_is_first(l, i))
			line_format(l, i, b);
}
