#include "text/chart.h"

#include <atf-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/buf.h"

static const struct chart_row rows[] = {
	{ .name = "web01", .how = "shutdown", .result = "off", .asks = 1,
	  .from = 0, .to = 3000 },
	{ .name = "winserver", .how = "suspend", .result = "saved", .asks = 1,
	  .from = 3000, .to = 70000 },
	{ .name = "db01", .how = "shutdown,suspend", .result = "STILL ON",
	  .asks = 2, .from = 1000, .to = 120000, .bad = true,
	  .note = "No space left on device" },
	{ .name = "quiet", .result = "left running", .from = -1, .to = -1 },
};

static char text[65536];

static void
chart(const struct chart_row *row, size_t n, int64_t length, size_t width)
{
	struct chart ch = { row, n, length, width };
	struct buf b;

	ATF_REQUIRE_EQ(0, buf_init(&b, 16, sizeof(text) - 1));
	chart_put(&b, &ch);
	ATF_REQUIRE(!b.bad);
	memcpy(text, b.base, b.len);
	text[b.len] = '\0';
	buf_free(&b);
}

/* No line has more than width bytes, and none ends in a blank. */
static void
lines_check(size_t width)
{
	const char *p, *end;

	for (p = text; *p != '\0'; p = end + 1) {
		end = strchr(p, '\n');
		ATF_REQUIRE(end != NULL);
		ATF_CHECK_MSG((size_t)(end - p) <= width, "%.*s",
		    (int)(end - p), p);
		ATF_CHECK_MSG(end == p || end[-1] != ' ', "%.*s",
		    (int)(end - p), p);
	}
}

ATF_TC_WITHOUT_HEAD(columns_80);
ATF_TC_BODY(columns_80, tc)
{
	chart(rows, 4, 120000, 80);
	lines_check(80);
	ATF_CHECK_STREQ(
	    " GUEST      HOW               ASKED   TOOK  RE"
	    "SULT        0 s              120 s\n"
	    " web01      shutdown              1  3.0 s  of"
	    "f           |=                   |\n"
	    " winserver  suspend               1   67 s  sa"
	    "ved         |===========         |\n"
	    " db01       shutdown,suspend      2  119 s  ST"
	    "ILL ON      |####################|\n"
	    "   No space left on device\n"
	    " quiet      -                     -      -  le"
	    "ft running  |                    |\n",
	    text);
}

ATF_TC_WITHOUT_HEAD(columns_40);
ATF_TC_BODY(columns_40, tc)
{
	chart(rows, 4, 120000, 40);
	lines_check(40);
	ATF_CHECK_STREQ(
	    " GUEST      ASKED   TOOK  RESULT\n"
	    " web01          1  3.0 s  off\n"
	    " winserver      1   67 s  saved\n"
	    " db01           2  119 s  STILL ON\n"
	    "   No space left on device\n"
	    " quiet          -      -  left running\n", text);
}

ATF_TC_WITHOUT_HEAD(columns_200);
ATF_TC_BODY(columns_200, tc)
{
	const char *bar;

	chart(rows, 4, 120000, 200);
	lines_check(200);
	/* The bars are as long as there is room for. */
	ATF_REQUIRE((bar = strchr(text, '|')) != NULL);
	ATF_CHECK_EQ(200 - 58 - 1, strchr(bar + 1, '|') - bar);
	ATF_CHECK_EQ(3, strspn(bar + 1, "="));
}

ATF_TC_WITHOUT_HEAD(names);
ATF_TC_BODY(names, tc)
{
	static const char cyrillic[] = "\xd0\xb4\xd0\xb4\xd0\xb4\xd0\xb4"
	    "\xd0\xb4\xd0\xb4\xd0\xb4\xd0\xb4\xd0\xb4\xd0\xb4";
	struct chart_row odd[] = {
		{ .name = "a\033[2Jb\n\xff", .result = "off", .from = -1 },
		{ .name = cyrillic, .result = "off", .from = -1 },
		{ .result = "off", .from = -1 },
	};
	char longer[3000];
	size_t width;

	chart(odd, 3, 0, 80);
	ATF_CHECK_STREQ(
	    " GUEST          HOW  ASKED  TOOK  RESULT\n"
	    " a\\e[2Jb\\n\\377  -        -     -  off\n"
	    " \xd0\xb4\xd0\xb4\xd0\xb4\xd0\xb4\xd0\xb4\xd0\xb4\xd0\xb4\xd0\xb4"
	    "\xd0\xb4\xd0\xb4     -        -     -  off\n"
	    " -              -        -     -  off\n", text);
	/* Escapes are cut whole. */
	memset(longer, '\n', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	odd[0].name = odd[0].how = odd[0].note = longer;
	odd[0].from = 0;
	odd[0].to = 5;
	for (width = 40; width <= 200; width += 20) {
		chart(odd, 1, 10, width);
		lines_check(width);
		ATF_CHECK(strstr(text, "\\n...") != NULL);
		ATF_CHECK(strstr(text, "\\...") == NULL);
	}
}

ATF_TC_WITHOUT_HEAD(bars);
ATF_TC_BODY(bars, tc)
{
	struct chart_row row[] = {
		/* Short ones are seen, at both ends. */
		{ .name = "a", .from = 0, .to = 0 },
		{ .name = "b", .from = 100, .to = 100 },
		{ .name = "c", .from = 50, .to = -1, .bad = true },
		{ .name = "d", .from = 500, .to = 900 },
		{ .name = "e", .from = INT64_MAX / 1000, .to = INT64_MAX },
	};
	const char *line = text;
	int i;

	chart(row, 5, 100, 60);
	lines_check(60);
	for (i = 0; i < 5; i++) {
		line = strchr(line, '\n') + 1;
		ATF_CHECK_MSG(strpbrk(line, "=#") < strchr(line, '\n'),
		    "%s", text);
	}
	ATF_CHECK(strstr(text, "|=") != NULL && strstr(text, "=|") != NULL);
	ATF_CHECK(strstr(text, "#|") != NULL);
	chart(row, 5, INT64_MAX / 1000, 1000);
	lines_check(1000);
	chart(row, 0, 100, 80);
	ATF_CHECK_STREQ("", text);
}

ATF_TC_WITHOUT_HEAD(times);
ATF_TC_BODY(times, tc)
{
	char t[CHART_TIME];

	ATF_CHECK_STREQ("-", chart_time(-1, t));
	ATF_CHECK_STREQ("0.0 s", chart_time(0, t));
	ATF_CHECK_STREQ("0.3 s", chart_time(250, t));
	ATF_CHECK_STREQ("9.9 s", chart_time(9949, t));
	ATF_CHECK_STREQ("10 s", chart_time(9950, t));
	ATF_CHECK_STREQ("120 s", chart_time(119500, t));
	(void)chart_time(INT64_MAX, t);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, columns_80);
	ATF_TP_ADD_TC(tp, columns_40);
	ATF_TP_ADD_TC(tp, columns_200);
	ATF_TP_ADD_TC(tp, names);
	ATF_TP_ADD_TC(tp, bars);
	ATF_TP_ADD_TC(tp, times);
	return atf_no_error();
}
