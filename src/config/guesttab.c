#include "config/guesttab.h"

#include <arpa/inet.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "text/escape.h"
#include "text/pattern.h"

#define ROWS_FIRST	16	/* rows of the first growth */
#define HOST_MAX	253	/* bytes in the name of a host */
#define ZONE_MAX	15	/* bytes in that of an interface */

#define ORDER_MAX	9999
#define DAY		86400
#define WEEK		604800

/* A text being read: a line, and in it a word at a time. */
struct reader {
	struct guesttab	*tab;
	struct guesttab_row row;	/* of this line */
	char		 file[192];	/* escaped */
	finding_fn	*fn;
	void		*arg;
	int		 errors;
	unsigned	 lineno;
	const char	*line;
	const char	*end;		/* of the line */
	const char	*word;
	size_t		 len;		/* of the word as it is written */
	char		 text[GUESTTAB_WORD + 1];	/* as it is meant */
	size_t		 n;		/* of the text, more if it is cut */
};

/* Take a column or the value of an option; 0, or -1 with the reason. */
typedef int	 take_fn(struct guesttab_row *, const char *,
		    struct errmsg *);

static take_fn	 order_take, chain_take, timeout_take;
static take_fn	 mode_take, resend_take, start_delay_take, stop_delay_take;
static take_fn	 ready_take, boot_take, snapshot_take;

/* Behind the selector; the last one is taken apart. */
static const struct {
	const char	*name;
	take_fn		*take;
} columns[] = {
	{ "ORDER",	order_take },
	{ "CHAIN",	chain_take },
	{ "TIMEOUT",	timeout_take },
	{ "OPTIONS",	NULL },
};
#define NCOLUMN	(sizeof(columns) / sizeof(columns[0]))

static const struct {
	const char	*name;
	take_fn		*take;
} options[] = {
	{ "mode",		mode_take },
	{ "resend",		resend_take },
	{ "start-delay",	start_delay_take },
	{ "stop-delay",		stop_delay_take },
	{ "ready",		ready_take },
	{ "boot",		boot_take },
	{ "snapshot",		snapshot_take },
};
#define NOPTION	(sizeof(options) / sizeof(options[0]))

void
guesttab_init(struct guesttab *tab)
{
	memset(tab, 0, sizeof(*tab));
}

static void
row_free(struct guesttab_row *row)
{
	free(row->pattern);
	free(row->host);
}

void
guesttab_free(struct guesttab *tab)
{
	while (tab->n > 0)
		row_free(&tab->row[--tab->n]);
	free(tab->row);
	memset(tab, 0, sizeof(*tab));
}

/*
 * Values.
 */

static int
refuse(struct errmsg *em, const char *value, const char *why)
{
	char shown[64];

	(void)escape_text(shown, sizeof(shown), value, strlen(value));
	return errmsg_set(em, EINVAL, "\"%s\" %s", shown, why);
}

/* The number in a text, 0 to max; GUESTTAB_INHERIT and *em when it is none. */
static int
number(const char *value, int max, struct errmsg *em)
{
	const char *errstr = "invalid";
	long long n = 0;
	char why[64];

	/* strtonum would pass over blanks and a plus sign. */
	if (*value == '-' || (*value >= '0' && *value <= '9'))
		n = strtonum(value, 0, max, &errstr);
	if (errstr == NULL)
		return (int)n;
	(void)snprintf(why, sizeof(why), "is %s (0 to %d)",
	    strcmp(errstr, "invalid") == 0 ? "no number" : errstr, max);
	(void)refuse(em, value, why);
	return GUESTTAB_INHERIT;
}

static int
order_take(struct guesttab_row *row, const char *value, struct errmsg *em)
{
	row->order = number(value, ORDER_MAX, em);
	return row->order == GUESTTAB_INHERIT ? -1 : 0;
}

static int
chain_take(struct guesttab_row *row, const char *value, struct errmsg *em)
{
	return policy_chain(value, row->chain, em);
}

static int
timeout_take(struct guesttab_row *row, const char *value, struct errmsg *em)
{
	row->timeout = number(value, WEEK, em);
	return row->timeout == GUESTTAB_INHERIT ? -1 : 0;
}

static int
mode_take(struct guesttab_row *row, const char *value, struct errmsg *em)
{
	if (policy_modes(value, '+', row->mode, em) == -1)
		return -1;
	row->has_mode = true;
	return 0;
}

static int
resend_take(struct guesttab_row *row, const char *value, struct errmsg *em)
{
	row->resend = number(value, DAY, em);
	return row->resend == GUESTTAB_INHERIT ? -1 : 0;
}

static int
start_delay_take(struct guesttab_row *row, const char *value,
    struct errmsg *em)
{
	row->start_delay = number(value, DAY, em);
	return row->start_delay == GUESTTAB_INHERIT ? -1 : 0;
}

static int
stop_delay_take(struct guesttab_row *row, const char *value,
    struct errmsg *em)
{
	row->stop_delay = number(value, DAY, em);
	return row->stop_delay == GUESTTAB_INHERIT ? -1 : 0;
}

static int
boot_take(struct guesttab_row *row, const char *value, struct errmsg *em)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return refuse(em, value, "is none of yes no");
	row->boot = *value == 'y';
	return 0;
}

static int
snapshot_take(struct guesttab_row *row, const char *value, struct errmsg *em)
{
	if (strcmp(value, "disk") != 0 && strcmp(value, "no") != 0)
		return refuse(em, value, "is none of disk no");
	row->snapshot = *value == 'd' ? POLICY_SNAPSHOT_DISK :
	    POLICY_SNAPSHOT_NO;
	return 0;
}

/* Bytes of a host's or an interface's name: one to max of them. */
static bool
name_sound(const char *name, size_t max)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	size_t len = strlen(name);

	return len > 0 && len <= max && strspn(name, good) == len;
}

/* An IPv6 address, maybe with %ZONE; cuts the text at it for a moment. */
static bool
address_sound(char *address)
{
	struct in6_addr in6;
	char *zone = strchr(address, '%');
	bool sound;

	if (zone != NULL)
		*zone = '\0';
	sound = inet_pton(AF_INET6, address, &in6) == 1 &&
	    (zone == NULL || name_sound(zone + 1, ZONE_MAX));
	if (zone != NULL)
		*zone = '%';
	return sound;
}

/* HOST:PORT or [ADDRESS]:PORT, in place; what is wrong with it, or NULL. */
static const char *
host_split(char *text, char **host, char **port)
{
	char *colon = strrchr(text, ':');
	bool sound;

	if (colon == NULL)
		return "has no :PORT";
	*colon = '\0';
	*port = colon + 1;
	*host = text;
	if (*text == '[' && colon[-1] == ']') {
		colon[-1] = '\0';
		*host = text + 1;
		sound = address_sound(*host);
		return sound ? NULL : "has no IPv6 address in its brackets";
	}
	if (*text == '[')
		return "has no :PORT behind its brackets";
	if (strchr(text, ':') != NULL)
		return "has an IPv6 address without brackets";
	return name_sound(text, HOST_MAX) ? NULL : "names no host";
}

static int
ready_tcp_take(struct guesttab_row *row, const char *value,
    struct errmsg *em)
{
	char text[GUESTTAB_WORD + 1], *host, *port;
	const char *why, *errstr;

	(void)strlcpy(text, value + strlen("tcp:"), sizeof(text));
	if ((why = host_split(text, &host, &port)) != NULL)
		return refuse(em, value, why);
	row->port = 0;
	if (*port >= '0' && *port <= '9')
		row->port = (int)strtonum(port, 1, 65535, &errstr);
	if (row->port == 0)
		return refuse(em, value, "has no port (1 to 65535)");
	if ((row->host = strdup(host)) == NULL)
		return errmsg_set(em, ENOMEM, "no memory");
	row->ready = GUESTTAB_READY_TCP;
	return 0;
}

static int
ready_take(struct guesttab_row *row, const char *value, struct errmsg *em)
{
	int delay;

	if (strncmp(value, "tcp:", 4) == 0)
		return ready_tcp_take(row, value, em);
	if (strncmp(value, "delay:", 6) == 0) {
		if ((delay = number(value + 6, DAY, em)) == GUESTTAB_INHERIT)
			return -1;
		row->delay = delay;
		row->ready = GUESTTAB_READY_DELAY;
		return 0;
	}
	if (strcmp(value, "agent") != 0)
		return refuse(em, value,
		    "is none of agent tcp:HOST:PORT delay:SECONDS");
	row->ready = GUESTTAB_READY_AGENT;
	return 0;
}

/*
 * Words.
 */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next line of a text at *p, without its end; false behind the last. */
static bool
line_next(struct reader *r, const char **p, const char *end)
{
	const char *nl;

	if (*p == end)
		return false;
	r->line = *p;
	nl = memchr(*p, '\n', (size_t)(end - *p));
	r->end = nl == NULL ? end : nl;
	*p = nl == NULL ? end : nl + 1;
	if (r->end > r->line && r->end[-1] == '\r')
		r->end--;
	r->word = r->line;
	r->len = 0;
	r->lineno++;
	return true;
}

/* To the beginning of the next word; false when a comment or the end of the
 * line is there. */
static bool
word_find(struct reader *r)
{
	const char *p = r->word + r->len;

	while (p < r->end && is_blank(*p))
		p++;
	r->word = p;
	r->len = r->n = 0;
	return p < r->end && *p != '#';
}

static void
text_put(struct reader *r, char c)
{
	if (r->n < GUESTTAB_WORD)
		r->text[r->n] = c;
	r->n++;
}

/* What no column may hold, or NULL; ends the text. */
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
			return "holds a control byte";
	return NULL;
}

/* A word without quotes; what is wrong with it, or NULL. */
static const char *
word_take(struct reader *r)
{
	while (r->word + r->len < r->end && !is_blank(r->word[r->len]))
		text_put(r, r->word[r->len++]);
	return text_fault(r);
}

static void
finding(struct reader *r, enum finding_level level, const char *at,
    const char *what)
{
	struct errmsg em;

	if (level == FINDING_ERROR)
		r->errors++;
	if (r->fn == NULL)
		return;
	(void)errmsg_set(&em, 0, "%s:%u:%zu: %s", r->file, r->lineno,
	    (size_t)(at - r->line) + 1, what);
	r->fn(r->arg, level, em.text);
}

/*
 * Selectors.
 */

/* Of a selector, which is a pattern, a byte that stands for itself. */
static void
pattern_put_plain(struct reader *r, char c)
{
	text_put(r, '\\');
	text_put(r, c);
}

/*
 * A word in which blanks may be quoted.  Quotes are only there for blanks, #
 * and a first -: what is special in a pattern still is, but for a backslash in
 * '...'.  Returns the quote that is never closed, or NULL.
 */
static const char *
selector_take(struct reader *r)
{
	const char *p = r->word, *open = NULL;

	for (; p < r->end && (open != NULL || !is_blank(*p)); p++) {
		if (*p == '\\' && open != NULL && *open == '\'')
			pattern_put_plain(r, *p);
		else if (*p == '\\' && p + 1 < r->end)
			pattern_put_plain(r, *++p);
		else if (open != NULL && *p == *open)
			open = NULL;
		else if (open == NULL && (*p == '\'' || *p == '"'))
			open = p;
		else
			text_put(r, *p);
	}
	r->len = (size_t)(p - r->word);
	return open;
}

static int
pattern_take(struct reader *r, enum guesttab_what what, const char *pattern)
{
	r->row.what = what;
	r->row.pattern = strdup(pattern);
	return r->row.pattern == NULL ? -1 : 0;
}

/* What keeps a selector from being one, or NULL. */
static const char *
selector_fault(struct reader *r)
{
	const char *why = text_fault(r);

	if (why != NULL)
		return why;
	if (*r->word == '-')
		return "begins with -, which must be quoted";
	if (r->text[0] == '\0')
		return "is empty";
	if (strcmp(r->text, "os:") == 0 && *r->word == 'o')
		return "names no system";
	return pattern_fault(r->text);
}

static void
selector_refuse(struct reader *r, const char *at, const char *why)
{
	char shown[64], text[192];

	(void)escape_text(shown, sizeof(shown), r->word, r->len);
	(void)snprintf(text, sizeof(text), "%s %s; the row is passed over",
	    shown, why);
	finding(r, FINDING_ERROR, at, text);
}

/* 1: it is in r->row; 0: it is refused; -1: no memory. */
static int
selector_read(struct reader *r)
{
	const char *quote, *why;
	int ret = 0;

	if ((quote = selector_take(r)) != NULL) {
		selector_refuse(r, quote, "has a quote that is never closed");
		return 0;
	}
	if ((why = selector_fault(r)) != NULL) {
		selector_refuse(r, r->word, why);
		return 0;
	}
	/* What begins with a quote is a name, whatever it looks like. */
	if (*r->word == '\'' || *r->word == '"')
		ret = pattern_take(r, GUESTTAB_NAME, r->text);
	else if (strncmp(r->text, "os:", 3) == 0)
		ret = pattern_take(r, GUESTTAB_OS, r->text + 3);
	else if (uuid_parse(r->text, r->row.uuid) == 0)
		r->row.what = GUESTTAB_UUID;
	else
		ret = pattern_take(r, GUESTTAB_NAME, r->text);
	return ret == -1 ? -1 : 1;
}

static bool
pattern_is_all(const char *pattern)
{
	return pattern[strspn(pattern, "*")] == '\0';
}

/* Whether no guest can get from row a to row b. */
static bool
row_covers(const struct guesttab_row *a, const struct guesttab_row *b)
{
	if (a->what == GUESTTAB_NAME && pattern_is_all(a->pattern))
		return true;
	if (a->what != b->what)
		return false;
	if (a->what == GUESTTAB_UUID)
		return memcmp(a->uuid, b->uuid, UUID_LEN) == 0;
	return strcmp(a->pattern, b->pattern) == 0;
}

/* Tell a selector that never gets its turn. */
static void
selector_check(struct reader *r)
{
	char text[96];
	size_t i;

	for (i = 0; i < r->tab->n; i++)
		if (row_covers(&r->tab->row[i], &r->row))
			break;
	if (i == r->tab->n)
		return;
	(void)snprintf(text, sizeof(text), "this row never matches: line %u "
	    "takes all of its guests", r->tab->row[i].line);
	finding(r, FINDING_WARNING, r->word, text);
}

/*
 * Columns.
 */

static void
option_unknown(struct reader *r, const char *at, const char *name)
{
	char shown[64], text[256];
	size_t i;

	(void)escape_text(shown, sizeof(shown), name, strlen(name));
	(void)snprintf(text, sizeof(text), "unknown option \"%s\" (there are",
	    shown);
	for (i = 0; i < NOPTION; i++) {
		(void)strlcat(text, " ", sizeof(text));
		(void)strlcat(text, options[i].name, sizeof(text));
	}
	(void)strlcat(text, "); it is passed over", sizeof(text));
	finding(r, FINDING_ERROR, at, text);
}

/* The option at that place in the line, NAME=VALUE in text; *seen are those
 * that the row has already. */
static void
option_take(struct reader *r, const char *at, char *text, unsigned *seen)
{
	char *value = text + strcspn(text, "=");
	struct errmsg em;
	char what[256];
	size_t i;

	if (*value == '=')
		*value++ = '\0';
	for (i = 0; i < NOPTION && strcmp(options[i].name, text) != 0; i++)
		continue;
	if (i == NOPTION) {
		option_unknown(r, at, text);
		return;
	}
	if ((*seen & 1U << i) != 0)
		(void)snprintf(what, sizeof(what),
		    "%s stands there twice; the first holds",
		    options[i].name);
	else if (options[i].take(&r->row, value, &em) == -1)
		(void)snprintf(what, sizeof(what), "%s: %.200s; it is "
		    "inherited", options[i].name, em.text);
	else
		what[0] = '\0';
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
		option_take(r, r->word + (text - r->text), text, &seen);
	}
}

static void
column_take(struct reader *r, size_t i)
{
	const char *why = word_take(r);
	struct errmsg em;
	char what[256];

	if (why != NULL)
		(void)refuse(&em, r->text, why);
	else if (strcmp(r->text, "-") == 0)
		return;
	else if (columns[i].take == NULL)
		options_take(r);
	else if (columns[i].take(&r->row, r->text, &em) == -1)
		why = em.text;
	if (why == NULL)
		return;
	(void)snprintf(what, sizeof(what), "%s: %.200s; it is inherited",
	    columns[i].name, em.text);
	finding(r, FINDING_ERROR, r->word, what);
}

static void
columns_read(struct reader *r)
{
	char shown[64], text[128];
	size_t i;

	for (i = 0; i < NCOLUMN; i++) {
		if (!word_find(r))
			return;
		column_take(r, i);
	}
	if (!word_find(r))
		return;
	(void)escape_text(shown, sizeof(shown), r->word,
	    (size_t)(r->end - r->word));
	(void)snprintf(text, sizeof(text), "%s is behind the last column; it "
	    "is passed over", shown);
	finding(r, FINDING_ERROR, r->word, text);
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

/* Of a row that has nothing but a selector. */
static const struct guesttab_row row_inherits = {
	.order = GUESTTAB_INHERIT, .timeout = GUESTTAB_INHERIT,
	.resend = GUESTTAB_INHERIT, .start_delay = GUESTTAB_INHERIT,
	.stop_delay = GUESTTAB_INHERIT, .boot = GUESTTAB_INHERIT,
	.snapshot = GUESTTAB_INHERIT
};

/* 1: go on; 0: no more rows are taken; -1: no memory. */
static int
row_read(struct reader *r)
{
	int ret;

	if (!word_find(r))
		return 1;
	if (r->tab->n == GUESTTAB_ROWS) {
		finding(r, FINDING_ERROR, r->word, "too many rows; this one "
		    "and all behind it are passed over");
		return 0;
	}
	r->row = row_inherits;
	r->row.line = r->lineno;
	if ((ret = selector_read(r)) == 0)
		return 1;
	if (ret == -1 || row_grow(r->tab) == -1) {
		row_free(&r->row);
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
	struct reader r = { .tab = tab, .fn = fn, .arg = arg };
	const char *p = src->text, *end;
	int ret = 1;

	if (src->len == 0)
		return 0;
	end = src->text + src->len;
	(void)escape_text(r.file, sizeof(r.file), src->file,
	    strlen(src->file));
	while (ret == 1 && line_next(&r, &p, end))
		ret = row_read(&r);
	return ret == -1 ? -1 : r.errors;
}

static bool
row_matches(const struct guesttab_row *row, const struct guesttab_key *key)
{
	switch (row->what) {
	case GUESTTAB_NAME:
		return pattern_match(row->pattern, key->name);
	case GUESTTAB_OS:
		return key->os != NULL && pattern_match(row->pattern, key->os);
	case GUESTTAB_UUID:
		return memcmp(row->uuid, key->uuid, UUID_LEN) == 0;
	}
	return false;
}

const struct guesttab_row *
guesttab_match(const struct guesttab *tab, const struct guesttab_key *key)
{
	size_t i;

	for (i = 0; i < tab->n; i++)
		if (row_matches(&tab->row[i], key))
			return &tab->row[i];
	return NULL;
}

bool
guesttab_wants_os(const struct guesttab *tab)
{
	size_t i;

	for (i = 0; i < tab->n; i++)
		if (tab->row[i].what == GUESTTAB_OS)
			return true;
	return false;
}
