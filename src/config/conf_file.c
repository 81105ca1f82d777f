#include "config/conf_part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/family.h"
#include "config/shvar.h"
#include "text/findings.h"

/* A text that is read into a struct conf. */
struct reading {
	struct conf	*conf;
	const struct conf_source *src;
	const struct shvar *whole;	/* all of it, for references */
	const struct family_alias *alias;	/* the first one, or NULL */
	unsigned	 alias_line;
	unsigned	 line[CONF_KEYS];	/* of each key in our spelling,
						   or 0 */
	bool		 mixture_reported;
	struct findings	 findings;
};

/* A warning about an assignment. */
static void	 item_warn(struct reading *, const struct shvar_item *,
		    const char *, ...)
		    __attribute__((__format__(__printf__, 3, 4)));

static void
item_warn(struct reading *r, const struct shvar_item *item, const char *fmt,
    ...)
{
	const struct findings_place at = { item->line, item->col };
	char text[ERRMSG_SIZE];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	findings_add(&r->findings, FINDING_WARNING, at, text);
}

static void
item_unknown(struct reading *r, const struct shvar_item *item)
{
	char text[CONF_UNKNOWN];

	if (shvar_refers(r->whole, item->name) ||
	    family_ignores(r->src->file, item->name))
		return;
	conf_key_unknown(item->name, strlen(item->name), text);
	item_warn(r, item, "%s", text);
}

static void
setting_take(struct reading *r, const struct conf_setting *s,
    const struct shvar_item *item)
{
	const struct findings_place at = { item->value_line, item->value_col };
	struct errmsg why, em;
	int ret = conf_value_take(r->conf, s, &why);

	if (ret != -1)
		conf_origin_note(r->conf, s, (int)item->line);
	if (ret == CONF_LIMITED) {
		(void)errmsg_set(&em, 0, "%.250s; using the limit",
		    why.text);
		findings_add(&r->findings, FINDING_WARNING, at, em.text);
	}
	if (ret != -1)
		return;
	/* Cut, so that a long file name leaves room for what is used. */
	(void)errmsg_set(&em, 0, "%.250s; using %s", why.text,
	    conf_value_used(r->conf, s));
	findings_add(&r->findings, FINDING_ERROR, at, em.text);
}

/*
 * Report a key in our spelling in a file of another family; once, and only if
 * the family has its own name for the key.
 */
static void
mixture_report(struct reading *r, const struct conf_key *key,
    const struct shvar_item *item)
{
	const char *family;

	if (r->alias == NULL || r->mixture_reported ||
	    family_alias_of(r->conf->family, key->name) == NULL)
		return;
	r->mixture_reported = true;
	family = r->alias->family;
	item_warn(r, item, "%s is set beside %s (line %u), a key of %s: both "
	    "apply, and keys that are not set have the defaults of %s",
	    item->name, r->alias->name, r->alias_line, family, family);
}

/* Take a key in a family's spelling. */
static void
alias_take(struct reading *r, const struct family_alias *alias,
    const struct shvar_item *item)
{
	struct conf_setting s = { .alias = alias, .value = item->value };
	unsigned line;

	s.key = conf_key_find(alias->key, strlen(alias->key));
	line = r->line[s.key - conf_key(0)];
	if (strcmp(alias->family, r->alias->family) != 0)
		item_warn(r, item, "%s, a key of %s, is ignored: the file "
		    "already has %s (line %u), a key of %s", alias->name,
		    alias->family, r->alias->name, r->alias_line,
		    r->alias->family);
	else if (line != 0)
		item_warn(r, item, "%s, the name of %s in %s, is ignored: "
		    "line %u sets %s", alias->name, alias->key, alias->family,
		    line, alias->key);
	else
		setting_take(r, &s, item);
}

/* libvirt's own variable: virsh sees it if the script sets it. */
static void
default_uri_take(struct conf *c, const char *value)
{
	char *uri = *value == '\0' ? NULL : strdup(value);

	free(c->default_uri);
	c->default_uri = uri;
}

static void
item_take(struct reading *r, const struct shvar_item *item)
{
	struct conf_setting s = { .value = item->value };
	const struct family_alias *alias;

	if (item->spaced)
		item_warn(r, item, "%s: blanks around = are ignored; a shell "
		    "does not accept them; write NAME=VALUE", item->name);
	if (item->undefined != NULL)
		item_warn(r, item, "%s: $%s is not set above; it is empty",
		    item->name, item->undefined);
	if (strcmp(item->name, "LIBVIRT_DEFAULT_URI") == 0) {
		default_uri_take(r->conf, item->value);
	} else if ((s.key = conf_key_find(item->name,
	    strlen(item->name))) != NULL) {
		mixture_report(r, s.key, item);
		setting_take(r, &s, item);
	} else if ((alias = conf_alias_find(item->name)) != NULL) {
		alias_take(r, alias, item);
	} else {
		item_unknown(r, item);
	}
}

/* Read all of it: the references, and the families of its keys. */
static void
whole_read(struct reading *r, struct shvar *lx)
{
	const struct conf_key *key;
	struct shvar_item item;
	int ret;

	while ((ret = shvar_next(lx, &item, NULL)) != 0) {
		if (ret != 1)
			continue;
		key = conf_key_find(item.name, strlen(item.name));
		if (key != NULL)
			r->line[key - conf_key(0)] = item.line;
		else if (r->alias == NULL &&
		    (r->alias = conf_alias_find(item.name)) != NULL)
			r->alias_line = item.line;
	}
}

/* Change to another family: fill in its defaults. */
static void
family_change(struct reading *r, const struct conf_family *family)
{
	const struct findings_place at = { r->alias_line, 1 };
	const struct conf_family *old = r->conf->family;
	const struct conf_key *key;
	struct errmsg em;
	size_t i;

	r->conf->family = family;
	r->conf->shutdown_total = family->shutdown_total;
	for (i = 0; (key = conf_key(i)) != NULL; i++) {
		if (strcmp(conf_key_default(old, key),
		    conf_key_default(family, key)) == 0 ||
		    conf_value_default(r->conf, key) == 0)
			continue;
		(void)errmsg_set(&em, 0, "no memory for the default of %s",
		    key->name);
		findings_add(&r->findings, FINDING_ERROR, at, em.text);
	}
}

/* A key that is not set yet has its default, as in the script. */
static const char *
key_default(void *arg, const char *name)
{
	const struct conf *c = arg;
	const struct family_alias *alias = conf_alias_find(name);
	const struct conf_key *key;
	const char *value;

	if (alias != NULL)
		name = alias->key;
	if ((key = conf_key_find(name, strlen(name))) == NULL)
		return NULL;
	value = conf_key_default(c->family, key);
	return alias == NULL ? value : family_theirs(alias, value);
}

/* The second reading, which uses the results of the first. */
static void
items_take(struct reading *r)
{
	const struct conf_source *src = r->src;
	struct shvar_item item;
	struct errmsg em;
	struct shvar lx;
	int ret;

	shvar_init(&lx, src->file, src->text, src->len);
	lx.unset = key_default;
	lx.unset_arg = r->conf;
	while ((ret = shvar_next(&lx, &item, &em)) != 0) {
		if (ret != 1)
			findings_text(&r->findings, ret == -1 ?
			    FINDING_ERROR : FINDING_WARNING, em.text);
		else
			item_take(r, &item);
	}
	shvar_free(&lx);
}

int
conf_parse(struct conf *c, const struct conf_source *src, finding_fn *fn,
    void *arg)
{
	struct reading r = { .conf = c, .src = src };
	struct shvar whole;

	if (src->family != NULL) {
		c->family = src->family;
		c->shutdown_total = src->family->shutdown_total;
	}
	findings_begin(&r.findings, src->file, fn, arg);
	shvar_init(&whole, src->file, src->text, src->len);
	whole_read(&r, &whole);
	r.whole = &whole;
	if (r.alias != NULL)
		family_change(&r, family_find(r.alias->family));
	items_take(&r);
	shvar_free(&whole);
	return r.findings.errors;
}
