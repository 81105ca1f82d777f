#include "libvirt/daemon.h"

#include <atf-c.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char	*runtime;	/* XDG_RUNTIME_DIR, NULL: unset */
	const char	*home;
	const char	*dir;		/* NULL: there is none */
} dirs[] = {
	{ "/run/user/7", "/home/u", "/run/user/7/libvirt" },
	{ NULL, "/home/u", "/home/u/.cache/libvirt" },
	{ "", "/home/u", "/home/u/.cache/libvirt" },
	{ "run", "/home/u", "/home/u/.cache/libvirt" },
	{ NULL, "home", NULL },
	{ NULL, NULL, NULL },
	{ "/0123456789012345678901234567890", NULL, NULL },
};

static void
variable_set(const char *name, const char *value)
{
	ATF_REQUIRE_EQ(0, value == NULL ? unsetenv(name) :
	    setenv(name, value, 1));
}

ATF_TC_WITHOUT_HEAD(user_dir);
ATF_TC_BODY(user_dir, tc)
{
	const char *got;
	char dir[32];
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		variable_set("XDG_RUNTIME_DIR", dirs[i].runtime);
		variable_set("HOME", dirs[i].home);
		got = daemon_user_dir(dir, sizeof(dir));
		ATF_CHECK_EQ(dirs[i].dir == NULL, got == NULL);
		if (got != NULL && dirs[i].dir != NULL)
			ATF_CHECK_STREQ(dirs[i].dir, got);
	}
}

/* socket= is taken, whether it exists or not; of others the last is named. */
ATF_TC_WITHOUT_HEAD(socket);
ATF_TC_BODY(socket, tc)
{
	char path[URI_SOCKET], text[2 * URI_SOCKET];
	struct errmsg em;
	struct uri u;

	ATF_REQUIRE_EQ(0, uri_parse(&u, "qemu:///system?socket=/no/such",
	    &em));
	ATF_CHECK_EQ(0, daemon_socket(&u, path));
	ATF_CHECK_STREQ("/no/such", path);
	ATF_CHECK_EQ(-1, daemon_pid(&u));
	uri_free(&u);
	ATF_REQUIRE_EQ(0, uri_parse(&u, "none:///system", &em));
	ATF_CHECK_EQ(0, daemon_socket(&u, path));
	ATF_CHECK_STREQ(DAEMON_DIR "/libvirt-sock", path);
	uri_free(&u);
	memset(text, '0', sizeof(text));
	memcpy(text, "q:///?socket=/", 14);
	text[sizeof(text) - 1] = '\0';
	ATF_REQUIRE_EQ(0, uri_parse(&u, text, &em));
	ATF_CHECK_EQ(-1, daemon_socket(&u, path));
	uri_free(&u);
}

/* What is known of a daemon that is not here. */
ATF_TC_WITHOUT_HEAD(elsewhere);
ATF_TC_BODY(elsewhere, tc)
{
	struct errmsg em;
	struct uri u;

	ATF_REQUIRE_EQ(0, uri_parse(&u, "qemu+ssh://h/system", &em));
	ATF_CHECK_EQ(-1, daemon_pid(&u));
	uri_free(&u);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, user_dir);
	ATF_TP_ADD_TC(tp, socket);
	ATF_TP_ADD_TC(tp, elsewhere);
	return atf_no_error();
}
