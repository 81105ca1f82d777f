#include "sys/list.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/uris.h"
#include "text/buf.h"
#include "text/findings.h"
#include "text/lines.h"

#define LIST_FIRST	16	/* entries of the first growth */
#define LIST_URI	4096	/* bytes in a URI, at most */

/* A text that is being read. */
struct reader {
	struct lines	 at;
	struct findings	 findings;
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

/* The index of an entry, or l->n. */
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

static void
word_refuse(struct reader *r, const char *why)
{
	const struct findings_place at = {
		r->at.no, lines_col(&r->at, r->at.word)
	};
	struct errmsg em;

	(void)errmsg_refuse(&em, r->at.word, r->at.len, why);
	findings_add(&r->findings, FINDING_ERROR, at, em.text);
}

static int
word_uuid(const struct lines *at, unsigned char uuid[UUID_LEN])
{
	char text[UUID_TEXT];

	return lines_copy(at, text, sizeof(text)) ? uuid_parse(text, uuid) :
	    -1;
}

static bool
word_is_last(const struct lines *at)
{
	struct lines rest = *at;

	return !lines_word(&rest);
}

/* Whether a word may be an alias of libvirt.conf.  A line with only an alias is
 * not a line of a list. */
static bool
word_is_alias(const struct lines *at)
{
	unsigned char uuid[UUID_LEN];
	size_t i;

	if (at->len == 7 && memcmp(at->word, "default", 7) == 0)
		return true;
	if (word_is_last(at))
		return false;
	for (i = 0; i < at->len; i++)
		if (memchr(URIS_ALIAS, at->word[i], sizeof(URIS_ALIAS) - 1) ==
		    NULL)
			return false;
	return word_uuid(at, uuid) == -1;
}

/* What is wrong with a word as a URI, or NULL. */
static const char *
word_uri_fault(const struct lines *at)
{
	size_t i;

	if (at->len > LIST_URI)
		return "is too long for a URI; the line is ignored";
	for (i = 0; i < at->len; i++)
		if ((unsigned char)at->word[i] < ' ' || at->word[i] == 0x7f)
			return "contains a control byte; the line is ignored";
	if (!word_is_alias(at) && memmem(at->word, at->len, "://", 3) == NULL)
		return "is not a URI; the line is ignored";
	return NULL;
}

/* The UUIDs after the URI of a line; -1: no memory. */
static int
line_uuids(struct list *l, struct reader *r, const char *uri)
{
	unsigned char uuid[UUID_LEN];

	while (lines_word(&r->at)) {
		if (word_uuid(&r->at, uuid) == -1)
			word_refuse(r, "is not a UUID; it is ignored");
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

	if (!lines_word(&r->at))
		return 0;
	if ((fault = word_uri_fault(&r->at)) != NULL) {
		word_refuse(r, fault);
		return 0;
	}
	if ((uri = strndup(r->at.word, r->at.len)) == NULL)
		return -1;
	ret = line_uuids(l, r, uri);
	free(uri);
	return ret;
}

int
list_parse(struct list *l, const struct list_source *src, finding_fn *fn,
    void *arg)
{
	struct reader r;

	findings_begin(&r.findings, src->file, fn, arg);
	lines_begin(&r.at, src->text, src->len);
	while (lines_next(&r.at))
		if (line_parse(l, &r) == -1)
			return -1;
	return r.findings.errors;
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
