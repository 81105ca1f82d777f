#include "lvconf.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "uris.h"

#define BLANKS		" \t\r"

struct parse {
	struct lvconf	*c;
	const char	*file;
	struct errmsg	*em;
	char		*text;
	char		*p;
};

typedef int	 value_fn(struct parse *, char *value);

static int
fail(const struct parse *ps, const char *why)
{
	const char *p;
	unsigned line = 1;

	for (p = ps->text; p < ps->p; p++)
		line += *p == '\n';
	return errmsg_set(ps->em, EINVAL, "%s:%u: %s", ps->file, line, why);
}

/* Those given, and comments up to the end of a line. */
static void
skip(struct parse *ps, const char *blanks)
{
	ps->p += strspn(ps->p, blanks);
	while (*ps->p == '#') {
		ps->p += strcspn(ps->p, "\n");
		ps->p += strspn(ps->p, blanks);
	}
}

static int
default_take(struct parse *ps, char *value)
{
	ps->c->uri_default = value;
	return 0;
}

static int
mode_take(struct parse *ps, char *value)
{
	if (strcmp(value, "auto") != 0 && strcmp(value, "direct") != 0 &&
	    strcmp(value, "legacy") != 0)
		return fail(ps, "remote_mode is auto, direct or legacy");
	ps->c->remote_mode = value;
	return 0;
}

static int
alias_take(struct parse *ps, char *value)
{
	size_t n = strspn(value, URIS_ALIAS);

	if (n == 0 || value[n] != '=')
		return fail(ps, "an alias is NAME=URI");
	if (ps->c->naliases == LVCONF_ALIASES)
		return fail(ps, "too many aliases");
	value[n] = '\0';
	ps->c->alias[ps->c->naliases++] = (struct lvconf_alias){
		value, value + n + 1 };
	return 0;
}

static const struct key {
	const char	*name;
	value_fn	*take;
	bool		 list;
} keys[] = {
	{ "uri_default", default_take, false },
	{ "uri_aliases", alias_take, true },
	{ "remote_mode", mode_take, false },
};
#define NKEYS	(sizeof(keys) / sizeof(keys[0]))

/* One text or number, for take if there is one. */
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
		text = ps->p + (*ps->p == '-');
		end = text + strspn(text, "0123456789");
		if (end == text || take != NULL)
			return fail(ps, "a value in quotes is expected");
		ps->p = end;
		return 0;
	}
	text = ps->p + strlen(quote);
	end = strstr(text, quote);
	if (end == NULL || (quote[1] == '\0' &&
	    memchr(text, '\n', (size_t)(end - text)) != NULL))
		return fail(ps, "a quote that is not closed");
	if (take != NULL) {
		*end = '\0';
		if (take(ps, text) == -1)
			return -1;
	}
	ps->p = end + strlen(quote);
	return 0;
}

/* Behind the bracket. */
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
			return fail(ps, "a comma or ] is expected");
	}
	ps->p++;
	return 0;
}

static int
value_take(struct parse *ps, const struct key *k)
{
	bool list = *ps->p == '[';
	value_fn *take = k < keys + NKEYS ? k->take : NULL;

	if (take != NULL && k->list != list)
		return fail(ps, list ? "a list is not expected" :
		    "a list is expected");
	return (list ? list_take : scalar_take)(ps, take);
}

/* NAME = VALUE, and nothing behind it. */
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
		return fail(ps, "NAME = VALUE is expected");
	ps->p++;
	skip(ps, BLANKS);
	if (value_take(ps, k) == -1)
		return -1;
	skip(ps, BLANKS);
	return strchr("\n;", *ps->p) != NULL ? 0 :
	    fail(ps, "text behind the value");
}

int
lvconf_parse(struct lvconf *c, const char *file, char *text, size_t len,
    struct errmsg *em)
{
	struct parse ps = { c, file, em, text, text };

	memset(c, 0, sizeof(*c));
	for (;;) {
		skip(&ps, BLANKS "\n;");
		if (*ps.p == '\0')
			break;
		if (line_take(&ps) == -1)
			return -1;
	}
	return ps.p == text + len ? 0 : fail(&ps, "a NUL byte");
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
