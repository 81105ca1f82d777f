#include "config/inifile.h"

#include <stdint.h>
#include <string.h>

#include "text/lines.h"

#define SECOND		INT64_C(1000000)	/* in microseconds */
#define SPAN_MAX	10000000	/* of any unit */

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* The next line with something on it; false after the last one. */
static bool
line_next(struct lines *l)
{
	while (lines_next(l))
		if (lines_find(l) && *l->word != '#' && *l->word != ';')
			return true;
	return false;
}

/* Past a key and = or :, at the value; NULL: the line has another key. */
static const char *
value_find(const struct lines *l, const char *key)
{
	size_t len = strlen(key);
	const char *p = l->word;

	if ((size_t)(l->stop - p) < len || memcmp(p, key, len) != 0)
		return NULL;
	for (p += len; p < l->stop && (*p == ' ' || *p == '\t'); p++)
		continue;
	if (p == l->stop || (*p != '=' && *p != ':'))
		return NULL;
	for (p++; p < l->stop && (*p == ' ' || *p == '\t'); p++)
		continue;
	return p;
}

static void
value_copy(const char *p, const char *stop, char *value, size_t size)
{
	size_t len;
	char quote;

	while (stop > p && (stop[-1] == ' ' || stop[-1] == '\t'))
		stop--;
	len = (size_t)(stop - p);
	if (len > 0 && (*p == '"' || *p == '\'')) {
		quote = *p++;
		stop = memchr(p, quote, len - 1);
		len = stop == NULL ? len - 1 : (size_t)(stop - p);
	}
	if (len >= size)
		len = size - 1;
	memcpy(value, p, len);
	value[len] = '\0';
}

bool
inifile_value(struct inifile_text t, const char *key, char *value,
    size_t size)
{
	bool found = false;
	struct lines l;
	const char *p;

	lines_begin(&l, t.text, t.len);
	while (line_next(&l)) {
		if ((p = value_find(&l, key)) == NULL)
			continue;
		value_copy(p, l.stop, value, size);
		found = true;
	}
	return found;
}

bool
inifile_mentions(struct inifile_text t, const char *word)
{
	size_t len = strlen(word);
	const char *p, *end;
	struct lines l;

	lines_begin(&l, t.text, t.len);
	while (line_next(&l)) {
		for (p = l.word; (size_t)(l.stop - p) >= len; p++) {
			end = p + len;
			if (memcmp(p, word, len) == 0 &&
			    (p == l.word || !is_word(p[-1])) &&
			    (end == l.stop || !is_word(*end)))
				return true;
		}
	}
	return false;
}

/* The units of systemd; 0: no such unit. */
static int64_t
unit_us(const char *unit, size_t len)
{
	static const struct {
		const char	*name;
		int64_t		 us;
	} units[] = {
		{ "", SECOND }, { "s", SECOND }, { "sec", SECOND },
		{ "second", SECOND }, { "seconds", SECOND },
		{ "m", 60 * SECOND }, { "min", 60 * SECOND },
		{ "minute", 60 * SECOND }, { "minutes", 60 * SECOND },
		{ "h", 3600 * SECOND }, { "hr", 3600 * SECOND },
		{ "hour", 3600 * SECOND }, { "hours", 3600 * SECOND },
		{ "d", 86400 * SECOND }, { "day", 86400 * SECOND },
		{ "days", 86400 * SECOND }, { "ms", 1000 },
		{ "msec", 1000 }, { "us", 1 }, { "usec", 1 },
	};
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].name) == len &&
		    memcmp(units[i].name, unit, len) == 0)
			return units[i].us;
	return 0;
}

long
inifile_span(const char *span)
{
	int64_t sum = 0, number, unit;
	size_t len;

	if (strcmp(span, "infinity") == 0)
		return INIFILE_ENDLESS;
	if (*span == '\0')
		return INIFILE_BAD;
	while (*span != '\0') {
		if (*span < '0' || *span > '9')
			return INIFILE_BAD;
		for (number = 0; *span >= '0' && *span <= '9'; span++)
			if (number < SPAN_MAX)
				number = number * 10 + (*span - '0');
		span += strspn(span, " ");
		len = strspn(span, "abcdefghijklmnopqrstuvwxyz");
		if ((unit = unit_us(span, len)) == 0)
			return INIFILE_BAD;
		if (number >= SPAN_MAX || sum / SECOND >= SPAN_MAX)
			return INIFILE_ENDLESS;
		sum += number * unit;
		span += len;
		span += strspn(span, " ");
	}
	return sum == 0 ? INIFILE_ENDLESS :
	    (long)((sum + SECOND - 1) / SECOND);
}
