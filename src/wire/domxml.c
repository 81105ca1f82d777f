#include "wire/domxml.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "text/utf8.h"

#define NAMESPACE	"http://libosinfo.org/xmlns/libvirt/domain/1.0"
#define DEPTH		128	/* elements in one another, at most */
#define PREFIXES	64	/* bound at once, at most */

/* Bytes of the document. */
struct span {
	const char	*s;
	size_t		 len;
};

struct prefix {
	struct span	 name;		/* empty: of names without one */
	size_t		 depth;		/* of the element that binds it */
	bool		 ours;		/* to the namespace of libosinfo */
};

struct scan {
	const char	*p;
	const char	*end;
	size_t		 depth;
	struct span	 open[DEPTH];
	size_t		 nprefix;
	struct prefix	 prefix[PREFIXES];
	struct span	 id;		/* of the tag that is read */
	struct span	 status[DOMXML_NSTATUS];	/* what was found */
	struct domxml_facts *facts;	/* or NULL: they do not matter */
	unsigned	 tag;		/* facts of the tag that is read */
};

/* Where values are in a status file; without an attribute it is the text. */
static const struct {
	const char	*parent;
	const char	*element;
	const char	*attribute;
} status_place[DOMXML_NSTATUS] = {
	[DOMXML_MONITOR] = { "domstatus", "monitor", "path" },
	[DOMXML_ID] = { "domstatus", "domain", "id" },
	[DOMXML_NAME] = { "domain", "name", NULL },
	[DOMXML_UUID] = { "domain", "uuid", NULL },
};

/* What elements below <domain> mean: PATH, or PATH/NAME. */
static const struct {
	const char	*path[3];	/* up to NULL */
	const char	*attribute;	/* NULL: the element itself */
	const char	*value;		/* that it has */
	const char	*unless;	/* that it does not have */
	unsigned	 fact;
} fact_place[] = {
	{ { NULL }, "type", "qemu", NULL, DOMXML_QEMU },
	{ { NULL }, "type", "kvm", NULL, DOMXML_QEMU },
	{ { NULL }, "type", "lxc", NULL, DOMXML_LXC },
	{ { "os", "type" }, "arch", "x86_64", NULL, DOMXML_X86 },
	{ { "os", "type" }, "arch", "i686", NULL, DOMXML_X86 },
	{ { "features", "acpi" }, NULL, NULL, NULL, DOMXML_ACPI },
	{ { "devices", "hostdev" }, "type", NULL, "usb", DOMXML_HOSTDEV },
	{ { "devices", "interface" }, "type", "hostdev", NULL,
	    DOMXML_HOSTDEV },
	{ { "devices", "filesystem" }, NULL, NULL, NULL, DOMXML_SHARED },
	{ { "devices", "channel", "target" }, "name",
	    "org.qemu.guest_agent.0", NULL, DOMXML_AGENT },
	{ { "devices", "channel", "target" }, "state", "connected", NULL,
	    DOMXML_AGENT_UP },
};

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
span_is(struct span a, const char *s)
{
	return a.len == strlen(s) && memcmp(a.s, s, a.len) == 0;
}

static bool
span_equal(struct span a, struct span b)
{
	return a.len == b.len && memcmp(a.s, b.s, a.len) == 0;
}

/* The parts before (empty without one) and after the first colon. */
static void
name_split(struct span name, struct span *prefix, struct span *local)
{
	const char *colon = memchr(name.s, ':', name.len);

	*prefix = (struct span){ name.s, 0 };
	*local = name;
	if (colon == NULL)
		return;
	prefix->len = (size_t)(colon - name.s);
	local->s = colon + 1;
	local->len = name.len - prefix->len - 1;
}

/*
 * Values.
 */

/* The number of "#65" or "#x41", 0 when it is none. */
static uint32_t
number_get(struct span ref)
{
	uint32_t base = 10, c = 0, digit;
	size_t i = 1;

	if (ref.len > 1 && ref.s[1] == 'x') {
		base = 16;
		i++;
	}
	for (; i < ref.len && c <= 0x10ffff; i++) {
		if (ref.s[i] >= '0' && ref.s[i] <= '9')
			digit = (uint32_t)(ref.s[i] - '0');
		else if ((ref.s[i] | 0x20) >= 'a' && (ref.s[i] | 0x20) <= 'f')
			digit = (uint32_t)((ref.s[i] | 0x20) - 'a') + 10;
		else
			return 0;
		if (digit >= base)
			return 0;
		c = c * base + digit;
	}
	return c;
}

/* The text between & and ;. */
static size_t
reference_put(struct span ref, char text[4])
{
	static const struct {
		const char	*name;
		char		 c;
	} entity[] = {
		{ "lt", '<' }, { "gt", '>' }, { "amp", '&' },
		{ "quot", '"' }, { "apos", '\'' },
	};
	uint32_t c;
	size_t i;

	if (ref.len > 0 && *ref.s == '#') {
		c = number_get(ref);
		return c == 0 ? 0 : utf8_write(c, text);
	}
	for (i = 0; i < sizeof(entity) / sizeof(entity[0]); i++)
		if (span_is(ref, entity[i].name)) {
			text[0] = entity[i].c;
			return 1;
		}
	return 0;
}

/* A value with entities resolved; 0, or -1: malformed or too long. */
static int
value_decode(struct span v, char out[DOMXML_OS])
{
	size_t i, n = 0, len;
	const char *semicolon;
	struct span ref;
	char c[4];

	for (i = 0; i < v.len; i++) {
		c[0] = v.s[i];
		if (is_space(c[0]))
			c[0] = ' ';
		len = 1;
		if (c[0] == '&') {
			ref.s = &v.s[i + 1];
			semicolon = memchr(ref.s, ';', v.len - i - 1);
			if (semicolon == NULL)
				return -1;
			ref.len = (size_t)(semicolon - ref.s);
			len = reference_put(ref, c);
			i += ref.len + 1;
		}
		if (len == 0 || n + len >= DOMXML_OS)
			return -1;
		memcpy(out + n, c, len);
		n += len;
	}
	out[n] = '\0';
	return 0;
}

/*
 * Namespaces.
 */

/* 1 when an attribute binds a prefix, 0 when not, -1 when too many do. */
static int
prefix_bind(struct scan *sc, struct span name, struct span value)
{
	struct span prefix, local;
	char uri[DOMXML_OS];

	name_split(name, &prefix, &local);
	if (span_is(name, "xmlns"))
		local.len = 0;
	else if (!span_is(prefix, "xmlns"))
		return 0;
	if (sc->nprefix == PREFIXES)
		return -1;
	sc->prefix[sc->nprefix++] = (struct prefix){ local, sc->depth,
	    value_decode(value, uri) == 0 && strcmp(uri, NAMESPACE) == 0 };
	return 1;
}

static bool
is_os(const struct scan *sc, struct span name)
{
	struct span prefix, local;
	size_t i = sc->nprefix;

	name_split(name, &prefix, &local);
	if (!span_is(local, "os"))
		return false;
	while (i-- > 0)
		if (span_equal(sc->prefix[i].name, prefix))
			return sc->prefix[i].ours;
	return false;
}

/*
 * Tags.
 */

static void
space_skip(struct scan *sc)
{
	while (sc->p < sc->end && is_space(*sc->p))
		sc->p++;
}

/* The byte that is next, NUL at the end. */
static char
peek(const struct scan *sc)
{
	if (sc->p == sc->end)
		return '\0';
	return *sc->p;
}

/* Past a byte that must be there. */
static int
expect(struct scan *sc, char c)
{
	if (peek(sc) != c)
		return -1;
	sc->p++;
	return 0;
}

/* Past the next occurrence of a text. */
static int
pass(struct scan *sc, const char *text)
{
	const char *at = memmem(sc->p, (size_t)(sc->end - sc->p), text,
	    strlen(text));

	if (at == NULL)
		return -1;
	sc->p = at + strlen(text);
	return 0;
}

static int
name_take(struct scan *sc, struct span *name)
{
	name->s = sc->p;
	while (sc->p < sc->end && !is_space(*sc->p) &&
	    strchr("=/><\"'&", *sc->p) == NULL)
		sc->p++;
	name->len = (size_t)(sc->p - name->s);
	return name->len > 0 ? 0 : -1;
}

/* The first value there counts.  Attribute: NULL for the text. */
static void
status_note(struct scan *sc, const struct span *attribute, struct span value)
{
	size_t i, d = sc->depth;

	for (i = 0; d > 1 && d <= 3 && i < DOMXML_NSTATUS; i++)
		if (sc->status[i].s == NULL &&
		    span_is(sc->open[0], "domstatus") &&
		    span_is(sc->open[d - 2], status_place[i].parent) &&
		    span_is(sc->open[d - 1], status_place[i].element) &&
		    (attribute == NULL ? status_place[i].attribute == NULL :
		    status_place[i].attribute != NULL &&
		    span_is(*attribute, status_place[i].attribute)))
			sc->status[i] = value;
}

/* Whether the open elements are <domain> and those of a path. */
static bool
path_is(const struct scan *sc, const char *const path[3])
{
	size_t i;

	if (sc->depth == 0 || !span_is(sc->open[0], "domain"))
		return false;
	for (i = 0; i < 3 && path[i] != NULL; i++)
		if (i + 1 >= sc->depth || !span_is(sc->open[i + 1], path[i]))
			return false;
	return sc->depth == i + 1;
}

/* Note what an attribute means, or with NULL the element itself. */
static void
fact_note(struct scan *sc, const struct span *attribute, struct span value)
{
	size_t i;

	if (sc->facts == NULL)
		return;
	for (i = 0; i < sizeof(fact_place) / sizeof(fact_place[0]); i++)
		if ((attribute == NULL ? fact_place[i].attribute == NULL :
		    fact_place[i].attribute != NULL &&
		    span_is(*attribute, fact_place[i].attribute)) &&
		    (fact_place[i].value == NULL ||
		    span_is(value, fact_place[i].value)) &&
		    (fact_place[i].unless == NULL ||
		    !span_is(value, fact_place[i].unless)) &&
		    path_is(sc, fact_place[i].path))
			sc->tag |= fact_place[i].fact;
}

/* The tag is read.  A state is that of the agent only beside its name. */
static void
fact_take(struct scan *sc)
{
	if (sc->facts == NULL)
		return;
	fact_note(sc, NULL, sc->open[sc->depth - 1]);
	if (!(sc->tag & DOMXML_AGENT))
		sc->tag &= ~DOMXML_AGENT_UP;
	sc->facts->set |= sc->tag;
}

/* The memory, in KiB; a text that is not a number gives 0. */
static void
memory_take(struct scan *sc, struct span text)
{
	static const char *const path[3] = { "currentMemory" };
	uint64_t kib = 0;
	size_t i;

	if (sc->facts == NULL || !path_is(sc, path))
		return;
	for (i = 0; i < text.len && text.s[i] >= '0' && text.s[i] <= '9' &&
	    kib < UINT64_MAX / 1024 / 16; i++)
		kib = kib * 10 + (uint64_t)(text.s[i] - '0');
	sc->facts->memory = i == text.len ? kib * 1024 : 0;
}

static int
attribute_take(struct scan *sc)
{
	struct span name, value;
	char quote;

	if (name_take(sc, &name) == -1)
		return -1;
	space_skip(sc);
	if (expect(sc, '=') == -1)
		return -1;
	space_skip(sc);
	quote = peek(sc);
	if (quote != '"' && quote != '\'')
		return -1;
	value.s = ++sc->p;
	while (sc->p < sc->end && *sc->p != quote && *sc->p != '<')
		sc->p++;
	value.len = (size_t)(sc->p - value.s);
	if (expect(sc, quote) == -1 || prefix_bind(sc, name, value) == -1)
		return -1;
	if (span_is(name, "id"))
		sc->id = value;
	status_note(sc, &name, value);
	fact_note(sc, &name, value);
	return 0;
}

static void
element_end(struct scan *sc)
{
	while (sc->nprefix > 0 &&
	    sc->prefix[sc->nprefix - 1].depth == sc->depth)
		sc->nprefix--;
	sc->depth--;
}

/* </NAME>, after its first two bytes. */
static int
tag_close(struct scan *sc)
{
	struct span name;

	if (name_take(sc, &name) == -1 || sc->depth == 0 ||
	    !span_equal(name, sc->open[sc->depth - 1]))
		return -1;
	space_skip(sc);
	element_end(sc);
	return expect(sc, '>');
}

/* <NAME ...> or <NAME .../>, after its first byte; 1: the one looked for. */
static int
tag_open(struct scan *sc)
{
	struct span name, text;
	const char *next;
	bool found;

	if (name_take(sc, &name) == -1 || sc->depth == DEPTH)
		return -1;
	sc->open[sc->depth++] = name;
	sc->id.s = NULL;
	sc->tag = 0;
	for (space_skip(sc); peek(sc) != '>' && peek(sc) != '/';
	    space_skip(sc))
		if (attribute_take(sc) == -1)
			return -1;
	found = is_os(sc, name) && sc->id.s != NULL;
	fact_take(sc);
	if (*sc->p == '/') {
		sc->p++;
		element_end(sc);
	} else if ((next = memchr(sc->p, '<', (size_t)(sc->end - sc->p))) !=
	    NULL) {
		text.s = sc->p + 1;
		text.len = (size_t)(next - text.s);
		status_note(sc, NULL, text);
		memory_take(sc, text);
	}
	if (expect(sc, '>') == -1)
		return -1;
	return found;
}

/* Anything that begins with <, after it; 1: the one looked for. */
static int
markup_take(struct scan *sc)
{
	static const struct {
		const char	*begin;
		const char	*end;
	} passed[] = {
		{ "?", "?>" }, { "!--", "-->" }, { "![CDATA[", "]]>" },
	};
	size_t i, len;

	for (i = 0; i < sizeof(passed) / sizeof(passed[0]); i++) {
		len = strlen(passed[i].begin);
		if ((size_t)(sc->end - sc->p) < len ||
		    memcmp(sc->p, passed[i].begin, len) != 0)
			continue;
		sc->p += len;
		return pass(sc, passed[i].end);
	}
	if (peek(sc) == '/') {
		sc->p++;
		return tag_close(sc);
	}
	return tag_open(sc);
}

int
domxml_os(const char *xml, size_t len, char os[DOMXML_OS])
{
	struct scan sc = { .p = xml, .end = xml + len };
	int rv;

	os[0] = '\0';
	/* No document is all text. */
	if (pass(&sc, "<") == -1)
		return -1;
	do {
		if ((rv = markup_take(&sc)) == -1)
			return -1;
		if (rv == 1 && value_decode(sc.id, os) == -1) {
			os[0] = '\0';
			return -1;
		}
		if (rv == 1)
			return 1;
	} while (pass(&sc, "<") == 0);
	return sc.depth == 0 ? 0 : -1;
}

int
domxml_facts(const char *xml, size_t len, struct domxml_facts *facts)
{
	struct scan sc = { .p = xml, .end = xml + len, .facts = facts };
	int rv = -1;

	memset(facts, 0, sizeof(*facts));
	if (pass(&sc, "<") == 0)
		do
			rv = markup_take(&sc);
		while (rv != -1 && pass(&sc, "<") == 0);
	if (rv != -1 && sc.depth == 0)
		return 0;
	memset(facts, 0, sizeof(*facts));
	return -1;
}

int
domxml_status(const char *xml, size_t len,
    char out[DOMXML_NSTATUS][DOMXML_OS])
{
	struct scan sc = { .p = xml, .end = xml + len };
	size_t i;

	do {
		if (pass(&sc, "<") == -1 || markup_take(&sc) == -1)
			return -1;
	} while (sc.depth > 0 || sc.status[DOMXML_UUID].s == NULL);
	for (i = 0; i < DOMXML_NSTATUS; i++)
		if (sc.status[i].s == NULL ||
		    value_decode(sc.status[i], out[i]) == -1)
			return -1;
	return 0;
}
