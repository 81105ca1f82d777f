/*
 * QEMU's monitor: the messages are the same whether the bytes arrive at once
 * or one by one.
 */
#include <string.h>

#include "fuzz.h"
#include "wire/qmp.h"

static void
news_check(const struct qmp_news *n)
{
	must(n->what <= QMP_RESET);
	must(n->command <= QMP_NCOMMAND);
	must(n->status <= QMP_OFF);
	if (n->what == QMP_ERROR) {
		must(memchr(n->text, '\0', sizeof(n->text)) != NULL);
		text_check(n->text);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct qmp whole, bytes;
	struct qmp_news a, b;
	const char *text = (const char *)data;
	size_t done = 0, other = 0, n;

	memset(&whole, 0, sizeof(whole));
	memset(&bytes, 0, sizeof(bytes));
	while (done < size) {
		memset(&a, 0, sizeof(a));
		n = qmp_take(&whole, text + done, size - done, &a);
		must(n > 0 && n <= size - done);
		done += n;
		news_check(&a);
		while (other < done) {
			memset(&b, 0, sizeof(b));
			must(qmp_take(&bytes, text + other, 1, &b) == 1);
			other++;
			must(other == done || b.what == QMP_NOTHING);
		}
		must(a.what == b.what);
		if (a.what == QMP_RETURN || a.what == QMP_ERROR)
			must(a.command == b.command && a.status == b.status);
	}
	return 0;
}
