#include "sys/journal.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/boot.h"
#include "sys/file.h"
#include "text/buf.h"
#include "text/lines.h"
#include "text/number.h"

#define JOURNAL_MAX	(4UL * 1024 * 1024)
#define LINE		(4096 + 192)	/* the longest URI, and the rest */
#define WORD		32	/* bytes of an action or number, with its NUL */

/* What is read, and of which line. */
struct reader {
	struct lines	 at;
	struct list	*list;
};

/* "URI UUID": their entry; NULL if malformed, or without memory. */
static struct list_entry *
entry_take(struct reader *r)
{
	unsigned char uuid[UUID_LEN];
	char uri[LINE], text[UUID_TEXT];

	if (!lines_word(&r->at) || !lines_copy(&r->at, uri, LINE) ||
	    !lines_word(&r->at) || !lines_copy(&r->at, text, sizeof(text)) ||
	    uuid_parse(text, uuid) == -1)
		return NULL;
	return list_entry(r->list, uri, uuid);
}

/* The next number of a line, or what stands for an unknown one. */
static int64_t
number_take(struct reader *r, int64_t unknown)
{
	const struct number_range range = { INT64_MIN, INT64_MAX };
	char text[WORD];
	int64_t n = unknown;

	if (lines_word(&r->at) && lines_copy(&r->at, text, sizeof(text)))
		(void)number_parse(text, &range, &n, NULL);
	return n;
}

/* "WHEN ID BORN" */
static void
request_take(struct reader *r, struct list_request *q)
{
	int64_t id, born;

	q->when = number_take(r, 0);
	id = number_take(r, -1);
	q->life.id = id >= 0 && id <= INT32_MAX ? (int32_t)id : -1;
	born = number_take(r, 0);
	q->life.born = born > 0 ? (uint64_t)born : 0;
	q->down = 0;
}

static void
ask_take(struct reader *r)
{
	struct list_entry *e;
	enum policy_action action;
	char name[WORD];

	if (!lines_word(&r->at) || !lines_copy(&r->at, name, sizeof(name)) ||
	    (action = policy_action(name)) == POLICY_END ||
	    (e = entry_take(r)) == NULL)
		return;
	e->request.action = action;
	e->request.asks = e->request.asks || policy_traits(action)->asks;
	e->request.end = LIST_OPEN;
	request_take(r, &e->request);
}

static void
late_take(struct reader *r)
{
	struct list_entry *e = entry_take(r);

	if (e == NULL)
		return;
	e->request.asks = true;
	e->request.end = LIST_LATE;
	request_take(r, &e->request);
	e->request.down = number_take(r, 0);
}

static void
stalled_take(struct reader *r)
{
	struct list_entry *e = entry_take(r);

	if (e == NULL)
		return;
	e->request.asks = false;
	e->request.end = LIST_STALLED;
	request_take(r, &e->request);
	e->request.down = number_take(r, 0);
}

static void
end_take(struct reader *r)
{
	struct list_entry *e = entry_take(r);

	if (e != NULL)
		e->request = (struct list_request){ .life.id = -1 };
}

static const struct {
	const char	*key;
	void		(*take)(struct reader *);
} keys[] = {
	{ "ask", ask_take }, { "late", late_take },
	{ "stalled", stalled_take }, { "end", end_take },
};

/* Malformed lines are ignored: a killed writer leaves a partial line, without a
 * newline. */
static void
journal_parse(struct reader *r, const char *text, const char *boot)
{
	const char *end = strrchr(text, '\n');
	char key[WORD], id[BOOT_TEXT] = "";
	size_t i;

	lines_begin(&r->at, text, end == NULL ? 0 : (size_t)(end - text));
	while (lines_next(&r->at)) {
		if (!lines_word(&r->at) ||
		    !lines_copy(&r->at, key, sizeof(key)))
			key[0] = '\0';
		if (key[0] == '#')
			continue;
		if (strcmp(key, "boot") == 0)
			id[0] = '\0';
		if (strcmp(key, "boot") == 0 && lines_word(&r->at))
			(void)lines_copy(&r->at, id, sizeof(id));
		if (strcmp(id, boot) != 0)
			return;
		for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			if (strcmp(key, keys[i].key) == 0)
				keys[i].take(r);
	}
}

/* A line without its numbers; how many bytes. */
static int
line_begin(char *line, const char *key, const struct list_entry *e)
{
	char text[UUID_TEXT];

	uuid_format(e->uuid, text);
	return snprintf(line, LINE, "%s %s %s", key, e->uri, text);
}

static int
line_numbers(char *line, int n, const struct list_request *q)
{
	if (n <= 0 || n >= LINE)
		return LINE;
	return n + snprintf(line + n, (size_t)(LINE - n), " %" PRId64
	    " %" PRId32 " %" PRIu64, q->when, q->life.id, q->life.born);
}

/* "ask ACTION ...". */
static int
line_ask(char *line, const struct list_entry *e, enum policy_action action)
{
	char key[WORD];

	(void)snprintf(key, sizeof(key), "ask %s", policy_name(action));
	return line_numbers(line, line_begin(line, key, e), &e->request);
}

/* "late ..." or "stalled ...". */
static int
line_end(char *line, const struct list_entry *e, int64_t down)
{
	int n = line_begin(line, e->request.end == LIST_LATE ? "late" :
	    "stalled", e);

	n = line_numbers(line, n, &e->request);
	if (n >= LINE)
		return n;
	return n + snprintf(line + n, (size_t)(LINE - n), " %" PRId64, down);
}

static void
line_put(struct buf *b, char *line, int n)
{
	if (n <= 0 || n + 1 >= LINE)
		return;
	line[n] = '\n';
	buf_put(b, line, (size_t)n + 1);
}

/* The lines of an open request. */
static void
request_put(struct buf *b, const struct list_entry *e)
{
	const struct list_request *q = &e->request;
	char line[LINE];

	if (q->end == LIST_LATE)
		line_put(b, line, line_end(line, e, 0));
	if (q->end != LIST_OPEN || q->action == POLICY_END)
		return;
	if (q->asks && !policy_traits(q->action)->asks)
		line_put(b, line, line_ask(line, e, POLICY_SHUTDOWN));
	line_put(b, line, line_ask(line, e, q->action));
}

/* Rewrite the journal: the boot, and the open requests. */
static int
journal_rewrite(const struct list *l, const char *path, const char *boot,
    struct errmsg *em)
{
	struct buf b;
	char line[LINE];
	size_t i;
	int n, rv;

	if (buf_init(&b, LINE, JOURNAL_MAX) == -1)
		return errmsg_sys(em, "%s", path);
	n = snprintf(line, sizeof(line), LIST_HEAD "\nboot %s\n", boot);
	buf_put(&b, line, (size_t)n);
	for (i = 0; i < l->n; i++)
		request_put(&b, &l->entry[i]);
	rv = file_replace(path, b.base, b.len, em);
	buf_free(&b);
	return rv;
}

int
journal_open(struct journal *j, const char *path, struct list *l,
    struct errmsg *em)
{
	struct file_read f = { .path = path, .max = JOURNAL_MAX,
	    .trusted = true };
	struct reader r = { .list = l };
	char boot[BOOT_TEXT], *text;
	size_t len;

	j->fd = -1;
	j->torn = false;
	boot_id(boot);
	if (file_read(&f, &text, &len, em) == 0) {
		journal_parse(&r, text, boot);
		free(text);
	}
	if (journal_rewrite(l, path, boot, em) == -1)
		return -1;
	j->fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	return j->fd == -1 ? errmsg_sys(em, "%s", path) : 0;
}

void
journal_close(struct journal *j)
{
	if (j->fd != -1)
		(void)close(j->fd);
	j->fd = -1;
}

static void
line_write(struct journal *j, char *line, int n)
{
	ssize_t done;

	if (j->fd == -1 || n <= 0 || n + 2 >= LINE)
		return;
	line[n++] = '\n';
	if (j->torn) {
		memmove(line + 1, line, (size_t)n);
		line[0] = '\n';
		n++;
	}
	/* One write: a reader finds the whole line or none.  If it is lost, the
	 * next run does not wait for this guest. */
	done = write(j->fd, line, (size_t)n);
	if (done > 0)
		j->torn = done < n;
}

void
journal_write(struct journal *j, const struct list_entry *e)
{
	char line[LINE];

	line_write(j, line, e->request.end == LIST_OPEN ?
	    line_ask(line, e, e->request.action) :
	    line_end(line, e, e->request.down));
}

void
journal_end(struct journal *j, const struct list_entry *e)
{
	char line[LINE];

	line_write(j, line, line_begin(line, "end", e));
}
