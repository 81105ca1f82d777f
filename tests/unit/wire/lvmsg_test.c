#include <atf-c.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/buf.h"
#include "wire/lvargs.h"
#include "wire/lvmsg.h"
#include "wire/lvproto.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))
#define BYTES(s)	(s), sizeof(s) - 1

/*
 * Messages are spelled out here, in words of four bytes as RFC 4506 has them.
 * Those called "seen" were sent by a libvirtd 9.0.0 with QEMU guests.
 */
#define UUID1	"\x11\x11\x11\x11" "\x22\x22\x33\x33"			\
		"\x44\x44\x55\x55" "\x55\x55\x55\x55"
#define UUID2	"\xaa\xaa\xaa\xaa" "\xbb\xbb\xcc\xcc"			\
		"\xdd\xdd\xee\xee" "\xee\xee\xee\xee"
#define MINUS1	"\xff\xff\xff\xff"
#define ALPHA	"\0\0\0\5" "alph" "a\0\0\0" UUID1 "\0\0\0\2"
#define NETWORK	"\0\0\0\5" "alph" "a\0\0\0" UUID1
#define BETA	"\0\0\0\x9" "b\xc3\xa9t" "a on" "e\0\0\0" UUID2 MINUS1
#define ZERO8	"\0\0\0\0\0\0\0\0"

static const unsigned char uuid1[] = UUID1;
static const unsigned char uuid2[] = UUID2;

/* Seen: what came for a guest without an agent, shut down by its agent. */
static const char seen_error[] =
    "\0\0\0\x4a" "\0\0\0\xa" "\0\0\0\1" "\0\0\0\x38"
    "argument unsupported: QEMU guest agent is not configured"
    "\0\0\0\2" "\0\0\0\0" "\0\0\0\1" "\0\0\0\x18"
    "argument unsupported: %s" "\0\0\0\1" "\0\0\0\x22"
    "QEMU guest agent is not configured\0\0" "\0\0\0\0" MINUS1 MINUS1
    "\0\0\0\0";

static const char full_error[] =
    "\0\0\0\x2a" "\0\0\0\xa" "\0\0\0\1" "\0\0\0\4" "gone" "\0\0\0\2"
    "\0\0\0\1" ALPHA "\0\0\0\1" "\0\0\0\1" "a\0\0\0" "\0\0\0\1"
    "\0\0\0\2" "bc\0\0" "\0\0\0\1" "\0\0\0\3" "def\0" "\0\0\0\7"
    "\0\0\0\x8" "\0\0\0\1" "\0\0\0\3" "net\0" UUID2;

static const char bare_error[] =
    "\0\0\0\1" "\0\0\0\7" "\0\0\0\0" "\0\0\0\2" "\0\0\0\0" "\0\0\0\0"
    "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0";

/* Seen: a save of 256 MiB that was under way, after 28 ms. */
static const char seen_job[] =
    "\0\0\0\2" "\0\0\0\0\0\0\0\x1c" ZERO8
    "\0\0\0\0\x10\x08\x20\0" "\0\0\0\0\0\x02\x11\xe7"
    "\0\0\0\0\x0f\xe8\x10\0"
    "\0\0\0\0\x10\x08\x20\0" "\0\0\0\0\0\x02\x11\xe7"
    "\0\0\0\0\x0f\xe8\x10\0" ZERO8 ZERO8 ZERO8;

/* Seen: a guest that runs, and one that is off. */
static const char seen_list[] =
    "\0\0\0\2" BETA ALPHA "\0\0\0\2";

/* Seen: the end of a save. */
static const char seen_lifecycle[] =
    "\0\0\0\0" BETA "\0\0\0\5" "\0\0\0\4";

/* Decoders under one form: 0 or -1, what they give is looked at elsewhere. */
static int
decode_int(struct buf *b)
{
	int32_t v;

	return lvmsg_get_int(b, &v);
}

static int
decode_string(struct buf *b)
{
	const char *s;
	size_t len;

	return lvmsg_get_string(b, &s, &len);
}

static int
decode_auth(struct buf *b)
{
	int32_t types[2];
	size_t n;

	return lvmsg_get_auth(b, types, 2, &n);
}

static int
decode_network(struct buf *b)
{
	struct lvmsg_domain d;

	return lvmsg_get_network(b, &d);
}

static int
decode_list(struct buf *b)
{
	struct lvmsg_domain d;
	uint32_t count, i;

	if (lvmsg_get_list(b, &count) == -1)
		return -1;
	for (i = 0; i < count; i++)
		if (lvmsg_next_domain(b, &d) == -1)
			return -1;
	return lvmsg_end_list(b, count);
}

static int
decode_state(struct buf *b)
{
	struct lvmsg_state s;

	return lvmsg_get_state(b, &s);
}

static int
decode_job(struct buf *b)
{
	struct lvmsg_job j;

	return lvmsg_get_job(b, &j);
}

static int
decode_memory(struct buf *b)
{
	uint64_t kib;

	return lvmsg_get_memory(b, &kib);
}

static int
decode_error(struct buf *b)
{
	struct lvmsg_error e;

	return lvmsg_get_error(b, &e);
}

static int
decode_lifecycle(struct buf *b)
{
	struct lvmsg_lifecycle l;

	return lvmsg_get_lifecycle(b, &l);
}

/* Of DOMAIN_GET_INFO, every number of its own. */
static const char seen_info[] = "\0\0\0\1" "\0\0\0\2\0\0\0\0"
    "\0\0\0\1\0\0\0\x8" "\0\0\0\3" "\0\0\0\0\0\0\0\4";

static const struct message {
	const char	*what;
	int		(*decode)(struct buf *);
	const char	*bytes;
	size_t		 n;
} messages[] = {
	{ "int", decode_int, BYTES("\0\0\0\1") },
	{ "string", decode_string, BYTES("\0\0\0\xe" "qemu:///system\0\0") },
	{ "auth", decode_auth, BYTES("\0\0\0\1" "\0\0\0\0") },
	{ "auth of 3", decode_auth,
	    BYTES("\0\0\0\3" "\0\0\0\1" "\0\0\0\2" "\0\0\0\0") },
	{ "auth of 0", decode_auth, BYTES("\0\0\0\0") },
	{ "network", decode_network, BYTES(NETWORK) },
	{ "list of 0", decode_list, BYTES("\0\0\0\0" "\0\0\0\0") },
	{ "list of 1", decode_list, BYTES("\0\0\0\1" ALPHA "\0\0\0\1") },
	{ "list", decode_list, BYTES(seen_list) },
	{ "state", decode_state, BYTES("\0\0\0\3" "\0\0\0\1") },
	{ "job", decode_job, BYTES(seen_job) },
	{ "memory", decode_memory, BYTES(seen_info) },
	{ "error", decode_error, BYTES(seen_error) },
	{ "error with all", decode_error, BYTES(full_error) },
	{ "error with nothing", decode_error, BYTES(bare_error) },
	{ "lifecycle", decode_lifecycle, BYTES(seen_lifecycle) }
};

/* Decode n bytes in a block of exactly that size: a read past it is seen. */
static int
decode(const struct message *m, const char *bytes, size_t n)
{
	struct buf b;
	void *p = malloc(n);
	int rv;

	ATF_REQUIRE(p != NULL || n == 0);
	if (n > 0)
		memcpy(p, bytes, n);
	buf_view(&b, p, n);
	rv = m->decode(&b);
	ATF_CHECK_MSG(rv == (b.bad ? -1 : 0), "%s: %d, but bad is %d",
	    m->what, rv, b.bad);
	free(p);
	return rv;
}

ATF_TC_WITHOUT_HEAD(whole);
ATF_TC_BODY(whole, tc)
{
	const struct message *m;

	for (m = messages; m < messages + N(messages); m++)
		ATF_CHECK_MSG(decode(m, m->bytes, m->n) == 0, "%s refused",
		    m->what);
}

ATF_TC_WITHOUT_HEAD(cut);
ATF_TC_BODY(cut, tc)
{
	const struct message *m;
	size_t n;

	for (m = messages; m < messages + N(messages); m++)
		for (n = 0; n < m->n; n++)
			ATF_CHECK_MSG(decode(m, m->bytes, n) == -1,
			    "%s: taken with %zu bytes of %zu", m->what, n,
			    m->n);
}

ATF_TC_WITHOUT_HEAD(too_long);
ATF_TC_BODY(too_long, tc)
{
	const struct message *m;
	char bytes[512];
	size_t more;

	memset(bytes, 0, sizeof(bytes));
	for (m = messages; m < messages + N(messages); m++) {
		ATF_REQUIRE(m->n + 8 <= sizeof(bytes));
		for (more = 1; more <= 8; more++) {
			memset(bytes, 0, sizeof(bytes));
			memcpy(bytes, m->bytes, m->n);
			ATF_CHECK_MSG(decode(m, bytes, m->n + more) == -1,
			    "%s: taken with %zu bytes more", m->what, more);
		}
	}
}

/* Any word may be anything: never read past the end, whatever the verdict. */
ATF_TC_WITHOUT_HEAD(hostile_words);
ATF_TC_BODY(hostile_words, tc)
{
	static const char *const words[] = { "\xff\xff\xff\xff",
	    "\xff\xff\xff\xfd", "\x80\0\0\0", "\x7f\xff\xff\xff", "\0\0\0\0",
	    "\0\0\0\1", "\0\0\0\2", "\0\0\0\x10", "\0\0\1\0", "\0\0\x40\0",
	    "\0\0\x40\1", "\0\x40\0\0", "\0\x40\0\1" };
	const struct message *m;
	char bytes[512];
	size_t i, at;

	for (m = messages; m < messages + N(messages); m++)
		for (at = 0; at < m->n; at += 4)
			for (i = 0; i < N(words); i++) {
				memcpy(bytes, m->bytes, m->n);
				memcpy(bytes + at, words[i], 4);
				(void)decode(m, bytes, m->n);
			}
}

/* One thing wrong in each. */
static const struct message refused[] = {
	{ "21 auth types", decode_auth, BYTES("\0\0\0\x15"
	    ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8
	    "\0\0\0\0") },
	{ "ffffffff auth types", decode_auth, BYTES(MINUS1 "\0\0\0\0") },
	{ "40000001 auth types", decode_auth,
	    BYTES("\x40\0\0\1" "\0\0\0\0") },
	{ "NUL in a string", decode_string, BYTES("\0\0\0\3" "a\0b\0") },
	{ "NUL in a name", decode_network,
	    BYTES("\0\0\0\3" "a\0b\0" UUID1) },
	{ "padding of a name", decode_network,
	    BYTES("\0\0\0\3" "abcd" UUID1) },
	{ "name of ffffffff", decode_network,
	    BYTES(MINUS1 "abcd" UUID1) },
	{ "list: closing number too small", decode_list,
	    BYTES("\0\0\0\1" ALPHA "\0\0\0\0") },
	{ "list: closing number too large", decode_list,
	    BYTES("\0\0\0\1" ALPHA "\0\0\0\2") },
	{ "list: closed by -1", decode_list, BYTES("\0\0\0\0" MINUS1) },
	{ "list: one more than it says", decode_list,
	    BYTES("\0\0\0\1" ALPHA BETA "\0\0\0\1") },
	{ "list: one less than it says", decode_list,
	    BYTES("\0\0\0\2" ALPHA "\0\0\0\2") },
	{ "list of ffffffff", decode_list, BYTES(MINUS1 ALPHA MINUS1) },
	{ "list of 16384 in a few bytes", decode_list,
	    BYTES("\0\0\x40\0" ALPHA "\0\0\x40\0") },
	{ "error: message neither there nor absent", decode_error,
	    BYTES("\0\0\0\1" "\0\0\0\7" "\0\0\0\2" "\0\0\0\0" "\0\0\0\2"
	    "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0"
	    "\0\0\0\0" "\0\0\0\0") },
	{ "error: domain neither there nor absent", decode_error,
	    BYTES("\0\0\0\1" "\0\0\0\7" "\0\0\0\0" "\0\0\0\2" "\0\0\0\2"
	    "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0"
	    "\0\0\0\0") },
	{ "error: network neither there nor absent", decode_error,
	    BYTES("\0\0\0\1" "\0\0\0\7" "\0\0\0\0" "\0\0\0\2" "\0\0\0\0"
	    "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0"
	    MINUS1) },
	{ "error: NUL in its message", decode_error,
	    BYTES("\0\0\0\1" "\0\0\0\7" "\0\0\0\1" "\0\0\0\2" "a\0\0\0"
	    "\0\0\0\2" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0"
	    "\0\0\0\0" "\0\0\0\0" "\0\0\0\0") }
};

ATF_TC_WITHOUT_HEAD(malformed);
ATF_TC_BODY(malformed, tc)
{
	const struct message *m;

	for (m = refused; m < refused + N(refused); m++)
		ATF_CHECK_MSG(decode(m, m->bytes, m->n) == -1, "%s: taken",
		    m->what);
}

static int
same_domain(const struct lvmsg_domain *d, const char *name,
    const unsigned char *uuid, int32_t id)
{
	return d->namelen == strlen(name) &&
	    memcmp(d->name, name, d->namelen) == 0 &&
	    memcmp(d->uuid, uuid, 16) == 0 && d->id == id;
}

/* Seen: the reply to the registration, and a pong. */
ATF_TC_WITHOUT_HEAD(header);
ATF_TC_BODY(header, tc)
{
	static const char bytes[] = "\x20\0\x80\x86" "\0\0\0\1"
	    "\0\0\1\x3c" "\0\0\0\1" "\0\0\0\5" "\0\0\0\0" "rest";
	static const char pong[] = "kee" "\x70" "\0\0\0\1" "\0\0\0\2"
	    "\0\0\0\2" "\0\0\0\0" "\0\0\0\0";
	struct lvmsg_header h, sent = { 0x20008086, 1, 316, LV_TYPE_REPLY, 5,
	    LV_STATUS_OK };
	struct buf b, cutb;
	size_t n;
	void *p;

	buf_view(&b, bytes, sizeof(bytes) - 1);
	ATF_REQUIRE_EQ(0, lvmsg_get_header(&b, &h));
	ATF_CHECK(memcmp(&h, &sent, sizeof(h)) == 0);
	ATF_CHECK_EQ(4, buf_left(&b));

	buf_view(&b, pong, sizeof(pong) - 1);
	ATF_REQUIRE_EQ(0, lvmsg_get_header(&b, &h));
	ATF_CHECK_EQ(LV_KEEPALIVE_PROGRAM, h.prog);
	ATF_CHECK_EQ(LV_KEEPALIVE_VERSION, h.vers);
	ATF_CHECK_EQ(LV_KEEPALIVE_PONG, h.proc);
	ATF_CHECK_EQ(LV_TYPE_MESSAGE, h.type);

	ATF_REQUIRE_EQ(0, buf_init(&b, 0, LVMSG_HEADER));
	lvargs_header(&b, &sent);
	ATF_CHECK_EQ(0, b.bad);
	ATF_CHECK_EQ(LVMSG_HEADER, b.len);
	ATF_CHECK(memcmp(b.base, bytes, LVMSG_HEADER) == 0);
	for (n = 0; n < LVMSG_HEADER; n++) {
		p = malloc(n);
		ATF_REQUIRE(p != NULL || n == 0);
		if (n > 0)
			memcpy(p, bytes, n);
		buf_view(&cutb, p, n);
		ATF_CHECK_MSG(lvmsg_get_header(&cutb, &h) == -1 &&
		    h.prog == 0, "%zu bytes of a header", n);
		free(p);
	}
	buf_free(&b);
}

ATF_TC_WITHOUT_HEAD(get_int_string);
ATF_TC_BODY(get_int_string, tc)
{
	struct buf b;
	const char *s;
	size_t len;
	int32_t v;

	buf_view(&b, "\xff\xff\xff\xfe", 4);
	ATF_REQUIRE_EQ(0, lvmsg_get_int(&b, &v));
	ATF_CHECK_EQ(-2, v);
	buf_view(&b, "\xff\xff\xff\xfe\0", 5);
	ATF_REQUIRE_EQ(-1, lvmsg_get_int(&b, &v));
	ATF_CHECK_EQ(0, v);

	buf_view(&b, "\0\0\0\xe" "qemu:///system\0\0", 20);
	ATF_REQUIRE_EQ(0, lvmsg_get_string(&b, &s, &len));
	ATF_CHECK(len == 14 && memcmp(s, "qemu:///system", 14) == 0);
	buf_view(&b, "\0\0\0\2" "ab\0\0" "\0\0\0\0", 12);
	ATF_REQUIRE_EQ(-1, lvmsg_get_string(&b, &s, &len));
	ATF_CHECK(len == 0 && *s == '\0');
}

ATF_TC_WITHOUT_HEAD(get_auth);
ATF_TC_BODY(get_auth, tc)
{
	static const char three[] =
	    "\0\0\0\3" "\0\0\0\1" "\0\0\0\2" "\0\0\0\0";
	char twenty[84];
	int32_t types[4] = { 9, 9, 9, 9 };
	struct buf b;
	size_t n;

	buf_view(&b, three, 16);
	ATF_REQUIRE_EQ(0, lvmsg_get_auth(&b, types, 4, &n));
	ATF_CHECK_EQ(3, n);
	ATF_CHECK(types[0] == LV_AUTH_SASL && types[1] == LV_AUTH_POLKIT &&
	    types[2] == LV_AUTH_NONE && types[3] == 9);

	types[2] = 9;
	buf_view(&b, three, 16);
	ATF_REQUIRE_EQ(0, lvmsg_get_auth(&b, types, 2, &n));
	ATF_CHECK_EQ(3, n);
	ATF_CHECK_EQ(9, types[2]);

	buf_view(&b, three, 16);
	ATF_REQUIRE_EQ(0, lvmsg_get_auth(&b, NULL, 0, &n));
	ATF_CHECK_EQ(3, n);

	memset(twenty, 0, sizeof(twenty));
	twenty[3] = 20;
	buf_view(&b, twenty, 84);
	ATF_REQUIRE_EQ(0, lvmsg_get_auth(&b, types, 4, &n));
	ATF_CHECK_EQ(20, n);

	types[0] = 9;
	buf_view(&b, three, 12);
	ATF_REQUIRE_EQ(-1, lvmsg_get_auth(&b, types, 4, &n));
	ATF_CHECK_EQ(0, n);
	ATF_CHECK_EQ(9, types[0]);
}

ATF_TC_WITHOUT_HEAD(get_list);
ATF_TC_BODY(get_list, tc)
{
	struct lvmsg_domain d;
	struct buf b;
	uint32_t count;

	buf_view(&b, BYTES(seen_list));
	ATF_REQUIRE_EQ(0, lvmsg_get_list(&b, &count));
	ATF_REQUIRE_EQ(2, count);
	ATF_REQUIRE_EQ(0, lvmsg_next_domain(&b, &d));
	ATF_CHECK(same_domain(&d, "b\xc3\xa9ta one", uuid2, -1));
	ATF_CHECK_MSG(d.name == seen_list + 8, "the name is not in place");
	ATF_REQUIRE_EQ(0, lvmsg_next_domain(&b, &d));
	ATF_CHECK(same_domain(&d, "alpha", uuid1, 2));
	ATF_CHECK_EQ(0, lvmsg_end_list(&b, count));
}

ATF_TC_WITHOUT_HEAD(get_networks);
ATF_TC_BODY(get_networks, tc)
{
	static const char two[] = "\0\0\0\2" "\0\0\0\5" "alpha\0\0\0" UUID1
	    "\0\0\0\1" "b\0\0\0" UUID2 "\0\0\0\2";
	struct lvmsg_domain d;
	struct buf b;
	uint32_t count;

	buf_view(&b, BYTES(two));
	ATF_REQUIRE_EQ(0, lvmsg_get_list(&b, &count));
	ATF_REQUIRE_EQ(2, count);
	ATF_REQUIRE_EQ(0, lvmsg_next_network(&b, &d));
	ATF_CHECK(same_domain(&d, "alpha", uuid1, -1));
	ATF_REQUIRE_EQ(0, lvmsg_next_network(&b, &d));
	ATF_CHECK(same_domain(&d, "b", uuid2, -1));
	ATF_CHECK_EQ(0, lvmsg_end_list(&b, count));
	buf_view(&b, two + 4, 28);
	ATF_REQUIRE_EQ(0, lvmsg_get_network(&b, &d));
	ATF_CHECK(same_domain(&d, "alpha", uuid1, -1));
	/* Too short, too long. */
	buf_view(&b, two + 4, 27);
	ATF_CHECK_EQ(-1, lvmsg_get_network(&b, &d));
	ATF_CHECK_STREQ("", d.name);
	buf_view(&b, two + 4, 32);
	ATF_CHECK_EQ(-1, lvmsg_get_network(&b, &d));
	buf_view(&b, two + 4, 20);
	ATF_CHECK_EQ(-1, lvmsg_next_network(&b, &d));
	ATF_CHECK_EQ(0, d.namelen);
}

/* A list of n whose bytes are all there, closing number and all. */
static char *
list_make(uint32_t n, size_t *len)
{
	static const char one[] = "\0\0\0\1" "g\0\0\0" UUID1 "\0\0\0\1";
	char number[4];
	char *p;
	uint32_t i;

	number[0] = number[1] = 0;
	number[2] = (char)(n >> 8);
	number[3] = (char)(n & 0xff);
	*len = 8 + (size_t)n * 28;
	p = malloc(*len);
	ATF_REQUIRE(p != NULL);
	memcpy(p, number, 4);
	for (i = 0; i < n; i++)
		memcpy(p + 4 + (size_t)i * 28, one, 28);
	memcpy(p + *len - 4, number, 4);
	return p;
}

ATF_TC_WITHOUT_HEAD(list_sizes);
ATF_TC_BODY(list_sizes, tc)
{
	static const struct {
		uint32_t	n;
		int		rv;
	} sizes[] = { { 0, 0 }, { 1, 0 }, { 2, 0 }, { 1000, 0 },
	    { 16383, 0 }, { 16384, 0 }, { 16385, -1 }, { 20000, -1 } };
	struct buf b;
	size_t i, len;
	char *p;

	for (i = 0; i < N(sizes); i++) {
		p = list_make(sizes[i].n, &len);
		buf_view(&b, p, len);
		ATF_CHECK_MSG(decode_list(&b) == sizes[i].rv, "list of %u",
		    sizes[i].n);
		free(p);
	}
}

/* The count alone must tell: a caller makes room before it reads on. */
ATF_TC_WITHOUT_HEAD(list_count);
ATF_TC_BODY(list_count, tc)
{
	struct buf b;
	uint32_t count;
	char *p;
	size_t len;

	p = list_make(1000, &len);
	p[2] = 0x10;		/* 4096 + 232 */
	buf_view(&b, p, len);
	count = 7;
	ATF_CHECK_EQ(-1, lvmsg_get_list(&b, &count));
	ATF_CHECK_EQ(0, count);
	free(p);

	buf_view(&b, "\0\0\0\1", 4);
	ATF_CHECK_EQ(-1, lvmsg_get_list(&b, &count));
}

ATF_TC_WITHOUT_HEAD(get_state_job);
ATF_TC_BODY(get_state_job, tc)
{
	static const struct lvmsg_job none;
	struct lvmsg_state s;
	struct lvmsg_job j;
	struct buf b;

	buf_view(&b, "\0\0\0\3" "\0\0\0\1", 8);
	ATF_REQUIRE_EQ(0, lvmsg_get_state(&b, &s));
	ATF_CHECK_EQ(LV_STATE_PAUSED, s.state);
	ATF_CHECK_EQ(LV_REASON_PAUSED_USER, s.reason);

	buf_view(&b, BYTES(seen_job));
	ATF_REQUIRE_EQ(0, lvmsg_get_job(&b, &j));
	ATF_CHECK_EQ(LV_JOB_UNBOUNDED, j.type);
	ATF_CHECK_EQ(28, j.elapsed);
	ATF_CHECK_EQ(0x10082000, j.total);
	ATF_CHECK_EQ(0x000211e7, j.processed);
	ATF_CHECK_EQ(0x0fe81000, j.remaining);

	/* Every number of its own, so that none is taken for another. */
	buf_view(&b, BYTES("\0\0\0\1" "\0\0\0\0\0\0\0\1" "\0\0\0\0\0\0\0\2"
	    "\0\0\0\3\0\0\0\3" "\0\0\0\0\0\0\0\4" "\0\0\0\0\0\0\0\5"
	    "\0\0\0\0\0\0\0\6" "\0\0\0\0\0\0\0\7" "\0\0\0\0\0\0\0\x8"
	    "\0\0\0\0\0\0\0\x9" "\0\0\0\0\0\0\0\xa" "\0\0\0\0\0\0\0\xb"));
	ATF_REQUIRE_EQ(0, lvmsg_get_job(&b, &j));
	ATF_CHECK(j.type == 1 && j.elapsed == 1 &&
	    j.total == 0x300000003 && j.processed == 4 && j.remaining == 5);

	buf_view(&b, seen_job, sizeof(seen_job) - 2);
	ATF_REQUIRE_EQ(-1, lvmsg_get_job(&b, &j));
	ATF_CHECK(j.type == none.type && j.elapsed == 0 && j.total == 0 &&
	    j.processed == 0 && j.remaining == 0);
}

ATF_TC_WITHOUT_HEAD(get_memory);
ATF_TC_BODY(get_memory, tc)
{
	struct buf b;
	uint64_t kib;

	buf_view(&b, BYTES(seen_info));
	ATF_REQUIRE_EQ(0, lvmsg_get_memory(&b, &kib));
	ATF_CHECK_EQ(UINT64_C(0x100000008), kib);

	buf_view(&b, seen_info, sizeof(seen_info) - 2);
	ATF_REQUIRE_EQ(-1, lvmsg_get_memory(&b, &kib));
	ATF_CHECK_EQ(0, kib);
}

ATF_TC_WITHOUT_HEAD(get_error);
ATF_TC_BODY(get_error, tc)
{
	struct lvmsg_error e;
	struct buf b;

	buf_view(&b, BYTES(seen_error));
	ATF_REQUIRE_EQ(0, lvmsg_get_error(&b, &e));
	ATF_CHECK_EQ(LV_ERR_ARGUMENT_UNSUPPORTED, e.code);
	ATF_CHECK_EQ(10, e.domain);
	ATF_CHECK_EQ(56, e.messagelen);
	ATF_CHECK(e.message == seen_error + 16);

	buf_view(&b, BYTES(full_error));
	ATF_REQUIRE_EQ(0, lvmsg_get_error(&b, &e));
	ATF_CHECK_EQ(LV_ERR_NO_DOMAIN, e.code);
	ATF_CHECK(e.messagelen == 4 && memcmp(e.message, "gone", 4) == 0);

	buf_view(&b, BYTES(bare_error));
	ATF_REQUIRE_EQ(0, lvmsg_get_error(&b, &e));
	ATF_CHECK_EQ(LV_ERR_INTERNAL_ERROR, e.code);
	ATF_CHECK_EQ(7, e.domain);
	ATF_CHECK(e.message == NULL);
	ATF_CHECK_EQ(0, e.messagelen);

	buf_view(&b, full_error, sizeof(full_error) - 2);
	ATF_REQUIRE_EQ(-1, lvmsg_get_error(&b, &e));
	ATF_CHECK(e.code == 0 && e.message == NULL && e.messagelen == 0);
}

ATF_TC_WITHOUT_HEAD(get_lifecycle);
ATF_TC_BODY(get_lifecycle, tc)
{
	struct lvmsg_lifecycle l;
	struct buf b;

	buf_view(&b, BYTES(seen_lifecycle));
	ATF_REQUIRE_EQ(0, lvmsg_get_lifecycle(&b, &l));
	ATF_CHECK_EQ(0, l.callback);
	ATF_CHECK(same_domain(&l.domain, "b\xc3\xa9ta one", uuid2, -1));
	ATF_CHECK_EQ(LV_EVENT_STOPPED, l.event);
	ATF_CHECK_EQ(LV_STOPPED_SAVED, l.detail);

	buf_view(&b, BYTES("\0\0\0\7" ALPHA "\0\0\0\6" "\0\0\0\2"));
	ATF_REQUIRE_EQ(0, lvmsg_get_lifecycle(&b, &l));
	ATF_CHECK_EQ(7, l.callback);
	ATF_CHECK(same_domain(&l.domain, "alpha", uuid1, 2));
	ATF_CHECK_EQ(LV_EVENT_SHUTDOWN, l.event);

	buf_view(&b, seen_lifecycle, sizeof(seen_lifecycle) - 2);
	ATF_REQUIRE_EQ(-1, lvmsg_get_lifecycle(&b, &l));
	ATF_CHECK(l.event == 0 && l.domain.namelen == 0 &&
	    *l.domain.name == '\0' && l.domain.id == 0);
}

/* Names of a domain that could not be read can be printed all the same. */
ATF_TC_WITHOUT_HEAD(bad_domain_is_empty);
ATF_TC_BODY(bad_domain_is_empty, tc)
{
	static const unsigned char zero[16];
	struct lvmsg_domain d;
	struct buf b;

	buf_view(&b, ALPHA, sizeof(ALPHA) - 2);
	ATF_REQUIRE_EQ(-1, lvmsg_next_domain(&b, &d));
	ATF_CHECK(same_domain(&d, "", zero, 0));
	buf_view(&b, NETWORK, sizeof(NETWORK));
	ATF_REQUIRE_EQ(-1, lvmsg_get_network(&b, &d));
	ATF_CHECK(same_domain(&d, "", zero, 0));
}

/* The longest string that there may be, and one that is longer by one. */
ATF_TC_WITHOUT_HEAD(longest_string);
ATF_TC_BODY(longest_string, tc)
{
	size_t n = 4 + LV_STRING_MAX + 4;
	char *p = calloc(1, n);
	const char *s;
	struct buf b;
	size_t len;

	ATF_REQUIRE(p != NULL);
	memset(p + 4, 'x', LV_STRING_MAX);
	p[1] = 0x40;
	buf_view(&b, p, n - 4);
	ATF_CHECK_EQ(0, lvmsg_get_string(&b, &s, &len));
	ATF_CHECK_EQ(LV_STRING_MAX, len);
	p[3] = 1;
	p[n - 4] = 'x';
	buf_view(&b, p, n);
	ATF_CHECK_EQ(-1, lvmsg_get_string(&b, &s, &len));
	free(p);
}

ATF_TC_WITHOUT_HEAD(state_names);
ATF_TC_BODY(state_names, tc)
{
	static const char *const names[] = { "unknown", "no state",
	    "running", "idle", "paused", "in shutdown", "shut off",
	    "crashed", "pmsuspended", "unknown", "unknown" };
	int32_t i;

	for (i = 0; i < (int32_t)N(names); i++)
		ATF_CHECK_STREQ(names[i], lvmsg_state_name(i - 1));
	ATF_CHECK_STREQ("unknown", lvmsg_state_name(INT32_MIN));
	ATF_CHECK_STREQ("unknown", lvmsg_state_name(INT32_MAX));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, whole);
	ATF_TP_ADD_TC(tp, cut);
	ATF_TP_ADD_TC(tp, too_long);
	ATF_TP_ADD_TC(tp, hostile_words);
	ATF_TP_ADD_TC(tp, malformed);
	ATF_TP_ADD_TC(tp, header);
	ATF_TP_ADD_TC(tp, get_int_string);
	ATF_TP_ADD_TC(tp, get_auth);
	ATF_TP_ADD_TC(tp, get_list);
	ATF_TP_ADD_TC(tp, get_networks);
	ATF_TP_ADD_TC(tp, list_sizes);
	ATF_TP_ADD_TC(tp, list_count);
	ATF_TP_ADD_TC(tp, get_state_job);
	ATF_TP_ADD_TC(tp, get_memory);
	ATF_TP_ADD_TC(tp, get_error);
	ATF_TP_ADD_TC(tp, get_lifecycle);
	ATF_TP_ADD_TC(tp, bad_domain_is_empty);
	ATF_TP_ADD_TC(tp, longest_string);
	ATF_TP_ADD_TC(tp, state_names);
	return atf_no_error();
}
