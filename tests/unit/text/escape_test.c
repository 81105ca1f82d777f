#include "text/escape.h"

#include <atf-c.h>

#include <string.h>

#define T(text)	text, sizeof(text) - 1

static const struct {
	const char	*name;
	const char	*src;
	size_t		 len;
	const char	*want;
} cases[] = {
	{ "empty", T(""), "" },
	{ "plain", T("web-1 (a) ~ {x}"), "web-1 (a) ~ {x}" },
	{ "quotes stay", T("\"it's\" $x"), "\"it's\" $x" },
	{ "named", T("\n\t\r\x1b\\"), "\\n\\t\\r\\e\\\\" },
	{ "NUL", T("a\0b"), "a\\000b" },
	{ "C0", T("\x01\x07\x08\x1f"), "\\001\\007\\010\\037" },
	{ "a digit behind", T("\x01" "7"), "\\0017" },
	{ "DEL", T("\x7f"), "\\177" },
	{ "terminal sequence", T("\x1b[31mx"), "\\e[31mx" },
	{ "2 bytes", T("\xc3\xa9"), "\xc3\xa9" },
	{ "2 bytes, first", T("\xc2\xa0"), "\xc2\xa0" },
	{ "2 bytes, last", T("\xdf\xbf"), "\xdf\xbf" },
	{ "3 bytes", T("\xe2\x82\xac"), "\xe2\x82\xac" },
	{ "3 bytes, first", T("\xe0\xa0\x80"), "\xe0\xa0\x80" },
	{ "3 bytes, last", T("\xef\xbf\xbf"), "\xef\xbf\xbf" },
	{ "4 bytes", T("\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80" },
	{ "4 bytes, first", T("\xf0\x90\x80\x80"), "\xf0\x90\x80\x80" },
	{ "U+10FFFF", T("\xf4\x8f\xbf\xbf"), "\xf4\x8f\xbf\xbf" },
	{ "U+110000", T("\xf4\x90\x80\x80"), "\\364\\220\\200\\200" },
	{ "F5", T("\xf5\x80\x80\x80"), "\\365\\200\\200\\200" },
	{ "5 bytes", T("\xf8\x88\x80\x80\x80"),
	    "\\370\\210\\200\\200\\200" },
	{ "FE FF", T("\xfe\xff"), "\\376\\377" },
	{ "overlong /, 2", T("\xc0\xaf"), "\\300\\257" },
	{ "overlong DEL, 2", T("\xc1\xbf"), "\\301\\277" },
	{ "overlong /, 3", T("\xe0\x80\xaf"), "\\340\\200\\257" },
	{ "overlong U+7FF, 3", T("\xe0\x9f\xbf"), "\\340\\237\\277" },
	{ "overlong /, 4", T("\xf0\x80\x80\xaf"), "\\360\\200\\200\\257" },
	{ "overlong U+FFFF, 4", T("\xf0\x8f\xbf\xbf"),
	    "\\360\\217\\277\\277" },
	{ "before the surrogates", T("\xed\x9f\xbf"), "\xed\x9f\xbf" },
	{ "first surrogate", T("\xed\xa0\x80"), "\\355\\240\\200" },
	{ "last surrogate", T("\xed\xbf\xbf"), "\\355\\277\\277" },
	{ "behind the surrogates", T("\xee\x80\x80"), "\xee\x80\x80" },
	{ "C1 first", T("\xc2\x80"), "\\302\\200" },
	{ "C1 CSI", T("\xc2\x9b" "31m"), "\\302\\23331m" },
	{ "C1 last", T("\xc2\x9f"), "\\302\\237" },
	{ "C1 as a byte", T("\x9b" "31m"), "\\23331m" },
	{ "line separator", T("\xe2\x80\xa8"), "\\342\\200\\250" },
	{ "paragraph separator", T("\xe2\x80\xa9"), "\\342\\200\\251" },
	{ "U+2027 before it", T("\xe2\x80\xa7"), "\xe2\x80\xa7" },
	{ "U+202E", T("a\xe2\x80\xae" "b"), "a\\342\\200\\256b" },
	{ "U+202F behind it", T("\xe2\x80\xaf"), "\xe2\x80\xaf" },
	{ "U+2066", T("\xe2\x81\xa6"), "\\342\\201\\246" },
	{ "U+2069", T("\xe2\x81\xa9"), "\\342\\201\\251" },
	{ "U+200F", T("\xe2\x80\x8f"), "\\342\\200\\217" },
	{ "U+061C", T("\xd8\x9c"), "\\330\\234" },
	{ "continuation alone", T("\x80" "a"), "\\200a" },
	{ "1 of 2 at the end", T("a\xc3"), "a\\303" },
	{ "2 of 3 at the end", T("a\xe2\x82"), "a\\342\\202" },
	{ "3 of 4 at the end", T("a\xf0\x9f\x98"), "a\\360\\237\\230" },
	{ "broken by a letter", T("\xe2\x82z"), "\\342\\202z" },
	{ "broken by a character", T("\xe2\xc3\xa9"), "\\342\xc3\xa9" },
};

ATF_TC_WITHOUT_HEAD(text);
ATF_TC_BODY(text, tc)
{
	char out[64];
	size_t i, n;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		n = escape_text(out, sizeof(out), cases[i].src, cases[i].len);
		ATF_CHECK_MSG(strcmp(out, cases[i].want) == 0, "%s: %s",
		    cases[i].name, out);
		ATF_CHECK_MSG(n == strlen(cases[i].want), "%s: length %zu",
		    cases[i].name, n);
	}
}

/* The bytes behind len are none of its business. */
ATF_TC_WITHOUT_HEAD(length);
ATF_TC_BODY(length, tc)
{
	char out[64];

	ATF_CHECK_EQ(3, escape_text(out, sizeof(out), "abcdef", 3));
	ATF_CHECK_STREQ("abc", out);
	/* A whole character, but only two bytes of it are ours. */
	ATF_CHECK_EQ(8, escape_text(out, sizeof(out), "\xe2\x82\xac", 2));
	ATF_CHECK_STREQ("\\342\\202", out);
	ATF_CHECK_EQ(0, escape_text(out, sizeof(out), "x", 0));
	ATF_CHECK_STREQ("", out);
}

static const struct {
	const char	*src;
	size_t		 size;
	const char	*want;
	size_t		 whole;
} cuts[] = {
	{ "abc", 1, "", 3 },
	{ "abc", 3, "ab", 3 },
	{ "abc", 4, "abc", 3 },
	{ "\n", 1, "", 2 },
	{ "\n", 2, "", 2 },
	{ "\n", 3, "\\n", 2 },
	{ "\x01", 4, "", 4 },
	{ "\x01", 5, "\\001", 4 },
	{ "a\x01", 5, "a", 5 },
	{ "a\x01" "b", 3, "a", 6 },		/* not "ab" */
	{ "\xf0\x9f\x98\x80", 4, "", 4 },
	{ "\xf0\x9f\x98\x80", 5, "\xf0\x9f\x98\x80", 4 },
	{ "a\xc3\xa9", 3, "a", 3 },
	{ "\xe2\x80\xae", 5, "\\342", 12 },	/* three escapes */
};

ATF_TC_WITHOUT_HEAD(cut);
ATF_TC_BODY(cut, tc)
{
	char out[64];
	size_t i, n;

	for (i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		memset(out, 'x', sizeof(out));
		n = escape_text(out, cuts[i].size, cuts[i].src,
		    strlen(cuts[i].src));
		ATF_CHECK_MSG(strcmp(out, cuts[i].want) == 0, "%zu: %s", i,
		    out);
		ATF_CHECK_MSG(n == cuts[i].whole, "%zu: length %zu", i, n);
		ATF_CHECK_MSG(out[cuts[i].size] == 'x', "%zu: too far", i);
	}
}

/* Whatever one byte says, what comes out is printable ASCII. */
ATF_TC_WITHOUT_HEAD(every_byte);
ATF_TC_BODY(every_byte, tc)
{
	char src[1], out[8];
	const char *p;
	int i;

	for (i = 0; i < 256; i++) {
		src[0] = (char)i;
		(void)escape_text(out, sizeof(out), src, 1);
		for (p = out; *p != '\0'; p++)
			ATF_CHECK_MSG(*p >= ' ' && *p < 0x7f, "byte %d", i);
		ATF_CHECK_MSG((out[0] == '\\') ==
		    (i < ' ' || i >= 0x7f || i == '\\'), "byte %d: %s", i, out);
	}
}

/* A word, and the bytes that it stands for. */
static const struct {
	const char	*src;
	size_t		 len;
	const char	*word;
} words[] = {
	{ T(""), "" },
	{ T("web-1.~=x"), "web-1.~=x" },
	{ T("a b\tc\nd"), "a%20b%09c%0Ad" },
	{ T("100%"), "100%25" },
	{ T("a\\"), "a%5C" },
	{ T("\xc3\xa9\xff\xc3"), "\xc3\xa9%FF%C3" },
	{ T("\xe2\x80\xae\x1b\x7f"), "%E2%80%AE%1B%7F" },
};

ATF_TC_WITHOUT_HEAD(word);
ATF_TC_BODY(word, tc)
{
	char text[64], back[64];
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		ATF_CHECK_EQ(strlen(words[i].word), escape_word(text,
		    sizeof(text), words[i].src, words[i].len));
		ATF_CHECK_STREQ(words[i].word, text);
		ATF_CHECK_EQ(0, escape_read(back, words[i].len + 1, text,
		    strlen(text)));
		ATF_CHECK_STREQ(words[i].src, back);
		/* One byte less is too little. */
		ATF_CHECK(words[i].len == 0 || escape_read(back,
		    words[i].len, text, strlen(text)) == -1);
	}
	ATF_CHECK_EQ(0, escape_read(back, sizeof(back), T("%c3%A9")));
	ATF_CHECK_STREQ("\xc3\xa9", back);
}

ATF_TC_WITHOUT_HEAD(word_bad);
ATF_TC_BODY(word_bad, tc)
{
	static const char *const bad[] = { "%", "a%2", "%2", "%g0", "%0g",
	    "%-1", "a%00b" };
	char back[64];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		back[0] = 'x';
		ATF_CHECK_MSG(escape_read(back, sizeof(back), bad[i],
		    strlen(bad[i])) == -1, "%s", bad[i]);
		ATF_CHECK_STREQ("", back);
	}
	ATF_CHECK_EQ(-1, escape_read(back, sizeof(back), T("a\0b")));
}

/* The middle is left out; escapes and characters stay whole. */
static const struct {
	const char	*src;
	size_t		 size;
	const char	*want;
} ends[] = {
	{ "0123456789abcdef", 17, "0123456789abcdef" },
	{ "0123456789abcdefg", 17, "0123...89abcdefg" },
	{ "\n\n\n\n\n\n\n\n\n\n", 18, "\\n\\n...\\n\\n\\n\\n\\n" },
	{ "aaaaaa\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 17,
	    "aaaa...\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9" },
	{ "0123456789abcdef", 8, "0123456" },	/* no room for two ends */
};

ATF_TC_WITHOUT_HEAD(both_ends);
ATF_TC_BODY(both_ends, tc)
{
	char out[64];
	size_t i, n;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		memset(out, 'x', sizeof(out));
		n = escape_ends(out, ends[i].size, ends[i].src,
		    strlen(ends[i].src));
		ATF_CHECK_MSG(strcmp(out, ends[i].want) == 0, "%zu: %s", i,
		    out);
		ATF_CHECK(n >= strlen(ends[i].src));
		ATF_CHECK_MSG(out[ends[i].size] == 'x', "%zu: too far", i);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, both_ends);
	ATF_TP_ADD_TC(tp, text);
	ATF_TP_ADD_TC(tp, length);
	ATF_TP_ADD_TC(tp, cut);
	ATF_TP_ADD_TC(tp, every_byte);
	ATF_TP_ADD_TC(tp, word);
	ATF_TP_ADD_TC(tp, word_bad);
	return atf_no_error();
}
