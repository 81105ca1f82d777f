#include "plan/plan.h"

#include <atf-c.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "config/conf.h"
#include "plan/guest.h"
#include "config/guesttab.h"
#include "wire/lvmsg.h"

/* Options of a case, as of -o; the rest are the defaults. */
#define OPTIONS	4

static void
conf_make(struct conf *c, const char *const options[OPTIONS])
{
	struct errmsg em;
	size_t i;

	ATF_REQUIRE(conf_init(c, NULL) == 0);
	for (i = 0; i < OPTIONS && options[i] != NULL; i++)
		if (conf_override(c, options[i], &em) == -1)
			atf_tc_fail("%s: %s", options[i], em.text);
}

/* A guest a letter: p persistent, t transient, o over; a digit: of that URI
 * now. */
static void
guests_more(struct guests *gs, const char *letters)
{
	struct lvmsg_domain d = { .name = "guest", .namelen = 5 };
	struct guest *g;
	size_t uri = 0;
	const char *s;

	d.uuid[0] = (unsigned char)gs->n;
	d.id = (int32_t)gs->n;
	for (s = letters; *s != '\0'; s++) {
		if (*s >= '0' && *s <= '9') {
			uri = (size_t)(*s - '0');
			continue;
		}
		d.uuid[0]++;
		d.id++;
		ATF_REQUIRE(guests_add(gs, uri, &d, &g) == 0);
		g->persistent = *s == 'p' || *s == 'o';
		g->over = *s == 'o';
	}
}

static void
guests_make(struct guests *gs, const char *letters)
{
	guests_init(gs);
	guests_more(gs, letters);
}

/* The steps as the numbers of their guests, "URI:GUEST " each. */
static void
steps_text(const struct plan *p, char *text, size_t size)
{
	size_t i, n = 0;

	text[0] = '\0';
	for (i = 0; i < p->n && n < size; i++)
		n += (size_t)snprintf(text + n, size - n, "%zu:%zu ",
		    p->step[i].uri, p->step[i].guest);
}

static void
table_make(struct guesttab *t, const char *text)
{
	const struct guesttab_source src = { .file = "f", .text = text,
	    .len = strlen(text) };

	guesttab_init(t);
	ATF_REQUIRE_EQ(0, guesttab_parse(t, &src, NULL, NULL));
}

/* Who is stopped, and who is left. */
static const struct {
	const char	*name;
	const char	*option[OPTIONS];
	const char	*guests;
	const char	*steps;
} chosen[] = {
	{ "nobody", { NULL }, "", "" },
	{ "a suspend is for persistent guests", { "ON_SHUTDOWN=suspend" },
	    "ptp", "0:0 0:2 " },
	{ "a shutdown is for all", { "ON_SHUTDOWN=shutdown" }, "ptp",
	    "0:0 0:1 0:2 " },
	{ "a suspend of all", { "ON_SHUTDOWN=suspend", "PERSISTENT_ONLY=no" },
	    "tp", "0:0 0:1 " },
	{ "a shutdown of some", { "ON_SHUTDOWN=shutdown",
	    "PERSISTENT_ONLY=yes" }, "tpt", "0:1 " },
	{ "none is left", { "ON_SHUTDOWN=suspend" }, "ttt", "" },
	{ "who is over is over", { "ON_SHUTDOWN=shutdown" }, "opot",
	    "0:1 0:3 " },
	{ "in the order of the inventory", { "ON_SHUTDOWN=shutdown" },
	    "0pp1p0t", "0:0 0:1 1:2 0:3 " },
};

ATF_TC_WITHOUT_HEAD(stop_chooses);
ATF_TC_BODY(stop_chooses, tc)
{
	char text[256];
	struct guesttab tab;
	struct guests gs;
	struct conf c;
	struct plan p;
	size_t i, j;

	guesttab_init(&tab);
	for (i = 0; i < sizeof(chosen) / sizeof(chosen[0]); i++) {
		conf_make(&c, chosen[i].option);
		guests_make(&gs, chosen[i].guests);
		ATF_REQUIRE(plan_stop(&p, &gs, &c) == 0);
		plan_rows(&p, &gs, &tab, &c);
		steps_text(&p, text, sizeof(text));
		ATF_CHECK_STREQ_MSG(chosen[i].steps, text, "%s",
		    chosen[i].name);
		for (j = 0; j < p.n; j++)
			ATF_CHECK_MSG(p.step[j].chain[0] ==
			    c.on_shutdown[0] &&
			    p.step[j].chain[1] == POLICY_END &&
			    p.step[j].settle == 0, "%s: step %zu",
			    chosen[i].name, j);
		for (j = 0; j < gs.n; j++)
			ATF_CHECK_MSG((gs.guest[j].over ||
			    plan_leaves(&gs, j, &tab, &c)) == (strstr(text,
			    (char[]){ ':', (char)('0' + j), ' ', '\0' }) ==
			    NULL), "%s: guest %zu",
			    chosen[i].name, j);
		plan_free(&p);
		guests_free(&gs);
		conf_free(&c);
	}
	guesttab_free(&tab);
}

/* The chains of a persistent and a transient guest. */
static const struct {
	const char	*option[OPTIONS];
	const char	*row;
	const char	*persistent;
	const char	*transient;	/* NULL: it is left running */
} transients[] = {
	{ { "ON_SHUTDOWN=suspend" }, "", "suspend", NULL },
	{ { "ON_SHUTDOWN=suspend,leave" }, "", "suspend,leave", NULL },
	{ { "ON_SHUTDOWN=suspend,shutdown" }, "", "suspend,shutdown",
	    "shutdown" },
	{ { "ON_SHUTDOWN=shutdown,suspend" }, "", "shutdown,suspend",
	    "shutdown" },
	{ { "ON_SHUTDOWN=shutdown,suspend,destroy" }, "",
	    "shutdown,suspend,destroy", "shutdown,destroy" },
	{ { "ON_SHUTDOWN=leave" }, "", "leave", "leave" },
	{ { "ON_SHUTDOWN=suspend,shutdown", "PERSISTENT_ONLY=yes" }, "",
	    "suspend,shutdown", NULL },
	{ { "ON_SHUTDOWN=suspend,shutdown", "PERSISTENT_ONLY=no" }, "",
	    "suspend,shutdown", "suspend,shutdown" },
	{ { "ON_SHUTDOWN=suspend" }, "* - shutdown", "shutdown", "shutdown" },
	{ { "ON_SHUTDOWN=shutdown" }, "* - suspend", "suspend", NULL },
	{ { "ON_SHUTDOWN=suspend" }, "* - suspend,destroy",
	    "suspend,destroy", "destroy" },
};

ATF_TC_WITHOUT_HEAD(transient);
ATF_TC_BODY(transient, tc)
{
	char text[POLICY_TEXT];
	struct guesttab tab;
	struct guests gs;
	struct conf c;
	struct plan p;
	size_t i;

	for (i = 0; i < sizeof(transients) / sizeof(transients[0]); i++) {
		conf_make(&c, transients[i].option);
		table_make(&tab, transients[i].row);
		guests_make(&gs, "pt");
		ATF_REQUIRE(plan_stop(&p, &gs, &c) == 0);
		plan_rows(&p, &gs, &tab, &c);
		ATF_CHECK_STREQ(transients[i].persistent,
		    policy_chain_text(p.step[0].chain, text));
		ATF_REQUIRE_EQ_MSG(transients[i].transient == NULL ? 1U : 2U,
		    p.n, "case %zu", i);
		ATF_CHECK_EQ(p.n, p.rowed);
		ATF_CHECK_EQ(plan_leaves(&gs, 1, &tab, &c), p.n == 1);
		if (p.n == 2)
			ATF_CHECK_STREQ(transients[i].transient,
			    policy_chain_text(p.step[1].chain, text));
		plan_free(&p);
		guests_free(&gs);
		guesttab_free(&tab);
		conf_free(&c);
	}
}

/* A start takes all of its inventory, in its order. */
ATF_TC_WITHOUT_HEAD(start_takes_all);
ATF_TC_BODY(start_takes_all, tc)
{
	const char *const none[OPTIONS] = { NULL };
	char text[256];
	struct guests gs;
	struct conf c;
	struct plan p;
	size_t i;

	conf_make(&c, none);
	guests_make(&gs, "1tp0pt");
	ATF_REQUIRE(plan_start(&p, &gs, &c) == 0);
	steps_text(&p, text, sizeof(text));
	ATF_CHECK_STREQ("1:0 1:1 0:2 0:3 ", text);
	for (i = 0; i < p.n; i++)
		ATF_CHECK_MSG(p.step[i].chain[0] == POLICY_START &&
		    p.step[i].chain[1] == POLICY_END &&
		    p.step[i].settle == 0, "step %zu", i);
	plan_free(&p);
	ATF_CHECK(p.step == NULL && p.n == 0);
	guests_free(&gs);
	conf_free(&c);
}

/* Bounds and times; -1: of no interest here. */
enum what { STOP, START };

static const struct {
	const char	*name;
	enum what	 what;
	const char	*option[OPTIONS];
	unsigned	 shutdown;
	unsigned	 suspend;
	unsigned	 start;
	bool		 shared;
	int64_t		 limit_shutdown;
	int64_t		 limit_suspend;
	int64_t		 stall;
	int64_t		 delay;
	int64_t		 poll;
	int64_t		 lost;
	int64_t		 deadline;
} bounds[] = {
	{ "defaults of a stop", STOP, { NULL },
	    1, 1, 0, false, 300000, 0, 120000, 0, 1000, 60000, 0 },
	{ "PARALLEL_SHUTDOWN=1 is one after another", STOP,
	    { "PARALLEL_SHUTDOWN=1" },
	    1, 1, 0, false, 300000, 0, 120000, 0, 1000, 60000, 0 },
	{ "PARALLEL_SHUTDOWN=2 shares the time", STOP,
	    { "PARALLEL_SHUTDOWN=2" },
	    2, 1, 0, true, 300000, 0, 120000, 0, 1000, 60000, 0 },
	{ "no time limit", STOP, { "SHUTDOWN_TIMEOUT=0",
	    "PARALLEL_SHUTDOWN=1000" },
	    1000, 1, 0, true, 0, 0, 120000, 0, 1000, 60000, 0 },
	{ "the longest times", STOP, { "SHUTDOWN_TIMEOUT=604800",
	    "SUSPEND_TIMEOUT=604800", "STOP_DEADLINE=604800",
	    "POLL_INTERVAL=3600" },
	    1, 1, 0, false, 604800000, 604800000, 120000, 0, 3600000, 60000,
	    604800000 },
	{ "saves", STOP, { "PARALLEL_SUSPEND=16", "SUSPEND_TIMEOUT=90",
	    "SUSPEND_STALL=0" },
	    1, 16, 0, false, 300000, 90000, 0, 0, 1000, 60000, 0 },
	{ "a daemon is waited for as long as its calls", STOP,
	    { "CONNECT_TIMEOUT=100", "START_WAIT=99" },
	    1, 1, 0, false, 300000, 0, 120000, 0, 1000, 100000, 0 },
	{ "or as long as it may come up", STOP,
	    { "CONNECT_TIMEOUT=1", "START_WAIT=86400" },
	    1, 1, 0, false, 300000, 0, 120000, 0, 1000, 86400000, 0 },
	{ "defaults of a start: parallel", START, { NULL },
	    0, 0, 0, false, 0, 0, 120000, 0, 1000, 60000, 0 },
	{ "PARALLEL_START", START, { "PARALLEL_START=4" },
	    0, 0, 4, false, 0, 0, 120000, 0, 1000, 60000, 0 },
	{ "with a delay one after another", START, { "PARALLEL_START=4",
	    "START_DELAY=3" },
	    0, 0, 1, false, 0, 0, 120000, 3000, 1000, 60000, 0 },
	{ "a start has no deadline", START, { "STOP_DEADLINE=9",
	    "PARALLEL_SHUTDOWN=5", "SUSPEND_STALL=7" },
	    0, 0, 0, false, 0, 0, 7000, 0, 1000, 60000, 0 },
};

#define SAME(field, got)						\
	ATF_CHECK_EQ_MSG((long long)bounds[i].field, (long long)(got),	\
	    "%s: " #field, bounds[i].name)

static void
bounds_check(size_t i, const struct plan *p, const struct conf *c)
{
	SAME(shutdown, p->bound[POLICY_SHUTDOWN]);
	SAME(suspend, p->bound[POLICY_SUSPEND]);
	SAME(start, p->bound[POLICY_START]);
	SAME(shared, p->shared);
	SAME(limit_shutdown, p->limit[POLICY_SHUTDOWN]);
	SAME(limit_suspend, p->limit[POLICY_SUSPEND]);
	SAME(stall, p->stall);
	SAME(delay, p->delay);
	SAME(poll, p->poll);
	SAME(lost, p->lost);
	SAME(deadline, p->deadline);
	ATF_CHECK_EQ_MSG(0, p->limit[POLICY_START], "%s", bounds[i].name);
	ATF_CHECK_EQ_MSG(c->nuris, p->nuris, "%s", bounds[i].name);
}

ATF_TC_WITHOUT_HEAD(bounds_and_times);
ATF_TC_BODY(bounds_and_times, tc)
{
	struct guests gs;
	struct conf c;
	struct plan p;
	size_t i;

	guests_make(&gs, "p");
	for (i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		conf_make(&c, bounds[i].option);
		ATF_REQUIRE((bounds[i].what == STOP ? plan_stop :
		    plan_start)(&p, &gs, &c) == 0);
		bounds_check(i, &p, &c);
		plan_free(&p);
		conf_free(&c);
	}
	guests_free(&gs);
}

/* How long a start waits for what an earlier stop has asked. */
static const struct {
	const char	*option[OPTIONS];
	enum policy_action word;
	int64_t		 settle;
} settles[] = {
	{ { NULL }, POLICY_SUSPEND, 3000 },
	{ { "SHUTDOWN_TIMEOUT=0" }, POLICY_SUSPEND, 3000 },
	{ { NULL }, POLICY_SHUTDOWN, 300000 },
	{ { "SHUTDOWN_TIMEOUT=7" }, POLICY_SHUTDOWN, 7000 },
	{ { "SHUTDOWN_TIMEOUT=0" }, POLICY_SHUTDOWN, 60000 },
	{ { "SHUTDOWN_TIMEOUT=0", "START_WAIT=0", "CONNECT_TIMEOUT=20" },
	    POLICY_SHUTDOWN, 20000 },
};

ATF_TC_WITHOUT_HEAD(settle);
ATF_TC_BODY(settle, tc)
{
	struct guests gs;
	struct conf c;
	struct plan p;
	size_t i;

	guests_make(&gs, "ppp");
	for (i = 0; i < sizeof(settles) / sizeof(settles[0]); i++) {
		conf_make(&c, settles[i].option);
		ATF_REQUIRE(plan_start(&p, &gs, &c) == 0);
		plan_settle(&p, 1, settles[i].word, &c);
		ATF_CHECK_EQ_MSG(settles[i].settle, p.step[1].settle,
		    "case %zu: %lld", i, (long long)p.step[1].settle);
		ATF_CHECK_MSG(p.step[0].settle == 0 && p.step[2].settle == 0,
		    "case %zu: the others", i);
		plan_free(&p);
		conf_free(&c);
	}
	guests_free(&gs);
}

/* What a row says of a start, found by what the guest runs. */
ATF_TC_WITHOUT_HEAD(start_rows);
ATF_TC_BODY(start_rows, tc)
{
	const char *const none[OPTIONS] = { NULL };
	struct guesttab tab;
	struct guests gs;
	struct conf c;
	struct plan p;

	conf_make(&c, none);
	guests_make(&gs, "ppp");
	gs.guest[0].os = strdup("urn:ab");
	gs.guest[2].os = strdup("urn:b");
	table_make(&tab, "os:urn:a* 5 - - ready=delay:7\n"
	    "guest 3 - - start-delay=2,ready=agent\n");
	ATF_REQUIRE(plan_start(&p, &gs, &c) == 0);
	plan_rows(&p, &gs, &tab, &c);
	ATF_CHECK(p.step[2].row == &tab.row[0]);
	ATF_CHECK_EQ(0, p.step[2].guest);
	ATF_CHECK_EQ(7000, p.step[2].ready);
	ATF_CHECK_EQ(0, p.step[2].pause);
	ATF_CHECK_EQ(1, p.step[0].guest);
	ATF_CHECK_EQ(2, p.step[1].guest);
	ATF_CHECK(p.step[0].row == &tab.row[1]);
	ATF_CHECK_EQ(0, p.step[0].ready);
	ATF_CHECK_EQ(2000, p.step[0].pause);
	ATF_CHECK(plan_row(&gs, 0, &tab) == &tab.row[0]);
	guesttab_free(&tab);
	plan_free(&p);
	guests_free(&gs);
	conf_free(&c);
}

/* Guests that come while a stop is under way: each a letter, over or left
 * among them.  The steps of those before do not change, whatever a table says
 * by now and wherever the others belong. */
ATF_TC_WITHOUT_HEAD(more);
ATF_TC_BODY(more, tc)
{
	const char *const none[OPTIONS] = { "ON_SHUTDOWN=suspend" };
	struct guesttab was, is;
	struct plan_step old[3];
	char text[256];
	struct guests gs;
	struct conf c;
	struct plan p;
	size_t i;

	conf_make(&c, none);
	table_make(&was, "os:a 5 shutdown 7 -\nos:b 9 - - stop-delay=2\n");
	table_make(&is, "os:a 6 shutdown,destroy 8 -\nos:b 9999 - 9 -\n");
	guests_make(&gs, "ptpop");
	gs.guest[0].os = strdup("a");
	gs.guest[4].os = strdup("b");
	ATF_REQUIRE(plan_stop(&p, &gs, &c) == 0);
	plan_rows(&p, &gs, &was, &c);
	steps_text(&p, text, sizeof(text));
	ATF_REQUIRE_STREQ("0:2 0:4 0:0 ", text);
	memcpy(old, p.step, sizeof(old));

	guests_more(&gs, "1pto0pp");
	gs.guest[5].os = strdup("a");
	gs.guest[9].os = strdup("b");
	ATF_REQUIRE(plan_more(&p, &gs, 5, &c) == 0);
	steps_text(&p, text, sizeof(text));
	ATF_CHECK_STREQ("0:2 0:4 0:0 1:5 1:6 0:8 0:9 ", text);
	for (i = 3; i < p.n; i++)
		ATF_CHECK_MSG(p.step[i].chain[0] == POLICY_SUSPEND &&
		    p.step[i].chain[1] == POLICY_END &&
		    p.step[i].resend == c.shutdown_resend * 1000 &&
		    p.step[i].persistent == (p.step[i].guest != 6) &&
		    p.step[i].row == NULL &&
		    p.step[i].group == 0 && p.step[i].limit == 0 &&
		    p.step[i].pause == 0, "step %zu", i);
	ATF_CHECK(memcmp(old, p.step, sizeof(old)) == 0);

	plan_rows(&p, &gs, &is, &c);
	steps_text(&p, text, sizeof(text));
	/* Sorted, but not among the others, who stand before them. */
	ATF_CHECK_STREQ("0:2 0:4 0:0 0:8 0:9 1:5 ", text);
	ATF_CHECK(memcmp(old, p.step, sizeof(old)) == 0);
	ATF_CHECK(p.step[4].group < p.step[1].group);
	ATF_CHECK(p.step[3].row == NULL && p.step[3].group == 0);
	ATF_CHECK(p.step[4].row == &is.row[1]);
	ATF_CHECK_EQ(9000, p.step[4].limit);
	ATF_CHECK(p.step[5].row == &is.row[0]);
	ATF_CHECK_EQ(8000, p.step[5].limit);
	ATF_CHECK_EQ(POLICY_SHUTDOWN, p.step[5].chain[0]);
	ATF_CHECK_EQ(POLICY_DESTROY, p.step[5].chain[1]);
	/* Nobody more. */
	ATF_REQUIRE(plan_more(&p, &gs, gs.n, &c) == 0);
	plan_rows(&p, &gs, &was, &c);
	steps_text(&p, text, sizeof(text));
	ATF_CHECK_STREQ("0:2 0:4 0:0 0:8 0:9 1:5 ", text);
	ATF_CHECK(p.step[5].row == &is.row[0]);
	guesttab_free(&was);
	guesttab_free(&is);
	plan_free(&p);
	guests_free(&gs);
	conf_free(&c);
}

/* ... where nobody was there, and without any table. */
/* A start, of which some were left out. */
ATF_TC_WITHOUT_HEAD(more_boots);
ATF_TC_BODY(more_boots, tc)
{
	const char *const none[OPTIONS] = { "START_DELAY=0" };
	struct guesttab tab;
	char text[256];
	struct guests gs;
	struct conf c;
	struct plan p;

	conf_make(&c, none);
	table_make(&tab, "os:a - - - boot=no\nos:b 20\nos:c 10\n");
	guests_make(&gs, "ppp");
	gs.guest[0].os = strdup("a");
	gs.guest[1].os = strdup("b");
	ATF_REQUIRE_EQ(0, plan_start(&p, &gs, &c));
	plan_rows(&p, &gs, &tab, &c);
	plan_boot(&p, &c);
	steps_text(&p, text, sizeof(text));
	ATF_CHECK_STREQ("0:1 0:2 ", text);
	ATF_CHECK_EQ(1, p.dropped);
	guests_more(&gs, "1ppp");
	gs.guest[3].os = strdup("a");
	gs.guest[5].os = strdup("c");
	ATF_REQUIRE_EQ(0, plan_more(&p, &gs, 3, &c));
	plan_rows(&p, &gs, &tab, &c);
	plan_boot(&p, &c);
	steps_text(&p, text, sizeof(text));
	ATF_CHECK_STREQ("0:1 0:2 1:5 1:4 ", text);
	ATF_CHECK_EQ(1, p.dropped);
	ATF_CHECK_EQ(3, p.step[4].guest);
	ATF_CHECK(p.step[2].group < p.step[0].group);
	/* Who may begin before all are there. */
	ATF_CHECK_EQ(10, plan_hold(&tab, false));
	ATF_CHECK_EQ(0, plan_hold(&tab, true));
	guesttab_free(&tab);
	guesttab_init(&tab);
	ATF_CHECK_EQ(UINT_MAX, plan_hold(&tab, false));
	guesttab_free(&tab);
	plan_free(&p);
	guests_free(&gs);
	conf_free(&c);
}

ATF_TC_WITHOUT_HEAD(more_than_none);
ATF_TC_BODY(more_than_none, tc)
{
	const char *const some[OPTIONS] = { "ON_SHUTDOWN=shutdown" };
	struct guests gs;
	struct conf c;
	struct plan p;
	size_t i;

	conf_make(&c, some);
	guests_make(&gs, "");
	ATF_REQUIRE(plan_stop(&p, &gs, &c) == 0);
	ATF_CHECK_EQ(0, p.n);
	for (i = 0; i < 100; i++) {
		guests_more(&gs, "2t");
		ATF_REQUIRE(plan_more(&p, &gs, i, &c) == 0);
	}
	ATF_CHECK_EQ(100, p.n);
	for (i = 0; i < p.n; i++)
		ATF_CHECK_MSG(p.step[i].guest == i && p.step[i].uri == 2 &&
		    p.step[i].chain[0] == POLICY_SHUTDOWN &&
		    !p.step[i].persistent && p.step[i].group == 0 &&
		    p.step[i].limit == 0 && p.step[i].row == NULL,
		    "step %zu", i);
	plan_free(&p);
	guests_free(&gs);
	conf_free(&c);
}

/* Who boots, by row and by ON_BOOT: i inherits, y and n say so, - no row. */
static const struct {
	const char	*on_boot;
	const char	*rows;
	const char	*steps;
	size_t		 dropped;
} boots[] = {
	{ "ON_BOOT=start", "", "", 0 },
	{ "ON_BOOT=start", "-iyn", "0:0 0:1 0:2 ", 1 },
	{ "ON_BOOT=start", "n-nyn", "0:1 0:3 ", 3 },
	{ "ON_BOOT=start", "nn", "", 2 },
	{ "ON_BOOT=ignore", "-iyn", "0:2 ", 3 },
	{ "ON_BOOT=ignore", "yy-y", "0:0 0:1 0:3 ", 1 },
};

ATF_TC_WITHOUT_HEAD(start_boots);
ATF_TC_BODY(start_boots, tc)
{
	static const struct guesttab_row row[] = {
		{ .boot = GUESTTAB_INHERIT }, { .boot = 1 }, { .boot = 0 }
	};
	const char *const *rows;
	char text[256];
	struct guests gs;
	struct conf c;
	struct plan p;
	size_t i, j, all;

	for (i = 0; i < sizeof(boots) / sizeof(boots[0]); i++) {
		const char *const options[OPTIONS] = { boots[i].on_boot };

		rows = &boots[i].rows;
		conf_make(&c, options);
		guests_make(&gs, &"ppppp"[5 - strlen(*rows)]);
		ATF_REQUIRE(plan_start(&p, &gs, &c) == 0);
		for (j = 0; j < p.n; j++)
			p.step[j].row = (*rows)[j] == '-' ? NULL :
			    &row[strcspn("iyn", (char[]){ (*rows)[j], '\0' })];
		all = p.n;
		plan_boot(&p, &c);
		steps_text(&p, text, sizeof(text));
		ATF_CHECK_STREQ_MSG(boots[i].steps, text, "%s", *rows);
		ATF_CHECK_EQ(boots[i].dropped, p.dropped);
		/* Behind them are the others. */
		for (j = p.n; j < all; j++)
			ATF_CHECK(strstr(boots[i].steps, (char[]){ ':',
			    (char)('0' + p.step[j].guest), ' ', '\0' }) ==
			    NULL);
		plan_free(&p);
		guests_free(&gs);
		conf_free(&c);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, stop_chooses);
	ATF_TP_ADD_TC(tp, transient);
	ATF_TP_ADD_TC(tp, start_takes_all);
	ATF_TP_ADD_TC(tp, bounds_and_times);
	ATF_TP_ADD_TC(tp, settle);
	ATF_TP_ADD_TC(tp, start_rows);
	ATF_TP_ADD_TC(tp, more);
	ATF_TP_ADD_TC(tp, more_boots);
	ATF_TP_ADD_TC(tp, more_than_none);
	ATF_TP_ADD_TC(tp, start_boots);
	return atf_no_error();
}
