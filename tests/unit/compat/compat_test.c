#include "compat.h"

#include <atf-c.h>

#include <errno.h>
#include <limits.h>

static const struct {
	const char	*text;
	long long	 min;
	long long	 max;
	long long	 want;
	const char	*errstr;
} numbers[] = {
	{ "0", 0, 10, 0, NULL },
	{ "10", 0, 10, 10, NULL },
	{ "11", 0, 10, 0, "too large" },
	{ "-1", 0, 10, 0, "too small" },
	{ "-5", -5, -5, -5, NULL },
	{ "007", 0, 10, 7, NULL },
	{ "0x7", 0, 10, 0, "invalid" },
	{ "", 0, 10, 0, "invalid" },
	{ " ", 0, 10, 0, "invalid" },
	{ "-", -1, 10, 0, "invalid" },
	{ "3 ", 0, 10, 0, "invalid" },
	{ "3s", 0, 10, 0, "invalid" },
	{ "3.5", 0, 10, 0, "invalid" },
	{ "five", 0, 10, 0, "invalid" },
	{ "5", 10, 0, 0, "invalid" },		/* no such range */
	{ "9223372036854775807", 0, LLONG_MAX, LLONG_MAX, NULL },
	{ "9223372036854775808", 0, LLONG_MAX, 0, "too large" },
	{ "99999999999999999999", 0, 10, 0, "too large" },
	{ "-9223372036854775808", LLONG_MIN, 0, LLONG_MIN, NULL },
	{ "-9223372036854775809", LLONG_MIN, 0, 0, "too small" },
	{ "-99999999999999999999", -10, 10, 0, "too small" },
};

/* The errno that goes with the words. */
static int
errno_of(const char *errstr, int before)
{
	if (errstr == NULL)
		return before;
	return strcmp(errstr, "invalid") == 0 ? EINVAL : ERANGE;
}

ATF_TC_WITHOUT_HEAD(strtonum);
ATF_TC_BODY(strtonum, tc)
{
	const char *errstr;
	long long n;
	size_t i;
	int saved;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		errno = ENOTTY;
		errstr = "untouched";
		n = strtonum(numbers[i].text, numbers[i].min, numbers[i].max,
		    &errstr);
		saved = errno;
		ATF_CHECK_MSG(n == numbers[i].want, "\"%s\" (%zu): %lld",
		    numbers[i].text, i, n);
		ATF_CHECK_MSG(numbers[i].errstr == NULL ? errstr == NULL :
		    errstr != NULL && strcmp(errstr, numbers[i].errstr) == 0,
		    "\"%s\" (%zu): %s", numbers[i].text, i,
		    errstr == NULL ? "no error" : errstr);
		ATF_CHECK_MSG(saved == errno_of(numbers[i].errstr, ENOTTY),
		    "\"%s\" (%zu): errno %d", numbers[i].text, i, saved);
	}
}

static const struct {
	const char	*before;	/* what strlcat finds in dst */
	const char	*src;
	size_t		 size;
	const char	*copied;
	const char	*appended;
	size_t		 length;	/* strlcat returns */
} strings[] = {
	{ "", "", 8, "", "", 0 },
	{ "", "abc", 8, "abc", "abc", 3 },
	{ "", "abc", 4, "abc", "abc", 3 },
	{ "", "abc", 3, "ab", "ab", 3 },
	{ "", "abc", 1, "", "", 3 },
	{ "ab", "cd", 8, "cd", "abcd", 4 },
	{ "ab", "cd", 5, "cd", "abcd", 4 },
	{ "ab", "cd", 4, "cd", "abc", 4 },
	{ "ab", "cd", 3, "cd", "ab", 4 },
	{ "abc", "", 4, "", "abc", 3 },
	{ "abc", "defgh", 4, "def", "abc", 8 },
};

/* A buffer of 16 bytes with that text, and a mark in all the rest. */
static void
fill(char buf[16], const char *text)
{
	memset(buf, 'x', 16);
	memcpy(buf, text, strlen(text) + 1);
}

ATF_TC_WITHOUT_HEAD(strlcpy);
ATF_TC_BODY(strlcpy, tc)
{
	char buf[16];
	size_t i, n;

	for (i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		fill(buf, "yyyyyyy");
		n = strlcpy(buf, strings[i].src, strings[i].size);
		ATF_CHECK_MSG(n == strlen(strings[i].src), "%zu: %zu", i, n);
		ATF_CHECK_MSG(strcmp(buf, strings[i].copied) == 0, "%zu: %s",
		    i, buf);
		ATF_CHECK_MSG(buf[strings[i].size] ==
		    (strings[i].size == 7 ? '\0' :
		    strings[i].size < 7 ? 'y' : 'x'), "%zu: too far", i);
	}
	fill(buf, "keep");
	ATF_CHECK_EQ(3, strlcpy(buf, "abc", 0));
	ATF_CHECK_STREQ("keep", buf);
}

ATF_TC_WITHOUT_HEAD(strlcat);
ATF_TC_BODY(strlcat, tc)
{
	char buf[16];
	size_t i, n;

	for (i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		fill(buf, strings[i].before);
		n = strlcat(buf, strings[i].src, strings[i].size);
		ATF_CHECK_MSG(n == strings[i].length, "%zu: %zu", i, n);
		ATF_CHECK_MSG(strcmp(buf, strings[i].appended) == 0, "%zu: %s",
		    i, buf);
		ATF_CHECK_MSG(buf[strings[i].size] == 'x', "%zu: too far", i);
	}
	/* No end within size: nothing is touched. */
	fill(buf, "abcdef");
	ATF_CHECK_EQ(5, strlcat(buf, "xy", 3));
	ATF_CHECK_STREQ("abcdef", buf);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, strtonum);
	ATF_TP_ADD_TC(tp, strlcpy);
	ATF_TP_ADD_TC(tp, strlcat);
	return atf_no_error();
}
