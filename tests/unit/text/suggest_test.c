#include "text/suggest.h"

#include <atf-c.h>

#include <string.h>

static const char *const names[] = {
	"URIS", "ON_BOOT", "ON_SHUTDOWN", "SHUTDOWN_MODE", "SHUTDOWN_TIMEOUT"
};

static const struct {
	const char	*typed;
	const char	*meant;		/* "" when none is near */
} cases[] = {
	{ "URIS", "URIS" },
	{ "URI", "URIS" },
	{ "URISS", "URIS" },
	{ "UTIS", "URIS" },
	{ "URSI", "URIS" },		/* neighbours are one slip */
	{ "uris", "URIS" },		/* case is none */
	{ "UTTS", "" },			/* two are too many for four */
	{ "UR", "" },
	{ "", "" },
	{ "ON_BOT", "ON_BOOT" },
	{ "NO_BOTO", "ON_BOOT" },
	{ "ONBOT", "ON_BOOT" },
	{ "OBT", "" },
	{ "ON_SHUTDOWN_MODE", "" },
	{ "SHUTDOWN_MOD", "SHUTDOWN_MODE" },
	{ "SHUTDWON_TIMOUT", "SHUTDOWN_TIMEOUT" },
	{ "SHTDWON_TIMOUT", "" },
	{ "an_unknown_one_that_is_far_too_long_to_be_looked_at", "" },
};

ATF_TC_WITHOUT_HEAD(nearest);
ATF_TC_BODY(nearest, tc)
{
	struct suggest h;
	size_t i, k;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(&h, 0, sizeof(h));
		h.typed = cases[i].typed;
		for (k = 0; k < sizeof(names) / sizeof(names[0]); k++)
			suggest_try(&h, names[k]);
		ATF_CHECK_MSG(strcmp(h.name == NULL ? "" : h.name,
		    cases[i].meant) == 0, "%s: %s", cases[i].typed,
		    h.name == NULL ? "none" : h.name);
	}
}

/* Of two the nearer, of two as near the first. */
ATF_TC_WITHOUT_HEAD(order);
ATF_TC_BODY(order, tc)
{
	struct suggest h = { .typed = "ABCDEFGH" };

	suggest_try(&h, "ABCDEFXX");
	ATF_CHECK_STREQ("ABCDEFXX", h.name);
	suggest_try(&h, "XXCDEFGH");
	ATF_CHECK_STREQ("ABCDEFXX", h.name);
	suggest_try(&h, "ABCDEFGX");
	ATF_CHECK_STREQ("ABCDEFGX", h.name);
	suggest_try(&h, "ABCDEFXX");
	ATF_CHECK_STREQ("ABCDEFGX", h.name);
}

/* What is too long for the table of slips is not looked at. */
ATF_TC_WITHOUT_HEAD(bounds);
ATF_TC_BODY(bounds, tc)
{
	char a[SUGGEST_NAME + 2], b[SUGGEST_NAME + 2];
	struct suggest h = { .typed = a };

	memset(a, 'a', sizeof(a));
	memset(b, 'a', sizeof(b));
	a[SUGGEST_NAME + 1] = b[SUGGEST_NAME + 1] = '\0';
	b[SUGGEST_NAME] = '\0';
	suggest_try(&h, b);
	ATF_CHECK(h.name == NULL);
	a[SUGGEST_NAME] = '\0';
	b[SUGGEST_NAME] = 'a';
	suggest_try(&h, b);
	ATF_CHECK(h.name == NULL);
	b[SUGGEST_NAME] = '\0';
	suggest_try(&h, b);
	ATF_CHECK(h.name == b);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, nearest);
	ATF_TP_ADD_TC(tp, order);
	ATF_TP_ADD_TC(tp, bounds);
	return atf_no_error();
}
