#include "config/guesttab.h"

#include <sys/stat.h>

#include <atf-c.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"
#include "text/escape.h"

#define U1	"11111111-1111-1111-1111-111111111111"
#define U2	"22222222-2222-2222-2222-222222222222"

static void
put_number(struct golden *t, const char *name, int n)
{
	if (n != GUESTTAB_INHERIT)
		golden_put(t, " %s=%d", name, n);
}

static void
put_selector(struct golden *t, const struct guesttab_row *row)
{
	char text[2 * GUESTTAB_WORD];

	golden_put(t, "%u: ", row->line);
	if (row->selector.what == GUESTTAB_UUID) {
		uuid_format(row->selector.uuid, text);
		golden_put(t, "uuid %s", text);
		return;
	}
	(void)escape_text(text, sizeof(text), row->selector.pattern,
	    strlen(row->selector.pattern));
	golden_put(t, "%s %s", row->selector.what == GUESTTAB_OS ? "os" :
	    "name", text);
}

static void
put_ready(struct golden *t, const struct guesttab_row *row)
{
	switch (row->ready) {
	case GUESTTAB_READY_INHERIT:
		break;
	case GUESTTAB_READY_AGENT:
		golden_put(t, " ready=agent");
		break;
	case GUESTTAB_READY_TCP:
		golden_put(t, strchr(row->host, ':') != NULL ?
		    " ready=tcp:[%s]:%d" : " ready=tcp:%s:%d", row->host,
		    row->port);
		break;
	case GUESTTAB_READY_DELAY:
		golden_put(t, " ready=delay:%d", row->delay);
		break;
	}
}

/* A row as it could stand in a table, without what it inherits. */
static void
put_row(struct golden *t, const struct guesttab_row *row)
{
	char text[64];

	put_selector(t, row);
	put_number(t, "order", row->order);
	if (row->chain[0] != POLICY_END)
		golden_put(t, " chain=%s", policy_chain_text(row->chain, text));
	put_number(t, "timeout", row->timeout);
	if (row->has_mode)
		golden_put(t, " mode=%s",
		    policy_modes_text(row->mode, '+', text));
	put_number(t, "resend", row->resend);
	put_number(t, "start-delay", row->start_delay);
	put_number(t, "stop-delay", row->stop_delay);
	put_ready(t, row);
	if (row->boot != GUESTTAB_INHERIT)
		golden_put(t, " boot=%s", row->boot == 1 ? "yes" : "no");
	if (row->snapshot != GUESTTAB_INHERIT)
		golden_put(t, " snapshot=%s",
		    row->snapshot == POLICY_SNAPSHOT_DISK ? "disk" : "no");
	golden_put(t, "\n");
}

/* The findings and the rows of a text; how many errors it has. */
static int
parse(struct guesttab *tab, const char *file, const char *text, size_t len,
    struct golden *found)
{
	struct guesttab_source src = { file, NULL, len };
	char *copy;
	int ret;

	/* Of that size exactly, for the sanitizers to see a read behind it. */
	ATF_REQUIRE((copy = malloc(len == 0 ? 1 : len)) != NULL);
	memcpy(copy, text, len);
	src.text = copy;
	ret = guesttab_parse(tab, &src, found == NULL ? NULL : golden_finding,
	    found);
	free(copy);
	return ret;
}

/* A file, and what is wanted of it: the findings and the rows. */
static void
file_check(const char *dir, const char *name)
{
	struct golden is, want, got = { "", 0 };
	struct guesttab tab;
	char path[PATH_MAX];
	const char *p;
	int errors, n = 0;
	size_t i;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	ATF_REQUIRE(golden_read(&is, path));
	golden_want(&want, dir, name);
	guesttab_init(&tab);
	errors = parse(&tab, name, is.text, is.len, &got);
	for (p = got.text; strncmp(p, "error", 5) == 0 ||
	    strncmp(p, "warning", 7) == 0; p = strchr(p, '\n') + 1)
		n += *p == 'e';
	ATF_CHECK_MSG(errors == n, "%s: %d errors, %d told", name, errors, n);
	for (i = 0; i < tab.n; i++)
		put_row(&got, &tab.row[i]);
	guesttab_free(&tab);
	ATF_CHECK_EQ(0, tab.n);
	ATF_CHECK_MSG(strcmp(want.text, got.text) == 0, "%s: wanted\n%sgot\n%s",
	    name, want.text, got.text);
}

ATF_TC_WITHOUT_HEAD(files);
ATF_TC_BODY(files, tc)
{
	int n = golden_each(tc, "guesttab", ".tab", file_check);

	ATF_CHECK_MSG(n >= 9, "%d files only", n);
}

/* Which line of the table a guest gets, 0 for none. */
static const struct {
	const char	*name;
	const char	*uuid;
	const char	*os;
	unsigned	 line;
} guests[] = {
	{ "web1", U1, NULL, 1 },
	{ "web1", U2, NULL, 1 },	/* the first of two that match */
	{ "web12", U1, NULL, 5 },
	{ "db 1", U1, NULL, 3 },
	{ "db", U1, NULL, 5 },
	{ "x", U2, NULL, 2 },
	{ "x", U2, "http://redhat.com/rhel/9.0", 2 },
	{ "x", U1, "http://redhat.com/rhel/9.0", 4 },
	{ "x", U1, "http://redhat.com/fedora/40", 0 },
	{ "x", U1, "", 0 },
	{ "x", U1, NULL, 0 },
	{ "", U1, NULL, 0 },
	{ "os:*rhel*", U1, NULL, 0 },
	{ "WEB1", U1, NULL, 0 },
};

ATF_TC_WITHOUT_HEAD(match);
ATF_TC_BODY(match, tc)
{
	static const char text[] = "web? 1\n" U2 " 2\n\"db *\" 3\n"
	    "os:*rhel* 4\n[dw]*[b2] 5\n";
	const struct guesttab_row *row;
	unsigned char uuid[UUID_LEN];
	struct guesttab_key key;
	struct guesttab tab;
	size_t i;

	guesttab_init(&tab);
	ATF_REQUIRE_EQ(0, parse(&tab, "f", text, strlen(text), NULL));
	for (i = 0; i < sizeof(guests) / sizeof(guests[0]); i++) {
		ATF_REQUIRE_EQ(0, uuid_parse(guests[i].uuid, uuid));
		key = (struct guesttab_key){ guests[i].name, uuid,
		    guests[i].os };
		row = guesttab_match(&tab, &key);
		ATF_CHECK_MSG((row == NULL ? 0 : row->line) == guests[i].line,
		    "%s: line %u", guests[i].name,
		    row == NULL ? 0 : row->line);
	}
	guesttab_free(&tab);
	ATF_CHECK(guesttab_match(&tab, &key) == NULL);
}

ATF_TC_WITHOUT_HEAD(wants_os);
ATF_TC_BODY(wants_os, tc)
{
	static const struct {
		const char	*text;
		bool		 wants;
	} cases[] = {
		{ "", false },
		{ "web\n" U1 "\n", false },
		{ "'os:x'\n", false },
		{ "web\nos:x\n", true },
		{ "os:[\n", false },
	};
	struct guesttab tab;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		guesttab_init(&tab);
		(void)parse(&tab, "f", cases[i].text, strlen(cases[i].text),
		    NULL);
		ATF_CHECK_MSG(guesttab_wants_os(&tab) == cases[i].wants, "%s",
		    cases[i].text);
		guesttab_free(&tab);
	}
}

/* Selectors of the command line: the guests of the table below that each one
 * matches, or what is wrong with it. */
static const struct {
	const char	*word;
	const char	*want;
} words[] = {
	{ "web*", "web1 web2" },
	{ "web?", "web1 web2" },
	{ "*", "web1 web2 db x" },
	{ "web", "" },
	{ U1, "x" },
	{ "os:*rhel*", "db" },
	{ "order:10", "web1" },
	{ "order:9", "" },
	{ "order:10-20", "web1 web2" },
	{ "order:11-", "web2 db" },
	{ "order:-20", "web1 web2" },
	{ "order:0-9999", "web1 web2 db" },
	{ "order:", "!is not a range of orders" },
	{ "order:-", "!is not a range of orders" },
	{ "order:x", "!is not a range of orders" },
	{ "order:5-4", "!is not a range of orders" },
	{ "order:5-x", "!is not a range of orders" },
	{ "order:5--", "!is not a range of orders" },
	{ "order:10000", "!is not a range of orders" },
	{ "order:1-10000", "!is not a range of orders" },
	{ "order: 1", "!is not a range of orders" },
	{ "meta:a=b", "!is unsupported" },
	{ "os:", "!has no pattern" },
	{ "", "!has no pattern" },
	{ "we[b", "!" },
	{ "os:[", "!" },
};

static void
word_select(const struct guesttab_selector *s, const struct guesttab *tab,
    char got[64])
{
	static const struct {
		const char	*name;
		const char	*uuid;
		const char	*os;
	} all[] = {
		{ "web1", U2, NULL },
		{ "web2", U2, NULL },
		{ "db", U2, "http://redhat.com/rhel/9.0" },
		{ "x", U1, NULL },
	};
	unsigned char uuid[UUID_LEN];
	struct guesttab_key key;
	size_t i;

	got[0] = '\0';
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		ATF_REQUIRE_EQ(0, uuid_parse(all[i].uuid, uuid));
		key = (struct guesttab_key){ all[i].name, uuid, all[i].os };
		if (!guesttab_selects(s, &key, tab))
			continue;
		if (got[0] != '\0')
			(void)strcat(got, " ");
		(void)strcat(got, all[i].name);
	}
}

ATF_TC_WITHOUT_HEAD(select_words);
ATF_TC_BODY(select_words, tc)
{
	static const char text[] = "web1 10\nweb2 20\nos:*rhel* 30\nx -\n";
	const struct guesttab_key nameless = { NULL,
	    (const unsigned char *)"0123456789abcdef", NULL };
	struct guesttab_selector s;
	struct guesttab tab;
	const char *why;
	char got[64];
	size_t i;

	guesttab_init(&tab);
	ATF_REQUIRE_EQ(0, parse(&tab, "f", text, strlen(text), NULL));
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		why = guesttab_select_parse(&s, words[i].word);
		if (words[i].want[0] == '!') {
			ATF_CHECK_MSG(why != NULL && strncmp(why,
			    words[i].want + 1, strlen(words[i].want + 1)) == 0,
			    "%s: %s", words[i].word, why != NULL ? why : "");
			continue;
		}
		ATF_REQUIRE_MSG(why == NULL, "%s: %s", words[i].word, why);
		word_select(&s, &tab, got);
		ATF_CHECK_MSG(strcmp(got, words[i].want) == 0, "%s: %s",
		    words[i].word, got);
		ATF_CHECK(!guesttab_selects(&s, &nameless, NULL));
		guesttab_select_free(&s);
	}
	guesttab_free(&tab);
}

/* A second text comes behind the first; errors count when nobody listens. */
ATF_TC_WITHOUT_HEAD(adds);
ATF_TC_BODY(adds, tc)
{
	struct golden got = { "", 0 };
	struct guesttab tab;
	size_t i;

	guesttab_init(&tab);
	ATF_CHECK_EQ(2, parse(&tab, "f", "a x\n[ 1\n", 8, NULL));
	ATF_CHECK_EQ(1, parse(&tab, "f", "b 1 x", 5, NULL));
	for (i = 0; i < tab.n; i++)
		put_row(&got, &tab.row[i]);
	ATF_CHECK_STREQ("1: name a\n1: name b order=1\n", got.text);
	guesttab_free(&tab);
}

#define T(text)	text, sizeof(text) - 1

/* Bytes that no text file has. */
ATF_TC_WITHOUT_HEAD(bytes);
ATF_TC_BODY(bytes, tc)
{
	static const struct {
		const char	*text;
		size_t		 len;
		const char	*want;
	} cases[] = {
		{ T("we\0b 1\nx\n"), "error f:1:1: we\\000b contains a "
		    "control byte; the row is ignored\n2: name x\n" },
		{ T("\0\n"), "error f:1:1: \\000 contains a control byte; the "
		    "row is ignored\n" },
		{ T("'a\tb'\n"), "error f:1:1: 'a\\tb' contains a control "
		    "byte; the row is ignored\n" },
		{ T("\x1b[2J\n"), "error f:1:1: \\e[2J contains a control "
		    "byte; the row is ignored\n" },
		{ T("a\x7f\n"), "error f:1:1: a\\177 contains a control byte; "
		    "the row is ignored\n" },
		{ T("a 1\0 suspend\n"), "error f:1:3: ORDER: \"1\" contains "
		    "a control byte; using the inherited value\n1: name a "
		    "chain=suspend\n" },
		{ T("a 1 x\x1b 5\n"), "error f:1:5: CHAIN: \"x\\e\" contains "
		    "a control byte; using the inherited value\n1: name a "
		    "order=1 timeout=5\n" },
		{ T("a - - - boot=no,\xff\x9b=\n"), "error f:1:17: unknown "
		    "option \"\\377\\233\"; use one of mode, resend, "
		    "start-delay, stop-delay, ready, boot, snapshot; the "
		    "option is ignored\n"
		    "1: name a boot=no\n" },
		{ T("a\rb 1\n"), "error f:1:1: a\\rb contains a control byte; "
		    "the row is ignored\n" },
		{ T("\xc3\xa9* 1\n\xff 2\n"), "1: name \xc3\xa9* order=1\n"
		    "2: name \\377 order=2\n" },
	};
	struct guesttab tab;
	struct golden got;
	size_t i, k;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		got.text[0] = '\0';
		got.len = 0;
		guesttab_init(&tab);
		(void)parse(&tab, "f", cases[i].text, cases[i].len, &got);
		for (k = 0; k < tab.n; k++)
			put_row(&got, &tab.row[k]);
		ATF_CHECK_STREQ(cases[i].want, got.text);
		guesttab_free(&tab);
	}
}

/* A column of the longest length is taken, a longer one is not. */
ATF_TC_WITHOUT_HEAD(long_words);
ATF_TC_BODY(long_words, tc)
{
	struct golden t, found;
	struct guesttab tab;
	int extra;

	for (extra = 0; extra <= 1; extra++) {
		t.len = found.len = 0;
		found.text[0] = '\0';
		golden_put(&t, "%0*d 7\n", GUESTTAB_WORD + extra, 0);
		golden_put(&t, "a 1 suspend 5 mode=agent,%0*d\n",
		    GUESTTAB_WORD - 11 + extra, 0);
		guesttab_init(&tab);
		ATF_CHECK_EQ(1 + extra, parse(&tab, "f", t.text, t.len,
		    &found));
		ATF_REQUIRE_EQ(2 - extra, tab.n);
		if (extra == 0)
			ATF_CHECK_EQ(GUESTTAB_WORD,
			    strlen(tab.row[0].selector.pattern));
		ATF_CHECK_EQ(!extra, tab.row[1 - extra].has_mode);
		ATF_CHECK_EQ(5, tab.row[1 - extra].timeout);
		ATF_CHECK_MSG(extra == 0 || strstr(found.text, "is too long; "
		    "using the inherited value") != NULL, "%s", found.text);
		guesttab_free(&tab);
	}
}

/* Names of hosts have their bounds, too. */
ATF_TC_WITHOUT_HEAD(long_host);
ATF_TC_BODY(long_host, tc)
{
	struct guesttab tab;
	struct golden t;
	int extra;

	for (extra = 0; extra <= 1; extra++) {
		t.len = 0;
		golden_put(&t, "a - - - ready=tcp:%0*d:1\n", 253 + extra, 0);
		golden_put(&t, "b - - - ready=tcp:[::1%%%0*d]:1\n",
		    15 + extra, 0);
		guesttab_init(&tab);
		ATF_CHECK_EQ(2 * extra, parse(&tab, "f", t.text, t.len, NULL));
		ATF_REQUIRE_EQ(2, tab.n);
		ATF_CHECK_EQ(extra == 0, tab.row[0].host != NULL);
		ATF_CHECK_EQ(extra == 0, tab.row[1].host != NULL);
		guesttab_free(&tab);
	}
}

/* The last row that is taken, and the first that is not. */
ATF_TC_WITHOUT_HEAD(many_rows);
ATF_TC_BODY(many_rows, tc)
{
	static char text[GUESTTAB_ROWS * 8];
	struct golden found = { "", 0 };
	struct guesttab tab;
	size_t i, len = 0;

	for (i = 0; i < GUESTTAB_ROWS; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "g%zu\n", i);
	guesttab_init(&tab);
	ATF_CHECK_EQ(0, parse(&tab, "f", text, len, &found));
	ATF_CHECK_EQ(GUESTTAB_ROWS, tab.n);
	ATF_CHECK_STREQ("g4095", tab.row[4095].selector.pattern);
	ATF_CHECK_EQ(1, parse(&tab, "f", "# more\n x\ny\n", 12, &found));
	ATF_CHECK_STREQ("error f:2:2: too many rows; this row and all rows "
	    "after it are ignored\n", found.text);
	ATF_CHECK_EQ(GUESTTAB_ROWS, tab.n);
	guesttab_free(&tab);
}

/* A long name of the file leaves room for the place and the reason. */
ATF_TC_WITHOUT_HEAD(messages);
ATF_TC_BODY(messages, tc)
{
	struct golden found = { "", 0 };
	struct guesttab tab;
	char file[2048];

	memset(file, '\x1b', sizeof(file) - 1);
	file[sizeof(file) - 1] = '\0';
	guesttab_init(&tab);
	ATF_CHECK_EQ(1, parse(&tab, file, "a - - - x=1\n", 12, &found));
	ATF_CHECK_MSG(strstr(found.text, "\\e:1:9: unknown option \"x\"; "
	    "use one of mode, resend, start-delay, stop-delay, ready, boot, "
	    "snapshot; the option is ignored\n") != NULL, "%s", found.text);
	ATF_CHECK(strchr(found.text, '\x1b') == NULL);
	guesttab_free(&tab);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, files);
	ATF_TP_ADD_TC(tp, match);
	ATF_TP_ADD_TC(tp, wants_os);
	ATF_TP_ADD_TC(tp, select_words);
	ATF_TP_ADD_TC(tp, adds);
	ATF_TP_ADD_TC(tp, bytes);
	ATF_TP_ADD_TC(tp, long_words);
	ATF_TP_ADD_TC(tp, long_host);
	ATF_TP_ADD_TC(tp, many_rows);
	ATF_TP_ADD_TC(tp, messages);
	return atf_no_error();
}
