/*
 * The list of guests: a list that was read and written is read as the same
 * list, names included.
 */
#include <string.h>

#include "fuzz.h"
#include "finding_check.h"
#include "sys/list.h"
#include "text/buf.h"

static void
list_check(const char *text, size_t len)
{
	struct list_source src = { "file", text, len };
	struct list l, again;
	struct buf b;
	int errors = 0;
	size_t i;

	list_init(&l);
	list_init(&again);
	must(list_parse(&l, &src, finding_check, &errors) == errors);
	must(buf_init(&b, 0, 16 * len + 64) == 0);
	list_format(&l, &b);
	must(!b.bad);
	src.text = (const char *)b.base;
	src.len = b.len;
	must(list_parse(&again, &src, NULL, NULL) == 0 && again.n == l.n);
	for (i = 0; i < l.n; i++)
		must(list_has(&again, l.entry[i].uri, l.entry[i].uuid));
	while (l.n > 0)
		list_remove(&l, l.entry[l.n / 2].uri, l.entry[l.n / 2].uuid);
	buf_free(&b);
	list_free(&l);
	list_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	list_check((const char *)data, size);
	return 0;
}
