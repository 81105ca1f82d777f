#include "text/words.h"

#include <atf-c.h>

#include <stdio.h>
#include <string.h>

static const struct word words[] = {
	{ "yes", 1 }, { "no", 0 }, { "on", 1 }, { NULL, 0 }
};

ATF_TC_WITHOUT_HEAD(find);
ATF_TC_BODY(find, tc)
{
	ATF_CHECK(words_find(words, "yes", false) == &words[0]);
	ATF_CHECK(words_find(words, "on", false) == &words[2]);
	ATF_CHECK(words_find(words, "Yes", false) == NULL);
	ATF_CHECK(words_find(words, "Yes", true) == &words[0]);
	ATF_CHECK(words_find(words, "ye", true) == NULL);
	ATF_CHECK(words_find(words, "yess", true) == NULL);
	ATF_CHECK(words_find(words, "", true) == NULL);
}

ATF_TC_WITHOUT_HEAD(why);
ATF_TC_BODY(why, tc)
{
	char text[WORDS_WHY] = "";
	int i;

	words_why(words, text);
	ATF_CHECK_STREQ("is unknown; use one of yes, no, on", text);
	text[0] = '\0';
	words_why_add(text, "a");
	words_why_add(text, "b");
	ATF_CHECK_STREQ("is unknown; use one of a, b", text);
	/* What does not fit is cut. */
	for (i = 0; i < 100; i++)
		words_why_add(text, "word");
	ATF_CHECK_EQ(WORDS_WHY - 1, strlen(text));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, find);
	ATF_TP_ADD_TC(tp, why);
	return atf_no_error();
}
