#include "libvirt/virt.h"

#include <atf-c.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text/buf.h"
#include "fake.h"
#include "plan/guest.h"
#include "sys/loop.h"
#include "wire/uri.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))
#define BYTES(s)	(s), sizeof(s) - 1

#define MALFORMED	"the daemon sent a malformed answer"
#define LONG	20000		/* ms: never comes to its end in a test */
#define SHORT	100		/* ms: comes to its end in a test */

/* Procedures. */
enum { OPEN = 1, RESUME = 28, FEATURE = 60, AUTH = 66, POLKIT = 70, JOB = 163,
	NET_CREATE = 39, NET_DESTROY = 42, NET_LOOKUP = 47, NETS = 283,
	ABORT = 164, UNSAVE = 184, SNAPSHOT = 185,
	SAVE = 182, IMAGE = 183, START = 196, STATE = 212, DESTROY = 234,
	SHUTDOWN = 258, WAKEUP = 267,
	LIST = 273, REGISTER = 316, XML = 14, INFO = 16,
	GET_TIME = 337, SET_TIME = 338 };

#define OK	"\0\0\0\1" "\0\0\0\2"		/* a state */
#define G1	"\0\0\0\2" "g1\0\0" "\1\1\1\1" "\1\1\1\1" "\1\1\1\1"	\
		"\1\1\1\1" "\0\0\0\7"
#define N1	"\0\0\0\2" "g1\0\0" "\1\1\1\1" "\1\1\1\1" "\1\1\1\1"	\
		"\1\1\1\1"		/* a network */

/* What the handlers heard, and what they do. */
static struct heard {
	int	ups;
	int	downs;
	int	failures;
	int	events;
	char	why[512];
	char	name[64];
	int32_t	event;
} heard;

struct asked {
	struct virt_call	call;
	int			n;
	enum virt_result	result;
	enum lvmsg_class	class;
	char			text[512];
	int32_t			number;
	struct lvmsg_state	state;
	struct lvmsg_job	job;
	uint64_t		kib;
	char			xml[64];
	uint32_t		count;
	size_t			namelen;	/* of a network */
	bool			closes;
	struct asked		*then;	/* asked by the answer's handler */
};

/* The questions of which a virt_close leaves none. */
static const struct asked *all;
static size_t nall;

static bool up_closes, down_closes, failed_opens, event_closes;
static struct loop loop;
static struct fake fake;
static struct uri uri;
static struct virt virt;
static struct guest guest = { .name = (char []){ "g1" }, .id = 7,
    .uuid = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 } };

static void
on_up(void *arg)
{
	struct virt *v = arg;

	heard.ups++;
	ATF_CHECK_EQ(VIRT_UP, v->state);
	if (up_closes)
		virt_close(v);
}

static void
on_down(void *arg, const char *why)
{
	struct virt *v = arg;

	heard.downs++;
	(void)snprintf(heard.why, sizeof(heard.why), "%s", why);
	ATF_CHECK(v->state != VIRT_UP);
	if (down_closes)
		virt_close(v);
}

static void
on_failed(void *arg, const char *why)
{
	struct virt *v = arg;

	heard.failures++;
	(void)snprintf(heard.why, sizeof(heard.why), "%s", why);
	ATF_CHECK_EQ(VIRT_CLOSED, v->state);
	if (failed_opens)
		virt_open(v, LONG, loop_now());
	failed_opens = false;
}

static void
on_event(void *arg, const struct lvmsg_lifecycle *lc)
{
	struct virt *v = arg;

	heard.events++;
	(void)snprintf(heard.name, sizeof(heard.name), "%.*s",
	    (int)lc->domain.namelen, lc->domain.name);
	heard.event = lc->event;
	if (event_closes)
		virt_close(v);
}

static const struct virt_handlers handlers = { on_up, on_down, on_failed,
    on_event };

static void
on_fake(void *arg, short revents)
{
	(void)arg;
	(void)revents;
	ATF_REQUIRE_EQ(0, fake_turn(&fake));
}

static void
begin(struct fake_rule *rules, size_t n, int64_t connect_ms)
{
	struct virt_setup vs = { .uri = &uri, .loop = &loop,
	    .connect_ms = connect_ms, .handlers = &handlers, .arg = &virt };
	char dir[128], text[256], path[160];
	struct errmsg em;

	ATF_REQUIRE(getcwd(dir, sizeof(dir)) != NULL);
	(void)snprintf(path, sizeof(path), "%s/sock", dir);
	(void)snprintf(text, sizeof(text), "qemu:///system?socket=%s", path);
	memset(&heard, 0, sizeof(heard));
	up_closes = down_closes = failed_opens = event_closes = false;
	ATF_REQUIRE_EQ_MSG(0, uri_parse(&uri, text, &em), "%s", em.text);
	ATF_REQUIRE_EQ(0, loop_init(&loop, &em));
	ATF_REQUIRE_EQ(0, fake_init(&fake, path, rules, n));
	ATF_REQUIRE_EQ(0, loop_add(&loop, fake.fd, on_fake, NULL));
	ATF_REQUIRE_EQ(0, virt_init(&virt, &vs));
}

static void
end(void)
{
	virt_free(&virt);
	fake_free(&fake);
	loop_free(&loop);
	uri_free(&uri);
}

static void
step(int64_t by)
{
	int64_t next;
	struct errmsg em;

	virt_tick(&virt, loop_now());
	next = virt_next(&virt);
	ATF_REQUIRE_EQ(0, loop_wait(&loop, next == 0 || next > by ? by : next,
	    &em));
}

/* Let it run until something is so; if it never comes, say what. */
#define RUN(cond)	do {						\
	int64_t run_by = loop_now() + LONG;				\
	while (!(cond)) {						\
		step(run_by);						\
		ATF_REQUIRE_MSG(loop_now() < run_by, "not so: %s; up %d " \
		    "down %d failed %d: %s", #cond, heard.ups,		\
		    heard.downs, heard.failures, heard.why);		\
	}								\
} while (0)

/* Let it do all that needs no waiting. */
static void
settle(void)
{
	int i;

	for (i = 0; i < 50; i++)
		step(1);
}

static void
go_up(struct fake_rule *rules, size_t n, int64_t connect_ms)
{
	begin(rules, n, connect_ms);
	virt_open(&virt, LONG, loop_now());
	RUN(heard.ups == 1);
}

static void
answered(struct virt_call *c, const struct virt_answer *a)
{
	struct asked *q = c->arg;
	struct lvmsg_domain d;
	uint32_t i;

	ATF_CHECK(!c->busy);
	ATF_REQUIRE(a->text != NULL);
	q->n++;
	q->result = a->result;
	q->class = a->class;
	(void)snprintf(q->text, sizeof(q->text), "%s", a->text);
	q->number = a->number;
	q->state = a->state;
	q->job = a->job;
	q->kib = a->kib;
	(void)snprintf(q->xml, sizeof(q->xml), "%.*s", (int)a->xmllen,
	    a->xml != NULL ? a->xml : "");
	q->count = a->count;
	q->namelen = a->net.namelen;
	if (a->result == VIRT_OK && c->what == VIRT_LIST) {
		for (i = 0; i < a->count; i++)
			ATF_CHECK_EQ(0, lvmsg_next_domain(a->list, &d));
		ATF_CHECK_EQ(0, lvmsg_end_list(a->list, a->count));
	}
	if (q->closes) {
		virt_close(c->virt);
		for (i = 0; i < nall; i++)
			ATF_CHECK_MSG(!all[i].call.busy, "question %u", i);
	}
	if (q->then != NULL)
		(void)virt_ask(c->virt, &q->then->call);
}

static struct asked
question(enum virt_what what)
{
	return (struct asked){ .call = { .what = what, .guest = &guest,
	    .done = answered, .flags = 5, .text = "<a/>" } };
}

static int
ask(struct asked *q)
{
	q->call.arg = q;
	return virt_ask(&virt, &q->call);
}

/* The procedures called on a connection, "66 1 60". */
static const char *
calls_of(int conn, char text[256])
{
	size_t i, n = 0;

	text[0] = '\0';
	for (i = 0; i < fake.ncalls && n < 240; i++)
		if (fake.call[i].conn == conn)
			n += (size_t)snprintf(text + n, 256 - n, "%s%u",
			    n > 0 ? " " : "", fake.call[i].proc);
	return text;
}

static void
is_body(uint32_t proc, size_t i, const char *want, size_t n)
{
	const struct fake_call *c = fake_find(&fake, proc, i);

	ATF_REQUIRE_MSG(c != NULL, "%u was not called", proc);
	ATF_CHECK_MSG(c->len == n && memcmp(c->body, want, n) == 0,
	    "%u: other arguments, of %zu bytes", proc, c->len);
}

/*
 * The greeting.
 */

static const struct greeting {
	const char	*what;
	struct fake_rule rule[2];
	const char	*calls;
	const char	*why;		/* NULL: it comes up */
	bool		 no_driver;
} greetings[] = {
	{ "auth none", { { .proc = AUTH, .bytes = "\0\0\0\1\0\0\0\0",
	    .len = 8 } }, "66 1 60 60 316", NULL },
	{ "auth polkit", { { .proc = AUTH, .bytes = "\0\0\0\1\0\0\0\2",
	    .len = 8 }, { .proc = POLKIT, .bytes = "\0\0\0\1", .len = 4 } },
	    "66 70 1 60 60 316", NULL },
	{ "auth sasl or none", { { .proc = AUTH,
	    .bytes = "\0\0\0\2\0\0\0\1\0\0\0\0", .len = 12 } },
	    "66 1 60 60 316", NULL },
	{ "auth polkit or none", { { .proc = AUTH,
	    .bytes = "\0\0\0\2\0\0\0\2\0\0\0\0", .len = 12 } },
	    "66 1 60 60 316", NULL },
	{ "auth sasl", { { .proc = AUTH, .bytes = "\0\0\0\1\0\0\0\1",
	    .len = 8 } }, "66", "SASL" },
	{ "auth without types", { { .proc = AUTH, .bytes = "\0\0\0\0",
	    .len = 4 } }, "66", "authentication" },
	{ "auth malformed", { { .proc = AUTH, .bytes = "\0\0\0\2\0\0\0\0",
	    .len = 8 } }, "66", "malformed" },
	{ "auth refused", { { .proc = AUTH, .act = FAKE_ERROR, .code = 45,
	    .text = "go\taway" } }, "66", "go\\taway" },
	{ "polkit refused", { { .proc = AUTH, .bytes = "\0\0\0\1\0\0\0\2",
	    .len = 8 }, { .proc = POLKIT, .act = FAKE_ERROR, .code = 88,
	    .text = "no" } }, "66 70", "no" },
	{ "open refused", { { .proc = OPEN, .act = FAKE_ERROR, .code = 5,
	    .text = "no connection driver" } }, "66 1",
	    "no connection driver", true },
	{ "open denied", { { .proc = OPEN, .act = FAKE_ERROR, .code = 29,
	    .text = "not you" } }, "66 1", "not you" },
	{ "open refused without words", { { .proc = OPEN, .act = FAKE_ERROR,
	    .code = 3 } }, "66 1", "without text", true },
	{ "no features known", { { .proc = FEATURE, .act = FAKE_ERROR,
	    .code = 39, .text = "what" } }, "66 1 60 60", NULL },
	{ "no events", { { .proc = FEATURE, .bytes = "\0\0\0\0",
	    .len = 4 } }, "66 1 60 60", NULL },
	{ "feature malformed", { { .proc = FEATURE, .bytes = "\0\0",
	    .len = 2 } }, "66 1 60 60", NULL },
	{ "no registration", { { .proc = REGISTER, .act = FAKE_ERROR,
	    .code = 1, .text = "full" } }, "66 1 60 60 316", NULL }
};

static void
greeting_try(const struct greeting *g)
{
	struct fake_rule rules[2] = { g->rule[0], g->rule[1] };
	char text[256];

	begin(rules, rules[1].proc == 0 ? 1 : 2, LONG);
	virt_open(&virt, LONG, loop_now());
	RUN(heard.ups + heard.failures > 0);
	settle();
	ATF_CHECK_MSG(heard.ups == (g->why == NULL) &&
	    heard.failures == (g->why != NULL) && heard.downs == 0,
	    "%s: up %d down %d failed %d: %s", g->what, heard.ups,
	    heard.downs, heard.failures, heard.why);
	if (g->why != NULL)
		ATF_CHECK_MSG(strstr(heard.why, g->why) != NULL, "%s: %s",
		    g->what, heard.why);
	ATF_CHECK_MSG(strcmp(calls_of(0, text), g->calls) == 0, "%s: %s",
	    g->what, text);
	/* What will never work is not tried again. */
	ATF_CHECK_MSG(fake.accepted == 1, "%s: dialled %d times", g->what,
	    fake.accepted);
	ATF_CHECK_EQ(g->why == NULL, virt_ready(&virt));
	ATF_CHECK_MSG(virt.no_driver == g->no_driver, "%s", g->what);
	virt_close(&virt);
	virt_open(&virt, LONG, loop_now());
	ATF_CHECK(!virt.no_driver);
	end();
}

ATF_TC_WITHOUT_HEAD(greeting);
ATF_TC_BODY(greeting, tc)
{
	size_t i;

	for (i = 0; i < N(greetings); i++)
		greeting_try(&greetings[i]);
}

ATF_TC_WITHOUT_HEAD(greeting_bytes);
ATF_TC_BODY(greeting_bytes, tc)
{
	go_up(NULL, 0, LONG);
	is_body(AUTH, 0, BYTES(""));
	is_body(OPEN, 0, BYTES("\0\0\0\1" "\0\0\0\xe" "qemu:///system\0\0"
	    "\0\0\0\0"));
	is_body(FEATURE, 0, BYTES("\0\0\0\xa"));
	is_body(FEATURE, 1, BYTES("\0\0\0\xe"));
	is_body(REGISTER, 0, BYTES("\0\0\0\0" "\0\0\0\0"));
	end();
}

/* Whichever step it stops at, and however, it does not wait for ever. */
ATF_TC_WITHOUT_HEAD(greeting_hangs);
ATF_TC_BODY(greeting_hangs, tc)
{
	static const uint32_t steps[] = { AUTH, OPEN, FEATURE, REGISTER };
	static const enum fake_act how[] = { FAKE_HANG, FAKE_FREEZE };
	struct fake_rule r;
	size_t i, k;

	for (i = 0; i < N(steps); i++)
		for (k = 0; k < N(how); k++) {
			r = (struct fake_rule){ .proc = steps[i],
			    .act = how[k] };
			begin(&r, 1, SHORT);
			virt_open(&virt, 0, loop_now());
			RUN(heard.failures > 0);
			settle();
			ATF_CHECK_MSG(strstr(heard.why, "does not answer") !=
			    NULL, "%u: %s", steps[i], heard.why);
			ATF_CHECK_EQ(1, heard.failures);
			ATF_CHECK_EQ(0, heard.ups + heard.downs);
			end();
		}
}

/* Each step in time, all of them together not. */
ATF_TC_WITHOUT_HEAD(greeting_dribbles);
ATF_TC_BODY(greeting_dribbles, tc)
{
	struct fake_rule r[] = {
		{ .proc = AUTH, .act = FAKE_HOLD,
		    .bytes = "\0\0\0\1\0\0\0\0", .len = 8 },
		{ .proc = 0, .act = FAKE_HOLD, .bytes = "\0\0\0\1",
		    .len = 4 }
	};
	int64_t since;

	begin(r, N(r), 4 * SHORT);
	virt_open(&virt, 0, loop_now());
	while (heard.failures == 0) {
		RUN(fake.nheld > 0 || heard.failures > 0);
		since = loop_now();
		RUN(loop_now() >= since + SHORT || heard.failures > 0);
		fake_release(&fake, 0);
		ATF_REQUIRE_EQ(0, heard.ups);
	}
	ATF_CHECK(strstr(heard.why, "does not answer") != NULL);
	end();
}

/* Nobody even accepts: connect(2) succeeds all the same. */
ATF_TC_WITHOUT_HEAD(not_accepted);
ATF_TC_BODY(not_accepted, tc)
{
	begin(NULL, 0, SHORT);
	loop_del(&loop, fake.fd);
	virt_open(&virt, 0, loop_now());
	RUN(heard.failures > 0);
	ATF_CHECK_EQ(1, heard.failures);
	ATF_CHECK(strstr(heard.why, "does not answer") != NULL);
	end();
}

/* What may go away is tried again, in another connection. */
static struct fake_rule once[] = {
	{ .proc = AUTH, .act = FAKE_DROP, .times = 1 },
	{ .proc = AUTH, .act = FAKE_CUT, .times = 1,
	    .bytes = "\0\0\0\1\0\0\0\0", .len = 8 },
	{ .proc = OPEN, .act = FAKE_ERROR, .times = 1, .code = 38,
	    .text = "not yet" },
	{ .proc = FEATURE, .act = FAKE_RAW, .times = 1, .bytes = "\0\0\0\0",
	    .len = 4 }
};

ATF_TC_WITHOUT_HEAD(tried_again);
ATF_TC_BODY(tried_again, tc)
{
	begin(once, N(once), LONG);
	virt_open(&virt, LONG, loop_now());
	RUN(heard.ups > 0);
	ATF_CHECK_EQ(5, fake.accepted);
	ATF_CHECK_EQ(0, heard.failures + heard.downs);
	end();
}

ATF_TC_WITHOUT_HEAD(no_patience);
ATF_TC_BODY(no_patience, tc)
{
	struct fake_rule r = { .proc = OPEN, .act = FAKE_ERROR, .code = 38,
	    .text = "not yet" };

	begin(&r, 1, LONG);
	virt_open(&virt, 0, loop_now());
	RUN(heard.failures > 0);
	ATF_CHECK_STREQ("not yet", heard.why);
	ATF_CHECK_EQ(1, fake.accepted);
	ATF_CHECK_EQ(VIRT_CLOSED, virt.state);
	end();
}

/* A last attempt when patience ends; no end before. */
ATF_TC_WITHOUT_HEAD(patience);
ATF_TC_BODY(patience, tc)
{
	int64_t began;

	begin(NULL, 0, LONG);
	fake_leave(&fake);
	began = loop_now();
	virt_open(&virt, 250, began);
	RUN(heard.failures > 0);
	ATF_CHECK(loop_now() >= began + 250);
	ATF_CHECK_MSG(strstr(heard.why, "sock: ") != NULL, "%s", heard.why);
	settle();
	ATF_CHECK_EQ(1, heard.failures);
	ATF_CHECK_EQ(0, heard.ups + heard.downs);
	/* Opened again it has its patience again. */
	ATF_REQUIRE_EQ(0, fake_return(&fake));
	virt_open(&virt, LONG, loop_now());
	RUN(heard.ups > 0);
	end();
}

ATF_TC_WITHOUT_HEAD(backoff);
ATF_TC_BODY(backoff, tc)
{
	static const int64_t waits[] = { 100, 200, 400, 800, 1600, 2000, 2000 };
	int64_t before;
	size_t i;

	begin(NULL, 0, LONG);
	fake_leave(&fake);
	virt_open(&virt, 100 * LONG, loop_now());
	for (i = 0; i < N(waits); i++) {
		before = loop_now();
		/* As if the time had come. */
		virt_tick(&virt, virt.next_try);
		ATF_CHECK_EQ(VIRT_WAITING, virt.state);
		ATF_CHECK_MSG(virt.next_try >= before + waits[i] &&
		    virt.next_try <= loop_now() + waits[i], "attempt %zu: %d",
		    i, (int)(virt.next_try - before));
		virt_tick(&virt, virt.next_try - 1);
		ATF_CHECK_EQ(VIRT_WAITING, virt.state);
		virt_tick(&virt, 1);
		ATF_CHECK_EQ(virt.next_try, virt_next(&virt));
	}
	/* Nothing holds it beyond its patience. */
	virt_close(&virt);
	virt_open(&virt, 1000, before = loop_now());
	for (i = 0; i < 7; i++) {
		virt_tick(&virt, virt.next_try);
		ATF_CHECK(virt.next_try <= before + 1000);
	}
	ATF_REQUIRE_EQ(0, fake_return(&fake));
	virt_tick(&virt, virt.next_try);
	/* One that is lost at once is not tried sooner than one that never
	 * came; one that lasts is. */
	for (i = 0; i < 2; i++) {
		RUN(heard.ups == (int)i + 1);
		ATF_CHECK(virt.backoff >= 400);
		virt.came -= i * LONG;
		fake_leave(&fake);
		RUN(heard.downs == (int)i + 1);
		ATF_CHECK_EQ(i > 0, virt.backoff <= 200);
		ATF_REQUIRE_EQ(0, fake_return(&fake));
		virt_tick(&virt, virt.next_try);
	}
	end();
}

/* What was once up is not, when it is opened another time. */
ATF_TC_WITHOUT_HEAD(opened_again);
ATF_TC_BODY(opened_again, tc)
{
	go_up(NULL, 0, LONG);
	virt_close(&virt);
	virt_open(&virt, LONG, loop_now());
	RUN(heard.ups == 2);
	virt_close(&virt);
	fake_leave(&fake);
	virt_open(&virt, 0, loop_now());
	RUN(heard.failures == 1);
	ATF_CHECK_EQ(VIRT_CLOSED, virt.state);
	ATF_CHECK_EQ(0, heard.downs);
	end();
}

ATF_TC_WITHOUT_HEAD(closed);
ATF_TC_BODY(closed, tc)
{
	struct asked q = question(VIRT_STATE);
	struct errmsg em;

	begin(NULL, 0, LONG);
	ATF_CHECK_EQ(0, virt_next(&virt));
	ATF_CHECK_EQ(-1, ask(&q));
	virt_open(&virt, LONG, loop_now());
	ATF_CHECK_EQ(-1, ask(&q));
	ATF_CHECK_EQ(-1, virt_work(&virt, 1, &em));
	ATF_CHECK(!virt_ready(&virt));
	virt_tick(&virt, loop_now());
	ATF_CHECK_EQ(-1, ask(&q));
	virt_close(&virt);
	settle();
	ATF_CHECK_EQ(0, q.n);
	ATF_CHECK_EQ(0, heard.ups + heard.downs + heard.failures);
	ATF_CHECK_EQ(0, virt_next(&virt));
	end();
}

/*
 * Questions.
 */

static const struct kind {
	enum virt_what	 what;
	uint32_t	 proc;
	const char	*args;
	size_t		 nargs;
	const char	*answer;
	size_t		 nanswer;
} kinds[] = {
	{ VIRT_LIST, LIST, BYTES("\0\0\0\1" "\0\0\0\5"),
	    BYTES("\0\0\0\1" G1 "\0\0\0\1") },
	{ VIRT_STATE, STATE, BYTES(G1 "\0\0\0\5"),
	    BYTES("\0\0\0\5" "\0\0\0\3") },
	{ VIRT_JOB, JOB, BYTES(G1), BYTES("\0\0\0\2" "\0\0\0\0\0\0\0\x9"
	    "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\1\0\0" "\0\0\0\1\0\0\0\0"
	    "\0\0\0\0\0\0\0\1" "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0"
	    "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0"
	    "\0\0\0\0\0\0\0\0") },
	{ VIRT_IMAGE, IMAGE, BYTES(G1 "\0\0\0\5"), BYTES("\0\0\0\1") },
	{ VIRT_UNSAVE, UNSAVE, BYTES(G1 "\0\0\0\5"), BYTES("") },
	{ VIRT_SHUTDOWN, SHUTDOWN, BYTES(G1 "\0\0\0\5"), BYTES("") },
	{ VIRT_DESTROY, DESTROY, BYTES(G1 "\0\0\0\5"), BYTES("") },
	{ VIRT_RESUME, RESUME, BYTES(G1), BYTES("") },
	{ VIRT_WAKEUP, WAKEUP, BYTES(G1 "\0\0\0\5"), BYTES("") },
	{ VIRT_ABORT, ABORT, BYTES(G1), BYTES("") },
	{ VIRT_TIME, SET_TIME, BYTES(G1 "\0\0\0\0\0\0\0\0" "\0\0\0\0"
	    "\0\0\0\5"), BYTES("") },
	{ VIRT_AGENT, GET_TIME, BYTES(G1 "\0\0\0\5"),
	    BYTES("\0\0\0\0\1\2\3\4" "\0\0\0\5") },
	{ VIRT_MEMORY, INFO, BYTES(G1), BYTES("\0\0\0\1"
	    "\0\0\0\0\0\0\0\2" "\0\0\0\0\0\0\0\3" "\0\0\0\4"
	    "\0\0\0\0\0\0\0\5") },
	{ VIRT_XML, XML, BYTES(G1 "\0\0\0\5"),
	    BYTES("\0\0\0\4" "<a/>") },
	{ VIRT_NETS, NETS, BYTES("\0\0\0\1" "\0\0\0\5"),
	    BYTES("\0\0\0\1" N1 "\0\0\0\1") },
	{ VIRT_NET_LOOKUP, NET_LOOKUP, BYTES("\1\1\1\1" "\1\1\1\1"
	    "\1\1\1\1" "\1\1\1\1"), BYTES(N1) },
	{ VIRT_NET_START, NET_CREATE, BYTES(N1), BYTES("") },
	{ VIRT_NET_STOP, NET_DESTROY, BYTES(N1), BYTES("") },
	{ VIRT_SNAPSHOT, SNAPSHOT, BYTES(G1 "\0\0\0\4" "<a/>" "\0\0\0\5"),
	    BYTES("\0\0\0\1" "s\0\0\0" G1) },
	{ VIRT_SAVE, SAVE, BYTES(G1 "\0\0\0\5"), BYTES("") },
	{ VIRT_START, START, BYTES(G1 "\0\0\0\5"), BYTES(G1) }
};

static void
kind_check(const struct asked *q)
{
	switch (q->call.what) {
	case VIRT_NET_LOOKUP:
		ATF_CHECK_EQ(2, q->namelen);
		break;
	case VIRT_LIST:
	case VIRT_NETS:
		ATF_CHECK_EQ(1, q->count);
		break;
	case VIRT_STATE:
		ATF_CHECK_EQ(5, q->state.state);
		ATF_CHECK_EQ(3, q->state.reason);
		break;
	case VIRT_JOB:
		ATF_CHECK_EQ(2, q->job.type);
		ATF_CHECK_EQ(UINT64_C(0x100000000), q->job.processed);
		break;
	case VIRT_IMAGE:
		ATF_CHECK_EQ(1, q->number);
		break;
	case VIRT_MEMORY:
		ATF_CHECK_EQ(3, q->kib);
		break;
	case VIRT_XML:
		ATF_CHECK_STREQ("<a/>", q->xml);
		break;
	default:
		break;
	}
}

ATF_TC_WITHOUT_HEAD(questions);
ATF_TC_BODY(questions, tc)
{
	struct fake_rule r[N(kinds)];
	struct asked q[N(kinds)];
	size_t i;

	ATF_REQUIRE_EQ(21, N(kinds));
	memset(r, 0, sizeof(r));
	for (i = 0; i < N(kinds); i++) {
		r[i].proc = kinds[i].proc;
		r[i].bytes = kinds[i].answer;
		r[i].len = kinds[i].nanswer;
		q[i] = question(kinds[i].what);
	}
	go_up(r, N(r), LONG);
	for (i = 0; i < N(kinds); i++) {
		ATF_REQUIRE_EQ(0, ask(&q[i]));
		ATF_CHECK_EQ(-1, ask(&q[i]));	/* it is busy */
	}
	for (i = 0; i < N(kinds); i++) {
		RUN(q[i].n > 0);
		ATF_CHECK_MSG(q[i].result == VIRT_OK && q[i].n == 1,
		    "%u: %d: %s", kinds[i].proc, q[i].result, q[i].text);
		ATF_CHECK_STREQ("", q[i].text);
		is_body(kinds[i].proc, 0, kinds[i].args, kinds[i].nargs);
		kind_check(&q[i]);
	}
	/* The same memory may ask again. */
	ATF_CHECK_EQ(0, ask(&q[1]));
	RUN(q[1].n == 2);
	end();
}

static const struct unhappy {
	enum virt_what	 what;
	struct fake_rule rule;
	enum lvmsg_class class;
	const char	*text;
} unhappy[] = {
	{ VIRT_STATE, { .proc = STATE, .bytes = "\0\0\0\1", .len = 4 },
	    LVMSG_FATAL, MALFORMED },
	{ VIRT_STATE, { .proc = STATE, .bytes = OK "\0\0\0\0", .len = 12 },
	    LVMSG_FATAL, MALFORMED },
	{ VIRT_JOB, { .proc = JOB, .bytes = OK, .len = 8 },
	    LVMSG_FATAL, MALFORMED },
	{ VIRT_IMAGE, { .proc = IMAGE }, LVMSG_FATAL, MALFORMED },
	{ VIRT_LIST, { .proc = LIST, .bytes = "\0\0\x40\1", .len = 4 },
	    LVMSG_FATAL, MALFORMED },
	{ VIRT_LIST, { .proc = LIST, .bytes = "\0\0\0\2" G1 "\0\0\0\2",
	    .len = 36 }, LVMSG_FATAL, MALFORMED },
	{ VIRT_MEMORY, { .proc = INFO, .bytes = OK, .len = 8 },
	    LVMSG_FATAL, MALFORMED },
	{ VIRT_XML, { .proc = XML, .bytes = "\0\0\0\4" "<a/\0", .len = 8 },
	    LVMSG_FATAL, MALFORMED },
	{ VIRT_SHUTDOWN, { .proc = SHUTDOWN, .act = FAKE_ERROR, .code = 42,
	    .text = "no g\x1b[1m1" }, LVMSG_GONE, "no g\\e[1m1" },
	{ VIRT_SHUTDOWN, { .proc = SHUTDOWN, .act = FAKE_ERROR, .code = 55,
	    .text = "not now" }, LVMSG_INVALID, "not now" },
	{ VIRT_SHUTDOWN, { .proc = SHUTDOWN, .act = FAKE_ERROR, .code = 68,
	    .text = "busy" }, LVMSG_RETRY, "busy" },
	{ VIRT_SAVE, { .proc = SAVE, .act = FAKE_ERROR, .code = 9 },
	    LVMSG_FATAL, "the daemon sent an error without text" },
	{ VIRT_START, { .proc = START, .act = FAKE_ERROR, .code = 29,
	    .text = "read only" }, LVMSG_DENIED, "read only" },
	/* An error of four bytes; serial 6 is the first behind the greeting. */
	{ VIRT_STATE, { .proc = STATE, .act = FAKE_RAW, .len = 32,
	    .bytes = "\0\0\0\x20" "\x20\0\x80\x86" "\0\0\0\1" "\0\0\0\xd4"
	    "\0\0\0\1" "\0\0\0\6" "\0\0\0\1" "\0\0\0\x2a" },
	    LVMSG_FATAL, "the daemon sent a malformed error" }
};

ATF_TC_WITHOUT_HEAD(refusals);
ATF_TC_BODY(refusals, tc)
{
	struct fake_rule r;
	struct asked q;
	size_t i;

	for (i = 0; i < N(unhappy); i++) {
		r = unhappy[i].rule;
		q = question(unhappy[i].what);
		go_up(&r, 1, LONG);
		ATF_REQUIRE_EQ(0, ask(&q));
		RUN(q.n > 0);
		ATF_CHECK_MSG(q.result == VIRT_REFUSED && q.n == 1 &&
		    q.class == unhappy[i].class &&
		    strcmp(q.text, unhappy[i].text) == 0,
		    "%zu (%s): result %d class %d: %s", i, unhappy[i].text,
		    q.result, q.class, q.text);
		/* An answer to one question is no end of the connection. */
		ATF_CHECK_EQ(VIRT_UP, virt.state);
		ATF_CHECK_EQ(0, heard.downs);
		end();
	}
}

/* Late is not lost: others are answered, and what comes in the end is for
 * nobody.  Saves are in no hurry. */
ATF_TC_WITHOUT_HEAD(late);
ATF_TC_BODY(late, tc)
{
	struct fake_rule r[] = {
		{ .proc = STATE, .act = FAKE_HOLD, .bytes = OK, .len = 8,
		    .times = 1 },
		{ .proc = STATE, .bytes = OK, .len = 8 },
		{ .proc = SAVE, .act = FAKE_HOLD }
	};
	struct asked q = question(VIRT_STATE), h = q;
	struct asked save = question(VIRT_SAVE);
	struct errmsg em;

	go_up(r, N(r), SHORT);
	ATF_REQUIRE_EQ(0, virt_work(&virt, 1, &em));
	RUN(virt_ready(&virt));
	ATF_REQUIRE_EQ(0, ask(&save));
	ATF_REQUIRE_EQ(0, ask(&q));
	RUN(q.n > 0);
	ATF_CHECK_EQ(VIRT_LATE, q.result);
	ATF_CHECK(!q.call.busy);
	ATF_REQUIRE_EQ(0, ask(&h));
	RUN(h.n > 0);
	ATF_CHECK_EQ(VIRT_OK, h.result);
	while (fake.nheld > 0)
		fake_release(&fake, fake.nheld - 1);
	RUN(save.n > 0);
	settle();
	ATF_CHECK_EQ(VIRT_OK, save.result);
	ATF_CHECK_EQ(1, q.n);
	ATF_CHECK_EQ(0, heard.downs);
	/* The save outlived several times the silence, by pings. */
	ATF_CHECK(fake.pings > 0);
	end();
}

/* Sent or not: no answer comes, and what is asked next is answered. */
ATF_TC_WITHOUT_HEAD(forgotten);
ATF_TC_BODY(forgotten, tc)
{
	struct fake_rule r[] = {
		{ .proc = STATE, .act = FAKE_HOLD, .bytes = OK, .len = 8,
		    .times = 1 },
		{ .proc = STATE, .bytes = OK, .len = 8 }
	};
	struct asked q[4];
	size_t i;

	for (i = 0; i < N(q); i++)
		q[i] = question(VIRT_STATE);
	go_up(r, N(r), LONG);
	ATF_REQUIRE_EQ(0, ask(&q[0]));
	RUN(fake.nheld > 0);
	for (i = 1; i < N(q); i++)
		ATF_REQUIRE_EQ(0, ask(&q[i]));
	/* Out of the middle and at the end; twice is no more than once. */
	virt_forget(&q[0].call);
	virt_forget(&q[0].call);
	virt_forget(&q[2].call);
	virt_forget(&q[3].call);
	ATF_REQUIRE_EQ(0, ask(&q[3]));
	fake_release(&fake, 0);
	RUN(q[1].n > 0 && q[3].n > 0);
	settle();
	ATF_CHECK(q[0].n == 0 && q[2].n == 0);
	ATF_CHECK(!q[0].call.busy && !q[2].call.busy);
	ATF_CHECK_EQ(VIRT_OK, q[1].result);
	ATF_CHECK_EQ(0, heard.downs);
	end();
}

static size_t
open_calls(size_t n, const struct asked *q)
{
	size_t i, done = 0;

	for (i = 0; i < n; i++)
		done += (size_t)q[i].n;
	return fake.ncalls - done;
}

#define MANY	20

/* Never more than the connection bears, first come first served, and each
 * answer is its own question's. */
ATF_TC_WITHOUT_HEAD(more_than_slots);
ATF_TC_BODY(more_than_slots, tc)
{
	struct fake_rule r = { .proc = STATE, .act = FAKE_HOLD, .bytes = OK,
	    .len = 8 };
	struct guest g[MANY];
	struct asked q[MANY];
	size_t i, done;

	go_up(&r, 1, LONG);
	fake.ncalls = 0;
	for (i = 0; i < MANY; i++) {
		q[i] = question(VIRT_STATE);
		g[i] = guest;
		g[i].id = (int32_t)i;
		q[i].call.guest = &g[i];
		ATF_REQUIRE_EQ(0, ask(&q[i]));
	}
	for (done = 0; done < MANY; done++) {
		RUN(fake.nheld == (MANY - done < 4 ? MANY - done : 4));
		settle();
		ATF_CHECK(open_calls(MANY, q) <= 4);
		/* The last of those held, so out of order. */
		i = fake.held[fake.nheld - 1].call.body[27];
		ATF_REQUIRE(i < MANY);
		fake_release(&fake, fake.nheld - 1);
		RUN(q[i].n > 0);
	}
	for (i = 0; i < MANY; i++) {
		ATF_CHECK_EQ(1, q[i].n);
		ATF_CHECK_EQ(VIRT_OK, q[i].result);
		ATF_CHECK_EQ(i, fake_find(&fake, STATE, i)->body[27]);
	}
	end();
}

/*
 * Connections for work.
 */

ATF_TC_WITHOUT_HEAD(work);
ATF_TC_BODY(work, tc)
{
	struct fake_rule r[] = {
		{ .proc = SAVE, .act = FAKE_HOLD },
		{ .proc = STATE, .bytes = OK, .len = 8 }
	};
	struct asked q[MANY], state = question(VIRT_STATE);
	struct errmsg em;
	char text[256];
	size_t i;

	go_up(r, N(r), LONG);
	ATF_REQUIRE_EQ(0, virt_work(&virt, 5, &em));
	ATF_CHECK(!virt_ready(&virt));
	RUN(virt_ready(&virt));
	ATF_CHECK_EQ(3, fake.accepted);
	ATF_CHECK_EQ(1, heard.ups);
	ATF_CHECK_STREQ("66 1 60", calls_of(1, text));
	ATF_CHECK_STREQ("66 1 60", calls_of(2, text));
	fake.ncalls = 0;
	for (i = 0; i < MANY; i++) {
		q[i] = question(VIRT_SAVE);
		ATF_REQUIRE_EQ(0, ask(&q[i]));
	}
	ATF_REQUIRE_EQ(0, ask(&state));
	RUN(state.n > 0);
	RUN(fake.nheld == 8);
	settle();
	ATF_CHECK_EQ(8, fake.nheld);
	ATF_CHECK_EQ(0, fake_find(&fake, STATE, 0)->conn);
	for (i = 0; i < 8; i++)
		ATF_CHECK(fake.held[i].call.conn != 0);
	for (i = 0; i < MANY; i++) {
		RUN(fake.nheld > 0);
		fake_release(&fake, i % fake.nheld);
		RUN(fake.nheld == (MANY - i - 1 < 8 ? MANY - i - 1 : 8));
	}
	for (i = 0; i < MANY; i++)
		RUN(q[i].n == 1);
	end();
}

ATF_TC_WITHOUT_HEAD(work_bounds);
ATF_TC_BODY(work_bounds, tc)
{
	static const struct { size_t n; size_t lanes; } cases[] = {
		{ 0, 1 }, { 1, 2 }, { 4, 2 }, { 5, 3 }, { 16, 5 }, { 17, 5 },
		{ SIZE_MAX, 5 }, { 2, 5 }
	};
	struct errmsg em;
	size_t i;

	go_up(NULL, 0, LONG);
	for (i = 0; i < N(cases); i++) {
		ATF_REQUIRE_EQ(0, virt_work(&virt, cases[i].n, &em));
		ATF_CHECK_EQ_MSG(cases[i].lanes, virt.nlanes, "%zu", i);
		RUN(virt_ready(&virt));
	}
	ATF_CHECK_EQ(5, fake.accepted);
	ATF_CHECK_EQ(1, fake_count(&fake, REGISTER));
	ATF_CHECK_EQ(1, heard.ups);
	end();
}

/* No connection for it: then the one there is must do. */
/* A save has no limit: the engine bounds it, and pings show a daemon that is
 * alive. */
ATF_TC_WITHOUT_HEAD(work_long);
ATF_TC_BODY(work_long, tc)
{
	struct asked q = question(VIRT_SAVE);
	struct fake_rule r = { .proc = SAVE, .act = FAKE_HOLD };
	struct errmsg em;
	int64_t hours;

	go_up(&r, 1, LONG);
	ATF_REQUIRE_EQ(0, virt_work(&virt, 1, &em));
	RUN(virt_ready(&virt));
	ATF_REQUIRE_EQ(0, ask(&q));
	RUN(fake.nheld == 1);
	for (hours = 1; hours < 48; hours++) {
		/* Half a silence has passed: a ping goes out, and its answer
		 * comes. */
		virt_tick(&virt, loop_now() + hours * 3600000);
		RUN(fake.pings >= (unsigned)hours);
		settle();
		ATF_REQUIRE_EQ_MSG(0, q.n, "answered after %d hours: %s",
		    (int)hours, q.text);
	}
	fake_release(&fake, 0);
	RUN(q.n == 1);
	ATF_CHECK_EQ(VIRT_OK, q.result);
	ATF_CHECK_EQ(0, heard.downs);
	end();
}

ATF_TC_WITHOUT_HEAD(work_not_had);
ATF_TC_BODY(work_not_had, tc)
{
	struct asked q = question(VIRT_SAVE);
	struct fake_rule r = { .proc = SAVE };
	struct errmsg em = { .text = "" };

	go_up(&r, 1, LONG);
	ATF_REQUIRE_EQ(0, unlink(fake.path));
	ATF_CHECK_EQ(-1, virt_work(&virt, 1, &em));
	ATF_CHECK(em.text[0] != '\0');
	ATF_CHECK(virt_ready(&virt));
	ATF_REQUIRE_EQ(0, ask(&q));
	RUN(q.n > 0);
	ATF_CHECK_EQ(VIRT_OK, q.result);
	ATF_CHECK_EQ(0, heard.downs);
	end();
}

/* One that does not come about takes nothing with it. */
static struct {
	const char	*what;
	struct fake_rule rule[2];
} work_misses[] = {
	{ "refused for now", { { .proc = OPEN, .times = 1 },
	    { .proc = OPEN, .times = 1, .act = FAKE_ERROR, .code = 38,
	    .text = "too many" } } },
	{ "refused for good", { { .proc = OPEN, .times = 1 },
	    { .proc = OPEN, .times = 1, .act = FAKE_ERROR, .code = 88,
	    .text = "too many" } } },
	{ "auth changed", { { .proc = AUTH, .times = 1,
	    .bytes = "\0\0\0\1\0\0\0\0", .len = 8 }, { .proc = AUTH,
	    .times = 1, .bytes = "\0\0\0\1\0\0\0\1", .len = 8 } } },
	{ "hangs", { { .proc = OPEN, .times = 1 },
	    { .proc = OPEN, .times = 1, .act = FAKE_HANG } } },
	{ "frozen", { { .proc = OPEN, .times = 1 },
	    { .proc = OPEN, .times = 1, .act = FAKE_FREEZE } } },
	{ "dropped", { { .proc = OPEN, .times = 1 },
	    { .proc = OPEN, .times = 1, .act = FAKE_DROP } } },
	{ "no driver", { { .proc = OPEN, .times = 1 },
	    { .proc = OPEN, .times = 1, .act = FAKE_ERROR, .code = 5 } } }
};

ATF_TC_WITHOUT_HEAD(work_missed);
ATF_TC_BODY(work_missed, tc)
{
	struct fake_rule r[3] = { { .proc = SAVE } };
	struct errmsg em;
	struct asked q;
	size_t i;

	for (i = 0; i < N(work_misses); i++) {
		memcpy(&r[1], work_misses[i].rule, 2 * sizeof(r[0]));
		q = question(VIRT_SAVE);
		go_up(r, N(r), SHORT);
		ATF_REQUIRE_EQ(0, virt_work(&virt, 1, &em));
		ATF_CHECK(!virt_ready(&virt));
		ATF_REQUIRE_EQ(0, ask(&q));
		RUN(q.n > 0);
		ATF_CHECK_MSG(q.result == VIRT_OK && heard.downs == 0 &&
		    heard.ups == 1 && virt_ready(&virt), "%s: %s",
		    work_misses[i].what, heard.why);
		ATF_CHECK_EQ(0, fake_find(&fake, SAVE, 0)->conn);
		ATF_CHECK_EQ(2, fake.accepted);
		ATF_CHECK(!virt.no_driver);
		/* It is tried again when it is asked for again. */
		ATF_REQUIRE_EQ(0, virt_work(&virt, 1, &em));
		RUN(virt_ready(&virt));
		ATF_REQUIRE_EQ(0, ask(&q));
		RUN(q.n > 1);
		ATF_CHECK_EQ(2, fake_find(&fake, SAVE, 1)->conn);
		end();
	}
}

/* One that is there serves, whatever becomes of the one before it; and after a
 * loss all are dialled anew, and missed anew. */
ATF_TC_WITHOUT_HEAD(work_some);
ATF_TC_BODY(work_some, tc)
{
	struct fake_rule r[] = {
		{ .proc = SAVE, .act = FAKE_HOLD },
		{ .proc = OPEN, .times = 1 },
		{ .proc = OPEN, .times = 1, .act = FAKE_HOLD },
		{ .proc = OPEN, .times = 2 },
		{ .proc = OPEN, .times = 2, .act = FAKE_DROP },
		{ .proc = OPEN }
	};
	static const int served[] = { 2, 3, 7 };
	struct asked q[N(served)];
	struct errmsg em;
	size_t i;

	go_up(r, N(r), 10 * SHORT);
	ATF_REQUIRE_EQ(0, virt_work(&virt, 5, &em));
	for (i = 0; i < N(served); i++) {
		q[i] = question(VIRT_SAVE);
		RUN(heard.ups == (int)i + 1);
		if (i > 0)
			RUN(virt_ready(&virt));
		ATF_REQUIRE_EQ(0, ask(&q[i]));
		RUN(fake_count(&fake, SAVE) == i + 1);
		ATF_CHECK_EQ(served[i], fake_find(&fake, SAVE, i)->conn);
		RUN(virt_ready(&virt));
		ATF_CHECK_EQ(0, q[i].n);
		ATF_CHECK_EQ((int)i, heard.downs);
		fake_kick(&fake);
		RUN(q[i].n > 0);
	}
	end();
}

/* One that goes takes the others with it: it is told, and all are there
 * again. */
static struct {
	const char	*what;
	struct fake_rule rule[2];
} work_ends[] = {
	{ "lost at work", { { .proc = SAVE, .times = 1, .act = FAKE_DROP },
	    { .proc = SAVE } } },
	{ "frozen at work", { { .proc = SAVE, .times = 1,
	    .act = FAKE_FREEZE }, { .proc = SAVE } } }
};

ATF_TC_WITHOUT_HEAD(work_lost);
ATF_TC_BODY(work_lost, tc)
{
	struct asked q;
	struct errmsg em;
	size_t i;

	for (i = 0; i < N(work_ends); i++) {
		q = question(VIRT_SAVE);
		go_up(work_ends[i].rule, 2, SHORT);
		ATF_REQUIRE_EQ(0, virt_work(&virt, 1, &em));
		/* In flight, or queued until the connection is there. */
		ATF_REQUIRE_EQ(0, ask(&q));
		RUN(heard.downs > 0);
		ATF_CHECK_MSG(q.n == 1 && q.result == VIRT_LOST,
		    "%s: %d answers, %d", work_ends[i].what, q.n, q.result);
		RUN(heard.ups == 2);
		RUN(virt_ready(&virt));
		ATF_CHECK_EQ(4, fake.accepted);
		ATF_CHECK_MSG(heard.downs == 1 && heard.failures == 0,
		    "%s: down %d failed %d", work_ends[i].what, heard.downs,
		    heard.failures);
		end();
	}
}

/*
 * Losses.
 */

#define ASKED	7

/* It goes with questions in flight and in the queue, and comes back. */
ATF_TC_WITHOUT_HEAD(gone_and_back);
ATF_TC_BODY(gone_and_back, tc)
{
	struct fake_rule r = { .proc = STATE, .act = FAKE_HOLD, .bytes = OK,
	    .len = 8, .times = 2 * ASKED };
	struct asked q[ASKED];
	int round, i;

	begin(&r, 1, LONG);
	virt_open(&virt, 1, loop_now());
	RUN(heard.ups == 1);
	for (round = 1; round <= 3; round++) {
		for (i = 0; i < ASKED; i++) {
			q[i] = question(VIRT_STATE);
			ATF_REQUIRE_EQ(0, ask(&q[i]));
		}
		RUN(fake.nheld == 4);
		fake.nheld = 0;
		fake_leave(&fake);
		RUN(heard.downs == round);
		ATF_CHECK_EQ(200, virt.backoff);
		for (i = 0; i < ASKED; i++) {
			ATF_CHECK_EQ(1, q[i].n);
			ATF_CHECK_EQ(VIRT_LOST, q[i].result);
			ATF_CHECK_EQ(-1, ask(&q[i]));
		}
		ATF_CHECK_MSG(strstr(heard.why, "closed") != NULL ||
		    strstr(heard.why, "reset") != NULL, "%s", heard.why);
		/* It stays away for an attempt or two; patience is over, but
		 * that was for the first time. */
		while (virt.backoff < 400)
			virt_tick(&virt, virt.next_try);
		ATF_CHECK_EQ(VIRT_WAITING, virt.state);
		ATF_REQUIRE_EQ(0, fake_return(&fake));
		RUN(heard.ups == round + 1);
		/* As if it had lasted. */
		virt.came -= LONG;
	}
	ATF_CHECK_EQ(3, heard.downs);
	ATF_CHECK_EQ(0, heard.failures);
	for (i = 0; i < ASKED; i++)
		ATF_CHECK_EQ(1, q[i].n);
	end();
}

/* However the daemon ends it while a question is open. */
static const struct {
	const char	*what;
	struct fake_rule rule;
} endings[] = {
	{ "dropped", { .proc = STATE, .act = FAKE_DROP } },
	{ "cut", { .proc = STATE, .act = FAKE_CUT, .bytes = OK, .len = 8 } },
	{ "left", { .proc = STATE, .act = FAKE_LEAVE } },
	{ "a frame without length", { .proc = STATE, .act = FAKE_RAW,
	    .bytes = "\0\0\0\0", .len = 4 } },
	{ "a frame of 4 GB", { .proc = STATE, .act = FAKE_RAW,
	    .bytes = "\xff\xff\xff\xff", .len = 4 } },
	{ "no RPC", { .proc = STATE, .act = FAKE_RAW,
	    .bytes = "HTTP/1.1 400 Bad Request\r\n\r\n", .len = 28 } },
	{ "an answer to nothing", { .proc = STATE, .act = FAKE_RAW,
	    .bytes = "\0\0\0\x1c" "\x20\0\x80\x86" "\0\0\0\1" "\0\0\0\xd4"
	    "\0\0\0\1" "\0\0\0\x63" "\0\0\0\0", .len = 28 } }
};

ATF_TC_WITHOUT_HEAD(ended);
ATF_TC_BODY(ended, tc)
{
	struct fake_rule r;
	struct asked q, h;
	size_t i;

	for (i = 0; i < N(endings); i++) {
		r = endings[i].rule;
		q = question(VIRT_STATE);
		h = question(VIRT_LIST);
		go_up(&r, 1, LONG);
		ATF_REQUIRE_EQ(0, ask(&q));
		RUN(q.n > 0);
		ATF_CHECK_MSG(q.result == VIRT_LOST, "%s: %d",
		    endings[i].what, q.result);
		RUN(heard.downs > 0);
		ATF_CHECK_EQ(-1, ask(&h));
		ATF_CHECK_EQ(1, heard.downs);
		ATF_CHECK_EQ(1, q.n);
		end();
	}
}

/* It is up, then stops reading: whoever waits learns it in time. */
ATF_TC_WITHOUT_HEAD(frozen);
ATF_TC_BODY(frozen, tc)
{
	struct fake_rule r = { .proc = SHUTDOWN, .act = FAKE_FREEZE };
	struct asked q = question(VIRT_SHUTDOWN), h[5];
	int i;

	go_up(&r, 1, SHORT);
	ATF_REQUIRE_EQ(0, ask(&q));
	for (i = 0; i < 5; i++) {
		h[i] = question(VIRT_STATE);
		ATF_REQUIRE_EQ(0, ask(&h[i]));
	}
	RUN(heard.downs > 0);
	ATF_CHECK_EQ(1, q.n);
	for (i = 0; i < 5; i++)
		ATF_CHECK_MSG(h[i].n == 1 && h[i].result != VIRT_OK,
		    "%d: %d", i, h[i].n);
	RUN(heard.ups == 2);
	end();
}

/*
 * Handlers that close, open and ask.
 */

enum way { BY_UP, BY_ANSWER, BY_LATE, BY_LOST, BY_DOWN, BY_EVENT, BY_QUEUED,
	NWAYS };

#define EVENT_BYTES	"\0\0\0\0" G1 "\0\0\0\5" "\0\0\0\0"

static struct fake_rule way_rules[] = {
	{ .proc = ABORT, .bytes = "", .len = 0 },
	{ .proc = IMAGE, .act = FAKE_EVENT, .bytes = EVENT_BYTES, .len = 40 },
	{ .proc = SHUTDOWN, .act = FAKE_LEAVE },
	{ .proc = STATE, .act = FAKE_HANG }
};

static const struct {
	enum virt_what	what;		/* what it is set off by */
	int64_t		connect_ms;
	int		downs;
	int		events;
} ways[NWAYS] = {
	[BY_UP] = { VIRT_LIST, LONG, 0, 0 },
	[BY_ANSWER] = { VIRT_ABORT, LONG, 0, 0 },
	[BY_LATE] = { VIRT_STATE, SHORT, 0, 0 },
	[BY_LOST] = { VIRT_SHUTDOWN, LONG, 0, 0 },
	[BY_DOWN] = { VIRT_SHUTDOWN, LONG, 1, 0 },
	[BY_EVENT] = { VIRT_IMAGE, LONG, 0, 1 },
	[BY_QUEUED] = { VIRT_SHUTDOWN, LONG, 0, 0 }
};

static void
way_try(enum way w)
{
	struct asked q[9], trigger;
	struct errmsg em;
	int i, n = 0;

	begin(way_rules, N(way_rules), ways[w].connect_ms);
	up_closes = w == BY_UP;
	down_closes = w == BY_DOWN;
	event_closes = w == BY_EVENT;
	virt_open(&virt, LONG, loop_now());
	RUN(heard.ups > 0);
	if (w != BY_UP) {
		ATF_REQUIRE_EQ(0, virt_work(&virt, 1, &em));
		RUN(virt_ready(&virt));
		trigger = question(ways[w].what);
		trigger.closes = w == BY_ANSWER || w == BY_LATE ||
		    w == BY_LOST;
		ATF_REQUIRE_EQ(0, ask(&trigger));
		all = q;
		/* Three in flight with it, the others in the queues. */
		for (n = 0; n < 9; n++) {
			q[n] = question(n == 0 ? VIRT_SAVE : VIRT_STATE);
			q[n].closes = w == BY_QUEUED && n == 8;
			ATF_REQUIRE_EQ(0, ask(&q[n]));
			nall = (size_t)n + 1;
		}
	}
	RUN(virt.state == VIRT_CLOSED);
	nall = 0;
	/* Nothing is left to be answered. */
	for (i = 0; i < n; i++)
		ATF_CHECK_MSG(q[i].n == 1, "way %d: question %d: %d", w, i,
		    q[i].n);
	settle();
	ATF_CHECK_MSG(heard.ups == 1 && heard.downs == ways[w].downs &&
	    heard.failures == 0 && heard.events == ways[w].events,
	    "way %d: up %d down %d failed %d events %d", w, heard.ups,
	    heard.downs, heard.failures, heard.events);
	ATF_CHECK_EQ(0, virt_next(&virt));
	for (i = 0; i < n; i++)
		ATF_CHECK_EQ(1, q[i].n);
	end();
}

ATF_TC_WITHOUT_HEAD(closing);
ATF_TC_BODY(closing, tc)
{
	enum way w;

	for (w = BY_UP; w < NWAYS; w++)
		way_try(w);
}

ATF_TC_WITHOUT_HEAD(close_answers);
ATF_TC_BODY(close_answers, tc)
{
	struct fake_rule r = { .proc = 0, .act = FAKE_HANG };
	struct asked q[6];
	int i;

	go_up(NULL, 0, LONG);
	fake.rule = &r;
	fake.nrules = 1;
	for (i = 0; i < 6; i++) {
		q[i] = question(i < 5 ? VIRT_STATE : VIRT_SAVE);
		q[i].then = &q[i];		/* in vain */
		ATF_REQUIRE_EQ(0, ask(&q[i]));
	}
	settle();
	virt_close(&virt);
	for (i = 0; i < 6; i++) {
		ATF_CHECK_EQ(1, q[i].n);
		ATF_CHECK_EQ(VIRT_LOST, q[i].result);
		ATF_CHECK(!q[i].call.busy);
	}
	virt_close(&virt);
	ATF_CHECK_EQ(0, heard.downs + heard.failures);
	end();
}

/* Opened from the handler that heard of the failure. */
ATF_TC_WITHOUT_HEAD(opening);
ATF_TC_BODY(opening, tc)
{
	begin(NULL, 0, LONG);
	fake_leave(&fake);
	failed_opens = true;
	virt_open(&virt, 0, loop_now());
	RUN(heard.failures == 1);
	ATF_CHECK_EQ(VIRT_WAITING, virt.state);
	ATF_REQUIRE_EQ(0, fake_return(&fake));
	RUN(heard.ups == 1);
	ATF_CHECK_EQ(1, heard.failures);
	end();
}

/* An answer that virt_tick gives (too late) makes new questions: they go out
 * at once, not when something else wakes the loop. */
ATF_TC_WITHOUT_HEAD(asked_inside);
ATF_TC_BODY(asked_inside, tc)
{
	struct fake_rule r = { .proc = STATE, .act = FAKE_HANG };
	struct asked q = question(VIRT_STATE), then = question(VIRT_LIST);

	go_up(&r, 1, SHORT);
	q.then = &then;
	then.call.arg = &then;
	ATF_REQUIRE_EQ(0, ask(&q));
	/* Asked: at once.  Sent: no sooner than there is something to do. */
	ATF_CHECK(virt_next(&virt) != 0 && virt_next(&virt) <= loop_now());
	virt_tick(&virt, loop_now());
	ATF_CHECK_EQ(0, q.n);
	ATF_CHECK(virt_next(&virt) > loop_now() - SHORT);
	virt_tick(&virt, loop_now() + SHORT);
	ATF_REQUIRE_EQ(1, q.n);
	ATF_CHECK_EQ(VIRT_LATE, q.result);
	ATF_CHECK(virt_next(&virt) != 0 && virt_next(&virt) <= loop_now());
	RUN(then.n > 0);
	ATF_CHECK_EQ(VIRT_REFUSED, then.result);
	settle();
	ATF_CHECK_EQ(0, virt_next(&virt));
	/* Whoever heard it may have something else to do, and soon. */
	q.then = NULL;
	ATF_REQUIRE_EQ(0, ask(&q));
	virt_tick(&virt, loop_now());
	virt_tick(&virt, loop_now() + SHORT);
	ATF_REQUIRE_EQ(2, q.n);
	ATF_CHECK(virt_next(&virt) != 0 && virt_next(&virt) <= loop_now());
	end();
}

ATF_TC_WITHOUT_HEAD(events);
ATF_TC_BODY(events, tc)
{
	static const char other[] = "\0\0\0\x1c" "\x20\0\x80\x86" "\0\0\0\1"
	    "\0\0\1\x3f" "\0\0\0\2" "\0\0\0\0" "\0\0\0\0";
	struct fake_rule r[] = {
		{ .proc = ABORT, .act = FAKE_RAW, .bytes = other, .len = 28 },
		{ .proc = STATE, .bytes = OK, .len = 8 }
	};
	struct asked q = question(VIRT_ABORT), h = question(VIRT_STATE);
	struct errmsg em;

	go_up(r, N(r), LONG);
	ATF_REQUIRE_EQ(0, virt_work(&virt, 1, &em));
	RUN(virt_ready(&virt));
	fake_event(&fake, 0, BYTES(EVENT_BYTES));
	RUN(heard.events == 1);
	ATF_CHECK_STREQ("g1", heard.name);
	ATF_CHECK_EQ(5, heard.event);
	/* Malformed, of another kind, not on the control connection. */
	fake_event(&fake, 0, EVENT_BYTES, 39);
	fake_event(&fake, 1, BYTES(EVENT_BYTES));
	ATF_REQUIRE_EQ(0, ask(&q));
	ATF_REQUIRE_EQ(0, ask(&h));
	RUN(h.n > 0);
	settle();
	ATF_CHECK_EQ(1, heard.events);
	ATF_CHECK_EQ(0, heard.downs);
	end();
}

/* Scripts for the program that is made of the fake. */
static const struct {
	const char	*text;
	int		 n;		/* rules, or -1 */
	int		 line;
} scripts[] = {
	{ "", 0, 0 }, { "# nothing\n\n", 0, 0 },
	{ "66 answer 00000001 0000 0000\n", 1, 0 },
	{ "any*2 error 38 some words\n273 list a b\n1 drop", 3, 0 },
	{ "66\n", -1, 1 }, { "66 answer 0\n", -1, 1 },
	{ "66 hang\nx hang\n", -1, 2 }, { "0 hang\n", -1, 1 },
	{ "66 dance\n", -1, 1 }, { "66 error\n", -1, 1 },
	{ "66*0 hang\n", -1, 1 }, { "66x hang\n", -1, 1 }
};

ATF_TC_WITHOUT_HEAD(fake_scripts);
ATF_TC_BODY(fake_scripts, tc)
{
	struct fake_rule r[4] = { { 0 } };
	char text[256];
	int line, n, k;
	size_t i;

	for (i = 0; i < N(scripts); i++) {
		(void)snprintf(text, sizeof(text), "%s", scripts[i].text);
		n = fake_script(text, r, N(r), &line);
		ATF_CHECK_MSG(n == scripts[i].n && (n != -1 ||
		    line == scripts[i].line), "%s: %d, line %d",
		    scripts[i].text, n, line);
		if (n == 3) {
			ATF_CHECK_EQ(2, r[0].times);
			ATF_CHECK_STREQ("some words", r[0].text);
			ATF_CHECK_EQ(64, r[1].len);
			ATF_CHECK_EQ(0, memcmp(r[1].bytes, "\0\0\0\2\0\0\0\1a",
			    9));
			ATF_CHECK_EQ(FAKE_DROP, r[2].act);
		}
		/* The program lets go of them by ending. */
		for (k = 0; k < 4; k++) {
			if (r[k].act != FAKE_ERROR)
				free((void *)(uintptr_t)r[k].bytes);
			memset(&r[k], 0, sizeof(r[k]));
		}
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, greeting);
	ATF_TP_ADD_TC(tp, greeting_bytes);
	ATF_TP_ADD_TC(tp, greeting_hangs);
	ATF_TP_ADD_TC(tp, greeting_dribbles);
	ATF_TP_ADD_TC(tp, not_accepted);
	ATF_TP_ADD_TC(tp, tried_again);
	ATF_TP_ADD_TC(tp, no_patience);
	ATF_TP_ADD_TC(tp, patience);
	ATF_TP_ADD_TC(tp, backoff);
	ATF_TP_ADD_TC(tp, opened_again);
	ATF_TP_ADD_TC(tp, closed);
	ATF_TP_ADD_TC(tp, questions);
	ATF_TP_ADD_TC(tp, refusals);
	ATF_TP_ADD_TC(tp, late);
	ATF_TP_ADD_TC(tp, forgotten);
	ATF_TP_ADD_TC(tp, more_than_slots);
	ATF_TP_ADD_TC(tp, work);
	ATF_TP_ADD_TC(tp, work_bounds);
	ATF_TP_ADD_TC(tp, work_long);
	ATF_TP_ADD_TC(tp, work_not_had);
	ATF_TP_ADD_TC(tp, work_missed);
	ATF_TP_ADD_TC(tp, work_some);
	ATF_TP_ADD_TC(tp, work_lost);
	ATF_TP_ADD_TC(tp, gone_and_back);
	ATF_TP_ADD_TC(tp, ended);
	ATF_TP_ADD_TC(tp, frozen);
	ATF_TP_ADD_TC(tp, closing);
	ATF_TP_ADD_TC(tp, close_answers);
	ATF_TP_ADD_TC(tp, opening);
	ATF_TP_ADD_TC(tp, asked_inside);
	ATF_TP_ADD_TC(tp, events);
	ATF_TP_ADD_TC(tp, fake_scripts);
	return atf_no_error();
}
