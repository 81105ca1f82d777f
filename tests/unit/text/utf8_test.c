#include "text/utf8.h"

#include <atf-c.h>

#include <string.h>

static const struct {
	const char	*text;
	size_t		 len;
	uint32_t	 c;
} good[] = {
	{ "a", 1, 'a' },
	{ "\0", 1, 0 },
	{ "\x7f", 1, 0x7f },
	{ "\xc2\x80", 2, 0x80 },
	{ "\xdf\xbf", 2, 0x7ff },
	{ "\xe0\xa0\x80", 3, 0x800 },
	{ "\xed\x9f\xbf", 3, 0xd7ff },
	{ "\xee\x80\x80", 3, 0xe000 },
	{ "\xef\xbf\xbf", 3, 0xffff },
	{ "\xf0\x90\x80\x80", 4, 0x10000 },
	{ "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
};

ATF_TC_WITHOUT_HEAD(well_formed);
ATF_TC_BODY(well_formed, tc)
{
	char text[UTF8_MAX];
	uint32_t c;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ATF_CHECK_EQ(good[i].len, utf8_read(
		    (const unsigned char *)good[i].text, good[i].len, &c));
		ATF_CHECK_EQ(good[i].c, c);
		ATF_REQUIRE_EQ(good[i].len, utf8_write(c, text));
		ATF_CHECK(memcmp(text, good[i].text, good[i].len) == 0);
		/* One byte too few. */
		if (good[i].len > 1)
			ATF_CHECK_EQ(0, utf8_read(
			    (const unsigned char *)good[i].text,
			    good[i].len - 1, &c));
	}
}

static const char *const bad[] = {
	"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3" "a", "\xe0\x9f\xbf",
	"\xed\xa0\x80", "\xed\xbf\xbf", "\xe2\x28\xa1", "\xf0\x8f\xbf\xbf",
	"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80",
	"\xfe", "\xff",
};

ATF_TC_WITHOUT_HEAD(malformed);
ATF_TC_BODY(malformed, tc)
{
	char text[UTF8_MAX];
	uint32_t c;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ATF_CHECK_MSG(utf8_read((const unsigned char *)bad[i],
		    strlen(bad[i]), &c) == 0, "row %zu", i);
	ATF_CHECK_EQ(0, utf8_write(0xd800, text));
	ATF_CHECK_EQ(0, utf8_write(0xdfff, text));
	ATF_CHECK_EQ(0, utf8_write(0x110000, text));
	ATF_CHECK_EQ(0, utf8_write(UINT32_MAX, text));
}

ATF_TC_WITHOUT_HEAD(steers);
ATF_TC_BODY(steers, tc)
{
	static const uint32_t yes[] = { 0, 0x1b, 0x1f, 0x7f, 0x9f, 0x61c,
	    0x200e, 0x2028, 0x202e, 0x2066, 0x2069 };
	static const uint32_t no[] = { ' ', '~', 0xa0, 0x61b, 0x200d, 0x2010,
	    0x2027, 0x202f, 0x2065, 0x206a, 0x10ffff };
	size_t i;

	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		ATF_CHECK_MSG(utf8_steers(yes[i]), "%x", yes[i]);
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		ATF_CHECK_MSG(!utf8_steers(no[i]), "%x", no[i]);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, well_formed);
	ATF_TP_ADD_TC(tp, malformed);
	ATF_TP_ADD_TC(tp, steers);
	return atf_no_error();
}
