#include "run/record.h"

#include <sys/stat.h>

#include <atf-c.h>
#include <string.h>

#include "run/run.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))

static char state_dir[] = "state", run_dir[] = "run", uri[] = "qemu:///system";
static char *uris[] = { uri };
static struct run r;
static struct record rec;
static struct guest guest = { .name = (char []){ "g1" }, .uuid = { 1 },
    .persistent = true, .id = 3 };
static const struct list_life life = { 3, 100 };

/* A run, after the one before has ended. */
static void
begin(void)
{
	static const struct run_options options;

	(void)mkdir("run", 0755);
	memset(&r, 0, sizeof(r));
	r.options = &options;
	r.conf.state_dir = state_dir;
	r.conf.run_dir = run_dir;
	r.conf.uris = uris;
	r.conf.nuris = 1;
	ATF_REQUIRE_EQ(0, record_init(&rec, &r));
	record_open(&rec);
	ATF_REQUIRE_EQ(0, record_load(&rec));
}

static void
again(void)
{
	record_free(&rec);
	begin();
}

static struct list_entry *
listed(void)
{
	ATF_REQUIRE_EQ(0, record_add(&rec, &guest));
	record_save(&rec);
	return record_meet(&rec, &guest, &life);
}

/*
 * The rule, for each state: whether a guest stays listed, and whether the next
 * run takes it for one that may still shut down.
 */
static const struct {
	enum record_state state;
	bool		  stays;
	bool		  pends;
} states[] = {
	{ RECORD_ASKED, true, true }, { RECORD_PENDING, true, true },
	{ RECORD_LATE, true, true }, { RECORD_STALLED, true, false },
	{ RECORD_KEPT, true, false }, { RECORD_SAVED, true, false },
	{ RECORD_OFF, true, false }, { RECORD_MIGRATED, false, false },
	{ RECORD_STARTED, false, false }, { RECORD_RUNNING, true, true },
	{ RECORD_GONE, false, false }, { RECORD_UNWANTED, false, false }
};

ATF_TC_WITHOUT_HEAD(rule);
ATF_TC_BODY(rule, tc)
{
	struct list_entry *e;
	size_t i;

	begin();
	for (i = 0; i < N(states); i++) {
		e = listed();
		record_ask(&rec, e, POLICY_SHUTDOWN);
		ATF_CHECK_EQ(!states[i].stays,
		    record_note(&rec, e, states[i].state));
		ATF_CHECK_EQ(states[i].state, e->state);
		ATF_CHECK_EQ(states[i].state == RECORD_GONE, rec.gone);
		/* Once. */
		ATF_CHECK(!record_note(&rec, e, states[i].state));
		record_save(&rec);
		again();
		e = record_meet(&rec, &guest, &life);
		ATF_CHECK_MSG(e->listed == states[i].stays, "state %d",
		    states[i].state);
		ATF_CHECK_MSG(RECORD_PENDS(e) == states[i].pends, "state %d",
		    states[i].state);
		(void)record_note(&rec, e, RECORD_UNWANTED);
	}
	record_free(&rec);
}

/* It runs, and nothing is pending, or it is transient. */
ATF_TC_WITHOUT_HEAD(running);
ATF_TC_BODY(running, tc)
{
	struct list_entry *e;

	begin();
	e = listed();
	ATF_CHECK(record_note(&rec, e, RECORD_RUNNING));
	e = listed();
	record_ask(&rec, e, POLICY_SUSPEND);
	ATF_CHECK(record_note(&rec, e, RECORD_RUNNING));
	guest.persistent = false;
	e = listed();
	record_ask(&rec, e, POLICY_SHUTDOWN);
	ATF_CHECK(record_note(&rec, e, RECORD_RUNNING));
	guest.persistent = true;
	record_free(&rec);
}

static const struct {
	struct list_life now;
	bool		 same;
} lives[] = {
	{ { 3, 100 }, true }, { { 9, 100 }, true }, { { 3, 101 }, false },
	{ { 3, 0 }, true }, { { 4, 0 }, false }, { { -1, 0 }, true }
};

/* Requests are of one life of a guest. */
ATF_TC_WITHOUT_HEAD(life);
ATF_TC_BODY(life, tc)
{
	struct list_entry *e;
	size_t i;

	begin();
	for (i = 0; i < N(lives); i++) {
		e = listed();
		record_ask(&rec, e, POLICY_SHUTDOWN);
		again();
		e = record_meet(&rec, &guest, &lives[i].now);
		ATF_CHECK_MSG(RECORD_PENDS(e) == lives[i].same, "life %zu",
		    i);
		again();
		e = record_meet(&rec, &guest, &lives[i].now);
		ATF_CHECK_MSG(RECORD_PENDS(e) == lives[i].same, "life %zu",
		    i);
		(void)record_note(&rec, e, RECORD_UNWANTED);
	}
	record_free(&rec);
}

/* The order of the list, whatever the journal has, and the labels. */
ATF_TC_WITHOUT_HEAD(order);
ATF_TC_BODY(order, tc)
{
	struct guest other = { .name = (char []){ "a\nb" }, .uuid = { 2 },
	    .persistent = true, .id = 4 };
	char label[GUEST_LABEL];
	struct list_entry *e;
	size_t i = 0;

	begin();
	ATF_CHECK(record_find(&rec, &guest) == NULL);
	ATF_REQUIRE_EQ(0, record_add(&rec, &other));
	e = listed();
	record_ask(&rec, e, POLICY_SHUTDOWN);
	again();
	ATF_CHECK_EQ(2, record_count(&rec));
	ATF_REQUIRE((e = record_next(&rec, &i)) != NULL);
	ATF_CHECK_EQ(2, e->uuid[0]);
	ATF_CHECK_STREQ("a\\nb", list_label(e, label));
	ATF_REQUIRE((e = record_next(&rec, &i)) != NULL);
	ATF_CHECK_EQ(1, e->uuid[0]);
	ATF_CHECK(record_next(&rec, &i) == NULL);
	list_name(e, "");
	ATF_CHECK_STREQ("01000000-0000-0000-0000-000000000000",
	    list_label(e, label));
	record_free(&rec);
}

/* A record that gets another URI keeps its name, place and request, in the
 * journal too; if both exist, one of them stays listed. */
ATF_TC_WITHOUT_HEAD(rename);
ATF_TC_BODY(rename, tc)
{
	struct list_entry *e;
	size_t i = 0;

	begin();
	e = listed();
	record_ask(&rec, e, POLICY_SHUTDOWN);
	ATF_CHECK(!record_rename(&rec, "test:///none", "test:///new"));
	ATF_CHECK(record_rename(&rec, uri, "test:///new"));
	record_save(&rec);
	again();
	ATF_CHECK_EQ(1, record_count(&rec));
	ATF_REQUIRE((e = record_next(&rec, &i)) != NULL);
	ATF_CHECK_STREQ("test:///new", e->uri);
	ATF_REQUIRE(e->name != NULL);
	ATF_CHECK_STREQ(guest.name, e->name);
	ATF_CHECK(RECORD_PENDS(e));
	/* Both. */
	(void)listed();
	ATF_CHECK_EQ(2, record_count(&rec));
	ATF_CHECK(record_rename(&rec, "test:///new", uri));
	ATF_CHECK_EQ(1, record_count(&rec));
	ATF_CHECK(record_find(&rec, &guest)->listed);
	record_free(&rec);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, rename);
	ATF_TP_ADD_TC(tp, rule);
	ATF_TP_ADD_TC(tp, running);
	ATF_TP_ADD_TC(tp, life);
	ATF_TP_ADD_TC(tp, order);
	return atf_no_error();
}
