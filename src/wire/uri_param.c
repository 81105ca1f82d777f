#include "wire/uri_part.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text/errmsg.h"
#include "text/number.h"
#include "text/words.h"

#define KEPT_BYTE	3u	/* a semicolon, percent-encoded */

/* How a parameter of the client is taken; those without a row are the
 * daemon's. */
enum kind {
	KIND_NAME,		/* what CONNECT_OPEN gets */
	KIND_TEXT,
	KIND_PATH,		/* a text that is an absolute path */
	KIND_NUMBER,		/* 0 is no, any other number yes */
	KIND_WORD,
	KIND_LIST,		/* words, separated by commas */
	KIND_DROPPED,		/* nothing here has a use for it */
	KIND_GNUTLS		/* refused for tls */
};

static const struct word mode_words[] = {
	{ "auto", URI_MODE_AUTO }, { "direct", URI_MODE_DIRECT },
	{ "legacy", URI_MODE_LEGACY }, { NULL, 0 }
};

static const struct word proxy_words[] = {
	{ "auto", URI_PROXY_AUTO }, { "netcat", URI_PROXY_NETCAT },
	{ "native", URI_PROXY_NATIVE }, { NULL, 0 }
};

/* These are libssh's: ssh has files and options of its own for them. */
static const struct word known_hosts_words[] = {
	{ "normal", 0 }, { "auto", 0 }, { "ignore", 0 }, { NULL, 0 }
};

static const struct word sshauth_words[] = {
	{ "agent", 0 }, { "privkey", 0 }, { "password", 0 },
	{ "keyboard-interactive", 0 }, { NULL, 0 }
};

#define NOWHERE		SIZE_MAX
#define FIELD(name)	offsetof(struct uri_params, name)

/* As libvirt 9.0 to 11.3 has them (src/remote/remote_driver.c and
 * src/util/virauth.c there). */
static const struct param {
	const char	*name;
	enum kind	 kind;
	size_t		 offset;	/* in struct uri_params, or NOWHERE */
	const struct word *words;
} params[] = {
	{ "name",	 KIND_NAME, NOWHERE, NULL },
	{ "command",	 KIND_TEXT, FIELD(command), NULL },
	{ "socket",	 KIND_PATH, FIELD(socket), NULL },
	{ "auth",	 KIND_DROPPED, NOWHERE, NULL },
	{ "authfile",	 KIND_DROPPED, NOWHERE, NULL },
	{ "sshauth",	 KIND_LIST, NOWHERE, sshauth_words },
	{ "netcat",	 KIND_TEXT, FIELD(netcat), NULL },
	{ "keyfile",	 KIND_TEXT, FIELD(keyfile), NULL },
	{ "pkipath",	 KIND_TEXT, FIELD(pkipath), NULL },
	{ "known_hosts", KIND_DROPPED, NOWHERE, NULL },
	{ "known_hosts_verify", KIND_WORD, NOWHERE, known_hosts_words },
	{ "tls_priority", KIND_GNUTLS, NOWHERE, NULL },
	{ "mode",	 KIND_WORD, FIELD(mode), mode_words },
	{ "proxy",	 KIND_WORD, FIELD(proxy), proxy_words },
	{ "no_sanity",	 KIND_NUMBER, NOWHERE, NULL },
	{ "no_verify",	 KIND_NUMBER, FIELD(no_verify), NULL },
	{ "no_tty",	 KIND_NUMBER, FIELD(no_tty), NULL },
};
#define NPARAM	(sizeof(params) / sizeof(params[0]))

/* The row of a parameter; NULL if it is the daemon's. */
static const struct param *
param_find(const char *name)
{
	size_t i;

	for (i = 0; i < NPARAM; i++)
		if (strcasecmp(params[i].name, name) == 0)
			return &params[i];
	return NULL;
}

static char **
text_field(struct uri_params *p, const struct param *row)
{
	return (char **)(void *)((char *)p + row->offset);
}

static void
int_put(struct uri_params *p, const struct param *row, int value)
{
	if (row->offset != NOWHERE)
		*(int *)(void *)((char *)p + row->offset) = value;
}

/* Keep a parameter of the daemon as it is written, but for a semicolon, which
 * would separate if the ampersand behind it is not kept. */
static void
param_keep(struct uri_parse *ps, const struct uri_span *s)
{
	size_t n = strlen(ps->kept), i;

	ps->kept[n] = n == 0 ? '?' : '&';
	for (n++, i = 0; i < s->n; i++)
		if (s->p[i] == ';') {
			memcpy(ps->kept + n, "%3B", KEPT_BYTE);
			n += KEPT_BYTE;
		} else
			ps->kept[n++] = s->p[i];
	ps->kept[n] = '\0';
}

static int
param_refuse(const struct uri_parse *ps, const struct param *row,
    const char *value, const char *why)
{
	struct errmsg text;

	(void)errmsg_refuse(&text, value, strlen(value), why);
	return uri_fail(ps, "%s=%.200s", row->name, text.text);
}

/* libvirt reads a number, so that "no" and "false" do not switch anything
 * off there. */
static int
number_take(struct uri_parse *ps, const struct param *row, const char *value)
{
	const struct number_range range = { INT32_MIN, INT32_MAX };
	int64_t n;

	if (number_parse(value, &range, &n, NULL) == -1)
		return param_refuse(ps, row, value,
		    "is not a number; use 0 for no, 1 for yes");
	int_put(&ps->u->param, row, n != 0);
	return 0;
}

static int
word_take(struct uri_parse *ps, const struct param *row, const char *value)
{
	/* libvirt compares only the words of libssh in either case. */
	const struct word *word = words_find(row->words, value,
	    row->offset == NOWHERE);
	char why[WORDS_WHY];

	if (word == NULL) {
		words_why(row->words, why);
		return param_refuse(ps, row, value, why);
	}
	int_put(&ps->u->param, row, word->value);
	return 0;
}

static int
list_take(struct uri_parse *ps, const struct param *row, char *value)
{
	char *word;

	while ((word = strsep(&value, ",")) != NULL)
		if (word_take(ps, row, word) == -1)
			return -1;
	return 0;
}

/* Take a decoded value, which is the caller's to free unless *value is NULL
 * then. */
static int
value_take(struct uri_parse *ps, const struct param *row, char **value)
{
	char **field = &ps->name;

	if (row->offset != NOWHERE)
		field = text_field(&ps->u->param, row);
	switch (row->kind) {
	case KIND_PATH:
		if (**value != '/')
			return uri_fail(ps, "%s= is not an absolute path",
			    row->name);
		/* FALLTHROUGH */
	case KIND_NAME:
	case KIND_TEXT:
		free(*field);
		*field = *value;
		*value = NULL;
		break;
	case KIND_NUMBER:
		return number_take(ps, row, *value);
	case KIND_WORD:
		return word_take(ps, row, *value);
	case KIND_LIST:
		return list_take(ps, row, *value);
	case KIND_GNUTLS:
		if (ps->u->transport == URI_TLS)
			return uri_fail(ps, "%s= is unsupported: it is for "
			    "GnuTLS; set versions and ciphers in openssl.cnf",
			    row->name);
		break;
	case KIND_DROPPED:
		break;
	}
	return 0;
}

/* name=value, or only a name */
static int
param_take(struct uri_parse *ps, const struct uri_span *s)
{
	const char *eq = memchr(s->p, '=', s->n);
	size_t n = eq == NULL ? s->n : (size_t)(eq - s->p);
	struct uri_span key = { s->p, n }, rest = { s->p + s->n, 0 };
	char *name = NULL, *value = NULL;
	const struct param *row;
	int rv;

	if (eq != NULL) {
		rest.p = eq + 1;
		rest.n = s->n - n - 1;
	}
	if (uri_decode(ps, &key, &name) == -1)
		return -1;
	row = param_find(name);
	free(name);
	if (row == NULL && s->n > 0)
		param_keep(ps, s);
	if (row == NULL)
		return uri_decode_check(ps, &rest);
	rv = uri_decode(ps, &rest, &value);
	if (rv == 0)
		rv = value_take(ps, row, &value);
	free(value);
	return rv;
}

/* The end of the parameter at p.  As libvirt reads it: a semicolon separates
 * only where no ampersand follows. */
static const char *
param_end(const char *p, const char *end)
{
	const char *sep;

	if ((sep = memchr(p, '&', (size_t)(end - p))) != NULL)
		return sep;
	if ((sep = memchr(p, ';', (size_t)(end - p))) != NULL)
		return sep;
	return end;
}

int
uri_query(struct uri_parse *ps)
{
	size_t n = strcspn(ps->p, "#");
	const char *end = ps->p + n, *p;
	struct uri_span s;

	if ((ps->kept = calloc(1, KEPT_BYTE * n + 2)) == NULL)
		return uri_no_memory(ps);
	for (p = ps->p + 1; p < end; p = s.p + s.n + 1) {
		s.p = p;
		s.n = (size_t)(param_end(p, end) - p);
		if (param_take(ps, &s) == -1)
			return -1;
	}
	ps->p = end;
	return 0;
}

void
uri_params_free(struct uri_params *p)
{
	size_t i;

	for (i = 0; i < NPARAM; i++)
		if (params[i].kind == KIND_TEXT || params[i].kind == KIND_PATH)
			free(*text_field(p, &params[i]));
}

void
uri_default(struct uri *u, const char *name, const char *value)
{
	const struct param *row = param_find(name);
	const struct word *word;
	int *field;

	if (value == NULL || row == NULL || row->kind != KIND_WORD ||
	    row->offset == NOWHERE)
		return;
	field = (int *)(void *)((char *)&u->param + row->offset);
	word = words_find(row->words, value, false);
	if (*field == 0 && word != NULL)
		*field = word->value;
}
