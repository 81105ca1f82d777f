#include "text/errmsg.h"

#include <atf-c.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

ATF_TC_WITHOUT_HEAD(set);
ATF_TC_BODY(set, tc)
{
	struct errmsg em;

	ATF_CHECK_EQ(-1, errmsg_set(&em, 42, "guest %s: %d", "web", 7));
	ATF_CHECK_EQ(42, em.code);
	ATF_CHECK_STREQ("guest web: 7", em.text);
}

/* A caller that does not care gives NULL and still gets its -1. */
ATF_TC_WITHOUT_HEAD(none);
ATF_TC_BODY(none, tc)
{
	ATF_CHECK_EQ(-1, errmsg_set(NULL, 1, "%s", "x"));
	errno = EIO;
	ATF_CHECK_EQ(-1, errmsg_sys(NULL, "%s", "x"));
}

ATF_TC_WITHOUT_HEAD(sys);
ATF_TC_BODY(sys, tc)
{
	struct errmsg em;
	char want[ERRMSG_SIZE];

	(void)snprintf(want, sizeof(want), "/a/b: %s", strerror(ENOENT));
	errno = ENOENT;
	ATF_CHECK_EQ(-1, errmsg_sys(&em, "/%c/%s", 'a', "b"));
	ATF_CHECK_EQ(ENOENT, em.code);
	ATF_CHECK_STREQ(want, em.text);
}

/* What does not fit is cut, and the end is still there. */
ATF_TC_WITHOUT_HEAD(cut);
ATF_TC_BODY(cut, tc)
{
	struct {
		struct errmsg	em;
		char		behind;
	} s;
	char text[2 * ERRMSG_SIZE];

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	s.behind = 'x';
	ATF_CHECK_EQ(-1, errmsg_set(&s.em, 1, "%s", text));
	ATF_CHECK_EQ(ERRMSG_SIZE - 1, strlen(s.em.text));
	errno = EIO;
	ATF_CHECK_EQ(-1, errmsg_sys(&s.em, "%s", text));
	ATF_CHECK_EQ(ERRMSG_SIZE - 1, strlen(s.em.text));
	ATF_CHECK_EQ(EIO, s.em.code);
	/* The words of errno are what is cut here, in their middle. */
	text[ERRMSG_SIZE - 5] = '\0';
	errno = EIO;
	ATF_CHECK_EQ(-1, errmsg_sys(&s.em, "%s", text));
	ATF_CHECK_EQ(ERRMSG_SIZE - 1, strlen(s.em.text));
	ATF_CHECK_EQ(':', s.em.text[ERRMSG_SIZE - 5]);
	ATF_CHECK_EQ('x', s.behind);
}

ATF_TC_WITHOUT_HEAD(path);
ATF_TC_BODY(path, tc)
{
	struct errmsg em;
	char want[ERRMSG_SIZE];

	(void)snprintf(want, sizeof(want), "/a\\nb: %s", strerror(EPERM));
	errno = EPERM;
	ATF_CHECK_EQ(-1, errmsg_path(&em, "/a\nb"));
	ATF_CHECK_EQ(EPERM, em.code);
	ATF_CHECK_STREQ(want, em.text);
}

ATF_TC_WITHOUT_HEAD(refuse);
ATF_TC_BODY(refuse, tc)
{
	struct errmsg em;
	char text[2 * ERRMSG_VALUE];

	ATF_CHECK_EQ(-1, errmsg_refuse(&em, "a\nbc", 3, "is bad"));
	ATF_CHECK_EQ(EINVAL, em.code);
	ATF_CHECK_STREQ("\"a\\nb\" is bad", em.text);
	ATF_CHECK_EQ(-1, errmsg_refuse(NULL, "a", 1, "is bad"));
	memset(text, 'a', sizeof(text));
	ATF_CHECK_EQ(-1, errmsg_refuse(&em, text, sizeof(text), "is bad"));
	ATF_CHECK_EQ(ERRMSG_VALUE - 1 + strlen("\"\" is bad"),
	    strlen(em.text));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, set);
	ATF_TP_ADD_TC(tp, none);
	ATF_TP_ADD_TC(tp, sys);
	ATF_TP_ADD_TC(tp, cut);
	ATF_TP_ADD_TC(tp, path);
	ATF_TP_ADD_TC(tp, refuse);
	return atf_no_error();
}
