#include "policy.h"

#include <string.h>

static const struct {
	const char	*name;
	int		 stop;		/* may stand in ON_SHUTDOWN */
} words[POLICY_NWORD] = {
	[POLICY_END]		= { "none",	0 },
	[POLICY_SUSPEND]	= { "suspend",	1 },
	[POLICY_SHUTDOWN]	= { "shutdown",	1 },
	[POLICY_START]		= { "start",	0 },
};

const char *
policy_name(enum policy_word word)
{
	if ((unsigned)word >= POLICY_NWORD)
		word = POLICY_END;
	return words[word].name;
}

enum policy_word
policy_word(const char *name)
{
	unsigned i;

	for (i = 0; i < POLICY_NWORD; i++)
		if (words[i].stop && strcmp(words[i].name, name) == 0)
			return (enum policy_word)i;
	return POLICY_END;
}
