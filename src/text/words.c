#include "text/words.h"

#include <string.h>
#include <strings.h>

#include "compat.h"

const struct word *
words_find(const struct word *words, const char *text, bool any_case)
{
	int (*compare)(const char *, const char *) = any_case ? strcasecmp :
	    strcmp;

	for (; words->name != NULL; words++)
		if (compare(words->name, text) == 0)
			return words;
	return NULL;
}

void
words_why_add(char why[WORDS_WHY], const char *name)
{
	if (why[0] == '\0')
		(void)strlcpy(why, "is unknown; use one of ", WORDS_WHY);
	else
		(void)strlcat(why, ", ", WORDS_WHY);
	(void)strlcat(why, name, WORDS_WHY);
}

void
words_why(const struct word *words, char why[WORDS_WHY])
{
	why[0] = '\0';
	for (; words->name != NULL; words++)
		words_why_add(why, words->name);
}
