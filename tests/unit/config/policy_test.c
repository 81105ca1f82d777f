#include "config/policy.h"

#include <atf-c.h>

#include <stdio.h>
#include <string.h>

static const struct {
	const char		*text;
	enum policy_action	 word;
} words[] = {
	{ "suspend",	POLICY_SUSPEND },
	{ "shutdown",	POLICY_SHUTDOWN },
	{ "destroy",	POLICY_DESTROY },
	{ "leave",	POLICY_LEAVE },
	{ "start",	POLICY_END },		/* no word of a stop */
	{ "none",	POLICY_END },
	{ "",		POLICY_END },
	{ "Suspend",	POLICY_SUSPEND },
	{ "SHUTDOWN",	POLICY_SHUTDOWN },
	{ "suspen",	POLICY_END },
	{ "suspends",	POLICY_END },
	{ " suspend",	POLICY_END },
	{ "shutdown,",	POLICY_END },
};

ATF_TC_WITHOUT_HEAD(stop_words);
ATF_TC_BODY(stop_words, tc)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		ATF_CHECK_MSG(policy_action(words[i].text) == words[i].word,
		    "\"%s\" gives %d", words[i].text,
		    (int)policy_action(words[i].text));
}

ATF_TC_WITHOUT_HEAD(names);
ATF_TC_BODY(names, tc)
{
	int i;

	ATF_CHECK_STREQ("suspend", policy_name(POLICY_SUSPEND));
	ATF_CHECK_STREQ("shutdown", policy_name(POLICY_SHUTDOWN));
	ATF_CHECK_STREQ("destroy", policy_name(POLICY_DESTROY));
	ATF_CHECK_STREQ("leave", policy_name(POLICY_LEAVE));
	ATF_CHECK_STREQ("start", policy_name(POLICY_START));
	ATF_CHECK_STREQ("default", policy_mode_name(POLICY_MODE_END));
	ATF_CHECK_STREQ("agent", policy_mode_name(POLICY_MODE_AGENT));
	ATF_CHECK_STREQ("paravirt", policy_mode_name(POLICY_MODE_PARAVIRT));
	/* Never NULL, not even for what is no word. */
	for (i = -1; i <= POLICY_NACTION; i++)
		ATF_CHECK_MSG(policy_name((enum policy_action)i) != NULL,
		    "%d has no name", i);
	for (i = -1; i <= POLICY_NMODE; i++)
		ATF_CHECK_MSG(policy_mode_name((enum policy_mode)i) != NULL,
		    "mode %d has no name", i);
}

/* What a text gives: the words in order, or the reason. */
static const struct {
	const char		*text;
	enum policy_action	 chain[POLICY_CHAIN];
	const char		*why;
} chains[] = {
	{ "suspend", { POLICY_SUSPEND }, NULL },
	{ "shutdown", { POLICY_SHUTDOWN }, NULL },
	{ "destroy", { POLICY_DESTROY }, NULL },
	{ "leave", { POLICY_LEAVE }, NULL },
	{ "shutdown,suspend", { POLICY_SHUTDOWN, POLICY_SUSPEND }, NULL },
	{ "suspend,shutdown", { POLICY_SUSPEND, POLICY_SHUTDOWN }, NULL },
	{ "shutdown,destroy", { POLICY_SHUTDOWN, POLICY_DESTROY }, NULL },
	{ "suspend,leave", { POLICY_SUSPEND, POLICY_LEAVE }, NULL },
	{ "suspend,shutdown,destroy", { POLICY_SUSPEND, POLICY_SHUTDOWN,
	    POLICY_DESTROY }, NULL },
	{ "shutdown,suspend,leave", { POLICY_SHUTDOWN, POLICY_SUSPEND,
	    POLICY_LEAVE }, NULL },
	{ "", { 0 },
	    "\"\" is unknown; "
	    "use one of suspend, shutdown, destroy, leave" },
	{ "shutdown,poweroff,destroy", { 0 },
	    "\"poweroff\" is unknown; "
	    "use one of suspend, shutdown, destroy, leave" },
	{ "shutdown,", { 0 },
	    "\"\" is unknown; "
	    "use one of suspend, shutdown, destroy, leave" },
	{ ",shutdown", { 0 },
	    "\"\" is unknown; "
	    "use one of suspend, shutdown, destroy, leave" },
	{ "shutdown, suspend", { 0 },
	    "\" suspend\" is unknown; "
	    "use one of suspend, shutdown, destroy, leave" },
	{ "shutdown+suspend", { 0 },
	    "\"shutdown+suspend\" is unknown; "
	    "use one of suspend, shutdown, destroy, leave" },
	{ "start", { 0 },
	    "\"start\" is unknown; "
	    "use one of suspend, shutdown, destroy, leave" },
	{ "none", { 0 },
	    "\"none\" is unknown; "
	    "use one of suspend, shutdown, destroy, leave" },
	{ "sus\npend\x1b", { 0 },
	    "\"sus\\npend\\e\" is unknown; "
	    "use one of suspend, shutdown, destroy, leave" },
	{ "suspend,suspend", { 0 }, "\"suspend\" is given twice" },
	{ "suspend,shutdown,suspend", { 0 },
	    "\"suspend\" is given twice" },
	{ "suspend,shutdown,shutdown", { 0 },
	    "\"shutdown\" is given twice" },
	{ "destroy,destroy", { 0 }, "\"destroy\" is given twice" },
	{ "destroy,suspend", { 0 },
	    "\"suspend\" follows an action that must be last" },
	{ "suspend,leave,shutdown", { 0 },
	    "\"shutdown\" follows an action that must be last" },
	{ "leave,destroy", { 0 },
	    "\"destroy\" follows an action that must be last" },
	{ "suspend,shutdown,destroy,leave", { 0 },
	    "\"leave\" is one value too many" },
	{ "suspend,shutdown,leave,suspend,suspend", { 0 },
	    "\"suspend\" is one value too many" },
};

ATF_TC_WITHOUT_HEAD(chain);
ATF_TC_BODY(chain, tc)
{
	enum policy_action got[POLICY_CHAIN];
	char text[POLICY_TEXT];
	struct errmsg em;
	size_t i, j;
	int ret;

	for (i = 0; i < sizeof(chains) / sizeof(chains[0]); i++) {
		for (j = 0; j < POLICY_CHAIN; j++)
			got[j] = POLICY_START;
		ret = policy_chain(chains[i].text, got, &em);
		ATF_CHECK_MSG(ret == (chains[i].why == NULL ? 0 : -1),
		    "\"%s\" gives %d", chains[i].text, ret);
		ATF_CHECK_EQ(ret, policy_chain(chains[i].text, got, NULL));
		if (ret == -1) {
			ATF_CHECK_STREQ(chains[i].why, em.text);
			ATF_CHECK_MSG(got[0] == POLICY_START &&
			    got[1] == POLICY_START, "\"%s\" left something",
			    chains[i].text);
			continue;
		}
		ATF_CHECK_MSG(memcmp(got, chains[i].chain, sizeof(got)) == 0,
		    "\"%s\": other words", chains[i].text);
		ATF_CHECK_STREQ(chains[i].text, policy_chain_text(got, text));
	}
}

/* Chains that no text gives are text all the same. */
ATF_TC_WITHOUT_HEAD(chain_text);
ATF_TC_BODY(chain_text, tc)
{
	static const enum policy_action none[POLICY_CHAIN] = { POLICY_END };
	static const enum policy_action full[POLICY_CHAIN] = { POLICY_SHUTDOWN,
	    POLICY_SHUTDOWN, POLICY_SHUTDOWN, POLICY_SHUTDOWN };
	static const enum policy_action back[POLICY_CHAIN] = { POLICY_START };
	char text[POLICY_TEXT];

	ATF_CHECK_STREQ("none", policy_chain_text(none, text));
	ATF_CHECK_STREQ("start", policy_chain_text(back, text));
	ATF_CHECK_STREQ("shutdown,shutdown,shutdown",
	    policy_chain_text(full, text));
}

static const struct {
	const char		*text;
	int			 separator;
	enum policy_mode	 modes[POLICY_MODES];
	const char		*why;
} modes[] = {
	{ "default", ',', { POLICY_MODE_END }, NULL },
	{ "default", '+', { POLICY_MODE_END }, NULL },
	{ "agent", ',', { POLICY_MODE_AGENT }, NULL },
	{ "agent,acpi", ',', { POLICY_MODE_AGENT, POLICY_MODE_ACPI }, NULL },
	{ "acpi+agent", '+', { POLICY_MODE_ACPI, POLICY_MODE_AGENT }, NULL },
	{ "signal,initctl,paravirt", ',', { POLICY_MODE_SIGNAL,
	    POLICY_MODE_INITCTL, POLICY_MODE_PARAVIRT }, NULL },
	{ "agent+acpi+initctl+signal+paravirt", '+', { POLICY_MODE_AGENT,
	    POLICY_MODE_ACPI, POLICY_MODE_INITCTL, POLICY_MODE_SIGNAL,
	    POLICY_MODE_PARAVIRT }, NULL },
	{ "agent,acpi", '+', { 0 }, "\"agent,acpi\" is unknown; use one "
	    "of default, agent, acpi, initctl, signal, paravirt" },
	{ "agent+acpi", ',', { 0 }, "\"agent+acpi\" is unknown; use one "
	    "of default, agent, acpi, initctl, signal, paravirt" },
	{ "", ',', { 0 }, "\"\" is unknown; use one of default, "
	    "agent, acpi, initctl, signal, paravirt" },
	{ "agent,default", ',', { 0 },
	    "\"default\" cannot be combined with others" },
	{ "default,agent", ',', { 0 },
	    "\"default\" cannot be combined with others" },
	{ "acpi,agent,acpi", ',', { 0 }, "\"acpi\" is given twice" },
	{ "agent+acpi+initctl+signal+paravirt+agent", '+', { 0 },
	    "\"agent\" is one value too many" },
};

ATF_TC_WITHOUT_HEAD(mode_chain);
ATF_TC_BODY(mode_chain, tc)
{
	enum policy_mode got[POLICY_MODES];
	char text[POLICY_MODES_TEXT];
	struct errmsg em;
	size_t i, j;
	int ret;

	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		for (j = 0; j < POLICY_MODES; j++)
			got[j] = POLICY_MODE_SIGNAL;
		ret = policy_modes(modes[i].text, modes[i].separator, got,
		    &em);
		ATF_CHECK_MSG(ret == (modes[i].why == NULL ? 0 : -1),
		    "\"%s\" gives %d", modes[i].text, ret);
		if (ret == -1) {
			ATF_CHECK_STREQ(modes[i].why, em.text);
			ATF_CHECK_MSG(got[0] == POLICY_MODE_SIGNAL,
			    "\"%s\" left something", modes[i].text);
			continue;
		}
		ATF_CHECK_MSG(memcmp(got, modes[i].modes, sizeof(got)) == 0,
		    "\"%s\": other modes", modes[i].text);
		ATF_CHECK_STREQ(modes[i].text, policy_modes_text(got,
		    modes[i].separator, text));
	}
}

/* The longest chain of modes there could be fits in its text. */
ATF_TC_WITHOUT_HEAD(mode_text);
ATF_TC_BODY(mode_text, tc)
{
	enum policy_mode all[POLICY_MODES];
	char text[POLICY_MODES_TEXT];
	size_t i, len = 0;

	for (i = 0; i + 1 < POLICY_MODES; i++) {
		all[i] = (enum policy_mode)(i + 1);
		len += strlen(policy_mode_name(all[i])) + 1;
	}
	all[i] = POLICY_MODE_END;
	ATF_CHECK(len <= sizeof(text));
	ATF_CHECK_EQ(len - 1, strlen(policy_modes_text(all, ',', text)));
}

/* Chains without their saves; only: nothing else was in them. */
static const struct {
	const char	*text;
	const char	*rest;
	bool		 only;
} unsaved[] = {
	{ "suspend", "none", true },
	{ "suspend,leave", "leave", true },
	{ "suspend,shutdown", "shutdown", false },
	{ "shutdown,suspend", "shutdown", false },
	{ "shutdown,suspend,destroy", "shutdown,destroy", false },
	{ "suspend,destroy", "destroy", false },
	{ "shutdown,suspend,leave", "shutdown,leave", false },
	{ "shutdown", "shutdown", false },
	{ "leave", "leave", false },
};

ATF_TC_WITHOUT_HEAD(unsave);
ATF_TC_BODY(unsave, tc)
{
	enum policy_action chain[POLICY_CHAIN];
	char text[POLICY_TEXT];
	size_t i;

	for (i = 0; i < sizeof(unsaved) / sizeof(unsaved[0]); i++) {
		ATF_REQUIRE_EQ(0, policy_chain(unsaved[i].text, chain, NULL));
		ATF_CHECK_MSG(policy_only_saves(chain) == unsaved[i].only,
		    "%s", unsaved[i].text);
		policy_unsave(chain);
		ATF_CHECK_STREQ(unsaved[i].rest,
		    policy_chain_text(chain, text));
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, stop_words);
	ATF_TP_ADD_TC(tp, names);
	ATF_TP_ADD_TC(tp, chain);
	ATF_TP_ADD_TC(tp, chain_text);
	ATF_TP_ADD_TC(tp, mode_chain);
	ATF_TP_ADD_TC(tp, mode_text);
	ATF_TP_ADD_TC(tp, unsave);
	return atf_no_error();
}
