#include "run/usual.h"

#include <atf-c.h>
#include <string.h>

#include "run/inventory.h"
#include "run/work.h"
#include "sys/history.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))
#define URI	"qemu:///system"

static char uri[] = URI;
static char *uris[] = { uri };
static struct guest guest[] = {
	{ .name = (char []){ "g1" }, .uuid = { 1 }, .persistent = true },
	{ .name = (char []){ "g2" }, .uuid = { 2 }, .persistent = true },
};
static struct run r;
static struct inventory v;
static struct work w;
static struct history h;
static struct history_guest past[HISTORY_RUNS][2];
static struct usual u;

/* A stop by shutdown of n guests; the history is empty. */
static void
begin(size_t n)
{
	memset(&r, 0, sizeof(r));
	memset(&h, 0, sizeof(h));
	r.conf.uris = uris;
	r.conf.nuris = 1;
	r.conf.on_shutdown[0] = POLICY_SHUTDOWN;
	r.conf.on_shutdown[1] = POLICY_END;
	r.conf.shutdown_mode[0] = POLICY_MODE_END;
	r.conf.shutdown_timeout = 60;
	r.conf.poll_interval = 1;
	v.run = &r;
	v.guests.guest = guest;
	v.guests.n = n;
	w.run = &r;
	w.inventory = &v;
	ATF_REQUIRE_EQ(0, plan_stop(&w.plan, &v.guests, &r.conf));
}

static struct history_guest *
stopped(size_t i, int64_t took)
{
	struct history_run *run = &h.run[h.n];
	struct history_guest *g = &past[h.n++][0];

	*run = (struct history_run){ .guest = g, .n = 1 };
	*g = (struct history_guest){ .uri = URI, .how = "shutdown",
	    .asked = 1000, .ended = 1000 + took, .end = HISTORY_WELL };
	memcpy(g->uuid, guest[i].uuid, UUID_LEN);
	return g;
}

static void
make(void)
{
	ATF_REQUIRE_EQ(0, usual_make(&u, &h, &w, false));
	plan_free(&w.plan);
}

/* The median, and the 95th percentile. */
ATF_TC_WITHOUT_HEAD(percentiles);
ATF_TC_BODY(percentiles, tc)
{
	static const int64_t took[] = { 10000, 2000, 4000 };
	size_t i;

	begin(1);
	for (i = 0; i < N(took); i++)
		(void)stopped(0, took[i]);
	make();
	ATF_CHECK_EQ(1, u.known);
	ATF_CHECK_EQ(0, u.unknown);
	ATF_CHECK_EQ(4000, u.about);
	ATF_CHECK_EQ(10000, u.seldom);
	ATF_CHECK_STREQ("", u.cut);

	begin(1);
	(void)stopped(0, 2000);
	(void)stopped(0, 4000);
	make();
	ATF_CHECK_EQ(2000, u.about);
	ATF_CHECK_EQ(4000, u.seldom);
}

/* What does not count: the guest is unknown then. */
ATF_TC_WITHOUT_HEAD(others);
ATF_TC_BODY(others, tc)
{
	begin(1);
	stopped(0, 1000)->end = HISTORY_FAILED;
	stopped(0, 1000)->how = "suspend";
	stopped(0, 1000)->how = "shutdownx";
	stopped(0, 1000)->how = NULL;
	stopped(0, 1000)->uri = "lxc:///";
	stopped(0, 1000)->asked = -1;
	stopped(0, 1000)->ended = 999;
	(void)stopped(1, 1000);
	(void)stopped(0, 1000);
	h.run[h.n - 1].starts = true;
	make();
	ATF_CHECK_EQ(0, u.known);
	ATF_CHECK_EQ(1, u.unknown);

	/* A chain counts by its first action. */
	begin(2);
	stopped(0, 3000)->how = "shutdown,suspend";
	make();
	ATF_CHECK_EQ(1, u.known);
	ATF_CHECK_EQ(1, u.unknown);
	/* One after another; the second as in the worst case. */
	ATF_CHECK(u.about >= 63000);
}

ATF_TC_WITHOUT_HEAD(deadline);
ATF_TC_BODY(deadline, tc)
{
	begin(2);
	(void)stopped(0, 2000);
	(void)stopped(1, 30000);
	w.plan.deadline = 10000;
	make();
	ATF_CHECK_EQ(2, u.known);
	ATF_CHECK_STREQ("g2", u.cut);
	ATF_CHECK(u.seldom <= 10000);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, percentiles);
	ATF_TP_ADD_TC(tp, others);
	ATF_TP_ADD_TC(tp, deadline);
	return atf_no_error();
}
