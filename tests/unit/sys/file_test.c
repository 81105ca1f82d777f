#include "sys/file.h"

#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compat.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))

static void
put(const char *path, const char *data, size_t len, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ATF_REQUIRE_MSG(fd != -1, "%s: %s", path, strerror(errno));
	ATF_REQUIRE_EQ((ssize_t)len, write(fd, data, len));
	ATF_REQUIRE_EQ(0, fchmod(fd, mode));
	ATF_REQUIRE_EQ(0, close(fd));
}

static bool
exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* Whether a file holds these bytes and no others. */
static bool
holds(const char *path, const char *want, size_t n)
{
	struct file_read f = { .path = path, .max = 1 << 20 };
	struct errmsg em;
	size_t len;
	char *text;
	bool same;

	if (file_read(&f, &text, &len, &em) == -1)
		return false;
	same = len == n && memcmp(text, want, n) == 0;
	free(text);
	return same;
}

static bool
says(const char *path, const char *want)
{
	return holds(path, want, strlen(want));
}

/* -1 with that code and that word, or 0 where code is 0. */
static void
read_as(const struct file_read *f, int code, const char *why)
{
	struct errmsg em = { .text = "" };
	char *text = (char *)&em;
	size_t len;
	int rv;

	rv = file_read(f, &text, &len, &em);
	ATF_CHECK_MSG(rv == (code == 0 ? 0 : -1), "%s: %d", f->path, rv);
	if (rv == 0) {
		free(text);
		return;
	}
	ATF_CHECK(text == NULL);
	ATF_CHECK_MSG(em.code == code, "%s: %d: %s", f->path, em.code,
	    em.text);
	ATF_CHECK_MSG(strncmp(em.text, f->path, strlen(f->path)) == 0 &&
	    strstr(em.text, why) != NULL, "%s: %s", f->path, em.text);
}

ATF_TC_WITHOUT_HEAD(reading);
ATF_TC_BODY(reading, tc)
{
	struct file_read f = { .path = "file", .max = 6 };
	char big[20000], *text;
	struct errmsg em;
	size_t len;

	put("file", "a\0b\nc", 5, 0644);
	ATF_REQUIRE_EQ(0, file_read(&f, &text, &len, &em));
	ATF_CHECK_EQ(5, len);
	ATF_CHECK_EQ(0, memcmp(text, "a\0b\nc", 6));	/* terminated */
	free(text);
	put("file", "123456", 6, 0644);
	ATF_REQUIRE_EQ(0, file_read(&f, &text, &len, &em));
	ATF_CHECK_EQ(6, len);
	ATF_CHECK_STREQ("123456", text);
	free(text);
	put("file", "", 0, 0644);
	ATF_REQUIRE_EQ(0, file_read(&f, &text, &len, &em));
	ATF_CHECK_EQ(0, len);
	ATF_CHECK_STREQ("", text);
	free(text);
	/* More than one read; no memory for the limit is needed. */
	memset(big, 'x', sizeof(big));
	put("file", big, sizeof(big), 0644);
	f.max = (size_t)1 << 46;
	ATF_REQUIRE_EQ(0, file_read(&f, &text, &len, &em));
	ATF_REQUIRE_EQ(sizeof(big), len);
	ATF_CHECK_EQ(0, memcmp(text, big, len));
	ATF_CHECK_EQ('\0', text[len]);
	free(text);
	/* It knows no size before it is read. */
	f = (struct file_read){ .path = "/proc/self/cmdline", .max = 4096 };
	ATF_REQUIRE_EQ(0, file_read(&f, &text, &len, &em));
	ATF_CHECK(len > 0);
	free(text);
	f.max = 4;
	ATF_REQUIRE_EQ(0, file_read(&f, &text, &len, &em));
	ATF_CHECK_EQ(4, len);
	free(text);
	f = (struct file_read){ .path = "/dev/null", .max = 6,
	    .trusted = true };
	ATF_REQUIRE_EQ(0, file_read(&f, &text, &len, &em));
	ATF_CHECK_EQ(0, len);
	free(text);
	ATF_REQUIRE_EQ(0, symlink("file", "link"));
	read_as(&(struct file_read){ .path = "link", .max = 1 << 20 }, 0, "");
}

/* What is no file must neither be read nor waited for. */
ATF_TC_WITHOUT_HEAD(not_read);
ATF_TC_BODY(not_read, tc)
{
	static const struct { const char *path; int code; const char *why; }
	    cases[] = {
		{ "none", ENOENT, "o such file" },
		{ "dir", EINVAL, "not a regular file" },
		{ "fifo", EINVAL, "not a regular file" },
		{ "/dev/zero", EINVAL, "not a regular file" },
		{ "long", EFBIG, "longer than 6 bytes" },
		{ "long/file", ENOTDIR, "ot a directory" },
		{ "loop", ELOOP, "" }
	};
	struct file_read f = { .max = 6 };
	size_t i;

	ATF_REQUIRE_EQ(0, mkdir("dir", 0755));
	ATF_REQUIRE_EQ(0, mkfifo("fifo", 0644));
	ATF_REQUIRE_EQ(0, symlink("loop", "loop"));
	put("long", "1234567", 7, 0644);
	for (i = 0; i < N(cases); i++) {
		f.path = cases[i].path;
		read_as(&f, cases[i].code, cases[i].why);
	}
}

static const struct {
	const char	*what;
	mode_t		 mode;
	uid_t		 uid;
	gid_t		 gid;
	bool		 fine;
} owners[] = {
	{ "root's", 0600, 0, 0, true },
	{ "for all to read", 0644, 0, 0, true },
	{ "for root's group", 0664, 0, 0, true },
	{ "for another group", 0664, 0, 7, false },
	{ "for another group to read", 0644, 0, 7, true },
	{ "for others", 0646, 0, 0, false },
	{ "for others to write alone", 0602, 0, 0, false },
	{ "for all", 0666, 0, 0, false },
	{ "another's", 0600, 7, 0, false },
	{ "another's, read-only", 0444, 7, 7, false }
};

ATF_TC(trusted);
ATF_TC_HEAD(trusted, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(trusted, tc)
{
	struct file_read f = { .path = "file", .max = 6, .trusted = true };
	struct errmsg em;
	char *text;
	size_t len, i;
	int rv;

	put("file", "text", 4, 0644);
	for (i = 0; i < N(owners); i++) {
		ATF_REQUIRE_EQ(0, chown("file", owners[i].uid,
		    owners[i].gid));
		ATF_REQUIRE_EQ(0, chmod("file", owners[i].mode));
		rv = file_read(&f, &text, &len, &em);
		ATF_CHECK_MSG(rv == (owners[i].fine ? 0 : -1), "%s: %d",
		    owners[i].what, rv);
		if (!owners[i].fine)
			read_as(&f, EPERM, "refused");
		free(text);
		f.trusted = false;
		read_as(&f, 0, "");
		f.trusted = true;
	}
	/* Where a link leads is what counts. */
	ATF_REQUIRE_EQ(0, symlink("file", "link"));
	f = (struct file_read){ .path = "link", .max = 6, .trusted = true };
	read_as(&f, EPERM, "refused");
	ATF_REQUIRE_EQ(0, chown("file", 0, 0));
	read_as(&f, 0, "");
}

/* A user's own file is the user's to trust, and root's is. */
ATF_TC(trusted_user);
ATF_TC_HEAD(trusted_user, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(trusted_user, tc)
{
	struct file_read f = { .path = "file", .max = 6, .trusted = true };

	put("file", "text", 4, 0644);
	ATF_REQUIRE_EQ(0, seteuid(7));
	read_as(&f, 0, "");
	ATF_REQUIRE_EQ(0, seteuid(0));
	ATF_REQUIRE_EQ(0, chown("file", 7, 7));
	ATF_REQUIRE_EQ(0, seteuid(7));
	read_as(&f, 0, "");
	ATF_REQUIRE_EQ(0, seteuid(0));
	ATF_REQUIRE_EQ(0, seteuid(8));
	read_as(&f, EPERM, "refused");
	ATF_REQUIRE_EQ(0, seteuid(0));
}

static void
replace(const char *path, const char *text)
{
	struct errmsg em;

	ATF_REQUIRE_EQ_MSG(0, file_replace(path, text, strlen(text), &em),
	    "%s", em.text);
}

ATF_TC_WITHOUT_HEAD(replacing);
ATF_TC_BODY(replacing, tc)
{
	struct stat st;

	replace("file", "first");
	ATF_CHECK(says("file", "first"));
	ATF_REQUIRE_EQ(0, stat("file", &st));
	ATF_CHECK_EQ(0600, st.st_mode & 07777);
	replace("file", "second");
	ATF_CHECK(says("file", "second"));
	replace("file", "");
	ATF_CHECK(says("file", ""));
	ATF_CHECK(!exists("file.new"));
	/* What a crash left, longer than what comes now. */
	put("file.new", "left by a crash", 15, 0644);
	replace("file", "third");
	ATF_CHECK(says("file", "third"));
	ATF_CHECK(!exists("file.new"));
	/* Nobody's trap is stepped into. */
	put("victim", "victim", 6, 0644);
	ATF_REQUIRE_EQ(0, symlink("victim", "file.new"));
	replace("file", "fourth");
	ATF_CHECK(says("file", "fourth"));
	ATF_CHECK(says("victim", "victim"));
	ATF_REQUIRE_EQ(0, lstat("file", &st));
	ATF_CHECK(S_ISREG(st.st_mode));
	ATF_REQUIRE_EQ(0, mkfifo("fifo", 0644));
	replace("fifo", "a file");
	ATF_CHECK(says("fifo", "a file"));
}

static void
not_replaced(const char *path, int code)
{
	struct errmsg em = { .text = "" };

	ATF_CHECK_MSG(file_replace(path, "text", 4, &em) == -1, "%s", path);
	ATF_CHECK_MSG(em.code == code, "%.80s: %d: %s", path, em.code,
	    em.text);
	ATF_CHECK(em.text[0] != '\0');
}

ATF_TC_WITHOUT_HEAD(not_replacing);
ATF_TC_BODY(not_replacing, tc)
{
	char path[PATH_MAX + 10];

	ATF_REQUIRE_EQ(0, mkdir("dir", 0755));
	ATF_REQUIRE_EQ(0, mkdir("file.new", 0755));
	put("file", "old", 3, 0644);
	not_replaced("none/file", ENOENT);
	not_replaced("dir", EISDIR);
	ATF_CHECK(!exists("dir.new"));
	not_replaced("file", EEXIST);
	ATF_CHECK(says("file", "old"));
	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	not_replaced(path, ENAMETOOLONG);
	path[PATH_MAX - 3] = '\0';
	not_replaced(path, ENAMETOOLONG);
}

/* A file system of 64 KiB for this process alone. */
static void
small_place(void)
{
	ATF_REQUIRE_EQ(0, mkdir("small", 0755));
	if (unshare(CLONE_NEWNS) == -1 ||
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("tmpfs", "small", "tmpfs", 0, "size=64k") == -1)
		atf_tc_skip("no private mounts: %s", strerror(errno));
}

ATF_TC(disk_full);
ATF_TC_HEAD(disk_full, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(disk_full, tc)
{
	static char big[200000];
	struct errmsg em;

	small_place();
	memset(big, 'b', sizeof(big));
	put("small/file", "old", 3, 0644);
	ATF_CHECK_EQ(-1, file_replace("small/file", big, sizeof(big), &em));
	ATF_CHECK_EQ_MSG(ENOSPC, em.code, "%s", em.text);
	ATF_CHECK(strstr(em.text, "small/file.new: ") != NULL);
	ATF_CHECK(says("small/file", "old"));
	ATF_CHECK(!exists("small/file.new"));
	replace("small/file", "new");
	ATF_CHECK(says("small/file", "new"));
	ATF_REQUIRE_EQ(0, mount("none", "small", "none",
	    MS_REMOUNT | MS_RDONLY, NULL));
	not_replaced("small/file", EROFS);
	ATF_CHECK(says("small/file", "new"));
	ATF_CHECK_EQ(-1, file_remove("small/file", &em));
	ATF_CHECK_EQ(EROFS, em.code);
	ATF_REQUIRE_EQ(0, umount("small"));
}

/* Some of it is written before the file system says no. */
ATF_TC_WITHOUT_HEAD(short_writes);
ATF_TC_BODY(short_writes, tc)
{
	static char big[200000];
	struct rlimit few = { 50000, 50000 };
	struct errmsg em;
	pid_t pid;
	int status;

	memset(big, 'b', sizeof(big));
	put("file", "old", 3, 0644);
	if ((pid = fork()) == 0) {
		(void)signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &few) == -1)
			_exit(2);
		_exit(file_replace("file", big, sizeof(big), &em) == -1 &&
		    em.code == EFBIG ? 0 : 1);
	}
	ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
	ATF_CHECK_EQ(0, status);
	ATF_CHECK(says("file", "old"));
	ATF_CHECK(!exists("file.new"));
	ATF_CHECK_EQ(0, file_replace("file", big, sizeof(big), &em));
	ATF_CHECK(holds("file", big, sizeof(big)));
}

/*
 * Crashes.  The old or the new, whenever it is killed.
 */

#define OLD	100000
#define NEW	150000

static char old_text[OLD], new_text[NEW];

static void
texts(void)
{
	memset(old_text, 'o', sizeof(old_text));
	memset(new_text, 'n', sizeof(new_text));
}

/* Let a child replace; stop it at each of its system calls, in and out. */
static pid_t
traced(void)
{
	struct errmsg em;
	int status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1)
			_exit(77);
		(void)raise(SIGSTOP);
		_exit(file_replace("file", new_text, NEW, &em) == 0 ? 0 : 1);
	}
	ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
	if (!WIFSTOPPED(status))
		atf_tc_skip("no tracing here");
	ATF_REQUIRE_EQ(0, ptrace(PTRACE_SETOPTIONS, pid, NULL,
	    (void *)PTRACE_O_TRACESYSGOOD));
	return pid;
}

/* To the next stop; false when it has ended. */
static bool
traced_step(pid_t pid, int *status)
{
	ATF_REQUIRE_EQ(0, ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
	ATF_REQUIRE_EQ(pid, waitpid(pid, status, 0));
	return WIFSTOPPED(*status);
}

ATF_TC_WITHOUT_HEAD(killed_anywhere);
ATF_TC_BODY(killed_anywhere, tc)
{
	int stop, i, status = 0, olds = 0, news = 0;
	bool alive = true, was_old;
	pid_t pid;

	texts();
	for (stop = 0; alive; stop++) {
		put("file", old_text, OLD, 0600);
		pid = traced();
		for (i = 0; alive && i <= stop; i++)
			alive = traced_step(pid, &status);
		if (alive) {
			ATF_REQUIRE_EQ(0, kill(pid, SIGKILL));
			ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
		}
		was_old = holds("file", old_text, OLD);
		ATF_REQUIRE_MSG(was_old || holds("file", new_text, NEW),
		    "half a file after stop %d", stop);
		olds += was_old;
		news += !was_old;
	}
	ATF_CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	ATF_CHECK_MSG(olds > 4 && news > 4, "%d old, %d new", olds, news);
}

/* A cut of the power is worse than a kill: what counts then is the order of
 * fsync and rename. */
ATF_TC_WITHOUT_HEAD(order);
ATF_TC_BODY(order, tc)
{
#ifdef PTRACE_GET_SYSCALL_INFO
	char done[64] = "";
	struct __ptrace_syscall_info si = { .op = 0 };
	static const struct { unsigned long nr; const char *letter; } seen[] = {
		{ SYS_write, "w" }, { SYS_fsync, "f" },
		{ SYS_fdatasync, "f" },
#ifdef SYS_rename
		{ SYS_rename, "r" },
#endif
		{ SYS_renameat, "r" }, { SYS_renameat2, "r" }
	};
	int status;
	size_t i;
	pid_t pid;

	texts();
	put("file", old_text, OLD, 0600);
	pid = traced();
	while (traced_step(pid, &status)) {
		if (ptrace((enum __ptrace_request)PTRACE_GET_SYSCALL_INFO,
		    pid, (void *)sizeof(si), &si) == -1)
			atf_tc_skip("no names of system calls: %s",
			    strerror(errno));
		/* A checker that runs it writes as well, far up. */
		if (si.op != PTRACE_SYSCALL_INFO_ENTRY ||
		    (si.entry.nr == SYS_write && (si.entry.args[0] == 2 ||
		    si.entry.args[0] > 100)))
			continue;
		for (i = 0; i < N(seen); i++)
			if (si.entry.nr == seen[i].nr)
				(void)strlcat(done, seen[i].letter,
				    sizeof(done));
	}
	ATF_CHECK_STREQ("wfrf", done);
#else
	atf_tc_skip("no names of system calls");
#endif
}

/* The same without a tracer, at points that nobody chose. */
ATF_TC_WITHOUT_HEAD(killed_at_random);
ATF_TC_BODY(killed_at_random, tc)
{
	struct timespec ts = { 0 };
	struct errmsg em;
	int fds[2], round, status;
	pid_t pid;
	char byte;

	texts();
	put("file", old_text, OLD, 0600);
	ATF_REQUIRE_EQ(0, pipe(fds));
	for (round = 0; round < 60; round++) {
		if ((pid = fork()) == 0) {
			(void)write(fds[1], "x", 1);
			for (;;) {
				(void)file_replace("file", new_text, NEW, &em);
				(void)file_replace("file", old_text, OLD, &em);
			}
		}
		ATF_REQUIRE_EQ(1, read(fds[0], &byte, 1));
		/* Anything between nothing and some replacements. */
		ts.tv_nsec = random() % 4000000;
		(void)nanosleep(&ts, NULL);
		ATF_REQUIRE_EQ(0, kill(pid, SIGKILL));
		ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
		ATF_REQUIRE(WIFSIGNALED(status));
		ATF_REQUIRE_MSG(holds("file", old_text, OLD) ||
		    holds("file", new_text, NEW), "half a file, round %d",
		    round);
	}
	replace("file", "after all");
	ATF_CHECK(says("file", "after all"));
	ATF_CHECK(!exists("file.new"));
}

ATF_TC_WITHOUT_HEAD(removing);
ATF_TC_BODY(removing, tc)
{
	struct errmsg em;

	put("file", "old", 3, 0644);
	ATF_CHECK_EQ(0, file_remove("file", &em));
	ATF_CHECK(!exists("file"));
	ATF_CHECK_EQ(0, file_remove("file", &em));
	ATF_CHECK_EQ(0, file_remove("none/file", &em));
	ATF_REQUIRE_EQ(0, mkdir("dir", 0755));
	ATF_CHECK_EQ(-1, file_remove("dir", &em));
	ATF_CHECK(strncmp(em.text, "dir: ", 5) == 0);
}

ATF_TC_WITHOUT_HEAD(aside);
ATF_TC_BODY(aside, tc)
{
	static const char *const names[] = { "file.old", "file.old.1",
	    "file.old.2" };
	struct file_aside f = { .path = "file", .suffix = "old" };
	char kept[32], text[2] = "a";
	struct errmsg em;
	size_t i;

	for (i = 0; i < N(names); i++, text[0]++) {
		put("file", text, 1, 0644);
		ATF_REQUIRE_EQ_MSG(0, file_aside(&f, kept, sizeof(kept), &em),
		    "%s", em.text);
		ATF_CHECK_STREQ(names[i], kept);
		/* Until it is replaced, path is there as well. */
		ATF_CHECK(says("file", text));
		replace("file", "new");
		ATF_CHECK(says(names[i], text));
	}
	ATF_CHECK(says("file.old", "a"));
	ATF_CHECK_EQ(-1, file_aside(&f, kept, sizeof("file.old.1") - 1,
	    &em));
	ATF_CHECK_EQ(ENAMETOOLONG, em.code);
	ATF_REQUIRE_EQ(0, unlink("file"));
	ATF_CHECK_EQ(-1, file_aside(&f, kept, sizeof(kept), &em));
	ATF_CHECK_EQ(ENOENT, em.code);
}

/* Without links (a directory has none): by its name, and never over one. */
ATF_TC_WITHOUT_HEAD(aside_by_name);
ATF_TC_BODY(aside_by_name, tc)
{
	struct file_aside f = { .path = "dir", .suffix = "old" };
	char kept[32];
	struct errmsg em;

	ATF_REQUIRE_EQ(0, mkdir("dir", 0755));
	ATF_REQUIRE_EQ(0, mkdir("dir.old", 0755));
	ATF_REQUIRE_EQ_MSG(0, file_aside(&f, kept, sizeof(kept), &em), "%s",
	    em.text);
	ATF_CHECK_STREQ("dir.old.1", kept);
	ATF_CHECK(exists("dir.old.1"));
	ATF_CHECK(!exists("dir"));
}

ATF_TC_WITHOUT_HEAD(parents);
ATF_TC_BODY(parents, tc)
{
	struct errmsg em;
	char path[PATH_MAX + 10];
	struct stat st;

	(void)umask(022);
	ATF_CHECK_EQ(0, file_mkparent("file", &em));
	ATF_CHECK_EQ(0, file_mkparent("/file", &em));
	ATF_CHECK_EQ(0, file_mkparent("a/file", &em));
	ATF_REQUIRE_EQ(0, stat("a", &st));
	ATF_CHECK(S_ISDIR(st.st_mode));
	ATF_CHECK_EQ(0755, st.st_mode & 07777);
	ATF_CHECK_EQ(0, file_mkparent("a/file", &em));
	ATF_CHECK_EQ(-1, file_mkparent("b/c/file", &em));
	ATF_CHECK_EQ(ENOENT, em.code);
	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 3] = '/';
	path[sizeof(path) - 1] = '\0';
	ATF_CHECK_EQ(-1, file_mkparent(path, &em));
	ATF_CHECK_EQ(ENAMETOOLONG, em.code);
}

/* A lock of one's own is none. */
ATF_TC_WITHOUT_HEAD(locked);
ATF_TC_BODY(locked, tc)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
	    .l_len = 1 };
	int fd, p[2], status;
	pid_t pid;

	ATF_CHECK_EQ(-1, file_locked("pid"));
	ATF_CHECK_EQ(ENOENT, errno);
	fd = open("pid", O_RDWR | O_CREAT, 0600);
	ATF_REQUIRE(fd != -1);
	ATF_CHECK_EQ(0, file_locked("pid"));
	ATF_REQUIRE_EQ(0, pipe(p));
	if ((pid = fork()) == 0) {
		if (fcntl(fd, F_SETLK, &lock) == -1 ||
		    write(p[1], "", 1) != 1)
			_exit(1);
		(void)pause();
		_exit(0);
	}
	ATF_REQUIRE(pid != -1);
	ATF_REQUIRE_EQ(0, close(p[1]));
	ATF_REQUIRE_EQ(1, read(p[0], &status, 1));
	ATF_CHECK_EQ(pid, file_locked("pid"));
	ATF_REQUIRE_EQ(0, kill(pid, SIGKILL));
	ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
	ATF_CHECK_EQ(0, file_locked("pid"));
}

ATF_TC_WITHOUT_HEAD(pid);
ATF_TC_BODY(pid, tc)
{
	static const struct {
		const char	*text;
		long		 pid;
	} rows[] = {
		{ "17\n", 17 }, { "17", 17 }, { "17\nx", 17 }, { "", -1 },
		{ "0\n", -1 }, { "-1\n", -1 }, { "x\n", -1 }, { " 1\n", -1 },
		{ "99999999999\n", -1 },
		{ "1111111111111111111111111111111111\n", -1 },
	};
	size_t i;

	ATF_CHECK_EQ(0, file_pid("none"));
	ATF_CHECK_EQ(-1, file_pid("."));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		atf_utils_create_file("pid", "%s", rows[i].text);
		ATF_CHECK_EQ_MSG(rows[i].pid, file_pid("pid"), "row %zu", i);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, reading);
	ATF_TP_ADD_TC(tp, not_read);
	ATF_TP_ADD_TC(tp, trusted);
	ATF_TP_ADD_TC(tp, trusted_user);
	ATF_TP_ADD_TC(tp, replacing);
	ATF_TP_ADD_TC(tp, not_replacing);
	ATF_TP_ADD_TC(tp, disk_full);
	ATF_TP_ADD_TC(tp, short_writes);
	ATF_TP_ADD_TC(tp, killed_anywhere);
	ATF_TP_ADD_TC(tp, order);
	ATF_TP_ADD_TC(tp, killed_at_random);
	ATF_TP_ADD_TC(tp, removing);
	ATF_TP_ADD_TC(tp, aside);
	ATF_TP_ADD_TC(tp, aside_by_name);
	ATF_TP_ADD_TC(tp, parents);
	ATF_TP_ADD_TC(tp, locked);
	ATF_TP_ADD_TC(tp, pid);
	return atf_no_error();
}
