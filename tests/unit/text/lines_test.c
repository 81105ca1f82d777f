#include "text/lines.h"

#include <atf-c.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Texts, and "LINE:COL:WORD " for each of their words. */
static const struct {
	const char	*text;
	size_t		 len;
	const char	*words;
	unsigned	 lines;
} cases[] = {
	{ "", 0, "", 0 },
	{ "\n", 1, "", 1 },
	{ "a", 1, "1:1:a ", 1 },
	{ "a b\n\n c\td \n", 11, "1:1:a 1:3:b 3:2:c 3:4:d ", 3 },
	{ "a\r\nb\r", 5, "1:1:a 2:1:b ", 2 },
	{ "a\rb\n", 4, "1:1:a\rb ", 1 },
	{ " \t \n\t", 5, "", 2 },
	{ "a b c", 3, "1:1:a 1:3:b ", 1 },
};

ATF_TC_WITHOUT_HEAD(words);
ATF_TC_BODY(words, tc)
{
	struct lines l;
	char got[256], word[64], *copy;
	size_t i, n;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* Of that size exactly: the sanitizers see a read after it. */
		copy = malloc(cases[i].len + 1);
		ATF_REQUIRE(copy != NULL);
		memcpy(copy, cases[i].text, cases[i].len);
		copy = realloc(copy, cases[i].len > 0 ? cases[i].len : 1);
		got[0] = '\0';
		lines_begin(&l, copy, cases[i].len);
		while (lines_next(&l))
			while (lines_word(&l)) {
				n = strlen(got);
				ATF_REQUIRE(lines_copy(&l, word,
				    sizeof(word)));
				(void)snprintf(got + n, sizeof(got) - n,
				    "%u:%u:%s ", l.no, lines_col(&l, l.word),
				    word);
			}
		ATF_CHECK_MSG(strcmp(got, cases[i].words) == 0, "row %zu: %s",
		    i, got);
		ATF_CHECK_EQ(cases[i].lines, l.no);
		ATF_CHECK(!lines_next(&l));
		free(copy);
	}
	lines_begin(&l, NULL, 0);
	ATF_CHECK(!lines_next(&l));
}

ATF_TC_WITHOUT_HEAD(parts);
ATF_TC_BODY(parts, tc)
{
	static const char text[] = "  ab cd # e\nf";
	struct lines l;
	char word[3];

	lines_begin(&l, text, sizeof(text) - 1);
	ATF_REQUIRE(lines_next(&l));
	ATF_CHECK(lines_find(&l));
	ATF_CHECK_EQ(3, lines_col(&l, l.word));
	ATF_CHECK_EQ(0, l.len);
	/* Looking for a word again finds the same. */
	ATF_CHECK(lines_find(&l));
	ATF_CHECK_EQ(3, lines_col(&l, l.word));
	ATF_CHECK(lines_word(&l));
	ATF_CHECK(!lines_copy(&l, word, 2));
	ATF_CHECK(lines_copy(&l, word, 3));
	ATF_CHECK_STREQ("ab", word);
	lines_cut(&l, '#');
	ATF_CHECK(lines_word(&l));
	ATF_CHECK(!lines_word(&l));
	ATF_CHECK(!lines_find(&l));
	/* The rest of the text is as it was. */
	ATF_CHECK(lines_next(&l));
	lines_cut(&l, '#');
	ATF_CHECK(lines_word(&l));
	ATF_CHECK_EQ(2, l.no);
	ATF_CHECK_EQ(1, l.len);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, words);
	ATF_TP_ADD_TC(tp, parts);
	return atf_no_error();
}
