/*
 * The journal: what was read and written is read as the same requests.
 */
#include "sys/journal.c"

#include "fuzz.h"

static void
read_text(struct list *l, const char *text)
{
	struct reader r = { .list = l };

	list_init(l);
	journal_parse(&r, text, "b");
}

/* As journal_rewrite does, in memory. */
static void
write_text(const struct list *l, struct buf *b)
{
	static const char head[] = LIST_HEAD "\nboot b\n";
	size_t i;

	must(buf_init(b, LINE, 64 * JOURNAL_MAX) == 0);
	buf_put(b, head, sizeof(head) - 1);
	for (i = 0; i < l->n; i++)
		request_put(b, &l->entry[i]);
	buf_put(b, "", 1);
	must(!b->bad);
}

/* An older version's late request has no action; that of a newer one is
 * rewritten without the host shutdown. */
static void
same(const struct list_request *a, const struct list_request *b)
{
	must(a->end == b->end || a->end == LIST_STALLED);
	if (a->end == LIST_STALLED)
		return;
	must(a->asks == b->asks && a->when == b->when);
	must(a->life.id == b->life.id && a->life.born == b->life.born);
	if (a->end == LIST_OPEN)
		must(a->action == b->action);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct list_entry *e;
	struct list l, again;
	struct buf b;
	char *text;
	size_t i;

	text = text_copy(data, size);
	read_text(&l, text);
	write_text(&l, &b);
	read_text(&again, (const char *)b.base);
	for (i = 0; i < l.n; i++) {
		e = list_find(&again, l.entry[i].uri, l.entry[i].uuid);
		must(!l.entry[i].listed);
		if (l.entry[i].request.action == POLICY_END &&
		    l.entry[i].request.end == LIST_OPEN)
			continue;
		if (l.entry[i].request.end != LIST_STALLED)
			must(e != NULL);
		if (e != NULL)
			same(&l.entry[i].request, &e->request);
	}
	list_free(&l);
	list_free(&again);
	buf_free(&b);
	free(text);
	return 0;
}
