#include "sys/hook_dir.h"

#include <sys/stat.h>

#include <atf-c.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct hooks hooks;
static char dir[PATH_MAX];

static void
dir_make(void)
{
	(void)umask(022);
	ATF_REQUIRE_EQ(0, mkdir("hooks", 0755));
	ATF_REQUIRE(realpath("hooks", dir) != NULL);
}

static void
file_make(const char *name, mode_t mode)
{
	char path[PATH_MAX];
	int fd;

	(void)snprintf(path, sizeof(path), "hooks/%s", name);
	ATF_REQUIRE((fd = open(path, O_WRONLY | O_CREAT, 0600)) != -1);
	ATF_REQUIRE_EQ(0, fchmod(fd, mode));
	(void)close(fd);
}

/* In the order of strcmp, without what others leave beside a hook. */
ATF_TC_WITHOUT_HEAD(names);
ATF_TC_BODY(names, tc)
{
	static const char *const files[] = { "b", "10", "B", "9", ".x", "#b#",
	    "b~", "b.bak", "b.dpkg-old", "b.rpmnew", "b.apk-new", "bak" };
	static const char *const want[] = { "10", "9", "B", "b", "bak" };
	struct errmsg em;
	size_t i;

	dir_make();
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		file_make(files[i], 0755);
	ATF_REQUIRE_EQ_MSG(0, hooks_load(&hooks, dir, 7, &em), "%s", em.text);
	ATF_REQUIRE_EQ(sizeof(want) / sizeof(want[0]), hooks.n);
	for (i = 0; i < hooks.n; i++)
		ATF_CHECK_STREQ(want[i], hooks.file[i].name);
	/* Loading again begins anew. */
	ATF_REQUIRE_EQ(0, hooks_load(&hooks, dir, 7, &em));
	ATF_CHECK_EQ(5, hooks.n);
	ATF_CHECK_EQ(5 * (7000 + HOOK_GRACE), hooks_limit(&hooks));
}

ATF_TC_WITHOUT_HEAD(refused);
ATF_TC_BODY(refused, tc)
{
	struct errmsg em;

	ATF_CHECK_EQ(0, hooks_load(&hooks, "/no/such/directory", 60, &em));
	ATF_CHECK_EQ(0, hooks.n);
	ATF_CHECK_EQ(-1, hooks_load(&hooks, "hooks", 60, &em));
	ATF_CHECK_EQ(EINVAL, em.code);
	dir_make();
	file_make("a", 0755);
	ATF_REQUIRE_EQ(0, chmod(dir, 0777));
	ATF_CHECK_EQ(-1, hooks_load(&hooks, dir, 60, &em));
	ATF_CHECK_EQ(EPERM, em.code);
	ATF_CHECK_EQ(0, hooks.n);
	ATF_CHECK_EQ(0, hooks_limit(&hooks));
}

/* Each hook that cannot be run, and why. */
ATF_TC_WITHOUT_HEAD(paths);
ATF_TC_BODY(paths, tc)
{
	static const char *const why[] = { NULL, "not run: not executable",
	    "not run: not a regular file",
	    "not run: writable by others than root", "not run: " };
	char path[HOOK_PATH], want[HOOK_PATH];
	struct errmsg em;
	size_t i;

	dir_make();
	file_make("0", 0755);
	file_make("1", 0644);
	ATF_REQUIRE_EQ(0, mkdir("hooks/2", 0755));
	file_make("3", 0757);
	file_make("4", 0755);
	ATF_REQUIRE_EQ(0, hooks_load(&hooks, dir, 1, &em));
	ATF_REQUIRE_EQ(0, unlink("hooks/4"));
	ATF_REQUIRE_EQ(5, hooks.n);
	for (i = 0; i < hooks.n; i++) {
		ATF_CHECK_EQ(why[i] == NULL ? 0 : -1,
		    hooks_path(&hooks, i, path, &em));
		(void)snprintf(want, sizeof(want), "%s/%zu", dir, i);
		ATF_CHECK_STREQ(want, path);
		if (why[i] != NULL)
			ATF_CHECK_MSG(strncmp(em.text, why[i],
			    strlen(why[i])) == 0, "%s", em.text);
	}
	ATF_CHECK_EQ(1000 + HOOK_GRACE, hooks_limit(&hooks));
}

ATF_TC_WITHOUT_HEAD(too_many);
ATF_TC_BODY(too_many, tc)
{
	struct errmsg em;
	char name[16];
	int i;

	dir_make();
	for (i = HOOK_MAX; i >= 0; i--) {
		(void)snprintf(name, sizeof(name), "%03d", i);
		file_make(name, 0755);
	}
	ATF_CHECK_EQ(-1, hooks_load(&hooks, dir, 60, &em));
	ATF_CHECK_EQ(HOOK_MAX, hooks.n);
	ATF_CHECK_STREQ("000", hooks.file[0].name);
	ATF_CHECK_STREQ("063", hooks.file[HOOK_MAX - 1].name);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, names);
	ATF_TP_ADD_TC(tp, refused);
	ATF_TP_ADD_TC(tp, paths);
	ATF_TP_ADD_TC(tp, too_many);
	return atf_no_error();
}
