#include "sys/state.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text/uuid.h"

#define U1	"11111111-1111-1111-1111-111111111111"
#define U2	"22222222-2222-2222-2222-222222222222"
#define QEMU	"qemu:///system"

static struct state st;
static struct list list;
static int findings;

static void
finding(void *arg, enum finding_level level, const char *text)
{
	ATF_CHECK(arg == &findings);
	ATF_CHECK_EQ(FINDING_ERROR, level);
	ATF_CHECK_MSG(strncmp(text, "state/libvirt-", 14) == 0, "%s",
	    text);
	findings++;
}

static const struct state_findings found = { finding, &findings };

static void
begin(void)
{
	struct errmsg em;

	ATF_REQUIRE_EQ_MSG(0, state_init(&st, "state", "run", &em), "%s",
	    em.text);
	list_init(&list);
	(void)mkdir("run", 0755);
}

static void
end(void)
{
	state_free(&st);
	list_free(&list);
}

static void
add(const char *text)
{
	unsigned char uuid[UUID_LEN];

	ATF_REQUIRE_EQ(0, uuid_parse(text, uuid));
	ATF_REQUIRE_EQ(0, list_add(&list, QEMU, uuid));
}

static bool
exists(const char *path)
{
	struct stat sb;

	return lstat(path, &sb) == 0;
}

static void
write_file(const char *path, const char *text)
{
	int fd;

	(void)mkdir("state", 0755);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ATF_REQUIRE(fd != -1);
	ATF_REQUIRE_EQ((ssize_t)strlen(text), write(fd, text, strlen(text)));
	ATF_REQUIRE_EQ(0, close(fd));
}

static void
write_list(const char *text)
{
	write_file("state/libvirt-guests", text);
}

/* What a run does with the list at its end; the name that was kept. */
static void
save(char kept[STATE_KEPT])
{
	struct errmsg em;

	ATF_REQUIRE_EQ_MSG(0, state_save(&st, &list, kept, &em), "%s",
	    em.text);
}

static void
load(void)
{
	struct errmsg em;

	ATF_REQUIRE_EQ_MSG(0, state_load(&st, &list, &found, &em), "%s",
	    em.text);
}

/* A child that was forked has the descriptor, too, until it calls execve(2). */
ATF_TC_WITHOUT_HEAD(unlock);
ATF_TC_BODY(unlock, tc)
{
	struct state other;
	struct errmsg em;
	int copy, pid;

	ATF_REQUIRE_EQ(0, state_init(&st, "state", "run", &em));
	ATF_REQUIRE_EQ(0, state_init(&other, "state", "run", &em));
	ATF_REQUIRE_EQ(0, mkdir("run", 0755));
	ATF_REQUIRE_EQ(0, state_lock(&st, &pid, &em));
	ATF_REQUIRE((copy = dup(st.lockfd)) != -1);
	ATF_CHECK_EQ(1, state_lock(&other, &pid, &em));
	state_free(&st);
	ATF_CHECK_EQ(0, state_lock(&other, &pid, &em));
	state_free(&other);
	ATF_CHECK_EQ(0, close(copy));
}

ATF_TC_WITHOUT_HEAD(paths);
ATF_TC_BODY(paths, tc)
{
	char dir[5000];
	struct errmsg em;

	ATF_REQUIRE_EQ(0, state_init(&st, "/var/lib/libvirt", "/run", &em));
	ATF_CHECK_STREQ("/var/lib/libvirt/libvirt-guests", st.list_path);
	ATF_CHECK_STREQ("/var/lib/libvirt/libvirt-net.state", st.nets_path);
	ATF_CHECK_STREQ("/run/lock/libvirt-guests", st.mark_path);
	ATF_CHECK_STREQ("/run/libvirt-guests.lock", st.lock_path);
	ATF_CHECK_STREQ("/run/libvirt-guests.journal", st.journal_path);
	ATF_CHECK_STREQ("/run/libvirt-guests.sock", st.socket_path);
	state_free(&st);
	memset(dir, 'x', sizeof(dir));
	dir[4096 - sizeof("/libvirt-guests.journal")] = '\0';
	ATF_CHECK_EQ(0, state_init(&st, "state", dir, &em));
	state_free(&st);
	dir[strlen(dir)] = 'x';
	dir[4096 - sizeof("/libvirt-net.state")] = '\0';
	ATF_CHECK_EQ(0, state_init(&st, dir, "run", &em));
	state_free(&st);
	ATF_CHECK_EQ(-1, state_init(&st, "state", dir, &em));
	ATF_CHECK_EQ(ENAMETOOLONG, em.code);
	dir[strlen(dir)] = 'x';
	dir[4999] = '\0';
	ATF_CHECK_EQ(-1, state_init(&st, dir, "run", &em));
	ATF_CHECK_EQ(-1, state_init(&st, "state", dir, &em));
	state_free(&st);
}

ATF_TC_WITHOUT_HEAD(saved);
ATF_TC_BODY(saved, tc)
{
	char kept[STATE_KEPT] = "x", *text = NULL;
	struct list other;
	unsigned char uuid[UUID_LEN];
	int fd;
	ssize_t n;

	begin();
	ATF_CHECK(!state_listed(&st));
	load();
	ATF_CHECK_EQ(0, list.n);
	save(kept);			/* an empty one is none */
	ATF_CHECK(!state_listed(&st));
	add(U1);
	add(U2);
	save(kept);
	ATF_CHECK_STREQ("", kept);
	ATF_CHECK(state_listed(&st));
	ATF_REQUIRE((fd = open("state/libvirt-guests", O_RDONLY)) != -1);
	ATF_REQUIRE((text = calloc(1, 1000)) != NULL);
	n = read(fd, text, 999);
	ATF_CHECK(n > 0);
	ATF_CHECK_STREQ(QEMU " " U1 " " U2 "\n", text);
	free(text);
	(void)close(fd);
	other = list;
	list_init(&list);
	load();
	ATF_CHECK_EQ(2, list.n);
	ATF_REQUIRE_EQ(0, uuid_parse(U2, uuid));
	ATF_CHECK(list_has(&list, QEMU, uuid));
	ATF_CHECK_EQ(0, findings);
	list_free(&list);
	list_init(&list);
	save(kept);
	ATF_CHECK(!state_listed(&st));
	list_free(&other);
	end();
}

/* What nobody could read is not thrown away by what replaces it. */
ATF_TC_WITHOUT_HEAD(broken);
ATF_TC_BODY(broken, tc)
{
	char kept[STATE_KEPT];

	write_list(QEMU " " U1 " rubbish\n");
	begin();
	load();
	ATF_CHECK_EQ(1, findings);
	ATF_CHECK_EQ(1, list.n);
	add(U2);
	save(kept);
	ATF_CHECK_STREQ("state/libvirt-guests.broken", kept);
	ATF_CHECK(atf_utils_grep_file("rubbish",
	    "state/libvirt-guests.broken"));
	ATF_CHECK(!atf_utils_grep_file("rubbish", "state/libvirt-guests"));
	ATF_CHECK(atf_utils_grep_file(U1 " " U2, "state/libvirt-guests"));
	/* Once is enough. */
	save(kept);
	ATF_CHECK_STREQ("", kept);
	ATF_CHECK(!exists("state/libvirt-guests.broken.1"));
	end();
	/* The next run has nothing to keep; one after it, beside the first. */
	begin();
	load();
	save(kept);
	ATF_CHECK_STREQ("", kept);
	end();
	write_list("more rubbish\n");
	begin();
	load();
	save(kept);
	ATF_CHECK_STREQ("state/libvirt-guests.broken.1", kept);
	ATF_CHECK(!state_listed(&st));
	ATF_CHECK(exists(kept));
	end();
}

ATF_TC_WITHOUT_HEAD(broken_by_itself);
ATF_TC_BODY(broken_by_itself, tc)
{
	char kept[STATE_KEPT] = "x", name[64];
	struct errmsg em;
	int i, n;

	/* It went while we ran: the new list is written all the same. */
	write_list("rubbish\n");
	begin();
	load();
	ATF_REQUIRE_EQ(0, unlink("state/libvirt-guests"));
	add(U1);
	save(kept);
	ATF_CHECK_STREQ("", kept);
	ATF_CHECK(state_listed(&st));
	end();
	/* It cannot be kept: nothing is written, nothing is claimed. */
	write_list("rubbish\n");
	for (i = 0; i < 1000; i++) {
		n = snprintf(name, sizeof(name), "state/libvirt-guests.broken");
		if (i > 0)
			(void)snprintf(name + n, sizeof(name) - (size_t)n,
			    ".%d", i);
		atf_utils_create_file(name, "x");
	}
	begin();
	load();
	add(U1);
	ATF_CHECK_EQ(-1, state_save(&st, &list, kept, &em));
	ATF_CHECK_STREQ("", kept);
	ATF_CHECK(atf_utils_grep_file("rubbish", "state/libvirt-guests"));
	end();
}

#define THEIRS	"state/libvirt-guests.state"

static void
begin_theirs(void)
{
	struct errmsg em;

	begin();
	ATF_REQUIRE_EQ(0, state_theirs(&st, "state", "libvirt-guests.state",
	    &em));
	load();
}

/* Another script's list is taken over; at no time are entries in neither. */
ATF_TC_WITHOUT_HEAD(theirs);
ATF_TC_BODY(theirs, tc)
{
	struct errmsg em;
	char kept[STATE_KEPT], dir[5000];

	write_file(THEIRS, QEMU " " U1 "\nlxc:/// " U1 "\n" QEMU " " U2 "\n");
	begin();
	ATF_CHECK(!state_listed(&st));
	load();
	ATF_CHECK_EQ(0, list.n);
	save(kept);
	ATF_CHECK(exists(THEIRS));
	end();
	begin_theirs();
	ATF_CHECK(state_listed(&st));
	ATF_CHECK_EQ(3, list.n);
	/* Where ours cannot be written, theirs stays. */
	ATF_REQUIRE_EQ(0, mkdir("state/libvirt-guests", 0755));
	ATF_CHECK_EQ(-1, state_save(&st, &list, kept, &em));
	ATF_CHECK(exists(THEIRS));
	ATF_REQUIRE_EQ(0, rmdir("state/libvirt-guests"));
	save(kept);
	ATF_CHECK(!exists(THEIRS));
	ATF_CHECK(atf_utils_grep_file("^" QEMU " " U1 " " U2 "$",
	    "state/libvirt-guests"));
	ATF_CHECK(atf_utils_grep_file("^lxc:/// " U1 "$",
	    "state/libvirt-guests"));
	end();
	/* In both: once.  What was gone when it was read is not removed. */
	write_file(THEIRS, QEMU " " U2 "\n");
	begin_theirs();
	ATF_CHECK_EQ(3, list.n);
	list_free(&list);
	save(kept);
	ATF_CHECK(!state_listed(&st));
	write_file(THEIRS, QEMU " " U2 "\n");
	save(kept);
	ATF_CHECK(exists(THEIRS));
	ATF_CHECK_EQ(0, findings);
	memset(dir, 'x', sizeof(dir));
	dir[4999] = '\0';
	ATF_CHECK_EQ(-1, state_theirs(&st, dir, "list", &em));
	ATF_CHECK_EQ(0, state_theirs(&st, dir, NULL, &em));
	end();
}

ATF_TC_WITHOUT_HEAD(theirs_broken);
ATF_TC_BODY(theirs_broken, tc)
{
	char kept[STATE_KEPT];

	write_file(THEIRS, QEMU " " U1 "\nrubbish\n");
	begin_theirs();
	ATF_CHECK_EQ(1, findings);
	ATF_CHECK(list.n == 1 && st.theirs_broken && !st.broken);
	save(kept);
	ATF_CHECK_STREQ("", kept);
	ATF_CHECK(!exists(THEIRS));
	ATF_CHECK(atf_utils_grep_file("rubbish", THEIRS ".broken"));
	end();
	/* Not to be read at all: it stays. */
	ATF_REQUIRE_EQ(0, mkdir(THEIRS, 0755));
	begin_theirs();
	ATF_CHECK_EQ(2, findings);
	ATF_CHECK(list.n == 1 && st.theirs_broken);
	save(kept);
	ATF_CHECK(exists(THEIRS));
	end();
}

#define NETS	"state/libvirt-net.state"

ATF_TC_WITHOUT_HEAD(nets);
ATF_TC_BODY(nets, tc)
{
	char kept[STATE_KEPT] = "x";
	struct errmsg em;

	begin();
	ATF_CHECK(!state_nets_listed(&st));
	ATF_CHECK_EQ(0, state_nets_load(&st, &list, &found, &em));
	ATF_CHECK_EQ(0, list.n);
	add(U1);
	add(U2);
	ATF_REQUIRE_EQ(0, state_nets_save(&st, &list, kept, &em));
	ATF_CHECK(state_nets_listed(&st) && !state_listed(&st));
	ATF_CHECK(atf_utils_grep_file("^" QEMU " " U1 "$", NETS));
	ATF_CHECK(atf_utils_grep_file("^" QEMU " " U2 "$", NETS));
	list_free(&list);
	ATF_CHECK_EQ(0, state_nets_load(&st, &list, &found, &em));
	ATF_CHECK_EQ(2, list.n);
	list_free(&list);
	ATF_REQUIRE_EQ(0, state_nets_save(&st, &list, kept, &em));
	ATF_CHECK(!state_nets_listed(&st));
	ATF_CHECK_STREQ("", kept);
	/* What cannot be read is kept, once. */
	atf_utils_create_file(NETS, "%s", QEMU " " U1 "\nrubbish\n");
	ATF_CHECK_EQ(0, state_nets_load(&st, &list, &found, &em));
	ATF_CHECK_EQ(1, list.n);
	ATF_CHECK(st.nets_broken);
	ATF_REQUIRE_EQ(0, state_nets_save(&st, &list, kept, &em));
	ATF_CHECK_STREQ(NETS ".broken", kept);
	ATF_CHECK(atf_utils_grep_file("^rubbish$", kept));
	ATF_CHECK(!atf_utils_grep_file("rubbish", NETS));
	ATF_REQUIRE_EQ(0, state_nets_save(&st, &list, kept, &em));
	ATF_CHECK_STREQ("", kept);
	list_free(&list);
	ATF_REQUIRE_EQ(0, state_nets_save(&st, &list, kept, &em));
	ATF_REQUIRE_EQ(0, mkdir(NETS, 0755));
	ATF_CHECK_EQ(-1, state_nets_load(&st, &list, &found, &em));
	end();
}

static void
unreadable_try(const char *what)
{
	char kept[STATE_KEPT];
	struct errmsg em = { .text = "" };

	begin();
	ATF_CHECK_MSG(state_load(&st, &list, &found, &em) == -1, "%s", what);
	ATF_CHECK(strstr(em.text, "state/libvirt-guests") != NULL);
	ATF_CHECK_EQ(0, list.n);
	add(U1);
	save(kept);
	ATF_CHECK_MSG(kept[0] != '\0' && exists(kept), "%s: not kept", what);
	ATF_CHECK(atf_utils_grep_file(U1, "state/libvirt-guests"));
	ATF_REQUIRE_EQ(0, unlink("state/libvirt-guests"));
	end();
}

ATF_TC_WITHOUT_HEAD(unreadable);
ATF_TC_BODY(unreadable, tc)
{
	ATF_REQUIRE_EQ(0, mkdir("state", 0755));
	ATF_REQUIRE_EQ(0, mkfifo("state/libvirt-guests", 0600));
	unreadable_try("FIFO");
	ATF_REQUIRE_EQ(0, mkdir("state/libvirt-guests", 0755));
	unreadable_try("directory");
	write_list("x");
	ATF_REQUIRE_EQ(0, truncate("state/libvirt-guests", 5 << 20));
	unreadable_try("of 5 MiB");
}

ATF_TC_WITHOUT_HEAD(not_saved);
ATF_TC_BODY(not_saved, tc)
{
	char kept[STATE_KEPT];
	struct errmsg em = { .text = "" };

	write_list(QEMU " " U1 "\n");
	ATF_REQUIRE_EQ(0, mkdir("state/libvirt-guests.new", 0755));
	begin();
	load();
	add(U2);
	ATF_CHECK_EQ(-1, state_save(&st, &list, kept, &em));
	ATF_CHECK(em.text[0] != '\0');
	ATF_CHECK(atf_utils_grep_file(U1 "$", "state/libvirt-guests"));
	end();
}

/* One has it; whoever else wants it is told who; death lets go of it. */
ATF_TC_WITHOUT_HEAD(locked);
ATF_TC_BODY(locked, tc)
{
	struct errmsg em;
	int fds[2], status, owner = -1;
	char byte, text[16] = "";
	pid_t pid;

	begin();
	ATF_REQUIRE_EQ(0, pipe(fds));
	if ((pid = fork()) == 0) {
		if (state_lock(&st, &owner, &em) == 0 && owner == 0)
			(void)write(fds[1], "x", 1);
		for (;;)
			(void)pause();
	}
	ATF_REQUIRE_EQ(1, read(fds[0], &byte, 1));
	ATF_CHECK_EQ(1, state_lock(&st, &owner, &em));
	ATF_CHECK_EQ(pid, owner);
	ATF_CHECK_EQ(1, state_lock(&st, &owner, &em));
	ATF_CHECK_EQ(pid, owner);
	ATF_REQUIRE_EQ(0, kill(pid, SIGKILL));
	ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
	ATF_CHECK_EQ(0, state_lock(&st, &owner, &em));
	ATF_CHECK_EQ(0, owner);
	ATF_CHECK_EQ(0, state_lock(&st, &owner, &em));
	ATF_CHECK(fcntl(st.lockfd, F_GETFD) & FD_CLOEXEC);
	ATF_REQUIRE(pread(st.lockfd, text, sizeof(text) - 1, 0) > 0);
	ATF_CHECK_EQ(getpid(), atol(text));
	end();
}

/* Set free by its owner, though the file stays. */
ATF_TC_WITHOUT_HEAD(unlocked);
ATF_TC_BODY(unlocked, tc)
{
	struct state other;
	struct errmsg em;
	int owner;

	begin();
	ATF_REQUIRE_EQ(0, state_init(&other, "state", "run", &em));
	ATF_CHECK_EQ(0, state_lock(&st, &owner, &em));
	ATF_CHECK_EQ(1, state_lock(&other, &owner, &em));
	ATF_CHECK_EQ(getpid(), owner);
	/* What is in the file is for messages alone. */
	ATF_REQUIRE_EQ(0, truncate("run/libvirt-guests.lock", 0));
	ATF_CHECK_EQ(1, state_lock(&other, &owner, &em));
	ATF_CHECK_EQ(0, owner);
	ATF_REQUIRE_EQ(4, pwrite(st.lockfd, "-12\n", 4, 0));
	ATF_CHECK_EQ(1, state_lock(&other, &owner, &em));
	ATF_CHECK_EQ(0, owner);
	state_free(&st);
	ATF_CHECK_EQ(0, state_lock(&other, &owner, &em));
	state_free(&other);
	end();
}

ATF_TC_WITHOUT_HEAD(not_locked);
ATF_TC_BODY(not_locked, tc)
{
	struct errmsg em = { .text = "" };
	int owner;

	begin();
	ATF_REQUIRE_EQ(0, symlink("elsewhere", "run/libvirt-guests.lock"));
	ATF_CHECK_EQ(-1, state_lock(&st, &owner, &em));
	ATF_CHECK(strstr(em.text, "run/libvirt-guests.lock: ") != NULL);
	ATF_CHECK(!exists("run/elsewhere"));
	ATF_REQUIRE_EQ(0, unlink("run/libvirt-guests.lock"));
	ATF_REQUIRE_EQ(0, rmdir("run"));
	ATF_CHECK_EQ(-1, state_lock(&st, &owner, &em));
	ATF_CHECK_EQ(ENOENT, em.code);
	end();
}

/* A lock that is a file of another purpose, too, keeps what is in it. */
ATF_TC_WITHOUT_HEAD(lock_linked);
ATF_TC_BODY(lock_linked, tc)
{
	struct errmsg em;
	int owner;

	begin();
	atf_utils_create_file("victim", "text");
	ATF_REQUIRE_EQ(0, link("victim", "run/libvirt-guests.lock"));
	ATF_CHECK_EQ(0, state_lock(&st, &owner, &em));
	ATF_CHECK(atf_utils_compare_file("victim", "text"));
	end();
}

/* A list or journal that others can write is refused. */
ATF_TC_WITHOUT_HEAD(others);
ATF_TC_BODY(others, tc)
{
	struct errmsg em;
	char kept[STATE_KEPT];

	begin();
	ATF_REQUIRE_EQ(0, mkdir("state", 0755));
	atf_utils_create_file("state/libvirt-guests", QEMU " " U1 "\n");
	ATF_REQUIRE_EQ(0, chmod("state/libvirt-guests", 0666));
	ATF_CHECK_EQ(-1, state_load(&st, &list, &found, &em));
	ATF_CHECK_EQ(EPERM, em.code);
	ATF_CHECK_EQ(0, list.n);
	/* It is kept, and a new one is written. */
	add(U2);
	ATF_CHECK_EQ(0, state_save(&st, &list, kept, &em));
	ATF_CHECK_STREQ("state/libvirt-guests.broken", kept);
	end();
}

ATF_TC_WITHOUT_HEAD(marked);
ATF_TC_BODY(marked, tc)
{
	struct errmsg em;

	begin();
	ATF_CHECK(!state_started(&st));
	ATF_CHECK_EQ(0, state_mark(&st, false, &em));
	ATF_CHECK_EQ(0, state_mark(&st, true, &em));
	ATF_CHECK(state_started(&st));
	ATF_CHECK(exists("run/lock/libvirt-guests"));
	ATF_CHECK_EQ(0, state_mark(&st, true, &em));
	ATF_CHECK_EQ(0, state_mark(&st, false, &em));
	ATF_CHECK(!state_started(&st));
	ATF_REQUIRE_EQ(0, rmdir("run/lock"));
	ATF_REQUIRE_EQ(0, rmdir("run"));
	ATF_CHECK_EQ(-1, state_mark(&st, true, &em));
	end();
}

/* RUN_DIR/lock may be writable by all: what lies there is no trap. */
ATF_TC_WITHOUT_HEAD(mark_trapped);
ATF_TC_BODY(mark_trapped, tc)
{
	struct errmsg em;

	begin();
	ATF_REQUIRE_EQ(0, mkdir("run/lock", 0777));
	ATF_REQUIRE_EQ(0, symlink("../elsewhere", "run/lock/libvirt-guests"));
	ATF_CHECK(!state_started(&st));
	ATF_CHECK_EQ(0, state_mark(&st, true, &em));
	ATF_CHECK(!exists("run/elsewhere"));
	ATF_CHECK(state_started(&st));
	ATF_CHECK_EQ(0, state_mark(&st, false, &em));
	ATF_REQUIRE_EQ(0, mkfifo("run/lock/libvirt-guests", 0666));
	ATF_CHECK(!state_started(&st));
	ATF_CHECK_EQ(0, state_mark(&st, true, &em));
	ATF_CHECK(state_started(&st));
	/* Another name of a file of root's. */
	ATF_REQUIRE_EQ(0, link("run/lock/libvirt-guests", "run/other"));
	ATF_CHECK(!state_started(&st));
	ATF_REQUIRE_EQ(0, unlink("run/other"));
	ATF_CHECK(state_started(&st));
	ATF_REQUIRE_EQ(0, chmod("run/lock/libvirt-guests", 0666));
	ATF_CHECK(!state_started(&st));
	end();
}

/* A file of a user, and a directory of a user's, do not count. */
ATF_TC(mark_owner);
ATF_TC_HEAD(mark_owner, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(mark_owner, tc)
{
	struct errmsg em;

	begin();
	ATF_CHECK_EQ(0, state_mark(&st, true, &em));
	ATF_REQUIRE_EQ(0, chown("run/lock/libvirt-guests", 65534, 65534));
	ATF_CHECK(!state_started(&st));
	ATF_CHECK_EQ(0, state_mark(&st, true, &em));
	ATF_CHECK(state_started(&st));
	ATF_REQUIRE_EQ(0, chown("run/lock", 65534, 65534));
	ATF_CHECK(!state_started(&st));
	end();
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, unlock);
	ATF_TP_ADD_TC(tp, paths);
	ATF_TP_ADD_TC(tp, saved);
	ATF_TP_ADD_TC(tp, broken);
	ATF_TP_ADD_TC(tp, broken_by_itself);
	ATF_TP_ADD_TC(tp, nets);
	ATF_TP_ADD_TC(tp, theirs);
	ATF_TP_ADD_TC(tp, theirs_broken);
	ATF_TP_ADD_TC(tp, unreadable);
	ATF_TP_ADD_TC(tp, not_saved);
	ATF_TP_ADD_TC(tp, locked);
	ATF_TP_ADD_TC(tp, unlocked);
	ATF_TP_ADD_TC(tp, not_locked);
	ATF_TP_ADD_TC(tp, lock_linked);
	ATF_TP_ADD_TC(tp, others);
	ATF_TP_ADD_TC(tp, marked);
	ATF_TP_ADD_TC(tp, mark_trapped);
	ATF_TP_ADD_TC(tp, mark_owner);
	return atf_no_error();
}
