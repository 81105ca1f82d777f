#include "run/selection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/guesttab.h"
#include "run/inventory.h"
#include "sys/list.h"
#include "sys/log.h"

int
selection_parse(struct selection *s, char **words, struct errmsg *em)
{
	const char *why;
	size_t n;

	memset(s, 0, sizeof(*s));
	s->word = words;
	for (n = 0; words[n] != NULL; n++)
		continue;
	s->selector = calloc(n + 1, sizeof(*s->selector));
	s->matched = calloc(n + 1, sizeof(*s->matched));
	if (s->selector == NULL || s->matched == NULL)
		return errmsg_set(em, ENOMEM, "no memory");
	for (; s->n < n; s->n++) {
		why = guesttab_select_parse(&s->selector[s->n], words[s->n]);
		if (why != NULL)
			return errmsg_refuse(em, words[s->n],
			    strlen(words[s->n]), why);
	}
	return 0;
}

void
selection_free(struct selection *s)
{
	while (s->n > 0)
		guesttab_select_free(&s->selector[--s->n]);
	free(s->selector);
	free(s->matched);
	memset(s, 0, sizeof(*s));
}

bool
selection_wants_os(const struct run *r)
{
	const struct selection *s = r->options->selection;
	bool wants = false;
	size_t i;

	for (i = 0; s != NULL && i < s->n; i++)
		wants = wants || s->selector[i].what == GUESTTAB_OS ||
		    (s->selector[i].what == GUESTTAB_ORDER &&
		    guesttab_wants_os(&r->tab));
	return wants;
}

/* Each selector is tried, so that matched is complete. */
static bool
key_selected(const struct run *r, const struct guesttab_key *key,
    const struct guesttab *tab)
{
	const struct selection *s = r->options->selection;
	bool some = s == NULL;
	size_t i;

	for (i = 0; s != NULL && i < s->n; i++)
		if (guesttab_selects(&s->selector[i], key, tab))
			s->matched[i] = some = true;
	return some;
}

bool
selection_guest(const struct run *r, const struct guest *g)
{
	const struct guesttab_key key = { .name = g->name, .uuid = g->uuid,
	    .os = g->os };

	return key_selected(r, &key, &r->tab);
}

bool
selection_entry(const struct run *r, const struct list_entry *e)
{
	const struct guesttab_key key = { .name = e->name, .uuid = e->uuid };

	return key_selected(r, &key, NULL);
}

bool
selection_listed(const struct inventory *v, const struct list_entry *e)
{
	size_t uri = run_uri_index(v->run, e->uri);

	return selection_entry(v->run, e) || (uri < v->run->conf.nuris &&
	    guests_find(&v->guests, uri, e->uuid) != NULL);
}

bool
selection_unmatched(const struct run *r, const char *why)
{
	const struct selection *s = r->options->selection;
	char label[RUN_LABEL];
	bool some = false;
	size_t i;

	for (i = 0; s != NULL && i < s->n; i++) {
		if (s->matched[i])
			continue;
		log_error("%s: %s", run_uri_label(s->word[i], label), why);
		some = true;
	}
	return some;
}
