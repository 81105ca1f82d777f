#include "config/conf.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "compat.h"
#include "config/family.h"
#include "config/shvar.h"
#include "config/uris.h"
#include "text/escape.h"
#include "text/suggest.h"

#define PATH_BYTES	1024	/* in the name of a file or directory */

#define DAY		86400
#define WEEK		604800

enum type {
	TYPE_NUMBER,
	TYPE_BOOT,
	TYPE_CHAIN,
	TYPE_MODES,
	TYPE_BOOL,
	TYPE_TRISTATE,
	TYPE_SNAPSHOT,
	TYPE_PATH,
	TYPE_URIS,
	NTYPE
};

#define KEY(name, field, type, fallback, min, max, help)		\
	{ name, fallback, help, type, min, max, offsetof(struct conf, field) }

static const struct conf_key keys[] = {
	KEY("URIS", uris, TYPE_URIS, "default", 0, URIS,
	    "connection URIs, separated by blanks"),
	KEY("ON_BOOT", on_boot, TYPE_BOOT, "start", 0, 0,
	    "start what the last stop recorded, or ignore it"),
	KEY("START_DELAY", start_delay, TYPE_NUMBER, "0", 0, DAY,
	    "seconds between starts; 0 starts in parallel"),
	KEY("ON_SHUTDOWN", on_shutdown, TYPE_CHAIN, "suspend", 0, 0,
	    "suspend, shutdown, destroy, leave: a chain of them, in order"),
	KEY("SHUTDOWN_TIMEOUT", shutdown_timeout, TYPE_NUMBER, "300", 0, WEEK,
	    "seconds for a shutdown; 0 is no limit"),
	KEY("SHUTDOWN_MODE", shutdown_mode, TYPE_MODES, "default", 0, 0,
	    "agent, acpi, initctl, signal, paravirt: how guests are asked"),
	KEY("SHUTDOWN_RESEND", shutdown_resend, TYPE_NUMBER, "30", 0, DAY,
	    "seconds after which a guest is asked again; 0 is never"),
	KEY("PARALLEL_SHUTDOWN", parallel_shutdown, TYPE_NUMBER, "0", 0, 1000,
	    "guests shut down at a time; 0 is one after another"),
	KEY("PARALLEL_SUSPEND", parallel_suspend, TYPE_NUMBER, "1", 1, 16,
	    "guests suspended at a time"),
	KEY("PARALLEL_START", parallel_start, TYPE_NUMBER, "0", 0, 1000,
	    "guests started at a time; 0 is no limit"),
	KEY("BYPASS_CACHE", bypass_cache, TYPE_BOOL, "0", 0, 1,
	    "suspend and resume around the file system cache"),
	KEY("SYNC_TIME", sync_time, TYPE_BOOL, "0", 0, 1,
	    "set the clock of a resumed guest"),
	KEY("PERSISTENT_ONLY", persistent_only, TYPE_TRISTATE, "default", 0, 0,
	    "leave transient guests alone"),
	KEY("SUSPEND_TIMEOUT", suspend_timeout, TYPE_NUMBER, "0", 0, WEEK,
	    "seconds for a suspend; 0 is no limit"),
	KEY("SUSPEND_STALL", suspend_stall, TYPE_NUMBER, "120", 0, DAY,
	    "seconds without progress that end a suspend; 0 is never"),
	KEY("IGNORE_AUTOSTART", ignore_autostart, TYPE_BOOL, "no", 0, 1,
	    "leave guests that libvirt starts by itself out of the list"),
	KEY("NET_SHUTDOWN", net_shutdown, TYPE_BOOL, "no", 0, 1,
	    "stop and restore virtual networks"),
	KEY("SNAPSHOT", snapshot, TYPE_SNAPSHOT, "no", 0, 0,
	    "snapshot of the disks of each guest before it is stopped"),
	KEY("STOP_DEADLINE", stop_deadline, TYPE_NUMBER, "0", 0, WEEK,
	    "seconds for the whole stop; 0 is no limit"),
	KEY("RESCUE", rescue, TYPE_BOOL, "yes", 0, 1,
	    "stop guests of QEMU whose daemon is gone by their monitors"),
	KEY("CONNECT_TIMEOUT", connect_timeout, TYPE_NUMBER, "15", 1, 3600,
	    "seconds for a connection or a short call"),
	KEY("START_WAIT", start_wait, TYPE_NUMBER, "60", 0, DAY,
	    "seconds to wait for a daemon that is coming up"),
	KEY("POLL_INTERVAL", poll_interval, TYPE_NUMBER, "1", 1, 3600,
	    "seconds between looks at the state of guests"),
	KEY("GUESTTAB", guesttab, TYPE_PATH, "/etc/libvirt-guests.tab", 0,
	    PATH_BYTES, "table of policies for single guests"),
	KEY("HOOK_DIR", hook_dir, TYPE_PATH, "/etc/libvirt-guests.d", 0,
	    PATH_BYTES, "directory of hooks"),
	KEY("HOOK_TIMEOUT", hook_timeout, TYPE_NUMBER, "60", 1, DAY,
	    "seconds for a hook"),
	KEY("STATE_DIR", state_dir, TYPE_PATH, "/var/lib/libvirt", 0,
	    PATH_BYTES, "directory of the list of guests"),
	KEY("RUN_DIR", run_dir, TYPE_PATH, "/run", 0, PATH_BYTES,
	    "directory of what does not outlive a boot"),
};
#define NKEY	(sizeof(keys) / sizeof(keys[0]))

struct word {
	const char	*name;
	int		 value;
};

static const struct word boot_words[] = {
	{ "start", CONF_BOOT_START }, { "ignore", CONF_BOOT_IGNORE },
	{ NULL, 0 }
};

static const struct word snapshot_words[] = {
	{ "no", POLICY_SNAPSHOT_NO }, { "disk", POLICY_SNAPSHOT_DISK },
	{ NULL, 0 }
};

static const struct word bool_words[] = {
	{ "0", 0 }, { "1", 1 }, { "no", 0 }, { "yes", 1 },
	{ "false", 0 }, { "true", 1 }, { "off", 0 }, { "on", 1 }, { NULL, 0 }
};

static const struct word tristate_words[] = {
	{ "default", CONF_DEFAULT },
	{ "yes", CONF_YES }, { "true", CONF_YES }, { "1", CONF_YES },
	{ "no", CONF_NO }, { "false", CONF_NO }, { "0", CONF_NO }, { NULL, 0 }
};

/* Take a value into its field; 0, or -1 with the reason and nothing done. */
typedef int	 take_fn(struct conf *, const struct conf_key *, const char *,
		    struct errmsg *);

static take_fn	 number_take, word_take, chain_take, modes_take, path_take,
		 uris_take;

static const struct {
	take_fn			*take;
	const struct word	*words;
	int			 any_case;
} types[NTYPE] = {
	[TYPE_NUMBER]	= { number_take, NULL, 0 },
	[TYPE_BOOT]	= { word_take, boot_words, 0 },
	[TYPE_CHAIN]	= { chain_take, NULL, 0 },
	[TYPE_MODES]	= { modes_take, NULL, 0 },
	[TYPE_BOOL]	= { word_take, bool_words, 1 },
	[TYPE_TRISTATE]	= { word_take, tristate_words, 1 },
	[TYPE_SNAPSHOT]	= { word_take, snapshot_words, 0 },
	[TYPE_PATH]	= { path_take, NULL, 0 },
	[TYPE_URIS]	= { uris_take, NULL, 0 },
};

/* An assignment, or what stands in for one. */
struct setting {
	const struct conf_key *key;
	const struct family_alias *alias;	/* how it is spelled, NULL: as
						   the key */
	const char	*value;
};

/* A text on its way into a struct conf. */
struct reading {
	struct conf	*conf;
	const struct conf_source *src;
	const struct shvar *whole;	/* read to its end, for references */
	const struct family_alias *alias;	/* the first there is */
	unsigned	 alias_line;
	unsigned	 line[NKEY];	/* of each key in our spelling, or 0 */
	bool		 mixture_told;
	char		 file[192];	/* escaped */
	finding_fn	*fn;
	void		*arg;
	int		 errors;
};

const struct conf_key *
conf_key(size_t i)
{
	return i < NKEY ? &keys[i] : NULL;
}

const struct conf_family *
conf_place(size_t i)
{
	const struct conf_family *family = family_row(i);

	return family == NULL || family->path == NULL ? NULL : family;
}

const struct conf_family *
conf_family(const char *path)
{
	const struct conf_family *place;
	size_t i;

	for (i = 0; (place = conf_place(i)) != NULL; i++)
		if (path != NULL && strcmp(place->path, path) == 0)
			return place;
	return conf_place(0);
}

static const struct conf_key *
key_find(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < NKEY; i++)
		if (strlen(keys[i].name) == len &&
		    memcmp(keys[i].name, name, len) == 0)
			return &keys[i];
	return NULL;
}

static const struct family_alias *
alias_find(const char *name)
{
	const struct family_alias *a;
	size_t i;

	for (i = 0; (a = family_alias(i)) != NULL; i++)
		if (strcmp(a->name, name) == 0)
			break;
	return a;
}

/* The key that was meant by an unknown one, or NULL. */
static const char *
key_meant(const char *typed)
{
	struct suggest hint = { .typed = typed };
	const struct family_alias *a;
	size_t i;

	/* Those are for files alone. */
	if ((a = alias_find(typed)) != NULL)
		return a->key;
	for (i = 0; i < NKEY; i++)
		suggest_try(&hint, keys[i].name);
	for (i = 0; (a = family_alias(i)) != NULL; i++)
		suggest_try(&hint, a->name);
	return hint.name;
}

/* "unknown key NAME", and what may have been meant. */
static void
key_unknown(const char *name, size_t len, char *text, size_t size)
{
	const char *meant;
	char shown[64], whole[SUGGEST_NAME + 2];

	(void)escape_text(shown, sizeof(shown), name, len);
	(void)snprintf(whole, sizeof(whole), "%.*s",
	    (int)(len < sizeof(whole) ? len : sizeof(whole)), name);
	meant = key_meant(whole);
	(void)snprintf(text, size, "unknown key %s%s%s%s", shown,
	    meant == NULL ? "" : " (was ", meant == NULL ? "" : meant,
	    meant == NULL ? "" : " meant?)");
}

static const char *
key_default(const struct conf_family *family, const struct conf_key *key)
{
	const char *fallback = family_default(family, key->name);

	return fallback == NULL ? key->fallback : fallback;
}

static void *
key_field(struct conf *c, const struct conf_key *key)
{
	return (char *)c + key->offset;
}

/* Fill *em with KEY: "VALUE" and the reason. */
static int
value_refuse(const struct conf_key *key, const char *value, const char *why,
    struct errmsg *em)
{
	char shown[64];

	(void)escape_text(shown, sizeof(shown), value, strlen(value));
	return errmsg_set(em, EINVAL, "%s: \"%s\" %s", key->name, shown, why);
}

static int
no_memory(const struct conf_key *key, struct errmsg *em)
{
	return errmsg_set(em, ENOMEM, "%s: no memory", key->name);
}

static int
number_take(struct conf *c, const struct conf_key *key, const char *value,
    struct errmsg *em)
{
	const char *errstr = "invalid";
	int *field = key_field(c, key);
	long long n = 0;
	char why[64];

	/* strtonum would pass over blanks and a plus sign. */
	if (*value == '-' || (*value >= '0' && *value <= '9'))
		n = strtonum(value, key->min, key->max, &errstr);
	if (errstr == NULL) {
		*field = (int)n;
		return 0;
	}
	(void)snprintf(why, sizeof(why), "is %s (%ld to %ld)",
	    strcmp(errstr, "invalid") == 0 ? "no number" : errstr,
	    key->min, key->max);
	return value_refuse(key, value, why, em);
}

static int
word_take(struct conf *c, const struct conf_key *key, const char *value,
    struct errmsg *em)
{
	int (*same)(const char *, const char *) =
	    types[key->type].any_case ? strcasecmp : strcmp;
	const struct word *word;
	int *field = key_field(c, key);
	char why[128] = "is none of";

	for (word = types[key->type].words; word->name != NULL; word++) {
		if (same(word->name, value) == 0) {
			*field = word->value;
			return 0;
		}
		(void)strlcat(why, " ", sizeof(why));
		(void)strlcat(why, word->name, sizeof(why));
	}
	return value_refuse(key, value, why, em);
}

static int
chain_take(struct conf *c, const struct conf_key *key, const char *value,
    struct errmsg *em)
{
	struct errmsg why;

	if (policy_chain(value, key_field(c, key), &why) == 0)
		return 0;
	return errmsg_set(em, why.code, "%s: %.200s", key->name, why.text);
}

static int
modes_take(struct conf *c, const struct conf_key *key, const char *value,
    struct errmsg *em)
{
	struct errmsg why;

	if (policy_modes(value, ',', key_field(c, key), &why) == 0)
		return 0;
	return errmsg_set(em, why.code, "%s: %.200s", key->name, why.text);
}

static int
path_take(struct conf *c, const struct conf_key *key, const char *value,
    struct errmsg *em)
{
	char **field = key_field(c, key), *path;
	const char *p;

	if (*value != '/')
		return value_refuse(key, value, "is no absolute path", em);
	if (strlen(value) > PATH_BYTES)
		return value_refuse(key, value, "is too long", em);
	for (p = value; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return value_refuse(key, value,
			    "holds a control byte", em);
	if ((path = strdup(value)) == NULL)
		return no_memory(key, em);
	free(*field);
	*field = path;
	return 0;
}

static void
uris_release(struct conf *c)
{
	size_t i;

	for (i = 0; i < c->nuris; i++)
		free(c->uris[i]);
	free(c->uris);
	c->uris = NULL;
	c->nuris = 0;
}

/* Put them in place of those of c, which owns them then; -1: no memory. */
static int
uris_install(struct conf *c, struct uris *list)
{
	char **uris;

	if ((uris = reallocarray(NULL, list->n, sizeof(*uris))) == NULL)
		return -1;
	memcpy(uris, list->uri, list->n * sizeof(*uris));
	uris_release(c);
	c->uris = uris;
	c->nuris = list->n;
	list->n = 0;
	return 0;
}

static int
uris_take(struct conf *c, const struct conf_key *key, const char *value,
    struct errmsg *em)
{
	struct uris list = { .n = 0 };
	struct errmsg why;

	uris_split(&list, value, &why);
	if (list.refused > 0)
		(void)errmsg_set(em, why.code, "%s: %.400s", key->name,
		    why.text);
	else if (list.n == 0)
		(void)errmsg_set(em, EINVAL, "%s: no URI in it", key->name);
	else if (uris_install(c, &list) == 0)
		return 0;
	else
		(void)no_memory(key, em);
	uris_free(&list);
	return -1;
}

/* Of a list with bad URIs in it keep the others: theirs are guests, too. */
static int
uris_salvage(struct conf *c, const char *value)
{
	struct uris list = { .n = 0 };
	int ret = -1;

	uris_split(&list, value, NULL);
	if (list.n > 0)
		ret = uris_install(c, &list);
	uris_free(&list);
	return ret;
}

static int
value_default(struct conf *c, const struct conf_key *key)
{
	return types[key->type].take(c, key, key_default(c->family, key),
	    NULL);
}

/* Refuse a word that a family does not have. */
static int
alias_refuse(const struct setting *s, const struct conf_key *spelled,
    struct errmsg *em)
{
	const struct family_word *word;
	char why[128] = "is none of";

	for (word = s->alias->words; word->theirs != NULL; word++) {
		(void)strlcat(why, " ", sizeof(why));
		(void)strlcat(why, word->theirs, sizeof(why));
	}
	return value_refuse(spelled, s->value, why, em);
}

/* Take a value that is a family's, under the family's name for the key. */
static int
alias_value_take(struct conf *c, const struct setting *s, struct errmsg *em)
{
	const char *ours = family_ours(s->alias, s->value);
	struct conf_key spelled = *s->key;

	spelled.name = s->alias->name;
	if (s->alias->min != 0)
		spelled.min = s->alias->min;
	if (ours == NULL)
		return alias_refuse(s, &spelled, em);
	return types[spelled.type].take(c, &spelled, ours, em);
}

static int
value_take(struct conf *c, const struct setting *s, struct errmsg *em)
{
	int ret;

	/* A default fails for want of memory alone; what was there stays. */
	if (*s->value == '\0')
		return value_default(c, s->key) == 0 ? 0 :
		    no_memory(s->key, em);
	if (s->alias != NULL)
		ret = alias_value_take(c, s, em);
	else
		ret = types[s->key->type].take(c, s->key, s->value, em);
	if (ret == -1)
		(void)value_default(c, s->key);
	return ret;
}

int
conf_init(struct conf *c, const struct conf_family *family)
{
	size_t i;

	memset(c, 0, sizeof(*c));
	c->family = family == NULL ? conf_family(NULL) : family;
	c->shutdown_total = c->family->shutdown_total;
	for (i = 0; i < NKEY; i++)
		if (value_default(c, &keys[i]) == -1) {
			conf_free(c);
			return -1;
		}
	return 0;
}

void
conf_free(struct conf *c)
{
	uris_release(c);
	free(c->guesttab);
	free(c->hook_dir);
	free(c->state_dir);
	free(c->run_dir);
	memset(c, 0, sizeof(*c));
}

static void
finding(struct reading *r, enum finding_level level, const char *text)
{
	if (level == FINDING_ERROR && r->errors < INT_MAX)
		r->errors++;
	if (r->fn != NULL)
		r->fn(r->arg, level, text);
}

/* A warning about an assignment. */
static void	 item_warn(struct reading *, const struct shvar_item *,
		    const char *, ...)
		    __attribute__((__format__(__printf__, 3, 4)));

static void
item_warn(struct reading *r, const struct shvar_item *item, const char *fmt,
    ...)
{
	struct errmsg em;
	char text[ERRMSG_SIZE - sizeof(r->file) - 32];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)errmsg_set(&em, 0, "%s:%u:%u: %s", r->file, item->line,
	    item->col, text);
	finding(r, FINDING_WARNING, em.text);
}

static void
item_unknown(struct reading *r, const struct shvar_item *item)
{
	char text[160];

	if (shvar_refers(r->whole, item->name) ||
	    family_ignores(r->src->file, item->name))
		return;
	key_unknown(item->name, strlen(item->name), text, sizeof(text));
	item_warn(r, item, "%s", text);
}

/* What is used in place of a value that was refused. */
static const char *
setting_used(struct conf *c, const struct setting *s)
{
	const char *used = key_default(c->family, s->key), *theirs = NULL;

	if (s->key->type == TYPE_URIS && uris_salvage(c, s->value) == 0)
		return "what else it names";
	if (s->alias != NULL)
		theirs = family_theirs(s->alias, used);
	return theirs == NULL ? used : theirs;
}

/* Where the policy of guests was set: an empty value is the default. */
static void
origin_note(struct conf *c, const struct setting *s, int line)
{
	if (s->key->type == TYPE_CHAIN)
		c->on_shutdown_line = *s->value == '\0' ? 0 : line;
}

static void
setting_take(struct reading *r, const struct setting *s,
    const struct shvar_item *item)
{
	struct errmsg why, em;

	if (value_take(r->conf, s, &why) == 0) {
		origin_note(r->conf, s, (int)item->line);
		return;
	}
	/* 192 bytes are the file's at most, this leaves room for the rest. */
	(void)errmsg_set(&em, 0, "%s:%u:%u: %.250s; %s is used", r->file,
	    item->value_line, item->value_col, why.text,
	    setting_used(r->conf, s));
	finding(r, FINDING_ERROR, em.text);
}

/*
 * A key in our spelling, in a file that keys of another family make that
 * family's: told once, unless the family has no word for it.
 */
static void
mixture_tell(struct reading *r, const struct conf_key *key,
    const struct shvar_item *item)
{
	const char *family;

	if (r->alias == NULL || r->mixture_told ||
	    family_alias_of(r->conf->family, key->name) == NULL)
		return;
	r->mixture_told = true;
	family = r->alias->family;
	item_warn(r, item, "%s stands beside %s (line %u), a key of %s: it "
	    "holds, with %s's defaults for the rest, for only %s has such a "
	    "key", item->name, r->alias->name, r->alias_line, family, family,
	    family);
}

/* A key in a family's spelling. */
static void
alias_take(struct reading *r, const struct family_alias *alias,
    const struct shvar_item *item)
{
	struct setting s = { .alias = alias, .value = item->value };
	unsigned line;

	s.key = key_find(alias->key, strlen(alias->key));
	line = r->line[s.key - keys];
	if (strcmp(alias->family, r->alias->family) != 0)
		item_warn(r, item, "%s, a key of %s, is passed over: %s of %s "
		    "(line %u) comes first", alias->name, alias->family,
		    r->alias->name, r->alias->family, r->alias_line);
	else if (line != 0)
		item_warn(r, item, "%s, %s's word for %s, is passed over: "
		    "line %u has %s itself, which is the more exact",
		    alias->name, alias->family, alias->key, line, alias->key);
	else
		setting_take(r, &s, item);
}

static void
item_take(struct reading *r, const struct shvar_item *item)
{
	struct setting s = { .value = item->value };
	const struct family_alias *alias;

	if ((s.key = key_find(item->name, strlen(item->name))) != NULL) {
		mixture_tell(r, s.key, item);
		setting_take(r, &s, item);
	} else if ((alias = alias_find(item->name)) != NULL) {
		alias_take(r, alias, item);
	} else {
		item_unknown(r, item);
	}
}

/* Read to the end, for the references and for whose keys are there. */
static void
whole_read(struct reading *r, struct shvar *lx)
{
	const struct conf_key *key;
	struct shvar_item item;
	int ret;

	while ((ret = shvar_next(lx, &item, NULL)) != 0) {
		if (ret == -1)
			continue;
		key = key_find(item.name, strlen(item.name));
		if (key != NULL)
			r->line[key - keys] = item.line;
		else if (r->alias == NULL &&
		    (r->alias = alias_find(item.name)) != NULL)
			r->alias_line = item.line;
	}
}

/* The defaults of another family in place of those of the present one. */
static void
family_change(struct reading *r, const struct conf_family *family)
{
	const struct conf_family *old = r->conf->family;
	struct errmsg em;
	size_t i;

	r->conf->family = family;
	r->conf->shutdown_total = family->shutdown_total;
	for (i = 0; i < NKEY; i++) {
		if (strcmp(key_default(old, &keys[i]),
		    key_default(family, &keys[i])) == 0 ||
		    value_default(r->conf, &keys[i]) == 0)
			continue;
		(void)errmsg_set(&em, 0, "%s:%u:1: no memory for the default "
		    "of %s", r->file, r->alias_line, keys[i].name);
		finding(r, FINDING_ERROR, em.text);
	}
}

/* The second reading, in which everything is known about the first. */
static void
items_take(struct reading *r)
{
	const struct conf_source *src = r->src;
	struct shvar_item item;
	struct errmsg em;
	struct shvar lx;
	int ret;

	shvar_init(&lx, src->file, src->text, src->len);
	while ((ret = shvar_next(&lx, &item, &em)) != 0) {
		if (ret == -1)
			finding(r, FINDING_ERROR, em.text);
		else
			item_take(r, &item);
	}
	shvar_free(&lx);
}

int
conf_parse(struct conf *c, const struct conf_family *family,
    const struct conf_source *src, finding_fn *fn, void *arg)
{
	struct reading r = { .conf = c, .src = src, .fn = fn, .arg = arg };
	struct shvar whole;

	if (family != NULL) {
		c->family = family;
		c->shutdown_total = family->shutdown_total;
	}
	(void)escape_text(r.file, sizeof(r.file), src->file,
	    strlen(src->file));
	shvar_init(&whole, src->file, src->text, src->len);
	whole_read(&r, &whole);
	r.whole = &whole;
	if (r.alias != NULL)
		family_change(&r, family_find(r.alias->family));
	items_take(&r);
	shvar_free(&whole);
	return r.errors;
}

static int
override_refuse(const char *keyvalue, const char *why, struct errmsg *em)
{
	char shown[96];

	(void)escape_text(shown, sizeof(shown), keyvalue, strlen(keyvalue));
	return errmsg_set(em, EINVAL, "-o %s: %s", shown, why);
}

int
conf_override(struct conf *c, const char *keyvalue, struct errmsg *em)
{
	const char *eq = strchr(keyvalue, '=');
	struct setting s = { .alias = NULL };
	struct errmsg why;
	char text[160];
	size_t len;

	if (eq == NULL)
		return override_refuse(keyvalue, "no = in it", em);
	len = (size_t)(eq - keyvalue);
	if ((s.key = key_find(keyvalue, len)) == NULL) {
		key_unknown(keyvalue, len, text, sizeof(text));
		return override_refuse(keyvalue, text, em);
	}
	s.value = eq + 1;
	if (value_take(c, &s, &why) == -1)
		return override_refuse(keyvalue, why.text, em);
	origin_note(c, &s, -1);
	return 0;
}

int
conf_set_uris(struct conf *c, char *const *uris, size_t n, struct errmsg *em)
{
	struct uris list = { .n = 0 };
	struct errmsg why;
	size_t i;
	int ret = 0;

	if (n == 0)
		return 0;
	for (i = 0; i < n; i++)
		uris_add(&list, uris[i], &why);
	if (list.refused > 0)
		ret = errmsg_set(em, why.code, "-c %.500s", why.text);
	else if (uris_install(c, &list) == -1)
		ret = errmsg_set(em, ENOMEM, "-c: no memory");
	uris_free(&list);
	return ret;
}

int
conf_persistent_only(const struct conf *c, enum policy_word word)
{
	if (c->persistent_only != CONF_DEFAULT)
		return c->persistent_only == CONF_YES;
	return word == POLICY_SUSPEND;
}
