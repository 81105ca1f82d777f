#include "text/number.h"

#include <atf-c.h>

#include <stddef.h>

static const struct {
	const char	*text;
	struct number_range range;
	int64_t		 n;
	const char	*why;		/* NULL: it is taken */
} cases[] = {
	{ "0", { 0, 10 }, 0, NULL },
	{ "10", { 0, 10 }, 10, NULL },
	{ "007", { 0, 10 }, 7, NULL },
	{ "-3", { -5, 5 }, -3, NULL },
	{ "9223372036854775807", { 0, INT64_MAX }, INT64_MAX, NULL },
	{ "", { 0, 10 }, 0, "is not a number (0 to 10)" },
	{ "x", { 0, 10 }, 0, "is not a number (0 to 10)" },
	{ "5s", { 0, 10 }, 0, "is not a number (0 to 10)" },
	{ " 5", { 0, 10 }, 0, "is not a number (0 to 10)" },
	{ "5 ", { 0, 10 }, 0, "is not a number (0 to 10)" },
	{ "+5", { 0, 10 }, 0, "is not a number (0 to 10)" },
	{ "0x5", { 0, 10 }, 0, "is not a number (0 to 10)" },
	{ "1e1", { 0, 10 }, 0, "is not a number (0 to 10)" },
	{ "-", { 0, 10 }, 0, "is not a number (0 to 10)" },
	{ "11", { 0, 10 }, 0, "is too large (0 to 10)" },
	{ "0", { 1, 10 }, 0, "is too small (1 to 10)" },
	{ "-1", { 0, 10 }, 0, "is too small (0 to 10)" },
	{ "99999999999999999999", { 0, 10 }, 0, "is too large (0 to 10)" },
	{ "9223372036854775808", { INT64_MIN, INT64_MAX }, 0, "is too large "
	    "(-9223372036854775808 to 9223372036854775807)" },
};

ATF_TC_WITHOUT_HEAD(parse);
ATF_TC_BODY(parse, tc)
{
	char why[NUMBER_WHY];
	int64_t n;
	size_t i;
	int rv;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		n = 42;
		rv = number_parse(cases[i].text, &cases[i].range, &n, why);
		ATF_CHECK_EQ(cases[i].why == NULL ? 0 : -1, rv);
		ATF_CHECK_EQ(rv == 0 ? cases[i].n : 42, n);
		if (rv == -1)
			ATF_CHECK_STREQ(cases[i].why, why);
		ATF_CHECK_EQ(rv, number_parse(cases[i].text, &cases[i].range,
		    &n, NULL));
	}
}

ATF_TC_WITHOUT_HEAD(bytes);
ATF_TC_BODY(bytes, tc)
{
	static const struct {
		uint64_t	 bytes;
		const char	*text;
	} rows[] = {
		{ 0, "0 MiB" }, { 700000, "1 MiB" }, { 12582912, "12 MiB" },
		{ 1073741824, "1.0 GiB" }, { 1342177280, "1.2 GiB" },
		{ UINT64_MAX, "17179869183.9 GiB" }
	};
	char text[NUMBER_BYTES];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ATF_CHECK_STREQ(rows[i].text,
		    number_bytes(rows[i].bytes, text));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, parse);
	ATF_TP_ADD_TC(tp, bytes);
	return atf_no_error();
}
