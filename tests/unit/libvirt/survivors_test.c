#include "libvirt/survivors.h"

#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire/uri.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))
#define DIR	"/run/libvirt/qemu"

/* /run for this process alone. */
static void
private_run(void)
{
	if (unshare(CLONE_NEWNS) == -1 ||
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("tmpfs", "/run", "tmpfs", 0, "size=1m") == -1)
		atf_tc_skip("no private mounts: %s", strerror(errno));
	ATF_REQUIRE_EQ(0, mkdir("/run/libvirt", 0755));
}

static void
places(void)
{
	private_run();
	ATF_REQUIRE_EQ(0, mkdir(DIR, 0755));
}

/* A process with such a command line, until its input ends. */
struct process {
	pid_t	pid;
	int	input;
};

static struct process
begin(const char *option, const char *name)
{
	struct process p;
	int in[2], out[2];
	char byte;

	ATF_REQUIRE_EQ(0, pipe2(in, O_CLOEXEC));
	ATF_REQUIRE_EQ(0, pipe2(out, O_CLOEXEC));
	if ((p.pid = fork()) == 0) {
		(void)dup2(in[0], STDIN_FILENO);
		(void)dup2(out[1], STDOUT_FILENO);
		(void)close(in[1]);
		(void)execl("/bin/sh", "sh", "-c", "echo; read x", "qemu",
		    option, name, (char *)NULL);
		_exit(127);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	/* It runs as what it is to be. */
	ATF_REQUIRE_EQ(1, read(out[0], &byte, 1));
	(void)close(out[0]);
	p.input = in[1];
	return p;
}

static void
end(struct process *p)
{
	int status;

	(void)close(p->input);
	ATF_REQUIRE_EQ(p->pid, waitpid(p->pid, &status, 0));
}

static void
put(const char *name, const char *text)
{
	char path[512];
	FILE *fp;

	/* Up from where nothing need be. */
	(void)snprintf(path, sizeof(path), strncmp(name, "../", 3) == 0 ?
	    "/run/libvirt/%s" : DIR "/%s", strncmp(name, "../", 3) == 0 ?
	    name + 3 : name);
	ATF_REQUIRE((fp = fopen(path, "w")) != NULL);
	(void)fputs(text, fp);
	ATF_REQUIRE_EQ(0, fclose(fp));
}

static void
put_pid(const char *name, pid_t pid, const char *tail)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%ld%s", (long)pid, tail);
	put(name, text);
}

static void
verdict(const char *text, struct survivors *v)
{
	struct errmsg em;
	struct uri u;

	ATF_REQUIRE_EQ_MSG(0, uri_parse(&u, text, &em), "%s", em.text);
	memset(v, 0x5a, sizeof(*v));
	survivors_live(&u, v);
	uri_free(&u);
}

static void
head(atf_tc_t *tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}

ATF_TC(live);
ATF_TC_HEAD(live, tc)
{
	head(tc);
}
ATF_TC_BODY(live, tc)
{
	struct process p = begin("-name", "guest=g1,debug-threads=on");
	struct survivors v;

	places();
	verdict("qemu:///system", &v);
	ATF_CHECK(v.known);
	ATF_CHECK_EQ(0, v.live);
	ATF_CHECK_STREQ("", v.names);
	put_pid("g1.pid", p.pid, "\n");
	put("g1.xml", "<domstatus/>");
	verdict("qemu:///system", &v);
	ATF_CHECK(v.known);
	ATF_CHECK_EQ(1, v.live);
	ATF_CHECK_STREQ("g1", v.names);
	put_pid("g1.pid", p.pid, "");
	verdict("default", &v);
	ATF_CHECK_EQ(1, v.live);
	end(&p);
	verdict("qemu:///system", &v);
	ATF_CHECK(v.known);
	ATF_CHECK_EQ(0, v.live);
}

/* Numbers are used again; not every file is that of a guest. */
ATF_TC(not_live);
ATF_TC_HEAD(not_live, tc)
{
	head(tc);
}
ATF_TC_BODY(not_live, tc)
{
	struct process other = begin("-name", "guest=other");
	struct process no_guest = begin("-x", "guest=g1");
	struct survivors v;

	places();
	put_pid("g1.pid", other.pid, "\n");
	put_pid("guest.pid", getpid(), "\n");
	verdict("qemu:///system", &v);
	ATF_CHECK_EQ_MSG(0, v.live, "%s", v.names);
	put_pid("g1.pid", no_guest.pid, "\n");
	verdict("qemu:///system", &v);
	ATF_CHECK_EQ_MSG(0, v.live, "%s", v.names);
	put_pid(".pid", other.pid, "\n");
	put_pid("other", other.pid, "\n");
	put_pid("other.pid.x", other.pid, "\n");
	/* That of the daemon, whatever stands there. */
	put("driver.pid", "");
	verdict("qemu:///system", &v);
	ATF_CHECK(v.known);
	ATF_CHECK_EQ_MSG(0, v.live, "%s", v.names);
	end(&other);
	end(&no_guest);
}

/* One of which nobody knows whether it lives is never off. */
static void
unknown_check(const char *name, const char *what)
{
	struct survivors v;
	struct errmsg em;
	struct uri u;

	verdict("qemu:///system", &v);
	ATF_CHECK_MSG(v.known && v.live == 1 && strcmp(v.names, name) == 0,
	    "%s: %zu, %s", what, v.live, v.names);
	ATF_REQUIRE_EQ(0, uri_parse(&u, "qemu:///system", &em));
	ATF_CHECK_EQ_MSG(-1, survivors_pid(&u, name), "%s", what);
	uri_free(&u);
}

ATF_TC(unread);
ATF_TC_HEAD(unread, tc)
{
	head(tc);
}
ATF_TC_BODY(unread, tc)
{
	static const char *const texts[] = { "", "\n", "x", "0", "-1", "12x",
	    "99999999999", "1 2",
	    "123456789012345678901234567890123456789" };
	struct survivors v;
	size_t i;

	places();
	for (i = 0; i < N(texts); i++) {
		put("g1.pid", texts[i]);
		unknown_check("g1", texts[i]);
	}
	ATF_REQUIRE_EQ(0, mkdir("/run/libvirt/lxc", 0755));
	put("../lxc/c1.pid", "");
	verdict("lxc:///", &v);
	ATF_CHECK(v.known);
	ATF_CHECK_STREQ("c1", v.names);
	ATF_REQUIRE_EQ(0, unlink(DIR "/g1.pid"));
	ATF_REQUIRE_EQ(0, mkfifo(DIR "/g1.pid", 0600));
	unknown_check("g1", "a fifo");
	/* Nor is it known whose process it is. */
	ATF_REQUIRE_EQ(0, unlink(DIR "/g1.pid"));
	put("g1.pid", "77\n");
	ATF_REQUIRE_EQ(0, mount("tmpfs", "/proc", "tmpfs", 0, "size=1m"));
	ATF_REQUIRE_EQ(0, mkdir("/proc/77", 0755));
	ATF_REQUIRE_EQ(0, mkfifo("/proc/77/cmdline", 0600));
	unknown_check("g1", "a process that cannot be read");
	ATF_REQUIRE_EQ(0, umount("/proc"));
}

ATF_TC(names);
ATF_TC_HEAD(names, tc)
{
	head(tc);
}
ATF_TC_BODY(names, tc)
{
	struct process p[24], strange = begin("-name", "guest=\n\x1by");
	char name[128], guest[160], file[160];
	struct survivors v;
	size_t i;

	places();
	put_pid("\n\x1by.pid", strange.pid, "\n");
	verdict("qemu:///system", &v);
	ATF_CHECK_EQ(1, v.live);
	ATF_CHECK_STREQ("\\n\\ey", v.names);
	/* More than there is room for: counted, and cut. */
	memset(name, 'x', sizeof(name));
	for (i = 0; i < N(p); i++) {
		name[60 + i] = '\0';
		(void)snprintf(guest, sizeof(guest), "guest=%s", name);
		(void)snprintf(file, sizeof(file), "%s.pid", name);
		p[i] = begin("-name", guest);
		put_pid(file, p[i].pid, "\n");
		name[60 + i] = 'x';
	}
	verdict("qemu:///system", &v);
	ATF_CHECK_EQ(1 + N(p), v.live);
	ATF_CHECK(strlen(v.names) == SURVIVORS_NAMES - 1);
	for (i = 0; i < N(p); i++)
		end(&p[i]);
	end(&strange);
}

/* What a process was started with, and whose guest it is. */
static const struct {
	const char	*name;		/* of the file */
	const char	*option;
	const char	*value;
	bool		 live;
} theirs[] = {
	{ "g1", "-name", "guest=g1", true },
	{ "g1", "-name", "guest=g1,debug-threads=on", true },
	{ "g1", "-name", "g1", true },
	{ "g1", "-name", "guest=g10,debug-threads=on", false },
	{ "g1", "-name", "guest=g", false },
	{ "g1", "-name", "guest=g1,,x,debug-threads=on", false },
	{ "g1,x", "-name", "guest=g1,,x,debug-threads=on", true },
	{ "g1,x", "-name", "guest=g1,x", false },
	{ "debug-threads=on", "-name", "guest=g1,debug-threads=on", false },
	{ "g1", "--name", "g1", false },
	{ "g1", "g1", "-name", false },
};

ATF_TC(whose);
ATF_TC_HEAD(whose, tc)
{
	head(tc);
}
ATF_TC_BODY(whose, tc)
{
	struct process p;
	struct survivors v;
	char file[64], path[128];
	size_t i;

	places();
	for (i = 0; i < N(theirs); i++) {
		p = begin(theirs[i].option, theirs[i].value);
		(void)snprintf(file, sizeof(file), "%s.pid", theirs[i].name);
		put_pid(file, p.pid, "");
		verdict("qemu:///system", &v);
		ATF_CHECK_MSG(v.live == (size_t)theirs[i].live, "%s: %s %s",
		    theirs[i].name, theirs[i].option, theirs[i].value);
		(void)snprintf(path, sizeof(path), DIR "/%s", file);
		ATF_REQUIRE_EQ(0, unlink(path));
		end(&p);
	}
}

ATF_TC(lxc);
ATF_TC_HEAD(lxc, tc)
{
	head(tc);
}
ATF_TC_BODY(lxc, tc)
{
	struct process p = begin("--name", "c1");
	struct process qemu = begin("-name", "c2");
	struct process other = begin("--name", "c3,x");
	struct survivors v;

	private_run();
	verdict("lxc:///", &v);
	ATF_CHECK(v.known && v.live == 0);
	ATF_REQUIRE_EQ(0, mkdir("/run/libvirt/lxc", 0755));
	put_pid("../lxc/c1.pid", p.pid, "\n");
	put_pid("../lxc/c2.pid", qemu.pid, "\n");
	put_pid("../lxc/c3.pid", other.pid, "\n");
	verdict("lxc:///", &v);
	ATF_CHECK(v.known);
	ATF_CHECK_STREQ("c1", v.names);
	verdict("lxc:///system", &v);
	ATF_CHECK_STREQ("c1", v.names);
	verdict("qemu:///system", &v);
	ATF_CHECK(v.known && v.live == 0);
	verdict("default", &v);
	ATF_CHECK_STREQ("c1", v.names);
	end(&p);
	verdict("lxc:///", &v);
	ATF_CHECK(v.known && v.live == 0);
	end(&qemu);
	end(&other);
}

/* A socket that is listened on for somebody else, or was. */
static int
listen_on(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	ATF_REQUIRE_EQ(0, bind(fd, (struct sockaddr *)&sun, sizeof(sun)));
	ATF_REQUIRE_EQ(0, listen(fd, 0));
	return fd;
}

ATF_TC(ch);
ATF_TC_HEAD(ch, tc)
{
	head(tc);
}
ATF_TC_BODY(ch, tc)
{
	struct survivors v;
	int fd, i;

	private_run();
	ATF_REQUIRE_EQ(0, mkdir("/run/libvirt/ch", 0755));
	put("../ch/file-socket", "");
	fd = listen_on("/run/libvirt/ch/h1-socket");
	(void)close(listen_on("/run/libvirt/ch/h2-socket"));
	(void)close(listen_on("/run/libvirt/ch/-socket"));
	/* Also when nobody takes connections from its queue. */
	for (i = 0; i < 4; i++) {
		verdict("ch:///system", &v);
		ATF_CHECK(v.known);
		ATF_CHECK_STREQ("h1", v.names);
	}
	(void)close(fd);
	verdict("ch:///system", &v);
	ATF_CHECK(v.known && v.live == 0);
}

/* Where nothing is known nothing is claimed. */
static const struct {
	const char	*uri;
	bool		 known;
} knowledge[] = {
	{ "qemu:///system", true },
	{ "default", true },
	{ "", true },
	{ "qemu:///session", false },
	{ "xen:///system", false },
	{ "test:///default", false },
	{ "qemu+ssh://host/system", false },
	{ "qemu+tcp://host/system", false },
	{ "qemu:///system?socket=/some/where", false }
};

ATF_TC(known);
ATF_TC_HEAD(known, tc)
{
	head(tc);
}
ATF_TC_BODY(known, tc)
{
	struct process p = begin("-name", "guest=g1");
	struct survivors v;
	size_t i;

	places();
	put_pid("g1.pid", p.pid, "\n");
	for (i = 0; i < N(knowledge); i++) {
		verdict(knowledge[i].uri, &v);
		ATF_CHECK_MSG(v.known == knowledge[i].known &&
		    v.live == (size_t)knowledge[i].known, "%s: %d, %zu",
		    knowledge[i].uri, v.known, v.live);
	}
	end(&p);
}

/* What a daemon that finds its driver by itself may have found. */
static const struct {
	const char	*socket;	/* besides those before it */
	bool		 known;
} found[] = {
	{ "libvirt-sock", true },
	{ "virtvzd-sock", false },
	{ "virtlxcd-sock", true },
	{ "virtxend-sock", false }
}, alone[] = {
	{ "virtvboxd-sock", false },
	{ "virtbhyved-sock", false },
	{ "virtqemud-sock", true },
	{ "virtchd-sock", true }
};

static void
found_check(const char *socket, bool known)
{
	struct survivors v;

	verdict("default", &v);
	ATF_CHECK_MSG(v.known == known && v.live == 0, "%s", socket);
	/* Of others it says nothing. */
	verdict("qemu:///system", &v);
	ATF_CHECK(v.known);
}

ATF_TC(by_itself);
ATF_TC_HEAD(by_itself, tc)
{
	head(tc);
}
ATF_TC_BODY(by_itself, tc)
{
	char path[64];
	size_t i;

	places();
	for (i = 0; i < N(alone); i++) {
		(void)snprintf(path, sizeof(path), "../%s", alone[i].socket);
		put(path, "");
		found_check(alone[i].socket, alone[i].known);
		(void)snprintf(path, sizeof(path), "/run/libvirt/%s",
		    alone[i].socket);
		ATF_REQUIRE_EQ(0, unlink(path));
	}
	for (i = 0; i < N(found); i++) {
		(void)snprintf(path, sizeof(path), "../%s", found[i].socket);
		put(path, "");
		found_check(found[i].socket, found[i].known);
	}
}

static void
xen_is(const char *capabilities)
{
	FILE *fp = fopen("/proc/xen/capabilities", "w");

	ATF_REQUIRE(fp != NULL);
	(void)fputs(capabilities, fp);
	ATF_REQUIRE_EQ(0, fclose(fp));
}

ATF_TC(xen);
ATF_TC_HEAD(xen, tc)
{
	head(tc);
}
ATF_TC_BODY(xen, tc)
{
	places();
	ATF_REQUIRE_EQ(0, mount("tmpfs", "/proc", "tmpfs", 0, "size=1m"));
	ATF_REQUIRE_EQ(0, mkdir("/proc/xen", 0755));
	found_check("none", true);
	xen_is("");
	found_check("a guest of Xen", true);
	xen_is("control_d\n");
	found_check("Xen's host", false);
	put("../virtqemud-sock", "");
	found_check("Xen's host with QEMU", false);
	ATF_REQUIRE_EQ(0, umount("/proc"));
}

/* No such directory: the driver never ran.  Something else: who knows. */
ATF_TC(no_directory);
ATF_TC_HEAD(no_directory, tc)
{
	head(tc);
}
ATF_TC_BODY(no_directory, tc)
{
	struct survivors v;

	private_run();
	verdict("qemu:///system", &v);
	ATF_CHECK(v.known);
	ATF_CHECK_EQ(0, v.live);
	ATF_REQUIRE_EQ(0, mknod(DIR, S_IFREG | 0600, 0));
	verdict("qemu:///system", &v);
	ATF_CHECK(!v.known);
}

/* When a process began, as proc(5) has it: fields 3 to 21 are skipped. */
static unsigned long long
born(pid_t pid)
{
	unsigned long long n = 0;
	char path[64];
	FILE *fp;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	ATF_REQUIRE((fp = fopen(path, "r")) != NULL);
	ATF_REQUIRE_EQ(1, fscanf(fp, "%*d (%*[^)]) %*s %*s %*s %*s %*s %*s "
	    "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu", &n));
	(void)fclose(fp);
	return n;
}

/* What a rescue wants to know of a guest. */
ATF_TC(guest);
ATF_TC_HEAD(guest, tc)
{
	head(tc);
}
ATF_TC_BODY(guest, tc)
{
	struct process p = begin("-name", "guest=g1");
	char path[64];
	struct errmsg em;
	struct uri u;

	ATF_REQUIRE_EQ(0, uri_parse(&u, "qemu:///system", &em));
	places();
	ATF_CHECK_EQ(0, survivors_pid(&u, "g1"));
	put_pid("g1.pid", p.pid, "\n");
	put_pid("g2.pid", p.pid, "\n");
	ATF_CHECK_EQ(p.pid, survivors_pid(&u, "g1"));
	ATF_CHECK_EQ(0, survivors_pid(&u, "g2"));
	ATF_CHECK_EQ(born(p.pid), survivors_born(&u, "g1"));
	ATF_CHECK(born(p.pid) > 0);
	ATF_CHECK_EQ(0, survivors_born(&u, "g2"));
	ATF_CHECK_EQ(0, survivors_born(&u, "g3"));
	ATF_CHECK_EQ(-1, survivors_pid(&u, "../qemu/g1"));
	ATF_CHECK_EQ(0, survivors_status(&u, "g1", path, sizeof(path)));
	ATF_CHECK_STREQ(DIR "/g1.xml", path);
	ATF_CHECK_EQ(-1, survivors_status(&u, "g1", path, strlen(path)));
	ATF_CHECK_EQ(-1, survivors_status(&u, "a/b", path, sizeof(path)));
	uri_free(&u);
	/* No other driver has monitors. */
	ATF_REQUIRE_EQ(0, uri_parse(&u, "lxc:///system", &em));
	ATF_CHECK_EQ(-1, survivors_pid(&u, "g1"));
	ATF_CHECK_EQ(-1, survivors_status(&u, "g1", path, sizeof(path)));
	uri_free(&u);
	end(&p);
}

static enum survivors_daemon
daemon_verdict(const char *text)
{
	enum survivors_daemon v;
	struct errmsg em;
	struct uri u;

	ATF_REQUIRE_EQ(0, uri_parse(&u, text, &em));
	v = survivors_daemon(&u);
	uri_free(&u);
	return v;
}

/* It lives as long as it holds its lock, whatever number is written there. */
ATF_TC(daemon);
ATF_TC_HEAD(daemon, tc)
{
	head(tc);
}
ATF_TC_BODY(daemon, tc)
{
	struct flock lock = { .l_type = F_WRLCK, .l_len = 1 };
	int ready[2], quit[2], fd, status;
	char byte;
	pid_t pid;

	places();
	ATF_CHECK_EQ(SURVIVORS_UNKNOWN, daemon_verdict("qemu:///system"));
	put_pid("driver.pid", getpid(), "");
	ATF_CHECK_EQ(SURVIVORS_DEAD, daemon_verdict("qemu:///system"));
	ATF_REQUIRE(pipe(ready) == 0 && pipe(quit) == 0);
	if ((pid = fork()) == 0) {
		(void)close(quit[1]);
		fd = open(DIR "/driver.pid", O_RDWR);
		_exit(fcntl(fd, F_SETLK, &lock) == -1 ||
		    write(ready[1], "", 1) != 1 ||
		    read(quit[0], &byte, 1) != 0);
	}
	(void)close(quit[0]);
	ATF_REQUIRE_EQ(1, read(ready[0], &byte, 1));
	ATF_CHECK_EQ(SURVIVORS_LIVES, daemon_verdict("qemu:///system"));
	ATF_CHECK_EQ(SURVIVORS_LIVES, daemon_verdict("default"));
	ATF_CHECK_EQ(SURVIVORS_UNKNOWN, daemon_verdict("lxc:///system"));
	ATF_CHECK_EQ(SURVIVORS_UNKNOWN,
	    daemon_verdict("qemu:///system?socket=/x"));
	(void)close(quit[1]);
	ATF_REQUIRE(waitpid(pid, &status, 0) == pid && status == 0);
	ATF_CHECK_EQ(SURVIVORS_DEAD, daemon_verdict("qemu:///system"));
}

/* A user has guests of his own, and knows nothing of the system's. */
ATF_TC(of_a_user);
ATF_TC_HEAD(of_a_user, tc)
{
	head(tc);
}
ATF_TC_BODY(of_a_user, tc)
{
	struct process p = begin("-name", "guest=mine");
	struct survivors v;

	places();
	put_pid("g1.pid", p.pid, "\n");
	ATF_REQUIRE_EQ(0, mkdir("/run/user", 0755));
	ATF_REQUIRE_EQ(0, mkdir("/run/user/libvirt", 0755));
	ATF_REQUIRE_EQ(0, mkdir("/run/user/libvirt/qemu", 0755));
	ATF_REQUIRE_EQ(0, mkdir("/run/user/libvirt/qemu/run", 0755));
	ATF_REQUIRE_EQ(0, setenv("XDG_RUNTIME_DIR", "/run/user", 1));
	put_pid("../../user/libvirt/qemu/run/mine.pid", p.pid, "\n");
	verdict("qemu:///session", &v);
	ATF_CHECK(!v.known);
	ATF_REQUIRE_EQ(0, seteuid(65534));
	verdict("qemu:///system", &v);
	ATF_CHECK(!v.known);
	verdict("lxc:///", &v);
	ATF_CHECK(!v.known);
	verdict("qemu:///session", &v);
	ATF_CHECK(v.known);
	ATF_CHECK_STREQ("mine", v.names);
	verdict("default", &v);
	ATF_CHECK_STREQ("mine", v.names);
	ATF_REQUIRE_EQ(0, seteuid(0));
	end(&p);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, live);
	ATF_TP_ADD_TC(tp, not_live);
	ATF_TP_ADD_TC(tp, unread);
	ATF_TP_ADD_TC(tp, names);
	ATF_TP_ADD_TC(tp, whose);
	ATF_TP_ADD_TC(tp, lxc);
	ATF_TP_ADD_TC(tp, ch);
	ATF_TP_ADD_TC(tp, guest);
	ATF_TP_ADD_TC(tp, daemon);
	ATF_TP_ADD_TC(tp, known);
	ATF_TP_ADD_TC(tp, by_itself);
	ATF_TP_ADD_TC(tp, xen);
	ATF_TP_ADD_TC(tp, no_directory);
	ATF_TP_ADD_TC(tp, of_a_user);
	return atf_no_error();
}
