#include "conf.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "compat.h"
#include "escape.h"
#include "shvar.h"
#include "uri.h"

#define KEY_MAX		32	/* bytes in a name that may be a near miss */
#define DIR_MAX		1024	/* bytes in the name of a directory */
#define DISTANCE_MAX	2	/* slips in a near miss */

#define DAY		86400
#define WEEK		604800

enum type {
	TYPE_NUMBER,
	TYPE_BOOT,
	TYPE_POLICY,
	TYPE_BOOL,
	TYPE_TRISTATE,
	TYPE_DIR,
	TYPE_URIS,
	NTYPE
};

#define KEY(name, field, type, fallback, min, max, help)		\
	{ name, fallback, help, type, min, max, offsetof(struct conf, field) }

static const struct conf_key keys[] = {
	KEY("URIS", uris, TYPE_URIS, "default", 0, CONF_URIS,
	    "connection URIs, separated by blanks"),
	KEY("ON_BOOT", on_boot, TYPE_BOOT, "start", 0, 0,
	    "start what the last stop recorded, or ignore it"),
	KEY("START_DELAY", start_delay, TYPE_NUMBER, "0", 0, DAY,
	    "seconds between starts; 0 starts in parallel"),
	KEY("ON_SHUTDOWN", on_shutdown, TYPE_POLICY, "suspend", 0, 0,
	    "suspend guests or shut them down"),
	KEY("SHUTDOWN_TIMEOUT", shutdown_timeout, TYPE_NUMBER, "300", 0, WEEK,
	    "seconds for a shutdown; 0 is no limit"),
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
	KEY("STOP_DEADLINE", stop_deadline, TYPE_NUMBER, "0", 0, WEEK,
	    "seconds for the whole stop; 0 is no limit"),
	KEY("CONNECT_TIMEOUT", connect_timeout, TYPE_NUMBER, "15", 1, 3600,
	    "seconds for a connection or a short call"),
	KEY("START_WAIT", start_wait, TYPE_NUMBER, "60", 0, DAY,
	    "seconds to wait for a daemon that is coming up"),
	KEY("POLL_INTERVAL", poll_interval, TYPE_NUMBER, "1", 1, 3600,
	    "seconds between looks at the state of guests"),
	KEY("STATE_DIR", state_dir, TYPE_DIR, "/var/lib/libvirt", 0, DIR_MAX,
	    "directory of the list of guests"),
	KEY("RUN_DIR", run_dir, TYPE_DIR, "/run", 0, DIR_MAX,
	    "directory of what does not outlive a boot"),
};
#define NKEY	(sizeof(keys) / sizeof(keys[0]))

/* In the order in which they are tried. */
static const struct conf_family families[] = {
	{ "upstream",	"/etc/conf.d/libvirt-guests" },
	{ "upstream",	"/etc/sysconfig/libvirt-guests" },
	{ "debian",	"/etc/default/libvirt-guests" },
};
#define NFAMILY	(sizeof(families) / sizeof(families[0]))

/* Where a family's defaults differ from upstream's. */
static const struct {
	const char	*family;
	const char	*key;
	const char	*fallback;
} differences[] = {
	{ "debian",	"ON_BOOT",	"ignore" },
	{ "debian",	"ON_SHUTDOWN",	"shutdown" },
};

struct word {
	const char	*name;
	int		 value;
};

static const struct word boot_words[] = {
	{ "start", CONF_BOOT_START }, { "ignore", CONF_BOOT_IGNORE },
	{ NULL, 0 }
};

static const struct word policy_words[] = {
	{ "suspend", POLICY_SUSPEND }, { "shutdown", POLICY_SHUTDOWN },
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

static take_fn	 number_take, word_take, dir_take, uris_take;

static const struct {
	take_fn			*take;
	const struct word	*words;
	int			 any_case;
} types[NTYPE] = {
	[TYPE_NUMBER]	= { number_take, NULL, 0 },
	[TYPE_BOOT]	= { word_take, boot_words, 0 },
	[TYPE_POLICY]	= { word_take, policy_words, 0 },
	[TYPE_BOOL]	= { word_take, bool_words, 1 },
	[TYPE_TRISTATE]	= { word_take, tristate_words, 1 },
	[TYPE_DIR]	= { dir_take, NULL, 0 },
	[TYPE_URIS]	= { uris_take, NULL, 0 },
};

/* A text on its way into a struct conf. */
struct reading {
	struct conf	*conf;
	const struct shvar *whole;	/* read to its end, for references */
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
	return i < NFAMILY ? &families[i] : NULL;
}

const struct conf_family *
conf_family(const char *path)
{
	size_t i;

	for (i = 0; i < NFAMILY; i++)
		if (path != NULL && strcmp(families[i].path, path) == 0)
			return &families[i];
	return &families[0];
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

static int
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static int
least(int a, int b)
{
	return a < b ? a : b;
}

/*
 * How many slips turn a into b: a character too many, missing or wrong, or
 * two neighbours in the wrong order; case does not count.
 */
static int
name_distance(const char *a, const char *b)
{
	int d[KEY_MAX + 1][KEY_MAX + 1];
	int la = (int)strlen(a), lb = (int)strlen(b), i, j, same;

	for (i = 0; i <= la; i++)
		d[i][0] = i;
	for (j = 0; j <= lb; j++)
		d[0][j] = j;
	for (i = 1; i <= la; i++)
		for (j = 1; j <= lb; j++) {
			same = lower(a[i - 1]) == lower(b[j - 1]);
			d[i][j] = least(d[i - 1][j - 1] + !same,
			    least(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 &&
			    lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	return d[la][lb];
}

/* The key that was meant by an unknown one, or NULL. */
static const char *
key_meant(const char *name)
{
	int distance, best = DISTANCE_MAX + 1;
	const char *meant = NULL;
	size_t i;

	if (strlen(name) > KEY_MAX)
		return NULL;
	for (i = 0; i < NKEY; i++) {
		distance = name_distance(name, keys[i].name);
		/* Two slips in a short word make any word of it. */
		if (distance < best &&
		    (size_t)distance * 3 <= strlen(keys[i].name)) {
			best = distance;
			meant = keys[i].name;
		}
	}
	return meant;
}

/* "unknown key NAME", and what may have been meant. */
static void
key_unknown(const char *name, size_t len, char *text, size_t size)
{
	const char *meant;
	char shown[64], whole[KEY_MAX + 2];

	(void)escape_text(shown, sizeof(shown), name, len);
	(void)snprintf(whole, sizeof(whole), "%.*s",
	    (int)(len < sizeof(whole) ? len : sizeof(whole)), name);
	meant = key_meant(whole);
	(void)snprintf(text, size, "unknown key %s%s%s%s", shown,
	    meant == NULL ? "" : " (was ", meant == NULL ? "" : meant,
	    meant == NULL ? "" : " meant?)");
}

static const char *
key_default(const struct conf *c, const struct conf_key *key)
{
	size_t i;

	for (i = 0; i < sizeof(differences) / sizeof(differences[0]); i++)
		if (strcmp(differences[i].family, c->family->name) == 0 &&
		    strcmp(differences[i].key, key->name) == 0)
			return differences[i].fallback;
	return key->fallback;
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
dir_take(struct conf *c, const struct conf_key *key, const char *value,
    struct errmsg *em)
{
	char **field = key_field(c, key), *dir;
	const char *p;

	if (*value != '/')
		return value_refuse(key, value, "is no absolute path", em);
	if (strlen(value) > DIR_MAX)
		return value_refuse(key, value, "is too long", em);
	for (p = value; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return value_refuse(key, value,
			    "holds a control byte", em);
	if ((dir = strdup(value)) == NULL)
		return no_memory(key, em);
	free(*field);
	*field = dir;
	return 0;
}

/* URIs on their way into a struct conf. */
struct uris {
	char		*uri[CONF_URIS];
	size_t		 n;
	int		 refused;
};

static int
uris_put(struct uris *list, const char *text, struct errmsg *em)
{
	struct uri u;
	size_t i;

	for (i = 0; i < list->n; i++)
		if (strcmp(list->uri[i], text) == 0)
			return 0;
	if (uri_parse(&u, text, em) == -1)
		return -1;
	uri_free(&u);
	if (list->n == CONF_URIS)
		return errmsg_set(em, EINVAL, "more than %d URIs", CONF_URIS);
	if ((list->uri[list->n] = strdup(text)) == NULL)
		return errmsg_set(em, ENOMEM, "no memory for a URI");
	list->n++;
	return 0;
}

/* Add one unless it is there; em is for the first refusal. */
static void
uris_add(struct uris *list, const char *text, struct errmsg *em)
{
	/* The list file could not hold an empty word. */
	if (*text == '\0')
		text = "default";
	if (uris_put(list, text, list->refused == 0 ? em : NULL) == -1)
		list->refused++;
}

static void
uris_drop(struct uris *list)
{
	while (list->n > 0)
		free(list->uri[--list->n]);
}

/* The words of a text. */
static void
uris_split(struct uris *list, const char *text, struct errmsg *em)
{
	static const char blanks[] = " \t\n";
	char *word;
	size_t n;

	for (text += strspn(text, blanks); *text != '\0';
	    text += n + strspn(text + n, blanks)) {
		n = strcspn(text, blanks);
		if ((word = strndup(text, n)) == NULL) {
			if (list->refused++ == 0)
				(void)errmsg_set(em, ENOMEM, "no memory");
			return;
		}
		uris_add(list, word, em);
		free(word);
	}
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
	uris_drop(&list);
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
	uris_drop(&list);
	return ret;
}

static int
value_default(struct conf *c, const struct conf_key *key)
{
	return types[key->type].take(c, key, key_default(c, key), NULL);
}

static int
value_take(struct conf *c, const struct conf_key *key, const char *value,
    struct errmsg *em)
{
	if (*value == '\0')
		value = key_default(c, key);
	if (types[key->type].take(c, key, value, em) == 0)
		return 0;
	/* Fails for want of memory alone; what was there stays then. */
	(void)value_default(c, key);
	return -1;
}

int
conf_init(struct conf *c, const struct conf_family *family)
{
	size_t i;

	memset(c, 0, sizeof(*c));
	c->family = family == NULL ? conf_family(NULL) : family;
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

static void
item_unknown(struct reading *r, const struct shvar_item *item)
{
	struct errmsg em;
	char text[160];

	if (shvar_refers(r->whole, item->name))
		return;
	key_unknown(item->name, strlen(item->name), text, sizeof(text));
	(void)errmsg_set(&em, 0, "%s:%u:%u: %s", r->file, item->line,
	    item->col, text);
	finding(r, FINDING_WARNING, em.text);
}

static void
item_take(struct reading *r, const struct shvar_item *item)
{
	const struct conf_key *key;
	struct errmsg why, em;
	const char *used;

	key = key_find(item->name, strlen(item->name));
	if (key == NULL) {
		item_unknown(r, item);
		return;
	}
	if (value_take(r->conf, key, item->value, &why) == 0)
		return;
	used = key_default(r->conf, key);
	if (key->type == TYPE_URIS && uris_salvage(r->conf, item->value) == 0)
		used = "what else it names";
	/* 192 bytes are the file's at most, this leaves room for the rest. */
	(void)errmsg_set(&em, 0, "%s:%u:%u: %.250s; %s is used", r->file,
	    item->value_line, item->value_col, why.text, used);
	finding(r, FINDING_ERROR, em.text);
}

/* Read to the end, for the references alone. */
static void
references_read(struct shvar *lx)
{
	struct shvar_item item;

	while (shvar_next(lx, &item, NULL) != 0)
		continue;
}

int
conf_parse(struct conf *c, const struct conf_family *family,
    const struct conf_source *src, finding_fn *fn, void *arg)
{
	struct reading r = { .conf = c, .fn = fn, .arg = arg };
	struct shvar whole, lx;
	struct shvar_item item;
	struct errmsg em;
	int ret;

	if (family != NULL)
		c->family = family;
	(void)escape_text(r.file, sizeof(r.file), src->file,
	    strlen(src->file));
	shvar_init(&whole, src->file, src->text, src->len);
	references_read(&whole);
	r.whole = &whole;
	shvar_init(&lx, src->file, src->text, src->len);
	while ((ret = shvar_next(&lx, &item, &em)) != 0) {
		if (ret == -1)
			finding(&r, FINDING_ERROR, em.text);
		else
			item_take(&r, &item);
	}
	shvar_free(&lx);
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
	const struct conf_key *key;
	struct errmsg why;
	char text[160];
	size_t len;

	if (eq == NULL)
		return override_refuse(keyvalue, "no = in it", em);
	len = (size_t)(eq - keyvalue);
	if ((key = key_find(keyvalue, len)) == NULL) {
		key_unknown(keyvalue, len, text, sizeof(text));
		return override_refuse(keyvalue, text, em);
	}
	if (value_take(c, key, eq + 1, &why) == -1)
		return override_refuse(keyvalue, why.text, em);
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
	uris_drop(&list);
	return ret;
}

int
conf_persistent_only(const struct conf *c, enum policy_word word)
{
	if (c->persistent_only != CONF_DEFAULT)
		return c->persistent_only == CONF_YES;
	return word == POLICY_SUSPEND;
}
