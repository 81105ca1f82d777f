#include "sys/journal.h"

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

static char qemu_uri[] = QEMU, lxc_uri[] = "lxc:///system";

static struct list_entry
entry(char *uri, const char *text)
{
	struct list_entry le = { .uri = uri };

	ATF_REQUIRE_EQ(0, uuid_parse(text, le.uuid));
	return le;
}

static void
open_it(struct journal *j)
{
	struct errmsg em;

	ATF_REQUIRE_EQ_MSG(0, journal_open(j, "journal", &em), "%s", em.text);
}

static void
ask(struct journal *j, enum policy_action word, char *uri, const char *uuid)
{
	struct list_entry le = entry(uri, uuid);

	journal_ask(j, word, &le);
}

static void
ended(struct journal *j, char *uri, const char *uuid)
{
	struct list_entry le = entry(uri, uuid);

	journal_end(j, &le);
}

static bool
asked(const struct journal *j, enum policy_action word, char *uri,
    const char *uuid)
{
	struct list_entry le = entry(uri, uuid);

	return list_has(&j->asked[word], uri, le.uuid) != 0;
}

static size_t
total(const struct journal *j)
{
	size_t n = 0;
	int i;

	for (i = 0; i < POLICY_NACTION; i++)
		n += j->asked[i].n;
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

static bool
pending(const struct journal *j, char *uri, const char *uuid)
{
	struct list_entry le = entry(uri, uuid);

	return journal_pending(j, &le);
}

/* What may still shut down: asked by a run that was killed, or timed out. */
ATF_TC_WITHOUT_HEAD(late);
ATF_TC_BODY(late, tc)
{
	struct list_entry le = entry(qemu_uri, U1);
	struct journal j;
	int i;

	open_it(&j);
	ATF_CHECK(!pending(&j, qemu_uri, U1));
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U1);
	journal_late(&j, &le);
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U2);
	ask(&j, POLICY_SUSPEND, qemu_uri, U3);
	/* Read, and read again from what reading has written. */
	for (i = 0; i < 2; i++) {
		journal_close(&j);
		open_it(&j);
		ATF_CHECK(!asked(&j, POLICY_SHUTDOWN, qemu_uri, U1));
		ATF_CHECK(pending(&j, qemu_uri, U1));
		ATF_CHECK(pending(&j, qemu_uri, U2));
		ATF_CHECK(!pending(&j, qemu_uri, U3));
		ATF_CHECK(!pending(&j, lxc_uri, U1));
	}
	ended(&j, qemu_uri, U1);
	journal_close(&j);
	open_it(&j);
	ATF_CHECK(!pending(&j, qemu_uri, U1));
	journal_close(&j);
}

ATF_TC_WITHOUT_HEAD(remembered);
ATF_TC_BODY(remembered, tc)
{
	struct journal j;
	struct stat st;

	open_it(&j);
	ATF_CHECK_EQ(0, total(&j));
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U1);
	ask(&j, POLICY_SUSPEND, qemu_uri, U2);
	ask(&j, POLICY_SHUTDOWN, lxc_uri, U3);
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U3);
	ended(&j, qemu_uri, U3);
	/* What is found is what there was, not what is written now. */
	ATF_CHECK_EQ(0, total(&j));
	journal_close(&j);
	open_it(&j);
	ATF_CHECK_EQ(3, total(&j));
	ATF_CHECK(asked(&j, POLICY_SHUTDOWN, qemu_uri, U1));
	ATF_CHECK(asked(&j, POLICY_SUSPEND, qemu_uri, U2));
	ATF_CHECK(asked(&j, POLICY_SHUTDOWN, lxc_uri, U3));
	ATF_CHECK(fcntl(j.fd, F_GETFD) & FD_CLOEXEC);
	/* It goes on behind that. */
	ended(&j, qemu_uri, U1);
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U2);
	journal_close(&j);
	journal_close(&j);
	open_it(&j);
	ATF_CHECK_EQ(3, total(&j));
	ATF_CHECK(!asked(&j, POLICY_SHUTDOWN, qemu_uri, U1));
	ATF_CHECK(asked(&j, POLICY_SHUTDOWN, qemu_uri, U2));
	ATF_CHECK(asked(&j, POLICY_SUSPEND, qemu_uri, U2));
	/* An end is one of all that was asked of it. */
	ended(&j, qemu_uri, U2);
	journal_close(&j);
	open_it(&j);
	ATF_CHECK_EQ(1, total(&j));
	ATF_CHECK(asked(&j, POLICY_SHUTDOWN, lxc_uri, U3));
	journal_close(&j);
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
	    "ask start " QEMU " " U1 "\n", 0 }
};

ATF_TC_WITHOUT_HEAD(down);
ATF_TC_BODY(down, tc)
{
	static const char other[] = "boot other\ndown 7\n";
	struct journal j;

	open_it(&j);
	ATF_CHECK(!j.down);
	journal_down(&j, INT64_MAX);
	ATF_CHECK(!j.down);
	journal_close(&j);
	open_it(&j);
	ATF_CHECK_EQ(INT64_MAX, j.down);
	journal_close(&j);
	/* Once. */
	open_it(&j);
	ATF_CHECK(!j.down);
	journal_close(&j);
	write_text(other, sizeof(other) - 1);
	open_it(&j);
	ATF_CHECK(!j.down);
	journal_close(&j);
}

ATF_TC_WITHOUT_HEAD(found);
ATF_TC_BODY(found, tc)
{
	char text[1024], line[80];
	struct journal j;
	size_t i;
	int round;

	for (i = 0; i < N(texts); i++) {
		(void)snprintf(text, sizeof(text), "%s%s", texts[i].boot ?
		    boot_line(line) : "", texts[i].text);
		write_text(text, strlen(text));
		/* The second time from what the first wrote. */
		for (round = 0; round < 2; round++) {
			open_it(&j);
			ATF_CHECK_MSG(total(&j) == texts[i].n,
			    "%s: %zu, round %d", texts[i].what, total(&j),
			    round);
			journal_close(&j);
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
	ATF_CHECK_EQ(1, total(&j));
	journal_close(&j);
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
	ATF_CHECK_EQ(2, total(&j));
	ATF_CHECK(asked(&j, POLICY_SUSPEND, qemu_uri, U2));
	ATF_CHECK(asked(&j, POLICY_SHUTDOWN, qemu_uri, U3));
	journal_close(&j);
}

/* Where none can be had, it can be used and forgets. */
ATF_TC_WITHOUT_HEAD(nowhere);
ATF_TC_BODY(nowhere, tc)
{
	struct errmsg em = { .text = "" };
	struct journal j;

	ATF_CHECK_EQ(-1, journal_open(&j, "none/journal", &em));
	ATF_CHECK(strstr(em.text, "none/journal") != NULL);
	ATF_CHECK_EQ(-1, j.fd);
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U1);
	ended(&j, qemu_uri, U1);
	ATF_CHECK_EQ(0, total(&j));
	journal_close(&j);
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
	ATF_CHECK_EQ(-1, journal_open(&j, "journal", &em));
	ATF_CHECK_EQ(1, total(&j));
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U2);
	journal_close(&j);
}

ATF_TC_WITHOUT_HEAD(fifo);
ATF_TC_BODY(fifo, tc)
{
	struct journal j;

	ATF_REQUIRE_EQ(0, mkfifo("journal", 0600));
	open_it(&j);
	ask(&j, POLICY_SHUTDOWN, qemu_uri, U1);
	journal_close(&j);
	open_it(&j);
	ATF_CHECK_EQ(1, total(&j));
	journal_close(&j);
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
	journal_close(&j);
	open_it(&j);
	ATF_CHECK_EQ(2, total(&j));
	ATF_CHECK(asked(&j, POLICY_SHUTDOWN, uri, U2));
	ATF_CHECK(asked(&j, POLICY_SHUTDOWN, qemu_uri, U3));
	journal_close(&j);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, late);
	ATF_TP_ADD_TC(tp, remembered);
	ATF_TP_ADD_TC(tp, down);
	ATF_TP_ADD_TC(tp, found);
	ATF_TP_ADD_TC(tp, nul);
	ATF_TP_ADD_TC(tp, killed);
	ATF_TP_ADD_TC(tp, nowhere);
	ATF_TP_ADD_TC(tp, read_only);
	ATF_TP_ADD_TC(tp, fifo);
	ATF_TP_ADD_TC(tp, long_uri);
	return atf_no_error();
}
