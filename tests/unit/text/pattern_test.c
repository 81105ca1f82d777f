#include "text/pattern.h"

#include <atf-c.h>

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char	*pattern;
	const char	*yes[4];
	const char	*no[6];
} cases[] = {
	{ "", { "" }, { "a" } },
	{ "web", { "web" }, { "", "we", "webs", "Web", "xweb" } },
	{ "*", { "", "a", "a b/c\n", "\xff" }, { NULL } },
	{ "**", { "", "ab" }, { NULL } },
	{ "?", { "a", "*", "\xff" }, { "", "ab" } },
	{ "web*", { "web", "web1", "web-*" }, { "we", "aweb" } },
	{ "*web", { "web", "web1web", "webweb" }, { "web1", "we" } },
	{ "w*b*1", { "wb1", "web11", "wbb1b1" }, { "web", "w1b", "wb12" } },
	{ "*a?c", { "abc", "acabc", "aacc" }, { "ac", "abcd" } },
	{ "web[12]", { "web1", "web2" }, { "web", "web3", "web12", "web[" } },
	{ "[!a]", { "b", "!", "]" }, { "a", "", "bb" } },
	{ "[a^]", { "a", "^" }, { "b", "" } },
	{ "[!!]", { "a" }, { "!" } },
	{ "[a!]", { "a", "!" }, { "b" } },
	{ "[]a]", { "]", "a" }, { "b", "[" } },
	{ "[!]a]", { "b", "[" }, { "]", "a" } },
	{ "[a-cx]", { "a", "b", "c", "x" }, { "d", "-", "w", "A" } },
	{ "[a-]", { "a", "-" }, { "b", "]" } },
	{ "[-a]", { "-", "a" }, { "b" } },
	{ "[+--]", { "+", ",", "-" }, { ".", "*" } },
	{ "[a-a]", { "a" }, { "b", "-" } },
	{ "[\\]]", { "]" }, { "\\", "a" } },
	{ "[\\\\]", { "\\" }, { "a" } },
	{ "[a\\-c]", { "a", "-", "c" }, { "b", "\\" } },
	{ "[*?]", { "*", "?" }, { "a", "" } },
	{ "[\x80-\xff]", { "\xc3", "\x80", "\xff" }, { "a", "\x7f" } },
	{ "\\*", { "*" }, { "\\*", "a" } },
	{ "a\\?b", { "a?b" }, { "axb" } },
	{ "\\[a]", { "[a]" }, { "a" } },
	{ "\\a", { "a" }, { "\\a" } },
	{ "*[!0-9]", { "a", "1a" }, { "1", "a1", "" } },
	{ "?*?", { "ab", "abc" }, { "a", "" } },
};

ATF_TC_WITHOUT_HEAD(matches);
ATF_TC_BODY(matches, tc)
{
	const char *pattern;
	size_t i, j;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		pattern = cases[i].pattern;
		ATF_CHECK_MSG(pattern_fault(pattern) == NULL, "%s: %s",
		    pattern, pattern_fault(pattern));
		for (j = 0; j < 4 && cases[i].yes[j] != NULL; j++)
			ATF_CHECK_MSG(pattern_match(pattern, cases[i].yes[j]),
			    "%s: no match with %s", pattern, cases[i].yes[j]);
		for (j = 0; j < 6 && cases[i].no[j] != NULL; j++)
			ATF_CHECK_MSG(!pattern_match(pattern, cases[i].no[j]),
			    "%s: a match with %s", pattern, cases[i].no[j]);
	}
}

static const struct {
	const char	*pattern;
	const char	*why;
} faults[] = {
	{ "[", "contains an unclosed [" },
	{ "a[b", "contains an unclosed [" },
	{ "[]", "contains an unclosed [" },
	{ "[!]", "contains an unclosed [" },
	{ "[!", "contains an unclosed [" },
	{ "[a-", "contains an unclosed [" },
	{ "[\\", "contains an unclosed [" },
	{ "[a\\]", "contains an unclosed [" },
	{ "[A-\\]", "contains an unclosed [" },
	{ "[z-a]", "contains a range that ends before it starts" },
	{ "[^a]", "contains [^...]; use [!...]" },
	{ "a[^", "contains [^...]; use [!...]" },
	{ "[[:alpha:]]", "contains a class in [], which is unsupported" },
	{ "[[.a.]]", "contains a class in [], which is unsupported" },
	{ "[0[=a=]]", "contains a class in [], which is unsupported" },
	{ "\\", "ends in a backslash" },
	{ "a*\\\\\\", "ends in a backslash" },
};

/* A wrong pattern is told, and can be tried all the same. */
ATF_TC_WITHOUT_HEAD(wrong);
ATF_TC_BODY(wrong, tc)
{
	const char *why;
	char *copy;
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		why = pattern_fault(faults[i].pattern);
		ATF_CHECK_MSG(why != NULL && strcmp(why, faults[i].why) == 0,
		    "%s: %s", faults[i].pattern, why == NULL ? "-" : why);
		/* No read behind its end. */
		copy = strdup(faults[i].pattern);
		ATF_REQUIRE(copy != NULL);
		(void)pattern_match(copy, "a");
		(void)pattern_match(copy, copy);
		free(copy);
	}
	ATF_CHECK(pattern_fault("[[a]") == NULL);
	ATF_CHECK(pattern_match("[[a]", "["));
}

static const char bytes[] = "ab-]![*?\\";
#define NBYTE	(sizeof(bytes) - 1)

/* The i-th string over these bytes that has that length. */
static void
string_of(unsigned i, size_t len, char *s)
{
	size_t k;

	for (k = 0; k < len; k++, i /= NBYTE)
		s[k] = bytes[i % NBYTE];
	s[len] = '\0';
}

static unsigned
strings(size_t len)
{
	unsigned n = 1;

	while (len-- > 0)
		n *= NBYTE;
	return n;
}

/* Whatever the pattern, libc's fnmatch says the same. */
ATF_TC_WITHOUT_HEAD(as_fnmatch);
ATF_TC_BODY(as_fnmatch, tc)
{
	char p[8], t[8];
	unsigned i, k, tried = 0;
	size_t plen, tlen;

	for (plen = 0; plen <= 4; plen++)
		for (i = 0; i < strings(plen); i++) {
			string_of(i, plen, p);
			if (pattern_fault(p) != NULL)
				continue;
			for (tlen = 0; tlen <= 2; tlen++)
				for (k = 0; k < strings(tlen); k++, tried++) {
					string_of(k, tlen, t);
					ATF_REQUIRE_MSG(pattern_match(p, t) ==
					    (fnmatch(p, t, 0) == 0),
					    "%s and %s", p, t);
				}
		}
	ATF_CHECK(tried > 100000);
}

/* What makes a naive matcher try each way of dividing the text among the
 * stars ends all the same; this one would run for years otherwise. */
ATF_TC_WITHOUT_HEAD(no_blow_up);
ATF_TC_BODY(no_blow_up, tc)
{
	char pattern[1025], text[4097];
	size_t i;

	for (i = 0; i + 2 < sizeof(pattern); i += 2)
		memcpy(pattern + i, "*a", 2);
	memcpy(pattern + i - 2, "*b", 3);
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ATF_CHECK(!pattern_match(pattern, text));
	text[sizeof(text) - 2] = 'b';
	ATF_CHECK(pattern_match(pattern, text));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, matches);
	ATF_TP_ADD_TC(tp, wrong);
	ATF_TP_ADD_TC(tp, as_fnmatch);
	ATF_TP_ADD_TC(tp, no_blow_up);
	return atf_no_error();
}
