#include "config/guesttab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "config/guesttab_part.h"
#include "text/escape.h"
#include "text/findings.h"
#include "text/lines.h"
#include "text/pattern.h"

#define ROWS_FIRST	16	/* rows of the first growth */

/* A text that is being read, and its row. */
struct reader {
	struct guesttab	*tab;
	struct guesttab_row row;	/* of this line */
	struct findings	 findings;
	struct lines	 at;		/* at.word: as it is written */
	char		 text[GUESTTAB_WORD + 1];	/* without its quotes */
	size_t		 n;		/* of the text, more if it is cut */
};

void
guesttab_init(struct guesttab *tab)
{
	memset(tab, 0, sizeof(*tab));
}

void
guesttab_free(struct guesttab *tab)
{
	while (tab->n > 0)
		guesttab_row_free(&tab->row[--tab->n]);
	free(tab->row);
	memset(tab, 0, sizeof(*tab));
}

/*
 * Words.
 */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* To the beginning of the next word; false if a comment or the end of the line
 * is there. */
static bool
word_find(struct reader *r)
{
	r->n = 0;
	return lines_find(&r->at) && *r->at.word != '#';
}

static void
text_put(struct reader *r, char c)
{
	if (r->n < GUESTTAB_WORD)
		r->text[r->n] = c;
	r->n++;
}

/* What is wrong with the text of a column, or NULL; terminates the text. */
static const char *
text_fault(struct reader *r)
{
	size_t i;

	if (r->n > GUESTTAB_WORD) {
		r->text[GUESTTAB_WORD] = '\0';
		return "is too long";
	}
	r->text[r->n] = '\0';
	for (i = 0; i < r->n; i++)
		if ((unsigned char)r->text[i] < ' ' || r->text[i] == 0x7f)
			return "contains a control byte";
	return NULL;
}

/* Take a word without quotes; what is wrong with it, or NULL. */
static const char *
word_take(struct reader *r)
{
	size_t i;

	(void)lines_word(&r->at);
	for (i = 0; i < r->at.len; i++)
		text_put(r, r->at.word[i]);
	return text_fault(r);
}

static void
finding(struct reader *r, enum finding_level level, const char *at,
    const char *what)
{
	const struct findings_place place = {
		r->at.no, lines_col(&r->at, at)
	};

	findings_add(&r->findings, level, place, what);
}

/*
 * Selectors.
 */

/* Put a byte of a selector, escaped: it is not special in the pattern. */
static void
pattern_put_plain(struct reader *r, char c)
{
	text_put(r, '\\');
	text_put(r, c);
}

/*
 * Take a word in which blanks may be quoted.  Quotes are only for blanks, # and
 * a first -: what is special in a pattern still is, except for a backslash in
 * '...'.  Returns the quote that is never closed, or NULL.
 */
static const char *
selector_take(struct reader *r)
{
	const char *p = r->at.word, *end = r->at.stop, *open = NULL;

	for (; p < end && (open != NULL || !is_blank(*p)); p++) {
		if (*p == '\\' && open != NULL && *open == '\'')
			pattern_put_plain(r, *p);
		else if (*p == '\\' && p + 1 < end)
			pattern_put_plain(r, *++p);
		else if (open != NULL && *p == *open)
			open = NULL;
		else if (open == NULL && (*p == '\'' || *p == '"'))
			open = p;
		else
			text_put(r, *p);
	}
	r->at.len = (size_t)(p - r->at.word);
	return open;
}

static int
pattern_take(struct reader *r, enum guesttab_what what, const char *pattern)
{
	r->row.selector.what = what;
	r->row.selector.pattern = strdup(pattern);
	return r->row.selector.pattern == NULL ? -1 : 0;
}

/* What is wrong with a selector, or NULL. */
static const char *
selector_fault(struct reader *r)
{
	const char *why = text_fault(r);

	if (why != NULL)
		return why;
	if (*r->at.word == '-')
		return "begins with -, which must be quoted";
	if (r->text[0] == '\0')
		return "is empty";
	if (strcmp(r->text, "os:") == 0 && *r->at.word == 'o')
		return "has no pattern after os:";
	return pattern_fault(r->text);
}

static void
selector_refuse(struct reader *r, const char *at, const char *why)
{
	char shown[64], text[192];

	(void)escape_text(shown, sizeof(shown), r->at.word, r->at.len);
	(void)snprintf(text, sizeof(text), "%s %s; the row is ignored",
	    shown, why);
	finding(r, FINDING_ERROR, at, text);
}

/* 1: it is in r->row; 0: it was refused; -1: no memory. */
static int
selector_read(struct reader *r)
{
	const char *quote, *why;
	bool quoted;
	int ret = 0;

	if ((quote = selector_take(r)) != NULL) {
		selector_refuse(r, quote, "has an unclosed quote");
		return 0;
	}
	if ((why = selector_fault(r)) != NULL) {
		selector_refuse(r, r->at.word, why);
		return 0;
	}
	/* A selector that begins with a quote is always a name. */
	quoted = *r->at.word == '\'' || *r->at.word == '"';
	if (!quoted && strncmp(r->text, "os:", 3) == 0)
		ret = pattern_take(r, GUESTTAB_OS, r->text + 3);
	else if (!quoted && uuid_parse(r->text, r->row.selector.uuid) == 0)
		r->row.selector.what = GUESTTAB_UUID;
	else
		ret = pattern_take(r, GUESTTAB_NAME, r->text);
	return ret == -1 ? -1 : 1;
}

static bool
pattern_is_all(const char *pattern)
{
	return pattern[strspn(pattern, "*")] == '\0';
}

/* Whether a matches each guest that b matches. */
static bool
selector_covers(const struct guesttab_selector *a,
    const struct guesttab_selector *b)
{
	if (a->what == GUESTTAB_NAME && pattern_is_all(a->pattern))
		return true;
	if (a->what != b->what)
		return false;
	if (a->what == GUESTTAB_UUID)
		return memcmp(a->uuid, b->uuid, UUID_LEN) == 0;
	return strcmp(a->pattern, b->pattern) == 0;
}

/* Report a selector that can never match. */
static void
selector_check(struct reader *r)
{
	char text[96];
	size_t i;

	for (i = 0; i < r->tab->n; i++)
		if (selector_covers(&r->tab->row[i].selector,
		    &r->row.selector))
			break;
	if (i == r->tab->n)
		return;
	(void)snprintf(text, sizeof(text), "this row never matches: line %u "
	    "matches all its guests", r->tab->row[i].line);
	finding(r, FINDING_WARNING, r->at.word, text);
}

/*
 * Columns.
 */

static void
option_unknown(struct reader *r, const char *at, const char *name)
{
	const struct guesttab_option *o;
	char shown[64], text[256];
	size_t i;

	(void)escape_text(shown, sizeof(shown), name, strlen(name));
	(void)snprintf(text, sizeof(text), "unknown option \"%s\"; use one of",
	    shown);
	for (i = 0; (o = guesttab_option(i)) != NULL; i++) {
		(void)strlcat(text, i == 0 ? " " : ", ", sizeof(text));
		(void)strlcat(text, o->name, sizeof(text));
	}
	(void)strlcat(text, "; the option is ignored", sizeof(text));
	finding(r, FINDING_ERROR, at, text);
}

/* Take the value of an option or a column at that place in the line. */
static void
value_take(struct reader *r, const struct guesttab_option *o, const char *at,
    const char *value)
{
	struct errmsg em;
	char what[256];
	int ret = o->take(&r->row, o, value, &em);

	if (ret == 0)
		return;
	(void)snprintf(what, sizeof(what), "%s: %.200s; %s", o->name, em.text,
	    ret == -1 ? "using the inherited value" : "using the limit");
	finding(r, ret == -1 ? FINDING_ERROR : FINDING_WARNING, at, what);
}

/* Take the option at that place in the line, NAME=VALUE in text; *seen has a
 * bit for each option that the row has already. */
static void
option_take(struct reader *r, const char *at, char *text, unsigned *seen)
{
	char *value = text + strcspn(text, "="), what[256] = "";
	const struct guesttab_option *o;
	size_t i;

	if (*value == '=')
		*value++ = '\0';
	for (i = 0; (o = guesttab_option(i)) != NULL; i++)
		if (strcmp(o->name, text) == 0)
			break;
	if (o == NULL) {
		option_unknown(r, at, text);
		return;
	}
	if ((*seen & 1U << i) != 0)
		(void)snprintf(what, sizeof(what),
		    "%s is given twice; the first one applies", o->name);
	else
		value_take(r, o, at, value);
	*seen |= 1U << i;
	if (what[0] != '\0')
		finding(r, FINDING_ERROR, at, what);
}

static void
options_take(struct reader *r)
{
	char *text = r->text, *next;
	unsigned seen = 0;

	for (; text != NULL; text = next) {
		if ((next = strchr(text, ',')) != NULL)
			*next++ = '\0';
		/* Nothing is quoted here: the text is as it is written. */
		option_take(r, r->at.word + (text - r->text), text, &seen);
	}
}

static void
column_take(struct reader *r, const struct guesttab_option *o)
{
	const char *why = word_take(r);
	struct errmsg em;
	char what[256];

	if (why != NULL) {
		(void)errmsg_refuse(&em, r->text, strlen(r->text), why);
		(void)snprintf(what, sizeof(what), "%s: %.200s; using the "
		    "inherited value", o->name, em.text);
		finding(r, FINDING_ERROR, r->at.word, what);
	} else if (strcmp(r->text, "-") != 0) {
		if (o->take == NULL)
			options_take(r);
		else
			value_take(r, o, r->at.word, r->text);
	}
}

static void
columns_read(struct reader *r)
{
	const struct guesttab_option *o;
	char shown[64], text[128];
	size_t i;

	for (i = 0; (o = guesttab_column(i)) != NULL; i++) {
		if (!word_find(r))
			return;
		column_take(r, o);
	}
	if (!word_find(r))
		return;
	(void)escape_text(shown, sizeof(shown), r->at.word,
	    (size_t)(r->at.stop - r->at.word));
	(void)snprintf(text, sizeof(text), "%s is after the last column; it is "
	    "ignored", shown);
	finding(r, FINDING_ERROR, r->at.word, text);
}

/*
 * Rows.
 */

static int
row_grow(struct guesttab *tab)
{
	struct guesttab_row *row;
	size_t size;

	if (tab->n < tab->size)
		return 0;
	/* Bounded by GUESTTAB_ROWS. */
	size = tab->size == 0 ? ROWS_FIRST : tab->size * 2;
	if ((row = reallocarray(tab->row, size, sizeof(*row))) == NULL)
		return -1;
	tab->row = row;
	tab->size = size;
	return 0;
}

/* 1: go on; 0: no more rows are taken; -1: no memory. */
static int
row_read(struct reader *r)
{
	int ret;

	if (!word_find(r))
		return 1;
	if (r->tab->n == GUESTTAB_ROWS) {
		finding(r, FINDING_ERROR, r->at.word, "too many rows; this row "
		    "and all rows after it are ignored");
		return 0;
	}
	guesttab_row_init(&r->row, r->at.no);
	if ((ret = selector_read(r)) == 0)
		return 1;
	if (ret == -1 || row_grow(r->tab) == -1) {
		guesttab_row_free(&r->row);
		return -1;
	}
	selector_check(r);
	columns_read(r);
	r->tab->row[r->tab->n++] = r->row;
	return 1;
}

int
guesttab_parse(struct guesttab *tab, const struct guesttab_source *src,
    finding_fn *fn, void *arg)
{
	struct reader r = { .tab = tab };
	int ret = 1;

	findings_begin(&r.findings, src->file, fn, arg);
	lines_begin(&r.at, src->text, src->len);
	while (ret == 1 && lines_next(&r.at))
		ret = row_read(&r);
	return ret == -1 ? -1 : r.findings.errors;
}

bool
guesttab_selector_matches(const struct guesttab_selector *s,
    const struct guesttab_key *key)
{
	switch (s->what) {
	case GUESTTAB_NAME:
		return key->name != NULL &&
		    pattern_match(s->pattern, key->name);
	case GUESTTAB_OS:
		return key->os != NULL && pattern_match(s->pattern, key->os);
	case GUESTTAB_UUID:
		return memcmp(s->uuid, key->uuid, UUID_LEN) == 0;
	case GUESTTAB_ORDER:
		break;
	}
	return false;
}

const struct guesttab_row *
guesttab_match(const struct guesttab *tab, const struct guesttab_key *key)
{
	size_t i;

	for (i = 0; i < tab->n; i++)
		if (guesttab_selector_matches(&tab->row[i].selector, key))
			return &tab->row[i];
	return NULL;
}

bool
guesttab_wants_os(const struct guesttab *tab)
{
	size_t i;

	for (i = 0; i < tab->n; i++)
		if (tab->row[i].selector.what == GUESTTAB_OS)
			return true;
	return false;
}
