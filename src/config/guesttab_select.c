#include "config/guesttab_part.h"

#include <stdlib.h>
#include <string.h>

#include "text/pattern.h"

#define ORDER_MAX	9999
#define ORDER_DIGITS	4

/* The digits at *p as a number; other if there are none. */
static int
order_number(const char **p, int other)
{
	int i, n = 0;

	for (i = 0; **p >= '0' && **p <= '9' && i < ORDER_DIGITS; i++)
		n = n * 10 + (*(*p)++ - '0');
	return i > 0 ? n : other;
}

/* N, N-M, N- or -M. */
static const char *
order_parse(struct guesttab_selector *s, const char *text)
{
	const char *p = text;

	s->what = GUESTTAB_ORDER;
	s->order[0] = s->order[1] = order_number(&p, 0);
	if (p[0] == '-' && text[1] != '\0') {
		p++;
		s->order[1] = order_number(&p, ORDER_MAX);
	}
	return p == text || *p != '\0' || s->order[0] > s->order[1] ?
	    "is not a range of orders; use order:N, order:N-M, order:N- or "
	    "order:-M, with 0 to 9999" : NULL;
}

const char *
guesttab_select_parse(struct guesttab_selector *s, const char *word)
{
	const char *why;

	memset(s, 0, sizeof(*s));
	if (strncmp(word, "meta:", 5) == 0)
		return "is unsupported; use a name pattern, a UUID, os: or "
		    "order:";
	if (strncmp(word, "order:", 6) == 0)
		return order_parse(s, word + 6);
	s->what = GUESTTAB_UUID;
	if (uuid_parse(word, s->uuid) == 0)
		return NULL;
	s->what = GUESTTAB_NAME;
	if (strncmp(word, "os:", 3) == 0) {
		s->what = GUESTTAB_OS;
		word += 3;
	}
	if (*word == '\0')
		return "has no pattern";
	if ((why = pattern_fault(word)) != NULL)
		return why;
	s->pattern = strdup(word);
	return s->pattern == NULL ? "needs more memory" : NULL;
}

void
guesttab_select_free(struct guesttab_selector *s)
{
	free(s->pattern);
	s->pattern = NULL;
}

bool
guesttab_selects(const struct guesttab_selector *s,
    const struct guesttab_key *key, const struct guesttab *tab)
{
	const struct guesttab_row *row;

	if (s->what != GUESTTAB_ORDER)
		return guesttab_selector_matches(s, key);
	row = tab != NULL ? guesttab_match(tab, key) : NULL;
	return row != NULL && row->order != GUESTTAB_INHERIT &&
	    row->order >= s->order[0] && row->order <= s->order[1];
}
