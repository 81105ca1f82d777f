#include "plan/forecast.h"

#include <atf-c.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/conf.h"
#include "plan/engine.h"
#include "plan/forecast_rest.h"
#include "plan/guest.h"
#include "config/guesttab.h"
#include "wire/lvmsg.h"
#include "plan/plan.h"

/* Options of a case, as of -o; the rest are the defaults. */
#define OPTIONS	5
#define TEXT	512

/* Guests gA, gB, ... of a plan, and what it was made from. */
struct fixture {
	struct conf	 conf;
	struct guests	 guests;
	struct guesttab	 tab;
	struct plan	 plan;
	struct forecast_limits limits;
	const char	*seen;
	struct forecast	 f;
};

static void
fixture_conf(struct fixture *x, const char *const options[OPTIONS])
{
	struct errmsg em;
	size_t i;

	ATF_REQUIRE(conf_init(&x->conf, NULL) == 0);
	for (i = 0; i < OPTIONS && options[i] != NULL; i++)
		if (conf_override(&x->conf, options[i], &em) == -1)
			atf_tc_fail("%s: %s", options[i], em.text);
}

static void
fixture_guests(struct fixture *x, const size_t n[2])
{
	struct lvmsg_domain d = { .id = 0 };
	struct guest *g;
	char name[16];
	size_t i;

	guests_init(&x->guests);
	d.name = name;
	for (i = 0; i < n[0] + n[1]; i++) {
		(void)snprintf(name, sizeof(name), "g%c",
		    (char)('A' + i % 26));
		d.namelen = strlen(name);
		d.id++;
		d.uuid[0] = (unsigned char)(i + 1);
		d.uuid[1] = (unsigned char)((i + 1) >> 8);
		ATF_REQUIRE(guests_add(&x->guests, i < n[0] ? 0 : 1, &d,
		    &g) == 0);
		g->persistent = true;
	}
}

/* How guest i was seen, by the i-th letter. */
static unsigned char
letter_event(const char *seen, size_t i)
{
	static const struct {
		char		  letter;
		enum engine_event event;
	} letters[] = {
		{ 'n', EV_ON }, { 'p', EV_PAUSED }, { 'c', EV_CRASHED },
		{ 's', EV_ASLEEP }, { 'e', EV_ENDING },
	};
	size_t k;

	if (seen != NULL && i < strlen(seen))
		for (k = 0; k < sizeof(letters) / sizeof(letters[0]); k++)
			if (letters[k].letter == seen[i])
				return (unsigned char)letters[k].event;
	return 0;
}

static void
fixture_plan(struct fixture *x, const char *tab, bool stop)
{
	struct guesttab_source src = { "tab", tab, strlen(tab) };
	size_t i;

	guesttab_init(&x->tab);
	ATF_REQUIRE(guesttab_parse(&x->tab, &src, NULL, NULL) == 0);
	ATF_REQUIRE((stop ? plan_stop : plan_start)(&x->plan, &x->guests,
	    &x->conf) == 0);
	plan_rows(&x->plan, &x->guests, &x->tab, &x->conf);
	for (i = 0; i < x->plan.n; i++)
		x->plan.step[i].seen = letter_event(x->seen,
		    x->plan.step[i].guest);
	x->limits.grace = 2000;
	x->limits.snapshot = 60000;
	ATF_REQUIRE(forecast_make(&x->f, &x->plan, &x->limits) == 0);
	ATF_REQUIRE(x->f.n == x->plan.n);
}

static void
fixture_free(struct fixture *x)
{
	forecast_free(&x->f);
	ATF_CHECK(x->f.order == NULL && x->f.step == NULL);
	plan_free(&x->plan);
	guesttab_free(&x->tab);
	guests_free(&x->guests);
	conf_free(&x->conf);
}

static const char *
guest_name(const struct fixture *x, size_t step)
{
	return x->guests.guest[x->plan.step[step].guest].name;
}

/* "gA 0-1000, gB 1000-?, ...", in order. */
static void
turns_text(const struct fixture *x, char text[TEXT])
{
	const struct forecast_step *t;
	char times[2][24];
	size_t i, len;

	text[0] = '\0';
	for (i = 0; i < x->f.n; i++) {
		t = &x->f.step[x->f.order[i]];
		(void)snprintf(times[0], sizeof(times[0]), "%" PRId64,
		    t->begins);
		(void)snprintf(times[1], sizeof(times[1]), "%" PRId64,
		    t->ends);
		len = strlen(text);
		(void)snprintf(text + len, TEXT - len, "%s%s %s-%s",
		    i > 0 ? ", " : "", guest_name(x, x->f.order[i]),
		    t->begins < 0 ? "?" : times[0],
		    t->ends < 0 ? "?" : times[1]);
	}
}

/* All of these times are worked out by hand. */
static const struct {
	const char	*name;
	const char	*option[OPTIONS];
	size_t		 n[2];		/* guests of two URIs */
	const char	*tab;
	bool		 start;
	const char	*slots;
	int64_t		 ends;		/* ms */
	const char	*endless;	/* guest and word */
	int64_t		 bounded;	/* then */
	int64_t		 hooks;		/* those of a stage */
	int64_t		 before;
	const char	*seen;
	const int64_t	*usual;
} cases[] = {
	{ "nobody", { "ON_SHUTDOWN=shutdown" }, { 0 }, "", false, "", 0,
	    NULL },
	{ "one by one", { "ON_SHUTDOWN=shutdown", "SHUTDOWN_TIMEOUT=10" },
	    { 3 }, "", false,
	    "gA 0-10000, gB 10000-20000, gC 20000-30000", 30000, NULL },
	{ "at a time they share the time",
	    { "ON_SHUTDOWN=shutdown", "SHUTDOWN_TIMEOUT=10",
	    "PARALLEL_SHUTDOWN=8" }, { 3 }, "", false,
	    "gA 0-10000, gB 0-10000, gC 0-10000", 10000, NULL },
	/* The second waits for a slot no longer than half of the time. */
	{ "with fewer slots than guests",
	    { "ON_SHUTDOWN=shutdown", "SHUTDOWN_TIMEOUT=10",
	    "PARALLEL_SHUTDOWN=2" }, { 4 }, "", false,
	    "gA 0-10000, gB 0-10000, gC 5000-10000, gD 5000-10000", 10000,
	    NULL },
	/* Pulling a plug takes 30 s and keeps nobody waiting. */
	{ "a chain",
	    { "ON_SHUTDOWN=shutdown,destroy", "SHUTDOWN_TIMEOUT=10" },
	    { 3 }, "", false,
	    "gA 0-40000, gB 10000-50000, gC 20000-60000", 60000, NULL },
	{ "a chain, at a time",
	    { "ON_SHUTDOWN=shutdown,destroy", "SHUTDOWN_TIMEOUT=10",
	    "PARALLEL_SHUTDOWN=3" }, { 3 }, "", false,
	    "gA 0-40000, gB 0-40000, gC 0-40000", 40000, NULL },
	/* An abort may take 30 s, too. */
	{ "saves with a limit", { "SUSPEND_TIMEOUT=60" }, { 3 }, "", false,
	    "gA 0-90000, gB 90000-180000, gC 180000-270000", 270000, NULL },
	{ "saves with none", { NULL }, { 3 }, "", false,
	    "gA 0-?, gB ?-?, gC ?-?", -1, "gA suspend" },
	{ "a deadline has a slot for every guest",
	    { "ON_SHUTDOWN=shutdown", "STOP_DEADLINE=12" }, { 3 }, "", false,
	    "gA 0-12000, gB 4000-12000, gC 8000-12000", 12000, NULL },
	{ "a deadline limits saves, too", { "STOP_DEADLINE=60" }, { 1 }, "",
	    false, "gA 0-60000", 60000, NULL },
	/* 5 s are reserved for a plug, which then has no time beyond it. */
	{ "a deadline and a chain",
	    { "ON_SHUTDOWN=shutdown,destroy", "STOP_DEADLINE=25" }, { 1 },
	    "", false, "gA 0-25000", 25000, NULL },
	{ "a row without a limit",
	    { "ON_SHUTDOWN=shutdown", "SHUTDOWN_TIMEOUT=10" }, { 3 },
	    "gB - - 0\n", false, "gA 0-10000, gB 10000-?, gC ?-?", -1,
	    "gB shutdown", 20000 },
	{ "it keeps no slot of others",
	    { "ON_SHUTDOWN=shutdown", "SHUTDOWN_TIMEOUT=10",
	    "PARALLEL_SHUTDOWN=2" }, { 3 }, "gA - - 0\n", false,
	    "gA 0-?, gB 0-10000, gC 5000-10000", -1,
	    "gA shutdown", 10000 },
	{ "a row with a limit", { "ON_SHUTDOWN=shutdown",
	    "SHUTDOWN_TIMEOUT=10", "PARALLEL_SHUTDOWN=8" }, { 3 },
	    "gB - - 25\n", false,
	    "gA 0-10000, gB 0-25000, gC 0-10000", 25000, NULL },
	{ "groups, and a pause behind the first",
	    { "ON_SHUTDOWN=shutdown", "SHUTDOWN_TIMEOUT=10",
	    "PARALLEL_SHUTDOWN=8" }, { 3, 1 },
	    "gA 1\ngD 3 - - stop-delay=7\ngB 3\n", false,
	    "gC 0-10000, gB 10000-20000, gD 10000-20000, gA 27000-37000",
	    37000, NULL },
	{ "one that is left", { "ON_SHUTDOWN=shutdown",
	    "SHUTDOWN_TIMEOUT=10" }, { 2 }, "gA 9 leave\n", false,
	    "gB 0-10000, gA 10000-10000", 10000, NULL },
	{ "a mixture: each action has its slots",
	    { "ON_SHUTDOWN=shutdown", "SHUTDOWN_TIMEOUT=10",
	    "SUSPEND_TIMEOUT=15" }, { 2, 2 },
	    "gA - suspend\ngC - suspend\n", false,
	    "gA 0-45000, gB 0-10000, gD 10000-20000, gC 45000-90000", 90000,
	    NULL },
	{ "starts", { NULL }, { 3 }, "", true, "gA 0-?, gB 0-?, gC 0-?", -1,
	    "gA start" },
	{ "starts one by one and in order", { "PARALLEL_START=1" }, { 2, 2 },
	    "gD 1\ngB 2\n", true,
	    "gD 0-?, gB ?-?, gA ?-?, gC ?-?", -1, "gD start" },
	{ "starts with a delay", { "START_DELAY=5" }, { 2 }, "", true,
	    "gA 0-?, gB ?-?", -1, "gA start", 5000 },
	/* Who is on needs none. */
	{ "starts of those that run", { NULL }, { 2 }, "", true,
	    "gA 0-0, gB 0-0", 0, NULL, .seen = "nn" },
	{ "a start waits for agents and ports, and no longer",
	    { "START_WAIT=60" }, { 3 },
	    "gA 1 - - ready=agent\ngB 2 - - ready=tcp:h:1\ngC 3\n", true,
	    "gA 0-?, gB ?-?, gC ?-?", -1, "gA start", 120000 },
	{ "a start waits some time, and for a daemon", { NULL }, { 2 },
	    "gA 1 - - ready=delay:7\n", true, "gA 30000-?, gB ?-?", -1,
	    "gA start", 37000, .before = 30000 },
	/* 10 s before the first and behind the last, before and behind each;
	 * those behind a guest hold up nobody. */
	{ "hooks", { "ON_SHUTDOWN=shutdown", "SHUTDOWN_TIMEOUT=10" }, { 2 },
	    "", false, "gA 10000-30000, gB 30000-50000", 70000, NULL,
	    .hooks = 10000 },
	{ "hooks without guests", { NULL }, { 0 }, "", false, "", 20000,
	    NULL, .hooks = 10000 },
	{ "hooks of a start", { NULL }, { 1 }, "", true, "gA 10000-?", -1,
	    "gA start", 40000, .hooks = 10000 },
	{ "none for one that is left", { "ON_SHUTDOWN=leave" }, { 1 }, "",
	    false, "gA 10000-10000", 20000, NULL, .hooks = 10000 },
	/* Four at a time, three of those behind guests. */
	{ "hooks of many", { "ON_SHUTDOWN=shutdown", "SHUTDOWN_TIMEOUT=10",
	    "PARALLEL_SHUTDOWN=8" }, { 6 }, "", false,
	    "gA 10000-30000, gB 10000-30000, gC 10000-30000, "
	    "gD 10000-30000, gE 10000-40000, gF 10000-40000", 60000, NULL,
	    .hooks = 10000 },
	{ "snapshots", { "ON_SHUTDOWN=shutdown", "SHUTDOWN_TIMEOUT=10",
	    "SNAPSHOT=disk" }, { 2 }, "", false,
	    "gA 0-70000, gB 70000-140000", 140000, NULL },
	{ "a snapshot behind hooks", { "ON_SHUTDOWN=shutdown",
	    "SHUTDOWN_TIMEOUT=10" }, { 2 }, "gA - - - snapshot=disk\n",
	    false, "gA 10000-90000, gB 90000-110000", 130000, NULL,
	    .hooks = 10000 },
	/* They are ended at half of the time, and again at half of what is
	 * left; 5 s are for the plug, and no time for those behind it. */
	{ "hooks and a deadline", { "ON_SHUTDOWN=shutdown,destroy",
	    "STOP_DEADLINE=40" }, { 1 }, "", false, "gA 22000-40000", 40000,
	    NULL, .hooks = 30000 },
	/* Time for those behind guests ends with the deadline. */
	{ "hooks cut by a deadline", { "ON_SHUTDOWN=shutdown",
	    "SHUTDOWN_TIMEOUT=1", "STOP_DEADLINE=40" }, { 1 }, "", false,
	    "gA 9000-19000", 37000, NULL, .hooks = 9000 },
	{ "no daemon at first", { "ON_SHUTDOWN=shutdown",
	    "SHUTDOWN_TIMEOUT=10" }, { 1 }, "", false, "gA 30000-40000",
	    40000, NULL, .before = 30000 },
	/* Saved in place of being asked, and beside those that are. */
	{ "paused", { "ON_SHUTDOWN=shutdown", "SHUTDOWN_TIMEOUT=10" },
	    { 2 }, "", false, "gA 0-?, gB 0-10000", -1, "gA suspend", 10000,
	    .seen = "p" },
	/* Aborted, resumed and asked. */
	{ "paused, and its save has an end", { "ON_SHUTDOWN=shutdown",
	    "SHUTDOWN_TIMEOUT=10", "SUSPEND_TIMEOUT=60" }, { 2 }, "", false,
	    "gA 0-100000, gB 0-10000", 100000, NULL, .seen = "p" },
	{ "crashed, asleep, going down", { "ON_SHUTDOWN=shutdown",
	    "SHUTDOWN_TIMEOUT=10", "PARALLEL_SHUTDOWN=4" }, { 3 }, "", false,
	    "gA 0-30000, gB 0-10000, gC 0-10000", 30000, NULL,
	    .seen = "cse" },
	/* No save begins as long as it goes down; that stands still. */
	{ "going down, to be saved", { "ON_SHUTDOWN=suspend,leave",
	    "SUSPEND_STALL=40" }, { 1 }, "", false, "gA 0-40000", 40000,
	    NULL, .seen = "e" },
	{ "usual times, and an unknown one", { "ON_SHUTDOWN=shutdown",
	    "SHUTDOWN_TIMEOUT=10" }, { 3 }, "", false,
	    "gA 0-2000, gB 2000-12000, gC 12000-15000", 15000, NULL,
	    .usual = (const int64_t[]){ 2000, -1, 3000 } },
	{ "usual times of a chain", { "ON_SHUTDOWN=shutdown,destroy",
	    "SHUTDOWN_TIMEOUT=10" }, { 2 }, "", false,
	    "gA 0-12000, gB 10000-11000", 12000, NULL,
	    .usual = (const int64_t[]){ 12000, 1000 } },
	{ "a usual time after the deadline", { "ON_SHUTDOWN=shutdown",
	    "STOP_DEADLINE=12" }, { 2 }, "", false,
	    "gA 0-10000, gB 6000-12000", 12000, NULL,
	    .usual = (const int64_t[]){ 10000, 10000 } },
	{ "usual saves", { NULL }, { 2 }, "", false,
	    "gA 0-7000, gB 7000-9000", 9000, NULL,
	    .usual = (const int64_t[]){ 7000, 2000 } },
	{ "usual starts", { NULL }, { 2 }, "", true, "gA 0-1000, gB 0-2000",
	    2000, NULL, .usual = (const int64_t[]){ 1000, 2000 } },
};

ATF_TC_WITHOUT_HEAD(by_hand);
ATF_TC_BODY(by_hand, tc)
{
	char text[TEXT], endless[64];
	struct fixture x;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture_conf(&x, cases[i].option);
		x.conf.nuris = 2;
		x.limits = (struct forecast_limits){ .hooks = cases[i].hooks,
		    .before = cases[i].before, .usual = cases[i].usual };
		x.seen = cases[i].seen;
		fixture_guests(&x, cases[i].n);
		fixture_plan(&x, cases[i].tab, !cases[i].start);
		turns_text(&x, text);
		ATF_CHECK_STREQ_MSG(cases[i].slots, text, "%s: %s",
		    cases[i].name, text);
		ATF_CHECK_MSG(cases[i].ends == x.f.ends, "%s: %" PRId64,
		    cases[i].name, x.f.ends);
		ATF_CHECK_MSG(x.f.ends != -1 ? x.f.bounded == x.f.ends :
		    x.f.bounded == cases[i].bounded, "%s: bounded %" PRId64,
		    cases[i].name, x.f.bounded);
		ATF_CHECK_MSG(x.f.n < 2 || (x.f.step[1].due > 0) ==
		    (strstr(cases[i].name, "after the deadline") != NULL),
		    "%s: due %" PRId64, cases[i].name, x.f.step[1].due);
		if (x.f.ends == -1) {
			(void)snprintf(endless, sizeof(endless), "%s %s",
			    guest_name(&x, x.f.endless),
			    policy_name(x.f.action));
			ATF_CHECK_STREQ_MSG(cases[i].endless, endless, "%s",
			    cases[i].name);
		}
		x.conf.nuris = 1;
		fixture_free(&x);
	}
}

/* Each step stands in the order once, whatever the times. */
static void
many_check(const char *const option[OPTIONS], int64_t ends)
{
	const size_t n[2] = { 1000, 0 };
	bool seen[1000] = { false };
	struct fixture x = { .limits = { 0 } };
	size_t i;

	fixture_conf(&x, option);
	fixture_guests(&x, n);
	fixture_plan(&x, "", true);
	ATF_REQUIRE_EQ(1000, x.f.n);
	ATF_CHECK_MSG(x.f.ends == ends, "%s: %" PRId64, option[0], x.f.ends);
	for (i = 0; i < x.f.n; i++) {
		ATF_REQUIRE(x.f.order[i] < 1000);
		ATF_CHECK_MSG(!seen[x.f.order[i]], "twice");
		seen[x.f.order[i]] = true;
	}
	fixture_free(&x);
}

static const struct {
	const char	*option[OPTIONS];
	int64_t		 ends;
} manys[] = {
	/* Nothing is counted in polls: these are 19 years. */
	{ { "ON_SHUTDOWN=shutdown", "SHUTDOWN_TIMEOUT=604800" },
	    (int64_t)604800000 * 1000 },
	{ { "ON_SHUTDOWN=shutdown,suspend,destroy", "SHUTDOWN_TIMEOUT=604800",
	    "SUSPEND_TIMEOUT=604800", "PARALLEL_SUSPEND=16",
	    "SHUTDOWN_RESEND=1" },
	    /* The last save begins when the last shutdown ends. */
	    (int64_t)604800000 * 1001 + 60000 },
	{ { "ON_SHUTDOWN=shutdown", "SHUTDOWN_TIMEOUT=604800",
	    "PARALLEL_SHUTDOWN=1000", "SHUTDOWN_RESEND=1" }, 604800000 },
	{ { "ON_SHUTDOWN=shutdown,destroy", "STOP_DEADLINE=3600" }, 3600000 },
	{ { "ON_SHUTDOWN=shutdown", "SHUTDOWN_TIMEOUT=0" }, -1 },
	{ { "ON_SHUTDOWN=suspend", "PARALLEL_SUSPEND=16" }, -1 },
	{ { "ON_SHUTDOWN=leave" }, 0 },
};

ATF_TC_WITHOUT_HEAD(thousand);
ATF_TC_BODY(thousand, tc)
{
	size_t i;

	for (i = 0; i < sizeof(manys) / sizeof(manys[0]); i++)
		many_check(manys[i].option, manys[i].ends);
}

/* The rest of a plan under way. */
ATF_TC_WITHOUT_HEAD(rest);
ATF_TC_BODY(rest, tc)
{
	static const char *const option[OPTIONS] = {
		"ON_SHUTDOWN=shutdown,destroy", "SHUTDOWN_TIMEOUT=10"
	};
	const size_t three[2] = { 3, 0 };
	struct fixture x;
	struct engine e;
	int64_t all, one, last, deadline, none;
	enum policy_action endless;

	fixture_conf(&x, option);
	x.conf.nuris = 2;
	x.limits = (struct forecast_limits){ .hooks = 0 };
	x.seen = NULL;
	fixture_guests(&x, three);
	fixture_plan(&x, "", true);
	ATF_REQUIRE_EQ(0, engine_init(&e, &x.plan, 1000));
	all = rest_ends(&e, &x.limits, 1000, &endless);
	e.job[0].state = STATE_DONE;
	e.unfinished = 2;
	one = rest_ends(&e, &x.limits, 2000, &endless);
	/* Only its destroy is left. */
	e.job[1].state = STATE_FAILED;
	e.job[2].link = 1;
	e.unfinished = 1;
	last = rest_ends(&e, &x.limits, 3000, &endless);
	e.deadline = 4000;
	deadline = rest_ends(&e, &x.limits, 3000, &endless);
	ATF_CHECK_EQ(POLICY_END, endless);
	e.deadline = 0;
	x.plan.step[2].chain[1] = POLICY_SUSPEND;
	none = rest_ends(&e, &x.limits, 3000, &endless);
	engine_free(&e);
	x.conf.nuris = 1;
	fixture_free(&x);
	ATF_CHECK_EQ(61000, all);
	ATF_CHECK_EQ(52000, one);
	ATF_CHECK_EQ(33000, last);
	ATF_CHECK_EQ(4000, deadline);
	ATF_CHECK_EQ(0, none);
	ATF_CHECK_EQ(POLICY_SUSPEND, endless);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, rest);
	ATF_TP_ADD_TC(tp, by_hand);
	ATF_TP_ADD_TC(tp, thousand);
	return atf_no_error();
}
