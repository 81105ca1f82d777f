#include "plan/engine_job.h"

#include <string.h>

#include "compat.h"

#define SECOND		((int64_t)1000)

size_t
job_index(const struct engine *e, const struct engine_job *j)
{
	return (size_t)(j - e->job);
}

struct engine_uri *
job_uri(const struct engine *e, const struct engine_job *j)
{
	return &e->uri[j->step->uri];
}

bool
job_waits(const struct engine_job *j)
{
	return j->state == STATE_NEW || j->state == STATE_WAIT;
}

enum policy_action
job_action(const struct engine_job *j)
{
	return j->instead != POLICY_END ? j->instead :
	    j->step->chain[j->link];
}

const struct policy_traits *
job_does(const struct engine_job *j)
{
	return policy_traits(job_action(j));
}

enum policy_mode
job_mode(const struct engine_job *j)
{
	return j->step->modes[j->mode];
}

bool
job_finished(const struct engine_job *j)
{
	return j->state == STATE_DONE || j->state == STATE_FAILED;
}

bool
job_failed(const struct engine_job *j)
{
	return j->state == STATE_FAILED;
}

enum policy_action
job_last_action(const struct plan_step *s)
{
	return policy_last(s->chain);
}

bool
job_is_last(const struct engine_job *j)
{
	return j->link + 1 >= POLICY_CHAIN ||
	    j->step->chain[j->link + 1] == POLICY_END;
}

void
job_tell(struct engine *e, const struct engine_job *j, enum engine_said said)
{
	struct engine_note note = {
		.said = said, .job = job_index(e, j), .uri = j->step->uri,
		.seconds = -1, .bytes = j->moved, .action = job_action(j),
		.text = j->why
	};

	if (j->at.until != 0)
		note.seconds = (j->at.until - e->now + SECOND - 1) / SECOND;
	e->ops->tell(e->ctx, &note);
}

void
job_enter(struct engine *e, struct engine_job *j, enum engine_state state)
{
	bool waited = job_waits(j);

	j->state = state;
	if (waited && !job_waits(j))
		job_uri(e, j)->waiting--;
	if (!waited && job_waits(j))
		job_uri(e, j)->waiting++;
	j->at.look = j->at.measure = j->at.resend = 0;
}

void
job_why(struct engine_job *j, const char *why)
{
	if (why != j->why)
		(void)strlcpy(j->why, why, sizeof(j->why));
}

static const char *const state_names[ENGINE_NSTATE] = {
    [STATE_NEW] = "new",
    [STATE_WAIT] = "waiting",
    [STATE_PREPARE] = "prepared",
    [STATE_LOOK] = "looked at",
    [STATE_ON] = "on",
    [STATE_WAKE] = "woken",
    [STATE_CALL] = "being asked",
    [STATE_ASKED] = "asked",
    [STATE_WORK] = "at work",
    [STATE_ABORT] = "being aborted",
    [STATE_REFUSED] = "refused",
    [STATE_SETTLE] = "busy",
    [STATE_LOST] = "lost",
    [STATE_READY] = "awaited",
    [STATE_DONE] = "done",
    [STATE_FAILED] = "failed",
};

static const char *const result_names[] = {
	[RESULT_NONE] = "unfinished", [RESULT_OFF] = "off",
	[RESULT_SAVED] = "saved", [RESULT_DESTROYED] = "destroyed",
	[RESULT_LEFT] = "left running", [RESULT_STARTED] = "started",
	[RESULT_ACTIVE] = "already active", [RESULT_GONE] = "gone",
	[RESULT_MIGRATED] = "migrated away",
	[RESULT_REFUSED] = "refused", [RESULT_LATE] = "still on",
	[RESULT_STALLED] = "save aborted", [RESULT_UNKNOWN] = "unknown",
	[RESULT_CUT] = "interrupted",
};

const char *
job_state_name(enum engine_state s)
{
	return s < ENGINE_NSTATE ? state_names[s] : "no state";
}

const char *
job_result_name(enum engine_result r)
{
	return r <= RESULT_CUT ? result_names[r] : "no result";
}
