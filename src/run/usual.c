#include "run/usual.h"

#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "plan/forecast.h"
#include "run/inventory.h"
#include "run/work.h"
#include "sys/history.h"

#define MEDIAN	50			/* percent */
#define SELDOM	95

struct course {
	const struct work *work;
	const struct history *history;
	bool		 starts;
};

static int
time_compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Whether a guest of the history is that guest, and began with the action. */
static bool
guest_counts(const struct history_guest *h, const struct guest *g,
    const char *uri, const char *action)
{
	size_t len = strlen(action);

	return h->end == HISTORY_WELL && h->asked >= 0 &&
	    h->ended >= h->asked && h->how != NULL && h->uri != NULL &&
	    memcmp(h->uuid, g->uuid, UUID_LEN) == 0 &&
	    strcmp(h->uri, uri) == 0 && strncmp(h->how, action, len) == 0 &&
	    (h->how[len] == '\0' || h->how[len] == ',');
}

/* The times of a step in the history; returns how many. */
static size_t
step_times(const struct course *c, size_t step, int64_t time[HISTORY_RUNS])
{
	const struct guest *g = work_guest(c->work, step);
	const char *uri = c->work->run->conf.uris[g->uri];
	const char *action = policy_name(
	    c->work->plan.step[step].chain[0]);
	const struct history_run *r;
	const struct history_guest *h;
	size_t i, k, n = 0;

	for (i = 0; i < c->history->n; i++) {
		r = &c->history->run[i];
		for (k = 0; k < r->n && r->starts == c->starts; k++) {
			h = &r->guest[k];
			if (n < HISTORY_RUNS &&
			    guest_counts(h, g, uri, action))
				time[n++] = h->ended - h->asked;
		}
	}
	return n;
}

/* The time that so many percent of the runs do not exceed; -1: unknown. */
static int64_t
step_percentile(const struct course *c, size_t step, size_t percent)
{
	int64_t time[HISTORY_RUNS];
	size_t n = step_times(c, step, time);

	if (n == 0)
		return -1;
	qsort(time, n, sizeof(*time), time_compare);
	return time[(n * percent + 99) / 100 - 1];
}

static void
cut_names(struct usual *u, const struct course *c, const struct forecast *f)
{
	char label[GUEST_LABEL];
	size_t i;

	for (i = 0; i < f->n; i++) {
		if (f->step[i].due == 0)
			continue;
		(void)guest_label(work_guest(c->work, i), label);
		if (strlen(u->cut) + strlen(label) + 8 > USUAL_NAMES) {
			(void)strlcat(u->cut, ", ...", USUAL_NAMES);
			break;
		}
		if (u->cut[0] != '\0')
			(void)strlcat(u->cut, ", ", USUAL_NAMES);
		(void)strlcat(u->cut, label, USUAL_NAMES);
	}
}

/* Play the plan with these percentiles. */
static int
course_play(struct usual *u, const struct course *c, size_t percent)
{
	const struct plan *p = &c->work->plan;
	int64_t *usual = calloc(p->n + 1, sizeof(*usual));
	struct forecast_limits limits = { .usual = usual };
	struct forecast f;
	int rv = -1;
	size_t i;

	u->known = 0;
	for (i = 0; usual != NULL && i < p->n; i++) {
		usual[i] = step_percentile(c, i, percent);
		u->known += usual[i] >= 0;
	}
	if (usual != NULL && forecast_make(&f, p, &limits) == 0) {
		*(percent == MEDIAN ? &u->about : &u->seldom) = f.ends;
		if (percent == SELDOM && p->deadline > 0)
			cut_names(u, c, &f);
		forecast_free(&f);
		rv = 0;
	}
	free(usual);
	return rv;
}

int
usual_make(struct usual *u, const struct history *history,
    const struct work *w, bool starts)
{
	const struct course c = {
		.work = w, .history = history, .starts = starts
	};

	memset(u, 0, sizeof(*u));
	if (course_play(u, &c, MEDIAN) == -1 ||
	    course_play(u, &c, SELDOM) == -1)
		return -1;
	u->unknown = w->plan.n - u->known;
	return 0;
}
