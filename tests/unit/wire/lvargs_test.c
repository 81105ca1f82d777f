#include "wire/lvargs.h"

#include <atf-c.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/buf.h"
#include "wire/lvproto.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))
#define BYTES(s)	(s), sizeof(s) - 1

/* Messages are spelled out in words of four bytes, as RFC 4506 has them. */
#define UUID1	"\x11\x11\x11\x11" "\x22\x22\x33\x33"			\
		"\x44\x44\x55\x55" "\x55\x55\x55\x55"
#define MINUS1	"\xff\xff\xff\xff"
#define ALPHA	"\0\0\0\5" "alph" "a\0\0\0" UUID1 "\0\0\0\2"

static const unsigned char uuid1[] = UUID1;

#define ALPHA_DOMAIN	{ "alpha", 5, { 0x11, 0x11, 0x11, 0x11, 0x22,	\
	0x22, 0x33, 0x33, 0x44, 0x44, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55 }, 2 }

static const struct argument {
	const char	*what;
	lvargs_fn	*put;
	struct lvargs	 args;
	const char	*bytes;
	size_t		 n;
} arguments[] = {
	{ "none", lvargs_none, { .flags = 1 }, BYTES("") },
	{ "open", lvargs_open, { .text = "qemu:///system",
	    .flags = LV_OPEN_RO }, BYTES("\0\0\0\1" "\0\0\0\xe"
	    "qemu:///system\0\0" "\0\0\0\1") },
	{ "open, probing", lvargs_open, { .text = NULL },
	    BYTES("\0\0\0\1" "\0\0\0\0" "\0\0\0\0") },
	{ "number", lvargs_number, { .number = LV_FEATURE_EVENT_CALLBACK },
	    BYTES("\0\0\0\xe") },
	{ "uuid", lvargs_uuid, { .domain = ALPHA_DOMAIN }, BYTES(UUID1) },
	{ "domain", lvargs_domain, { .domain = ALPHA_DOMAIN }, BYTES(ALPHA) },
	{ "network", lvargs_network, { .domain = ALPHA_DOMAIN },
	    BYTES("\0\0\0\5" "alpha\0\0\0" UUID1) },
	{ "domain and flags", lvargs_domain_flags, { .domain = ALPHA_DOMAIN,
	    .flags = LV_SAVE_BYPASS_CACHE | LV_SAVE_PAUSED },
	    BYTES(ALPHA "\0\0\0\5") },
	{ "snapshot", lvargs_snapshot, { .domain = ALPHA_DOMAIN,
	    .text = "<a/>xy",
	    .flags = LV_SNAPSHOT_DISK_ONLY | LV_SNAPSHOT_ATOMIC },
	    BYTES(ALPHA "\0\0\0\6" "<a/>xy\0\0" "\0\0\0\x90") },
	{ "list", lvargs_list,
	    { .flags = LV_LIST_ACTIVE | LV_LIST_TRANSIENT },
	    BYTES("\0\0\0\1" "\0\0\0\x9") },
	{ "register", lvargs_register, { .number = 4 },
	    BYTES("\0\0\0\4" "\0\0\0\0") },
	{ "time", lvargs_time, { .domain = ALPHA_DOMAIN, .seconds = -2,
	    .flags = LV_TIME_SYNC },
	    BYTES(ALPHA MINUS1 "\xff\xff\xff\xfe" "\0\0\0\0" "\0\0\0\1") }
};

ATF_TC_WITHOUT_HEAD(put);
ATF_TC_BODY(put, tc)
{
	const struct argument *a;
	struct buf b;
	size_t max;

	for (a = arguments; a < arguments + N(arguments); a++) {
		ATF_REQUIRE_EQ(0, buf_init(&b, 0, a->n));
		a->put(&b, &a->args);
		ATF_CHECK_MSG(!b.bad && b.len == a->n, "%s: %zu bytes",
		    a->what, b.len);
		ATF_CHECK_MSG(b.len == a->n &&
		    (a->n == 0 || memcmp(b.base, a->bytes, a->n) == 0),
		    "%s: other bytes",
		    a->what);
		buf_free(&b);
		for (max = 0; max < a->n; max++) {
			ATF_REQUIRE_EQ(0, buf_init(&b, 0, max));
			a->put(&b, &a->args);
			ATF_CHECK_MSG(b.bad, "%s: fits %zu", a->what, max);
			buf_free(&b);
		}
	}
}

/* Names of every length and every byte come back as they went. */
ATF_TC_WITHOUT_HEAD(domain_round_trip);
ATF_TC_BODY(domain_round_trip, tc)
{
	struct lvargs a = { .domain = ALPHA_DOMAIN };
	struct lvmsg_domain back;
	char name[255];
	struct buf b;
	size_t i;

	for (i = 0; i < sizeof(name); i++)
		name[i] = (char)(i + 1);
	a.domain.name = name;
	a.domain.id = INT32_MIN;
	ATF_REQUIRE_EQ(0, buf_init(&b, 0, 1000));
	for (i = 0; i <= sizeof(name); i++) {
		a.domain.namelen = i;
		buf_reset(&b);
		lvargs_domain(&b, &a);
		ATF_CHECK_MSG(b.len % 4 == 0, "name of %zu", i);
		ATF_REQUIRE_EQ_MSG(0, lvmsg_next_domain(&b, &back),
		    "name of %zu", i);
		ATF_CHECK_MSG(back.namelen == i &&
		    memcmp(back.name, name, i) == 0 &&
		    memcmp(back.uuid, uuid1, 16) == 0 &&
		    back.id == INT32_MIN, "name of %zu", i);
	}
	buf_free(&b);
}

ATF_TC_WITHOUT_HEAD(put_refused);
ATF_TC_BODY(put_refused, tc)
{
	struct lvargs a = { .domain = ALPHA_DOMAIN };
	struct buf b;
	char *uri = malloc(LV_STRING_MAX + 2);

	ATF_REQUIRE(uri != NULL);
	memset(uri, 'x', LV_STRING_MAX + 1);
	uri[LV_STRING_MAX + 1] = '\0';
	ATF_REQUIRE_EQ(0, buf_init(&b, 0, LV_FRAME_MAX));

	/* The length is judged before the bytes are looked at. */
	a.domain.namelen = SIZE_MAX;
	lvargs_domain(&b, &a);
	ATF_CHECK_EQ(1, b.bad);
	buf_reset(&b);
	a.domain.name = uri;
	a.domain.namelen = LV_STRING_MAX + 1;
	lvargs_domain_flags(&b, &a);
	ATF_CHECK_EQ(1, b.bad);
	buf_reset(&b);
	a.domain.namelen = LV_STRING_MAX;
	lvargs_domain(&b, &a);
	ATF_CHECK_EQ(0, b.bad);

	buf_reset(&b);
	a.text = uri;
	lvargs_open(&b, &a);
	ATF_CHECK_EQ(1, b.bad);
	buf_reset(&b);
	a.text = uri + 1;
	lvargs_open(&b, &a);
	ATF_CHECK_EQ(0, b.bad);
	buf_free(&b);
	free(uri);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, put);
	ATF_TP_ADD_TC(tp, domain_round_trip);
	ATF_TP_ADD_TC(tp, put_refused);
	return atf_no_error();
}
