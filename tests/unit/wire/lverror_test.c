#include "wire/lverror.h"

#include <atf-c.h>

#include <stddef.h>

#define N(a)	(sizeof(a) / sizeof((a)[0]))

static const struct {
	int32_t			code;
	enum lvmsg_class	class;
} known[] = {
	{ 2, LVMSG_RETRY }, { 3, LVMSG_UNSUPPORTED },
	{ 5, LVMSG_UNSUPPORTED }, { 8, LVMSG_UNSUPPORTED },
	{ 26, LVMSG_UNSUPPORTED }, { 29, LVMSG_DENIED },
	{ 39, LVMSG_UNSUPPORTED }, { 42, LVMSG_GONE }, { 45, LVMSG_DENIED },
	{ 55, LVMSG_INVALID }, { 67, LVMSG_UNSUPPORTED },
	{ 68, LVMSG_RETRY }, { 74, LVMSG_UNSUPPORTED },
	{ 79, LVMSG_DENIED }, { 83, LVMSG_RETRY }, { 84, LVMSG_UNSUPPORTED },
	{ 86, LVMSG_RETRY }, { 87, LVMSG_RETRY }, { 88, LVMSG_DENIED },
	{ 94, LVMSG_DENIED }, { 97, LVMSG_RETRY },
	{ 112, LVMSG_RETRY }, { 113, LVMSG_FATAL }
};

ATF_TC_WITHOUT_HEAD(error_classes);
ATF_TC_BODY(error_classes, tc)
{
	enum lvmsg_class want;
	int32_t code;
	size_t next = 0;

	for (code = -10; code < 1000; code++) {
		want = LVMSG_FATAL;
		if (next < N(known) && known[next].code == code)
			want = known[next++].class;
		ATF_CHECK_MSG(lverror_class(code) == want, "code %d: %d",
		    code, (int)lverror_class(code));
	}
	ATF_CHECK_EQ(N(known), next);
	ATF_CHECK_EQ(LVMSG_FATAL, lverror_class(INT32_MIN));
	ATF_CHECK_EQ(LVMSG_FATAL, lverror_class(INT32_MAX));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, error_classes);
	return atf_no_error();
}
