#include "text/findings.h"

#include <atf-c.h>

#include <stdio.h>
#include <string.h>

struct found {
	char	text[1024];
	int	warnings;
};

static void
found_put(void *arg, enum finding_level level, const char *text)
{
	struct found *f = arg;

	f->warnings += level == FINDING_WARNING;
	(void)snprintf(f->text, sizeof(f->text), "%s", text);
}

ATF_TC_WITHOUT_HEAD(places);
ATF_TC_BODY(places, tc)
{
	struct findings_place at = { 7, 3 };
	struct found found = { .warnings = 0 };
	struct findings f;

	findings_begin(&f, "a\x1b", found_put, &found);
	findings_add(&f, FINDING_ERROR, at, "no good");
	ATF_CHECK_STREQ("a\\e:7:3: no good", found.text);
	findings_text(&f, FINDING_WARNING, "as it is");
	ATF_CHECK_STREQ("as it is", found.text);
	ATF_CHECK_EQ(1, found.warnings);
	ATF_CHECK_EQ(1, f.errors);
}

/* Errors count if no function is given; a long name is cut. */
ATF_TC_WITHOUT_HEAD(counted);
ATF_TC_BODY(counted, tc)
{
	struct findings_place at = { 1, 1 };
	char name[2 * FINDINGS_FILE];
	struct findings f;

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	findings_begin(&f, name, NULL, NULL);
	ATF_CHECK_EQ(FINDINGS_FILE - 1, strlen(f.file));
	findings_add(&f, FINDING_ERROR, at, "x");
	findings_add(&f, FINDING_ERROR, at, "x");
	findings_add(&f, FINDING_WARNING, at, "x");
	ATF_CHECK_EQ(2, f.errors);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, places);
	ATF_TP_ADD_TC(tp, counted);
	return atf_no_error();
}
