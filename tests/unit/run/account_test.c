#include "run/account.h"

#include <sys/stat.h>

#include <atf-c.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan/engine_job.h"
#include "run/inventory.h"
#include "run/record.h"

#define HISTORY	"state/libvirt-guests.history"

static char state_dir[] = "state", run_dir[] = "run", uri[] = "qemu:///system";
static char *uris[] = { uri };
static const struct run_options options;
static struct run r;
static struct record rec;
static struct inventory v;
static struct host host[1];
static struct guest guest[] = {
	{ .name = (char []){ "g1" }, .uuid = { 1 }, .persistent = true },
	{ .name = (char []){ "g2" }, .uuid = { 2 }, .persistent = true },
	{ .name = (char []){ "g3" }, .uuid = { 3 } },
};
static struct account a;
static struct history h;
static char *text;

/* A stop, or a start, whose guests are known. */
static void
begin(bool stopping)
{
	(void)mkdir("run", 0755);
	(void)mkdir("state", 0755);
	memset(&r, 0, sizeof(r));
	memset(&v, 0, sizeof(v));
	r.name = stopping ? "stop" : "start";
	r.options = &options;
	r.stopping = stopping;
	r.began = loop_now();
	r.conf.state_dir = state_dir;
	r.conf.run_dir = run_dir;
	r.conf.uris = uris;
	r.conf.nuris = 1;
	r.conf.on_shutdown[0] = POLICY_SUSPEND;
	r.conf.on_shutdown[1] = POLICY_END;
	ATF_REQUIRE_EQ(0, record_init(&rec, &r));
	record_open(&rec);
	ATF_REQUIRE_EQ(0, record_load(&rec));
	v.run = &r;
	v.record = &rec;
	v.host = host;
	v.guests.guest = guest;
	v.guests.n = 3;
	account_init(&a, &v, &rec);
	account_begin(&a);
}

static void
end(void)
{
	account_free(&a);
	record_free(&rec);
}

/* The history as it is now. */
static void
written(void)
{
	struct errmsg em;
	size_t len;

	history_free(&h);
	free(text);
	ATF_REQUIRE_EQ(0, history_read(HISTORY, &text, &len, &em));
	ATF_REQUIRE_EQ(0, history_parse(&h, text == NULL ? "" : text, len));
	ATF_CHECK_EQ(0, h.malformed);
}

/* A guest has ended by the n-th action of its chain. */
static void
ends(size_t i, enum engine_result result, enum policy_action action,
    unsigned char link)
{
	struct plan_step step = { .chain = { POLICY_SHUTDOWN, POLICY_SUSPEND,
	    POLICY_END } };
	struct engine_job j = { .step = &step, .result = result,
	    .link = link, .moved = 4096 };

	step.chain[link] = action;
	(void)strcpy(j.why, "because");
	account_ended(&a, i, &j);
}

ATF_TC_WITHOUT_HEAD(stop);
ATF_TC_BODY(stop, tc)
{
	const struct history_guest *g;
	struct history_run run;

	begin(true);
	account_guests(&a);
	/* On disk before the first guest is touched. */
	written();
	ATF_REQUIRE_EQ(1, h.n);
	ATF_CHECK_EQ(-1, h.run[0].length);
	ATF_REQUIRE_EQ(3, h.run[0].n);
	ATF_CHECK_EQ(HISTORY_OPEN, h.run[0].guest[0].end);
	ATF_CHECK_EQ(-1, h.run[0].guest[0].asked);

	account_asked(&a, 0, POLICY_SHUTDOWN, POLICY_MODE_AGENT);
	account_acked(&a, 0);
	account_asked(&a, 0, POLICY_SHUTDOWN, POLICY_MODE_AGENT);
	account_asked(&a, 0, POLICY_SUSPEND, POLICY_MODE_END);
	ends(0, RESULT_SAVED, POLICY_SUSPEND, 1);
	account_asked(&a, 1, POLICY_DESTROY, POLICY_MODE_END);
	ends(1, RESULT_LATE, POLICY_DESTROY, 0);
	r.down = "runlevel 0";
	account_end(&a, RUN_FAILED);
	written();
	ATF_REQUIRE_EQ(1, h.n);
	ATF_CHECK(h.run[0].length >= 0);
	ATF_CHECK_EQ(RUN_FAILED, h.run[0].code);
	ATF_CHECK_STREQ("runlevel 0", h.run[0].reason);
	ATF_CHECK(!h.run[0].selected);
	g = &h.run[0].guest[0];
	ATF_CHECK_STREQ("shutdown,suspend", g->how);
	ATF_CHECK_STREQ("agent", g->mode);
	ATF_CHECK_EQ(3, g->asks);
	ATF_CHECK(g->asked >= 0 && g->acked >= g->asked &&
	    g->ended >= g->acked);
	ATF_CHECK_EQ(4096, g->bytes);
	ATF_CHECK_STREQ(job_result_name(RESULT_SAVED), g->result);
	ATF_CHECK_STREQ("because", g->why);
	ATF_CHECK(!history_failed(g) && !g->forced);
	g = &h.run[0].guest[1];
	ATF_CHECK(history_failed(g) && g->forced);
	ATF_CHECK_EQ(0, g->bytes);
	/* PERSISTENT_ONLY left it running: no job. */
	g = &h.run[0].guest[2];
	ATF_CHECK_STREQ(job_result_name(RESULT_LEFT), g->result);
	ATF_CHECK_STREQ("PERSISTENT_ONLY", g->why);
	ATF_CHECK(!history_failed(g) && g->how == NULL);

	ATF_REQUIRE_EQ(0, account_run(&a, RUN_FAILED, &run));
	ATF_REQUIRE_EQ(3, run.n);
	ATF_CHECK_STREQ("because", run.guest[0].why);
	ATF_CHECK(run.guest[2].how == NULL);
	free(run.guest);
	end();

	/* The next run is before it. */
	begin(true);
	v.guests.n = 1;
	account_guests(&a);
	ends(0, RESULT_OFF, POLICY_SHUTDOWN, 0);
	account_end(&a, RUN_OK);
	written();
	ATF_REQUIRE_EQ(2, h.n);
	ATF_CHECK_EQ(RUN_OK, h.run[0].code);
	ATF_CHECK_EQ(1, h.run[0].n);
	/* The first action worked: nothing to explain. */
	ATF_CHECK(h.run[0].guest[0].why == NULL);
	ATF_CHECK_EQ(3, h.run[1].n);
	end();
}

/* Entries of the list that have no job. */
ATF_TC_WITHOUT_HEAD(start);
ATF_TC_BODY(start, tc)
{
	size_t i;

	begin(false);
	for (i = 0; i < 3; i++)
		ATF_REQUIRE_EQ(0, record_add(&rec, &guest[i]));
	(void)record_note(&rec, record_find(&rec, &guest[0]), RECORD_GONE);
	(void)record_note(&rec, record_find(&rec, &guest[1]),
	    RECORD_UNWANTED);
	host[0].failed = true;
	(void)strcpy(host[0].why.text, "no daemon");
	account_guests(&a);
	account_end(&a, RUN_FAILED);
	host[0].failed = false;
	written();
	ATF_REQUIRE_EQ(1, h.n);
	ATF_CHECK(h.run[0].starts);
	ATF_REQUIRE_EQ(3, h.run[0].n);
	ATF_CHECK_STREQ(job_result_name(RESULT_GONE),
	    h.run[0].guest[0].result);
	ATF_CHECK(history_failed(&h.run[0].guest[0]));
	ATF_CHECK_STREQ("not started", h.run[0].guest[1].result);
	ATF_CHECK(!history_failed(&h.run[0].guest[1]));
	ATF_CHECK_STREQ("not started", h.run[0].guest[2].result);
	ATF_CHECK_STREQ("no daemon", h.run[0].guest[2].why);
	ATF_CHECK(history_failed(&h.run[0].guest[2]));
	end();
}

/* The file cannot be written, or the run has no lock: the run is known. */
ATF_TC_WITHOUT_HEAD(unwritten);
ATF_TC_BODY(unwritten, tc)
{
	struct history_run run;

	begin(true);
	(void)unlink(HISTORY);
	ATF_REQUIRE_EQ(0, mkdir(HISTORY, 0755));
	account_guests(&a);
	ends(0, RESULT_OFF, POLICY_SHUTDOWN, 0);
	account_end(&a, RUN_OK);
	ATF_CHECK(a.failed);
	ATF_REQUIRE_EQ(0, account_run(&a, RUN_OK, &run));
	ATF_REQUIRE_EQ(3, run.n);
	ATF_CHECK_STREQ(job_result_name(RESULT_OFF), run.guest[0].result);
	free(run.guest);
	end();
	ATF_REQUIRE_EQ(0, rmdir(HISTORY));

	begin(true);
	account_free(&a);
	account_init(&a, &v, &rec);
	account_end(&a, RUN_DENIED);
	ATF_REQUIRE_EQ(0, account_run(&a, RUN_DENIED, &run));
	ATF_CHECK_EQ(0, run.n);
	ATF_CHECK_STREQ("stop", run.command);
	ATF_CHECK_EQ(RUN_DENIED, run.code);
	ATF_CHECK(run.length >= 0 && !run.starts);
	ATF_CHECK_EQ(-1, access(HISTORY, F_OK));
	free(run.guest);
	end();
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, stop);
	ATF_TP_ADD_TC(tp, start);
	ATF_TP_ADD_TC(tp, unwritten);
	return atf_no_error();
}
