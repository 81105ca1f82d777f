#include "config/shvar.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/shvar_part.h"
#include "text/escape.h"

#define VARS_FIRST	32	/* variables of the first growth */

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
	struct shvar_var **var;
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
static struct shvar_var *
var_new(const struct shvar_set *set, const char *name)
{
	const struct shvar_word *word = &set->word;
	size_t n = strlen(name) + 1, unset = strlen(word->undefined) + 1;
	struct shvar_var *var;
	char *text;

	/* All lengths are bounded, far below what would wrap around. */
	if ((var = malloc(sizeof(*var) + n + word->len + 1 + unset)) == NULL)
		return NULL;
	memset(var, 0, sizeof(*var));
	text = memcpy(var->text, name, n);
	memcpy(text + n, word->text, word->len);
	text[n + word->len] = '\0';
	var->item.name = text;
	var->item.value = text + n;
	text += n + word->len + 1;
	memcpy(text, word->undefined, unset);
	if (*text != '\0')
		var->item.undefined = text;
	return var;
}

static int
blanks_skip(struct shvar *lx)
{
	int c;

	while (shvar_is_blank(c = shvar_peek(lx)))
		shvar_advance(lx);
	return c;
}

/*
 * At blanks after a =: whether the next word is the value.  It is not if it is
 * a comment or another assignment: `URIS= ON_BOOT=ignore`.
 */
static bool
value_behind_blanks(struct shvar *lx)
{
	struct shvar_place at = shvar_here(lx);
	char name[SHVAR_NAME + 1];
	int c = blanks_skip(lx);
	bool value;

	value = c != SHVAR_END && c != '\n' && c != '#' &&
	    (shvar_name(lx, name) == -1 || name[0] == '\0' ||
	    (shvar_peek(lx) != '=' && !shvar_equals_ahead(lx)));
	shvar_go(lx, &at);
	return value;
}

/* Go from the end of the name to the value; whether there were blanks. */
static bool
equals_pass(struct shvar *lx)
{
	bool spaced = shvar_is_blank(shvar_peek(lx));

	(void)blanks_skip(lx);
	shvar_advance(lx);
	if (shvar_is_blank(shvar_peek(lx)) && value_behind_blanks(lx)) {
		spaced = true;
		(void)blanks_skip(lx);
	}
	return spaced;
}

static int
assignment(struct shvar *lx, const char *name,
    const struct shvar_place *name_at)
{
	struct shvar_set *set = lx->set;
	bool spaced = equals_pass(lx);
	struct shvar_place at;
	struct shvar_var *var;

	(void)shvar_peek(lx);
	at = shvar_here(lx);
	if (shvar_value(lx, &at) == -1)
		return -1;
	if (set->n == SHVAR_VARS)
		return shvar_refuse(lx, name_at, "too many assignments");
	if (vars_grow(set) == -1 || (var = var_new(set, name)) == NULL)
		return no_memory(lx, set->em);
	var->item.line = name_at->line;
	var->item.col = name_at->col;
	var->item.value_line = at.line;
	var->item.value_col = at.col;
	var->item.spaced = spaced;
	set->var[set->n++] = var;
	/* export expands all its words before it sets the first. */
	if (set->exporting)
		set->exporting = 2;
	else
		set->seen = set->n;
	return 0;
}

/* How to correct a word that is not an assignment. */
static const char *
word_hint(const struct shvar *lx)
{
	if (lx->pos + 1 < lx->len && memcmp(lx->text + lx->pos, "+=", 2) == 0)
		return ": += is not POSIX; use =";
	if (lx->set->words > 0 && !lx->set->exporting)
		return ": quote a value that contains blanks";
	return ": commands are not run";
}

static int
word_refuse(struct shvar *lx, const struct shvar_place *at)
{
	char why[160], word[64];
	size_t n = 0;

	while (at->pos + n < lx->len &&
	    !shvar_is_blank(lx->text[at->pos + n]) &&
	    shvar_eol(lx, at->pos + n) == 0)
		n++;
	(void)escape_text(word, sizeof(word), lx->text + at->pos, n);
	(void)snprintf(why, sizeof(why), "\"%s\" is not an assignment%s", word,
	    word_hint(lx));
	return shvar_refuse(lx, at, why);
}

static int
word_read(struct shvar *lx)
{
	struct shvar_set *set = lx->set;
	struct shvar_place at = shvar_here(lx);
	char name[SHVAR_NAME + 1];
	const char *why;
	int c;

	if (shvar_name(lx, name) == -1)
		return shvar_refuse(lx, &at, "name too long");
	c = shvar_peek(lx);
	if (name[0] == '\0' && (why = shvar_fault(c)) != NULL)
		return shvar_refuse(lx, &at, why);
	if (name[0] != '\0' && (c == '=' || shvar_equals_ahead(lx)))
		return assignment(lx, name, &at);
	if (name[0] == '\0' || !shvar_is_word_end(c))
		return word_refuse(lx, &at);
	if (set->exporting)
		set->exporting = 2;
	else if (set->words == 0 && strcmp(name, "export") == 0)
		set->exporting = 1;
	else
		return word_refuse(lx, &at);
	return 0;
}

/* Go to the end of the line; only a NUL byte is refused. */
static int
comment_read(struct shvar *lx)
{
	struct shvar_place at, nul = { 0, 0, 0 };
	int c;

	while ((c = shvar_peek_plain(lx)) != SHVAR_END && c != '\n') {
		at = shvar_here(lx);
		if (c == '\0' && nul.line == 0)
			nul = at;
		shvar_advance(lx);
	}
	return nul.line == 0 ? 0 : shvar_refuse(lx, &nul, shvar_fault('\0'));
}

static int
statement_end(struct shvar *lx)
{
	struct shvar_place at = shvar_here(lx);

	if (lx->set->exporting == 1)
		return shvar_refuse(lx, &at, "export without a name");
	if (lx->pos < lx->len)
		shvar_advance(lx);
	return 0;
}

/* Go to the end of a line that may hold quotes with line ends in them. */
static void
quotes_pass(struct shvar *lx)
{
	int c, last = ' ', quote = '\0';

	while ((c = shvar_peek(lx)) != SHVAR_END &&
	    (quote != '\0' || c != '\n')) {
		if (quote == '\0' && c == '#' && shvar_is_blank(last))
			return;
		shvar_advance(lx);
		if (c == '\\' && quote != '\'' && lx->pos < lx->len)
			shvar_advance(lx);
		else if (c == quote)
			quote = '\0';
		else if (quote == '\0' && (c == '\'' || c == '"'))
			quote = c;
		last = c;
	}
}

/* Skip a line, with a warning that says why. */
static int
statement_skip(struct shvar *lx, const char *why)
{
	struct shvar_place at = shvar_here(lx);

	(void)shvar_refuse(lx, &at, why);
	lx->set->skipped = true;
	quotes_pass(lx);
	/* An unclosed quote takes only its own line. */
	if (lx->pos >= lx->len)
		shvar_go(lx, &at);
	return -1;
}

/* A line and its continuations. */
static int
statement_read(struct shvar *lx)
{
	struct shvar_set *set = lx->set;
	const char *why;
	int c, ret;

	set->seen = set->n;
	set->exporting = set->words = set->quotes.open = 0;
	set->quotes.crossed = set->skipped = false;
	(void)blanks_skip(lx);
	if ((why = shvar_skippable(lx)) != NULL)
		return statement_skip(lx, why);
	for (;;) {
		c = blanks_skip(lx);
		if (c == SHVAR_END || c == '\n')
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

	while ((c = shvar_peek_plain(lx)) != lx->set->quotes.open) {
		if (c == SHVAR_END)
			return -1;
		shvar_advance(lx);
		if (c == '\\' && lx->set->quotes.open == '"' &&
		    lx->pos < lx->len)
			shvar_advance(lx);
	}
	shvar_advance(lx);
	return 0;
}

/* Go to the end of the line in which something was refused. */
static void
line_leave(struct shvar *lx)
{
	struct shvar_place at = shvar_here(lx);
	int c, last = '\0', comment = 0;

	if (lx->set->quotes.open != 0 && !lx->set->quotes.one_line &&
	    quote_leave(lx) == -1) {
		shvar_go(lx, &at);
		lx->set->quotes.one_line = 1;
	}
	do {
		c = comment ? shvar_peek_plain(lx) : shvar_peek(lx);
		if (c == SHVAR_END)
			return;
		shvar_advance(lx);
		comment |= c == '#' && shvar_is_blank(last);
		last = c;
	} while (c != '\n');
}

/* Forget the variables after the first n. */
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
	/* Without the text: its pages stay untouched until they are used. */
	memset(lx->set, 0, offsetof(struct shvar_set, word.text));
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
	/* Some editors write a byte order mark. */
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		lx->pos = 3;
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
			return set->skipped ? SHVAR_SKIPPED : -1;
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
