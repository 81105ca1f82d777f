/*
 * libFuzzer's entry to what reads text from outside: the configuration, the
 * table of guests, its patterns, the list file, a URI, and the escapes in
 * their messages.  They may say what they like, but what they take they give
 * back the same, and no message steers a terminal.
 *
 *	clang -D_GNU_SOURCE -Icompat -iquote src -g -O1 \
 *	    -fsanitize=fuzzer,address,undefined tests/fuzz/conf_fuzz.c \
 *	    src/text/*.c src/wire/*.c src/config/*.c src/sys/list.c compat/*.c
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/buf.h"
#include "config/conf.h"
#include "text/escape.h"
#include "config/guesttab.h"
#include "sys/list.h"
#include "text/pattern.h"
#include "config/shvar.h"
#include "wire/uri.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(int truth)
{
	if (!truth)
		abort();
}

static void
text_check(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	for (; *p != '\0'; p++)
		must(*p >= ' ' && *p != 0x7f);
}

static void
finding_check(void *arg, enum finding_level level, const char *text)
{
	int *errors = arg;

	text_check(text);
	must(strncmp(text, "file:", 5) == 0);
	*errors += level == FINDING_ERROR;
}

/* A chain that was read is read the same once more. */
static void
chain_check(const enum policy_action chain[POLICY_CHAIN])
{
	enum policy_action again[POLICY_CHAIN];
	char text[POLICY_TEXT];

	must(chain[POLICY_CHAIN - 1] == POLICY_END);
	must(policy_chain(policy_chain_text(chain, text), again, NULL) == 0);
	must(memcmp(chain, again, sizeof(again)) == 0);
}

static void
modes_check(const enum policy_mode modes[POLICY_MODES])
{
	enum policy_mode again[POLICY_MODES];
	char text[POLICY_MODES_TEXT];

	must(modes[POLICY_MODES - 1] == POLICY_MODE_END);
	must(policy_modes(policy_modes_text(modes, '+', text), '+', again,
	    NULL) == 0);
	must(memcmp(modes, again, sizeof(again)) == 0);
}

static void
conf_check(const char *text, size_t len, const struct conf_family *family)
{
	struct conf_source src = { "file", text, len, family };
	const struct conf_key *key;
	struct conf c;
	const int *n;
	int errors = 0;
	size_t i;

	must(conf_init(&c, family) == 0);
	must(conf_parse(&c, &src, finding_check, &errors) == errors);
	must(c.nuris > 0 && c.nuris <= CONF_URIS);
	must(c.state_dir[0] == '/' && c.run_dir[0] == '/');
	must(c.guesttab[0] == '/' && c.hook_dir[0] == '/');
	must(c.shutdown_total == c.family->shutdown_total);
	chain_check(c.on_shutdown);
	modes_check(c.shutdown_mode);
	for (i = 0; (key = conf_key(i)) != NULL; i++) {
		n = (const void *)((const char *)&c + key->offset);
		if (strstr(key->name, "TIMEOUT") != NULL ||
		    strncmp(key->name, "PARALLEL", 8) == 0)
			must(*n >= key->min && *n <= key->max);
	}
	conf_free(&c);
}

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

/* Two readings of one text are the same. */
static void
shvar_check(const char *text, size_t len)
{
	struct shvar_item a, b;
	struct errmsg em;
	struct shvar x, y;
	int ret;

	shvar_init(&x, "file", text, len);
	shvar_init(&y, "file", text, len);
	do {
		ret = shvar_next(&x, &a, &em);
		must(shvar_next(&y, &b, NULL) == ret);
		if (ret == -1)
			text_check(em.text);
		if (ret == 1)
			must(strcmp(a.name, b.name) == 0 &&
			    strcmp(a.value, b.value) == 0 &&
			    strlen(a.value) <= SHVAR_VALUE &&
			    a.line <= a.value_line);
	} while (ret != 0);
	shvar_free(&x);
	shvar_free(&y);
}

/* A list that was read and written is read as the same list. */
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

static void
uri_check(const char *text)
{
	struct uri_where w = { text[0] & 1, "/s", "/u" };
	struct errmsg em;
	char path[URI_SOCKET];
	struct uri u, r;
	size_t i = 0;

	if (uri_parse(&u, text, &em) == -1) {
		text_check(em.text);
		return;
	}
	must(strcmp(u.text, text) == 0);
	while (uri_socket(&u, &w, i, path) == 0) {
		text_check(path);
		must(++i <= 7);
	}
	/* What the daemon gets has nothing of ours in it, if it is ours. */
	if (u.remote != NULL && strcasestr(text, "name") == NULL &&
	    strchr(text, '%') == NULL) {
		must(uri_parse(&r, u.remote, NULL) == 0);
		must(r.host == NULL && r.user == NULL && r.port == 0);
		must(r.transport == URI_UNIX);
		uri_free(&r);
	}
	uri_free(&u);
}

static void
escape_check(const char *text, size_t len)
{
	char out[64];
	size_t n, size;

	for (size = 1; size <= sizeof(out); size = size * 2 + 1) {
		n = escape_text(out, size, text, len);
		must(n >= len && n <= 4 * len && strlen(out) < size);
		must(n >= size || strlen(out) == n);
		text_check(out);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	/* An end of its own, for those that read to a NUL. */
	if ((text = malloc(size + 1)) == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	uri_check(text);
	pattern_check(text, size);
	free(text);
	shvar_check((const char *)data, size);
	conf_check((const char *)data, size, conf_place(1));
	conf_check((const char *)data, size, conf_place(2));
	guesttab_check((const char *)data, size);
	list_check((const char *)data, size);
	escape_check((const char *)data, size);
	return 0;
}
