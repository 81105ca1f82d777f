#include "sys/boot.h"

#include <atf-c.h>
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

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, id);
	ATF_TP_ADD_TC(tp, of_day);
	return atf_no_error();
}
