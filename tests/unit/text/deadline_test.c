#include "text/deadline.h"

#include <atf-c.h>

ATF_TC_WITHOUT_HEAD(of_two);
ATF_TC_BODY(of_two, tc)
{
	ATF_CHECK_EQ(3, deadline_min(3, 4));
	ATF_CHECK_EQ(3, deadline_min(4, 3));
	ATF_CHECK_EQ(4, deadline_min(4, 4));
	ATF_CHECK_EQ(INT64_MAX - 1, deadline_min(INT64_MAX, INT64_MAX - 1));
}

ATF_TC_WITHOUT_HEAD(none);
ATF_TC_BODY(none, tc)
{
	ATF_CHECK_EQ(4, deadline_min(0, 4));
	ATF_CHECK_EQ(4, deadline_min(4, 0));
	ATF_CHECK_EQ(0, deadline_min(0, 0));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, of_two);
	ATF_TP_ADD_TC(tp, none);
	return atf_no_error();
}
