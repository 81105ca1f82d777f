#include "wire/qmp.h"

#include <string.h>

#include "text/escape.h"

/* Bytes that are not read yet, or a value. */
struct span {
	const char	*p;
	const char	*end;
};

/* The answer to a command bears its number. */
static const char *const commands[QMP_NCOMMAND] = {
	[QMP_CAPABILITIES] = "{\"execute\":\"qmp_capabilities\",\"id\":0}\n",
	[QMP_STATUS] = "{\"execute\":\"query-status\",\"id\":1}\n",
	[QMP_POWERDOWN] = "{\"execute\":\"system_powerdown\",\"id\":2}\n",
	[QMP_CONT] = "{\"execute\":\"cont\",\"id\":3}\n",
	[QMP_WAKEUP] = "{\"execute\":\"system_wakeup\",\"id\":4}\n",
	[QMP_CANCEL] = "{\"execute\":\"migrate_cancel\",\"id\":5}\n",
	[QMP_QUIT] = "{\"execute\":\"quit\",\"id\":6}\n",
};

static const struct {
	const char	*word;
	enum qmp_status	 status;
} statuses[] = {
	{ "\"running\"", QMP_RUNNING },
	{ "\"suspended\"", QMP_ASLEEP },
	{ "\"guest-panicked\"", QMP_CRASHED },
	{ "\"shutdown\"", QMP_OFF },
};

const char *
qmp_command(enum qmp_command c)
{
	return commands[c];
}

static bool
span_is(struct span s, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(s.end - s.p) == len && memcmp(s.p, text, len) == 0;
}

static void
blanks_skip(struct span *s)
{
	while (s->p < s->end && strchr(" \t\r", *s->p) != NULL)
		s->p++;
}

/* Past a byte that must be there. */
static bool
expect(struct span *s, char c)
{
	blanks_skip(s);
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

/* Skip a string; its first quote is next. */
static bool
string_skip(struct span *s)
{
	for (s->p++; s->p < s->end && *s->p != '"'; s->p++)
		if (*s->p == '\\' && ++s->p == s->end)
			return false;
	return s->p < s->end && *s->p++ == '"';
}

/* The value that is next, whatever it is. */
static bool
value_take(struct span *s, struct span *value)
{
	size_t depth = 0;

	blanks_skip(s);
	value->p = s->p;
	while (s->p < s->end && (depth > 0 || strchr(",}]", *s->p) == NULL)) {
		if (*s->p == '"') {
			if (!string_skip(s))
				return false;
			continue;
		}
		if (*s->p == '{' || *s->p == '[')
			depth++;
		else if (*s->p == '}' || *s->p == ']')
			depth--;
		s->p++;
	}
	value->end = s->p;
	while (value->end > value->p && value->end[-1] == ' ')
		value->end--;
	return depth == 0 && value->end > value->p;
}

/* The value of a member, key with its quotes; false: no such member. */
static bool
member(struct span object, const char *key, struct span *value)
{
	struct span name;

	if (!expect(&object, '{'))
		return false;
	do {
		blanks_skip(&object);
		name.p = object.p;
		if (object.p == object.end || *object.p != '"' ||
		    !string_skip(&object))
			return false;
		name.end = object.p;
		if (!expect(&object, ':') || !value_take(&object, value))
			return false;
		if (span_is(name, key))
			return true;
	} while (expect(&object, ','));
	return false;
}

static enum qmp_command
command_of(struct span line)
{
	struct span id;

	if (!member(line, "\"id\"", &id) || id.end - id.p != 1 ||
	    *id.p < '0' || *id.p >= '0' + QMP_NCOMMAND)
		return QMP_NCOMMAND;
	return (enum qmp_command)(*id.p - '0');
}

static enum qmp_status
status_of(struct span answer)
{
	struct span status;
	size_t i;

	if (member(answer, "\"status\"", &status))
		for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
			if (span_is(status, statuses[i].word))
				return statuses[i].status;
	return QMP_PAUSED;
}

static void
event_read(struct span line, struct span event, struct qmp_news *n)
{
	struct span data, guest;

	if (span_is(event, "\"SHUTDOWN\""))
		n->what = QMP_SHUTDOWN;
	else if (span_is(event, "\"RESET\""))
		n->what = QMP_RESET;
	n->guest = member(line, "\"data\"", &data) &&
	    member(data, "\"guest\"", &guest) && span_is(guest, "true");
}

static void
line_read(struct span line, struct qmp_news *n)
{
	struct span value, desc;

	n->command = command_of(line);
	if (member(line, "\"event\"", &value)) {
		event_read(line, value, n);
	} else if (member(line, "\"return\"", &value)) {
		n->what = QMP_RETURN;
		n->status = status_of(value);
	} else if (member(line, "\"error\"", &value)) {
		n->what = QMP_ERROR;
		if (member(value, "\"desc\"", &desc) && *desc.p == '"')
			(void)escape_text(n->text, sizeof(n->text),
			    desc.p + 1, (size_t)(desc.end - desc.p) - 2);
	} else if (member(line, "\"QMP\"", &value)) {
		n->what = QMP_GREETING;
	}
}

size_t
qmp_take(struct qmp *q, const char *data, size_t len, struct qmp_news *n)
{
	const char *newline = memchr(data, '\n', len);
	size_t got = newline != NULL ? (size_t)(newline - data) : len;

	memset(n, 0, sizeof(*n));
	if (q->over || got > sizeof(q->line) - q->len) {
		q->over = true;
	} else {
		memcpy(q->line + q->len, data, got);
		q->len += got;
	}
	if (newline == NULL)
		return got;
	if (!q->over)
		line_read((struct span){ q->line, q->line + q->len }, n);
	q->len = 0;
	q->over = false;
	return got + 1;
}
