#include "dial.h"

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "uri.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))
#define NOBODY	65534
#define LISTENERS	8

static int
listener(const char *path, int backlog)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	ATF_REQUIRE(strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) <
	    sizeof(sun.sun_path));
	ATF_REQUIRE((fd = socket(AF_UNIX, SOCK_STREAM, 0)) != -1);
	ATF_REQUIRE_EQ_MSG(0, bind(fd, (struct sockaddr *)&sun, sizeof(sun)),
	    "%s: %s", path, strerror(errno));
	ATF_REQUIRE_EQ(0, listen(fd, backlog));
	ATF_REQUIRE_EQ(0, chmod(path, 0777));
	return fd;
}

/* An @ in a URI stands for the directory of the test. */
static int
dial(const char *text, int *fd, struct errmsg *em)
{
	char whole[512], dir[128];
	struct uri u;
	int rv;

	ATF_REQUIRE(getcwd(dir, sizeof(dir)) != NULL);
	(void)snprintf(whole, sizeof(whole), "%.*s%s%s",
	    (int)strcspn(text, "@"), text,
	    strchr(text, '@') != NULL ? dir : "",
	    strchr(text, '@') != NULL ? strchr(text, '@') + 1 : "");
	ATF_REQUIRE_EQ_MSG(0, uri_parse(&u, whole, em), "%s", em->text);
	em->code = -1;
	em->text[0] = '\0';
	rv = dial_open(&u, fd, em);
	uri_free(&u);
	ATF_CHECK_EQ(rv == -1, *fd == -1);
	return rv;
}

static void
refused(const char *text, enum dial_fault fault, const char *why)
{
	struct errmsg em;
	int fd;

	ATF_CHECK_MSG(dial(text, &fd, &em) == -1, "%s: connected", text);
	ATF_CHECK_MSG(em.code == (int)fault, "%s: %d, not %d: %s", text,
	    em.code, (int)fault, em.text);
	ATF_CHECK_MSG(strstr(em.text, why) != NULL, "%s: %s", text, em.text);
}

/* A directory that any user may enter, and its URI for a socket in it. */
static void
place(char dir[64])
{
	(void)strlcpy(dir, "/tmp/dial.XXXXXX", 64);
	ATF_REQUIRE(mkdtemp(dir) != NULL);
	ATF_REQUIRE_EQ(0, chmod(dir, 0755));
}

/* /run/libvirt for this process alone; the directory must be there. */
static void
private_run(void)
{
	if (unshare(CLONE_NEWNS) == -1 ||
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("tmpfs", "/run", "tmpfs", 0, "size=1m") == -1)
		atf_tc_skip("no private mounts: %s", strerror(errno));
	ATF_REQUIRE_EQ(0, mkdir("/run/libvirt", 0755));
}

ATF_TC_WITHOUT_HEAD(connected);
ATF_TC_BODY(connected, tc)
{
	struct errmsg em;
	int fd, l, peer;
	char byte;

	l = listener("sock", 5);
	ATF_REQUIRE_EQ_MSG(0, dial("qemu:///system?socket=@/sock", &fd, &em),
	    "%s", em.text);
	ATF_CHECK(fcntl(fd, F_GETFL) & O_NONBLOCK);
	ATF_CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	ATF_REQUIRE((peer = accept(l, NULL, NULL)) != -1);
	ATF_CHECK_EQ(1, write(peer, "x", 1));
	ATF_CHECK_EQ(1, read(fd, &byte, 1));
	ATF_CHECK_EQ(-1, read(fd, &byte, 1));
	ATF_CHECK_EQ(EAGAIN, errno);
}

ATF_TC_WITHOUT_HEAD(absent);
ATF_TC_BODY(absent, tc)
{
	int l;

	refused("qemu:///system?socket=@/none", DIAL_ABSENT, "none: ");
	/* Left behind by a daemon that is gone. */
	l = listener("stale", 1);
	(void)close(l);
	refused("qemu:///system?socket=@/stale", DIAL_ABSENT, "stale: ");
	ATF_REQUIRE_EQ(0, close(open("file", O_WRONLY | O_CREAT, 0600)));
	refused("qemu:///system?socket=@/file", DIAL_ABSENT, "file: ");
	refused("qemu:///system?socket=@/file/sock", DIAL_ABSENT,
	    "file/sock: ");
	/* What is shown was escaped, what is dialled was not. */
	refused("qemu:///system?socket=@/no%5cne", DIAL_ABSENT, "no\\\\ne: ");
}

ATF_TC_WITHOUT_HEAD(busy);
ATF_TC_BODY(busy, tc)
{
	struct errmsg em;
	int fd, n = 0;

	(void)listener("sock", 0);
	while (dial("qemu:///system?socket=@/sock", &fd, &em) == 0)
		ATF_REQUIRE(++n < 1000);
	ATF_CHECK(n > 0);
	ATF_CHECK_EQ_MSG(DIAL_BUSY, em.code, "%s", em.text);
}

ATF_TC_WITHOUT_HEAD(too_long);
ATF_TC_BODY(too_long, tc)
{
	char text[300] = "qemu:///system?socket=/";

	memset(text + strlen(text), 'x', 200);
	refused(text, DIAL_NEVER, "no path");
}

static const struct {
	const char	*uri;
	const char	*name;
} unspoken[] = {
	{ "qemu+tcp://host/system", "tcp" },
	{ "qemu+tls://host/system", "tls" },
	{ "qemu://host/system", "tls" },
	{ "qemu+ssh://host/system", "ssh" },
	{ "qemu+libssh://host/system", "libssh" },
	{ "qemu+libssh2://host/system", "libssh2" },
	{ "qemu+ext:///system?command=/bin/x", "ext" }
};

ATF_TC_WITHOUT_HEAD(transports);
ATF_TC_BODY(transports, tc)
{
	char want[64];
	size_t i;

	for (i = 0; i < N(unspoken); i++) {
		(void)snprintf(want, sizeof(want),
		    "transport %s is not spoken", unspoken[i].name);
		refused(unspoken[i].uri, DIAL_NEVER, want);
	}
}

/* Who listens in /run/libvirt, the URI, who is reached. */
static const struct choice {
	const char	*names;
	const char	*uri;
	const char	*reached;
} choices[] = {
	{ "libvirt-sock virtqemud-sock", "qemu:///system", "virtqemud-sock" },
	{ "libvirt-sock", "qemu:///system", "libvirt-sock" },
	{ "virtqemud-sock", "lxc:///", NULL },
	{ "libvirt-sock virtqemud-sock", "lxc:///system", "libvirt-sock" },
	{ "libvirt-sock virtqemud-sock", "qemu:///session",
	    "virtqemud-sock" },
	{ "libvirt-sock virtqemud-sock", "test:///default", "libvirt-sock" },
	{ "virtqemud-sock", "test:///default", NULL },
	{ "libvirt-sock virtlxcd-sock virtqemud-sock", "default",
	    "virtqemud-sock" },
	{ "libvirt-sock virtlxcd-sock", "default", "virtlxcd-sock" },
	{ "libvirt-sock virtxend-sock virtqemud-sock", "", "virtxend-sock" },
	{ "libvirt-sock", "", "libvirt-sock" },
	{ "libvirt-sock virtqemud-sock", "qemu:///system?mode=legacy",
	    "libvirt-sock" },
	{ "libvirt-sock", "qemu:///system?mode=direct", NULL },
	{ "virtqemud-sock", "qemu:///system?mode=direct", "virtqemud-sock" },
	{ "virtqemud-sock other",
	    "qemu:///system?socket=/var/run/libvirt/other", "other" }
};

static void
choice_try(const struct choice *c)
{
	int listen_fd[LISTENERS], fd;
	char names[128], path[128], reached[128] = "", *name, *last;
	struct sockaddr_un sun;
	socklen_t len = sizeof(sun);
	struct errmsg em;
	size_t n = 0, i;

	(void)strlcpy(names, c->names, sizeof(names));
	for (name = strtok_r(names, " ", &last); name != NULL;
	    name = strtok_r(NULL, " ", &last)) {
		(void)snprintf(path, sizeof(path), "/run/libvirt/%s", name);
		listen_fd[n++] = listener(path, 1);
	}
	if (dial(c->uri, &fd, &em) == 0) {
		ATF_REQUIRE_EQ(0, getpeername(fd, (struct sockaddr *)&sun,
		    &len));
		(void)strlcpy(reached, strrchr(sun.sun_path, '/') + 1,
		    sizeof(reached));
		(void)close(fd);
	} else {
		ATF_CHECK_EQ_MSG(DIAL_ABSENT, em.code, "%s", em.text);
	}
	ATF_CHECK_MSG(strcmp(reached, c->reached == NULL ? "" : c->reached) ==
	    0, "%s, %s: reached \"%s\" %s", c->names, c->uri, reached,
	    em.text);
	for (i = 0; i < n; i++)
		(void)close(listen_fd[i]);
	(void)strlcpy(names, c->names, sizeof(names));
	for (name = strtok_r(names, " ", &last); name != NULL;
	    name = strtok_r(NULL, " ", &last)) {
		(void)snprintf(path, sizeof(path), "/run/libvirt/%s", name);
		ATF_REQUIRE_EQ(0, unlink(path));
	}
}

ATF_TC(chosen);
ATF_TC_HEAD(chosen, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(chosen, tc)
{
	size_t i;

	private_run();
	for (i = 0; i < N(choices); i++)
		choice_try(&choices[i]);
	refused("qemu:///system", DIAL_ABSENT,
	    "/var/run/libvirt/libvirt-sock: ");
}

/* What the first name leads to counts, not what else is there. */
ATF_TC(stale_first);
ATF_TC_HEAD(stale_first, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(stale_first, tc)
{
	private_run();
	(void)listener("/run/libvirt/libvirt-sock", 1);
	(void)close(listener("/run/libvirt/virtqemud-sock", 1));
	refused("qemu:///system", DIAL_ABSENT, "virtqemud-sock: ");
}

/* Become a user, if we are not one. */
static void
user_become(void)
{
	if (geteuid() == 0)
		ATF_REQUIRE_EQ(0, seteuid(NOBODY));
}

ATF_TC_WITHOUT_HEAD(of_a_user);
ATF_TC_BODY(of_a_user, tc)
{
	char dir[64], path[128];
	struct errmsg em;
	int fd, l;

	place(dir);
	(void)snprintf(path, sizeof(path), "%s/libvirt", dir);
	ATF_REQUIRE_EQ(0, mkdir(path, 0755));
	(void)strlcat(path, "/libvirt-sock", sizeof(path));
	l = listener(path, 5);
	user_become();
	ATF_REQUIRE_EQ(0, setenv("XDG_RUNTIME_DIR", dir, 1));
	ATF_CHECK_EQ_MSG(0, dial("test:///default", &fd, &em), "%s", em.text);
	ATF_CHECK_EQ_MSG(0, dial("qemu:///session", &fd, &em), "%s", em.text);
	ATF_CHECK_EQ_MSG(0, dial("default", &fd, &em), "%s", em.text);
	ATF_REQUIRE_EQ(0, setenv("XDG_RUNTIME_DIR", "relative", 1));
	ATF_REQUIRE_EQ(0, unsetenv("HOME"));
	refused("qemu:///session", DIAL_NEVER, "XDG_RUNTIME_DIR");
	ATF_REQUIRE_EQ(0, setenv("HOME", "/none", 1));
	refused("qemu:///session", DIAL_ABSENT, "/none/.cache/libvirt/");
	(void)close(l);
	(void)seteuid(getuid());
	(void)unlink(path);
	*strrchr(path, '/') = '\0';
	(void)rmdir(path);
	(void)rmdir(dir);
}

ATF_TC_WITHOUT_HEAD(no_permission);
ATF_TC_BODY(no_permission, tc)
{
	char dir[64], path[128], text[256];
	int l;

	place(dir);
	(void)snprintf(path, sizeof(path), "%s/sock", dir);
	l = listener(path, 5);
	ATF_REQUIRE_EQ(0, chmod(path, 0));
	user_become();
	(void)snprintf(text, sizeof(text), "qemu:///system?socket=%s", path);
	refused(text, DIAL_NEVER, "ermission");
	(void)close(l);
	(void)seteuid(getuid());
	(void)unlink(path);
	(void)rmdir(dir);
}

ATF_TC_WITHOUT_HEAD(no_descriptors);
ATF_TC_BODY(no_descriptors, tc)
{
	struct rlimit few, old;

	(void)listener("sock", 5);
	ATF_REQUIRE_EQ(0, getrlimit(RLIMIT_NOFILE, &old));
	few = old;
	few.rlim_cur = 3;
	ATF_REQUIRE_EQ(0, setrlimit(RLIMIT_NOFILE, &few));
	refused("qemu:///system?socket=@/sock", DIAL_NEVER, "socket: ");
	ATF_REQUIRE_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, connected);
	ATF_TP_ADD_TC(tp, absent);
	ATF_TP_ADD_TC(tp, busy);
	ATF_TP_ADD_TC(tp, too_long);
	ATF_TP_ADD_TC(tp, transports);
	ATF_TP_ADD_TC(tp, chosen);
	ATF_TP_ADD_TC(tp, stale_first);
	ATF_TP_ADD_TC(tp, of_a_user);
	ATF_TP_ADD_TC(tp, no_permission);
	ATF_TP_ADD_TC(tp, no_descriptors);
	return atf_no_error();
}
