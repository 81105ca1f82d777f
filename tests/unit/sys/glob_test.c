#include "sys/glob.h"

#include <sys/stat.h>

#include <atf-c.h>

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct seen {
	char	text[2048];
	size_t	skip;		/* bytes of the folder of the test */
};

static void
note(void *arg, const char *path)
{
	struct seen *s = arg;
	size_t len = strlen(s->text);

	(void)snprintf(s->text + len, sizeof(s->text) - len, "%s%s",
	    len > 0 ? " " : "", path + s->skip);
}

static void
touch(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	ATF_REQUIRE(fd != -1);
	ATF_REQUIRE_EQ(0, close(fd));
}

/* What a pattern in the folder of the test finds. */
static void
finds(const char *pattern, const char *wanted)
{
	char here[256], full[512];
	struct seen s = { .text = "" };

	ATF_REQUIRE(getcwd(here, sizeof(here)) != NULL);
	s.skip = strlen(here) + 1;
	(void)snprintf(full, sizeof(full), "%s/%s", here, pattern);
	glob_each(full, note, &s);
	ATF_CHECK_MSG(strcmp(wanted, s.text) == 0, "%s: \"%s\", not \"%s\"",
	    pattern, s.text, wanted);
}

ATF_TC_WITHOUT_HEAD(patterns);
ATF_TC_BODY(patterns, tc)
{
	ATF_REQUIRE_EQ(0, mkdir("b.wants", 0700));
	ATF_REQUIRE_EQ(0, mkdir("a.wants", 0700));
	ATF_REQUIRE_EQ(0, mkdir("empty", 0700));
	touch("b.wants/x.service");
	touch("a.wants/x.service");
	touch("a.wants/y.service");
	touch("a.wants/.hidden.service");
	touch("K01x");
	touch("S99x");
	touch("plain");
	ATF_REQUIRE_EQ(0, symlink("/nowhere", "a.wants/z.socket"));

	finds("plain", "plain");
	finds("none", "");
	finds("plain/none", "");
	finds("*.wants/x.service", "a.wants/x.service b.wants/x.service");
	finds("*.wants/*.service",
	    "a.wants/x.service a.wants/y.service b.wants/x.service");
	finds("*.wants/z.socket", "a.wants/z.socket");
	finds("[KS]*x", "K01x S99x");
	finds("empty/*", "");
	finds("none/*", "");
	finds("a.wants/.*.service", "a.wants/.hidden.service");
}

ATF_TC_WITHOUT_HEAD(limits);
ATF_TC_BODY(limits, tc)
{
	char name[GLOB_PATH + 64];
	struct seen s = { .text = "" };

	/* A path that is too long is left out, and so is its name. */
	memset(name, 'a', sizeof(name));
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	glob_each(name, note, &s);
	ATF_CHECK_STREQ("", s.text);
	name[NAME_MAX] = '/';
	glob_each(name, note, &s);
	ATF_CHECK_STREQ("", s.text);
	glob_each("/", note, &s);
	glob_each("/*[", note, &s);
	ATF_CHECK_STREQ("", s.text);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, patterns);
	ATF_TP_ADD_TC(tp, limits);
	return atf_no_error();
}
