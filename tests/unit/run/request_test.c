#include "run/request.h"

#include <atf-c.h>

#include "libvirt/procs.h"

/* A row for each action, as the traits of the action have it. */
ATF_TC_WITHOUT_HEAD(complete);
ATF_TC_BODY(complete, tc)
{
	const struct policy_traits *t;
	const struct procs_row *row;
	const struct request *r;
	const char *name;
	int action;

	for (action = 0; action < POLICY_NACTION; action++) {
		t = policy_traits((enum policy_action)action);
		r = request_of((enum policy_action)action);
		name = policy_name((enum policy_action)action);
		ATF_CHECK_MSG(t->acts == (r->call != 0), "%s: call", name);
		ATF_CHECK_MSG((t->saves || t->starts) == (r->bypass != 0),
		    "%s: bypass", name);
		ATF_CHECK_MSG((t->asks || t->forces) ==
		    (r->command != QMP_NCOMMAND), "%s: command", name);
		/* Zeros are no row: that command is never requested. */
		ATF_CHECK_MSG(r->command != QMP_CAPABILITIES, "%s: no row",
		    name);
		if (r->call == 0)
			continue;
		row = procs_find(r->call);
		ATF_REQUIRE_MSG(row != NULL, "%s: no procedure", name);
		ATF_CHECK_MSG(t->lasts == (row->limit == PROCS_LONG),
		    "%s: limit", name);
	}
}

/* No two actions are the same call. */
ATF_TC_WITHOUT_HEAD(apart);
ATF_TC_BODY(apart, tc)
{
	const struct request *one, *other;
	int i, j;

	for (i = 0; i < POLICY_NACTION; i++)
		for (j = 0; j < i; j++) {
			one = request_of((enum policy_action)i);
			other = request_of((enum policy_action)j);
			ATF_CHECK(one->call == 0 || one->call != other->call);
		}
	ATF_CHECK(request_of(POLICY_NACTION) == request_of(POLICY_END));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, complete);
	ATF_TP_ADD_TC(tp, apart);
	return atf_no_error();
}
