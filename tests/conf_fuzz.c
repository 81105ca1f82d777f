/*
 * libFuzzer's entry to what reads text from outside: the configuration, the
 * list file, a URI, and the escapes in their messages.  They may say what
 * they like, but what they take they give back the same, and no message
 * steers a terminal.
 *
 *	clang -D_GNU_SOURCE -Icompat -Isrc -g -O1 \
 *	    -fsanitize=fuzzer,address,undefined tests/conf_fuzz.c \
 *	    src/conf.c src/shvar.c src/policy.c src/uri.c src/list.c \
 *	    src/uuid.c src/escape.c src/errmsg.c src/buf.c compat/strlcat.c \
 *	    compat/strlcpy.c compat/strtonum.c
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "conf.h"
#include "escape.h"
#include "list.h"
#include "shvar.h"
#include "uri.h"

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

static void
conf_check(const char *text, size_t len, const struct conf_family *family)
{
	struct conf_source src = { "file", text, len };
	const struct conf_key *key;
	struct conf c;
	const int *n;
	int errors = 0;
	size_t i;

	must(conf_init(&c, family) == 0);
	must(conf_parse(&c, family, &src, finding_check, &errors) == errors);
	must(c.nuris > 0 && c.nuris <= CONF_URIS);
	must(c.state_dir[0] == '/' && c.run_dir[0] == '/');
	for (i = 0; (key = conf_key(i)) != NULL; i++) {
		n = (const void *)((const char *)&c + key->offset);
		if (strstr(key->name, "TIMEOUT") != NULL ||
		    strncmp(key->name, "PARALLEL", 8) == 0)
			must(*n >= key->min && *n <= key->max);
	}
	conf_free(&c);
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
	char path[64];
	struct uri u, r;
	size_t i = 0;

	if (uri_parse(&u, text, &em) == -1) {
		text_check(em.text);
		return;
	}
	must(strcmp(u.text, text) == 0);
	while (uri_socket(&u, &w, i, path, sizeof(path)) == 0) {
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
	free(text);
	shvar_check((const char *)data, size);
	conf_check((const char *)data, size, conf_place(1));
	conf_check((const char *)data, size, conf_place(2));
	list_check((const char *)data, size);
	escape_check((const char *)data, size);
	return 0;
}
