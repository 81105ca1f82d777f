#include "plan/share.h"

#include <atf-c.h>

#include <inttypes.h>

/* A deadline 80 s after the part begins; the part's own limit is 60 s. */
#define SINCE		((int64_t)5000)
#define DEADLINE	(SINCE + 80000)
#define BY		(SINCE + 60000)

static int64_t
end(enum share_part part, int64_t deadline, int64_t by)
{
	const struct share_time t = {
		.since = SINCE, .deadline = deadline, .by = by
	};

	return share_end(part, &t);
}

/* Of each part: its end before that deadline, and if the deadline has passed
 * when it begins. */
static const struct {
	enum share_part	 part;
	int64_t		 end;
	int64_t		 late;
} parts[] = {
	{ SHARE_CONNECT,	SINCE + 26666,	SINCE + 1000 },
	{ SHARE_DETAILS,	SINCE + 20000,	SINCE },
	{ SHARE_RESCUE,		SINCE + 20000,	SINCE },
	{ SHARE_HOOKS,		SINCE + 40000,	SINCE },
	{ SHARE_HOOKS_LEAST,	SINCE + 10000,	SINCE },
	{ SHARE_PREPARE,	SINCE + 40000,	SINCE },
	{ SHARE_AGAIN,		SINCE + 80000,	SINCE + 1000 },
	{ SHARE_NETWORKS,	SINCE + 80000,	SINCE + 1000 },
	{ SHARE_AFTER,		SINCE + 78000,	SINCE },
	{ SHARE_LOST,		SINCE + 40000,	SINCE },
	{ SHARE_JOINED,		SINCE + 85000,	SINCE + 4000 },
};

ATF_TC_WITHOUT_HEAD(rows);
ATF_TC_BODY(rows, tc)
{
	size_t i;

	ATF_REQUIRE_EQ(SHARE_PARTS, sizeof(parts) / sizeof(parts[0]));
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		ATF_CHECK_EQ_MSG(parts[i].end, end(parts[i].part, DEADLINE, 0),
		    "part %zu", i);
		ATF_CHECK_EQ_MSG(parts[i].late,
		    end(parts[i].part, SINCE - 1000, 0), "part %zu, late", i);
	}
}

ATF_TC_WITHOUT_HEAD(limits);
ATF_TC_BODY(limits, tc)
{
	int part;

	for (part = 0; part < SHARE_PARTS; part++) {
		/* No deadline: its own limit, or none. */
		ATF_CHECK_EQ(0, end((enum share_part)part, 0, 0));
		ATF_CHECK_EQ(BY, end((enum share_part)part, 0, BY));
		/* The earlier one of both. */
		ATF_CHECK_EQ(BY, end((enum share_part)part,
		    SINCE + 800000, BY));
		ATF_CHECK(end((enum share_part)part, DEADLINE, BY) <= BY);
	}
}

ATF_TC_WITHOUT_HEAD(deadline);
ATF_TC_BODY(deadline, tc)
{
	ATF_CHECK_EQ(0, share_deadline(SINCE, 0));
	ATF_CHECK_EQ(SINCE + 80000, share_deadline(SINCE, 80));
	ATF_CHECK_EQ(0, share_left(0, SINCE));
	ATF_CHECK_EQ(80000, share_left(DEADLINE, SINCE));
	/* It has passed: not 0, which is none. */
	ATF_CHECK_EQ(1, share_left(SINCE, SINCE));
	ATF_CHECK_EQ(1, share_left(SINCE, SINCE + 1));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, rows);
	ATF_TP_ADD_TC(tp, limits);
	ATF_TP_ADD_TC(tp, deadline);
	return atf_no_error();
}
