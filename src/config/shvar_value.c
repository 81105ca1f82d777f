#include "config/shvar_part.h"

#include <string.h>

#include "compat.h"

static int	 expand(struct shvar *);

static void
put(struct shvar *lx, int c)
{
	if (lx->set->word.len < sizeof(lx->set->word.text))
		lx->set->word.text[lx->set->word.len++] = (char)c;
	else
		lx->set->word.too_long = 1;
}

static void
take(struct shvar *lx, int c)
{
	put(lx, c);
	shvar_advance(lx);
}

static struct shvar_var *
var_find(const struct shvar_set *set, const char *name)
{
	size_t i;

	for (i = set->seen; i > 0; i--)
		if (strcmp(set->var[i - 1]->item.name, name) == 0)
			return set->var[i - 1];
	return NULL;
}

static void
put_value_of(struct shvar *lx, const char *name)
{
	struct shvar_var *var = var_find(lx->set, name);
	struct shvar_word *word = &lx->set->word;
	const char *p = NULL;

	if (var != NULL) {
		var->referred = 1;
		p = var->item.value;
	} else if (lx->unset != NULL) {
		p = lx->unset(lx->unset_arg, name);
	}
	if (p == NULL && word->undefined[0] == '\0')
		(void)strlcpy(word->undefined, name, sizeof(word->undefined));
	for (; p != NULL && *p != '\0'; p++)
		put(lx, (unsigned char)*p);
}

static void
quote_open(struct shvar *lx, int quote)
{
	lx->set->quotes.open = quote;
	lx->set->quotes.open_at = shvar_here(lx);
	shvar_advance(lx);
}

static void
quote_close(struct shvar *lx)
{
	lx->set->quotes.open = 0;
	shvar_advance(lx);
}

/*
 * The text ends inside a quote.  Most likely the forgotten quote is the first
 * of the statement that crossed a line end; each line after that line is read
 * by itself.
 */
static int
quote_never_closed(struct shvar *lx)
{
	struct shvar_set *set = lx->set;
	struct shvar_place at = set->quotes.crossed ? set->quotes.crossed_at :
	    set->quotes.open_at;

	set->quotes.open = 0;
	set->quotes.one_line = 1;
	shvar_go(lx, &at);
	return shvar_refuse(lx, &at, "unclosed quote");
}

/* Whether the open quote may go on here. */
static int
quote_check(struct shvar *lx, int c)
{
	struct shvar_set *set = lx->set;
	struct shvar_place at = shvar_here(lx);

	if (c == SHVAR_END)
		return quote_never_closed(lx);
	if (c == '\0')
		return shvar_refuse(lx, &at, shvar_fault(c));
	if (lx->line == set->quotes.open_at.line)
		return 0;
	if (!set->quotes.crossed) {
		set->quotes.crossed = 1;
		set->quotes.crossed_at = set->quotes.open_at;
	}
	return set->quotes.one_line ? quote_never_closed(lx) : 0;
}

static int
single_quoted(struct shvar *lx)
{
	int c;

	quote_open(lx, '\'');
	for (;;) {
		c = shvar_peek_plain(lx);
		if (quote_check(lx, c) == -1)
			return -1;
		if (c == '\'')
			break;
		take(lx, c);
	}
	quote_close(lx);
	return 0;
}

/* A backslash between double quotes: it escapes a few characters only. */
static void
double_quoted_backslash(struct shvar *lx)
{
	int c;

	shvar_advance(lx);
	c = shvar_peek_plain(lx);
	if (c == '$' || c == '`' || c == '"' || c == '\\')
		take(lx, c);
	else
		put(lx, '\\');
}

static int
double_quoted_char(struct shvar *lx, int c)
{
	struct shvar_place at = shvar_here(lx);

	if (c == '`')
		return shvar_refuse(lx, &at, shvar_fault(c));
	if (c == '$')
		return expand(lx);
	if (c == '\\')
		double_quoted_backslash(lx);
	else
		take(lx, c);
	return 0;
}

static int
double_quoted(struct shvar *lx)
{
	int c;

	quote_open(lx, '"');
	for (;;) {
		c = shvar_peek(lx);
		if (quote_check(lx, c) == -1)
			return -1;
		if (c == '"')
			break;
		if (double_quoted_char(lx, c) == -1)
			return -1;
	}
	quote_close(lx);
	return 0;
}

static int
backslash(struct shvar *lx)
{
	struct shvar_place at;
	int c;

	shvar_advance(lx);
	at = shvar_here(lx);
	c = shvar_peek_plain(lx);
	if (c == '\0')
		return shvar_refuse(lx, &at, shvar_fault(c));
	if (c == SHVAR_END)
		put(lx, '\\');
	else
		take(lx, c);
	return 0;
}

static int
expand_braces(struct shvar *lx, const struct shvar_place *at)
{
	char name[SHVAR_NAME + 1];

	shvar_advance(lx);
	if (shvar_name(lx, name) == -1 || name[0] == '\0' ||
	    shvar_peek(lx) != '}')
		return shvar_refuse(lx, at,
		    "only the form ${NAME} of ${...} is supported");
	shvar_advance(lx);
	put_value_of(lx, name);
	return 0;
}

static int
expand_name(struct shvar *lx, const struct shvar_place *at)
{
	char name[SHVAR_NAME + 1];

	if (shvar_name(lx, name) == -1)
		return shvar_refuse(lx, at, "name too long");
	put_value_of(lx, name);
	return 0;
}

/* At a dollar sign. */
static int
expand(struct shvar *lx)
{
	struct shvar_place at = shvar_here(lx);
	int c;

	shvar_advance(lx);
	c = shvar_peek(lx);
	if (shvar_is_name_first(c))
		return expand_name(lx, &at);
	if (c == '{')
		return expand_braces(lx, &at);
	if (c == '(')
		return shvar_refuse(lx, &at,
		    "$(...) is unsupported: commands are not run");
	if (c != '\0' && c != SHVAR_END &&
	    strchr("@*#?-$!0123456789", c) != NULL)
		return shvar_refuse(lx, &at,
		    "this shell parameter is unsupported");
	if (lx->set->quotes.open == 0 && (c == '\'' || c == '"'))
		return shvar_refuse(lx, &at,
		    "$ before a quote is not portable");
	put(lx, '$');
	return 0;
}

/* The part of a value that begins with the character c, unquoted. */
static int
value_part(struct shvar *lx, int c)
{
	struct shvar_place at = shvar_here(lx);
	const char *why;

	switch (c) {
	case '\'':
		return single_quoted(lx);
	case '"':
		return double_quoted(lx);
	case '\\':
		return backslash(lx);
	case '$':
		return expand(lx);
	}
	if ((why = shvar_fault(c)) != NULL)
		return shvar_refuse(lx, &at, why);
	take(lx, c);
	return 0;
}

/* A shell replaces an unquoted ~ at the beginning and after a colon.  last is
 * the first character of the part before this one. */
static int
tilde_check(struct shvar *lx, int c, int last)
{
	struct shvar_place at = shvar_here(lx);

	if (c != '~' || last != ':')
		return 0;
	return shvar_refuse(lx, &at,
	    "unquoted ~ is unsupported; write the whole path");
}

int
shvar_value(struct shvar *lx, const struct shvar_place *at)
{
	int c, last = ':';

	lx->set->word.len = 0;
	lx->set->word.too_long = 0;
	lx->set->word.undefined[0] = '\0';
	while (!shvar_is_word_end(c = shvar_peek(lx))) {
		if (tilde_check(lx, c, last) == -1 || value_part(lx, c) == -1)
			return -1;
		last = c;
	}
	if (lx->set->word.too_long)
		return shvar_refuse(lx, at, "value too long");
	return 0;
}
