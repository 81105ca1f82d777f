#include "text/pattern.h"

#include <stddef.h>

/* A byte of a bracket, after its backslash if it has one; NULL at the end of
 * the pattern. */
static const char *
bracket_byte(const char *p, unsigned char *byte)
{
	if (*p == '\\')
		p++;
	*byte = (unsigned char)*p;
	return *byte == '\0' ? NULL : p + 1;
}

/* A byte or a range of a bracket; a - at the end of it is a byte. */
static const char *
bracket_range(const char *p, unsigned char *from, unsigned char *to)
{
	p = bracket_byte(p, from);
	*to = *from;
	if (p != NULL && p[0] == '-' && p[1] != ']' && p[1] != '\0')
		p = bracket_byte(p + 1, to);
	return p;
}

static bool
bracket_negated(const char *p)
{
	return *p == '!';
}

/*
 * Whether the bracket at p (after its [) matches a byte; *end is what follows
 * it, or NULL if it is not closed.
 */
static bool
bracket_match(const char *p, unsigned char byte, const char **end)
{
	bool negated = bracket_negated(p), found = false, first;
	unsigned char from, to;

	*end = NULL;
	p += negated;
	/* A ] at the beginning is an ordinary byte. */
	for (first = true; *p != ']' || first; first = false) {
		if ((p = bracket_range(p, &from, &to)) == NULL)
			return false;
		found = found || (from <= byte && byte <= to);
	}
	*end = p + 1;
	return found != negated;
}

/* Whether the element at *p, not a star, matches a byte; if so, *p is moved
 * past it. */
static bool
element_match(const char **p, unsigned char byte)
{
	bool match;

	switch (**p) {
	case '\0':
		return false;
	case '?':
		++*p;
		return true;
	case '[':
		return bracket_match(*p + 1, byte, p);
	case '\\':
		++*p;
		break;
	}
	match = (unsigned char)**p == byte;	/* which is not NUL */
	*p += match;
	return match;
}

bool
pattern_match(const char *pattern, const char *text)
{
	const char *star = NULL, *retry = NULL, *p = pattern;

	while (*text != '\0') {
		if (*p == '*') {
			star = ++p;
			retry = text;
		} else if (element_match(&p, (unsigned char)*text)) {
			text++;
		} else if (star != NULL) {
			/* Only the last star can take more: what precedes it
			 * has matched as early as possible. */
			p = star;
			text = ++retry;
		} else {
			return false;
		}
	}
	while (*p == '*')
		p++;
	return *p == '\0';
}

static const char *
bracket_fault(const char *p, const char **end)
{
	unsigned char from, to;
	bool first;

	/* Some shells read it as [!...], others as a ^ among the bytes. */
	if (*p == '^')
		return "contains [^...]; use [!...]";
	p += bracket_negated(p);
	for (first = true; *p != ']' || first; first = false) {
		if (p[0] == '[' && (p[1] == ':' || p[1] == '.' || p[1] == '='))
			return "contains a class in [], which is unsupported";
		if ((p = bracket_range(p, &from, &to)) == NULL)
			return "contains an unclosed [";
		if (from > to)
			return "contains a range that ends before it starts";
	}
	*end = p + 1;
	return NULL;
}

const char *
pattern_fault(const char *pattern)
{
	const char *p = pattern, *why;

	while (*p != '\0') {
		switch (*p++) {
		case '[':
			if ((why = bracket_fault(p, &p)) != NULL)
				return why;
			break;
		case '\\':
			if (*p++ == '\0')
				return "ends in a backslash";
			break;
		}
	}
	return NULL;
}
