#include "config/shvar_part.h"

#include <string.h>

#define LINE	1024	/* bytes of a line that are looked at */

/* Commands that are skipped, not refused, when a line begins with them. */
static const struct {
	const char	*word;
	const char	*also;		/* must be in the line, or NULL */
	const char	*why;
} skipped[] = {
#define FILE_WHY	"this line is skipped: other files are not read; copy "\
			"its assignments into this file"
	{ ":", NULL, "this line is skipped: `:` does nothing here; write "
	    "NAME=VALUE" },
	{ ".", NULL, FILE_WHY },
	{ "source", NULL, FILE_WHY },
	{ "[", "&& . ", FILE_WHY },
	{ "[", "&& source ", FILE_WHY },
	{ "test", "&& . ", FILE_WHY },
	{ "test", "&& source ", FILE_WHY },
};

const char *
shvar_skippable(const struct shvar *lx)
{
	char line[LINE];
	size_t i, n = 0, len;

	while (n + 1 < sizeof(line) && lx->pos + n < lx->len &&
	    shvar_eol(lx, lx->pos + n) == 0) {
		line[n] = lx->text[lx->pos + n];
		n++;
	}
	line[n] = '\0';
	for (i = 0; i < sizeof(skipped) / sizeof(skipped[0]); i++) {
		len = strlen(skipped[i].word);
		if (strncmp(line, skipped[i].word, len) == 0 &&
		    (line[len] == '\0' || shvar_is_blank(line[len])) &&
		    (skipped[i].also == NULL ||
		    strstr(line, skipped[i].also) != NULL))
			return skipped[i].why;
	}
	return NULL;
}
