#include "config/guesttab_part.h"

#include <arpa/inet.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "text/errmsg.h"
#include "text/number.h"
#include "text/words.h"

#define HOST_MAX	253	/* bytes in the name of a host */
#define ZONE_MAX	15	/* bytes in the name of an interface */

#define ORDER_MAX	9999
#define DAY		86400
#define WEEK		604800

static guesttab_take_fn	 number_take, word_take, chain_take, mode_take,
			 ready_take;

static const struct word boot_words[] = {
	{ "yes", 1 }, { "no", 0 }, { NULL, 0 }
};

static const struct word snapshot_words[] = {
	{ "disk", POLICY_SNAPSHOT_DISK }, { "no", POLICY_SNAPSHOT_NO },
	{ NULL, 0 }
};

#define FIELD(name)	offsetof(struct guesttab_row, name)

static const struct guesttab_option columns[] = {
	{ "ORDER",	 number_take, FIELD(order), ORDER_MAX, NULL },
	{ "CHAIN",	 chain_take, FIELD(chain), 0, NULL },
	{ "TIMEOUT",	 number_take, FIELD(timeout), WEEK, NULL },
	{ "OPTIONS",	 NULL, 0, 0, NULL },
};

static const struct guesttab_option options[] = {
	{ "mode",	 mode_take, FIELD(mode), 0, NULL },
	{ "resend",	 number_take, FIELD(resend), DAY, NULL },
	{ "start-delay", number_take, FIELD(start_delay), DAY, NULL },
	{ "stop-delay",	 number_take, FIELD(stop_delay), DAY, NULL },
	{ "ready",	 ready_take, FIELD(ready), 0, NULL },
	{ "boot",	 word_take, FIELD(boot), 0, boot_words },
	{ "snapshot",	 word_take, FIELD(snapshot), 0, snapshot_words },
};

const struct guesttab_option *
guesttab_column(size_t i)
{
	return i < sizeof(columns) / sizeof(columns[0]) ? &columns[i] : NULL;
}

const struct guesttab_option *
guesttab_option(size_t i)
{
	return i < sizeof(options) / sizeof(options[0]) ? &options[i] : NULL;
}

static int *
int_field(struct guesttab_row *row, const struct guesttab_option *o)
{
	return (int *)(void *)((char *)row + o->offset);
}

static void
field_inherit(struct guesttab_row *row, const struct guesttab_option *o)
{
	if (o->take == number_take || o->take == word_take)
		*int_field(row, o) = GUESTTAB_INHERIT;
}

void
guesttab_row_init(struct guesttab_row *row, unsigned line)
{
	const struct guesttab_option *o;
	size_t i;

	memset(row, 0, sizeof(*row));
	row->line = line;
	for (i = 0; (o = guesttab_column(i)) != NULL; i++)
		field_inherit(row, o);
	for (i = 0; (o = guesttab_option(i)) != NULL; i++)
		field_inherit(row, o);
}

void
guesttab_row_free(struct guesttab_row *row)
{
	free(row->selector.pattern);
	free(row->host);
}

static int
refuse(struct errmsg *em, const char *value, const char *why)
{
	return errmsg_refuse(em, value, strlen(value), why);
}

/* The number in a text, min to max, at *n. */
static int
number_read(const char *text, struct number_range range, int *n,
    struct errmsg *em)
{
	char why[NUMBER_WHY];
	int64_t value;
	int ret = number_limit(text, &range, &value, why);

	if (ret != 0)
		(void)refuse(em, text, why);
	if (ret != -1)
		*n = (int)value;
	return ret;
}

static int
number_take(struct guesttab_row *row, const struct guesttab_option *o,
    const char *value, struct errmsg *em)
{
	const struct number_range range = { 0, o->max };

	return number_read(value, range, int_field(row, o), em);
}

static int
word_take(struct guesttab_row *row, const struct guesttab_option *o,
    const char *value, struct errmsg *em)
{
	const struct word *word = words_find(o->words, value, true);
	char why[WORDS_WHY];

	if (word != NULL) {
		*int_field(row, o) = word->value;
		return 0;
	}
	words_why(o->words, why);
	return refuse(em, value, why);
}

static int
chain_take(struct guesttab_row *row, const struct guesttab_option *o,
    const char *value, struct errmsg *em)
{
	(void)o;
	return policy_chain(value, row->chain, em);
}

static int
mode_take(struct guesttab_row *row, const struct guesttab_option *o,
    const char *value, struct errmsg *em)
{
	(void)o;
	if (policy_modes(value, '+', row->mode, em) == -1)
		return -1;
	row->has_mode = true;
	return 0;
}

/* Whether a text is a name of a host or an interface, 1 to max bytes. */
static bool
name_sound(const char *name, size_t max)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	size_t len = strlen(name);

	return len > 0 && len <= max && strspn(name, good) == len;
}

/* Whether a text is an IPv6 address, with %ZONE or not.  Restores the %. */
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
		return sound ? NULL : "has no IPv6 address in brackets";
	}
	if (*text == '[')
		return "has no :PORT after the brackets";
	if (strchr(text, ':') != NULL)
		return "has an IPv6 address without brackets";
	return name_sound(text, HOST_MAX) ? NULL : "has no valid host name";
}

static int
ready_tcp_take(struct guesttab_row *row, const char *value,
    struct errmsg *em)
{
	const struct number_range range = { 1, 65535 };
	char text[GUESTTAB_WORD + 1], *host, *port;
	const char *why;
	int64_t n;

	(void)strlcpy(text, value + strlen("tcp:"), sizeof(text));
	if ((why = host_split(text, &host, &port)) != NULL)
		return refuse(em, value, why);
	if (number_parse(port, &range, &n, NULL) == -1)
		return refuse(em, value, "has no valid port; use 1 to 65535");
	if ((row->host = strdup(host)) == NULL)
		return errmsg_set(em, ENOMEM, "no memory");
	row->port = (int)n;
	row->ready = GUESTTAB_READY_TCP;
	return 0;
}

static int
ready_take(struct guesttab_row *row, const struct guesttab_option *o,
    const char *value, struct errmsg *em)
{
	const struct number_range range = { 0, DAY };
	int ret;

	(void)o;
	if (strncmp(value, "tcp:", 4) == 0)
		return ready_tcp_take(row, value, em);
	if (strncmp(value, "delay:", 6) == 0) {
		ret = number_read(value + 6, range, &row->delay, em);
		if (ret != -1)
			row->ready = GUESTTAB_READY_DELAY;
		return ret;
	}
	if (strcmp(value, "agent") != 0)
		return refuse(em, value,
		    "is unknown; use one of agent, tcp:HOST:PORT, "
		    "delay:SECONDS");
	row->ready = GUESTTAB_READY_AGENT;
	return 0;
}
