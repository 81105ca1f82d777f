#include "sys/history.h"

#include <sys/stat.h>

#include <atf-c.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text/buf.h"

#define U1	"11111111-1111-1111-1111-111111111111"
#define RUN	"run stop stop 100 2500 0 b1 7 - 0\n"
#define GUEST	"guest q:///x " U1 " g1 shutdown - 1 5 6 900 0 well - off -\n"

static struct history h;

static void
parse(const char *text)
{
	ATF_REQUIRE_EQ(0, history_parse(&h, text, strlen(text)));
}

static const struct history_run full_run = {
	.starts = true, .command = "restart", .began = 1795885967,
	.length = 120000, .deadline = 90000, .boot = "b 1", .pid = 42,
	.reason = "runlevel 0", .code = 1, .selected = true
};
static const struct history_guest full_guest = {
	.uri = "qemu+unix:///x?socket=/a%20b", .name = "a b\n\033%-\xff",
	.how = "shutdown,suspend", .mode = "agent", .asks = 3, .asked = 0,
	.acked = 7, .ended = 119000, .bytes = (uint64_t)1 << 33,
	.end = HISTORY_FAILED, .forced = true, .result = "still on",
	.why = "error: No space left\non device"
};

static void
guest_same(const struct history_guest *a, const struct history_guest *b)
{
	ATF_CHECK_STREQ(a->uri, b->uri);
	ATF_CHECK_STREQ(a->name, b->name);
	ATF_CHECK_STREQ(a->how, b->how);
	ATF_CHECK_STREQ(a->mode, b->mode);
	ATF_CHECK_STREQ(a->result, b->result);
	ATF_CHECK_STREQ(a->why, b->why);
	ATF_CHECK_EQ(a->asks, b->asks);
	ATF_CHECK_EQ(a->asked, b->asked);
	ATF_CHECK_EQ(a->acked, b->acked);
	ATF_CHECK_EQ(a->ended, b->ended);
	ATF_CHECK_EQ(a->bytes, b->bytes);
	ATF_CHECK_EQ(a->end, b->end);
	ATF_CHECK_EQ(a->forced, b->forced);
}

ATF_TC_WITHOUT_HEAD(round_trip);
ATF_TC_BODY(round_trip, tc)
{
	struct history_run open = { .command = "-", .length = -1,
	    .boot = "b", .code = 9 };
	struct history_guest none = { .uri = "-", .asked = -1, .acked = -1,
	    .ended = -1, .name = "" };
	struct buf b;

	ATF_REQUIRE_EQ(0, buf_init(&b, 64, HISTORY_FILE));
	buf_put(&b, HISTORY_HEAD, strlen(HISTORY_HEAD));
	history_put_run(&b, &full_run);
	history_put_guest(&b, &full_guest);
	history_put_guest(&b, &none);
	history_put_run(&b, &open);
	ATF_REQUIRE_EQ(0, history_parse(&h, (char *)b.base, b.len));
	ATF_CHECK_EQ(0, h.malformed);
	ATF_REQUIRE_EQ(2, h.n);
	ATF_CHECK(h.run[0].starts);
	ATF_CHECK_STREQ("restart", h.run[0].command);
	ATF_CHECK_EQ(1795885967, h.run[0].began);
	ATF_CHECK_EQ(120000, h.run[0].length);
	ATF_CHECK_EQ(90000, h.run[0].deadline);
	ATF_CHECK_STREQ("b 1", h.run[0].boot);
	ATF_CHECK_EQ(42, h.run[0].pid);
	ATF_CHECK_STREQ("runlevel 0", h.run[0].reason);
	ATF_CHECK_EQ(1, h.run[0].code);
	ATF_CHECK(h.run[0].selected);
	ATF_CHECK(!h.run[1].selected);
	ATF_REQUIRE_EQ(2, h.run[0].n);
	guest_same(&full_guest, &h.run[0].guest[0]);
	ATF_CHECK_STREQ("-", h.run[0].guest[1].uri);
	ATF_CHECK(h.run[0].guest[1].name == NULL);
	ATF_CHECK_EQ(-1, h.run[0].guest[1].asked);
	ATF_CHECK_EQ(HISTORY_OPEN, h.run[0].guest[1].end);
	ATF_CHECK_STREQ("-", h.run[1].command);
	ATF_CHECK_EQ(-1, h.run[1].length);
	ATF_CHECK(h.run[1].reason == NULL);
	ATF_CHECK_EQ(0, h.run[1].n);
	history_free(&h);
	buf_free(&b);
}

ATF_TC_WITHOUT_HEAD(odd);
ATF_TC_BODY(odd, tc)
{
	static const struct {
		const char	*text;
		size_t		 runs;
		size_t		 guests;
		size_t		 malformed;
	} rows[] = {
		{ "", 0, 0, 0 },
		{ "junk\n" RUN, 0, 0, 1 },
		{ HISTORY_HEAD, 0, 0, 0 },
		{ HISTORY_HEAD RUN GUEST, 1, 1, 0 },
		/* A part of a line, as of a torn write. */
		{ HISTORY_HEAD RUN GUEST "guest q:///x 1111", 1, 1, 1 },
		{ HISTORY_HEAD RUN GUEST "run st", 1, 1, 1 },
		/* Its guests are not those of the run before. */
		{ HISTORY_HEAD RUN "run halt x 1\n" GUEST, 1, 0, 1 },
		{ HISTORY_HEAD GUEST RUN, 1, 0, 0 },
		{ HISTORY_HEAD "run stop stop x 2500 0 b1 7 - 0\n", 0, 0, 1 },
		{ HISTORY_HEAD "run stop %zz 1 2500 0 b1 7 - 0\n", 0, 0, 1 },
		{ HISTORY_HEAD "run stop a%00 1 2500 0 b1 7 - 0\n", 0, 0, 1 },
		/* Of a newer version: more words, other lines. */
		{ HISTORY_MARK "2\n" "run stop s 1 2 0 b 7 - 0 more\nhost x\n"
		    GUEST, 1, 1, 0 },
		{ HISTORY_HEAD "\n\r\n" RUN "\n" GUEST, 1, 1, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		parse(rows[i].text);
		ATF_CHECK_EQ_MSG(rows[i].runs, h.n, "row %zu: %zu runs", i,
		    h.n);
		ATF_CHECK_EQ_MSG(rows[i].guests, h.nguests,
		    "row %zu: %zu guests", i, h.nguests);
		ATF_CHECK_EQ_MSG(rows[i].malformed, h.malformed,
		    "row %zu: %zu malformed", i, h.malformed);
		history_free(&h);
	}
}

ATF_TC_WITHOUT_HEAD(bounds);
ATF_TC_BODY(bounds, tc)
{
	struct buf b;
	int i;

	ATF_REQUIRE_EQ(0, buf_init(&b, 64, HISTORY_FILE));
	buf_put(&b, HISTORY_HEAD, strlen(HISTORY_HEAD));
	for (i = 0; i < HISTORY_RUNS + 5; i++) {
		buf_put(&b, RUN, strlen(RUN));
		buf_put(&b, GUEST, strlen(GUEST));
	}
	ATF_REQUIRE_EQ(0, history_parse(&h, (char *)b.base, b.len));
	ATF_CHECK_EQ(HISTORY_RUNS, h.n);
	ATF_CHECK_EQ(HISTORY_RUNS, h.nguests);
	ATF_CHECK_EQ(1, h.run[HISTORY_RUNS - 1].n);
	history_free(&h);
	buf_free(&b);
}

ATF_TC_WITHOUT_HEAD(kept);
ATF_TC_BODY(kept, tc)
{
	static const char two[] = HISTORY_HEAD RUN GUEST RUN GUEST;
	const size_t one = strlen(RUN GUEST);
	char many[64 * (HISTORY_RUNS + 2)] = HISTORY_HEAD;
	const char *from = two;
	size_t i;

	/* Whole runs only. */
	ATF_CHECK_EQ(2 * one, history_keep(&from, strlen(two), 2 * one));
	ATF_CHECK(from == two + strlen(HISTORY_HEAD));
	from = two;
	ATF_CHECK_EQ(one, history_keep(&from, strlen(two), 2 * one - 1));
	from = two;
	ATF_CHECK_EQ(0, history_keep(&from, strlen(two), one - 1));
	/* Without the part of a line at the end. */
	from = two;
	ATF_CHECK_EQ(2 * one - strlen(GUEST),
	    history_keep(&from, strlen(two) - 1, 9999));
	from = "other\n" RUN;
	ATF_CHECK_EQ(0, history_keep(&from, strlen(from), 9999));
	from = HISTORY_HEAD;
	ATF_CHECK_EQ(0, history_keep(&from, strlen(from), 9999));
	from = "";
	ATF_CHECK_EQ(0, history_keep(&from, 0, 9999));
	/* One run less than there may be: a new one precedes them. */
	for (i = 0; i < HISTORY_RUNS; i++)
		strcat(many, RUN);
	from = many;
	ATF_CHECK_EQ((HISTORY_RUNS - 1) * strlen(RUN),
	    history_keep(&from, strlen(many), 99999));
}

ATF_TC_WITHOUT_HEAD(cut);
ATF_TC_BODY(cut, tc)
{
	struct history_guest g = full_guest;
	char text[HISTORY_WORD + 100];
	struct buf b;

	memset(text, '\n', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	g.uri = g.name = g.how = g.mode = g.result = g.why = text;
	ATF_REQUIRE_EQ(0, buf_init(&b, 64, HISTORY_FILE));
	history_put_guest(&b, &g);
	ATF_CHECK(!b.bad);
	ATF_CHECK_MSG(b.len <= HISTORY_LINE, "%zu bytes", b.len);
	ATF_CHECK(memchr(b.base, '\n', b.len) == b.base + b.len - 1);
	buf_free(&b);
}

ATF_TC_WITHOUT_HEAD(file);
ATF_TC_BODY(file, tc)
{
	struct errmsg em;
	struct buf b;
	char *text;
	size_t len;

	ATF_REQUIRE_EQ(0, history_read("none", &text, &len, &em));
	ATF_CHECK_EQ(0, len);
	free(text);
	ATF_REQUIRE_EQ(0, buf_init(&b, 64, HISTORY_FILE));
	buf_put(&b, HISTORY_HEAD, strlen(HISTORY_HEAD));
	ATF_REQUIRE_EQ_MSG(0, history_write("dir/history", &b, &em), "%s",
	    em.text);
	ATF_REQUIRE_EQ(0, history_read("dir/history", &text, &len, &em));
	ATF_CHECK_STREQ(HISTORY_HEAD, text);
	free(text);
	/* A file of others is refused, and replaced. */
	ATF_REQUIRE_EQ(0, chmod("dir/history", 0666));
	ATF_CHECK_EQ(-1, history_read("dir/history", &text, &len, &em));
	ATF_CHECK_EQ(EPERM, em.code);
	ATF_REQUIRE_EQ(0, history_write("dir/history", &b, &em));
	ATF_CHECK_EQ(0, history_read("dir/history", &text, &len, &em));
	free(text);
	/* Too large. */
	ATF_REQUIRE_EQ(0, truncate("dir/history", HISTORY_FILE + 1));
	ATF_CHECK_EQ(-1, history_read("dir/history", &text, &len, &em));
	ATF_CHECK_EQ(EFBIG, em.code);
	b.bad = 1;
	ATF_CHECK_EQ(-1, history_write("dir/history", &b, &em));
	ATF_CHECK_EQ(-1, history_write("no/such/dir", &b, &em));
	buf_free(&b);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, round_trip);
	ATF_TP_ADD_TC(tp, odd);
	ATF_TP_ADD_TC(tp, bounds);
	ATF_TP_ADD_TC(tp, kept);
	ATF_TP_ADD_TC(tp, cut);
	ATF_TP_ADD_TC(tp, file);
	return atf_no_error();
}
