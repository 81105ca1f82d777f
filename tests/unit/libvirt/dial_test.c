#include "libvirt/dial.h"

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/child.h"
#include "compat.h"
#include "wire/uri.h"

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
	struct dial d;
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
	rv = dial_begin(&d, &u, em);
	ATF_CHECK_EQ(rv == 0, d.ready);
	ATF_CHECK_EQ(rv == -1, d.fd == -1);
	*fd = d.fd;
	dial_end(&d);
	uri_free(&u);
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

/* Become a user, if we are not one. */
static void
user_become(void)
{
	if (geteuid() == 0)
		ATF_REQUIRE_EQ(0, seteuid(NOBODY));
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
	refused(text, DIAL_NEVER, "socket= is too long");
}

/* What is not even tried. */
static const struct {
	const char	*uri;
	const char	*why;
} hopeless[] = {
	{ "qemu+libssh://host/system", "libssh is unsupported; use +ssh" },
	{ "qemu+libssh2://host/system", "libssh2 is unsupported; use +ssh" },
	{ "qemu+ext:///system", "needs command= in the URI" },
	{ "qemu+ssh://h/system?proxy=native&netcat=nc", "excludes netcat=" },
	{ "qemu+ssh://h/system?proxy=native&socket=/x", "excludes netcat=" },
	{ "qemu://host/system?pkipath=/none", "/none/cacert.pem: No such" }
};

ATF_TC_WITHOUT_HEAD(transports);
ATF_TC_BODY(transports, tc)
{
	size_t i;

	for (i = 0; i < N(hopeless); i++)
		refused(hopeless[i].uri, DIAL_NEVER, hopeless[i].why);
}

/*
 * Those with a process: programs of the test stand where it looks for them.
 */

static void
program(const char *name, const char *text)
{
	FILE *f;

	ATF_REQUIRE((f = fopen(name, "w")) != NULL);
	(void)fprintf(f, "#!/bin/sh\n%s\n", text);
	ATF_REQUIRE_EQ(0, fclose(f));
	ATF_REQUIRE_EQ(0, chmod(name, 0755));
}

static void
programs_here(void)
{
	char path[1024];

	ATF_REQUIRE(getcwd(path, 512) != NULL);
	(void)strlcat(path, ":/usr/bin:/bin", sizeof(path));
	ATF_REQUIRE_EQ(0, setenv("PATH", path, 1));
}

static struct uri dialled;

static void
begun(struct dial *d, const char *text)
{
	struct errmsg em;

	uri_free(&dialled);
	ATF_REQUIRE_EQ_MSG(0, uri_parse(&dialled, text, &em), "%s", em.text);
	ATF_REQUIRE_EQ_MSG(0, dial_begin(d, &dialled, &em), "%s: %s", text,
	    em.text);
	ATF_CHECK(fcntl(d->fd, F_GETFL) & O_NONBLOCK);
	ATF_CHECK(fcntl(d->fd, F_GETFD) & FD_CLOEXEC);
}

/* Wait for fd, and read what its process complains of meanwhile. */
static void
readable(struct dial *d)
{
	struct pollfd p[2] = {
		{ .fd = d->fd, .events = POLLIN },
		{ .fd = d->err, .events = POLLIN }
	};

	while (p[0].revents == 0) {
		ATF_REQUIRE(poll(p, 2, 60000) > 0);
		if (p[1].revents != 0 && !dial_hear(d))
			p[1].fd = -1;
	}
}

/* What is reported once its process has ended. */
static const char *
said(struct dial *d)
{
	static char text[256];
	int i;

	for (i = 0; i < 6000 && !dial_over(d); i++)
		(void)poll(NULL, 0, 10);
	return dial_said(d, text, sizeof(text)) ? text : "(nothing)";
}

/* Until it is there or will not be. */
static int
settled(struct dial *d, struct errmsg *em)
{
	int rv = 0;

	while (rv == 0 && !d->ready) {
		readable(d);
		rv = dial_ready(d, em);
	}
	return rv;
}

/* All that comes until it ends. */
static const char *
heard(struct dial *d)
{
	static char text[8192];
	size_t len = 0;
	ssize_t n;

	do {
		readable(d);
		n = read(d->fd, text + len, sizeof(text) - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	text[len] = '\0';
	return text;
}

static int
descriptors_count(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

/* As its user ends it; nothing stays behind. */
static void
ended(struct dial *d, int descriptors)
{
	pid_t pid = d->pid;
	int i;

	if (d->ready)
		(void)close(d->fd);
	dial_end(d);
	dial_end(d);
	ATF_CHECK_EQ(descriptors, descriptors_count());
	for (i = 0; pid > 0 && i < 6000 && kill(pid, 0) == 0; i++) {
		child_dismiss(0);
		(void)poll(NULL, 0, 10);
	}
	ATF_CHECK(pid == 0 || kill(pid, 0) == -1);
}

ATF_TC_WITHOUT_HEAD(ext);
ATF_TC_BODY(ext, tc)
{
	int n = descriptors_count();
	struct dial d;

	programs_here();
	program("talk", "echo first >&2; echo \"la\tst\" >&2; echo heard; "
	    "read x; echo \"$x\"");
	begun(&d, "qemu+ext:///system?command=talk");
	ATF_CHECK(d.ready);
	ATF_CHECK_EQ(3, write(d.fd, "me\n", 3));
	ATF_CHECK_STREQ("heard\nme\n", heard(&d));
	ATF_CHECK_STREQ("the command ended with exit code 0: la\\tst",
	    said(&d));
	ended(&d, n);

	/* One that dies at once, and one that cannot be run. */
	program("talk", "exit 3");
	begun(&d, "qemu+ext:///system?command=talk");
	ATF_CHECK_STREQ("", heard(&d));
	ATF_CHECK_STREQ("the command ended with exit code 3", said(&d));
	ended(&d, n);
	program("talk", "echo why >&2; kill -9 $$");
	begun(&d, "qemu+ext:///system?command=talk");
	ATF_CHECK_STREQ("", heard(&d));
	ATF_CHECK_STREQ("the command was ended by signal 9: why", said(&d));
	ended(&d, n);
	begun(&d, "qemu+ext:///system?command=/none/such");
	ATF_CHECK_STREQ("", heard(&d));
	ATF_CHECK_STREQ("the command ended with exit code 127: /none/such: "
	    "No such file or directory", said(&d));
	ended(&d, n);
	/* One that would never end. */
	program("talk", "exec sleep 1000");
	begun(&d, "qemu+ext:///system?command=talk");
	ended(&d, n);
}

/* The end of a terminal does not end a connection. */
ATF_TC_WITHOUT_HEAD(hangup);
ATF_TC_BODY(hangup, tc)
{
	int n = descriptors_count();
	struct dial d;

	programs_here();
	program("talk", "trap - HUP; echo $$; read x; echo $x");
	begun(&d, "qemu+ext:///system?command=talk");
	readable(&d);
	ATF_REQUIRE_EQ(0, kill(d.pid, SIGHUP));
	ATF_CHECK_EQ(3, write(d.fd, "me\n", 3));
	ATF_CHECK(strstr(heard(&d), "\nme\n") != NULL);
	ended(&d, n);
}

/* A process that writes megabytes to standard error neither waits for a reader
 * nor dies; its last words are kept, of a long line the end, too. */
ATF_TC_WITHOUT_HEAD(loud);
ATF_TC_BODY(loud, tc)
{
	int n = descriptors_count();
	struct dial d;
	const char *text;

	programs_here();
	program("talk", "yes much | head -c 4000000 >&2; "
	    "echo \"the last line\" >&2; echo end; exit 7");
	begun(&d, "qemu+ext:///system?command=talk");
	ATF_CHECK_STREQ("end\n", heard(&d));
	ATF_CHECK_STREQ("the command ended with exit code 7: the last line",
	    said(&d));
	ATF_CHECK(d.nheard > 4000000);
	ended(&d, n);

	program("talk", "yes much | head -c 5000 | tr \"\\n\" - >&2; "
	    "echo \" no space\" >&2; exit 7");
	begun(&d, "qemu+ext:///system?command=talk");
	ATF_CHECK_STREQ("", heard(&d));
	text = said(&d);
	ATF_CHECK_EQ(0, strncmp(text, "the command ended with exit code 7: ",
	    36));
	ATF_CHECK(strstr(text, "...") != NULL);
	ATF_CHECK_STREQ(" no space", text + strlen(text) - 9);
	ended(&d, n);
}

/* Without a descriptor for standard error there is a connection all the
 * same. */
ATF_TC_WITHOUT_HEAD(no_complaints);
ATF_TC_BODY(no_complaints, tc)
{
	int n = descriptors_count(), held[64], i;
	struct rlimit few, old;
	struct errmsg em;
	struct dial d;
	char line[3];

	programs_here();
	program("talk", "yes much | head -c 4000000 >&2; echo me");
	uri_free(&dialled);
	ATF_REQUIRE_EQ(0, uri_parse(&dialled,
	    "qemu+ext:///system?command=talk", &em));
	ATF_REQUIRE_EQ(0, getrlimit(RLIMIT_NOFILE, &old));
	few = old;
	few.rlim_cur = 64;
	ATF_REQUIRE_EQ(0, setrlimit(RLIMIT_NOFILE, &few));
	for (i = 0; i < 64 && (held[i] = dup(0)) != -1; i++)
		continue;
	/* Two for the connection, one of the two for the pipe. */
	ATF_REQUIRE(i > 3);
	while (i > 0 && held[i - 1] >= 61)
		(void)close(held[--i]);
	ATF_REQUIRE_EQ_MSG(0, dial_begin(&d, &dialled, &em), "%s", em.text);
	ATF_REQUIRE_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
	while (i > 0)
		(void)close(held[--i]);
	ATF_CHECK_EQ(-1, d.err);
	while (read(d.fd, line, sizeof(line)) == -1 && errno == EAGAIN)
		(void)poll(NULL, 0, 10);
	ATF_CHECK_EQ(0, memcmp(line, "me\n", 3));
	ended(&d, n);
}

ATF_TC_WITHOUT_HEAD(child_ignored);
ATF_TC_BODY(child_ignored, tc)
{
	int n = descriptors_count();
	struct dial d;

	ATF_REQUIRE(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
	begun(&d, "qemu+ext:///system?command=/bin/cat");
	ended(&d, n);
}

/* Its words, a line each, but for the last. */
static const struct {
	const char	*name;		/* of the client */
	const char	*uri;
	const char	*words;
} sshs[] = {
	{ "ssh", "qemu+ssh://h/system", "-T -e none -o BatchMode=yes -- h " },
	{ "ssh", "qemu+ssh://u%40d@[::1]:22/system?keyfile=/k%20k&no_tty=1"
	    "&no_verify=1", "-T -e none -o BatchMode=yes -o "
	    "StrictHostKeyChecking=no -p 22 -l u@d -i /k k -- ::1 " },
	{ "ssh", "qemu+ssh:///system", "-T -e none -o BatchMode=yes -- "
	    "localhost " },
	{ "my-ssh", "qemu+ssh://h/?command=my-ssh", "-T -e none -o "
	    "BatchMode=yes -- h " },
	{ "dbclient", "qemu+ssh://u@h:7/?command=dbclient&no_verify=1",
	    "-T -y -y -p 7 -l u h " },
	{ "dropbearmulti", "qemu+ssh://h/?command=link", "-T h " },
};

ATF_TC_WITHOUT_HEAD(ssh_words);
ATF_TC_BODY(ssh_words, tc)
{
	int n = descriptors_count();
	struct dial d;
	size_t i;

	programs_here();
	ATF_REQUIRE_EQ(0, symlink("dropbearmulti", "link"));
	ATF_REQUIRE_EQ(0, close(STDIN_FILENO));
	ATF_REQUIRE_EQ(0, open("/dev/null", O_RDONLY));
	for (i = 0; i < N(sshs); i++) {
		program(sshs[i].name, "while [ $# -gt 1 ]; do "
		    "printf '%s ' \"$1\"; shift; done");
		begun(&d, sshs[i].uri);
		ATF_CHECK(d.ready);
		ATF_CHECK_STREQ(sshs[i].words, heard(&d));
		ended(&d, n);
	}
}

/* What the other side's shell makes of it. */
static const struct {
	const char	*uri;
	const char	*heard;
} remotes[] = {
	{ "qemu+ssh://h/system", "helper 1 qemu:///system\n" },
	{ "qemu+ssh://h/system?proxy=native", "helper 1 qemu:///system\n" },
	{ "qemu+ssh://h/system?a='$b;c'&x", "helper 1 "
	    "qemu:///system?a='$b%3Bc'&x\n" },
	{ "remote+ssh://h/", "helper 1 \n" },
	{ "qemu+ssh://h/?proxy=netcat&socket=@/s%20o'ck",
	    "nc 2 -U @/s o'ck\n" },
	{ "qemu+ssh://h/?socket=@/s%20o'ck", "nc 2 -U @/s o'ck\n" },
	{ "qemu+ssh://h/?proxy=auto&socket=@/s%20o'ck",
	    "nc 2 -U @/s o'ck\n" },
	{ "qemu+ssh://h/?netcat=my-nc&socket=@/s%20o'ck",
	    "my-nc 3 -q0 -U @/s o'ck\n" },
	{ "qemu+ssh://h/?proxy=netcat&netcat=my-nc&socket=@/s%20o'ck",
	    "my-nc 3 -q0 -U @/s o'ck\n" },
	{ "qemu+ssh://h/?proxy=netcat&socket=/none", "" },
};

ATF_TC_WITHOUT_HEAD(ssh_remote);
ATF_TC_BODY(ssh_remote, tc)
{
	char dir[256], uri[600], want[600];
	int n, fd;
	const char *at;
	struct dial d;
	size_t i;

	ATF_REQUIRE(getcwd(dir, sizeof(dir)) != NULL);
	fd = listener("s o'ck", 1);
	n = descriptors_count();
	programs_here();
	/* What ssh's server does. */
	program("ssh", "for last; do :; done; exec sh -c \"$last\"");
	program("virt-ssh-helper", "echo helper $# \"$1\"");
	program("nc", "[ \"$*\" != -q ] || exit 1; echo nc $# \"$@\"");
	program("my-nc", "[ \"$*\" != -q ] || { echo option requires an "
	    "argument -- q; exit 1; }; echo my-nc $# \"$@\"");
	for (i = 0; i < N(remotes); i++) {
		at = strchr(remotes[i].uri, '@');
		(void)snprintf(uri, sizeof(uri), "%.*s%s%s",
		    (int)strcspn(remotes[i].uri, "@"), remotes[i].uri,
		    at != NULL ? dir : "", at != NULL ? at + 1 : "");
		at = strchr(remotes[i].heard, '@');
		(void)snprintf(want, sizeof(want), "%.*s%s%s",
		    (int)strcspn(remotes[i].heard, "@"), remotes[i].heard,
		    at != NULL ? dir : "", at != NULL ? at + 1 : "");
		begun(&d, uri);
		ATF_CHECK_STREQ(want, heard(&d));
		if (want[0] == '\0')
			ATF_CHECK_STREQ("ssh ended with exit code 1: "
			    "the daemon has no socket /none", said(&d));
		ended(&d, n);
	}
	(void)close(fd);
}

/* Where a user's daemon has its socket over there, its helper knows. */
ATF_TC_WITHOUT_HEAD(ssh_of_a_user);
ATF_TC_BODY(ssh_of_a_user, tc)
{
	static const char *const native[] = { "qemu+ssh://h/session",
	    "qemu+ssh://h/session?proxy=auto", "test+ssh://h/default" };
	char dir[64], old[128];
	struct dial d;
	size_t i;
	int n;

	place(dir);
	ATF_REQUIRE(getcwd(old, sizeof(old)) != NULL);
	ATF_REQUIRE_EQ(0, chdir(dir));
	programs_here();
	program("ssh", "for last; do :; done; echo \"$last\"");
	user_become();
	n = descriptors_count();
	for (i = 0; i < N(native); i++) {
		begun(&d, native[i]);
		ATF_CHECK_EQ(0, strncmp("sh -c 'exec virt-ssh-helper ",
		    heard(&d), 28));
		ended(&d, n);
	}
	begun(&d, "qemu+ssh://h/session?socket=/s");
	ATF_CHECK(strstr(heard(&d), "helper") == NULL);
	ended(&d, n);
	refused("qemu+ssh://h/session?netcat=nc", DIAL_NEVER, "needs socket=");
	refused("qemu+ssh://h/session?proxy=netcat", DIAL_NEVER,
	    "needs socket=");
	begun(&d, "qemu+ssh://h/system");
	ATF_CHECK_EQ(0, strncmp("sh -c 'command -v ", heard(&d), 18));
	ended(&d, n);
	(void)seteuid(getuid());
	ATF_REQUIRE_EQ(0, unlink("ssh"));
	ATF_REQUIRE_EQ(0, chdir(old));
	ATF_REQUIRE_EQ(0, rmdir(dir));
}

ATF_TC_WITHOUT_HEAD(tls);
ATF_TC_BODY(tls, tc)
{
	static const char common[] = "s_client -quiet -nocommands ";
	int n = descriptors_count();
	char dir[256], uri[512], want[2048];
	struct errmsg em;
	struct dial d;

	programs_here();
	ATF_REQUIRE(getcwd(dir, sizeof(dir)) != NULL);
	/* The byte comes late, and the text behind it stays there. */
	program("openssl", "echo \"$@\" >words; sleep 0.1; "
	    "printf '\\001there'; read x; echo $x");
	atf_utils_create_file("cacert.pem", "x");
	(void)snprintf(uri, sizeof(uri), "qemu://h/system?pkipath=%s", dir);
	begun(&d, uri);
	ATF_CHECK(!d.ready);
	ATF_CHECK_EQ(0, dial_ready(&d, &em));
	ATF_REQUIRE_EQ_MSG(0, settled(&d, &em), "%s", em.text);
	ATF_CHECK_EQ(2, write(d.fd, "a\n", 2));
	ATF_CHECK_STREQ("therea\n", heard(&d));
	(void)snprintf(want, sizeof(want), "%s-verify_return_error "
	    "-verify_hostname h -servername h -connect h:16514 "
	    "-CAfile %s/cacert.pem\n", common, dir);
	ATF_CHECK(atf_utils_compare_file("words", want));
	ended(&d, n);

	/* With a certificate of ours, to an address. */
	atf_utils_create_file("clientcert.pem", "x");
	atf_utils_create_file("clientkey.pem", "x");
	(void)snprintf(uri, sizeof(uri), "qemu://[::1]:7/?pkipath=%s", dir);
	program("openssl", "echo \"$@\" >words; printf '\\002'");
	begun(&d, uri);
	ATF_CHECK_EQ(-1, settled(&d, &em));
	ATF_CHECK_STREQ("the daemon refused the client certificate", em.text);
	(void)snprintf(want, sizeof(want), "%s-verify_return_error "
	    "-verify_ip ::1 -connect [::1]:7 -CAfile %s/cacert.pem "
	    "-cert %s/clientcert.pem -key %s/clientkey.pem\n", common, dir,
	    dir, dir);
	ATF_CHECK(atf_utils_compare_file("words", want));
	ended(&d, n);

	/* What was revoked is asked for where it is told. */
	atf_utils_create_file("cacrl.pem", "x");
	(void)snprintf(uri, sizeof(uri), "qemu://[fe80::1%%25lo]/?pkipath=%s",
	    dir);
	begun(&d, uri);
	ATF_CHECK_EQ(-1, settled(&d, &em));
	(void)snprintf(want, sizeof(want), "%s-verify_return_error -verify_ip "
	    "fe80::1 -connect [fe80::1%%lo]:16514 -CAfile %s/cacert.pem "
	    "-CRL %s/cacrl.pem -crl_check -cert %s/clientcert.pem "
	    "-key %s/clientkey.pem\n", common, dir, dir, dir, dir);
	ATF_CHECK(atf_utils_compare_file("words", want));
	ended(&d, n);

	/* Unverified, and one that ends. */
	program("openssl", "echo \"$@\" >words; "
	    "echo CN=x verify error:why >&2; echo 40:error:2 >&2; "
	    "echo end >&2");
	begun(&d, "qemu://1.2.3.4/?no_verify=1&pkipath=/none");
	ATF_CHECK_EQ(-1, settled(&d, &em));
	ATF_CHECK(strstr(em.text, "no TLS connection") != NULL);
	ATF_CHECK_EQ(DIAL_ABSENT, em.code);
	ATF_CHECK_STREQ("the TLS client ended with exit code 0: "
	    "verify error:why", said(&d));
	(void)snprintf(want, sizeof(want), "%s-connect 1.2.3.4:16514\n",
	    common);
	ATF_CHECK(atf_utils_compare_file("words", want));
	ended(&d, n);
}

/* What of ~/.pki/libvirt counts where /etc/pki has all. */
static const struct {
	const char	*home;		/* is there */
	const char	*words;		/* S: /etc/pki, H: the other one */
} pkis[] = {
	{ "", "-CAfile S/CA/cacert.pem -CRL S/CA/cacrl.pem -crl_check "
	    "-cert S/libvirt/clientcert.pem "
	    "-key S/libvirt/private/clientkey.pem" },
	{ "cacert.pem", "-CAfile H/cacert.pem -CRL S/CA/cacrl.pem -crl_check "
	    "-cert S/libvirt/clientcert.pem "
	    "-key S/libvirt/private/clientkey.pem" },
	{ "cacrl.pem clientcert.pem", "-CAfile S/CA/cacert.pem "
	    "-CRL H/cacrl.pem -crl_check -cert S/libvirt/clientcert.pem "
	    "-key S/libvirt/private/clientkey.pem" },
	{ "clientkey.pem clientcert.pem", "-CAfile S/CA/cacert.pem "
	    "-CRL S/CA/cacrl.pem -crl_check -cert H/clientcert.pem "
	    "-key H/clientkey.pem" },
};

/* Make the files that are named, or take them away. */
static void
files_at(const char *dir, const char *names, bool there)
{
	char text[128], path[256], *name, *rest = text;

	(void)strlcpy(text, names, sizeof(text));
	while ((name = strsep(&rest, " ")) != NULL) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
		if (*name != '\0' && there)
			atf_utils_create_file(path, "x");
		else if (*name != '\0')
			ATF_REQUIRE_EQ(0, unlink(path));
	}
}

static void
pki_try(const char *home, const char *words)
{
	char want[1024], got[1024];
	int descriptors = descriptors_count();
	struct dial d;
	const char *p;
	size_t n = 0;

	for (p = words; *p != '\0'; p++)
		if (*p == 'S' || *p == 'H')
			n += (size_t)snprintf(want + n, sizeof(want) - n, "%s",
			    *p == 'H' ? home : "/etc/pki");
		else
			want[n++] = *p;
	want[n] = '\0';
	begun(&d, "qemu://h/system");
	(void)strlcpy(got, heard(&d), sizeof(got));
	ATF_CHECK_MSG(strcmp(want, got) == 0, "%s\nnot %s", got, want);
	ended(&d, descriptors);
}

ATF_TC(tls_of_a_user);
ATF_TC_HEAD(tls_of_a_user, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(tls_of_a_user, tc)
{
	static const char *const dirs[] = { "/etc/pki", "/etc/pki/CA",
	    "/etc/pki/libvirt", "/etc/pki/libvirt/private", "/run/.pki",
	    "/run/.pki/libvirt" };
	static const char home[] = "/run/.pki/libvirt";
	size_t i;

	private_run();
	ATF_REQUIRE_EQ(0, mount("tmpfs", "/etc", "tmpfs", 0, "size=1m"));
	for (i = 0; i < N(dirs); i++)
		ATF_REQUIRE_EQ(0, mkdir(dirs[i], 0755));
	files_at(dirs[1], "cacert.pem cacrl.pem", true);
	files_at(dirs[2], "clientcert.pem private/clientkey.pem", true);
	ATF_REQUIRE_EQ(0, chdir("/run"));
	programs_here();
	program("openssl", "while [ $1 != -CAfile ]; do shift; done; "
	    "printf %s \"$*\"");
	ATF_REQUIRE_EQ(0, setenv("HOME", "/run", 1));
	for (i = 0; i < N(pkis); i++) {
		files_at(home, pkis[i].home, true);
		pki_try(home, pkis[0].words);
		ATF_REQUIRE_EQ(0, seteuid(NOBODY));
		pki_try(home, pkis[i].words);
		ATF_REQUIRE_EQ(0, seteuid(0));
		files_at(home, pkis[i].home, false);
	}
}

ATF_TC_WITHOUT_HEAD(tcp);
ATF_TC_BODY(tcp, tc)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	char uri[64], text[128];
	struct errmsg em;
	struct dial d;
	int l, n, peer;
	pid_t pid;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ATF_REQUIRE((l = socket(AF_INET, SOCK_STREAM, 0)) != -1);
	ATF_REQUIRE_EQ(0, bind(l, (struct sockaddr *)&in, len));
	ATF_REQUIRE_EQ(0, listen(l, 5));
	ATF_REQUIRE_EQ(0, getsockname(l, (struct sockaddr *)&in, &len));
	n = descriptors_count();
	(void)snprintf(uri, sizeof(uri), "qemu+tcp://127.0.0.1:%d/system",
	    ntohs(in.sin_port));
	begun(&d, uri);
	ATF_CHECK(!d.ready);
	pid = d.pid;
	ATF_REQUIRE_EQ_MSG(0, settled(&d, &em), "%s", em.text);
	/* The connection is all that there is now. */
	ATF_CHECK_EQ(-1, kill(pid, 0));
	ATF_CHECK_EQ(n + 1, descriptors_count());
	ATF_CHECK(!dial_said(&d, text, sizeof(text)));
	ATF_CHECK(fcntl(d.fd, F_GETFL) & O_NONBLOCK);
	ATF_CHECK(fcntl(d.fd, F_GETFD) & FD_CLOEXEC);
	ATF_REQUIRE((peer = accept(l, NULL, NULL)) != -1);
	ATF_CHECK_EQ(1, write(peer, "x", 1));
	(void)close(peer);
	ATF_CHECK_STREQ("x", heard(&d));
	ended(&d, n);
	/* Its process has ended, and was seen to end, before it is used. */
	begun(&d, uri);
	ATF_REQUIRE(strcmp(said(&d), "(nothing)") == 0);
	ATF_CHECK_EQ(0, d.pid);
	ATF_REQUIRE_EQ_MSG(0, settled(&d, &em), "%s", em.text);
	ended(&d, n);
	/* Ended half-way. */
	begun(&d, uri);
	ended(&d, n);
	/* Nobody there. */
	(void)close(l);
	begun(&d, uri);
	ATF_CHECK_EQ(-1, settled(&d, &em));
	ATF_CHECK_EQ(DIAL_ABSENT, em.code);
	ATF_CHECK_STREQ("no connection", em.text);
	ATF_CHECK(dial_said(&d, text, sizeof(text)));
	ATF_CHECK_MSG(strstr(text, "refused") != NULL, "%s", text);
	ended(&d, n - 1);
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

/* Another process locks the file until something comes by the pipe. */
static pid_t
lock_hold(const char *path, int hold)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
	    .l_len = 1 };
	int ready[2], fd;
	char byte;
	pid_t pid;

	ATF_REQUIRE_EQ(0, pipe(ready));
	ATF_REQUIRE((pid = fork()) != -1);
	if (pid == 0) {
		if ((fd = open(path, O_RDWR | O_CREAT, 0644)) != -1 &&
		    fcntl(fd, F_SETLK, &lock) == 0)
			(void)!write(ready[1], "", 1);
		(void)!read(hold, &byte, 1);
		_exit(0);
	}
	ATF_REQUIRE_EQ(1, read(ready[0], &byte, 1));
	return pid;
}

static bool
wakes(const char *text)
{
	struct errmsg em;
	struct uri u;
	bool yes;

	ATF_REQUIRE_EQ(0, uri_parse(&u, text, &em));
	yes = dial_wakes(&u);
	uri_free(&u);
	return yes;
}

/* Who connects to a socket of systemd's has the daemon started. */
ATF_TC(woken);
ATF_TC_HEAD(woken, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(woken, tc)
{
	static const char *const system[] = { "qemu:///system", "default",
	    "qemu:///system?mode=legacy" };
	int hold[2];
	pid_t pid;
	size_t i;

	private_run();
	ATF_CHECK(!wakes(system[0]));
	ATF_REQUIRE_EQ(0, mkdir("/run/systemd", 0755));
	ATF_REQUIRE_EQ(0, mkdir("/run/systemd/system", 0755));
	ATF_CHECK(!wakes(system[0]));
	(void)listener("/run/libvirt/libvirt-sock", 1);
	for (i = 0; i < N(system); i++)
		ATF_CHECK_MSG(wakes(system[i]), "%s", system[i]);
	ATF_CHECK(!wakes("qemu:///system?socket=/run/libvirt/libvirt-sock"));
	ATF_CHECK(!wakes("qemu+tcp://127.0.0.1/system"));
	/* The pid file of one that runs, and of one that is dead. */
	ATF_REQUIRE_EQ(0, pipe(hold));
	pid = lock_hold("/run/libvirtd.pid", hold[0]);
	for (i = 0; i < N(system); i++)
		ATF_CHECK_MSG(!wakes(system[i]), "%s", system[i]);
	/* That of another daemon says nothing. */
	(void)listener("/run/libvirt/virtqemud-sock", 1);
	ATF_CHECK(wakes(system[0]));
	ATF_CHECK(!wakes(system[2]));
	ATF_REQUIRE_EQ(1, write(hold[1], "", 1));
	ATF_REQUIRE_EQ(pid, waitpid(pid, NULL, 0));
	ATF_CHECK(wakes(system[2]));
	pid = lock_hold("/run/virtqemud.pid", hold[0]);
	ATF_CHECK(!wakes(system[0]));
	ATF_REQUIRE_EQ(1, write(hold[1], "", 1));
	ATF_REQUIRE_EQ(pid, waitpid(pid, NULL, 0));
	/* Without systemd a socket is but a socket. */
	ATF_REQUIRE_EQ(0, rmdir("/run/systemd/system"));
	ATF_CHECK(!wakes(system[0]));
}

static pid_t
daemon_of(const char *text)
{
	struct errmsg em;
	struct dial d;
	struct uri u;
	pid_t pid;

	ATF_REQUIRE_EQ(0, uri_parse(&u, text, &em));
	ATF_REQUIRE_EQ_MSG(0, dial_begin(&d, &u, &em), "%s", em.text);
	pid = dial_daemon(&d);
	(void)close(d.fd);
	dial_end(&d);
	uri_free(&u);
	return pid;
}

/* As process 1, which listens for another one: 0 when that is known. */
static int
first_process(void)
{
	int hold[2];
	pid_t pid;

	(void)listener("/run/libvirt/virtqemud-sock", 5);
	if (daemon_of("qemu:///system") != 0)
		return 1;
	if (pipe(hold) == -1)
		return 2;
	pid = lock_hold("/run/virtqemud.pid", hold[0]);
	if (daemon_of("qemu:///system") != pid)
		return 3;
	return daemon_of("qemu:///system?socket=/run/libvirt/virtqemud-sock")
	    != 0 ? 4 : 0;
}

/* Which process it is that answers. */
ATF_TC(answering);
ATF_TC_HEAD(answering, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(answering, tc)
{
	int status;
	pid_t pid;

	private_run();
	(void)listener("/run/libvirt/libvirt-sock", 5);
	ATF_CHECK_EQ(getpid(), daemon_of("qemu:///system"));
	ATF_CHECK_EQ(0, daemon_of("qemu+ext:///system?command=cat"));
	ATF_REQUIRE((pid = fork()) != -1);
	if (pid == 0) {
		if (unshare(CLONE_NEWPID) == -1 || (pid = fork()) == -1)
			_exit(5);
		if (pid == 0)
			_exit(first_process());
		(void)waitpid(pid, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 6);
	}
	ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
	ATF_CHECK_EQ_MSG(0, status, "status %x", (unsigned)status);
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
	refused("qemu:///system?socket=@/sock", DIAL_BUSY, "socket: ");
	ATF_REQUIRE_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, connected);
	ATF_TP_ADD_TC(tp, absent);
	ATF_TP_ADD_TC(tp, busy);
	ATF_TP_ADD_TC(tp, too_long);
	ATF_TP_ADD_TC(tp, transports);
	ATF_TP_ADD_TC(tp, ext);
	ATF_TP_ADD_TC(tp, hangup);
	ATF_TP_ADD_TC(tp, loud);
	ATF_TP_ADD_TC(tp, no_complaints);
	ATF_TP_ADD_TC(tp, child_ignored);
	ATF_TP_ADD_TC(tp, ssh_words);
	ATF_TP_ADD_TC(tp, ssh_remote);
	ATF_TP_ADD_TC(tp, ssh_of_a_user);
	ATF_TP_ADD_TC(tp, tls);
	ATF_TP_ADD_TC(tp, tls_of_a_user);
	ATF_TP_ADD_TC(tp, tcp);
	ATF_TP_ADD_TC(tp, chosen);
	ATF_TP_ADD_TC(tp, stale_first);
	ATF_TP_ADD_TC(tp, woken);
	ATF_TP_ADD_TC(tp, answering);
	ATF_TP_ADD_TC(tp, of_a_user);
	ATF_TP_ADD_TC(tp, no_permission);
	ATF_TP_ADD_TC(tp, no_descriptors);
	return atf_no_error();
}
