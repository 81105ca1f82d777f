#include "config/lvconf.h"

#include <atf-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char	*text;
	const char	*def;		/* "-": none */
	const char	*mode;		/* and proxy, where there is one */
	const char	*aliases;	/* NAME>URI, a blank behind each */
	const char	*why;		/* NULL: it is good */
} cases[] = {
	{ "", "-", "-", "", NULL },
	{ "# nothing\n\n;\r\n", "-", "-", "", NULL },
	{ "uri_default = \"qemu:///system\"\n", "qemu:///system", "-", "",
	    NULL },
	{ "uri_default='a\"#b' # end\nremote_mode = \"legacy\"", "a\"#b",
	    "legacy", "", NULL },
	{ "uri_default=\"a\\\";other=1;x=[1,-2,'y',]\n", "a\\", "-", "",
	    NULL },
	{ "uri_default = \"\"\"a\n\"b\"\"\"\n", "a\n\"b", "-", "", NULL },
	{ "uri_aliases = [\n  \"hail=qemu+ssh://h/system?a=b\", # one\n"
	    "#\"no=x\",\n 'A-_9=xen:///' ,\n]\n", "-", "-",
	    "hail>qemu+ssh://h/system?a=b A-_9>xen:/// ", NULL },
	{ "uri_aliases = []", "-", "-", "", NULL },
	{ "\n\nuri_default = \"x\nremote_mode=\"auto\"", "-", "-", "",
	    "f:3: unclosed quote" },
	{ "uri_default = 'x'\nuri_aliases = [ 'a=b', 'c' ]", "x", "-",
	    "a>b ", "f:2: uri_aliases: use NAME=URI" },
	{ "uri_aliases = [ '=b' ]", "-", "-", "",
	    "f:1: uri_aliases: use NAME=URI" },
	{ "uri_aliases = [ 'a=b' 'c=d' ]", "-", "-", "a>b ",
	    "f:1: expected a comma or ]" },
	{ "uri_aliases = [ 'a=b',\n\n", "-", "-", "a>b ",
	    "f:3: expected a value in quotes" },
	{ "uri_aliases = 'a=b'", "-", "-", "", "f:1: expected a list" },
	{ "uri_default = ['x']", "-", "-", "",
	    "f:1: expected one value, not a list" },
	{ "uri_default = 1", "-", "-", "",
	    "f:1: expected a value in quotes" },
	{ "x = -", "-", "-", "", "f:1: expected a value in quotes" },
	{ "x = y", "-", "-", "", "f:1: expected a value in quotes" },
	{ "x = 'y' z", "-", "-", "", "f:1: unexpected text after the value" },
	{ "x", "-", "-", "", "f:1: expected NAME = VALUE" },
	{ "\n= 'x'", "-", "-", "", "f:2: expected NAME = VALUE" },
	{ "remote_mode = 'both'", "-", "-", "",
	    "f:1: remote_mode: use one of auto, direct, legacy" },
	{ "uri_default_x = 'x'", "-", "-", "", NULL },
	{ "remote_proxy = 'netcat'", "-", "- netcat", "", NULL },
	{ "remote_proxy='native'\nremote_mode='auto'", "-", "auto native", "",
	    NULL },
	{ "remote_proxy = 'direct'", "-", "-", "",
	    "f:1: remote_proxy: use one of auto, netcat, native" },
	/* The first counts, and nobody looks at the others. */
	{ "uri_default = 'a'\nuri_default = 'b'\nremote_mode = 'auto'\n"
	    "remote_mode = 'both'\nremote_mode = [1]\n"
	    "uri_aliases = ['a=b', 'c=d']\nuri_aliases = ['a=e', 'f=g']\n"
	    "uri_aliases = 1\n", "a", "auto", "a>b c>d ", NULL },
	{ "uri_aliases = []\nuri_aliases = [ 'a=b' ]", "-", "-", "", NULL },
	{ "x = +5\ny = [ +1, -2, 3 ]", "-", "-", "", NULL },
	{ "x = +", "-", "-", "", "f:1: expected a value in quotes" },
	{ "x = +-1", "-", "-", "", "f:1: expected a value in quotes" },
};

static const char *
shown(const char *text)
{
	return text == NULL ? "-" : text;
}

static int
parse(struct lvconf *c, char *text, size_t len, struct errmsg *em)
{
	const struct lvconf_source src = { "f", text, len };

	return lvconf_parse(c, &src, em);
}

ATF_TC_WITHOUT_HEAD(parse);
ATF_TC_BODY(parse, tc)
{
	struct errmsg em = { .text = "" };
	char *text, got[512], mode[32];
	struct lvconf c;
	size_t i, k, n;
	int rv;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* Just as long as it is, for the sanitizer. */
		ATF_REQUIRE((text = strdup(cases[i].text)) != NULL);
		rv = parse(&c, text, strlen(text), &em);
		ATF_CHECK_EQ_MSG(cases[i].why == NULL ? 0 : -1, rv, "%zu: %s",
		    i, em.text);
		if (rv == -1)
			ATF_CHECK_STREQ(shown(cases[i].why), em.text);
		ATF_CHECK_STREQ(cases[i].def, shown(c.uri_default));
		(void)snprintf(mode, sizeof(mode), "%s%s%s",
		    shown(c.remote_mode), c.remote_proxy == NULL ? "" : " ",
		    c.remote_proxy == NULL ? "" : c.remote_proxy);
		ATF_CHECK_STREQ(cases[i].mode, mode);
		for (got[0] = '\0', n = k = 0; k < c.naliases; k++)
			n += (size_t)snprintf(got + n, sizeof(got) - n,
			    "%s>%s ", c.alias[k].name, c.alias[k].uri);
		ATF_CHECK_STREQ(cases[i].aliases, got);
		free(text);
	}
}

ATF_TC_WITHOUT_HEAD(bounds);
ATF_TC_BODY(bounds, tc)
{
	char text[2048] = "uri_aliases=[", nul[] = "x=1\n\0y=2";
	struct errmsg em;
	struct lvconf c;
	int i;

	for (i = 0; i <= LVCONF_ALIASES; i++)
		(void)snprintf(text + strlen(text), 32, "'a%d=b%d',\n", i, i);
	ATF_CHECK_EQ(-1, parse(&c, text, strlen(text), &em));
	ATF_CHECK_STREQ("f:65: uri_aliases: too many aliases", em.text);
	ATF_CHECK_EQ(LVCONF_ALIASES, c.naliases);
	ATF_CHECK_STREQ("b63", lvconf_uri(&c, "a63"));
	ATF_CHECK_STREQ("b0", lvconf_uri(&c, "a0"));
	ATF_CHECK_STREQ("a64", lvconf_uri(&c, "a64"));
	ATF_CHECK_STREQ("a", lvconf_uri(&c, "a"));
	ATF_CHECK_EQ(-1, parse(&c, nul, sizeof(nul) - 1, &em));
	ATF_CHECK_STREQ("f:2: NUL byte", em.text);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, parse);
	ATF_TP_ADD_TC(tp, bounds);
	return atf_no_error();
}
