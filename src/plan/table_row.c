#include "plan/table_part.h"

#include <string.h>

#include "plan/engine_job.h"
#include "plan/guest.h"
#include "text/escape.h"

#define SECOND		((int64_t)1000)
#define MIB		((uint64_t)1048576)
#define BAR		24		/* columns */
#define WIDE		45		/* columns for all numbers of a save */

/* What is done to a guest. */
static const char *const states[ENGINE_NSTATE] = {
	[STATE_PREPARE] = "hooks, snapshot",
	[STATE_LOOK] = "reading its state",
	[STATE_ON] = "ready",
	[STATE_WAKE] = "resuming",
	[STATE_CALL] = "asking to shut down",
	[STATE_ASKED] = "asked to shut down",
	[STATE_WORK] = "starting",
	[STATE_REFUSED] = "save refused",
	[STATE_ABORT] = "aborting the save",
	[STATE_SETTLE] = "busy",
	[STATE_LOST] = "connection lost",
	[STATE_READY] = "started, not ready"
};

bool
row_begun(const struct engine_job *j)
{
	return !job_waits(j) && !job_finished(j);
}

static bool
saves(const struct engine_job *j)
{
	return j->state == STATE_WORK && job_does(j)->saves;
}

bool
row_measured(const struct engine_job *j)
{
	return saves(j) && j->moved > 0 && j->step->memory > 0;
}

const char *
row_name(const struct table *t, size_t job, char name[ROW_NAME])
{
	const struct plan_step *s = t->engine->job[job].step;

	return guest_label(&t->guests->guest[s->guest], name);
}

/* "1.2", in MiB or GiB. */
static void
size_put(struct table_line *l, uint64_t bytes, uint64_t unit)
{
	line_number(l, bytes / unit);
	line_put(l, ".");
	line_number(l, bytes % unit * 10 / unit);
}

static void
save_put(struct table_line *l, const struct engine_job *j)
{
	uint64_t total = j->step->memory, unit = MIB;

	line_put(l, "saving");
	if (j->moved == 0)
		return;
	if ((total > 0 ? total : j->moved) >= 1024 * MIB)
		unit = 1024 * MIB;
	line_put(l, " ");
	size_put(l, j->moved, unit);
	if (total > 0) {
		line_put(l, " of ");
		size_put(l, total, unit);
	}
	line_put(l, unit == MIB ? " MiB" : " GiB");
}

static uint64_t
save_rate(const struct engine_job *j, int64_t now)
{
	int64_t took = now - j->at.began;

	return took >= SECOND ? j->moved / (uint64_t)took * SECOND : 0;
}

/* "30 %, 61.0 MiB/s, about 0:47". */
static void
rate_put(struct table_line *l, const struct table *t,
    const struct engine_job *j)
{
	uint64_t total = j->step->memory, rate = save_rate(j, t->now);

	line_number(l, j->moved < total ? j->moved / (total / 100 + 1) : 100);
	line_put(l, " %");
	if (rate == 0)
		return;
	line_put(l, ", ");
	size_put(l, rate, MIB);
	line_put(l, " MiB/s");
	if (j->moved >= total)
		return;
	line_put(l, ", about ");
	line_time(l, (int64_t)((total - j->moved) / rate + 1) * SECOND);
}

static void
waits_put(struct table_line *l, const struct table *t,
    const struct engine_job *j)
{
	const struct engine *e = t->engine;
	char name[ROW_NAME];
	size_t i;

	if (!job_uri(e, j)->up) {
		line_put(l, "no connection");
		return;
	}
	for (i = e->first; i < e->plan->n; i++)
		if (!job_finished(&e->job[i]) &&
		    e->job[i].step->group < j->step->group) {
			line_put(l, "waits for ");
			line_cut(l, row_name(t, i, name), TABLE_COLUMNS);
			return;
		}
	line_put(l, "waits for a slot");
}

static void
state_put(struct table_line *l, const struct table *t,
    const struct engine_job *j)
{
	if (job_waits(j)) {
		waits_put(l, t, j);
	} else if (saves(j)) {
		save_put(l, j);
	} else if (j->state == STATE_WORK && job_does(j)->forces) {
		line_put(l, "destroying");
	} else if (j->state == STATE_ASKED && j->count.paused) {
		line_put(l, "asked, but paused");
	} else if (j->state == STATE_ASKED && j->count.asked > 1) {
		line_put(l, "asked ");
		line_number(l, j->count.asked);
		line_put(l, " times");
	} else if (job_finished(j)) {
		line_put(l, job_result_name(j->result));
	} else {
		line_put(l, states[j->state]);
	}
}

static void
failed_put(struct table_line *l, const struct table *t,
    const struct engine_job *j)
{
	char why[ENGINE_WHY];

	if (t->bold)
		line_raw(l, "\033[1;31m");
	line_put(l, "FAILED: ");
	(void)escape_text(why, sizeof(why), j->why, strlen(j->why));
	line_shorten(l, why[0] != '\0' ? why : job_result_name(j->result));
	if (t->bold)
		line_raw(l, "\033[m");
}

/* A time that ends before column end; other if ms is -1. */
static void
time_put(struct table_line *l, unsigned end, int64_t ms, const char *other)
{
	struct table_line m = { .columns = TABLE_COLUMNS };

	if (ms >= 0)
		line_time(&m, ms);
	else
		line_put(&m, other);
	line_fill(l, m.at < end ? end - m.at : 0);
	if (ms >= 0)
		line_time(l, ms);
	else
		line_put(l, other);
}

static int64_t
far(const struct table *t, const struct engine_job *j)
{
	if (job_waits(j) || j->at.began == 0)
		return -1;
	return (job_finished(j) ? j->at.ended : t->now) - j->at.began;
}

/* The rest of its chain. */
static void
then_put(struct table_line *l, unsigned at, const struct engine_job *j)
{
	size_t next = j->link + (job_waits(j) ? 0 : 1);
	char text[POLICY_TEXT];

	if (job_finished(j) || next >= POLICY_CHAIN ||
	    j->step->chain[next] == POLICY_END)
		return;
	line_fill(l, at);
	line_put(l, policy_chain_text(&j->step->chain[next], text));
}

void
row_put(struct table_line *l, const struct table *t,
    const struct table_fields *f, size_t job)
{
	const struct engine_job *j = &t->engine->job[job];
	struct table_line part;
	char name[ROW_NAME];

	line_put(l, " ");
	line_cut(l, row_name(t, job, name), f->now - 3);
	line_fill(l, f->now);
	if (job_failed(j)) {
		failed_put(l, t, j);
		line_end(l);
		return;
	}
	part = *l;
	part.columns = f->far - 8;
	state_put(&part, t, j);
	if (row_measured(j) && f->far - 8 - f->now >= WIDE) {
		line_put(&part, ", ");
		rate_put(&part, t, j);
	}
	l->at = part.at;
	time_put(l, f->far, far(t, j), "-");
	if (f->limit != 0 && !job_finished(j))
		time_put(l, f->limit, j->at.until != 0 && !job_waits(j) ?
		    j->at.until - j->at.began : -1,
		    saves(j) && t->engine->plan->stall > 0 ? "stall" : "-");
	if (f->then != 0)
		then_put(l, f->then, j);
	line_end(l);
}

void
row_progress(struct table_line *l, const struct table *t,
    const struct table_fields *f, size_t job)
{
	const struct engine_job *j = &t->engine->job[job];
	uint64_t i, full = j->moved / (j->step->memory / BAR + 1);

	line_fill(l, f->now);
	line_put(l, "[");
	for (i = 0; i < BAR; i++)
		line_put(l, i < full ? "=" : i == full ? ">" : " ");
	line_put(l, "] ");
	rate_put(l, t, j);
	line_end(l);
}
