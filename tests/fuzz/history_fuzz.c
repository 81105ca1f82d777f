/*
 * The history: runs that were read and written are read as the same runs, and
 * what is kept of a text is whole runs of it.
 */
#include <string.h>

#include "fuzz.h"
#include "sys/history.h"
#include "text/buf.h"

static void
text_same(const char *a, const char *b)
{
	must((a == NULL) == (b == NULL));
	must(a == NULL || strncmp(a, b, HISTORY_WORD) == 0);
}

static void
run_same(const struct history_run *a, const struct history_run *b)
{
	size_t i;

	must(a->starts == b->starts && a->began == b->began);
	must(a->length == b->length && a->deadline == b->deadline);
	must(a->length < 0 || a->code == b->code);
	must(a->n == b->n && a->selected == b->selected);
	text_same(a->command, b->command);
	text_same(a->boot, b->boot);
	text_same(a->reason, b->reason);
	for (i = 0; i < a->n; i++) {
		must(memcmp(a->guest[i].uuid, b->guest[i].uuid,
		    UUID_LEN) == 0);
		must(a->guest[i].asked == b->guest[i].asked);
		must(a->guest[i].end == b->guest[i].end);
		must(a->guest[i].bytes == b->guest[i].bytes);
		text_same(a->guest[i].uri, b->guest[i].uri);
		text_same(a->guest[i].name, b->guest[i].name);
		text_same(a->guest[i].why, b->guest[i].why);
	}
}

static void
history_format(const struct history *h, struct buf *b)
{
	size_t i, k;

	buf_put(b, HISTORY_HEAD, sizeof(HISTORY_HEAD) - 1);
	for (i = 0; i < h->n; i++) {
		history_put_run(b, &h->run[i]);
		for (k = 0; k < h->run[i].n; k++)
			history_put_guest(b, &h->run[i].guest[k]);
	}
}

static void
kept_check(const char *text, size_t len)
{
	const char *from = text;
	size_t kept = history_keep(&from, len, len / 2);

	must(kept <= len / 2 && from >= text && kept <= len);
	must((size_t)(from - text) + kept <= len);
	must(kept == 0 || memcmp(from, "run ", 4) == 0);
	must(kept == 0 || from[kept - 1] == '\n');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_copy(data, size);
	struct history h, again;
	struct buf b;
	size_t i;

	must(history_parse(&h, text, size) == 0);
	must(h.n <= HISTORY_RUNS);
	must(buf_init(&b, 0, 16 * size + 65536) == 0);
	history_format(&h, &b);
	must(!b.bad);
	must(history_parse(&again, (const char *)b.base, b.len) == 0);
	must(again.n == h.n && again.malformed == 0);
	for (i = 0; i < h.n; i++)
		run_same(&h.run[i], &again.run[i]);
	kept_check(text, size);
	history_free(&h);
	history_free(&again);
	buf_free(&b);
	free(text);
	return 0;
}
