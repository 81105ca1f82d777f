#include "sys/hook.h"

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <atf-c.h>

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "sys/loop.h"

#define PATIENCE	120000		/* ms for a round, hang or not */

/* Stands in for libc's: an old kernel knows none of the newer calls. */
static int old_kernel;

long
syscall(long number, ...)
{
	static long (*real)(long, ...);
	va_list ap;
	long a, b, c;

	if (old_kernel) {
		errno = ENOSYS;
		return -1;
	}
	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "syscall");
	va_start(ap, number);
	a = va_arg(ap, long);
	b = va_arg(ap, long);
	c = va_arg(ap, long);
	va_end(ap);
	return real(number, a, b, c);
}

/*
 * What the hooks of a round told.
 */
static struct {
	char	 text[1 << 20];
	size_t	 len;
	size_t	 lines;
	size_t	 failed;
	size_t	 done;
} seen;

static struct loop loop;
static struct hooks hooks;
static struct hook_run run;

static void
note(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(seen.text + seen.len, sizeof(seen.text) - seen.len, fmt,
	    ap);
	va_end(ap);
	ATF_REQUIRE(n >= 0 && (size_t)n < sizeof(seen.text) - seen.len);
	seen.len += (size_t)n;
}

static void
on_line(void *arg, const char *hook, const char *text)
{
	ATF_CHECK_EQ(&seen, arg);
	seen.lines++;
	note("%s: %s\n", hook, text);
}

static void
on_failed(void *arg, const char *hook, const char *why)
{
	ATF_CHECK_EQ(&seen, arg);
	seen.failed++;
	note("%s FAILED %s\n", hook, why);
}

static void
on_done(void *arg)
{
	ATF_CHECK_EQ(&seen, arg);
	seen.done++;
}

static const struct hook_handlers handlers = { on_line, on_failed, on_done };

/* A fresh directory of hooks, and a loop. */
static void
set_up(void)
{
	struct errmsg em;

	(void)umask(022);
	ATF_REQUIRE_EQ(0, mkdir("hooks", 0755));
	ATF_REQUIRE_EQ_MSG(0, loop_init(&loop, &em), "%s", em.text);
	/* Orphans of hooks become ours, so that their end can be seen. */
	ATF_REQUIRE_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
}

static void
script(const char *name, const char *text)
{
	char path[512];
	FILE *fp;

	(void)snprintf(path, sizeof(path), "hooks/%s", name);
	ATF_REQUIRE((fp = fopen(path, "w")) != NULL);
	ATF_REQUIRE(fputs(text, fp) >= 0);
	ATF_REQUIRE_EQ(0, fclose(fp));
	ATF_REQUIRE_EQ(0, chmod(path, 0755));
}

static void
load(int timeout)
{
	struct errmsg em;
	char dir[4000];

	ATF_REQUIRE(getcwd(dir, sizeof(dir) - 8) != NULL);
	(void)strlcat(dir, "/hooks", sizeof(dir));
	ATF_REQUIRE_EQ_MSG(0, hooks_load(&hooks, dir, timeout, &em), "%s",
	    em.text);
}

static void
start(const struct hook_call *c)
{
	seen.len = seen.lines = seen.failed = seen.done = 0;
	seen.text[0] = '\0';
	memset(&run, 0, sizeof(run));
	run.loop = &loop;
	run.hooks = &hooks;
	run.handlers = &handlers;
	run.arg = &seen;
	ATF_REQUIRE_EQ(0, hook_start(&run, c));
	ATF_CHECK_EQ(0, seen.len + seen.done);
}

/* A turn of the loop; the patience only keeps a broken one from hanging. */
static void
turn(struct hook_run *r)
{
	struct errmsg em;
	int64_t next;

	hook_tick(r, loop_now());
	next = hook_next(r);
	if (r->phase != HOOK_IDLE)
		ATF_REQUIRE_EQ(0, loop_wait(&loop, next != 0 ? next :
		    loop_now() + PATIENCE, &em));
}

static void
finish(void)
{
	int64_t end = loop_now() + PATIENCE;

	while (seen.done == 0) {
		ATF_REQUIRE_MSG(loop_now() < end, "it hangs; so far: %s",
		    seen.text);
		turn(&run);
	}
	ATF_CHECK_EQ(1, seen.done);
	ATF_CHECK_EQ(0, hook_next(&run));
	/* Only what is the loop's own is still watched. */
	ATF_CHECK_EQ(HOOK_IDLE, run.phase);
}

static const struct hook_call pre_stop = {
	.stage = HOOK_PRE_STOP, .command = "stop"
};

/* Load and run them all. */
static void
round_of(const struct hook_call *c, int timeout)
{
	load(timeout);
	start(c);
	finish();
}

static void
check_text(const char *what, const char *want)
{
	ATF_CHECK_MSG(strcmp(want, seen.text) == 0,
	    "%s: wanted:\n%s\ngot:\n%.4000s", what, want, seen.text);
}

/* The n-th number of what was told. */
static pid_t
told_pid(int n)
{
	const char *p = seen.text;
	long pid;

	for (; n > 0 && p != NULL; n--)
		p = strchr(p, '\n') == NULL ? NULL : strchr(p, '\n') + 1;
	ATF_REQUIRE_MSG(p != NULL && (p = strchr(p, ':')) != NULL, "%s",
	    seen.text);
	pid = strtol(p + 1, NULL, 10);
	ATF_REQUIRE(pid > 1);
	return (pid_t)pid;
}

/* Await the end of an orphan that was given to us; the signal that did it. */
static int
orphan_signal(pid_t pid)
{
	int status;

	ATF_REQUIRE_EQ_MSG(pid, waitpid(pid, &status, 0), "%s", seen.text);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static size_t
descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	ATF_REQUIRE(d != NULL);
	while (readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return n;
}

/* Descriptors that the loop watches, its own one included. */
static size_t
watched(void)
{
	size_t i, n = 0;

	for (i = 0; i < loop.n; i++)
		n += loop.pfd[i].fd != -1;
	return n;
}

ATF_TC_WITHOUT_HEAD(order);
ATF_TC_BODY(order, tc)
{
	static const char *const names[] = {
		"b", "10-x", "2-x", "a b", "Z", "a", "a.sh",
		/* no hooks */
		"a~", ".hidden", "#a#", "a.bak", "a.dpkg-old", "a.rpmnew",
		"a.apk-new",
	};
	size_t i;

	set_up();
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		script(names[i], "#!/bin/sh\necho \"${0##*/}\"\n");
	round_of(&pre_stop, 60);
	check_text("order", "10-x: 10-x\n2-x: 2-x\nZ: Z\na: a\na b: a b\n"
	    "a.sh: a.sh\nb: b\n");
}

static const struct {
	enum hook_stage	 stage;
	const char	*name;
	int		 guest;
	int		 result;
} stages[] = {
	{ HOOK_PRE_STOP, "pre-stop", 0, 0 },
	{ HOOK_PRE_STOP_GUEST, "pre-stop-guest", 1, 0 },
	{ HOOK_POST_STOP_GUEST, "post-stop-guest", 1, 1 },
	{ HOOK_POST_STOP, "post-stop", 0, 0 },
	{ HOOK_PRE_START, "pre-start", 0, 0 },
	{ HOOK_PRE_START_GUEST, "pre-start-guest", 1, 0 },
	{ HOOK_POST_START_GUEST, "post-start-guest", 1, 1 },
	{ HOOK_POST_START, "post-start", 0, 0 },
};

static struct hook_call
guest_call(enum hook_stage stage)
{
	return (struct hook_call){ .stage = stage, .command = "restart",
	    .uri = "qemu:///system", .name = "web 1", .uuid = "u-u",
	    .result = "saved" };
}

ATF_TC_WITHOUT_HEAD(arguments);
ATF_TC_BODY(arguments, tc)
{
	struct hook_call c;
	char want[256];
	size_t i;

	set_up();
	script("a", "#!/bin/sh\necho \"$#\"\nfor i; do echo \"<$i>\"; done\n");
	load(60);
	ATF_CHECK_EQ(HOOK_NSTAGE, sizeof(stages) / sizeof(stages[0]));
	for (i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		ATF_CHECK_STREQ(stages[i].name,
		    hook_stage_name(stages[i].stage));
		c = guest_call(stages[i].stage);
		start(&c);
		finish();
		(void)snprintf(want, sizeof(want), stages[i].guest ?
		    "a: 4\na: <%s>\na: <qemu:///system>\na: <web 1>\n"
		    "a: <u-u>\n" : "a: 1\na: <%s>\n", stages[i].name);
		check_text(stages[i].name, want);
	}
	ATF_CHECK_STREQ("", hook_stage_name(HOOK_NSTAGE));
	/* No holes among them. */
	c = (struct hook_call){ .stage = HOOK_PRE_STOP_GUEST,
	    .command = "stop", .uuid = "u" };
	start(&c);
	finish();
	check_text("holes", "a: 4\na: <pre-stop-guest>\na: <>\na: <>\n"
	    "a: <u>\n");
}

/* A name arrives byte by byte, and no shell ever sees it. */
ATF_TC_WITHOUT_HEAD(hostile_name);
ATF_TC_BODY(hostile_name, tc)
{
	const char *name = "a\n$(touch x)`touch y`;'\"\\ \xff\x1b*\r";
	struct hook_call c = guest_call(HOOK_PRE_STOP_GUEST);
	char got[256];
	size_t n;
	FILE *fp;

	set_up();
	script("a", "#!/bin/sh\n[ \"$3\" = \"$LIBVIRT_GUESTS_NAME\" ] &&\n"
	    "printf %s \"$3\" >\"${0%/*}/.name\"\nprintf '%s' \"$3\"\n");
	c.name = name;
	round_of(&c, 60);
	ATF_REQUIRE((fp = fopen("hooks/.name", "r")) != NULL);
	n = fread(got, 1, sizeof(got), fp);
	ATF_REQUIRE_EQ(0, fclose(fp));
	ATF_CHECK(n == strlen(name) && memcmp(got, name, n) == 0);
	check_text("escaped", "a: a\n"
	    "a: $(touch x)`touch y`;'\"\\\\ \\377\\e*\\r\n");
}

ATF_TC_WITHOUT_HEAD(hostile_hook);
ATF_TC_BODY(hostile_hook, tc)
{
	set_up();
	script("a\n\x1b[31m", "#!/bin/sh\necho x\n");
	round_of(&pre_stop, 60);
	check_text("escaped", "a\\n\\e[31m: x\n");
}

ATF_TC_WITHOUT_HEAD(environment);
ATF_TC_BODY(environment, tc)
{
	const char *head = "a: PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:"
	    "/usr/bin:/sbin:/bin\n";
	struct hook_call c;
	char want[1024];
	size_t i;

	set_up();
	(void)setenv("LEAK", "1", 1);
	(void)setenv("LIBVIRT_GUESTS_RESULT", "leak", 1);
	script("a", "#!/bin/sh\ntr '\\0' '\\n' </proc/$$/environ\n");
	load(60);
	for (i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		c = guest_call(stages[i].stage);
		start(&c);
		finish();
		(void)snprintf(want, sizeof(want),
		    "%sa: LIBVIRT_GUESTS_STAGE=%s\n"
		    "a: LIBVIRT_GUESTS_COMMAND=restart\n%s%s"
		    "a: LIBVIRT_GUESTS_DEADLINE=\n", head, stages[i].name,
		    stages[i].guest ? "a: LIBVIRT_GUESTS_URI=qemu:///system\n"
		    "a: LIBVIRT_GUESTS_NAME=web 1\n"
		    "a: LIBVIRT_GUESTS_UUID=u-u\n" : "",
		    stages[i].result ? "a: LIBVIRT_GUESTS_RESULT=saved\n" :
		    "");
		check_text(stages[i].name, want);
	}
}

ATF_TC_WITHOUT_HEAD(seconds_left);
ATF_TC_BODY(seconds_left, tc)
{
	struct hook_call c = pre_stop;
	long left;

	set_up();
	script("a", "#!/bin/sh\necho \"$LIBVIRT_GUESTS_DEADLINE\"\n");
	c.deadline = loop_now() + 1000 * (int64_t)100000;
	round_of(&c, 60);
	left = (long)told_pid(0);
	ATF_CHECK_MSG(left > 99000 && left <= 100000, "%ld", left);
}

/* What a process has from its parent. */
ATF_TC_WITHOUT_HEAD(inherited);
ATF_TC_BODY(inherited, tc)
{
	sigset_t set;
	int old, p[2];

	set_up();
	script("a", "#!/bin/sh\n"
	    /* Without those that a libc keeps to itself, 32 and above. */
	    "while read -r key value; do case $key in SigBlk:|SigIgn:)\n"
	    "echo \"$key $((0x$value & 0x7fffffff))\";; esac; done"
	    " </proc/self/status\n"
	    "[ ! -e /proc/$$/fd/50 ] || echo leaked\n"
	    "readlink /proc/$$/fd/0\n"
	    "pwd\n"
	    "[ \"$(cut -d' ' -f5 /proc/$$/stat)\" = $$ ] || echo group\n"
	    "echo error >&2\n");
	load(60);
	ATF_REQUIRE_EQ(50, dup2(0, 50));
	ATF_REQUIRE_EQ(0, pipe2(p, O_CLOEXEC));
	ATF_REQUIRE_EQ(0, dup2(p[0], 0));
	(void)signal(SIGUSR1, SIG_IGN);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR2);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	for (old = 0; old < 2; old++) {
		old_kernel = old;
		start(&pre_stop);
		finish();
		check_text(old ? "old kernel" : "new", "a: SigBlk: 0\n"
		    "a: SigIgn: 0\na: /dev/null\na: /\na: error\n");
	}
	/* Our own mask is what it was. */
	(void)sigprocmask(SIG_BLOCK, NULL, &set);
	ATF_CHECK(sigismember(&set, SIGUSR2) == 1);
	ATF_CHECK(sigismember(&set, SIGTERM) == 0);
}

/* The pipe may get the numbers of the descriptors it is to become. */
ATF_TC_WITHOUT_HEAD(low_descriptors);
ATF_TC_BODY(low_descriptors, tc)
{
	int mask, fd, kept[3];

	set_up();
	script("a", "#!/bin/sh\nreadlink /proc/$$/fd/0\necho out\n"
	    "echo err >&2\n");
	load(60);
	for (fd = 0; fd < 3; fd++)
		ATF_REQUIRE((kept[fd] = fcntl(fd, F_DUPFD, 10)) != -1);
	for (mask = 0; mask < 8; mask++) {
		for (fd = 0; fd < 3; fd++)
			if (mask & 1 << fd)
				(void)close(fd);
		start(&pre_stop);
		finish();
		for (fd = 0; fd < 3; fd++)
			(void)dup2(kept[fd], fd);
		check_text("lines", "a: /dev/null\na: out\na: err\n");
	}
}

static const struct {
	const char	*script;
	const char	*want;
} failures[] = {
	{ "#!/bin/sh\nexit 0\n", "" },
	{ "#!/bin/sh\necho no; exit 3\n", "a: no\na FAILED exit code 3\n" },
	{ "#!/bin/sh\nexit 255\n", "a FAILED exit code 255\n" },
	{ "#!/bin/sh\nkill -9 $$\n", "a FAILED killed by signal 9\n" },
	{ "#!/bin/sh\nkill -TERM $$\n", "a FAILED killed by signal 15\n" },
	{ "#!/bin/sh\nkill -PIPE $$\n", "a FAILED killed by signal 13\n" },
	{ "#!/bin/sh\nkill -TERM 0\n", "a FAILED killed by signal 15\n" },
	{ "#!/no/such/interpreter\n",
	    "a: cannot be executed: No such file or directory\n"
	    "a FAILED exit code 127\n" },
	{ "echo no shell runs this\n",
	    "a: cannot be executed: Exec format error\n"
	    "a FAILED exit code 127\n" },
	{ "", "a: cannot be executed: Exec format error\n"
	    "a FAILED exit code 127\n" },
};

ATF_TC_WITHOUT_HEAD(failing);
ATF_TC_BODY(failing, tc)
{
	char want[512];
	size_t i;

	set_up();
	script("b", "#!/bin/sh\necho next\n");
	for (i = 0; i < 2 * sizeof(failures) / sizeof(failures[0]); i++) {
		old_kernel = i & 1;
		script("a", failures[i / 2].script);
		round_of(&pre_stop, 60);
		(void)snprintf(want, sizeof(want), "%sb: next\n",
		    failures[i / 2].want);
		check_text(failures[i / 2].script, want);
	}
}

/* Whoever starts us may have ignored SIGCHLD. */
ATF_TC_WITHOUT_HEAD(sigchld_ignored);
ATF_TC_BODY(sigchld_ignored, tc)
{
	set_up();
	(void)signal(SIGCHLD, SIG_IGN);
	script("a", "#!/bin/sh\nexit 3\n");
	round_of(&pre_stop, 60);
	check_text("exit code", "a FAILED exit code 3\n");
}

/* Reaped by somebody else: no exit code, but no hang either. */
ATF_TC_WITHOUT_HEAD(reaped);
ATF_TC_BODY(reaped, tc)
{
	int status;

	set_up();
	script("a", "#!/bin/sh\nexit 0\n");
	for (old_kernel = 0; old_kernel < 2; old_kernel++) {
		load(60);
		start(&pre_stop);
		hook_tick(&run, loop_now());
		ATF_REQUIRE_EQ(run.pid, waitpid(run.pid, &status, 0));
		finish();
		check_text("unknown", "a FAILED its exit code is unknown\n");
	}
}

static void
make_plain(void)
{
	ATF_REQUIRE_EQ(0, chmod("hooks/a", 0644));
}

static void
make_open(void)
{
	ATF_REQUIRE_EQ(0, chmod("hooks/a", 0757));
}

static void
make_group(void)
{
	if (geteuid() != 0)
		atf_tc_skip("only root can give a file away");
	ATF_REQUIRE_EQ(0, chown("hooks/a", 0, 12345));
	ATF_REQUIRE_EQ(0, chmod("hooks/a", 0775));
}

static void
make_foreign(void)
{
	ATF_REQUIRE_EQ(0, chown("hooks/a", 12345, 0));
}

static void
make_directory(void)
{
	ATF_REQUIRE_EQ(0, unlink("hooks/a"));
	ATF_REQUIRE_EQ(0, mkdir("hooks/a", 0755));
}

static void
make_fifo(void)
{
	ATF_REQUIRE_EQ(0, unlink("hooks/a"));
	ATF_REQUIRE_EQ(0, mkfifo("hooks/a", 0755));
}

static void
make_dangling(void)
{
	ATF_REQUIRE_EQ(0, unlink("hooks/a"));
	ATF_REQUIRE_EQ(0, symlink("nowhere", "hooks/a"));
}

static void
make_gone(void)
{
	ATF_REQUIRE_EQ(0, unlink("hooks/a"));
}

static const struct {
	void		(*spoil)(void);
	const char	*why;
} spoilt[] = {
	{ make_plain, "not executable" },
	{ make_open, "writable by others than root" },
	{ make_directory, "not a regular file" },
	{ make_fifo, "not a regular file" },
	{ make_dangling, "No such file or directory" },
	{ make_gone, "No such file or directory" },
	{ make_group, "writable by others than root" },
	{ make_foreign, "writable by others than root" },
};

static void
hook_renew(const char *name)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "hooks/%s", name);
	(void)rmdir(path);
	(void)unlink(path);
	script(name, "#!/bin/sh\necho runs\n");
}

ATF_TC_WITHOUT_HEAD(not_run);
ATF_TC_BODY(not_run, tc)
{
	char want[512];
	size_t i;

	set_up();
	hook_renew("b");
	for (i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
		hook_renew("a");
		load(60);
		/* Behind the back of what was loaded. */
		spoilt[i].spoil();
		(void)snprintf(want, sizeof(want),
		    "a FAILED not run: %s\nb: runs\n", spoilt[i].why);
		start(&pre_stop);
		finish();
		check_text("the first time", want);
		start(&pre_stop);
		finish();
		check_text("told once", "b: runs\n");
		hook_renew("a");
		start(&pre_stop);
		finish();
		check_text("mended", "a: runs\nb: runs\n");
		spoilt[i].spoil();
		start(&pre_stop);
		finish();
		check_text("spoilt again", want);
	}
}

ATF_TC_WITHOUT_HEAD(fine);
ATF_TC_BODY(fine, tc)
{
	set_up();
	hook_renew("a");
	ATF_REQUIRE_EQ(0, mkdir("elsewhere", 0755));
	ATF_REQUIRE_EQ(0, rename("hooks/a", "elsewhere/a"));
	ATF_REQUIRE_EQ(0, symlink("../elsewhere/a", "hooks/a"));
	if (geteuid() == 0) {
		hook_renew("b");
		ATF_REQUIRE_EQ(0, chown("hooks/b", 0, 0));
		ATF_REQUIRE_EQ(0, chmod("hooks/b", 0775));
	}
	round_of(&pre_stop, 60);
	check_text("run", geteuid() == 0 ? "a: runs\nb: runs\n" :
	    "a: runs\n");
}

/*
 * Directories.
 */

static int
load_dir(const char *name, struct errmsg *em)
{
	char dir[8192];

	ATF_REQUIRE(getcwd(dir, 4000) != NULL);
	(void)strlcat(dir, "/", sizeof(dir));
	(void)strlcat(dir, name, sizeof(dir));
	em->text[0] = '\0';
	hooks.n = 99;
	return hooks_load(&hooks, dir, 60, em);
}

ATF_TC_WITHOUT_HEAD(no_directory);
ATF_TC_BODY(no_directory, tc)
{
	char name[5000];
	struct errmsg em;

	set_up();
	ATF_CHECK_EQ(0, load_dir("none", &em));
	ATF_CHECK_EQ(0, hooks.n);
	start(&pre_stop);
	ATF_CHECK(hook_next(&run) != 0);
	finish();
	check_text("none", "");
	ATF_CHECK_EQ(0, load_dir("hooks", &em));
	ATF_CHECK_EQ(0, hooks.n);

	ATF_CHECK_EQ(-1, hooks_load(&hooks, "hooks", 60, &em));
	ATF_CHECK_EQ(EINVAL, em.code);
	hook_renew("a");
	ATF_CHECK_EQ(-1, load_dir("hooks/a", &em));
	ATF_CHECK_EQ(ENOTDIR, em.code);
	ATF_CHECK_EQ(0, hooks.n);
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	ATF_CHECK_EQ(-1, load_dir(name, &em));
	ATF_CHECK_EQ(ENAMETOOLONG, em.code);
	ATF_CHECK_EQ(0, load_dir("hooks", &em));
	ATF_CHECK_EQ(1, hooks.n);
	ATF_REQUIRE_EQ(0, chmod("hooks", 0757));
	ATF_CHECK_EQ(-1, load_dir("hooks", &em));
	ATF_CHECK_EQ(EPERM, em.code);
	ATF_CHECK_EQ(0, hooks.n);
}

ATF_TC_WITHOUT_HEAD(too_many);
ATF_TC_BODY(too_many, tc)
{
	struct errmsg em;
	char name[16];
	int i;

	set_up();
	for (i = 0; i < HOOK_MAX; i++) {
		/* Not in their order. */
		(void)snprintf(name, sizeof(name), "%02d", i * 37 % HOOK_MAX);
		hook_renew(name);
	}
	ATF_CHECK_EQ(0, load_dir("hooks", &em));
	ATF_CHECK_EQ(HOOK_MAX, hooks.n);
	hook_renew("00a");
	hook_renew("70");
	ATF_CHECK_EQ(-1, load_dir("hooks", &em));
	ATF_CHECK_EQ(E2BIG, em.code);
	ATF_CHECK_EQ(HOOK_MAX, hooks.n);
	ATF_CHECK_STREQ("00", hooks.file[0].name);
	ATF_CHECK_STREQ("00a", hooks.file[1].name);
	ATF_CHECK_STREQ("01", hooks.file[2].name);
	ATF_CHECK_STREQ("62", hooks.file[HOOK_MAX - 1].name);
}

/*
 * Output.
 */

/* The tail of what was told. */
static const char *
tail(size_t n)
{
	return seen.text + (seen.len > n ? seen.len - n : 0);
}

static const struct {
	const char	*script;
	size_t		 lines;		/* "output cut" included */
	int		 cut;
} floods[] = {
	{ "seq 1 1000", 1000, 0 },
	{ "seq 1 1001", 1001, 1 },
	{ "seq 1 1000; printf x", 1001, 1 },
	{ "seq 1 9999", 1001, 1 },
	{ "yes '' | head -n 50000", 1001, 1 },
	/* 262144 bytes are 256 such lines, whole or cut at the end. */
	{ "yes \"$(printf %1023s x)\" | head -n 256", 256, 0 },
	{ "yes \"$(printf %1023s x)\" | head -n 257", 257, 1 },
	{ "yes \"$(printf %1023s x)\" | head -n 255; printf %1024s y",
	    256, 0 },
	{ "yes \"$(printf %1023s x)\" | head -n 255; printf %1025s y",
	    257, 1 },
	{ "head -c 3000000 /dev/zero", 2, 1 },
	{ "head -c 262144 /dev/zero", 1, 0 },
	{ "head -c 262145 /dev/zero", 2, 1 },
};

ATF_TC_WITHOUT_HEAD(flood);
ATF_TC_BODY(flood, tc)
{
	const char *last = "a: output cut\nb: next\n";
	char text[256];
	size_t i;

	set_up();
	script("b", "#!/bin/sh\necho next\n");
	for (i = 0; i < sizeof(floods) / sizeof(floods[0]); i++) {
		(void)snprintf(text, sizeof(text), "#!/bin/sh\n%s\n",
		    floods[i].script);
		script("a", text);
		round_of(&pre_stop, 60);
		ATF_CHECK_EQ_MSG(floods[i].lines + 1, seen.lines, "%s: %zu",
		    floods[i].script, seen.lines);
		ATF_CHECK_EQ_MSG(floods[i].cut,
		    strcmp(tail(strlen(last)), last) == 0, "%s: %s",
		    floods[i].script, tail(100));
		ATF_CHECK_EQ_MSG(0, seen.failed, "%s", floods[i].script);
	}
}

static const struct {
	const char	*printf;
	const char	*want;
} lines[] = {
	{ "", "" },
	{ "\\n", "a: \n" },
	{ "x", "a: x\n" },
	{ "x\\n\\ny", "a: x\na: \na: y\n" },
	{ "\\033[31m\\377\\t\\r\\n", "a: \\e[31m\\377\\t\\r\n" },
	{ "\\0a\\n", "a: \\000a\n" },
	{ "\\303\\251\\n", "a: \xc3\xa9\n" },
};

ATF_TC_WITHOUT_HEAD(lines);
ATF_TC_BODY(lines, tc)
{
	char text[256];
	size_t i;

	set_up();
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		(void)snprintf(text, sizeof(text), "#!/bin/sh\nprintf '%s'\n",
		    lines[i].printf);
		script("a", text);
		round_of(&pre_stop, 60);
		check_text(lines[i].printf, lines[i].want);
	}
}

/* A line as long as that comes whole, or up to the bound with dots. */
static void
check_long(size_t n, const char *end)
{
	size_t want = n < HOOK_LINE ? n : HOOK_LINE - 1 + strlen("...");
	char text[256];

	(void)snprintf(text, sizeof(text), "#!/bin/sh\n"
	    "head -c %zu /dev/zero | tr '\\0' x\nprintf '%s'\n", n, end);
	script("a", text);
	round_of(&pre_stop, 60);
	ATF_CHECK_EQ_MSG(strlen("a: \n") + want + (*end == '\0' ? 0 : 7),
	    seen.len, "%zu: %zu", n, seen.len);
	ATF_CHECK_EQ_MSG(n >= HOOK_LINE, strstr(seen.text, "x...\n") != NULL,
	    "%zu", n);
	ATF_CHECK_EQ_MSG(*end != '\0', strstr(seen.text, "\na: end") != NULL,
	    "%zu", n);
}

ATF_TC_WITHOUT_HEAD(long_line);
ATF_TC_BODY(long_line, tc)
{
	static const size_t lengths[] = {
		1, HOOK_LINE - 1, HOOK_LINE, HOOK_LINE + 1, 4096, 4097, 100000
	};
	size_t i;

	set_up();
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		check_long(lengths[i], "");
		check_long(lengths[i], "\\nend\\n");
	}
	/* Escapes are longer than what they stand for. */
	script("a", "#!/bin/sh\nhead -c 300 /dev/zero\n");
	round_of(&pre_stop, 60);
	ATF_CHECK_EQ_MSG(strlen("a: ...\n") + 1020, seen.len, "%zu",
	    seen.len);
}

/* A hook may count on writes that wait for the reader. */
ATF_TC_WITHOUT_HEAD(slow_reader);
ATF_TC_BODY(slow_reader, tc)
{
	int n = 0;

	set_up();
	script("a", "#!/bin/sh\n"
	    "exec dd if=/dev/zero bs=200000 count=1 status=none\n");
	load(60);
	start(&pre_stop);
	hook_tick(&run, loop_now());
	while (n < 65536)
		ATF_REQUIRE_EQ(0, ioctl(run.output.fd, FIONREAD, &n));
	finish();
	ATF_CHECK_EQ_MSG(0, seen.failed, "%s", seen.text);
	ATF_CHECK_EQ(1, seen.lines);
}

static void
count_ready(void *arg, short revents)
{
	size_t *count = arg;

	(void)revents;
	(*count)++;
}

/* Something else that is always ready gets its turn each time. */
ATF_TC_WITHOUT_HEAD(endless_flood);
ATF_TC_BODY(endless_flood, tc)
{
	size_t others = 0, turns = 0;
	int p[2];

	set_up();
	script("a", "#!/bin/sh\nexec yes\n");
	script("b", "#!/bin/sh\necho b\n");
	load(60);
	ATF_REQUIRE_EQ(0, pipe(p));
	ATF_REQUIRE_EQ(1, write(p[1], "x", 1));
	ATF_REQUIRE_EQ(0, loop_add(&loop, p[0], count_ready, &others));
	start(&pre_stop);
	for (; seen.lines <= HOOK_LINES || turns < 2000; turns++)
		turn(&run);
	ATF_CHECK(others >= turns - 1);
	ATF_CHECK_EQ(HOOK_LINES + 1, seen.lines);
	hook_hasten(&run, loop_now());
	finish();
	ATF_CHECK_EQ(HOOK_LINES + 1, seen.lines);
	ATF_CHECK_STREQ("a FAILED stopped: the deadline has passed\n"
	    "b FAILED not run: the deadline has passed\n",
	    strstr(seen.text, "a FAILED"));
}

/*
 * Hooks that do not end.
 */

static const char hung[] = "a FAILED stopped: it did not end within "
    "HOOK_TIMEOUT, 1 s\n";

static const struct {
	const char	*name;
	const char	*script;	/* tells the pids of its children */
	int		 children;
	int		 sig;		/* what ended them */
} hangs[] = {
	{ "it hangs", "exec sleep 1000", 0, 0 },
	{ "it waits", "sleep 1000 & echo $!; wait", 1, SIGTERM },
	{ "two generations", "sh -c 'sleep 1000 & echo $!; wait' & echo $!; "
	    "wait", 2, SIGTERM },
	{ "it ignores", "trap '' TERM; sleep 1000 & echo $!; wait", 1,
	    SIGKILL },
	{ "its child ignores", "(trap '' TERM; exec sleep 1000) & echo $!; "
	    "exec sleep 1000", 1, SIGKILL },
	{ "its child ignores, elsewhere", "(trap '' TERM; echo > "
	    "\"${0%/*}/.there\"; exec sleep 1000) >/dev/null 2>&1 & echo $!; "
	    "while [ ! -e \"${0%/*}/.there\" ]; do :; done; exec sleep 1000",
	    1, SIGKILL },
	{ "stopped", "kill -STOP $$", 0, 0 },
	{ "silent", "exec >/dev/null 2>&1 sleep 1000", 0, 0 },
};

ATF_TC_WITHOUT_HEAD(hang);
ATF_TC_BODY(hang, tc)
{
	char text[512];
	size_t i;
	int n;

	set_up();
	script("b", "#!/bin/sh\necho next\n");
	for (i = 0; i < sizeof(hangs) / sizeof(hangs[0]); i++) {
		(void)snprintf(text, sizeof(text), "#!/bin/sh\n%s\n",
		    hangs[i].script);
		script("a", text);
		round_of(&pre_stop, 1);
		ATF_CHECK_MSG(strstr(seen.text, hung) != NULL, "%s: %s",
		    hangs[i].name, seen.text);
		ATF_CHECK_MSG(strstr(seen.text, "b: next\n") != NULL, "%s",
		    hangs[i].name);
		ATF_CHECK_EQ_MSG(1, seen.failed, "%s", hangs[i].name);
		for (n = 0; n < hangs[i].children; n++)
			ATF_CHECK_EQ_MSG(hangs[i].sig,
			    orphan_signal(told_pid(n)), "%s", hangs[i].name);
		ATF_CHECK_MSG(waitpid(-1, NULL, WNOHANG) == -1 &&
		    errno == ECHILD, "%s", hangs[i].name);
	}
}

/* Whoever heeds SIGTERM may take its time, though its parent is dead. */
ATF_TC_WITHOUT_HEAD(last_words);
ATF_TC_BODY(last_words, tc)
{
	set_up();
	script("a", "#!/bin/sh\n"
	    "sh -c 'trap \"sleep .2; echo bye; exit\" TERM; echo $$; "
	    "while :; do sleep .1; done' &\n"
	    "exec sleep 1000\n");
	for (old_kernel = 0; old_kernel < 2; old_kernel++) {
		round_of(&pre_stop, 1);
		ATF_CHECK_EQ(0, orphan_signal(told_pid(0)));
		ATF_CHECK_MSG(strstr(seen.text, "a: bye\n") != NULL, "%s",
		    seen.text);
		while (waitpid(-1, NULL, 0) != -1)
			continue;
	}
}

/* A stopped one is woken to hear SIGTERM. */
ATF_TC_WITHOUT_HEAD(woken);
ATF_TC_BODY(woken, tc)
{
	set_up();
	script("a", "#!/bin/sh\ntrap 'echo bye; exit' TERM\nkill -STOP $$\n"
	    "while :; do :; done\n");
	round_of(&pre_stop, 1);
	ATF_CHECK_MSG(strstr(seen.text, "a: bye\n") != NULL, "%s",
	    seen.text);
	ATF_CHECK_MSG(strstr(seen.text, hung) != NULL, "%s", seen.text);
}

ATF_TC_WITHOUT_HEAD(old_hang);
ATF_TC_BODY(old_hang, tc)
{
	set_up();
	old_kernel = 1;
	script("a", "#!/bin/sh\ntrap '' TERM\nsleep 1000 & echo $!\nwait\n");
	script("b", "#!/bin/sh\nexit 3\n");
	round_of(&pre_stop, 1);
	ATF_CHECK_EQ(SIGKILL, orphan_signal(told_pid(0)));
	ATF_CHECK(strstr(seen.text, hung) != NULL);
	ATF_CHECK(strstr(seen.text, "b FAILED exit code 3\n") != NULL);
}

/* Its output ends before it does. */
ATF_TC_WITHOUT_HEAD(output_closed);
ATF_TC_BODY(output_closed, tc)
{
	int fd, old;

	set_up();
	ATF_REQUIRE_EQ(0, mkfifo("hooks/.go", 0600));
	script("a", "#!/bin/sh\necho x\nexec >/dev/null 2>&1\n"
	    "read go <\"${0%/*}/.go\"\nexit 5\n");
	script("b", "#!/bin/sh\necho b\n");
	for (old = 0; old < 2; old++) {
		old_kernel = old;
		load(60);
		start(&pre_stop);
		do
			turn(&run);
		while (run.output.fd != -1);
		ATF_CHECK_EQ(HOOK_RUNNING, run.phase);
		ATF_CHECK(hook_next(&run) > 1);
		check_text("so far", "a: x\n");
		ATF_REQUIRE((fd = open("hooks/.go", O_WRONLY)) != -1);
		(void)close(fd);
		finish();
		check_text("all", "a: x\na FAILED exit code 5\nb: b\n");
	}
}

/* It leaves a daemon behind that holds the pipe. */
ATF_TC_WITHOUT_HEAD(daemon_left);
ATF_TC_BODY(daemon_left, tc)
{
	pid_t pid;

	set_up();
	script("a", "#!/bin/sh\nsleep 1000 &\necho $!\n");
	script("b", "#!/bin/sh\necho b\n");
	for (old_kernel = 0; old_kernel < 2; old_kernel++) {
		round_of(&pre_stop, 0);
		pid = told_pid(0);
		ATF_CHECK_EQ_MSG(0, seen.failed, "%s", seen.text);
		ATF_CHECK_MSG(strstr(seen.text, "b: b\n") != NULL, "%s",
		    seen.text);
		ATF_CHECK_EQ(0, waitpid(pid, NULL, WNOHANG));
		ATF_REQUIRE_EQ(0, kill(pid, SIGUSR1));
		ATF_CHECK_EQ(SIGUSR1, orphan_signal(pid));
	}
}

/* ... one that writes for ever. */
ATF_TC_WITHOUT_HEAD(daemon_writes);
ATF_TC_BODY(daemon_writes, tc)
{
	set_up();
	script("a", "#!/bin/sh\nyes &\necho $! >\"${0%/*}/.pid\"\n");
	script("b", "#!/bin/sh\necho b\n");
	round_of(&pre_stop, 0);
	ATF_CHECK_EQ(0, seen.failed);
	ATF_CHECK_STREQ("b: b\n", tail(5));
	ATF_CHECK(waitpid(-1, NULL, 0) > 0);
}

/*
 * Deadlines of the run.
 */

ATF_TC_WITHOUT_HEAD(deadline);
ATF_TC_BODY(deadline, tc)
{
	struct hook_call c = pre_stop;

	set_up();
	script("a", "#!/bin/sh\necho a\nexec sleep 1000\n");
	script("b", "#!/bin/sh\necho b\n");
	load(0);
	c.deadline = loop_now();
	start(&c);
	finish();
	check_text("at once",
	    "a FAILED not run: the deadline has passed\n"
	    "b FAILED not run: the deadline has passed\n");
	start(&pre_stop);
	while (seen.lines == 0)
		turn(&run);
	ATF_CHECK_EQ(1, run.pidfd == -1 || hook_next(&run) == 0);
	hook_hasten(&run, loop_now() + PATIENCE * 2);
	hook_hasten(&run, 0);
	hook_hasten(&run, loop_now());
	hook_hasten(&run, loop_now() + PATIENCE);
	finish();
	check_text("hastened", "a: a\n"
	    "a FAILED stopped: the deadline has passed\n"
	    "b FAILED not run: the deadline has passed\n");
	c.deadline = loop_now() + 1000;
	hooks.timeout = 1000;
	start(&c);
	finish();
	ATF_CHECK_MSG(strstr(seen.text, "a FAILED stopped: the deadline "
	    "has passed\n") != NULL || strstr(seen.text, "a FAILED not run: ")
	    != NULL, "%s", seen.text);
}

ATF_TC_WITHOUT_HEAD(cancel);
ATF_TC_BODY(cancel, tc)
{
	size_t before;
	pid_t child;

	set_up();
	script("a", "#!/bin/sh\nsleep 1000 &\necho $!\nwait\n");
	load(60);
	before = descriptors();
	start(&pre_stop);
	ATF_CHECK_EQ(-1, hook_start(&run, &pre_stop));
	while (seen.lines == 0)
		turn(&run);
	ATF_CHECK_EQ(-1, hook_start(&run, &pre_stop));
	child = told_pid(0);
	hook_cancel(&run);
	ATF_CHECK_EQ(before, descriptors());
	ATF_CHECK_EQ(1, watched());
	ATF_CHECK_EQ(-1, waitpid(run.pid, NULL, WNOHANG));
	ATF_CHECK_EQ(SIGKILL, orphan_signal(child));
	ATF_CHECK_EQ(0, hook_next(&run));
	hook_tick(&run, loop_now());
	ATF_CHECK_EQ(0, seen.done + seen.failed);
	start(&pre_stop);
	hook_cancel(&run);
	hook_tick(&run, loop_now());
	ATF_CHECK_EQ(0, seen.done + seen.failed);
	hook_cancel(&run);
}

static void
done_again(void *arg)
{
	struct hook_run *r = arg;
	struct hook_call c = pre_stop;

	seen.done++;
	c.stage = HOOK_POST_STOP;
	if (seen.done < 3)
		ATF_REQUIRE_EQ(0, hook_start(r, &c));
}

static void
line_again(void *arg, const char *hook, const char *text)
{
	(void)arg;
	note("%s: %s\n", hook, text);
}

ATF_TC_WITHOUT_HEAD(again);
ATF_TC_BODY(again, tc)
{
	static const struct hook_handlers again = { line_again, NULL,
	    done_again };

	set_up();
	script("a", "#!/bin/sh\necho $1\n");
	load(60);
	start(&pre_stop);
	run.handlers = &again;
	run.arg = &run;
	while (seen.done < 3)
		turn(&run);
	check_text("three rounds", "a: pre-stop\na: post-stop\n"
	    "a: post-stop\n");
	hooks.n = 0;
	seen.done = 1;
	ATF_REQUIRE_EQ(0, hook_start(&run, &pre_stop));
	while (seen.done < 3)
		turn(&run);
}

/* Two rounds at a time share the hooks. */
ATF_TC_WITHOUT_HEAD(two_rounds);
ATF_TC_BODY(two_rounds, tc)
{
	struct hook_run other;
	struct errmsg em;

	set_up();
	ATF_REQUIRE_EQ(0, mkfifo("hooks/.meet", 0600));
	/* Each opens its end only when the other one is there. */
	script("a", "#!/bin/sh\ncase $1 in\n"
	    "pre-stop) echo x >\"${0%/*}/.meet\";;\n"
	    "*) read x <\"${0%/*}/.meet\"; echo \"met $x\"\nesac\n");
	load(60);
	start(&pre_stop);
	other = run;
	other.call.stage = HOOK_POST_STOP;
	while (seen.done < 2) {
		hook_tick(&run, loop_now());
		hook_tick(&other, loop_now());
		if (seen.done < 2 && hook_next(&run) != 1 &&
		    hook_next(&other) != 1)
			ATF_REQUIRE_EQ(0, loop_wait(&loop, loop_now() + 1000,
			    &em));
	}
	check_text("met", "a: met x\n");
}

ATF_TC_WITHOUT_HEAD(hundred);
ATF_TC_BODY(hundred, tc)
{
	size_t before, i;

	set_up();
	script("a", "#!/bin/sh\necho a\n");
	script("b", "#!/bin/sh\nexit 1\n");
	script("c", "#!/no/interpreter\n");
	load(60);
	before = descriptors();
	for (i = 0; i < 100; i++) {
		old_kernel = i % 10 == 9;
		start(&pre_stop);
		finish();
		ATF_CHECK_EQ(2, seen.failed);
		ATF_CHECK_EQ(2, seen.lines);
	}
	ATF_CHECK_EQ(before, descriptors());
	ATF_CHECK_EQ(1, watched());
	ATF_CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

/* No descriptor is left, for the pipe or in the loop. */
ATF_TC_WITHOUT_HEAD(no_descriptors);
ATF_TC_BODY(no_descriptors, tc)
{
	int fd, fds[LOOP_FDS], n;
	size_t others = 0, before;

	set_up();
	script("a", "#!/bin/sh\necho a\n");
	load(60);
	for (n = 0; (fd = dup(0)) != -1 && n < LOOP_FDS; n++)
		if (loop_add(&loop, fds[n] = fd, count_ready, &others) == -1)
			break;
	before = descriptors();
	start(&pre_stop);
	finish();
	ATF_CHECK_EQ(before, descriptors());
	check_text("loop", "a FAILED not run: too many descriptors\n");
	/* One free: for the output; the process is looked at. */
	loop_del(&loop, fds[0]);
	start(&pre_stop);
	finish();
	check_text("looked at", "a: a\n");
	ATF_CHECK_EQ(LOOP_FDS - 1, (int)watched());
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, order);
	ATF_TP_ADD_TC(tp, arguments);
	ATF_TP_ADD_TC(tp, hostile_name);
	ATF_TP_ADD_TC(tp, hostile_hook);
	ATF_TP_ADD_TC(tp, environment);
	ATF_TP_ADD_TC(tp, seconds_left);
	ATF_TP_ADD_TC(tp, inherited);
	ATF_TP_ADD_TC(tp, low_descriptors);
	ATF_TP_ADD_TC(tp, failing);
	ATF_TP_ADD_TC(tp, sigchld_ignored);
	ATF_TP_ADD_TC(tp, reaped);
	ATF_TP_ADD_TC(tp, not_run);
	ATF_TP_ADD_TC(tp, fine);
	ATF_TP_ADD_TC(tp, no_directory);
	ATF_TP_ADD_TC(tp, too_many);
	ATF_TP_ADD_TC(tp, flood);
	ATF_TP_ADD_TC(tp, lines);
	ATF_TP_ADD_TC(tp, long_line);
	ATF_TP_ADD_TC(tp, slow_reader);
	ATF_TP_ADD_TC(tp, endless_flood);
	ATF_TP_ADD_TC(tp, hang);
	ATF_TP_ADD_TC(tp, last_words);
	ATF_TP_ADD_TC(tp, woken);
	ATF_TP_ADD_TC(tp, old_hang);
	ATF_TP_ADD_TC(tp, output_closed);
	ATF_TP_ADD_TC(tp, daemon_left);
	ATF_TP_ADD_TC(tp, daemon_writes);
	ATF_TP_ADD_TC(tp, deadline);
	ATF_TP_ADD_TC(tp, cancel);
	ATF_TP_ADD_TC(tp, again);
	ATF_TP_ADD_TC(tp, two_rounds);
	ATF_TP_ADD_TC(tp, hundred);
	ATF_TP_ADD_TC(tp, no_descriptors);
	return atf_no_error();
}
