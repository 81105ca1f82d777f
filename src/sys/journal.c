#include "sys/journal.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "sys/file.h"
#include "text/buf.h"
#include "text/lines.h"
#include "text/number.h"

#define JOURNAL_MAX	(4 * 1024 * 1024)
#define LINE		(4096 + 128)	/* the longest URI, and the rest */
#define BOOT_ID		"/proc/sys/kernel/random/boot_id"
#define BOOT_TEXT	64
#define WORD		32	/* bytes of an action or number, with its NUL */

static void
boot_id(char id[BOOT_TEXT])
{
	struct file_read f = { .path = BOOT_ID, .max = BOOT_TEXT - 1 };
	struct errmsg em;
	char *text;
	size_t len;

	(void)strlcpy(id, "unknown", BOOT_TEXT);
	if (file_read(&f, &text, &len, &em) == -1)
		return;
	text[strcspn(text, "\n")] = '\0';
	(void)strlcpy(id, text, BOOT_TEXT);
	free(text);
}

/* "URI UUID", the rest of a line; false if malformed. */
static bool
entry_take(struct lines *at, char uri[LINE], unsigned char uuid[UUID_LEN])
{
	char text[UUID_TEXT];

	return lines_word(at) && lines_copy(at, uri, LINE) &&
	    lines_word(at) && lines_copy(at, text, sizeof(text)) &&
	    uuid_parse(text, uuid) == 0 && !lines_word(at);
}

static void
ask_take(struct journal *j, struct lines *at)
{
	unsigned char uuid[UUID_LEN];
	char uri[LINE], name[WORD];
	enum policy_action action;

	if (!lines_word(at) || !lines_copy(at, name, sizeof(name)))
		return;
	action = policy_action(name);
	if (action != POLICY_END && entry_take(at, uri, uuid))
		(void)list_add(&j->asked[action], uri, uuid);
}

static void
end_take(struct journal *j, struct lines *at, bool late)
{
	unsigned char uuid[UUID_LEN];
	char uri[LINE];
	int i;

	if (!entry_take(at, uri, uuid))
		return;
	for (i = 0; i < POLICY_NACTION; i++)
		list_remove(&j->asked[i], uri, uuid);
	list_remove(&j->late, uri, uuid);
	if (late)
		(void)list_add(&j->late, uri, uuid);
}

static void
down_take(struct journal *j, struct lines *at)
{
	const struct number_range range = { 1, INT64_MAX };
	char text[WORD];

	if (lines_word(at) && lines_copy(at, text, sizeof(text)))
		(void)number_parse(text, &range, &j->down, NULL);
}

/* Malformed lines are ignored: a killed writer leaves a partial line, without a
 * newline. */
static void
journal_parse(struct journal *j, const char *text, const char *boot)
{
	const char *end = strrchr(text, '\n');
	char key[WORD], id[BOOT_TEXT] = "";
	struct lines at;

	lines_begin(&at, text, end == NULL ? 0 : (size_t)(end - text));
	while (lines_next(&at)) {
		if (!lines_word(&at) || !lines_copy(&at, key, sizeof(key)))
			key[0] = '\0';
		if (strcmp(key, "boot") == 0)
			id[0] = '\0';
		if (strcmp(key, "boot") == 0 && lines_word(&at))
			(void)lines_copy(&at, id, sizeof(id));
		if (strcmp(id, boot) != 0)
			return;
		if (strcmp(key, "ask") == 0)
			ask_take(j, &at);
		else if (strcmp(key, "end") == 0)
			end_take(j, &at, false);
		else if (strcmp(key, "late") == 0)
			end_take(j, &at, true);
		else if (strcmp(key, "down") == 0)
			down_take(j, &at);
	}
}

/* "KEY URI UUID". */
static int
line_end(char *line, const char *key, const struct list_entry *le)
{
	char text[UUID_TEXT];

	uuid_format(le->uuid, text);
	return snprintf(line, LINE, "%s %s %s\n", key, le->uri, text);
}

static int
line_ask(char *line, enum policy_action action, const struct list_entry *le)
{
	char text[UUID_TEXT];

	uuid_format(le->uuid, text);
	return snprintf(line, LINE, "ask %s %s %s\n", policy_name(action),
	    le->uri, text);
}

/* Rewrite the journal: the boot, and the open requests. */
static int
journal_rewrite(const struct journal *j, const char *path, const char *boot,
    struct errmsg *em)
{
	const struct list *l;
	struct buf b;
	char line[LINE];
	size_t i;
	int action, n, rv;

	if (buf_init(&b, LINE, JOURNAL_MAX) == -1)
		return errmsg_sys(em, "%s", path);
	n = snprintf(line, sizeof(line), "boot %s\n", boot);
	buf_put(&b, line, (size_t)n);
	for (action = 0; action < POLICY_NACTION; action++) {
		l = &j->asked[action];
		for (i = 0; i < l->n; i++) {
			n = line_ask(line, (enum policy_action)action,
			    &l->entry[i]);
			if (n > 0 && n < LINE)
				buf_put(&b, line, (size_t)n);
		}
	}
	for (i = 0; i < j->late.n; i++) {
		n = line_end(line, "late", &j->late.entry[i]);
		if (n > 0 && n < LINE)
			buf_put(&b, line, (size_t)n);
	}
	rv = file_replace(path, b.base, b.len, em);
	buf_free(&b);
	return rv;
}

int
journal_open(struct journal *j, const char *path, struct errmsg *em)
{
	struct file_read f = { .path = path, .max = JOURNAL_MAX };
	char boot[BOOT_TEXT], *text;
	size_t len;
	int i;

	j->fd = -1;
	j->down = 0;
	for (i = 0; i < POLICY_NACTION; i++)
		list_init(&j->asked[i]);
	list_init(&j->late);
	boot_id(boot);
	if (file_read(&f, &text, &len, em) == 0) {
		journal_parse(j, text, boot);
		free(text);
	}
	if (journal_rewrite(j, path, boot, em) == -1)
		return -1;
	j->fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	return j->fd == -1 ? errmsg_sys(em, "%s", path) : 0;
}

void
journal_close(struct journal *j)
{
	int i;

	if (j->fd != -1)
		(void)close(j->fd);
	j->fd = -1;
	for (i = 0; i < POLICY_NACTION; i++)
		list_free(&j->asked[i]);
	list_free(&j->late);
}

static void
line_write(const struct journal *j, const char *line, int n)
{
	ssize_t done;

	if (j->fd == -1 || n <= 0 || n >= LINE)
		return;
	/* One write: a reader finds the whole line or none.  If it is lost, the
	 * next run does not wait for this guest. */
	done = write(j->fd, line, (size_t)n);
	(void)done;
}

void
journal_ask(struct journal *j, enum policy_action action,
    const struct list_entry *le)
{
	char line[LINE];

	line_write(j, line, line_ask(line, action, le));
}

void
journal_end(struct journal *j, const struct list_entry *le)
{
	char line[LINE];

	line_write(j, line, line_end(line, "end", le));
}

void
journal_late(struct journal *j, const struct list_entry *le)
{
	char line[LINE];

	line_write(j, line, line_end(line, "late", le));
}

bool
journal_pending(const struct journal *j, const struct list_entry *le)
{
	return list_has(&j->asked[POLICY_SHUTDOWN], le->uri, le->uuid) ||
	    list_has(&j->late, le->uri, le->uuid);
}

void
journal_down(struct journal *j, int64_t id)
{
	char line[LINE];

	line_write(j, line, snprintf(line, sizeof(line), "down %" PRId64 "\n",
	    id));
}
