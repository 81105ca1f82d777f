#include "plan/forecast_rest.h"

#include <stdlib.h>

#include "plan/engine_job.h"
#include "plan/forecast.h"

/* Remove the actions of its chain that have ended. */
static void
step_shorten(struct plan_step *s, size_t link)
{
	size_t i;

	for (i = 0; i < POLICY_CHAIN; i++)
		s->chain[i] = i + link < POLICY_CHAIN ? s->chain[i + link] :
		    POLICY_END;
}

int64_t
rest_ends(const struct engine *e, const struct forecast_limits *limits,
    int64_t now, enum policy_action *endless)
{
	struct plan rest = *e->plan;
	int64_t ends = 0;
	struct forecast f;
	size_t i;

	*endless = POLICY_END;
	rest.step = calloc(e->unfinished + 1, sizeof(*rest.step));
	if (rest.step == NULL)
		return 0;
	rest.n = 0;
	for (i = 0; i < e->plan->n && rest.n < e->unfinished; i++) {
		if (job_finished(&e->job[i]))
			continue;
		rest.step[rest.n] = e->plan->step[i];
		step_shorten(&rest.step[rest.n++], e->job[i].link);
	}
	rest.deadline = 0;
	if (e->deadline != 0)
		rest.deadline = e->deadline > now ? e->deadline - now : 1;
	if (forecast_make(&f, &rest, limits) == 0) {
		if (f.ends < 0)
			*endless = f.action;
		else
			ends = now + f.ends;
		forecast_free(&f);
	}
	free(rest.step);
	return ends;
}
