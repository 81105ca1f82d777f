#include "config/shvar.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/escape.h"

#define END		(-1)	/* peeked at behind the last byte */
#define VARS_FIRST	32	/* variables of the first growth */

struct place {
	size_t		 pos;
	unsigned	 line;
	unsigned	 col;
};

struct var {
	struct shvar_item item;
	int		 referred;	/* some value has used it */
	char		 text[];	/* name and value, each with its NUL */
};

struct shvar_set {
	char		 file[192];	/* escaped */
	struct errmsg	*em;		/* of the call that runs */
	struct var	**var;		/* in order, n of them */
	size_t		 n;
	size_t		 size;
	size_t		 taken;		/* handed out so far */
	size_t		 seen;		/* those that $NAME can see */
	int		 exporting;	/* 1: `export`, 2: and a name */
	int		 words;		/* read so far on this line */
	int		 quote;		/* the open one, or 0 */
	struct place	 quote_at;
	int		 crossed;	/* a quote went over a line end */
	struct place	 crossed_at;	/* the first that did */
	int		 one_line;	/* no quote may, any more */
	int		 dead;		/* no memory: nothing more is read */
	int		 too_long;
	size_t		 len;
	char		 word[SHVAR_VALUE];	/* the value being read */
};

/* What a value cannot hold unquoted. */
static const struct {
	int		 c;
	const char	*why;
} faults[] = {
	{ '\0',	"NUL byte" },
	{ '`',	"`...` would run a command; nothing is run here" },
	{ ';',	"unquoted ; is for a shell" },
	{ '&',	"unquoted & is for a shell" },
	{ '|',	"unquoted | is for a shell" },
	{ '<',	"unquoted < is for a shell" },
	{ '>',	"unquoted > is for a shell" },
	{ '(',	"unquoted ( is for a shell" },
	{ ')',	"unquoted ) is for a shell" },
};

static int	 expand(struct shvar *);

static const char *
fault_of(int c)
{
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i].c == c)
			return faults[i].why;
	return NULL;
}

static struct place
here(const struct shvar *lx)
{
	struct place at = { lx->pos, lx->line, lx->col };

	return at;
}

static void
go_to(struct shvar *lx, const struct place *at)
{
	lx->pos = at->pos;
	lx->line = at->line;
	lx->col = at->col;
}

static int
refuse(struct shvar *lx, const struct place *at, const char *why)
{
	return errmsg_set(lx->set->em, EINVAL, "%s:%u:%u: %s", lx->set->file,
	    at->line, at->col, why);
}

/* The length of the line end at pos, or 0. */
static size_t
eol_len(const struct shvar *lx, size_t pos)
{
	if (pos >= lx->len)
		return 0;
	if (lx->text[pos] == '\n')
		return 1;
	if (lx->text[pos] != '\r')
		return 0;
	if (pos + 1 == lx->len)
		return 1;
	return lx->text[pos + 1] == '\n' ? 2 : 0;
}

/* The next character, '\n' for any line end, or END. */
static int
peek_plain(const struct shvar *lx)
{
	if (lx->pos >= lx->len)
		return END;
	if (eol_len(lx, lx->pos) > 0)
		return '\n';
	return (unsigned char)lx->text[lx->pos];
}

/* The same, behind a line continuation. */
static int
peek(struct shvar *lx)
{
	size_t n;

	while (lx->pos < lx->len && lx->text[lx->pos] == '\\' &&
	    (n = eol_len(lx, lx->pos + 1)) > 0) {
		lx->pos += 1 + n;
		lx->line++;
		lx->col = 1;
	}
	return peek_plain(lx);
}

static void
advance(struct shvar *lx)
{
	size_t n = eol_len(lx, lx->pos);

	if (n > 0) {
		lx->pos += n;
		lx->line++;
		lx->col = 1;
	} else {
		lx->pos++;
		lx->col++;
	}
}

static int
is_blank(int c)
{
	return c == ' ' || c == '\t';
}

static int
is_word_end(int c)
{
	return c == END || c == '\n' || is_blank(c);
}

static int
is_name_first(int c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static int
is_name(int c)
{
	return is_name_first(c) || (c >= '0' && c <= '9');
}

static void
put(struct shvar *lx, int c)
{
	if (lx->set->len < sizeof(lx->set->word))
		lx->set->word[lx->set->len++] = (char)c;
	else
		lx->set->too_long = 1;
}

static void
take(struct shvar *lx, int c)
{
	put(lx, c);
	advance(lx);
}

/* A name, "" when there is none; -1 when it is too long. */
static int
name_read(struct shvar *lx, char name[SHVAR_NAME + 1])
{
	size_t n = 0;
	int c = peek(lx);

	if (is_name_first(c))
		for (; is_name(c) && n < SHVAR_NAME; c = peek(lx)) {
			name[n++] = (char)c;
			advance(lx);
		}
	name[n] = '\0';
	return n == SHVAR_NAME && is_name(c) ? -1 : 0;
}

static struct var *
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
	struct var *var = var_find(lx->set, name);
	const char *p;

	if (var == NULL)
		return;
	var->referred = 1;
	for (p = var->item.value; *p != '\0'; p++)
		put(lx, (unsigned char)*p);
}

static void
quote_open(struct shvar *lx, int quote)
{
	lx->set->quote = quote;
	lx->set->quote_at = here(lx);
	advance(lx);
}

static void
quote_close(struct shvar *lx)
{
	lx->set->quote = 0;
	advance(lx);
}

/*
 * The text ends inside a quote.  The first quote of the statement that went
 * over a line end is the one that was forgotten, most likely; from the line
 * behind it on every line is taken for itself.
 */
static int
quote_never_closed(struct shvar *lx)
{
	struct shvar_set *set = lx->set;
	struct place at = set->crossed ? set->crossed_at : set->quote_at;

	set->quote = 0;
	set->one_line = 1;
	go_to(lx, &at);
	return refuse(lx, &at, "this quote is never closed");
}

/* Whether the open quote may be where it has come to. */
static int
quote_check(struct shvar *lx, int c)
{
	struct shvar_set *set = lx->set;
	struct place at = here(lx);

	if (c == END)
		return quote_never_closed(lx);
	if (c == '\0')
		return refuse(lx, &at, fault_of(c));
	if (lx->line == set->quote_at.line)
		return 0;
	if (!set->crossed) {
		set->crossed = 1;
		set->crossed_at = set->quote_at;
	}
	return set->one_line ? quote_never_closed(lx) : 0;
}

static int
single_quoted(struct shvar *lx)
{
	int c;

	quote_open(lx, '\'');
	for (;;) {
		c = peek_plain(lx);
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

	advance(lx);
	c = peek_plain(lx);
	if (c == '$' || c == '`' || c == '"' || c == '\\')
		take(lx, c);
	else
		put(lx, '\\');
}

static int
double_quoted_char(struct shvar *lx, int c)
{
	struct place at = here(lx);

	if (c == '`')
		return refuse(lx, &at, fault_of(c));
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
		c = peek(lx);
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
	struct place at;
	int c;

	advance(lx);
	at = here(lx);
	c = peek_plain(lx);
	if (c == '\0')
		return refuse(lx, &at, fault_of(c));
	if (c == END)
		put(lx, '\\');
	else
		take(lx, c);
	return 0;
}

static int
expand_braces(struct shvar *lx, const struct place *at)
{
	char name[SHVAR_NAME + 1];

	advance(lx);
	if (name_read(lx, name) == -1 || name[0] == '\0' || peek(lx) != '}')
		return refuse(lx, at,
		    "of ${...} only ${NAME} is known, with a plain name");
	advance(lx);
	put_value_of(lx, name);
	return 0;
}

static int
expand_name(struct shvar *lx, const struct place *at)
{
	char name[SHVAR_NAME + 1];

	if (name_read(lx, name) == -1)
		return refuse(lx, at, "name too long");
	put_value_of(lx, name);
	return 0;
}

/* At a dollar sign. */
static int
expand(struct shvar *lx)
{
	struct place at = here(lx);
	int c;

	advance(lx);
	c = peek(lx);
	if (is_name_first(c))
		return expand_name(lx, &at);
	if (c == '{')
		return expand_braces(lx, &at);
	if (c == '(')
		return refuse(lx, &at,
		    "$(...) would run a command; nothing is run here");
	if (c != '\0' && c != END && strchr("@*#?-$!0123456789", c) != NULL)
		return refuse(lx, &at, "only a shell knows this parameter");
	if (lx->set->quote == 0 && (c == '\'' || c == '"'))
		return refuse(lx, &at, "$ before a quote differs among shells");
	put(lx, '$');
	return 0;
}

/* The part of a value that begins with the character c, unquoted. */
static int
value_part(struct shvar *lx, int c)
{
	struct place at = here(lx);
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
	if ((why = fault_of(c)) != NULL)
		return refuse(lx, &at, why);
	take(lx, c);
	return 0;
}

static int
value_read(struct shvar *lx, const struct place *at)
{
	int c;

	lx->set->len = 0;
	lx->set->too_long = 0;
	while (!is_word_end(c = peek(lx)))
		if (value_part(lx, c) == -1)
			return -1;
	if (lx->set->too_long)
		return refuse(lx, at, "value too long");
	return 0;
}

static int
no_memory(struct shvar *lx, struct errmsg *em)
{
	if (lx->set != NULL)
		lx->set->dead = 1;
	lx->pos = lx->len;
	return errmsg_set(em, ENOMEM, "no memory to read the configuration");
}

static int
vars_grow(struct shvar_set *set)
{
	struct var **var;
	size_t size;

	if (set->n < set->size)
		return 0;
	size = set->size == 0 ? VARS_FIRST : set->size * 2;
	if ((var = reallocarray(set->var, size, sizeof(*var))) == NULL)
		return -1;
	set->var = var;
	set->size = size;
	return 0;
}

/* A variable of that name with the value that was read. */
static struct var *
var_new(const struct shvar_set *set, const char *name)
{
	size_t n = strlen(name) + 1;
	struct var *var;

	/* Both lengths are bounded, far below what would wrap around. */
	if ((var = malloc(sizeof(*var) + n + set->len + 1)) == NULL)
		return NULL;
	memcpy(var->text, name, n);
	memcpy(var->text + n, set->word, set->len);
	var->text[n + set->len] = '\0';
	var->referred = 0;
	var->item.name = var->text;
	var->item.value = var->text + n;
	return var;
}

static int
assignment(struct shvar *lx, const char *name, const struct place *name_at)
{
	struct shvar_set *set = lx->set;
	struct place at;
	struct var *var;

	advance(lx);
	(void)peek(lx);
	at = here(lx);
	if (value_read(lx, &at) == -1)
		return -1;
	if (set->n == SHVAR_VARS)
		return refuse(lx, name_at, "too many assignments");
	if (vars_grow(set) == -1 || (var = var_new(set, name)) == NULL)
		return no_memory(lx, set->em);
	var->item.line = name_at->line;
	var->item.col = name_at->col;
	var->item.value_line = at.line;
	var->item.value_col = at.col;
	set->var[set->n++] = var;
	/* export expands all its words before it sets the first. */
	if (set->exporting)
		set->exporting = 2;
	else
		set->seen = set->n;
	return 0;
}

/* Whether the lexer, behind a name, stands before blanks and then a =. */
static int
equals_behind_blank(const struct shvar *lx)
{
	size_t p = lx->pos;

	while (p < lx->len && is_blank(lx->text[p]))
		p++;
	return p > lx->pos && p < lx->len && lx->text[p] == '=';
}

/* What the writer of a word that is no assignment may have had in mind. */
static const char *
word_hint(const struct shvar *lx)
{
	if (equals_behind_blank(lx))
		return ": no blank may stand before =";
	if (lx->pos + 1 < lx->len && memcmp(lx->text + lx->pos, "+=", 2) == 0)
		return ": += is no POSIX";
	if (lx->set->words > 0 && !lx->set->exporting)
		return ": a value that holds blanks must be quoted";
	return "; nothing is run here";
}

static int
word_refuse(struct shvar *lx, const struct place *at)
{
	char why[160], word[64];
	size_t n = 0;

	while (at->pos + n < lx->len && !is_blank(lx->text[at->pos + n]) &&
	    eol_len(lx, at->pos + n) == 0)
		n++;
	(void)escape_text(word, sizeof(word), lx->text + at->pos, n);
	(void)snprintf(why, sizeof(why), "\"%s\" is no assignment%s", word,
	    word_hint(lx));
	return refuse(lx, at, why);
}

static int
word_read(struct shvar *lx)
{
	struct shvar_set *set = lx->set;
	struct place at = here(lx);
	char name[SHVAR_NAME + 1];
	const char *why;
	int c;

	if (name_read(lx, name) == -1)
		return refuse(lx, &at, "name too long");
	c = peek(lx);
	if (name[0] == '\0' && (why = fault_of(c)) != NULL)
		return refuse(lx, &at, why);
	if (name[0] != '\0' && c == '=')
		return assignment(lx, name, &at);
	if (name[0] == '\0' || !is_word_end(c))
		return word_refuse(lx, &at);
	if (set->exporting)
		set->exporting = 2;
	else if (set->words == 0 && strcmp(name, "export") == 0)
		set->exporting = 1;
	else
		return word_refuse(lx, &at);
	return 0;
}

/* To the end of the line, over whatever is there. */
static int
comment_read(struct shvar *lx)
{
	struct place at, nul = { 0, 0, 0 };
	int c;

	while ((c = peek_plain(lx)) != END && c != '\n') {
		at = here(lx);
		if (c == '\0' && nul.line == 0)
			nul = at;
		advance(lx);
	}
	return nul.line == 0 ? 0 : refuse(lx, &nul, fault_of('\0'));
}

static int
statement_end(struct shvar *lx)
{
	struct place at = here(lx);

	if (lx->set->exporting == 1)
		return refuse(lx, &at, "export of what?");
	if (lx->pos < lx->len)
		advance(lx);
	return 0;
}

/* A line, with those that continue it. */
static int
statement_read(struct shvar *lx)
{
	struct shvar_set *set = lx->set;
	int c, ret;

	set->seen = set->n;
	set->exporting = set->words = set->quote = set->crossed = 0;
	for (;;) {
		while (is_blank(c = peek(lx)))
			advance(lx);
		if (c == END || c == '\n')
			return statement_end(lx);
		ret = c == '#' ? comment_read(lx) : word_read(lx);
		if (ret == -1)
			return -1;
		set->words++;
	}
}

/* Leave the quote in which a line was refused; -1 when it has no end. */
static int
quote_leave(struct shvar *lx)
{
	int c;

	while ((c = peek_plain(lx)) != lx->set->quote) {
		if (c == END)
			return -1;
		advance(lx);
		if (c == '\\' && lx->set->quote == '"' && lx->pos < lx->len)
			advance(lx);
	}
	advance(lx);
	return 0;
}

/* Behind the line in which something was refused. */
static void
line_leave(struct shvar *lx)
{
	struct place at = here(lx);
	int c, last = '\0', comment = 0;

	if (lx->set->quote != 0 && !lx->set->one_line &&
	    quote_leave(lx) == -1) {
		go_to(lx, &at);
		lx->set->one_line = 1;
	}
	do {
		c = comment ? peek_plain(lx) : peek(lx);
		if (c == END)
			return;
		advance(lx);
		comment |= c == '#' && is_blank(last);
		last = c;
	} while (c != '\n');
}

/* Forget the variables behind the first n. */
static void
vars_drop(struct shvar_set *set, size_t n)
{
	while (set->n > n)
		free(set->var[--set->n]);
}

static int
set_new(struct shvar *lx)
{
	if ((lx->set = malloc(sizeof(*lx->set))) == NULL)
		return -1;
	/* All but the buffer, whose pages stay untouched until they serve. */
	memset(lx->set, 0, offsetof(struct shvar_set, word));
	(void)escape_text(lx->set->file, sizeof(lx->set->file), lx->file,
	    strlen(lx->file));
	return 0;
}

void
shvar_init(struct shvar *lx, const char *file, const char *text, size_t len)
{
	memset(lx, 0, sizeof(*lx));
	lx->file = file;
	lx->text = text;
	lx->len = len;
	lx->line = 1;
	lx->col = 1;
}

void
shvar_free(struct shvar *lx)
{
	if (lx->set != NULL) {
		vars_drop(lx->set, 0);
		free(lx->set->var);
		free(lx->set);
	}
	memset(lx, 0, sizeof(*lx));
}

int
shvar_next(struct shvar *lx, struct shvar_item *item, struct errmsg *em)
{
	struct shvar_set *set;

	if (lx->set == NULL && lx->pos < lx->len && set_new(lx) == -1)
		return no_memory(lx, em);
	if ((set = lx->set) == NULL)
		return 0;
	set->em = em;
	while (set->taken == set->n) {
		if (set->dead || lx->pos >= lx->len)
			return 0;
		if (statement_read(lx) == -1) {
			/* A shell would not set the others of the line. */
			vars_drop(set, set->taken);
			if (!set->dead)
				line_leave(lx);
			return -1;
		}
	}
	*item = set->var[set->taken++]->item;
	return 1;
}

int
shvar_refers(const struct shvar *lx, const char *name)
{
	size_t i;

	if (lx->set == NULL)
		return 0;
	for (i = 0; i < lx->set->n; i++)
		if (lx->set->var[i]->referred &&
		    strcmp(lx->set->var[i]->item.name, name) == 0)
			return 1;
	return 0;
}
