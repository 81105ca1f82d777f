#include "libvirt/procs.h"

#include <atf-c.h>

#include <string.h>

#include "libvirt/virt.h"
#include "text/buf.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))
#define BYTES(s)	(s), sizeof(s) - 1

static const uint32_t called[] = {
	1, 2, 14, 16, 28, 39, 42, 47, 59, 60, 66, 70, 110, 157, 163, 164, 182,
	183, 184, 185, 196, 212, 234, 258, 267, 273, 283, 316, 337, 338
};

ATF_TC_WITHOUT_HEAD(procedures);
ATF_TC_BODY(procedures, tc)
{
	const struct procs_row *p;
	uint32_t number;
	size_t next = 0;

	for (number = 0; number < 1000; number++) {
		p = procs_find(number);
		if (next == N(called) || called[next] != number) {
			ATF_CHECK_MSG(p == NULL, "%u is called", number);
			continue;
		}
		ATF_REQUIRE_MSG(p != NULL, "%u is not called", number);
		ATF_CHECK_EQ(number, p->number);
		ATF_CHECK_MSG(p->cap == (number == 273 || number == 283 ?
		    33554436 : number == 14 ? 4194304 + 32 : 65536),
		    "%s: %u", p->name, p->cap);
		next++;
	}
	ATF_CHECK_EQ(N(called), next);
	ATF_CHECK(procs_find(UINT32_MAX) == NULL);
}

/* Saves, starts and snapshots are long, all others short. */
ATF_TC_WITHOUT_HEAD(limits);
ATF_TC_BODY(limits, tc)
{
	enum procs_limit want;
	size_t i;

	for (i = 0; i < N(called); i++) {
		want = PROCS_SHORT;
		if (called[i] == VIRT_SAVE || called[i] == VIRT_START)
			want = PROCS_LONG;
		if (called[i] == VIRT_SNAPSHOT)
			want = PROCS_SNAPSHOT;
		ATF_CHECK_EQ_MSG(want, procs_find(called[i])->limit, "%s",
		    procs_find(called[i])->name);
	}
}

/* Each row has its encoder and its decoder. */
ATF_TC_WITHOUT_HEAD(codecs);
ATF_TC_BODY(codecs, tc)
{
	const struct procs_row *row;
	struct lvargs args = { .domain = { .name = "a", .namelen = 1 },
	    .text = "b", .number = 14 };
	struct virt_answer a;
	struct buf b;
	size_t i;

	for (i = 0; i < N(called); i++) {
		row = procs_find(called[i]);
		ATF_REQUIRE_EQ(0, buf_init(&b, 0, 1000));
		row->put(&b, &args);
		ATF_CHECK_MSG(!b.bad && b.len % 4 == 0, "%s: %zu bytes",
		    row->name, b.len);
		buf_free(&b);
		/* No reply is three bytes long. */
		memset(&a, 0, sizeof(a));
		buf_view(&b, "\0\0\0", 3);
		if (row->take(&b, &a) == 0)
			ATF_CHECK_MSG(b.pos == 0, "%s", row->name);
	}
	buf_view(&b, BYTES("\0\0\0\2" "\0\0\0\0" "\0\0\0\2"));
	ATF_REQUIRE_EQ(0, procs_find(LV_PROC_AUTH_LIST)->take(&b, &a));
	ATF_CHECK_EQ(2, a.nauth);
	ATF_CHECK_EQ(LV_AUTH_POLKIT, a.auth[1]);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, procedures);
	ATF_TP_ADD_TC(tp, limits);
	ATF_TP_ADD_TC(tp, codecs);
	return atf_no_error();
}
