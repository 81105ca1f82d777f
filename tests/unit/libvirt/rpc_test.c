#include "libvirt/rpc.h"

#include <sys/socket.h>

#include <atf-c.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N(a)	(sizeof(a) / sizeof((a)[0]))
#define BYTES(s)	(s), sizeof(s) - 1

/*
 * The daemon is this test: it writes its frames by its own hand, and looks at
 * the bytes of those that come.  Time is what the test says it is.
 */
#define START		1000
#define SILENCE		10000
#define PROGRAM		0x20008086u
#define KEEPALIVE	0x6b656570u
#define STATE		212u		/* a procedure with a short answer */
#define LIST		273u		/* one with a long answer */
#define EVENT		318u

enum { CALL, REPLY, MESSAGE, STREAM };

struct got {
	int		n;
	enum rpc_result	result;
	size_t		len;
	unsigned char	body[64];
	int		turn;		/* the how-manieth answer it was */
	struct rpc	*close;		/* what its handler does */
	struct rpc	*call;
	int64_t		now;
	struct got	*next;		/* of the call made there */
};

static struct rpc rpc;
static int peer = -1;
static int turns;
static int events;
static uint32_t event_proc;
static unsigned char sent[1 << 20];

static void	ask(struct got *, uint32_t, int64_t, int64_t);

static void
answered(void *arg, enum rpc_result result, struct buf *body)
{
	struct got *g = arg;
	int i;

	g->n++;
	g->turn = ++turns;
	g->result = result;
	ATF_CHECK_EQ(result == RPC_OK || result == RPC_ERROR, body != NULL);
	if (body != NULL) {
		g->len = buf_left(body);
		memcpy(g->body, body->base, g->len < sizeof(g->body) ?
		    g->len : sizeof(g->body));
	}
	if (g->close != NULL) {
		rpc_close(g->close, "closed by its handler");
		for (i = 0; i < RPC_CALLS; i++)
			ATF_CHECK(rpc.call[i].fn == NULL);
	}
	if (g->call != NULL)
		ask(g->next, STATE, 0, g->now);
}

static void
event_came(void *arg, uint32_t proc, struct buf *body)
{
	struct rpc *r = arg;

	events++;
	event_proc = proc;
	ATF_CHECK_EQ(4, buf_left(body));
	if (r != NULL)
		rpc_close(r, "closed by its event");
}

static void
begin(void)
{
	int sv[2];

	(void)signal(SIGPIPE, SIG_IGN);
	ATF_REQUIRE_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    sv));
	ATF_REQUIRE_EQ(0, rpc_init(&rpc, 1024));
	rpc_open(&rpc, sv[0], SILENCE, START);
	peer = sv[1];
}

static void
end(void)
{
	rpc_free(&rpc);
	if (peer != -1)
		(void)close(peer);
	peer = -1;
}

static int
try(struct got *g, uint32_t proc, int64_t limit, int64_t now)
{
	struct rpc_wait w = { .limit = limit, .fn = answered, .arg = g };

	(void)rpc_args(&rpc);
	return rpc_call(&rpc, proc, &w, now);
}

static void
ask(struct got *g, uint32_t proc, int64_t limit, int64_t now)
{
	ATF_REQUIRE_EQ(0, try(g, proc, limit, now));
}

/* A call, and what comes after its time. */
struct two {
	struct got	*in_time;
	struct got	*late;
};

static void
answered_first(void *arg, enum rpc_result result, struct buf *body)
{
	const struct two *two = arg;

	answered(two->in_time, result, body);
}

static void
answered_late(void *arg, enum rpc_result result, struct buf *body)
{
	const struct two *two = arg;

	answered(two->late, result, body);
}

static void
ask_two(struct two *two, int64_t limit)
{
	struct rpc_wait w = { .limit = limit, .fn = answered_first,
	    .late = answered_late, .arg = two };

	(void)rpc_args(&rpc);
	ATF_REQUIRE_EQ(0, rpc_call(&rpc, STATE, &w, START));
}

static void
put32(unsigned char *p, uint32_t v)
{
	p[0] = (unsigned char)(v >> 24);
	p[1] = (unsigned char)(v >> 16);
	p[2] = (unsigned char)(v >> 8);
	p[3] = (unsigned char)v;
}

struct frame {
	uint32_t	prog, vers, proc, type, serial, status;
	const char	*body;
	size_t		 len;
};

static size_t
frame_write(unsigned char *p, const struct frame *f)
{
	const uint32_t head[] = { (uint32_t)(28 + f->len), f->prog, f->vers,
	    f->proc, f->type, f->serial, f->status };
	size_t i;

	for (i = 0; i < N(head); i++)
		put32(p + 4 * i, head[i]);
	if (f->len > 0)
		memcpy(p + 28, f->body, f->len);
	return 28 + f->len;
}

static void
say(const void *p, size_t n)
{
	ATF_REQUIRE_EQ((ssize_t)n, write(peer, p, n));
}

static void
say_frame(const struct frame *f)
{
	unsigned char p[256];

	say(p, frame_write(p, f));
}

static struct frame
reply(uint32_t serial, const char *body, size_t len)
{
	return (struct frame){ PROGRAM, 1, STATE, REPLY, serial, 0, body, len };
}

static void
say_reply(uint32_t serial)
{
	struct frame f = reply(serial, "okay", 4);

	say_frame(&f);
}

static void
say_keepalive(uint32_t proc)
{
	struct frame f = { KEEPALIVE, 1, proc, MESSAGE, 0, 0, NULL, 0 };

	say_frame(&f);
}

/* Let it read all there is; what rpc_ready said. */
static int
hear(int64_t now)
{
	struct pollfd pfd = { .fd = rpc.fd, .events = POLLIN };

	while (rpc.fd != -1 && poll(&pfd, 1, 0) == 1 && pfd.revents != 0)
		if (rpc_ready(&rpc, pfd.revents, now) == -1)
			return -1;
	return rpc.fd == -1 ? -1 : 0;
}

/* What has come to the daemon. */
static size_t
drain(void)
{
	size_t n = 0;
	ssize_t got;

	while ((got = read(peer, sent + n, sizeof(sent) - n)) > 0)
		n += (size_t)got;
	return n;
}

static const char ping[] = "\0\0\0\x1c" "keep" "\0\0\0\1" "\0\0\0\1"
    "\0\0\0\2" "\0\0\0\0" "\0\0\0\0";
static const char pong[] = "\0\0\0\x1c" "keep" "\0\0\0\1" "\0\0\0\2"
    "\0\0\0\2" "\0\0\0\0" "\0\0\0\0";

static void
is_bytes(const char *what, const void *want, size_t n)
{
	size_t got = drain();

	ATF_CHECK_MSG(got == n, "%s: %zu bytes, not %zu", what, got, n);
	ATF_CHECK_MSG(got != n || memcmp(sent, want, n) == 0,
	    "%s: other bytes", what);
}

ATF_TC_WITHOUT_HEAD(golden);
ATF_TC_BODY(golden, tc)
{
	static const char call[] = "\0\0\0\x20" "\x20\0\x80\x86" "\0\0\0\1"
	    "\0\0\0\xd4" "\0\0\0\0" "\0\0\0\1" "\0\0\0\0" "args";
	static const char bare[] = "\0\0\0\x1c" "\x20\0\x80\x86" "\0\0\0\1"
	    "\0\0\1\x11" "\0\0\0\0" "\0\0\0\2" "\0\0\0\0";
	struct got g = { 0 }, h = { 0 };
	struct rpc_wait w = { .fn = answered, .arg = &g };

	begin();
	buf_put(rpc_args(&rpc), "args", 4);
	ATF_REQUIRE_EQ(0, rpc_call(&rpc, STATE, &w, START));
	ATF_CHECK_EQ(0, drain());
	ATF_CHECK_EQ(POLLIN | POLLOUT, rpc_wants(&rpc));
	ATF_CHECK_EQ(0, rpc_ready(&rpc, POLLOUT, START));
	is_bytes("a call", BYTES(call));
	ATF_CHECK_EQ(POLLIN, rpc_wants(&rpc));
	ask(&h, LIST, 0, START);
	ATF_CHECK_EQ(0, rpc_tick(&rpc, START));
	is_bytes("a call without arguments", BYTES(bare));
	ATF_CHECK_EQ(0, g.n + h.n);
	end();
	ATF_CHECK_EQ(1, g.n);
	ATF_CHECK_EQ(RPC_LOST, g.result);
}

ATF_TC_WITHOUT_HEAD(one_byte);
ATF_TC_BODY(one_byte, tc)
{
	struct frame f = { PROGRAM, 1, EVENT, MESSAGE, 0, 0, "news", 4 };
	unsigned char p[256];
	struct got g = { 0 };
	size_t n, i;

	begin();
	rpc.event = event_came;
	ask(&g, STATE, 0, START);
	n = frame_write(p, &f);
	f = reply(1, "okay", 4);
	n += frame_write(p + n, &f);
	for (i = 0; i < n; i++) {
		ATF_REQUIRE_EQ(0, g.n);
		say(p + i, 1);
		ATF_REQUIRE_EQ(0, hear(START));
		ATF_REQUIRE_EQ(i >= 31, events);
	}
	ATF_CHECK_EQ(1, g.n);
	ATF_CHECK_EQ(RPC_OK, g.result);
	ATF_CHECK_EQ(4, g.len);
	ATF_CHECK_EQ(0, memcmp(g.body, "okay", 4));
	end();
	ATF_CHECK_EQ(1, g.n);
}

/* Replies in another order than their calls, an event between them, all in
 * one piece, the error's body handed on. */
ATF_TC_WITHOUT_HEAD(out_of_order);
ATF_TC_BODY(out_of_order, tc)
{
	struct frame f[] = { reply(3, "thre", 4), reply(1, "one ", 4),
	    { PROGRAM, 1, EVENT, MESSAGE, 0, 0, "news", 4 },
	    reply(2, "two!", 4) };
	struct got g[3] = { { 0 } };
	unsigned char p[512];
	size_t n = 0, i;

	begin();
	rpc.event = event_came;
	for (i = 0; i < N(g); i++)
		ask(&g[i], STATE, 0, START);
	f[1].status = 1;
	for (i = 0; i < N(f); i++)
		n += frame_write(p + n, &f[i]);
	say(p, n);
	ATF_REQUIRE_EQ(0, hear(START));
	ATF_CHECK_EQ(1, events);
	ATF_CHECK_EQ(EVENT, event_proc);
	ATF_CHECK_EQ(2, g[0].turn);
	ATF_CHECK_EQ(3, g[1].turn);
	ATF_CHECK_EQ(1, g[2].turn);
	ATF_CHECK_EQ(RPC_ERROR, g[0].result);
	ATF_CHECK_EQ(0, memcmp(g[0].body, "one ", 4));
	ATF_CHECK_EQ(RPC_OK, g[1].result);
	ATF_CHECK_EQ(0, memcmp(g[1].body, "two!", 4));
	ATF_CHECK_EQ(0, memcmp(g[2].body, "thre", 4));
	end();
	for (i = 0; i < N(g); i++)
		ATF_CHECK_EQ(1, g[i].n);
}

/* Messages that are no business of ours are passed over. */
static const struct {
	const char	*what;
	struct frame	 f;
} strange[] = {
	{ "another program", { 0x20008087u, 1, EVENT, MESSAGE, 1, 0, "x", 1 } },
	{ "another version", { PROGRAM, 2, EVENT, MESSAGE, 1, 0, NULL, 0 } },
	{ "a pong", { KEEPALIVE, 1, 2, MESSAGE, 0, 0, NULL, 0 } },
	{ "an unknown keepalive", { KEEPALIVE, 1, 3, MESSAGE, 0, 0, NULL,
	    0 } },
	{ "an event nobody waits for", { PROGRAM, 1, EVENT, MESSAGE, 0, 0,
	    "news", 4 } }
};

ATF_TC_WITHOUT_HEAD(passed_over);
ATF_TC_BODY(passed_over, tc)
{
	struct got g;
	size_t i;

	for (i = 0; i < N(strange); i++) {
		memset(&g, 0, sizeof(g));
		begin();
		ask(&g, STATE, 0, START);
		(void)rpc_tick(&rpc, START);
		(void)drain();
		say_frame(&strange[i].f);
		ATF_CHECK_MSG(hear(START) == 0 && g.n == 0, "%s",
		    strange[i].what);
		ATF_CHECK_MSG(drain() == 0, "%s: answered", strange[i].what);
		say_reply(1);
		ATF_CHECK_MSG(hear(START) == 0 && g.n == 1, "after %s",
		    strange[i].what);
		end();
	}
}

/* What ends the connection: the frame, and what is said of it. */
static const struct bad {
	const char	*what;
	uint32_t	 length;	/* in place of the frame's own */
	struct frame	 f;
	const char	*why;
} bad[] = {
	{ "no length", UINT32_MAX - 1, { 0 }, "invalid length" },
	{ "length 27", 27, { 0 }, "invalid length" },
	{ "length 33554437", 33554437, { 0 }, "invalid length" },
	{ "length ffffffff", UINT32_MAX, { 0 }, "invalid length" },
	{ "longer than a stray message", 262145, { 0 }, "is too long" },
	{ "unknown serial", 0, { PROGRAM, 1, STATE, REPLY, 2, 0, NULL, 0 },
	    "without a call" },
	{ "serial 0", 0, { PROGRAM, 1, STATE, REPLY, 0, 0, NULL, 0 },
	    "without a call" },
	{ "no serial, no procedure", 0, { PROGRAM, 1, 0, REPLY, 0, 0, NULL,
	    0 }, "without a call" },
	{ "another procedure", 0, { PROGRAM, 1, LIST, REPLY, 1, 0, NULL, 0 },
	    "without a call" },
	{ "another program", 0, { 0x20008087u, 1, STATE, REPLY, 1, 0, NULL, 0 },
	    "without a call" },
	{ "another version", 0, { PROGRAM, 2, STATE, REPLY, 1, 0, NULL, 0 },
	    "without a call" },
	{ "a call", 0, { PROGRAM, 1, STATE, CALL, 1, 0, NULL, 0 },
	    "unknown type" },
	{ "a stream", 0, { PROGRAM, 1, STATE, STREAM, 1, 0, "data", 4 },
	    "unknown type" },
	{ "an unknown type", 0, { PROGRAM, 1, STATE, 9, 1, 0, NULL, 0 },
	    "unknown type" },
	{ "a reply as an event", 0, { PROGRAM, 1, STATE, MESSAGE, 1, 0, NULL,
	    0 }, "unknown type" },
	{ "status continue", 0, { PROGRAM, 1, STATE, REPLY, 1, 2, NULL, 0 },
	    "unknown status" },
	{ "status 77", 0, { PROGRAM, 1, STATE, REPLY, 1, 77, NULL, 0 },
	    "unknown status" }
};

static void
bad_try(const struct bad *b)
{
	unsigned char p[256];
	struct got g = { 0 };
	size_t n = 4;

	begin();
	ask(&g, STATE, 0, START);
	if (b->length == 0)
		n = frame_write(p, &b->f);
	else
		put32(p, b->length == UINT32_MAX - 1 ? 0 : b->length);
	say(p, n);
	ATF_CHECK_MSG(hear(START) == -1, "%s: taken", b->what);
	ATF_CHECK_MSG(strstr(rpc.why.text, b->why) != NULL, "%s: %s",
	    b->what, rpc.why.text);
	ATF_CHECK_MSG(g.n == 1 && g.result == RPC_LOST, "%s: %d answers, %d",
	    b->what, g.n, g.result);
	ATF_CHECK_EQ(-1, rpc.fd);
	ATF_CHECK_EQ(-1, rpc_ready(&rpc, POLLIN, START));
	ATF_CHECK_EQ(-1, rpc_tick(&rpc, START));
	ATF_CHECK_EQ(0, rpc_next(&rpc));
	ATF_CHECK_EQ(0, rpc_wants(&rpc));
	ATF_CHECK(!rpc_room(&rpc));
	ATF_CHECK_EQ(-1, try(&g, STATE, 0, START));
	end();
	ATF_CHECK_EQ(1, g.n);
}

ATF_TC_WITHOUT_HEAD(bad_frames);
ATF_TC_BODY(bad_frames, tc)
{
	size_t i;

	for (i = 0; i < N(bad); i++)
		bad_try(&bad[i]);
}

/* A login banner comes before the protocol. */
ATF_TC_WITHOUT_HEAD(banner);
ATF_TC_BODY(banner, tc)
{
	static const char text[] = "Welcome to h1\\\nuser:";
	struct got g = { 0 };

	begin();
	ask(&g, STATE, 0, START);
	say((const unsigned char *)text, sizeof(text) - 1);
	ATF_CHECK_EQ(-1, hear(START));
	ATF_CHECK_STREQ("text in place of libvirt's protocol: "
	    "\"Welcome to h1\\\\\"", rpc.why.text);
	end();
}

ATF_TC_WITHOUT_HEAD(answered_twice);
ATF_TC_BODY(answered_twice, tc)
{
	struct got g = { 0 }, h = { 0 };

	begin();
	ask(&g, STATE, 0, START);
	ask(&h, STATE, 0, START);
	say_reply(1);
	say_reply(1);
	ATF_CHECK_EQ(-1, hear(START));
	ATF_CHECK_EQ(RPC_OK, g.result);
	ATF_CHECK_EQ(1, g.n);
	ATF_CHECK_EQ(RPC_LOST, h.result);
	end();
}

/* As long as an answer may be depends on what was asked. */
ATF_TC_WITHOUT_HEAD(long_answers);
ATF_TC_BODY(long_answers, tc)
{
	struct got g = { 0 };
	struct frame f = { PROGRAM, 1, LIST, REPLY, 1, 0, NULL, 0 };
	unsigned char *p = calloc(1, 600000);
	size_t n = 28 + 500000, done;

	ATF_REQUIRE(p != NULL);
	begin();
	ask(&g, LIST, 0, START);
	(void)frame_write(p, &f);
	put32(p, (uint32_t)n);
	for (done = 0; done < n; done += 50002) {
		say(p + done, n - done < 50002 ? n - done : 50002);
		ATF_REQUIRE_EQ(0, hear(START));
	}
	ATF_CHECK_EQ(1, g.n);
	ATF_CHECK_EQ(500000, g.len);
	/* The list has come: another such is too long. */
	say(p, 4);
	ATF_CHECK_EQ(-1, hear(START));
	ATF_CHECK(strstr(rpc.why.text, "too long") != NULL);
	end();
	free(p);
}

ATF_TC_WITHOUT_HEAD(end_of_file);
ATF_TC_BODY(end_of_file, tc)
{
	struct frame f = reply(1, "okay", 4);
	unsigned char p[256];
	struct got g;
	size_t n = frame_write(p, &f), cut;

	for (cut = 0; cut <= n; cut += 7) {
		memset(&g, 0, sizeof(g));
		begin();
		ask(&g, STATE, 0, START);
		(void)rpc_tick(&rpc, START);
		(void)drain();
		if (cut > 0)
			say(p, cut);
		(void)close(peer);
		peer = -1;
		ATF_CHECK_EQ(-1, hear(START));
		ATF_CHECK_MSG(strstr(rpc.why.text, "closed") != NULL, "%zu: %s",
		    cut, rpc.why.text);
		ATF_CHECK_EQ(1, g.n);
		ATF_CHECK_MSG(g.result == RPC_LOST, "after %zu bytes", cut);
		end();
	}
}

ATF_TC_WITHOUT_HEAD(write_fails);
ATF_TC_BODY(write_fails, tc)
{
	struct got g = { 0 };

	begin();
	ask(&g, STATE, 0, START);
	(void)close(peer);
	peer = -1;
	ATF_CHECK_EQ(0, rpc_tick(&rpc, START));
	ATF_CHECK_EQ(0, rpc_wants(&rpc) & POLLOUT);
	ATF_CHECK_EQ(0, g.n);
	/* What carries the connection may still say why. */
	ATF_CHECK_EQ(-1, hear(START));
	ATF_CHECK_MSG(strstr(rpc.why.text, "closed") != NULL, "%s",
	    rpc.why.text);
	ATF_CHECK_EQ(1, g.n);
	ATF_CHECK_EQ(RPC_LOST, g.result);
	end();
}

ATF_TC_WITHOUT_HEAD(their_ping);
ATF_TC_BODY(their_ping, tc)
{
	struct got g = { 0 };

	begin();
	say_keepalive(1);
	ATF_CHECK_EQ(0, hear(START));
	is_bytes("idle", BYTES(pong));
	ask(&g, STATE, 0, START);
	(void)rpc_tick(&rpc, START);
	(void)drain();
	say_keepalive(1);
	ATF_CHECK_EQ(0, hear(START));
	is_bytes("waiting", BYTES(pong));
	ATF_CHECK_EQ(0, g.n);
	end();
}

ATF_TC_WITHOUT_HEAD(our_ping);
ATF_TC_BODY(our_ping, tc)
{
	struct got g = { 0 };

	begin();
	ATF_CHECK_EQ(0, rpc_next(&rpc));
	ask(&g, STATE, 0, START);
	ATF_CHECK_EQ(START + SILENCE / 2, rpc_next(&rpc));
	ATF_CHECK_EQ(0, rpc_tick(&rpc, START));
	(void)drain();
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 5999));
	ATF_CHECK_EQ(0, drain());
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 6000));
	is_bytes("half the silence", BYTES(ping));
	ATF_CHECK_EQ(11000, rpc_next(&rpc));
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 10000));
	ATF_CHECK_EQ(0, drain());
	say_keepalive(2);
	ATF_CHECK_EQ(0, hear(10500));
	ATF_CHECK_EQ(15500, rpc_next(&rpc));
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 15500));
	is_bytes("again", BYTES(ping));
	ATF_CHECK_EQ(20500, rpc_next(&rpc));
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 20499));
	ATF_CHECK_EQ(0, g.n);
	ATF_CHECK_EQ(-1, rpc_tick(&rpc, 20500));
	ATF_CHECK(strstr(rpc.why.text, "does not answer") != NULL);
	ATF_CHECK_EQ(1, g.n);
	ATF_CHECK_EQ(RPC_LOST, g.result);
	end();
}

/* A part of a long message whose length is wrong does not wait for the rest of
 * it while the daemon answers pings. */
ATF_TC_WITHOUT_HEAD(pong_inside);
ATF_TC_BODY(pong_inside, tc)
{
	static const unsigned char part[] = { 0, 2, 0, 0, 0x20, 0, 0x80 };
	struct got g = { 0 };

	begin();
	ask(&g, STATE, 0, START);
	say(part, sizeof(part));
	ATF_CHECK_EQ(0, hear(START));
	ATF_CHECK_EQ(0, rpc_tick(&rpc, START + SILENCE / 2));
	say(part, 1);
	ATF_CHECK_EQ(0, hear(START + SILENCE / 2));
	ATF_CHECK_EQ(0, rpc_tick(&rpc, START + SILENCE));
	say_keepalive(2);
	ATF_CHECK_EQ(0, g.n);
	ATF_CHECK_EQ(-1, hear(START + SILENCE));
	ATF_CHECK(strstr(rpc.why.text, "wrong length") != NULL);
	ATF_CHECK_EQ(1, g.n);
	ATF_CHECK_EQ(RPC_LOST, g.result);
	end();
}

/* A daemon that has to answer soon is asked after a second whether it is
 * there. */
ATF_TC_WITHOUT_HEAD(deaf);
ATF_TC_BODY(deaf, tc)
{
	struct got g = { 0 }, h = { 0 };

	begin();
	ask(&g, STATE, 0, START);
	ask(&h, STATE, 60000, START);
	ATF_CHECK_EQ(START + RPC_PING, rpc_next(&rpc));
	ATF_CHECK_EQ(0, rpc_tick(&rpc, START));
	(void)drain();
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 1999));
	ATF_CHECK(!rpc_deaf(&rpc));
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 2000));
	is_bytes("silent", BYTES(ping));
	ATF_CHECK(rpc_deaf(&rpc));
	say_keepalive(2);
	ATF_CHECK_EQ(0, hear(2500));
	ATF_CHECK(!rpc_deaf(&rpc));
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 3500));
	ATF_CHECK(rpc_deaf(&rpc));
	ATF_CHECK_EQ(3500 + SILENCE / 2, rpc_next(&rpc));
	say_reply(2);
	ATF_CHECK_EQ(0, hear(4000));
	ATF_CHECK_EQ(1, h.n);
	ATF_CHECK(!rpc_deaf(&rpc));
	ATF_CHECK_EQ(4000 + SILENCE / 2, rpc_next(&rpc));
	end();
	ATF_CHECK(!rpc_deaf(&rpc));
}

/* Nothing is asked of a daemon from which nothing is awaited, and the time
 * that went so is not held against it. */
ATF_TC_WITHOUT_HEAD(idle);
ATF_TC_BODY(idle, tc)
{
	struct got g = { 0 }, h = { 0 };

	begin();
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 900000));
	ATF_CHECK_EQ(0, drain());
	ATF_CHECK_EQ(0, rpc_next(&rpc));
	ask(&g, STATE, 1000, 1000000);
	ATF_CHECK(rpc_next(&rpc) <= 1000000);
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 1000000));
	ATF_CHECK_EQ(56, drain());
	ATF_CHECK_EQ(0, memcmp(sent + 28, ping, 28));
	ATF_CHECK_EQ(1001000, rpc_next(&rpc));
	/* Late, and idle again with a ping that was never answered. */
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 1001000));
	ATF_CHECK_EQ(RPC_TIMEOUT, g.result);
	ATF_CHECK_EQ(0, rpc_next(&rpc));
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 2000000));
	ask(&h, STATE, 0, 2000000);
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 2000000));
	ATF_CHECK_EQ(56, drain());
	ATF_CHECK_EQ(2005000, rpc_next(&rpc));
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 2004999));
	ATF_CHECK_EQ(-1, rpc_tick(&rpc, 2005000));
	ATF_CHECK_EQ(1, h.n);
	ATF_CHECK_EQ(1, g.n);
	end();
}

/* A run that was held up itself (a slow disk) has not asked, or not read. */
ATF_TC_WITHOUT_HEAD(held_up);
ATF_TC_BODY(held_up, tc)
{
	struct got g = { 0 }, h = { 0 };

	begin();
	ask(&g, STATE, 0, START);
	(void)rpc_tick(&rpc, START);
	(void)drain();
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 60000));
	is_bytes("asked first", BYTES(ping));
	ATF_CHECK_EQ(65000, rpc_next(&rpc));
	say_keepalive(2);
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 90000));
	ATF_CHECK_EQ(95000, rpc_next(&rpc));
	ask(&h, STATE, 1000, 90000);
	say_reply(2);
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 120000));
	ATF_CHECK_EQ(1, h.n);
	ATF_CHECK_EQ(RPC_OK, h.result);
	ATF_CHECK_EQ(0, g.n);
	(void)drain();
	(void)close(peer);
	peer = -1;
	ATF_CHECK_EQ(-1, rpc_tick(&rpc, 180000));
	ATF_CHECK(strstr(rpc.why.text, "closed") != NULL);
	end();
}

ATF_TC_WITHOUT_HEAD(deadlines);
ATF_TC_BODY(deadlines, tc)
{
	struct got g[5] = { { 0 } };
	int i;

	begin();
	ask(&g[0], STATE, 3000, START);
	ask(&g[1], STATE, 2000, START);
	ask(&g[2], STATE, 0, START);
	ask(&g[3], STATE, 2500, START);
	ATF_CHECK(!rpc_room(&rpc));
	ATF_CHECK_EQ(-1, try(&g[4], STATE, 0, START));
	ATF_CHECK_EQ(START + RPC_PING, rpc_next(&rpc));
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 2999));
	ATF_CHECK_EQ(0, g[1].n);
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 3000));
	ATF_CHECK_EQ(1, g[1].n);
	ATF_CHECK_EQ(RPC_TIMEOUT, g[1].result);
	ATF_CHECK_EQ(3500, rpc_next(&rpc));
	/* For the daemon it is still a call. */
	ATF_CHECK(!rpc_room(&rpc));
	ATF_CHECK_EQ(-1, try(&g[4], STATE, 0, START));
	say_reply(2);
	ATF_CHECK_EQ(0, hear(3100));
	ATF_CHECK_EQ(1, g[1].n);
	ATF_CHECK(rpc_room(&rpc));
	ask(&g[4], STATE, 100, 3100);
	ATF_CHECK(!rpc_room(&rpc));
	ATF_CHECK_EQ(3200, rpc_next(&rpc));
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 3200));
	ATF_CHECK_EQ(RPC_TIMEOUT, g[4].result);
	ATF_CHECK_EQ(0, g[0].n + g[2].n + g[3].n);
	end();
	for (i = 0; i < 5; i++)
		ATF_CHECK_EQ(1, g[i].n);
	ATF_CHECK_EQ(RPC_LOST, g[2].result);
}

/* The answer to a call that has timed out, or the loss of it, is told once more
 * to who wants it. */
ATF_TC_WITHOUT_HEAD(late);
ATF_TC_BODY(late, tc)
{
	struct got g[3] = { { 0 } }, l[3] = { { 0 } };
	struct two two[3];
	int i;

	begin();
	for (i = 0; i < 3; i++) {
		two[i] = (struct two){ &g[i], &l[i] };
		ask_two(&two[i], 1000);
	}
	ATF_CHECK_EQ(0, rpc_tick(&rpc, START + 1000));
	for (i = 0; i < 3; i++) {
		ATF_CHECK_EQ(RPC_TIMEOUT, g[i].result);
		ATF_CHECK_EQ(0, l[i].n);
	}
	say_reply(2);
	rpc_forget(&rpc, &two[2]);
	ATF_CHECK_EQ(0, hear(START + 1100));
	ATF_CHECK_EQ(1, l[1].n);
	ATF_CHECK_EQ(RPC_OK, l[1].result);
	ATF_CHECK_EQ(0, l[0].n);
	end();
	ATF_CHECK_EQ(1, l[0].n);
	ATF_CHECK_EQ(RPC_LOST, l[0].result);
	ATF_CHECK_EQ(0, l[2].n);
	for (i = 0; i < 3; i++)
		ATF_CHECK_EQ(1, g[i].n);
}

ATF_TC_WITHOUT_HEAD(all_stuck);
ATF_TC_BODY(all_stuck, tc)
{
	struct got g[4] = { { 0 } };
	int i;

	begin();
	for (i = 0; i < 4; i++)
		ask(&g[i], STATE, 1000 + i, START);
	ATF_CHECK_EQ(0, rpc_tick(&rpc, 2002));
	ATF_CHECK_EQ(RPC_TIMEOUT, g[2].result);
	ATF_CHECK_EQ(0, g[3].n);
	ATF_CHECK_EQ(-1, rpc_tick(&rpc, 2003));
	ATF_CHECK_MSG(strstr(rpc.why.text, "answers no call") != NULL, "%s",
	    rpc.why.text);
	for (i = 0; i < 4; i++) {
		ATF_CHECK_EQ(1, g[i].n);
		ATF_CHECK_EQ(RPC_TIMEOUT, g[i].result);
	}
	end();
	for (i = 0; i < 4; i++)
		ATF_CHECK_EQ(1, g[i].n);
}

/* Each handler closes what it was called from; each call is answered once. */
ATF_TC_WITHOUT_HEAD(closing_handlers);
ATF_TC_BODY(closing_handlers, tc)
{
	struct got g[4];
	int way, i;

	for (way = 0; way < 4; way++) {
		memset(g, 0, sizeof(g));
		begin();
		for (i = 0; i < 4; i++) {
			g[i].close = &rpc;
			ask(&g[i], STATE, 1000, START);
		}
		(void)rpc_tick(&rpc, START);
		say_reply(2);
		say_reply(1);
		if (way == 0)
			ATF_CHECK_EQ(-1, hear(START));
		else if (way == 1)
			ATF_CHECK_EQ(-1, rpc_tick(&rpc, START + 999999));
		else if (way == 2)
			rpc_close(&rpc, "closed");
		else
			rpc_free(&rpc);
		for (i = 0; i < 4; i++)
			ATF_CHECK_MSG(g[i].n == 1, "way %d: call %d: %d",
			    way, i, g[i].n);
		ATF_CHECK_EQ(way == 0 ? RPC_OK : way == 1 ? RPC_OK : RPC_LOST,
		    g[1].result);
		ATF_CHECK_EQ(RPC_LOST, g[3].result);
		ATF_CHECK_EQ(-1, rpc.fd);
		end();
	}
}

/* The first of them to be late closes, the others are late no more. */
ATF_TC_WITHOUT_HEAD(closing_late);
ATF_TC_BODY(closing_late, tc)
{
	struct got g[3] = { { 0 } };
	int i;

	begin();
	for (i = 0; i < 3; i++)
		ask(&g[i], STATE, 1000, START);
	g[0].close = &rpc;
	ATF_CHECK_EQ(-1, rpc_tick(&rpc, START + 1000));
	ATF_CHECK_EQ(RPC_TIMEOUT, g[0].result);
	ATF_CHECK_EQ(RPC_LOST, g[1].result);
	ATF_CHECK_EQ(RPC_LOST, g[2].result);
	for (i = 0; i < 3; i++)
		ATF_CHECK_EQ(1, g[i].n);
	end();
}

ATF_TC_WITHOUT_HEAD(closing_event);
ATF_TC_BODY(closing_event, tc)
{
	struct frame f = { PROGRAM, 1, EVENT, MESSAGE, 0, 0, "news", 4 };
	struct got g = { 0 };

	begin();
	rpc.event = event_came;
	rpc.event_arg = &rpc;
	ask(&g, STATE, 0, START);
	(void)rpc_tick(&rpc, START);
	say_frame(&f);
	say_frame(&f);
	say_reply(1);
	ATF_CHECK_EQ(-1, hear(START));
	ATF_CHECK_EQ(1, events);
	ATF_CHECK_EQ(1, g.n);
	ATF_CHECK_EQ(RPC_LOST, g.result);
	ATF_CHECK_STREQ("closed by its event", rpc.why.text);
	end();
}

/* The entry is free before its owner hears: with all taken it calls again. */
ATF_TC_WITHOUT_HEAD(calling_handlers);
ATF_TC_BODY(calling_handlers, tc)
{
	struct got g[4] = { { 0 } }, again = { 0 };
	int i;

	begin();
	for (i = 0; i < 4; i++)
		ask(&g[i], STATE, 0, START);
	g[2].call = &rpc;
	g[2].next = &again;
	g[2].now = START;
	say_reply(3);
	ATF_CHECK_EQ(0, hear(START));
	ATF_CHECK_EQ(1, g[2].n);
	ATF_CHECK(!rpc_room(&rpc));
	ATF_CHECK_EQ(5 * 28, drain());
	ATF_CHECK_EQ(5, sent[4 * 28 + 23]);	/* its serial */
	say_reply(5);
	ATF_CHECK_EQ(0, hear(START));
	ATF_CHECK_EQ(1, again.n);
	ATF_CHECK_EQ(RPC_OK, again.result);
	end();
}

/* Fill what the kernel takes; each frame arrives whole all the same. */
ATF_TC_WITHOUT_HEAD(full_queue);
ATF_TC_BODY(full_queue, tc)
{
	struct got g[4] = { { 0 } };
	struct rpc_wait w = { .fn = answered };
	char args[40000];
	int small = 4096, i, rounds = 0;
	size_t n = 0, want = 4 * (28 + sizeof(args));
	ssize_t got;

	begin();
	ATF_REQUIRE_EQ(0, setsockopt(rpc.fd, SOL_SOCKET, SO_SNDBUF, &small,
	    sizeof(small)));
	memset(args, 'a', sizeof(args));
	for (i = 0; i < 4; i++) {
		buf_put(rpc_args(&rpc), args, sizeof(args));
		w.arg = &g[i];
		ATF_REQUIRE_EQ(0, rpc_call(&rpc, STATE, &w, START));
	}
	ATF_CHECK_EQ(0, rpc_tick(&rpc, START));
	ATF_REQUIRE_EQ(POLLIN | POLLOUT, rpc_wants(&rpc));
	while (n < want && rounds++ < 100000) {
		got = read(peer, sent + n, 1000);
		ATF_REQUIRE(got > 0);
		n += (size_t)got;
		ATF_REQUIRE_EQ(0, rpc_ready(&rpc, POLLOUT, START));
	}
	ATF_CHECK_EQ(want, n);
	ATF_CHECK_EQ(0, drain());
	ATF_CHECK_EQ(POLLIN, rpc_wants(&rpc));
	for (i = 0; i < 4; i++) {
		ATF_CHECK_EQ(i + 1, sent[i * (28 + (int)sizeof(args)) + 23]);
		ATF_CHECK_EQ(0, memcmp(sent + (size_t)i * (28 + sizeof(args)) +
		    28, args, sizeof(args)));
	}
	end();
}

/* A daemon that asks for ever and never reads costs us no memory, and finds
 * whole frames when it reads at last. */
ATF_TC_WITHOUT_HEAD(ping_flood);
ATF_TC_BODY(ping_flood, tc)
{
	int small = 4096, i;
	size_t n, at;

	begin();
	ATF_REQUIRE_EQ(0, setsockopt(rpc.fd, SOL_SOCKET, SO_SNDBUF, &small,
	    sizeof(small)));
	for (i = 0; i < 20000; i++) {
		say_keepalive(1);
		ATF_REQUIRE_EQ(0, hear(START));
	}
	ATF_CHECK(rpc_wants(&rpc) & POLLOUT);
	ATF_CHECK_MSG(rpc.out.len <= 8192 && rpc.out.size <= 8192,
	    "%zu bytes wait", rpc.out.len);
	ATF_CHECK_EQ(0, rpc.out.bad);
	do {
		n = drain();
		for (at = 0; at < n; at += 28)
			ATF_REQUIRE_EQ(0, memcmp(sent + at, pong, 28));
		ATF_REQUIRE_EQ(0, rpc_ready(&rpc, POLLOUT, START));
	} while (rpc_wants(&rpc) & POLLOUT);
	say_keepalive(1);
	ATF_REQUIRE_EQ(0, hear(START));
	ATF_CHECK_EQ(0, drain() % 28);
	end();
}

ATF_TC_WITHOUT_HEAD(serials);
ATF_TC_BODY(serials, tc)
{
	struct got g[3] = { { 0 } };

	begin();
	ask(&g[0], STATE, 0, START);
	rpc.serial = UINT32_MAX - 1;
	ask(&g[1], STATE, 0, START);
	rpc.serial = UINT32_MAX;
	say_reply(1);
	(void)rpc_tick(&rpc, START);
	ATF_CHECK_EQ(0, hear(START));
	ask(&g[2], STATE, 0, START);
	say_reply(UINT32_MAX);
	say_reply(1);			/* zero is no serial */
	ATF_CHECK_EQ(0, hear(START));
	ATF_CHECK_EQ(1, g[1].n);
	ATF_CHECK_EQ(1, g[2].n);
	end();
}

ATF_TC_WITHOUT_HEAD(refused);
ATF_TC_BODY(refused, tc)
{
	struct rpc_wait w = { .fn = answered };

	begin();
	rpc_args(&rpc)->bad = 1;
	ATF_CHECK_EQ(-1, rpc_call(&rpc, STATE, &w, START));
	ATF_CHECK_EQ(POLLIN, rpc_wants(&rpc));
	/* The next one finds an empty buf. */
	ATF_CHECK_EQ(0, rpc_args(&rpc)->bad);
	ATF_CHECK_EQ(0, rpc_args(&rpc)->len);
	rpc_close(&rpc, NULL);
	ATF_CHECK_STREQ("", rpc.why.text);
	rpc_close(&rpc, "late");
	ATF_CHECK_STREQ("", rpc.why.text);
	end();
}

/* Opened again, it has nothing of what was before. */
ATF_TC_WITHOUT_HEAD(opened_again);
ATF_TC_BODY(opened_again, tc)
{
	struct got g = { 0 }, h = { 0 };
	unsigned char p[256];
	struct frame f = reply(1, "okay", 4);
	int sv[2];

	begin();
	ask(&g, STATE, 0, START);
	(void)frame_write(p, &f);
	say(p, 10);
	ATF_REQUIRE_EQ(0, hear(START));
	ask(&g, STATE, 0, START);		/* not sent yet */
	rpc_close(&rpc, "gone");
	ATF_CHECK_EQ(2, g.n);
	ATF_CHECK_STREQ("gone", rpc.why.text);
	(void)close(peer);
	ATF_REQUIRE_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    sv));
	peer = sv[1];
	rpc_open(&rpc, sv[0], SILENCE, 50000);
	ATF_CHECK_STREQ("", rpc.why.text);
	ATF_CHECK_EQ(POLLIN, rpc_wants(&rpc));
	ask(&h, STATE, 0, 50000);
	ATF_CHECK_EQ(55000, rpc_next(&rpc));
	say_reply(1);
	ATF_CHECK_EQ(0, hear(50000));
	ATF_CHECK_EQ(1, h.n);
	ATF_CHECK_EQ(2, g.n);
	end();
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, golden);
	ATF_TP_ADD_TC(tp, one_byte);
	ATF_TP_ADD_TC(tp, out_of_order);
	ATF_TP_ADD_TC(tp, passed_over);
	ATF_TP_ADD_TC(tp, bad_frames);
	ATF_TP_ADD_TC(tp, banner);
	ATF_TP_ADD_TC(tp, answered_twice);
	ATF_TP_ADD_TC(tp, long_answers);
	ATF_TP_ADD_TC(tp, end_of_file);
	ATF_TP_ADD_TC(tp, write_fails);
	ATF_TP_ADD_TC(tp, their_ping);
	ATF_TP_ADD_TC(tp, our_ping);
	ATF_TP_ADD_TC(tp, pong_inside);
	ATF_TP_ADD_TC(tp, deaf);
	ATF_TP_ADD_TC(tp, idle);
	ATF_TP_ADD_TC(tp, held_up);
	ATF_TP_ADD_TC(tp, deadlines);
	ATF_TP_ADD_TC(tp, late);
	ATF_TP_ADD_TC(tp, all_stuck);
	ATF_TP_ADD_TC(tp, closing_handlers);
	ATF_TP_ADD_TC(tp, closing_late);
	ATF_TP_ADD_TC(tp, closing_event);
	ATF_TP_ADD_TC(tp, calling_handlers);
	ATF_TP_ADD_TC(tp, full_queue);
	ATF_TP_ADD_TC(tp, ping_flood);
	ATF_TP_ADD_TC(tp, serials);
	ATF_TP_ADD_TC(tp, refused);
	ATF_TP_ADD_TC(tp, opened_again);
	return atf_no_error();
}
