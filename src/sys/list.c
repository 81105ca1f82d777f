#include "sys/list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/uris.h"
#include "text/buf.h"
#include "text/escape.h"
#include "text/findings.h"
#include "text/lines.h"
#include "text/number.h"

#define LIST_FIRST	16	/* entries of the first growth */
#define LIST_URI	4096	/* bytes in a URI, at most */
#define NAME_TEXT	(3 * LIST_NAME + 1)	/* a name as a word */
#define UUID_CHARS	(UUID_TEXT - 1)
#define MARK_TEXT	64	/* the first word of the line of names */

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

static void
entry_free(struct list_entry *e)
{
	free(e->uri);
	free(e->name);
}

void
list_free(struct list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		entry_free(&l->entry[i]);
	free(l->entry);
	memset(l, 0, sizeof(*l));
}

struct list_entry *
list_find(const struct list *l, const char *uri,
    const unsigned char uuid[UUID_LEN])
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (memcmp(l->entry[i].uuid, uuid, UUID_LEN) == 0 &&
		    strcmp(l->entry[i].uri, uri) == 0)
			return &l->entry[i];
	return NULL;
}

int
list_has(const struct list *l, const char *uri,
    const unsigned char uuid[UUID_LEN])
{
	const struct list_entry *e = list_find(l, uri, uuid);

	return e != NULL && e->listed;
}

size_t
list_count(const struct list *l)
{
	size_t i, n = 0;

	for (i = 0; i < l->n; i++)
		n += l->entry[i].listed;
	return n;
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

struct list_entry *
list_entry(struct list *l, const char *uri,
    const unsigned char uuid[UUID_LEN])
{
	struct list_entry *e = list_find(l, uri, uuid);

	if (e != NULL)
		return e;
	if (list_grow(l) == -1)
		return NULL;
	e = &l->entry[l->n];
	memset(e, 0, sizeof(*e));
	if ((e->uri = strdup(uri)) == NULL)
		return NULL;
	memcpy(e->uuid, uuid, UUID_LEN);
	e->request.life.id = -1;
	l->n++;
	return e;
}

/* Take an entry out of the order. */
static void
entry_cut(struct list *l, struct list_entry *e)
{
	l->n--;
	memmove(e, e + 1, (size_t)(&l->entry[l->n] - e) * sizeof(*e));
}

int
list_add(struct list *l, const char *uri, const unsigned char uuid[UUID_LEN])
{
	struct list_entry *e = list_entry(l, uri, uuid), moved;

	if (e == NULL)
		return -1;
	if (e->listed)
		return 0;
	/* The order is that in which they were listed. */
	moved = *e;
	moved.listed = true;
	entry_cut(l, e);
	l->entry[l->n++] = moved;
	return 0;
}

void
list_remove(struct list *l, const char *uri,
    const unsigned char uuid[UUID_LEN])
{
	struct list_entry *e = list_find(l, uri, uuid);

	if (e == NULL)
		return;
	entry_free(e);
	entry_cut(l, e);
}

void
list_name(struct list_entry *e, const char *name)
{
	free(e->name);
	e->name = *name != '\0' ? strndup(name, LIST_NAME) : NULL;
}

static void
word_find(struct reader *r, enum finding_level level, const char *why)
{
	const struct findings_place at = {
		r->at.no, lines_col(&r->at, r->at.word)
	};
	struct errmsg em;

	(void)errmsg_refuse(&em, r->at.word, r->at.len, why);
	findings_add(&r->findings, level, at, em.text);
}

static void
word_refuse(struct reader *r, const char *why)
{
	word_find(r, FINDING_ERROR, why);
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

	if (!lines_word(&r->at) || *r->at.word == '#')
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

/*
 * The line of names.
 */

/* The version in the first word of a line; 0: it is none. */
static int64_t
mark_version(const struct lines *at)
{
	const struct number_range range = { 1, INT32_MAX };
	const size_t n = sizeof(LIST_MARK) - 1;
	char text[MARK_TEXT];
	int64_t version;

	if (!lines_copy(at, text, sizeof(text)) ||
	    strncmp(text, LIST_MARK, n) != 0 ||
	    number_parse(text + n, &range, &version, NULL) == -1)
		return 0;
	return version;
}

/* The listed entry that a word describes: number k, or after a change by hand
 * the first of that UUID without a name; NULL: none. */
static struct list_entry *
named_find(const struct list *l, size_t k,
    const unsigned char uuid[UUID_LEN])
{
	size_t i;

	if (k < l->n && l->entry[k].listed &&
	    memcmp(l->entry[k].uuid, uuid, UUID_LEN) == 0)
		return &l->entry[k];
	for (i = 0; i < l->n; i++)
		if (l->entry[i].listed && l->entry[i].name == NULL &&
		    memcmp(l->entry[i].uuid, uuid, UUID_LEN) == 0)
			return &l->entry[i];
	return NULL;
}

/* "UUID=NAME"; -1: malformed. */
static int
name_take(struct list *l, const struct lines *at, size_t k)
{
	char text[UUID_TEXT], name[LIST_NAME + 1];
	unsigned char uuid[UUID_LEN];
	struct list_entry *e;

	if (at->len < UUID_CHARS)
		return -1;
	memcpy(text, at->word, UUID_CHARS);
	text[UUID_CHARS] = '\0';
	if (uuid_parse(text, uuid) == -1)
		return -1;
	if (at->len == UUID_CHARS)
		return 0;
	if ((at->word[UUID_CHARS] != '=' && at->word[UUID_CHARS] != '~') ||
	    escape_read(name, sizeof(name), at->word + UUID_TEXT,
	    at->len - UUID_TEXT) == -1)
		return -1;
	if ((e = named_find(l, k, uuid)) != NULL) {
		list_name(e, name);
		e->transient = at->word[UUID_CHARS] == '~';
	}
	return 0;
}

/* No guest is lost by it. */
static void
name_refuse(struct reader *r, const char *why)
{
	word_find(r, FINDING_WARNING, why);
}

/* first is the first entry of this text. */
static void
names_parse(struct list *l, struct reader *r, size_t first)
{
	int64_t version;
	size_t k;

	if (!lines_word(&r->at) || *r->at.word != '#')
		return;
	if ((version = mark_version(&r->at)) == 0) {
		name_refuse(r, "does not begin a line of names; the line is "
		    "ignored");
		return;
	}
	for (k = first; lines_word(&r->at); k++)
		if (name_take(l, &r->at, k) == -1 && version <= LIST_VERSION)
			name_refuse(r, "is not UUID=NAME; it is ignored");
}

int
list_parse(struct list *l, const struct list_source *src, finding_fn *fn,
    void *arg)
{
	size_t first = l->n;
	struct reader r;

	findings_begin(&r.findings, src->file, fn, arg);
	lines_begin(&r.at, src->text, src->len);
	while (lines_next(&r.at))
		if (line_parse(l, &r) == -1)
			return -1;
	lines_begin(&r.at, src->text, src->len);
	while (lines_next(&r.at))
		names_parse(l, &r, first);
	return r.findings.errors;
}

/* Whether no listed entry before i has the URI of entry i. */
static bool
uri_is_first(const struct list *l, size_t i)
{
	size_t j;

	for (j = 0; j < i; j++)
		if (l->entry[j].listed &&
		    strcmp(l->entry[j].uri, l->entry[i].uri) == 0)
			return false;
	return true;
}

static void
uuid_put(const struct list_entry *e, struct buf *b)
{
	char text[UUID_TEXT];

	uuid_format(e->uuid, text);
	buf_put(b, " ", 1);
	buf_put(b, text, UUID_TEXT - 1);
}

typedef void	 put_fn(const struct list_entry *, struct buf *);

/* The listed entries of the URI of entry `first`. */
static void
uri_each(const struct list *l, size_t first, put_fn *put, struct buf *b)
{
	const char *uri = l->entry[first].uri;
	size_t i;

	for (i = first; i < l->n; i++)
		if (l->entry[i].listed && strcmp(l->entry[i].uri, uri) == 0)
			put(&l->entry[i], b);
}

/* " UUID=NAME"; nothing more once there is no room. */
static void
name_put(const struct list_entry *e, struct buf *b)
{
	char text[NAME_TEXT];
	size_t n;

	if (b->max - b->len < UUID_TEXT + 1 + NAME_TEXT)
		return;
	uuid_put(e, b);
	if (e->name == NULL)
		return;
	n = escape_word(text, sizeof(text), e->name, strlen(e->name));
	buf_put(b, e->transient ? "~" : "=", 1);
	buf_put(b, text, n);
}

static void
names_format(const struct list *l, struct buf *b)
{
	bool some = false;
	size_t i;

	for (i = 0; i < l->n; i++)
		some = some || (l->entry[i].listed &&
		    l->entry[i].name != NULL);
	if (!some || b->max - b->len < MARK_TEXT)
		return;
	buf_put(b, LIST_HEAD, sizeof(LIST_HEAD) - 1);
	for (i = 0; i < l->n; i++)
		if (l->entry[i].listed && uri_is_first(l, i))
			uri_each(l, i, name_put, b);
	buf_put(b, "\n", 1);
}

void
list_format_lines(const struct list *l, struct buf *b)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (!l->entry[i].listed)
			continue;
		buf_put(b, l->entry[i].uri, strlen(l->entry[i].uri));
		uuid_put(&l->entry[i], b);
		buf_put(b, "\n", 1);
	}
}

void
list_format(const struct list *l, struct buf *b)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (!l->entry[i].listed || !uri_is_first(l, i))
			continue;
		buf_put(b, l->entry[i].uri, strlen(l->entry[i].uri));
		uri_each(l, i, uuid_put, b);
		buf_put(b, "\n", 1);
	}
	if (!b->bad)
		names_format(l, b);
}

const char *
list_label(const struct list_entry *e, char label[GUEST_LABEL])
{
	if (e->name != NULL)
		(void)escape_text(label, GUEST_LABEL, e->name,
		    strlen(e->name));
	else
		uuid_format(e->uuid, label);
	return label;
}
