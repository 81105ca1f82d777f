#include "run/progress.h"

#include <atf-c.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "plan/engine_job.h"
#include "plan/engine.h"
#include "plan/guest.h"
#include "sys/log.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))
#define NAME	"libvirt-guests: "
#define HEAD0	"Suspending guests on qemu:///system URI...\n"
#define HEAD1	"Suspending guests on lxc:///\\e URI...\n"
#define GUESTS	5

static struct guest guest[GUESTS] = {
	{ .name = (char []){ "g1" } },
	{ .name = (char []){ "evil\n\x1b[2J" }, .uri = 1 },
	{ .name = (char []){ "g3" } }, { .name = (char []){ "g4" } },
	{ .name = (char []){ "g5" } }
};
static struct guests guests = { .guest = guest, .n = GUESTS };
/* Not in the order of the guests. */
static struct plan_step step[GUESTS] = {
	{ .guest = 0, .uri = 0 }, { .guest = 1, .uri = 1 },
	{ .guest = 4, .uri = 0 }, { .guest = 3, .uri = 0 },
	{ .guest = 2, .uri = 0 }
};
static struct plan plan = { .step = step, .n = GUESTS, .nuris = 2 };
static struct engine_job job[GUESTS];
static struct engine engine = { .plan = &plan, .job = job };
static char *uris[] = { (char []){ "qemu:///system" },
    (char []){ "lxc:///\033" } };
static bool headed[2];
static struct progress progress;
static int keep[2];

/* Standard output and error go into files from here on. */
static void
begin(void)
{
	static const char *const names[] = { "out", "err" };
	int i, fd;

	progress = (struct progress){ .engine = &engine, .guests = &guests,
	    .uris = uris, .heading = "Suspending guests", .headed = headed };
	headed[0] = headed[1] = false;
	for (i = 0; i < 2; i++) {
		keep[i] = dup(STDOUT_FILENO + i);
		fd = open(names[i], O_WRONLY | O_CREAT | O_TRUNC, 0600);
		ATF_REQUIRE(fd != -1);
		(void)dup2(fd, STDOUT_FILENO + i);
		(void)close(fd);
	}
	log_init(LOG_NORMAL);
}

static void
end(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		(void)dup2(keep[i], STDOUT_FILENO + i);
		(void)close(keep[i]);
	}
}

static const char *
said(const char *path, char text[8192])
{
	int fd = open(path, O_RDONLY);
	ssize_t n;

	ATF_REQUIRE(fd != -1);
	n = read(fd, text, 8191);
	text[n < 0 ? 0 : n] = '\0';
	(void)close(fd);
	return text;
}

#define AGAIN	NAME "guest g1 stays on the list; try libvirt-guests start " \
	"g1, or virsh -c qemu:///system start g1\n"
#define UUID0	"00000000-0000-0000-0000-000000000000"

static const struct {
	const char		*what;
	struct engine_note	 note;
	const char		*out;
	const char		*err;
} notes[] = {
	{ "asked", { .said = SAID_ASKED },
	    HEAD0 "Starting shutdown on guest: g1\n", "" },
	{ "asked, of another name", { .said = SAID_ASKED, .job = 1,
	    .uri = 1 }, HEAD1 "Starting shutdown on guest: "
	    "evil\\n\\e[2J\n", "" },
	{ "asked, of another place", { .said = SAID_ASKED, .job = 2 },
	    HEAD0 "Starting shutdown on guest: g5\n", "" },
	{ "off", { .said = SAID_OFF },
	    HEAD0 "Shutdown of guest g1 complete.\n", "" },
	{ "late", { .said = SAID_LATE }, HEAD0
	    "Shutdown of guest g1 failed to complete in time.\n", "" },
	{ "saving", { .said = SAID_SAVING },
	    HEAD0 "Suspending g1: ...\n", "" },
	{ "moved", { .said = SAID_MOVED, .bytes = 1572864 },
	    HEAD0 "Suspending g1: 1.5 MiB\n", "" },
	{ "saved", { .said = SAID_SAVED },
	    HEAD0 "Suspending g1: done\n", "" },
	{ "again", { .said = SAID_AGAIN },
	    HEAD0 "Asking guest g1 again to shut down\n", "" },
	{ "destroyed", { .said = SAID_DESTROYED },
	    HEAD0 "Guest g1 destroyed\n", "" },
	{ "left", { .said = SAID_LEFT },
	    HEAD0 "Leaving guest g1 running\n", "" },
	{ "next", { .said = SAID_NEXT, .text = "no", .action = POLICY_SUSPEND },
	    HEAD0, NAME "warning: qemu:///system: guest g1: no; "
	    "trying suspend\n" },
	{ "started", { .said = SAID_STARTED },
	    HEAD0 "Resuming guest g1: done\n", "" },
	{ "unready", { .said = SAID_UNREADY, .text = "not ready" }, HEAD0,
	    NAME "warning: qemu:///system: guest g1: not ready\n" },
	{ "active", { .said = SAID_ACTIVE },
	    HEAD0 "Resuming guest g1: already active\n", "" },
	{ "gone", { .said = SAID_GONE }, HEAD0, NAME "warning: "
	    "qemu:///system: guest g1 no longer exists; removed from the "
	    "list\n" },
	{ "migrated", { .said = SAID_MIGRATED },
	    HEAD0 "Guest g1 migrated away\n", "" },
	{ "one", { .said = SAID_WAIT_ONE, .seconds = 280 }, HEAD0
	    "Waiting for guest g1 to shut down, 280 seconds left\n", "" },
	{ "one, no seconds left", { .said = SAID_WAIT_ONE, .seconds = 0 },
	    HEAD0 "Waiting for guest g1 to shut down, 0 seconds left\n",
	    "" },
	{ "one, endless", { .said = SAID_WAIT_ONE, .seconds = -1 },
	    HEAD0 "Waiting for guest g1 to shut down\n", "" },
	{ "many", { .said = SAID_WAIT_MANY, .count = 3, .seconds = 5 },
	    "Waiting for 3 guests to shut down, 5 seconds left\n", "" },
	{ "many, endless", { .said = SAID_WAIT_MANY, .count = 3,
	    .seconds = -1 }, "Waiting for 3 guests to shut down\n", "" },
	{ "expired", { .said = SAID_EXPIRED },
	    "Timeout expired while shutting down domains\n", "" },
	{ "failed", { .said = SAID_FAILED, .text = "it %s would not" },
	    HEAD0, NAME "qemu:///system: guest g1: it %s would not\n"
	    AGAIN },
	{ "failed without words", { .said = SAID_FAILED },
	    HEAD0, NAME "qemu:///system: guest g1: \n" AGAIN }
};

ATF_TC_WITHOUT_HEAD(words);
ATF_TC_BODY(words, tc)
{
	char out[8192], err[8192];
	bool told[SAID_FAILED + 1] = { false };
	size_t i;

	for (i = 0; i < N(notes); i++) {
		told[notes[i].note.said] = true;
		begin();
		progress_tell(&progress, &notes[i].note);
		end();
		ATF_CHECK_MSG(strcmp(said("out", out), notes[i].out) == 0,
		    "%s: %s", notes[i].what, out);
		ATF_CHECK_MSG(strcmp(said("err", err), notes[i].err) == 0,
		    "%s: %s", notes[i].what, err);
	}
	for (i = 0; i < N(told); i++)
		ATF_CHECK_MSG(told[i], "%zu is not looked at", i);
}

/* What can be done about a guest that failed. */
static const struct {
	bool			 stop;
	bool			 down;
	enum engine_result	 result;
	size_t			 job;
	const char		*uri;
	const char		*text;
} todos[] = {
	{ true, false, RESULT_LATE, 0, "default", "guest g1 still runs; look "
	    "with virsh console g1, end it with virsh destroy g1" },
	{ true, true, RESULT_STALLED, 0, "qemu:///system", "guest g1 still "
	    "runs, and is cut off with the host; look with virsh -c "
	    "qemu:///system console g1, end it with virsh -c qemu:///system "
	    "destroy g1" },
	{ true, false, RESULT_UNKNOWN, 0, "q:///s?a=b&c", "guest g1 may still "
	    "run; look with virsh -c 'q:///s?a=b&c' domstate g1" },
	{ true, false, RESULT_REFUSED, 1, "default", "guest evil\\n\\e[2J "
	    "still runs; look with virsh console " UUID0 ", end it with virsh "
	    "destroy " UUID0 },
	{ false, false, RESULT_REFUSED, 2, "default", "guest g5 stays on the "
	    "list; try libvirt-guests start g5, or virsh start g5" },
	{ false, false, RESULT_UNKNOWN, 0, "default", "guest g1 may not run; "
	    "it stays on the list; look with virsh domstate g1" }
};

ATF_TC_WITHOUT_HEAD(todo);
ATF_TC_BODY(todo, tc)
{
	struct engine_note n = { .said = SAID_FAILED, .text = "no" };
	char *given[2], err[8192];
	const char *line;
	size_t i;

	for (i = 0; i < N(todos); i++) {
		n.job = todos[i].job;
		given[0] = given[1] = (char *)(uintptr_t)todos[i].uri;
		job[n.job].result = todos[i].result;
		plan.stop = todos[i].stop;
		begin();
		progress.uris = given;
		progress.down = todos[i].down;
		progress_tell(&progress, &n);
		end();
		line = strchr(said("err", err), '\n');
		ATF_REQUIRE(line != NULL && strlen(line) > strlen(NAME) + 1);
		err[strlen(err) - 1] = '\0';
		ATF_CHECK_STREQ(todos[i].text, line + 1 + strlen(NAME));
		job[n.job].result = RESULT_NONE;
		plan.stop = false;
	}
}

/* A heading for each URI, when it is the first time there. */
ATF_TC_WITHOUT_HEAD(headings);
ATF_TC_BODY(headings, tc)
{
	static const struct { size_t job; size_t uri; } turns[] = {
		{ 0, 0 }, { 2, 0 }, { 1, 1 }, { 3, 0 }
	};
	struct engine_note n = { .said = SAID_SAVED };
	char text[8192];
	size_t i;

	begin();
	for (i = 0; i < N(turns); i++) {
		n.job = turns[i].job;
		n.uri = turns[i].uri;
		progress_tell(&progress, &n);
	}
	end();
	ATF_CHECK_STREQ(HEAD0 "Suspending g1: done\nSuspending g5: done\n"
	    HEAD1 "Suspending evil\\n\\e[2J: done\n"
	    "Suspending g4: done\n", said("out", text));
}

/* However long what libvirt says, it is a line. */
ATF_TC_WITHOUT_HEAD(long_text);
ATF_TC_BODY(long_text, tc)
{
	static char why[9000];
	struct engine_note n = { .said = SAID_UNREADY, .text = why };
	char err[8192];
	size_t len;

	memset(why, 'w', sizeof(why) - 1);
	begin();
	progress_tell(&progress, &n);
	end();
	len = strlen(said("err", err));
	ATF_CHECK(len > 1000 && len < 4097);
	ATF_CHECK(strchr(err, '\n') == err + len - 1);
}

/* The results' own words stand for O, S, L and C. */
static const struct {
	size_t		 n;
	enum engine_result result[GUESTS];
	const char	*out;
} sums[] = {
	{ 0, { RESULT_NONE }, "" },
	{ 1, { RESULT_OFF }, "1 guest: 1 O\n" },
	{ 3, { RESULT_SAVED, RESULT_SAVED, RESULT_SAVED },
	    "3 guests: 3 S\n" },
	{ 5, { RESULT_CUT, RESULT_OFF, RESULT_LATE, RESULT_OFF, RESULT_OFF },
	    "5 guests: 3 O, 1 L, 1 C\n" },
	{ 2, { RESULT_MIGRATED, RESULT_OFF }, "2 guests: 1 O, 1 M\n" }
};

/* The text with the words put in. */
static const char *
worded(const char *text, char want[256])
{
	static const struct { char letter; enum engine_result result; } w[] = {
		{ 'O', RESULT_OFF }, { 'S', RESULT_SAVED },
		{ 'L', RESULT_LATE }, { 'C', RESULT_CUT },
		{ 'M', RESULT_MIGRATED }
	};
	size_t n = 0, i;

	for (; *text != '\0'; text++) {
		for (i = 0; i < N(w) && w[i].letter != *text; i++)
			continue;
		if (i < N(w))
			n += (size_t)snprintf(want + n, 256 - n, "%s",
			    job_result_name(w[i].result));
		else
			want[n++] = *text;
	}
	want[n] = '\0';
	return want;
}

ATF_TC_WITHOUT_HEAD(sum);
ATF_TC_BODY(sum, tc)
{
	char out[8192], want[256];
	size_t i, k;

	for (i = 0; i < N(sums); i++) {
		for (k = 0; k < GUESTS; k++)
			guest[k].result = (unsigned char)sums[i].result[k];
		begin();
		progress_sum(&progress);
		end();
		ATF_CHECK_STREQ(worded(sums[i].out, want), said("out", out));
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, words);
	ATF_TP_ADD_TC(tp, todo);
	ATF_TP_ADD_TC(tp, headings);
	ATF_TP_ADD_TC(tp, long_text);
	ATF_TP_ADD_TC(tp, sum);
	return atf_no_error();
}
