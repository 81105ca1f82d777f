#include "config/shvar_part.h"

#include <errno.h>

/* Characters that a value cannot contain unquoted. */
static const struct {
	int		 c;
	const char	*why;
} faults[] = {
	{ '\0',	"NUL byte" },
	{ '`',	"`...` is unsupported: commands are not run" },
	{ ';',	"unquoted ; is unsupported; quote it" },
	{ '&',	"unquoted & is unsupported; quote it" },
	{ '|',	"unquoted | is unsupported; quote it" },
	{ '<',	"unquoted < is unsupported; quote it" },
	{ '>',	"unquoted > is unsupported; quote it" },
	{ '(',	"unquoted ( is unsupported; quote it" },
	{ ')',	"unquoted ) is unsupported; quote it" },
};

const char *
shvar_fault(int c)
{
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i].c == c)
			return faults[i].why;
	return NULL;
}

struct shvar_place
shvar_here(const struct shvar *lx)
{
	struct shvar_place at = { lx->pos, lx->line, lx->col };

	return at;
}

void
shvar_go(struct shvar *lx, const struct shvar_place *at)
{
	lx->pos = at->pos;
	lx->line = at->line;
	lx->col = at->col;
}

int
shvar_refuse(struct shvar *lx, const struct shvar_place *at, const char *why)
{
	return errmsg_set(lx->set->em, EINVAL, "%s:%u:%u: %s", lx->set->file,
	    at->line, at->col, why);
}

size_t
shvar_eol(const struct shvar *lx, size_t pos)
{
	if (pos >= lx->len)
		return 0;
	if (lx->text[pos] == '\n')
		return 1;
	if (lx->text[pos] != '\r')
		return 0;
	if (pos + 1 == lx->len)
		return 1;
	return lx->text[pos + 1] == '\n' ? 2 : 0;
}

int
shvar_peek_plain(const struct shvar *lx)
{
	if (lx->pos >= lx->len)
		return SHVAR_END;
	if (shvar_eol(lx, lx->pos) > 0)
		return '\n';
	return (unsigned char)lx->text[lx->pos];
}

int
shvar_peek(struct shvar *lx)
{
	size_t n;

	while (lx->pos < lx->len && lx->text[lx->pos] == '\\' &&
	    (n = shvar_eol(lx, lx->pos + 1)) > 0) {
		lx->pos += 1 + n;
		lx->line++;
		lx->col = 1;
	}
	return shvar_peek_plain(lx);
}

void
shvar_advance(struct shvar *lx)
{
	size_t n = shvar_eol(lx, lx->pos);

	if (n > 0) {
		lx->pos += n;
		lx->line++;
		lx->col = 1;
	} else {
		lx->pos++;
		lx->col++;
	}
}

bool
shvar_is_blank(int c)
{
	return c == ' ' || c == '\t';
}

bool
shvar_is_word_end(int c)
{
	return c == SHVAR_END || c == '\n' || shvar_is_blank(c);
}

bool
shvar_is_name_first(int c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

bool
shvar_equals_ahead(const struct shvar *lx)
{
	size_t p = lx->pos;

	while (p < lx->len && shvar_is_blank(lx->text[p]))
		p++;
	return p > lx->pos && p < lx->len && lx->text[p] == '=';
}

static bool
is_name(int c)
{
	return shvar_is_name_first(c) || (c >= '0' && c <= '9');
}

int
shvar_name(struct shvar *lx, char name[SHVAR_NAME + 1])
{
	size_t n = 0;
	int c = shvar_peek(lx);

	if (shvar_is_name_first(c))
		for (; is_name(c) && n < SHVAR_NAME; c = shvar_peek(lx)) {
			name[n++] = (char)c;
			shvar_advance(lx);
		}
	name[n] = '\0';
	return n == SHVAR_NAME && is_name(c) ? -1 : 0;
}
