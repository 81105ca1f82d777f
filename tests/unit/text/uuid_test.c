#include "text/uuid.h"

#include <atf-c.h>

#include <string.h>

static const unsigned char sample[UUID_LEN] = {
	0x4d, 0xea, 0x22, 0xb3, 0x1d, 0x52, 0xd8, 0xf3,
	0x25, 0x16, 0x78, 0x2e, 0x98, 0xab, 0x3f, 0xa0
};
static const char text[] = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0";

ATF_TC_WITHOUT_HEAD(format);
ATF_TC_BODY(format, tc)
{
	char out[UUID_TEXT + 1];

	memset(out, 'x', sizeof(out));
	uuid_format(sample, out);
	ATF_CHECK_STREQ(text, out);
	ATF_CHECK_EQ('x', out[UUID_TEXT]);
}

ATF_TC_WITHOUT_HEAD(parse);
ATF_TC_BODY(parse, tc)
{
	unsigned char uuid[UUID_LEN];

	ATF_REQUIRE_EQ(0, uuid_parse(text, uuid));
	ATF_CHECK(memcmp(uuid, sample, UUID_LEN) == 0);
	memset(uuid, 0, sizeof(uuid));
	ATF_REQUIRE_EQ(0,
	    uuid_parse("4DEA22B3-1d52-D8F3-2516-782e98aB3Fa0", uuid));
	ATF_CHECK(memcmp(uuid, sample, UUID_LEN) == 0);
}

static const char *const refused[] = {
	"",
	"4",
	"-",
	"4dea22b3-1d52-d8f3-2516-782e98ab3fa",	/* one short */
	"4dea22b3-1d52-d8f3-2516-782e98ab3fa00",
	"4dea22b3-1d52-d8f3-2516-782e98ab3fa0 ",
	" 4dea22b3-1d52-d8f3-2516-782e98ab3fa0",
	"4dea22b31d52d8f32516782e98ab3fa0",
	"4dea22b3-1d52-d8f32-516-782e98ab3fa0",
	"4dea22b3 1d52 d8f3 2516 782e98ab3fa0",
	"4dea22b3-1d52-d8f3-2516_782e98ab3fa0",
	"gdea22b3-1d52-d8f3-2516-782e98ab3fa0",
	"4dea22b3-1d52-d8f3-2516-782e98ab3f\xc3\xa0",
	"4dea22b3-1d52-d8f3-2516-782e98ab3fa@",
	"4dea22b3-1d52-d8f3-2516-782e98ab3fa`",
	"0x4ea22b-1d52-d8f3-2516-782e98ab3fa0",
	"+dea22b3-1d52-d8f3-2516-782e98ab3fa0",
};

ATF_TC_WITHOUT_HEAD(parse_refuses);
ATF_TC_BODY(parse_refuses, tc)
{
	unsigned char uuid[UUID_LEN];
	size_t i;

	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		memset(uuid, 0x5a, sizeof(uuid));
		ATF_CHECK_MSG(uuid_parse(refused[i], uuid) == -1,
		    "\"%s\" was taken", refused[i]);
		ATF_CHECK_MSG(uuid[0] == 0x5a && uuid[15] == 0x5a,
		    "\"%s\" left its mark", refused[i]);
	}
}

/* Every byte value in every place goes there and back. */
ATF_TC_WITHOUT_HEAD(round_trip);
ATF_TC_BODY(round_trip, tc)
{
	unsigned char in[UUID_LEN], out[UUID_LEN];
	char t[UUID_TEXT];
	int i, k;

	for (i = 0; i < 256; i++) {
		for (k = 0; k < UUID_LEN; k++)
			in[k] = (unsigned char)(i + k * 7);
		uuid_format(in, t);
		ATF_REQUIRE_EQ(UUID_TEXT - 1, strlen(t));
		ATF_REQUIRE_EQ(0, uuid_parse(t, out));
		ATF_REQUIRE_MSG(memcmp(in, out, UUID_LEN) == 0, "%s", t);
	}
}

ATF_TC_WITHOUT_HEAD(zero);
ATF_TC_BODY(zero, tc)
{
	unsigned char uuid[UUID_LEN] = { 0 };

	ATF_CHECK(uuid_is_zero(uuid));
	uuid[UUID_LEN - 1] = 1;
	ATF_CHECK(!uuid_is_zero(uuid));
	ATF_CHECK(!uuid_is_zero(sample));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, format);
	ATF_TP_ADD_TC(tp, parse);
	ATF_TP_ADD_TC(tp, parse_refuses);
	ATF_TP_ADD_TC(tp, round_trip);
	ATF_TP_ADD_TC(tp, zero);
	return atf_no_error();
}
