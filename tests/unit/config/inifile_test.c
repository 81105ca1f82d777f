#include "config/inifile.h"

#include <atf-c.h>

#include <stdio.h>
#include <string.h>

#define TEXT(s)	((struct inifile_text){ (s), sizeof(s) - 1 })

static const char unit[] =
    "# TimeoutStopSec=1\n"
    "[Unit]\n"
    "After=libvirtd.service virtqemud.socket\n"
    "; After=none.service\n"
    "[Service]\r\n"
    "ExecStop=-/usr/sbin/libvirt-guests stop\n"
    "  TimeoutStopSec = 90  \n"
    "TimeoutStopSec=28min\r\n"
    "Empty=\n"
    "stop-timeout : 0\n"
    "key = \"all\" # why\n"
    "other='one two'\n"
    "open = \"two words\n"
    "last=x";

ATF_TC_WITHOUT_HEAD(values);
ATF_TC_BODY(values, tc)
{
	static const struct {
		const char	*key;
		const char	*value;		/* NULL: not set */
	} cases[] = {
		{ "TimeoutStopSec", "28min" },
		{ "ExecStop", "-/usr/sbin/libvirt-guests stop" },
		{ "After", "libvirtd.service virtqemud.socket" },
		{ "Empty", "" },
		{ "stop-timeout", "0" },
		{ "key", "all" },
		{ "other", "one two" },
		{ "open", "two words" },
		{ "last", "x" },
		{ "Timeout", NULL },
		{ "StopSec", NULL },
		{ "[Unit]", NULL },
		{ "lastx", NULL },
	};
	char value[64], small[4];
	bool is;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		is = inifile_value(TEXT(unit), cases[i].key, value,
		    sizeof(value));
		ATF_CHECK_MSG(is == (cases[i].value != NULL) && (!is ||
		    strcmp(value, cases[i].value) == 0), "%s: %s",
		    cases[i].key, is ? value : "not set");
	}
	ATF_REQUIRE(inifile_value(TEXT(unit), "key", small, sizeof(small)));
	ATF_CHECK_STREQ("all", small);
	ATF_REQUIRE(inifile_value(TEXT(unit), "other", small, sizeof(small)));
	ATF_CHECK_STREQ("one", small);
	ATF_CHECK(!inifile_value(TEXT(""), "key", value, sizeof(value)));
	/* Quotes without an end, at the end of the text. */
	ATF_CHECK(inifile_value(TEXT("k=\""), "k", value, sizeof(value)));
	ATF_CHECK_STREQ("", value);
}

ATF_TC_WITHOUT_HEAD(mentions);
ATF_TC_BODY(mentions, tc)
{
	ATF_CHECK(inifile_mentions(TEXT(unit), "libvirtd"));
	ATF_CHECK(inifile_mentions(TEXT(unit), "virtqemud"));
	ATF_CHECK(inifile_mentions(TEXT(unit), "libvirt-guests"));
	ATF_CHECK(inifile_mentions(TEXT(unit), "x"));
	ATF_CHECK(inifile_mentions(TEXT("keyword -timeout"), "-timeout"));
	ATF_CHECK(!inifile_mentions(TEXT(unit), "libvirt"));
	ATF_CHECK(!inifile_mentions(TEXT(unit), "qemud"));
	ATF_CHECK(!inifile_mentions(TEXT(unit), "none"));
	ATF_CHECK(!inifile_mentions(TEXT(unit), "guests"));
	ATF_CHECK(!inifile_mentions(TEXT(""), "a"));
}

ATF_TC_WITHOUT_HEAD(spans);
ATF_TC_BODY(spans, tc)
{
	static const struct {
		const char	*text;
		long		 seconds;
	} cases[] = {
		{ "90", 90 }, { "28min", 1680 }, { "1min 30s", 90 },
		{ "1min30s", 90 }, { "2 hours", 7200 }, { "1d", 86400 },
		{ "1500ms", 2 }, { "1us", 1 }, { "5 sec ", 5 },
		{ "infinity", INIFILE_ENDLESS }, { "0", INIFILE_ENDLESS },
		{ "0s", INIFILE_ENDLESS },
		{ "99999999999999999999", INIFILE_ENDLESS },
		{ "9999999d 9999999d", INIFILE_ENDLESS },
		{ "", INIFILE_BAD }, { "x", INIFILE_BAD },
		{ "5 parsecs", INIFILE_BAD }, { "-1", INIFILE_BAD },
		{ "1.5min", INIFILE_BAD }, { " 5", INIFILE_BAD },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ATF_CHECK_MSG(inifile_span(cases[i].text) ==
		    cases[i].seconds, "\"%s\": %ld", cases[i].text,
		    inifile_span(cases[i].text));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, values);
	ATF_TP_ADD_TC(tp, mentions);
	ATF_TP_ADD_TC(tp, spans);
	return atf_no_error();
}
