#include "config/lvconf.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "config/uris.h"

#define BLANKS		" \t\r"

struct key;

struct parse {
	struct lvconf	*c;
	const struct lvconf_source *src;
	struct errmsg	*em;
	char		*p;
	const struct key *key;		/* the one whose value is taken */
	unsigned	 seen;		/* of keys, a bit each */
};

typedef int	 value_fn(struct parse *, char *value);

static int
fail(const struct parse *ps, const char *why)
{
	const char *p;
	unsigned line = 1;

	for (p = ps->src->text; p < ps->p; p++)
		line += *p == '\n';
	return errmsg_set(ps->em, EINVAL, "%s:%u: %s", ps->src->file, line,
	    why);
}

/* Go past these blanks, and comments up to the end of a line. */
static void
skip(struct parse *ps, const char *blanks)
{
	ps->p += strspn(ps->p, blanks);
	while (*ps->p == '#') {
		ps->p += strcspn(ps->p, "\n");
		ps->p += strspn(ps->p, blanks);
	}
}

static value_fn	 text_take, alias_take;

static const struct key {
	const char	*name;
	value_fn	*take;
	bool		 list;
	size_t		 offset;	/* of a text in struct lvconf */
	const char	*words[3];	/* that it may be, if not any */
	const char	*why;
} keys[] = {
	{ "uri_default", text_take, false,
	    offsetof(struct lvconf, uri_default), { NULL }, NULL },
	{ "uri_aliases", alias_take, true, 0, { NULL }, NULL },
	{ "remote_mode", text_take, false,
	    offsetof(struct lvconf, remote_mode),
	    { "auto", "direct", "legacy" },
	    "remote_mode: use one of auto, direct, legacy" },
	{ "remote_proxy", text_take, false,
	    offsetof(struct lvconf, remote_proxy),
	    { "auto", "netcat", "native" },
	    "remote_proxy: use one of auto, netcat, native" },
};
#define NKEYS	(sizeof(keys) / sizeof(keys[0]))

static int
text_take(struct parse *ps, char *value)
{
	const struct key *k = ps->key;
	size_t i = 0;

	if (k->why != NULL)
		while (strcmp(value, k->words[i]) != 0)
			if (++i == sizeof(k->words) / sizeof(k->words[0]))
				return fail(ps, k->why);
	*(const char **)(void *)((char *)ps->c + k->offset) = value;
	return 0;
}

static int
alias_take(struct parse *ps, char *value)
{
	size_t n = strspn(value, URIS_ALIAS);

	if (n == 0 || value[n] != '=')
		return fail(ps, "uri_aliases: use NAME=URI");
	if (ps->c->naliases == LVCONF_ALIASES)
		return fail(ps, "uri_aliases: too many aliases");
	value[n] = '\0';
	ps->c->alias[ps->c->naliases++] = (struct lvconf_alias){
		value, value + n + 1 };
	return 0;
}

/* Take one text or number; take may be NULL. */
static int
scalar_take(struct parse *ps, value_fn *take)
{
	const char *quote = "\"";
	char *text, *end;

	if (*ps->p == '\'')
		quote = "'";
	else if (strncmp(ps->p, "\"\"\"", 3) == 0)
		quote = "\"\"\"";
	else if (*ps->p != '"') {
		text = ps->p + (*ps->p == '-' || *ps->p == '+');
		end = text + strspn(text, "0123456789");
		if (end == text || take != NULL)
			return fail(ps, "expected a value in quotes");
		ps->p = end;
		return 0;
	}
	text = ps->p + strlen(quote);
	end = strstr(text, quote);
	if (end == NULL || (quote[1] == '\0' &&
	    memchr(text, '\n', (size_t)(end - text)) != NULL))
		return fail(ps, "unclosed quote");
	if (take != NULL) {
		*end = '\0';
		if (take(ps, text) == -1)
			return -1;
	}
	ps->p = end + strlen(quote);
	return 0;
}

/* Take a list; its [ is next. */
static int
list_take(struct parse *ps, value_fn *take)
{
	for (ps->p++;; ps->p++) {
		skip(ps, BLANKS "\n");
		if (*ps->p == ']')
			break;
		if (scalar_take(ps, take) == -1)
			return -1;
		skip(ps, BLANKS "\n");
		if (*ps->p == ']')
			break;
		if (*ps->p != ',')
			return fail(ps, "expected a comma or ]");
	}
	ps->p++;
	return 0;
}

/* If a name is repeated, the first value counts (libvirt,
 * src/util/virconf.c). */
static int
value_take(struct parse *ps, const struct key *k)
{
	bool list = *ps->p == '[', known = k < keys + NKEYS;
	unsigned bit = known ? 1U << (k - keys) : 0;
	value_fn *take = known && (ps->seen & bit) == 0 ? k->take : NULL;

	ps->key = k;
	ps->seen |= bit;
	if (take != NULL && k->list != list)
		return fail(ps, list ? "expected one value, not a list" :
		    "expected a list");
	return (list ? list_take : scalar_take)(ps, take);
}

/* Take a line: NAME = VALUE and nothing else. */
static int
line_take(struct parse *ps)
{
	const char *name = ps->p;
	size_t n = strspn(name, URIS_ALIAS);
	const struct key *k;

	for (k = keys; k < keys + NKEYS; k++)
		if (strlen(k->name) == n && strncmp(k->name, name, n) == 0)
			break;
	ps->p += n;
	skip(ps, BLANKS);
	if (n == 0 || *ps->p != '=')
		return fail(ps, "expected NAME = VALUE");
	ps->p++;
	skip(ps, BLANKS);
	if (value_take(ps, k) == -1)
		return -1;
	skip(ps, BLANKS);
	return strchr("\n;", *ps->p) != NULL ? 0 :
	    fail(ps, "unexpected text after the value");
}

int
lvconf_parse(struct lvconf *c, const struct lvconf_source *src,
    struct errmsg *em)
{
	struct parse ps = { .c = c, .src = src, .em = em, .p = src->text };

	memset(c, 0, sizeof(*c));
	for (;;) {
		skip(&ps, BLANKS "\n;");
		if (*ps.p == '\0')
			break;
		if (line_take(&ps) == -1)
			return -1;
	}
	return ps.p == src->text + src->len ? 0 : fail(&ps, "NUL byte");
}

const char *
lvconf_uri(const struct lvconf *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->naliases; i++)
		if (strcmp(c->alias[i].name, name) == 0)
			return c->alias[i].uri;
	return name;
}
