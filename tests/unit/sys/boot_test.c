#include "sys/boot.h"

#include <atf-c.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "text/uuid.h"

ATF_TC_WITHOUT_HEAD(id);
ATF_TC_BODY(id, tc)
{
	char one[BOOT_TEXT], two[BOOT_TEXT];
	unsigned char uuid[UUID_LEN];

	boot_id(one);
	boot_id(two);
	ATF_CHECK_STREQ(one, two);
	ATF_CHECK_MSG(uuid_parse(one, uuid) == 0 ||
	    strcmp(one, "unknown") == 0, "%s", one);
}

ATF_TC_WITHOUT_HEAD(of_day);
ATF_TC_BODY(of_day, tc)
{
	int64_t before = time(NULL), now = boot_clock();

	/* The coarse clock of time(3) may be late. */
	ATF_CHECK(now >= before && now - before < 60);
}

/* The time of day in so many milliseconds. */
static void
day_put(int64_t ms, char text[BOOT_CLOCK])
{
	struct timespec now;
	struct tm tm;

	ATF_REQUIRE_EQ(0, clock_gettime(CLOCK_REALTIME, &now));
	now.tv_sec += (now.tv_nsec / 1000000 + ms) / 1000;
	ATF_REQUIRE(localtime_r(&now.tv_sec, &tm) != NULL);
	(void)strftime(text, BOOT_CLOCK, "%H:%M:%S", &tm);
}

ATF_TC_WITHOUT_HEAD(in);
ATF_TC_BODY(in, tc)
{
	const int64_t day = 24 * 60 * 60 * 1000, ms = 3661999;
	char text[BOOT_CLOCK], before[BOOT_CLOCK], after[BOOT_CLOCK];

	ATF_REQUIRE_EQ(0, setenv("TZ", "XXX-3:30", 1));
	day_put(ms, before);
	boot_clock_in(ms, text);
	day_put(ms, after);
	ATF_CHECK_MSG(strcmp(text, before) == 0 || strcmp(text, after) == 0,
	    "%s, not %s", text, after);
	boot_clock_in(day - 1, text);
	ATF_CHECK_EQ(8, strlen(text));
	boot_clock_in(day, text);
	ATF_CHECK_STREQ("", text);
	boot_clock_in(-1, text);
	ATF_CHECK_STREQ("", text);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, id);
	ATF_TP_ADD_TC(tp, of_day);
	ATF_TP_ADD_TC(tp, in);
	return atf_no_error();
}
