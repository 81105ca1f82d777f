#include "plan/table.h"

#include <atf-c.h>
#include <stdio.h>
#include <string.h>

#include "plan/engine.h"
#include "plan/guest.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))
#define GUESTS	100
#define GIB	((uint64_t)1073741824)
#define BEGAN	1000

static char name[GUESTS][64];
static struct guest guest[GUESTS];
static struct guests guests = { .guest = guest };
static struct plan_step step[GUESTS];
static struct plan plan = { .step = step, .stall = 120000 };
static struct engine_job job[GUESTS];
static struct engine_uri uri[2];
static struct engine engine = { .plan = &plan, .job = job, .uri = uri };
static struct table table = { .engine = &engine, .guests = &guests,
    .now = BEGAN + 41000, .began = BEGAN, .pid = 4711 };
static struct table_text made;
/* Its lines, without the sequences that end them. */
static char line[TABLE_LINES][TABLE_COLUMNS * 4 + 64];

/* n guests that wait for a slot. */
static void
begin(size_t n)
{
	size_t i;

	guests.n = plan.n = n;
	memset(job, 0, sizeof(job));
	memset(step, 0, sizeof(step));
	for (i = 0; i < n; i++) {
		(void)snprintf(name[i], sizeof(name[i]), "guest%zu", i);
		guest[i].name = name[i];
		step[i].guest = i;
		step[i].chain[0] = POLICY_SHUTDOWN;
		job[i].step = &step[i];
	}
	uri[0].up = true;
	table.ends = 0;
	table.endless = POLICY_END;
	table.by = "";
	table.bold = false;
}

static void
begun(size_t i, enum engine_state state)
{
	job[i].state = state;
	job[i].at.began = BEGAN + 3000;
	job[i].at.until = BEGAN + 63000;
}

static void
ended(size_t i, enum engine_result result)
{
	begun(i, result >= RESULT_REFUSED ? STATE_FAILED : STATE_DONE);
	job[i].at.until = 0;
	job[i].at.ended = BEGAN + 6000;
	job[i].result = result;
}

/* The columns of a line of ASCII, two-byte and wide characters. */
static unsigned
columns_of(const char *s)
{
	unsigned n = 0;

	for (; *s != '\0'; s++)
		n += ((*s & 0xc0) != 0x80) + ((*s & 0xf0) == 0xe0);
	return n;
}

static void
make(unsigned columns, unsigned lines)
{
	char *s = made.text, *end;
	unsigned i;

	table.columns = columns;
	table.lines = lines;
	memset(&made, 0, sizeof(made));
	table_make(&table, &made);
	ATF_REQUIRE(made.len < sizeof(made.text));
	ATF_REQUIRE_MSG(made.lines <= lines && made.lines <= TABLE_LINES,
	    "%u lines, not %u", made.lines, lines);
	for (i = 0; i < made.lines; i++, s = end + strlen(TABLE_EOL)) {
		ATF_REQUIRE((end = strstr(s, TABLE_EOL)) != NULL);
		(void)snprintf(line[i], sizeof(line[i]), "%.*s",
		    (int)(end - s), s);
		ATF_CHECK_MSG(columns_of(line[i]) <= columns, "%u columns: %s",
		    columns_of(line[i]), line[i]);
	}
	ATF_CHECK_STREQ(TABLE_END, s);
}

static void
lines_are(const char *const *wanted, size_t n)
{
	size_t i;

	ATF_CHECK_EQ(n, made.lines);
	for (i = 0; i < n; i++)
		ATF_CHECK_STREQ(wanted[i], line[i]);
}

/* A part of any line that a blank or its end follows. */
static bool
shown(const char *word)
{
	size_t n = strlen(word);
	const char *s;
	unsigned i;

	for (i = 0; i < made.lines; i++)
		for (s = line[i]; (s = strstr(s, word)) != NULL; s++)
			if (s[n] == '\0' || s[n] == ' ')
				return true;
	return false;
}

static void
named(size_t i, const char *text)
{
	(void)snprintf(name[i], sizeof(name[i]), "%s", text);
}

/* A save, a request, a guest that waits for both, two that have ended. */
static void
five(void)
{
	begin(5);
	named(0, "winserver");
	named(1, "db01");
	named(2, "a-name-that-is-longer-than-its-column");
	begun(0, STATE_WORK);
	step[0].chain[0] = POLICY_SUSPEND;
	step[0].chain[1] = POLICY_SHUTDOWN;
	step[0].memory = 4 * GIB;
	job[0].moved = GIB + GIB / 4;
	job[0].at.until = 0;
	begun(1, STATE_ASKED);
	job[1].count.asked = 2;
	step[1].chain[1] = POLICY_SUSPEND;
	step[2].group = 1;
	ended(3, RESULT_OFF);
	ended(4, RESULT_LATE);
	(void)snprintf(job[4].why, sizeof(job[4].why), "no\nspace left");
}

ATF_TC_WITHOUT_HEAD(rows);
ATF_TC_BODY(rows, tc)
{
	static const char *const wanted[] = {
		" 5 guests, 1 done, 1 failed   elapsed 0:41",
		" Waiting for winserver and 1 more, no time limit",
		" GUEST                NOW                    SO FAR   LIMIT"
		"  THEN",
		" winserver            saving 1.2 of 4.0 GiB    0:38   stall"
		"  shutdown",
		"                      [=======>                ] 31 %, "
		"33.6 MiB/s, about 1:24",
		" db01                 asked 2 times            0:38    1:00"
		"  suspend",
		" a-name-that-is-lon~  waits for winserver         -       -"
		"  shutdown",
		" guest3               off                      0:03",
		" guest4               FAILED: no\\nspace left",
		" ^C ends this run (guests stay)   hurry: kill -USR1 4711"
	};

	five();
	make(79, 23);
	lines_are(wanted, N(wanted));
}

ATF_TC_WITHOUT_HEAD(narrow);
ATF_TC_BODY(narrow, tc)
{
	static const char *const wanted[] = {
		" 5 guests, 1 done, 1 failed, 0:41, 1:19",
		" Waiting for winserver +1: 1:19",
		" GUEST          NOW              SO FAR",
		" winserver      saving 1.2 of 4    0:38",
		" db01           asked 2 times      0:38",
		" a-name-that-~  waits for wins~       -",
		" guest3         off                0:03",
		" guest4         FAILED: no\\nspace left",
		" hurry: kill -USR1 4711"
	};

	five();
	table.ends = BEGAN + 120000;
	make(39, 23);
	lines_are(wanted, N(wanted));
}

/* All numbers of a save are in its row. */
ATF_TC_WITHOUT_HEAD(wide);
ATF_TC_BODY(wide, tc)
{
	five();
	table.ends = BEGAN + 120000;
	make(199, 49);
	ATF_CHECK_STREQ(" 5 guests, 1 done, 1 failed   elapsed 0:41"
	    "   worst case 1:19 more", line[0]);
	ATF_CHECK_STREQ(" winserver                              saving 1.2 of "
	    "4.0 GiB, 31 %, 33.6 MiB/s, about 1:24             0:38"
	    "   stall  shutdown", line[3]);
	ATF_CHECK_EQ(9, made.lines);
	table.by = "03:14:20";
	make(79, 23);
	ATF_CHECK_STREQ(" 5 guests, 1 done, 1 failed   elapsed 0:41"
	    "   ends by 03:14:20 (1:19 left)", line[0]);
	make(75, 23);
	ATF_CHECK_STREQ(" 5 guests, 1 done, 1 failed   elapsed 0:41"
	    "   worst case 1:19 more", line[0]);
}

/* What a guest is doing. */
static const struct {
	enum engine_state	 state;
	enum policy_action	 action;
	const char		*now;
} doing[] = {
	{ STATE_PREPARE, POLICY_SUSPEND, "hooks, snapshot" },
	{ STATE_LOOK, POLICY_SUSPEND, "reading its state" },
	{ STATE_CALL, POLICY_SHUTDOWN, "asking to shut down" },
	{ STATE_ASKED, POLICY_SHUTDOWN, "asked to shut down" },
	{ STATE_WORK, POLICY_SUSPEND, "saving 512.0 MiB" },
	{ STATE_WORK, POLICY_DESTROY, "destroying" },
	{ STATE_WORK, POLICY_START, "starting" },
	{ STATE_ABORT, POLICY_SUSPEND, "aborting the save" },
	{ STATE_READY, POLICY_START, "started, not ready" },
	{ STATE_NEW, POLICY_SUSPEND, "waits for a slot" },
};

ATF_TC_WITHOUT_HEAD(states);
ATF_TC_BODY(states, tc)
{
	size_t i;

	for (i = 0; i < N(doing); i++) {
		begin(1);
		begun(0, doing[i].state);
		step[0].chain[0] = doing[i].action;
		job[0].moved = GIB / 2;
		make(79, 23);
		ATF_CHECK_MSG(shown(doing[i].now), "no \"%s\": %s",
		    doing[i].now, line[3]);
	}
	begin(1);
	begun(0, STATE_ASKED);
	job[0].count.paused = 1;
	make(79, 23);
	ATF_CHECK(shown("asked, but paused"));
	begin(1);
	uri[0].up = false;
	make(79, 23);
	ATF_CHECK(shown("no connection"));
}

/* Each guest that has not ended. */
static void
unfinished_shown(size_t from)
{
	size_t i;

	for (i = from; i < plan.n; i++)
		ATF_CHECK_MSG(shown(name[i]), "no %s", name[i]);
}

ATF_TC_WITHOUT_HEAD(crowd);
ATF_TC_BODY(crowd, tc)
{
	size_t i, n;

	for (n = 0; n <= 30; n += 10) {
		begin(30);
		for (i = 0; i < n; i++)
			begun(i, STATE_ASKED);
		make(79, 23);
		unfinished_shown(0);
		ATF_CHECK_EQ(23, made.lines);
		make(39, 23);
		if (n <= 10)
			unfinished_shown(0);
	}
	begin(100);
	for (i = 0; i < 50; i++)
		begun(i, STATE_ASKED);
	make(199, 49);
	unfinished_shown(0);
	make(39, 23);
	ATF_CHECK_MSG(strstr(line[made.lines - 2], "  +") != NULL, "%s",
	    line[made.lines - 2]);
	/* Guests that have ended give their lines away. */
	for (i = 0; i < 85; i++)
		ended(i, RESULT_OFF);
	make(79, 23);
	ATF_CHECK_STREQ(" 100 guests, 85 done   elapsed 0:41", line[0]);
	unfinished_shown(85);
	ATF_CHECK(shown("guest2") && !shown("guest3"));
	ATF_CHECK_STREQ(" +82 done", line[21]);
	for (i = 0; i < 100; i++)
		ended(i, i < 30 ? RESULT_LATE : RESULT_OFF);
	make(79, 20);
	ATF_CHECK_STREQ(" +14 failed, +70 done", line[19]);
	for (i = 0; i < 100; i++)
		ended(i, RESULT_LATE);
	make(79, 20);
	ATF_CHECK_STREQ(" +84 failed", line[19]);
	for (i = 0; i < 100; i++)
		ended(i, RESULT_OFF);
	make(79, 20);
	ATF_CHECK_STREQ(" +84 done", line[19]);
}

/* All sizes, all numbers of guests, and names that use two columns. */
ATF_TC_WITHOUT_HEAD(sizes);
ATF_TC_BODY(sizes, tc)
{
	static const size_t guests_of[] = { 0, 1, 3, 30, GUESTS };
	unsigned columns, lines;
	size_t i, n;

	for (i = 0; i < N(guests_of); i++) {
		begin(guests_of[i]);
		for (n = 0; n < plan.n; n++) {
			if (n % 3 == 0)
				begun(n, STATE_ASKED);
			if (n % 7 == 0)
				named(n, "\xc3\xa9\xe5\xae\xa2\xe5\xae\xa2"
				    "\xe5\xae\xa2\xe5\xae\xa2\xe5\xae\xa2");
		}
		for (columns = 30; columns <= 250; columns += 20)
			for (lines = 6; lines <= 70; lines += 16)
				make(columns, lines);
	}
}

ATF_TC_WITHOUT_HEAD(reason);
ATF_TC_BODY(reason, tc)
{
	five();
	(void)snprintf(job[4].why, sizeof(job[4].why), "operation failed: "
	    "/usr/lib/libvirt/libvirt_iohelper: failure with "
	    "/var/lib/libvirt/qemu/save/guest4.save: No space left on device");
	make(79, 23);
	ATF_CHECK_STREQ(" guest4               FAILED: operation faile~"
	    "st4.save: No space left on device", line[8]);
	make(39, 23);
	ATF_CHECK_STREQ(" guest4         FAILED: oper~ on device", line[7]);
}

ATF_TC_WITHOUT_HEAD(bold);
ATF_TC_BODY(bold, tc)
{
	five();
	table.bold = true;
	make(79, 23);
	ATF_CHECK_STREQ(" guest4               "
	    "\033[1;31mFAILED: no\\nspace left\033[m", line[8]);
}

/* The second line, and the first guest in the shared lines that waits. */
ATF_TC_WITHOUT_HEAD(waiting);
ATF_TC_BODY(waiting, tc)
{
	size_t i;

	begin(100);
	for (i = 0; i < 30; i++)
		begun(i, STATE_ASKED);
	make(79, 23);
	ATF_CHECK_STREQ(" Waiting for guest0 and 29 more, at most 0:22",
	    line[1]);
	ATF_CHECK(shown("guest29 0:38  waiting: guest30  guest31"));
	/* A save has no limit of its own, but the run has one. */
	job[7].at.until = 0;
	make(79, 23);
	ATF_CHECK(shown("29 more, no time limit"));
	table.endless = POLICY_SUSPEND;
	make(79, 23);
	ATF_CHECK_STREQ(" 100 guests, 0 done   elapsed 0:41   worst case no "
	    "limit (suspend)", line[0]);
	make(39, 23);
	ATF_CHECK_STREQ(" 100 guests, 0 done, 0:41, no limit", line[0]);
	table.ends = BEGAN + 71000;
	make(79, 23);
	ATF_CHECK(shown("29 more, at most 0:30"));
	for (i = 0; i < 100; i++)
		ended(i, RESULT_OFF);
	make(79, 23);
	ATF_CHECK_STREQ(" All guests are done", line[1]);
	ended(50, RESULT_LATE);
	make(79, 23);
	ATF_CHECK_STREQ(" 1 of 100 guests failed", line[1]);
	ATF_CHECK(shown("FAILED: still on"));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, rows);
	ATF_TP_ADD_TC(tp, narrow);
	ATF_TP_ADD_TC(tp, wide);
	ATF_TP_ADD_TC(tp, states);
	ATF_TP_ADD_TC(tp, crowd);
	ATF_TP_ADD_TC(tp, waiting);
	ATF_TP_ADD_TC(tp, sizes);
	ATF_TP_ADD_TC(tp, reason);
	ATF_TP_ADD_TC(tp, bold);
	return atf_no_error();
}
