#include "sys/history.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/file.h"
#include "text/buf.h"
#include "text/escape.h"
#include "text/lines.h"
#include "text/number.h"

#define NUMBER	32	/* bytes of a number or keyword, with its NUL */
#define FIRST	64	/* guests of the first growth */

static const char *const kinds[] = { "stop", "start" };
static const char *const scopes[] = { "all", "selected" };
static const char *const ends[] = {
	[HISTORY_OPEN] = "-", [HISTORY_WELL] = "well",
	[HISTORY_FAILED] = "failed",
};

bool
history_failed(const struct history_guest *g)
{
	return g->end != HISTORY_WELL;
}

/*
 * Write.
 */

static void
text_put(struct buf *b, const char *text)
{
	buf_put(b, text, strlen(text));
}

static void
word_put(struct buf *b, const char *text)
{
	char word[3 * HISTORY_WORD + 1];
	size_t len = text == NULL ? 0 : strlen(text);

	if (len > HISTORY_WORD)
		len = HISTORY_WORD;
	text_put(b, " ");
	if (len == 0) {
		text_put(b, "-");
		return;
	}
	(void)escape_word(word, sizeof(word), text, len);
	text_put(b, strcmp(word, "-") == 0 ? "%2D" : word);
}

/* Below 0: unknown. */
static void
number_put(struct buf *b, int64_t n)
{
	char text[NUMBER];

	(void)snprintf(text, sizeof(text), n < 0 ? " -" : " %" PRId64, n);
	text_put(b, text);
}

void
history_put_run(struct buf *b, const struct history_run *r)
{
	text_put(b, "run ");
	text_put(b, kinds[r->starts]);
	word_put(b, r->command);
	number_put(b, r->began);
	number_put(b, r->length);
	number_put(b, r->deadline);
	word_put(b, r->boot);
	number_put(b, r->pid);
	word_put(b, r->reason);
	number_put(b, r->length < 0 ? -1 : r->code);
	text_put(b, " ");
	text_put(b, scopes[r->selected]);
	text_put(b, "\n");
}

void
history_put_guest(struct buf *b, const struct history_guest *g)
{
	char uuid[UUID_TEXT];

	uuid_format(g->uuid, uuid);
	text_put(b, "guest");
	word_put(b, g->uri);
	word_put(b, uuid);
	word_put(b, g->name);
	word_put(b, g->how);
	word_put(b, g->mode);
	number_put(b, g->asks);
	number_put(b, g->asked);
	number_put(b, g->acked);
	number_put(b, g->ended);
	number_put(b, (int64_t)(g->bytes & INT64_MAX));
	text_put(b, " ");
	text_put(b, ends[g->end]);
	text_put(b, g->forced ? " forced" : " -");
	word_put(b, g->result);
	word_put(b, g->why);
	text_put(b, "\n");
}

static bool
line_is(const struct lines *at, const char *key)
{
	size_t n = strlen(key);

	return (size_t)(at->stop - at->line) > n &&
	    memcmp(at->line, key, n) == 0;
}

size_t
history_keep(const char **from, size_t len, size_t room)
{
	const char *end = *from, *begin = NULL;
	struct lines at;
	size_t runs = 0;

	/* A line without a newline is a part of a line. */
	while (len > 0 && (*from)[len - 1] != '\n')
		len--;
	lines_begin(&at, *from, len);
	if (!lines_next(&at) || !line_is(&at, HISTORY_MARK))
		return 0;
	while (lines_next(&at)) {
		if (begin == NULL && !line_is(&at, "run "))
			continue;
		if (begin == NULL)
			begin = end = at.line;
		else if (line_is(&at, "run "))
			end = at.line;
		if (line_is(&at, "run ") && ++runs == HISTORY_RUNS)
			break;
		if ((size_t)(at.next - begin) > room)
			break;
		if (at.next == at.end)
			end = at.next;
	}
	*from = begin == NULL ? *from : begin;
	return (size_t)(end - *from) * (begin != NULL);
}

int
history_write(const char *path, const struct buf *b, struct errmsg *em)
{
	if (b->bad)
		return errmsg_set(em, EFBIG, "%s: no memory", path);
	(void)file_mkparent(path, em);
	return file_replace(path, b->base, b->len, em);
}

/*
 * Read.
 */

struct reader {
	struct lines	 at;
	struct history	*h;
	char		*to;		/* the next word's place in h->words */
	bool		 bad;		/* of the line */
};

/* The next word, or NULL: there is none, or it is "-". */
static const char *
word_take(struct reader *r)
{
	char *word = r->to;

	if (!lines_word(&r->at) || (r->at.len == 1 && *r->at.word == '-'))
		return NULL;
	if (escape_read(word, r->at.len + 1, r->at.word, r->at.len) == -1) {
		r->bad = true;
		return NULL;
	}
	r->to += strlen(word) + 1;
	return word;
}

static int64_t
number_take(struct reader *r, int64_t unknown)
{
	const struct number_range range = { 0, INT64_MAX / 1000 };
	int64_t n = unknown;
	const char *word = word_take(r);

	if (word != NULL && number_parse(word, &range, &n, NULL) == -1)
		r->bad = true;
	return n;
}

/* The place of the next word in a vocabulary, or n. */
static size_t
keyword_take(struct reader *r, const char *const *names, size_t n)
{
	char word[NUMBER];
	size_t i;

	if (!lines_word(&r->at) || !lines_copy(&r->at, word, sizeof(word)))
		return n;
	for (i = 0; i < n; i++)
		if (strcmp(names[i], word) == 0)
			break;
	return i;
}

static void
run_take(struct reader *r)
{
	struct history_run run = { 0 };
	size_t kind = keyword_take(r, kinds, 2);

	run.starts = kind == 1;
	run.command = word_take(r);
	run.began = number_take(r, 0);
	run.length = number_take(r, -1);
	run.deadline = number_take(r, 0);
	run.boot = word_take(r);
	run.pid = number_take(r, 0);
	run.reason = word_take(r);
	run.code = (int)(number_take(r, 0) & 0xff);
	run.selected = keyword_take(r, scopes, 2) == 1;
	if (kind == 2 || run.command == NULL || run.boot == NULL)
		r->bad = true;
	if (!r->bad)
		r->h->run[r->h->n++] = run;
}

static int
guest_room(struct history *h)
{
	struct history_guest *guest;
	size_t size = h->size == 0 ? FIRST : h->size * 2;

	if (h->nguests < h->size)
		return 0;
	guest = reallocarray(h->guest, size, sizeof(*guest));
	if (guest == NULL)
		return -1;
	h->guest = guest;
	h->size = size;
	return 0;
}

/* 0, or -1 when there is no memory. */
static int
guest_take(struct reader *r)
{
	static const char *const forced[] = { "-", "forced" };
	struct history_guest g = { 0 };
	const char *uuid;
	size_t end;

	g.uri = word_take(r);
	uuid = word_take(r);
	g.name = word_take(r);
	g.how = word_take(r);
	g.mode = word_take(r);
	g.asks = (unsigned)(number_take(r, 0) & UINT16_MAX);
	g.asked = number_take(r, -1);
	g.acked = number_take(r, -1);
	g.ended = number_take(r, -1);
	g.bytes = (uint64_t)number_take(r, 0);
	end = keyword_take(r, ends, 3);
	g.forced = keyword_take(r, forced, 2) == 1;
	g.result = word_take(r);
	g.why = word_take(r);
	if (end == 3 || g.uri == NULL || uuid == NULL ||
	    uuid_parse(uuid, g.uuid) == -1 || r->h->n == 0)
		r->bad = true;
	if (r->bad)
		return 0;
	if (guest_room(r->h) == -1)
		return -1;
	g.end = (enum history_end)end;
	r->h->run[r->h->n - 1].n++;
	r->h->guest[r->h->nguests++] = g;
	return 0;
}

/* A run that cannot be read has no guests: they are not those of the run before
 * it. */
static int
line_take(struct reader *r, bool *skip)
{
	static const char *const keys[] = { "run", "guest" };
	size_t key = keyword_take(r, keys, 2);
	int rv = 0;

	r->bad = false;
	if (key == 0) {
		run_take(r);
		*skip = r->bad;
	} else if (key == 1 && !*skip) {
		rv = guest_take(r);
	}
	r->h->malformed += r->bad;
	return rv;
}

/* Once the array no longer moves. */
static void
guests_point(struct history *h)
{
	size_t i, first = 0;

	for (i = 0; i < h->n; i++) {
		h->run[i].guest = h->guest + first;
		first += h->run[i].n;
	}
}

int
history_parse(struct history *h, const char *text, size_t len)
{
	struct reader r = { .h = h };
	bool skip = true;
	int rv = 0;

	memset(h, 0, sizeof(*h));
	/* A word is followed by a blank or a newline, or by the end. */
	if ((h->words = r.to = malloc(len + 1)) == NULL)
		return -1;
	lines_begin(&r.at, text, len);
	if (!lines_next(&r.at))
		return 0;
	if (!line_is(&r.at, HISTORY_MARK)) {
		h->malformed++;
		return 0;
	}
	while (rv == 0 && lines_next(&r.at)) {
		if (line_is(&r.at, "run ") && h->n == HISTORY_RUNS)
			break;
		rv = line_take(&r, &skip);
	}
	if (rv == 0 && h->guest != NULL)
		guests_point(h);
	return rv;
}

void
history_free(struct history *h)
{
	free(h->guest);
	free(h->words);
	memset(h, 0, sizeof(*h));
}

int
history_read(const char *path, char **text, size_t *len, struct errmsg *em)
{
	struct file_read f = { .path = path, .max = HISTORY_FILE,
	    .trusted = true };

	if (file_read(&f, text, len, em) == 0)
		return 0;
	*len = 0;
	return em->code == ENOENT ? 0 : -1;
}
