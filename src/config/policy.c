#include "config/policy.h"

#include <string.h>
#include <strings.h>

#include "compat.h"
#include "text/words.h"

#define LINKS	8	/* of the longest chain, its end included */

/* Where a word is allowed in a text. */
enum stand {
	NOWHERE,
	ANYWHERE,
	LAST,			/* no word may follow it */
	ALONE			/* the empty chain */
};

/* A word of a vocabulary.  Its index is its value; index 0 is the end. */
struct entry {
	const char	*name;
	enum stand	 stand;
};

struct vocabulary {
	const struct entry *words;
	size_t		 n;
	size_t		 longest;	/* words in a chain, at most */
	int		 separator;
};

static const struct entry stop_words[POLICY_NACTION] = {
	[POLICY_END]		= { "none",	NOWHERE },
	[POLICY_SUSPEND]	= { "suspend",	ANYWHERE },
	[POLICY_SHUTDOWN]	= { "shutdown",	ANYWHERE },
	[POLICY_DESTROY]	= { "destroy",	LAST },
	[POLICY_LEAVE]		= { "leave",	LAST },
	[POLICY_START]		= { "start",	NOWHERE },
};

static const struct policy_traits traits[POLICY_NACTION] = {
	[POLICY_END] = { .heading = "Leaving guests" },
	[POLICY_SUSPEND] = {
		.heading = "Suspending guests", .acts = true, .saves = true,
		.lasts = true, .crashed = POLICY_DESTROY, .reserve = 10
	},
	[POLICY_SHUTDOWN] = {
		.heading = "Shutting down guests", .acts = true, .asks = true,
		.paused = POLICY_SUSPEND, .crashed = POLICY_DESTROY
	},
	[POLICY_DESTROY] = {
		.heading = "Destroying guests", .acts = true, .forces = true,
		.reserve = 5
	},
	[POLICY_LEAVE] = { .heading = "Leaving guests" },
	[POLICY_START] = {
		.heading = "Resuming guests", .acts = true, .starts = true,
		.lasts = true
	},
};

static const struct entry mode_words[POLICY_NMODE] = {
	[POLICY_MODE_END]	= { "default",	ALONE },
	[POLICY_MODE_AGENT]	= { "agent",	ANYWHERE },
	[POLICY_MODE_ACPI]	= { "acpi",	ANYWHERE },
	[POLICY_MODE_INITCTL]	= { "initctl",	ANYWHERE },
	[POLICY_MODE_SIGNAL]	= { "signal",	ANYWHERE },
	[POLICY_MODE_PARAVIRT]	= { "paravirt",	ANYWHERE },
};

static const struct vocabulary stop_vocabulary = {
	stop_words, POLICY_NACTION, POLICY_ACTIONS, ','
};

/* A chain being read, and the word that is looked at. */
struct chain {
	const struct vocabulary *v;
	unsigned char	 link[LINKS];
	size_t		 n;
	const char	*word;
	size_t		 len;
};

const struct policy_traits *
policy_traits(enum policy_action word)
{
	return &traits[(unsigned)word < POLICY_NACTION ? word : POLICY_END];
}

const char *
policy_name(enum policy_action word)
{
	if ((unsigned)word >= POLICY_NACTION)
		word = POLICY_END;
	return stop_words[word].name;
}

const char *
policy_mode_name(enum policy_mode mode)
{
	if ((unsigned)mode >= POLICY_NMODE)
		mode = POLICY_MODE_END;
	return mode_words[mode].name;
}

/* The index of a word, or v->n. */
static size_t
word_find(const struct vocabulary *v, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		if (v->words[i].stand != NOWHERE &&
		    strlen(v->words[i].name) == len &&
		    strncasecmp(v->words[i].name, name, len) == 0)
			break;
	return i;
}

enum policy_action
policy_action(const char *name)
{
	size_t i = word_find(&stop_vocabulary, name, strlen(name));

	return i == POLICY_NACTION ? POLICY_END : (enum policy_action)i;
}

static int
word_unknown(const struct chain *c, struct errmsg *em)
{
	char why[WORDS_WHY] = "";
	size_t i;

	for (i = 0; i < c->v->n; i++)
		if (c->v->words[i].stand != NOWHERE)
			words_why_add(why, c->v->words[i].name);
	return errmsg_refuse(em, c->word, c->len, why);
}

/* What is wrong with a word as the next of a chain, or NULL. */
static const char *
word_fault(const struct chain *c, size_t word)
{
	if (c->v->words[word].stand == ALONE)
		return "cannot be combined with others";
	if (c->n == c->v->longest)
		return "is one value too many";
	if (memchr(c->link, (int)word, c->n) != NULL)
		return "is given twice";
	if (c->n > 0 && c->v->words[c->link[c->n - 1]].stand == LAST)
		return "follows an action that must be last";
	return NULL;
}

static int
word_add(struct chain *c, struct errmsg *em)
{
	size_t word = word_find(c->v, c->word, c->len);
	const char *why;

	if (word == c->v->n)
		return word_unknown(c, em);
	if ((why = word_fault(c, word)) != NULL)
		return errmsg_refuse(em, c->word, c->len, why);
	c->link[c->n++] = (unsigned char)word;
	return 0;
}

static int
chain_read(struct chain *c, const char *text, struct errmsg *em)
{
	const char separators[2] = { (char)c->v->separator, '\0' };

	if (c->v->words[0].stand == ALONE &&
	    strcasecmp(text, c->v->words[0].name) == 0)
		return 0;
	for (c->word = text;; c->word += c->len + 1) {
		c->len = strcspn(c->word, separators);
		if (word_add(c, em) == -1)
			return -1;
		if (c->word[c->len] == '\0')
			return 0;
	}
}

int
policy_chain(const char *text, enum policy_action chain[POLICY_CHAIN],
    struct errmsg *em)
{
	struct chain c = { .v = &stop_vocabulary };
	size_t i;

	if (chain_read(&c, text, em) == -1)
		return -1;
	for (i = 0; i < POLICY_CHAIN; i++)
		chain[i] = (enum policy_action)c.link[i];
	return 0;
}

int
policy_modes(const char *text, int separator,
    enum policy_mode modes[POLICY_MODES], struct errmsg *em)
{
	const struct vocabulary v = {
		mode_words, POLICY_NMODE, POLICY_MODES - 1, separator
	};
	struct chain c = { .v = &v };
	size_t i;

	if (chain_read(&c, text, em) == -1)
		return -1;
	for (i = 0; i < POLICY_MODES; i++)
		modes[i] = (enum policy_mode)c.link[i];
	return 0;
}

/* Add a name to a text. */
static void
text_add(char *text, size_t size, const char *name, int separator)
{
	const char between[2] = { (char)separator, '\0' };

	if (text[0] != '\0')
		(void)strlcat(text, between, size);
	(void)strlcat(text, name, size);
}

enum policy_action
policy_last(const enum policy_action chain[POLICY_CHAIN])
{
	enum policy_action word = chain[0];
	size_t i;

	for (i = 1; i < POLICY_CHAIN && chain[i] != POLICY_END; i++)
		word = chain[i];
	return word;
}

void
policy_unsave(enum policy_action chain[POLICY_CHAIN])
{
	size_t i, n = 0;

	for (i = 0; i < POLICY_CHAIN; i++)
		if (!policy_traits(chain[i])->saves)
			chain[n++] = chain[i];
	while (n < POLICY_CHAIN)
		chain[n++] = POLICY_END;
}

bool
policy_only_saves(const enum policy_action chain[POLICY_CHAIN])
{
	bool saves = false, acts = false;
	size_t i;

	for (i = 0; i < POLICY_CHAIN; i++) {
		saves = saves || policy_traits(chain[i])->saves;
		acts = acts || (policy_traits(chain[i])->acts &&
		    !policy_traits(chain[i])->saves);
	}
	return saves && !acts;
}

const char *
policy_chain_text(const enum policy_action chain[POLICY_CHAIN],
    char text[POLICY_TEXT])
{
	size_t i;

	text[0] = '\0';
	for (i = 0; i < POLICY_ACTIONS && chain[i] != POLICY_END; i++)
		text_add(text, POLICY_TEXT, policy_name(chain[i]), ',');
	if (text[0] == '\0')
		(void)strlcpy(text, policy_name(POLICY_END), POLICY_TEXT);
	return text;
}

const char *
policy_modes_text(const enum policy_mode modes[POLICY_MODES], int separator,
    char text[POLICY_MODES_TEXT])
{
	size_t i;

	text[0] = '\0';
	for (i = 0; i < POLICY_MODES && modes[i] != POLICY_MODE_END; i++)
		text_add(text, POLICY_MODES_TEXT, policy_mode_name(modes[i]),
		    separator);
	if (text[0] == '\0')
		(void)strlcpy(text, policy_mode_name(POLICY_MODE_END),
		    POLICY_MODES_TEXT);
	return text;
}
