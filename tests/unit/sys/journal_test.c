#include "sys/journal.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <atf-c.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text/uuid.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))

#define U1	"11111111-1111-1111-1111-111111111111"
#define U2	"22222222-2222-2222-2222-222222222222"
#define U3	"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
#define QEMU	"qemu:///system"

static const char qemu_uri[] = QEMU, lxc_uri[] = "lxc:///system";

static struct list list;

static struct list_entry *
entry(const char *uri, const char *text)
{
	unsigned char uuid[UUID_LEN];
	struct list_entry *e;

	ATF_REQUIRE_EQ(0, uuid_parse(text, uuid));
	ATF_REQUIRE((e = list_entry(&list, uri, uuid)) != NULL);
	return e;
}

static void
open_it(struct journal *j)
{
	struct errmsg em;

	list_init(&list);
	ATF_REQUIRE_EQ_MSG(0, journal_open(j, "journal", &list, &em), "%s",
	    em.text);
}

static void
close_it(struct journal *j)
{
	journal_close(j);
	list_free(&list);
}

static void
ask(struct journal *j, enum policy_action action, const char *uri,
    const char *uuid)
{
	struct list_entry *e = entry(uri, uuid);

	e->request.action = action;
	e->request.end = LIST_OPEN;
	e->request.when = 12345;
	e->request.life = (struct list_life){ 7, 98765 };
	journal_write(j, e);
}

static void
late(struct journal *j, const char *uuid, enum list_end end,
    int64_t down)
{
	struct list_entry *e = entry(QEMU, uuid);

	e->request.end = end;
	e->request.down = down;
	journal_write(j, e);
}

static void
ended(struct journal *j, const char *uri, const char *uuid)
{
	journal_end(j, entry(uri, uuid));
}

static bool
asked(enum policy_action action, const char *uri, const char *uuid)
{
	const struct list_entry *e = entry(uri, uuid);

	return e->request.end == LIST_OPEN && e->request.action == action;
}

static bool
pending(const char *uri, const char *uuid)
{
	return entry(uri, uuid)->request.asks;
}

static size_t
total(void)
{
	size_t i, n = 0;

	for (i = 0; i < list.n; i++)
		n += list.entry[i].request.action != POLICY_END ||
		    list.entry[i].request.asks;
	return n;
}

static void
write_text(const char *text, size_t len)
{
	int fd = open("journal", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ATF_REQUIRE(fd != -1);
	ATF_REQUIRE_EQ((ssize_t)len, write(fd, text, len));
	ATF_REQUIRE_EQ(0, close(fd));
}

/* The first line of a journal of this boot. */
static const char *
boot_line(char line[80])
{
	FILE *fp = fopen("/proc/sys/kernel/random/boot_id", "r");
	char id[64] = "";

	ATF_REQUIRE(fp != NULL);
	ATF_REQUIRE(fgets(id, sizeof(id), fp) != NULL);
	(void)fclose(fp);
	(void)snprintf(line, 80, "boot %.*s\n", (int)strcspn(id, "\n"), id);
	return line;
}

/* A journal that others can write is ignored, and made anew. */
ATF_TC_WITHOUT_HEAD(others);
ATF_TC_BODY(others, tc)
{
	struct journal j;
	struct stat st;

	open_it(&j);
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U1);
	close_it(&j);
	ATF_REQUIRE_EQ(0, chmod("journal", 0666));
	open_it(&j);
	ATF_CHECK_EQ(0, total());
	ATF_REQUIRE_EQ(0, stat("journal", &st));
	ATF_CHECK_EQ(0600, st.st_mode & 0777);
	close_it(&j);
}

/* What may still shut down: asked by a run that was killed, or timed out. */
ATF_TC_WITHOUT_HEAD(timed);
ATF_TC_BODY(timed, tc)
{
	struct journal j;
	int i;

	open_it(&j);
	ATF_CHECK(!pending(qemu_uri, U1));
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U1);
	late(&j, U1, LIST_LATE, 0);
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U2);
	ask(&j, POLICY_SUSPEND, qemu_uri, U2);
	ask(&j, POLICY_SUSPEND, qemu_uri, U3);
	/* Read, and read again from what reading has written. */
	for (i = 0; i < 2; i++) {
		close_it(&j);
		open_it(&j);
		ATF_CHECK(!asked(POLICY_SHUTDOWN, qemu_uri, U1));
		ATF_CHECK(pending(qemu_uri, U1));
		ATF_CHECK_EQ(LIST_LATE, entry(QEMU, U1)->request.end);
		ATF_CHECK(pending(qemu_uri, U2));
		ATF_CHECK(asked(POLICY_SUSPEND, qemu_uri, U2));
		ATF_CHECK(!pending(qemu_uri, U3));
		ATF_CHECK(!pending(lxc_uri, U1));
		ATF_CHECK(!entry(qemu_uri, U1)->listed);
		ATF_CHECK_EQ(12345, entry(QEMU, U1)->request.when);
		ATF_CHECK_EQ(7, entry(QEMU, U2)->request.life.id);
		ATF_CHECK_EQ(98765, entry(QEMU, U2)->request.life.born);
	}
	ended(&j, qemu_uri, U1);
	close_it(&j);
	open_it(&j);
	ATF_CHECK(!pending(qemu_uri, U1));
	close_it(&j);
}

ATF_TC_WITHOUT_HEAD(remembered);
ATF_TC_BODY(remembered, tc)
{
	struct journal j;
	struct stat st;

	open_it(&j);
	ATF_CHECK_EQ(0, total());
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U1);
	ask(&j, POLICY_SUSPEND, qemu_uri, U2);
	ask(&j, POLICY_SHUTDOWN, lxc_uri, U3);
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U3);
	ended(&j, qemu_uri, U3);
	close_it(&j);
	open_it(&j);
	ATF_CHECK_EQ(3, total());
	ATF_CHECK(asked(POLICY_SHUTDOWN, qemu_uri, U1));
	ATF_CHECK(asked(POLICY_SUSPEND, qemu_uri, U2));
	ATF_CHECK(asked(POLICY_SHUTDOWN, lxc_uri, U3));
	ATF_CHECK(fcntl(j.fd, F_GETFD) & FD_CLOEXEC);
	/* It goes on behind that. */
	ended(&j, qemu_uri, U1);
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U2);
	close_it(&j);
	close_it(&j);
	open_it(&j);
	ATF_CHECK_EQ(2, total());
	ATF_CHECK(asked(POLICY_SHUTDOWN, qemu_uri, U2));
	/* An end is one of all that was asked of it. */
	ended(&j, qemu_uri, U2);
	close_it(&j);
	open_it(&j);
	ATF_CHECK_EQ(1, total());
	ATF_CHECK(asked(POLICY_SHUTDOWN, lxc_uri, U3));
	close_it(&j);
	ATF_REQUIRE_EQ(0, stat("journal", &st));
	ATF_CHECK_EQ(0600, st.st_mode & 07777);
}

#define ASK1	"ask shutdown " QEMU " " U1 "\n"
#define ASK2	"ask suspend " QEMU " " U2 "\n"

/* BOOT stands for the line of this boot; n is how many are open after it. */
static const struct {
	const char	*what;
	bool		 boot;
	const char	*text;
	size_t		 n;
} texts[] = {
	{ "empty", false, "", 0 },
	{ "boot alone", true, "", 0 },
	{ "two", true, ASK1 ASK2, 2 },
	{ "of a newer version", false, "#libvirt-guests/2\nboot @\nnew 1\n"
	    "ask shutdown " QEMU " " U1 " 5 6 7 8 x y\n", 1 },
	{ "the same twice", true, ASK1 ASK1, 1 },
	{ "no boot", false, ASK1 ASK2, 0 },
	{ "another boot", false,
	    "boot 00000000-0000-0000-0000-000000000000\n" ASK1, 0 },
	{ "another boot behind", true, ASK1 "boot other\n" ASK2, 1 },
	{ "half a boot", false, "boot", 0 },
	{ "half a last line", true, ASK1 "ask suspend " QEMU " 2222", 1 },
	{ "a whole last line without its end", true,
	    ASK1 "ask suspend " QEMU " " U2, 1 },
	{ "half an end", true, ASK1 "end " QEMU " " U1, 1 },
	{ "an end", true, ASK1 "end " QEMU " " U1 "\n", 0 },
	{ "the end of another", true, ASK1 "end " QEMU " " U2 "\n", 1 },
	{ "of another URI", true, ASK1 "end lxc:/// " U1 "\n", 1 },
	{ "asked again", true, ASK1 "end " QEMU " " U1 "\n" ASK1, 1 },
	{ "rubbish", true, "\n \nask\nask \nask shutdown\nask shutdown x\n"
	    "ask dance " QEMU " " U1 "\nask shutdown " QEMU " 1\n"
	    "end\nend \nend x\nend x y\nfoo\n" ASK1, 1 },
	{ "a start is none of its words", true,
	    "ask start " QEMU " " U1 "\n", 0 },
	{ "numbers", true, "ask shutdown " QEMU " " U1 " 5 6 7\n", 1 },
	{ "numbers that are none", true, "ask shutdown " QEMU " " U1
	    " x 99999999999 -\n", 1 },
	{ "late in a host shutdown", true, ASK1 "late " QEMU " " U1
	    " 5 6 7 8\n", 1 },
};

/* Timed out in a host shutdown: only the next run knows of it. */
ATF_TC_WITHOUT_HEAD(down);
ATF_TC_BODY(down, tc)
{
	struct journal j;

	open_it(&j);
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U1);
	late(&j, U1, LIST_LATE, INT64_MAX);
	ask(&j, POLICY_SUSPEND, qemu_uri, U2);
	late(&j, U2, LIST_STALLED, 7);
	close_it(&j);
	open_it(&j);
	ATF_CHECK_EQ(INT64_MAX, entry(QEMU, U1)->request.down);
	ATF_CHECK_EQ(7, entry(QEMU, U1)->request.life.id);
	ATF_CHECK_EQ(7, entry(QEMU, U2)->request.down);
	ATF_CHECK_EQ(LIST_STALLED, entry(QEMU, U2)->request.end);
	ATF_CHECK(!pending(QEMU, U2));
	close_it(&j);
	open_it(&j);
	ATF_CHECK_EQ(0, entry(QEMU, U1)->request.down);
	ATF_CHECK(pending(QEMU, U1));
	ATF_CHECK_EQ(LIST_OPEN, entry(QEMU, U2)->request.end);
	close_it(&j);
}

ATF_TC_WITHOUT_HEAD(found);
ATF_TC_BODY(found, tc)
{
	char text[1024], line[80], *at;
	struct journal j;
	size_t i;
	int round;

	for (i = 0; i < N(texts); i++) {
		(void)snprintf(text, sizeof(text), "%s%s", texts[i].boot ?
		    boot_line(line) : "", texts[i].text);
		/* A boot in a text. */
		if ((at = strchr(text, '@')) != NULL) {
			(void)snprintf(at, sizeof(text) - (size_t)(at - text),
			    "%.36s%s", boot_line(line) + 5,
			    strchr(texts[i].text, '@') + 1);
		}
		write_text(text, strlen(text));
		/* The second time from what the first wrote. */
		for (round = 0; round < 2; round++) {
			open_it(&j);
			ATF_CHECK_MSG(total() == texts[i].n,
			    "%s: %zu, round %d", texts[i].what, total(),
			    round);
			close_it(&j);
		}
	}
}

/* A NUL byte ends what is believed. */
ATF_TC_WITHOUT_HEAD(nul);
ATF_TC_BODY(nul, tc)
{
	char text[1024], line[80];
	struct journal j;
	size_t n;

	n = (size_t)snprintf(text, sizeof(text), "%s" ASK1 "@" ASK2,
	    boot_line(line));
	*strchr(text, '@') = '\0';
	write_text(text, n);
	open_it(&j);
	ATF_CHECK_EQ(1, total());
	close_it(&j);
}

/* Whoever is killed leaves all that it had asked. */
ATF_TC_WITHOUT_HEAD(killed);
ATF_TC_BODY(killed, tc)
{
	struct journal j;
	int fds[2], status;
	char byte;
	pid_t pid;

	ATF_REQUIRE_EQ(0, pipe(fds));
	if ((pid = fork()) == 0) {
		open_it(&j);
		ask(&j, POLICY_SHUTDOWN, qemu_uri, U1);
		ask(&j, POLICY_SUSPEND, qemu_uri, U2);
		ended(&j, qemu_uri, U1);
		ask(&j, POLICY_SHUTDOWN, qemu_uri, U3);
		(void)write(fds[1], "x", 1);
		for (;;)
			(void)pause();
	}
	ATF_REQUIRE_EQ(1, read(fds[0], &byte, 1));
	ATF_REQUIRE_EQ(0, kill(pid, SIGKILL));
	ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
	open_it(&j);
	ATF_CHECK_EQ(2, total());
	ATF_CHECK(asked(POLICY_SUSPEND, qemu_uri, U2));
	ATF_CHECK(asked(POLICY_SHUTDOWN, qemu_uri, U3));
	close_it(&j);
}

/* Where none can be had, it can be used and forgets. */
ATF_TC_WITHOUT_HEAD(nowhere);
ATF_TC_BODY(nowhere, tc)
{
	struct errmsg em = { .text = "" };
	struct journal j;

	ATF_CHECK_EQ(-1, journal_open(&j, "none/journal", &list, &em));
	ATF_CHECK(strstr(em.text, "none/journal") != NULL);
	ATF_CHECK_EQ(-1, j.fd);
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U1);
	ended(&j, qemu_uri, U1);
	close_it(&j);
}

/* What was read is known even where nothing can be written. */
ATF_TC_WITHOUT_HEAD(read_only);
ATF_TC_BODY(read_only, tc)
{
	char text[1024], line[80];
	struct errmsg em;
	struct journal j;
	int n;

	n = snprintf(text, sizeof(text), "%s" ASK1, boot_line(line));
	write_text(text, (size_t)n);
	ATF_REQUIRE_EQ(0, mkdir("journal.new", 0755));
	ATF_CHECK_EQ(-1, journal_open(&j, "journal", &list, &em));
	ATF_CHECK_EQ(1, total());
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U2);
	close_it(&j);
}

ATF_TC_WITHOUT_HEAD(fifo);
ATF_TC_BODY(fifo, tc)
{
	struct journal j;

	ATF_REQUIRE_EQ(0, mkfifo("journal", 0600));
	open_it(&j);
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U1);
	close_it(&j);
	open_it(&j);
	ATF_CHECK_EQ(1, total());
	close_it(&j);
}

/* A URI too long for a line is not written in half. */
ATF_TC_WITHOUT_HEAD(long_uri);
ATF_TC_BODY(long_uri, tc)
{
	static char uri[8192];
	struct journal j;

	memset(uri, 'x', sizeof(uri) - 1);
	open_it(&j);
	ask(&j, POLICY_SHUTDOWN, uri, U1);
	ended(&j, uri, U1);
	uri[4096] = '\0';
	ask(&j, POLICY_SHUTDOWN, uri, U2);
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U3);
	close_it(&j);
	open_it(&j);
	ATF_CHECK_EQ(2, total());
	ATF_CHECK(asked(POLICY_SHUTDOWN, uri, U2));
	ATF_CHECK(asked(POLICY_SHUTDOWN, qemu_uri, U3));
	close_it(&j);
}

/* RUN_DIR is full in the middle of a line, and has room again: the line after
 * it is read. */
ATF_TC_WITHOUT_HEAD(torn);
ATF_TC_BODY(torn, tc)
{
	struct rlimit old, full;
	struct journal j;
	struct stat st;

	(void)signal(SIGXFSZ, SIG_IGN);
	open_it(&j);
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U1);
	ATF_REQUIRE_EQ(0, stat("journal", &st));
	ATF_REQUIRE_EQ(0, getrlimit(RLIMIT_FSIZE, &old));
	full = old;
	full.rlim_cur = (rlim_t)st.st_size + 20;
	ATF_REQUIRE_EQ(0, setrlimit(RLIMIT_FSIZE, &full));
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U2);
	ended(&j, qemu_uri, U2);
	ATF_REQUIRE_EQ(0, setrlimit(RLIMIT_FSIZE, &old));
	ATF_REQUIRE_EQ(0, stat("journal", &st));
	ATF_REQUIRE_EQ((off_t)full.rlim_cur, st.st_size);
	ended(&j, qemu_uri, U1);
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U3);
	close_it(&j);
	open_it(&j);
	ATF_CHECK_EQ(1, total());
	ATF_CHECK(asked(POLICY_SHUTDOWN, qemu_uri, U3));
	close_it(&j);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, others);
	ATF_TP_ADD_TC(tp, timed);
	ATF_TP_ADD_TC(tp, remembered);
	ATF_TP_ADD_TC(tp, down);
	ATF_TP_ADD_TC(tp, found);
	ATF_TP_ADD_TC(tp, nul);
	ATF_TP_ADD_TC(tp, killed);
	ATF_TP_ADD_TC(tp, nowhere);
	ATF_TP_ADD_TC(tp, read_only);
	ATF_TP_ADD_TC(tp, fifo);
	ATF_TP_ADD_TC(tp, long_uri);
	ATF_TP_ADD_TC(tp, torn);
	return atf_no_error();
}
