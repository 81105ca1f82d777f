/*
 * Rows of guesttab(5), and their name patterns.
 */
#include <string.h>

#include "fuzz.h"
#include "finding_check.h"
#include "policy_check.h"
#include "config/guesttab.h"
#include "text/escape.h"
#include "text/pattern.h"

static void
number_check(int n, int max)
{
	must(n >= GUESTTAB_INHERIT && n <= max);
}

static void
row_check(const struct guesttab_row *row)
{
	if (row->chain[0] != POLICY_END)
		chain_check(row->chain);
	modes_check(row->mode);
	number_check(row->order, 9999);
	number_check(row->timeout, 604800);
	number_check(row->resend, 86400);
	number_check(row->start_delay, 86400);
	number_check(row->stop_delay, 86400);
	number_check(row->boot, 1);
	number_check(row->snapshot, 1);
	must((row->selector.pattern == NULL) ==
	    (row->selector.what == GUESTTAB_UUID));
	must((row->host == NULL) == (row->ready != GUESTTAB_READY_TCP));
	if (row->ready == GUESTTAB_READY_TCP)
		must(row->port >= 1 && row->port <= 65535);
	if (row->selector.pattern != NULL) {
		must(pattern_fault(row->selector.pattern) == NULL);
		text_check(row->selector.pattern);
	}
}

static void
guesttab_check(const char *text, size_t len)
{
	struct guesttab_source src = { "file", text, len };
	static const unsigned char uuid[UUID_LEN];
	struct guesttab_key key = { "web1", uuid, "os" };
	const struct guesttab_row *row;
	struct guesttab tab;
	int errors = 0;
	size_t i;

	guesttab_init(&tab);
	must(guesttab_parse(&tab, &src, finding_check, &errors) == errors);
	must(tab.n <= GUESTTAB_ROWS);
	for (i = 0; i < tab.n; i++) {
		row = &tab.row[i];
		row_check(row);
		must(i == 0 || row->line > row[-1].line);
		if (row->selector.what == GUESTTAB_OS)
			must(guesttab_wants_os(&tab));
	}
	row = guesttab_match(&tab, &key);
	must(row == NULL || (row >= tab.row && row < tab.row + tab.n));
	guesttab_free(&tab);
}

/* A pattern and a text with a NUL between them; with a backslash before each
 * of its bytes a text is a pattern for itself. */
static void
pattern_check(const char *text, size_t len)
{
	const char *other = memchr(text, '\0', len);
	char *plain;
	size_t i, n = strlen(text);

	(void)pattern_fault(text);
	(void)pattern_match(text, other == NULL ? text : other + 1);
	must(pattern_match("*", text));
	if ((plain = malloc(2 * n + 1)) == NULL)
		return;
	for (i = 0; i < n; i++) {
		plain[2 * i] = '\\';
		plain[2 * i + 1] = text[i];
	}
	plain[2 * n] = '\0';
	must(pattern_fault(plain) == NULL && pattern_match(plain, text));
	free(plain);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_copy(data, size);

	pattern_check(text, size);
	guesttab_check(text, size);
	free(text);
	return 0;
}
