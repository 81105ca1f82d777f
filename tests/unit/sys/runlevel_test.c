#include "sys/runlevel.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include <atf-c.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void
environment_clear(void)
{
	(void)unsetenv("RC_GOINGDOWN");
	(void)unsetenv("RUNLEVEL");
	(void)unsetenv("INVOCATION_ID");
	(void)unsetenv("RC_SVCNAME");
}

ATF_TC_WITHOUT_HEAD(environment);
ATF_TC_BODY(environment, tc)
{
	static const struct {
		const char	*name;
		const char	*value;
		const char	*says;
	} cases[] = {
		{ "RC_GOINGDOWN", "YES", "OpenRC is shutting down" },
		{ "RC_GOINGDOWN", "NO", NULL },
		{ "RC_GOINGDOWN", "", NULL },
		{ "RUNLEVEL", "0", "runlevel 0" },
		{ "RUNLEVEL", "6", "runlevel 6" },
		{ "RUNLEVEL", "1", NULL },
		{ "RUNLEVEL", "2", NULL },
		{ "RUNLEVEL", "60", NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		environment_clear();
		ATF_CHECK_EQ(NULL, runlevel_down());
		ATF_REQUIRE_EQ(0, setenv(cases[i].name, cases[i].value, 1));
		if (cases[i].says == NULL)
			ATF_CHECK_EQ_MSG(NULL, runlevel_down(), "%s=%s",
			    cases[i].name, cases[i].value);
		else
			ATF_CHECK_STREQ(cases[i].says, runlevel_down());
	}
}

/* A command of that text is the one in PATH. */
static void
command_is(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	ATF_REQUIRE(f != NULL);
	ATF_REQUIRE(fprintf(f, "#!/bin/sh\n%s\n", text) > 0);
	ATF_REQUIRE_EQ(0, fclose(f));
	ATF_REQUIRE_EQ(0, chmod(name, 0755));
}

ATF_TC_WITHOUT_HEAD(systemd);
ATF_TC_BODY(systemd, tc)
{
	environment_clear();
	ATF_REQUIRE_EQ(0, setenv("PATH", ".:/usr/bin:/bin", 1));
	command_is("systemctl", "[ \"$*\" = is-system-running ] || exit 9\n"
	    "echo stopping; exit 1");
	/* Only a service asks. */
	ATF_CHECK_EQ(NULL, runlevel_down());
	ATF_REQUIRE_EQ(0, setenv("INVOCATION_ID", "1", 1));
	ATF_CHECK_STREQ("systemd is stopping", runlevel_down());
	command_is("systemctl", "echo running");
	ATF_CHECK_EQ(NULL, runlevel_down());
	command_is("systemctl", "echo stopping; kill -KILL $$");
	ATF_CHECK_EQ(NULL, runlevel_down());
	ATF_REQUIRE_EQ(0, unlink("systemctl"));
	ATF_REQUIRE_EQ(0, setenv("PATH", ".", 1));
	ATF_CHECK_EQ(NULL, runlevel_down());
}

ATF_TC_WITHOUT_HEAD(openrc);
ATF_TC_BODY(openrc, tc)
{
	static const struct {
		const char	*answer;
		const char	*says;
	} cases[] = {
		{ "echo 2 0", "runlevel 0" },
		{ "echo 2 6", "runlevel 6" },
		{ "echo 0 2", NULL },
		{ "echo N 2", NULL },
		{ "echo 0", NULL },
		{ "echo unknown; exit 1", NULL },
		{ "exit 0", NULL },
	};
	size_t i;

	environment_clear();
	ATF_REQUIRE_EQ(0, setenv("PATH", ".:/usr/bin:/bin", 1));
	command_is("runlevel", "echo 2 0");
	/* Only a service asks. */
	ATF_CHECK_EQ(NULL, runlevel_down());
	ATF_REQUIRE_EQ(0, setenv("RC_SVCNAME", "libvirt-guests", 1));
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		command_is("runlevel", cases[i].answer);
		if (cases[i].says == NULL)
			ATF_CHECK_EQ_MSG(NULL, runlevel_down(), "%s",
			    cases[i].answer);
		else
			ATF_CHECK_STREQ(cases[i].says, runlevel_down());
	}
	ATF_REQUIRE_EQ(0, unlink("runlevel"));
	ATF_REQUIRE_EQ(0, setenv("PATH", ".", 1));
	ATF_CHECK_EQ(NULL, runlevel_down());
}

ATF_TC(forced);
ATF_TC_HEAD(forced, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(forced, tc)
{
	static const struct {
		const char	*answer;
		bool		 forced;
	} cases[] = {
		{ "printf '30min\\n\\n30min\\n'", true },
		{ "printf '2h\\n\\n30min\\n'", true },
		{ "printf '30min\\n\\n2h\\n'", true },
		{ "exit 1", true },
		{ "printf '2h\\n\\n2h\\n'", false },
		{ "printf '1h 30min\\n\\n1h 30min\\n'", false },
		{ "printf 'infinity\\n\\ninfinity\\n'", false },
	};
	size_t i;

	(void)tc;
	ATF_REQUIRE_EQ(0, unshare(CLONE_NEWNS));
	ATF_REQUIRE_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ATF_REQUIRE_EQ(0, mount("tmpfs", "/run", "tmpfs", 0, NULL));
	ATF_REQUIRE_EQ(0, setenv("PATH", ".:/usr/bin:/bin", 1));
	command_is("systemctl", cases[0].answer);
	ATF_CHECK(!runlevel_forced());
	ATF_REQUIRE_EQ(0, mkdir("/run/systemd", 0755));
	ATF_REQUIRE_EQ(0, mkdir("/run/systemd/system", 0755));
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		command_is("systemctl", cases[i].answer);
		ATF_CHECK_EQ_MSG(cases[i].forced, runlevel_forced(), "%s",
		    cases[i].answer);
	}
	/* Nobody answers: the units are taken to be systemd's. */
	ATF_REQUIRE_EQ(0, unlink("systemctl"));
	ATF_REQUIRE_EQ(0, setenv("PATH", ".", 1));
	ATF_CHECK(runlevel_forced());
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, environment);
	ATF_TP_ADD_TC(tp, systemd);
	ATF_TP_ADD_TC(tp, openrc);
	ATF_TP_ADD_TC(tp, forced);
	return atf_no_error();
}
