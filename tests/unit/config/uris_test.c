#include "config/uris.h"

#include <atf-c.h>

#include <stdio.h>
#include <string.h>

static const struct {
	const char	*text;
	const char	*list;		/* each with a | behind it */
	int		 refused;
	const char	*why;
} cases[] = {
	{ "", "", 0, "" },
	{ " \t\n", "", 0, "" },
	{ "default", "default|", 0, "" },
	{ " xen:///\tlxc:///\n", "xen:///|lxc:///|", 0, "" },
	{ "xen:/// lxc:/// xen:///", "xen:///|lxc:///|", 0, "" },
	{ "x: xen:/// y:", "xen:///|", 2, "x:: missing ://" },
	{ "xen:///\rlxc:///", "", 1, NULL },
};

ATF_TC_WITHOUT_HEAD(split);
ATF_TC_BODY(split, tc)
{
	struct errmsg em;
	struct uris list;
	char got[256];
	size_t i, k;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(&list, 0, sizeof(list));
		em.text[0] = got[0] = '\0';
		uris_split(&list, cases[i].text, &em);
		for (k = 0; k < list.n; k++)
			(void)snprintf(got + strlen(got), sizeof(got) -
			    strlen(got), "%s|", list.uri[k]);
		ATF_CHECK_STREQ(cases[i].list, got);
		ATF_CHECK_MSG(list.refused == cases[i].refused,
		    "\"%s\": %d refused", cases[i].text, list.refused);
		if (cases[i].why != NULL)
			ATF_CHECK_STREQ(cases[i].why, em.text);
		uris_free(&list);
		ATF_CHECK_EQ(0, list.n);
		ATF_CHECK_EQ(0, list.refused);
	}
}

ATF_TC_WITHOUT_HEAD(bounds);
ATF_TC_BODY(bounds, tc)
{
	struct uris list = { .n = 0 };
	struct errmsg em;
	char uri[32];
	int i;

	uris_add(&list, "", &em);
	ATF_CHECK_STREQ("default", list.uri[0]);
	for (i = 1; i < URIS; i++) {
		(void)snprintf(uri, sizeof(uri), "a:///%d", i);
		uris_add(&list, uri, &em);
	}
	ATF_CHECK_EQ(0, list.refused);
	ATF_CHECK_EQ(URIS, list.n);
	uris_add(&list, "default", &em);
	ATF_CHECK_EQ(0, list.refused);
	uris_add(&list, "b:///", &em);
	ATF_CHECK_EQ(1, list.refused);
	ATF_CHECK_STREQ("more than 64 URIs", em.text);
	uris_add(&list, "non:sense", NULL);
	ATF_CHECK_EQ(2, list.refused);
	ATF_CHECK_EQ(URIS, list.n);
	uris_free(&list);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, split);
	ATF_TP_ADD_TC(tp, bounds);
	return atf_no_error();
}
