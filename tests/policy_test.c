#include "policy.h"

#include <atf-c.h>

#include <string.h>

static const struct {
	const char		*text;
	enum policy_word	 word;
} cases[] = {
	{ "suspend",	POLICY_SUSPEND },
	{ "shutdown",	POLICY_SHUTDOWN },
	{ "start",	POLICY_END },		/* no word of a stop */
	{ "none",	POLICY_END },
	{ "",		POLICY_END },
	{ "Suspend",	POLICY_END },
	{ "SHUTDOWN",	POLICY_END },
	{ "suspen",	POLICY_END },
	{ "suspends",	POLICY_END },
	{ " suspend",	POLICY_END },
	{ "shutdown,",	POLICY_END },
};

ATF_TC_WITHOUT_HEAD(words);
ATF_TC_BODY(words, tc)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ATF_CHECK_MSG(policy_word(cases[i].text) == cases[i].word,
		    "\"%s\" gives %d", cases[i].text,
		    (int)policy_word(cases[i].text));
}

ATF_TC_WITHOUT_HEAD(names);
ATF_TC_BODY(names, tc)
{
	int i;

	ATF_CHECK_STREQ("suspend", policy_name(POLICY_SUSPEND));
	ATF_CHECK_STREQ("shutdown", policy_name(POLICY_SHUTDOWN));
	ATF_CHECK_STREQ("start", policy_name(POLICY_START));
	/* Never NULL, not even for what is no word. */
	for (i = -1; i <= POLICY_NWORD; i++)
		ATF_CHECK_MSG(policy_name((enum policy_word)i) != NULL,
		    "%d has no name", i);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, words);
	ATF_TP_ADD_TC(tp, names);
	return atf_no_error();
}
