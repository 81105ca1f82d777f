#include "config/conf.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/conf_part.h"
#include "config/family.h"
#include "config/uris.h"
#include "text/escape.h"
#include "text/number.h"
#include "text/suggest.h"
#include "text/words.h"

#define PATH_BYTES	1024	/* in the name of a file or directory */

#define DAY		86400
#define WEEK		604800

/* Take a value into its field; 0, CONF_LIMITED with the reason, or -1 with the
 * reason and nothing done. */
typedef int	 take_fn(struct conf *, const struct conf_key *, const char *,
		    struct errmsg *);
/* Free what a field owns. */
typedef void	 release_fn(struct conf *, const struct conf_key *);

static take_fn	 number_take, word_take, yes_no_take, chain_take, modes_take,
		 path_take, uris_take;
static release_fn path_release, uris_release;

static const struct word boot_words[] = {
	{ "start", CONF_BOOT_START }, { "ignore", CONF_BOOT_IGNORE },
	{ NULL, 0 }
};

static const struct word snapshot_words[] = {
	{ "no", POLICY_SNAPSHOT_NO }, { "disk", POLICY_SNAPSHOT_DISK },
	{ NULL, 0 }
};

static const struct word yes_no_words[] = {
	{ "0", 0 }, { "1", 1 }, { "no", 0 }, { "yes", 1 },
	{ "false", 0 }, { "true", 1 }, { "off", 0 }, { "on", 1 }, { NULL, 0 }
};

static const struct word tristate_words[] = {
	{ "default", CONF_DEFAULT },
	{ "yes", CONF_YES }, { "true", CONF_YES }, { "1", CONF_YES },
	{ "no", CONF_NO }, { "false", CONF_NO }, { "0", CONF_NO },
	{ "on", CONF_YES }, { "off", CONF_NO }, { NULL, 0 }
};

struct conf_type {
	take_fn		*take;
	release_fn	*release;	/* NULL: nothing is owned */
	const struct word *words;	/* that a value is one of */
};

static const struct conf_type
	type_number	= { number_take, NULL, NULL },
	type_boot	= { word_take, NULL, boot_words },
	type_chain	= { chain_take, NULL, NULL },
	type_modes	= { modes_take, NULL, NULL },
	type_yes_no	= { yes_no_take, NULL, yes_no_words },
	type_tristate	= { yes_no_take, NULL, tristate_words },
	type_snapshot	= { word_take, NULL, snapshot_words },
	type_path	= { path_take, path_release, NULL },
	type_uris	= { uris_take, uris_release, NULL };

/* Only rc/completion reads the help, from this source: it is no part of the
 * program. */
#define KEY(name, field, type, fallback, min, max, help)		\
	{ name, &type_##type, offsetof(struct conf, field), fallback,	\
	    min, max }

static const struct conf_key keys[] = {
	KEY("URIS", uris, uris, "default", 0, URIS,
	    "connection URIs, separated by blanks"),
	KEY("ON_BOOT", on_boot, boot, "start", 0, 0,
	    "start the guests of the last stop, or ignore them"),
	KEY("START_DELAY", start_delay, number, "0", 0, DAY,
	    "seconds between starts; 0: in parallel"),
	KEY("ON_SHUTDOWN", on_shutdown, chain, "suspend", 0, 0,
	    "a chain of suspend, shutdown, destroy, leave"),
	KEY("SHUTDOWN_TIMEOUT", shutdown_timeout, number, "300", 0, WEEK,
	    "seconds for a shutdown; 0: no limit"),
	KEY("SHUTDOWN_MODE", shutdown_mode, modes, "default", 0, 0,
	    "a chain of agent, acpi, initctl, signal, paravirt"),
	KEY("SHUTDOWN_RESEND", shutdown_resend, number, "30", 0, DAY,
	    "seconds between shutdown requests to a guest; 0: never"),
	KEY("PARALLEL_SHUTDOWN", parallel_shutdown, number, "0", 0, 1000,
	    "guests shut down at a time; 0: one after another"),
	KEY("PARALLEL_SUSPEND", parallel_suspend, number, "1", 1, 16,
	    "guests suspended at a time"),
	KEY("PARALLEL_START", parallel_start, number, "0", 0, 1000,
	    "guests started at a time; 0: no limit"),
	KEY("BYPASS_CACHE", bypass_cache, yes_no, "0", 0, 1,
	    "bypass the page cache when guests are saved and restored"),
	KEY("SYNC_TIME", sync_time, yes_no, "0", 0, 1,
	    "set the clock of a resumed guest"),
	KEY("PERSISTENT_ONLY", persistent_only, tristate, "default", 0, 0,
	    "leave transient guests running"),
	KEY("SUSPEND_TIMEOUT", suspend_timeout, number, "0", 0, WEEK,
	    "seconds for a suspend; 0: no limit"),
	KEY("SUSPEND_STALL", suspend_stall, number, "120", 0, DAY,
	    "seconds without progress that abort a suspend; 0: never"),
	KEY("IGNORE_AUTOSTART", ignore_autostart, yes_no, "no", 0, 1,
	    "leave guests that libvirt starts by itself out of the list"),
	KEY("NET_SHUTDOWN", net_shutdown, yes_no, "no", 0, 1,
	    "stop and restore virtual networks"),
	KEY("SNAPSHOT", snapshot, snapshot, "no", 0, 0,
	    "snapshot of the disks of each guest before it is stopped"),
	KEY("STOP_DEADLINE", stop_deadline, number, "0", 0, WEEK,
	    "seconds for the whole stop; 0: no limit"),
	KEY("RESCUE", rescue, yes_no, "yes", 0, 1,
	    "stop QEMU guests by their monitors if the daemon is gone"),
	KEY("CONNECT_TIMEOUT", connect_timeout, number, "15", 1, 3600,
	    "seconds for a connection or a short call"),
	KEY("START_WAIT", start_wait, number, "60", 0, DAY,
	    "seconds that start waits for a daemon"),
	KEY("POLL_INTERVAL", poll_interval, number, "1", 1, 3600,
	    "seconds between polls of guest states"),
	KEY("GUESTTAB", guesttab, path, "/etc/libvirt-guests.tab", 0,
	    PATH_BYTES, "table of policies for single guests"),
	KEY("HOOK_DIR", hook_dir, path, "/etc/libvirt-guests.d", 0, PATH_BYTES,
	    "directory of hooks"),
	KEY("HOOK_TIMEOUT", hook_timeout, number, "60", 1, DAY,
	    "seconds for a hook"),
	KEY("SYSLOG", syslog, tristate, "default", 0, 0,
	    "send messages of a stop or start to the system log"),
	KEY("STATE_DIR", state_dir, path, "/var/lib/libvirt", 0, PATH_BYTES,
	    "directory of the list of guests"),
	KEY("RUN_DIR", run_dir, path, "/run", 0, PATH_BYTES,
	    "directory of lock, journal and socket"),
};
#define NKEY	(sizeof(keys) / sizeof(keys[0]))

_Static_assert(NKEY <= CONF_KEYS, "CONF_KEYS");

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
	return family_find("upstream");
}

const struct conf_key *
conf_key_find(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < NKEY; i++)
		if (strlen(keys[i].name) == len &&
		    memcmp(keys[i].name, name, len) == 0)
			return &keys[i];
	return NULL;
}

const struct family_alias *
conf_alias_find(const char *name)
{
	const struct family_alias *a;
	size_t i;

	for (i = 0; (a = family_alias(i)) != NULL; i++)
		if (strcmp(a->name, name) == 0)
			break;
	return a;
}

/* The known key that is nearest to an unknown name, or NULL. */
static const char *
key_meant(const char *typed)
{
	struct suggest hint = { .typed = typed };
	const struct family_alias *a;
	size_t i;

	/* The command line takes no aliases. */
	if ((a = conf_alias_find(typed)) != NULL)
		return a->key;
	for (i = 0; i < NKEY; i++)
		suggest_try(&hint, keys[i].name);
	for (i = 0; (a = family_alias(i)) != NULL; i++)
		suggest_try(&hint, a->name);
	return hint.name;
}

void
conf_key_unknown(const char *name, size_t len, char text[CONF_UNKNOWN])
{
	const struct family_foreign *other;
	const char *meant;
	char shown[64], whole[SUGGEST_NAME + 2];

	(void)escape_text(shown, sizeof(shown), name, len);
	(void)snprintf(whole, sizeof(whole), "%.*s",
	    (int)(len < sizeof(whole) ? len : sizeof(whole)), name);
	if ((other = family_foreign(whole)) != NULL) {
		(void)snprintf(text, CONF_UNKNOWN, "%s, a key of %s, has no "
		    "effect; %s", shown, other->whose, other->instead);
		return;
	}
	meant = key_meant(whole);
	(void)snprintf(text, CONF_UNKNOWN, "unknown key %s%s%s%s", shown,
	    meant == NULL ? "" : " (did you mean ",
	    meant == NULL ? "" : meant, meant == NULL ? "" : "?)");
}

const char *
conf_key_default(const struct conf_family *family, const struct conf_key *key)
{
	const char *fallback = family_default(family, key->name);

	return fallback == NULL ? key->fallback : fallback;
}

const char *
conf_default(const struct conf_family *family, const char *key)
{
	return conf_key_default(family, conf_key_find(key, strlen(key)));
}

static void *
key_field(struct conf *c, const struct conf_key *key)
{
	return (char *)c + key->offset;
}

/* Fill *em with KEY: and the reason of why. */
static int
key_refuse(const struct conf_key *key, const struct errmsg *why,
    struct errmsg *em)
{
	return errmsg_set(em, why->code, "%s: %.400s", key->name, why->text);
}

/* Fill *em with KEY: "VALUE" and the reason. */
static int
value_refuse(const struct conf_key *key, const char *value, const char *why,
    struct errmsg *em)
{
	struct errmsg text;

	(void)errmsg_refuse(&text, value, strlen(value), why);
	return key_refuse(key, &text, em);
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
	const struct number_range range = { key->min, key->max };
	int *field = key_field(c, key);
	char why[NUMBER_WHY];
	int64_t n;
	int ret = number_limit(value, &range, &n, why);

	if (ret != 0)
		(void)value_refuse(key, value, why, em);
	if (ret != -1)
		*field = (int)n;
	return ret;
}

static int
word_take(struct conf *c, const struct conf_key *key, const char *value,
    struct errmsg *em)
{
	const struct conf_type *type = key->type;
	const struct word *word = words_find(type->words, value, true);
	int *field = key_field(c, key);
	char why[WORDS_WHY];

	if (word != NULL) {
		*field = word->value;
		return 0;
	}
	words_why(type->words, why);
	return value_refuse(key, value, why, em);
}

/* The script takes any number but 0 as yes. */
static int
yes_no_take(struct conf *c, const struct conf_key *key, const char *value,
    struct errmsg *em)
{
	const struct number_range range = { 0, INT64_MAX };
	int64_t n;

	if (number_limit(value, &range, &n, NULL) != -1)
		value = n == 0 ? "0" : "1";
	return word_take(c, key, value, em);
}

static int
chain_take(struct conf *c, const struct conf_key *key, const char *value,
    struct errmsg *em)
{
	struct errmsg why;

	if (policy_chain(value, key_field(c, key), &why) == 0)
		return 0;
	return key_refuse(key, &why, em);
}

static int
modes_take(struct conf *c, const struct conf_key *key, const char *value,
    struct errmsg *em)
{
	struct errmsg why;

	if (policy_modes(value, ',', key_field(c, key), &why) == 0)
		return 0;
	return key_refuse(key, &why, em);
}

static void
path_release(struct conf *c, const struct conf_key *key)
{
	char **field = key_field(c, key);

	free(*field);
	*field = NULL;
}

static int
path_take(struct conf *c, const struct conf_key *key, const char *value,
    struct errmsg *em)
{
	char **field = key_field(c, key), *path;
	const char *p;

	if (*value != '/')
		return value_refuse(key, value, "is not an absolute path", em);
	if (strlen(value) > PATH_BYTES)
		return value_refuse(key, value, "is too long", em);
	for (p = value; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return value_refuse(key, value,
			    "contains a control byte", em);
	if ((path = strdup(value)) == NULL)
		return no_memory(key, em);
	free(*field);
	*field = path;
	return 0;
}

static void
uris_release(struct conf *c, const struct conf_key *key)
{
	(void)key;
	while (c->nuris > 0)
		free(c->uris[--c->nuris]);
	free(c->uris);
	c->uris = NULL;
}

int
conf_uris_install(struct conf *c, struct uris *list)
{
	char **uris;

	if ((uris = reallocarray(NULL, list->n, sizeof(*uris))) == NULL)
		return -1;
	memcpy(uris, list->uri, list->n * sizeof(*uris));
	uris_release(c, NULL);
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
		(void)key_refuse(key, &why, em);
	else if (list.n == 0)
		(void)errmsg_set(em, EINVAL, "%s: no URI given", key->name);
	else if (conf_uris_install(c, &list) == 0)
		return 0;
	else
		(void)no_memory(key, em);
	uris_free(&list);
	return -1;
}

/* Keep the good URIs of a list with bad URIs in it: they have guests, too. */
static int
uris_salvage(struct conf *c, const char *value)
{
	struct uris list = { .n = 0 };
	int ret = -1;

	uris_split(&list, value, NULL);
	if (list.n > 0)
		ret = conf_uris_install(c, &list);
	uris_free(&list);
	return ret;
}

int
conf_value_default(struct conf *c, const struct conf_key *key)
{
	return key->type->take(c, key, conf_key_default(c->family, key), NULL);
}

/* Refuse a word that a family does not have. */
static int
alias_refuse(const struct conf_setting *s, const struct conf_key *spelled,
    struct errmsg *em)
{
	const struct family_word *word;
	char why[WORDS_WHY] = "";

	for (word = s->alias->words; word->theirs != NULL; word++)
		words_why_add(why, word->theirs);
	return value_refuse(spelled, s->value, why, em);
}

/* Take a value of a family, under the family's name for the key. */
static int
alias_value_take(struct conf *c, const struct conf_setting *s,
    struct errmsg *em)
{
	const char *ours = family_ours(s->alias, s->value);
	struct conf_key spelled = *s->key;

	spelled.name = s->alias->name;
	if (s->alias->min != 0)
		spelled.min = s->alias->min;
	if (ours == NULL)
		return alias_refuse(s, &spelled, em);
	return spelled.type->take(c, &spelled, ours, em);
}

int
conf_value_take(struct conf *c, const struct conf_setting *s,
    struct errmsg *em)
{
	int ret;

	/* A default fails only for lack of memory; then the field keeps its
	 * value. */
	if (*s->value == '\0')
		return conf_value_default(c, s->key) == 0 ? 0 :
		    no_memory(s->key, em);
	if (s->alias != NULL)
		ret = alias_value_take(c, s, em);
	else
		ret = s->key->type->take(c, s->key, s->value, em);
	if (ret == -1)
		(void)conf_value_default(c, s->key);
	return ret;
}

const char *
conf_value_used(struct conf *c, const struct conf_setting *s)
{
	const char *used = conf_key_default(c->family, s->key);
	const char *theirs = NULL;

	if (s->key->type == &type_uris && uris_salvage(c, s->value) == 0)
		return "the other URIs";
	if (s->alias != NULL)
		theirs = family_theirs(s->alias, used);
	return theirs == NULL ? used : theirs;
}

void
conf_origin_note(struct conf *c, const struct conf_setting *s, int line)
{
	if (s->key->type == &type_chain)
		c->on_shutdown_line = *s->value == '\0' ? 0 : line;
	if (s->key->offset == offsetof(struct conf, on_boot))
		c->on_boot_line = *s->value == '\0' ? 0 : line;
}

int
conf_init(struct conf *c, const struct conf_family *family)
{
	size_t i;

	memset(c, 0, sizeof(*c));
	c->family = family == NULL ? conf_family(NULL) : family;
	c->shutdown_total = c->family->shutdown_total;
	for (i = 0; i < NKEY; i++)
		if (conf_value_default(c, &keys[i]) == -1) {
			conf_free(c);
			return -1;
		}
	return 0;
}

void
conf_free(struct conf *c)
{
	size_t i;

	for (i = 0; i < NKEY; i++)
		if (keys[i].type->release != NULL)
			keys[i].type->release(c, &keys[i]);
	free(c->default_uri);
	memset(c, 0, sizeof(*c));
}

bool
conf_persistent_only(const struct conf *c,
    const enum policy_action chain[POLICY_CHAIN])
{
	if (c->persistent_only != CONF_DEFAULT)
		return c->persistent_only == CONF_YES;
	return policy_only_saves(chain);
}
