#include "engine.h"

#include <stdlib.h>
#include <string.h>

#include "compat.h"

#define SECOND		((int64_t)1000)
#define SAY_FIRST	SECOND		/* before the first line on waiting */
#define SAY_EVERY	(5 * SECOND)
#define ABORT_LIMIT	(30 * SECOND)	/* for an abort to take effect */
#define TRIES		30		/* of a request refused "for now" */
#define DESTROY_RESERVE	(5 * SECOND)	/* what that takes at the end */
#define SAVE_RESERVE	(10 * SECOND)	/* what a save takes there at least */
#define SAVE_RATE	100000000	/* bytes a second, before the first */

typedef void	 action_fn(struct engine *, struct engine_job *);

static action_fn act_begin, act_active, act_asked, act_back, act_busy,
    act_call_late, act_call_no, act_call_retry, act_gone, act_invalid,
    act_late, act_look, act_lost, act_off, act_on, act_poll, act_refused,
    act_resend, act_retry, act_saved, act_skip, act_stalled,
    act_started_off, act_stay, act_unknown, act_work_off, act_work_skip,
    act_work_time, act_worked;

#define IGNORE	act_stay

/*
 * What a job does on an event.  A hole is impossible: it fails that guest,
 * with its state and event named, and no other.
 */
static action_fn *const table[ENGINE_NSTATE][ENGINE_NEVENT] = {
	[STATE_WAIT] = {
		[EV_SLOT] = act_begin,
		[EV_ON] = IGNORE, [EV_BUSY] = IGNORE,
		[EV_OFF] = act_started_off, [EV_SAVED] = act_started_off,
		[EV_GONE] = act_gone, [EV_TIME] = act_late,
		[EV_SKIP] = act_skip,
		[EV_LOST] = IGNORE, [EV_BACK] = IGNORE,
	},
	[STATE_LOOK] = {
		/* Of a request that was given up; the look tells. */
		[EV_OK] = IGNORE,
		[EV_NO] = act_refused, [EV_AGAIN] = act_retry,
		[EV_INVALID] = act_retry, [EV_LATE] = act_retry,
		[EV_ON] = act_on, [EV_BUSY] = act_busy,
		[EV_OFF] = act_off, [EV_SAVED] = act_saved,
		[EV_GONE] = act_gone, [EV_TIME] = act_late,
		[EV_SKIP] = act_skip,
		[EV_LOST] = act_lost, [EV_BACK] = IGNORE,
	},
	[STATE_CALL] = {
		[EV_OK] = act_asked, [EV_NO] = act_call_no,
		[EV_AGAIN] = act_call_retry, [EV_INVALID] = act_invalid,
		[EV_LATE] = act_call_late,
		[EV_ON] = IGNORE, [EV_BUSY] = IGNORE,
		[EV_OFF] = act_off, [EV_SAVED] = act_saved,
		[EV_GONE] = act_gone, [EV_TIME] = act_late,
		[EV_SKIP] = act_skip,
		[EV_LOST] = act_lost, [EV_BACK] = IGNORE,
	},
	[STATE_ASKED] = {
		[EV_OK] = IGNORE, [EV_NO] = IGNORE, [EV_AGAIN] = IGNORE,
		[EV_INVALID] = IGNORE,
		[EV_LATE] = IGNORE, [EV_ON] = IGNORE, [EV_BUSY] = IGNORE,
		[EV_OFF] = act_off, [EV_SAVED] = act_saved,
		[EV_GONE] = act_gone, [EV_TIME] = act_late,
		[EV_RESEND] = act_resend, [EV_SKIP] = act_skip,
		[EV_LOST] = IGNORE, [EV_BACK] = act_poll,
	},
	[STATE_WORK] = {
		[EV_OK] = act_worked, [EV_NO] = act_refused,
		[EV_AGAIN] = act_retry, [EV_INVALID] = act_invalid,
		[EV_LATE] = act_retry,
		/* The answer to the call says it better. */
		[EV_ON] = IGNORE, [EV_BUSY] = IGNORE,
		[EV_OFF] = act_work_off, [EV_SAVED] = IGNORE,
		[EV_GONE] = act_gone, [EV_TIME] = act_work_time,
		[EV_SKIP] = act_work_skip,
		[EV_LOST] = act_lost, [EV_BACK] = IGNORE,
	},
	[STATE_ABORT] = {
		[EV_OK] = act_worked, [EV_NO] = act_stalled,
		[EV_AGAIN] = act_stalled, [EV_INVALID] = act_stalled,
		[EV_LATE] = act_stalled,
		[EV_ON] = IGNORE, [EV_BUSY] = IGNORE,
		[EV_OFF] = act_work_off, [EV_SAVED] = IGNORE,
		[EV_GONE] = act_gone, [EV_TIME] = act_stalled,
		[EV_SKIP] = IGNORE,
		[EV_LOST] = act_lost, [EV_BACK] = IGNORE,
	},
	[STATE_SETTLE] = {
		/* Answers to what timed out before. */
		[EV_OK] = IGNORE, [EV_NO] = IGNORE, [EV_AGAIN] = IGNORE,
		[EV_INVALID] = IGNORE,
		[EV_LATE] = IGNORE, [EV_ON] = IGNORE, [EV_BUSY] = IGNORE,
		[EV_OFF] = act_off, [EV_SAVED] = act_saved,
		[EV_GONE] = act_gone, [EV_TIME] = act_late,
		[EV_LOOK] = act_look, [EV_SKIP] = act_skip,
		[EV_LOST] = act_lost, [EV_BACK] = IGNORE,
	},
	[STATE_LOST] = {
		[EV_OK] = IGNORE, [EV_NO] = IGNORE, [EV_AGAIN] = IGNORE,
		[EV_INVALID] = IGNORE,
		[EV_LATE] = IGNORE, [EV_ON] = IGNORE, [EV_BUSY] = IGNORE,
		[EV_OFF] = IGNORE, [EV_SAVED] = IGNORE, [EV_GONE] = IGNORE,
		[EV_TIME] = act_unknown, [EV_SKIP] = act_skip,
		[EV_LOST] = IGNORE, [EV_BACK] = act_back,
	},
};

static const char *const state_names[ENGINE_NSTATE] = {
	[STATE_WAIT] = "waiting", [STATE_LOOK] = "looked at",
	[STATE_CALL] = "being asked", [STATE_ASKED] = "asked",
	[STATE_WORK] = "at work", [STATE_ABORT] = "being aborted",
	[STATE_SETTLE] = "busy", [STATE_LOST] = "lost",
	[STATE_DONE] = "done", [STATE_FAILED] = "failed",
};

static const char *const result_names[] = {
	[RESULT_NONE] = "unfinished", [RESULT_OFF] = "off",
	[RESULT_SAVED] = "saved", [RESULT_DESTROYED] = "destroyed",
	[RESULT_LEFT] = "left running", [RESULT_STARTED] = "started",
	[RESULT_ACTIVE] = "already active", [RESULT_GONE] = "gone",
	[RESULT_REFUSED] = "refused", [RESULT_LATE] = "still on",
	[RESULT_STALLED] = "save aborted", [RESULT_UNKNOWN] = "unknown",
	[RESULT_CUT] = "interrupted",
};

const char *
engine_state_name(enum engine_state s)
{
	return s < ENGINE_NSTATE ? state_names[s] : "no state";
}

const char *
engine_result_name(enum engine_result r)
{
	return r <= RESULT_CUT ? result_names[r] : "no result";
}

static size_t
job_index(const struct engine *e, const struct engine_job *j)
{
	return (size_t)(j - e->job);
}

static struct engine_uri *
job_uri(const struct engine *e, const struct engine_job *j)
{
	return &e->uri[j->step->uri];
}

static enum policy_word
job_word(const struct engine_job *j)
{
	return j->step->chain[j->link];
}

static bool
job_finished(const struct engine_job *j)
{
	return j->state == STATE_DONE || j->state == STATE_FAILED;
}

bool
engine_failed(const struct engine_job *j)
{
	return j->state == STATE_FAILED;
}

static int64_t
sooner(int64_t a, int64_t b)
{
	if (a == 0 || b == 0)
		return a + b;
	return a < b ? a : b;
}

static void
say(struct engine *e, const struct engine_job *j, enum engine_said said)
{
	struct engine_note note = {
		.said = said, .job = job_index(e, j), .uri = j->step->uri,
		.seconds = -1, .bytes = j->moved, .word = job_word(j),
		.text = j->why
	};

	if (j->until != 0)
		note.seconds = (j->until - e->now + SECOND - 1) / SECOND;
	e->ops->tell(e->ctx, &note);
}

static void
slot_release(struct engine *e, struct engine_job *j)
{
	if (j->slot)
		e->used[job_word(j)]--;
	j->slot = false;
	j->hold = 0;
}

static void
job_state(struct engine *e, struct engine_job *j, enum engine_state state)
{
	if (j->state == STATE_WAIT && state != STATE_WAIT)
		job_uri(e, j)->waiting--;
	if (j->state != STATE_WAIT && state == STATE_WAIT)
		job_uri(e, j)->waiting++;
	j->state = state;
	j->on = false;
	j->look_at = j->measure_at = j->resend_at = 0;
}

static enum policy_word
last_word(const struct plan_step *s)
{
	enum policy_word word = s->chain[0];
	size_t i;

	for (i = 1; i < POLICY_CHAIN && s->chain[i] != POLICY_END; i++)
		word = s->chain[i];
	return word;
}

/* What it writes if it comes to the worst is no more to be written. */
static void
unsaved_drop(struct engine *e, const struct engine_job *j)
{
	if (last_word(j->step) == POLICY_SUSPEND)
		e->unsaved -= j->step->memory;
}

static void
job_end(struct engine *e, struct engine_job *j, enum engine_result result)
{
	slot_release(e, j);
	job_state(e, j, result >= RESULT_REFUSED ? STATE_FAILED : STATE_DONE);
	j->result = result;
	j->ended = e->now;
	j->until = j->say_at = j->stall_at = 0;
	if (j->step->pause > 0 && e->now + j->step->pause > e->group_at)
		e->group_at = e->now + j->step->pause;
	unsaved_drop(e, j);
	e->unfinished--;
	job_uri(e, j)->unfinished--;
	e->ops->ended(e->ctx, job_index(e, j));
}

static void
job_fail(struct engine *e, struct engine_job *j, enum engine_result result,
    const char *why)
{
	(void)strlcpy(j->why, why, sizeof(j->why));
	if (result == RESULT_LATE && job_word(j) == POLICY_SHUTDOWN)
		say(e, j, SAID_LATE);
	job_end(e, j, result);
	say(e, j, SAID_FAILED);
}

/* Its next word begins, at its turn: whatever belonged to this one is over. */
static void
word_next(struct engine *e, struct engine_job *j)
{
	slot_release(e, j);
	job_state(e, j, STATE_WAIT);
	j->link++;
	j->stalled = j->aborted = j->invalid = j->asked = j->reclaim = false;
	j->tries = j->mode = 0;
	j->until = j->say_at = j->stall_at = 0;
	j->moved = 0;
}

static bool
word_is_last(const struct engine_job *j)
{
	return j->link + 1 >= POLICY_CHAIN ||
	    j->step->chain[j->link + 1] == POLICY_END;
}

/* A word has come to nothing: the next one, or the end. */
static void
word_over(struct engine *e, struct engine_job *j, enum engine_result result,
    const char *why)
{
	/* At the end of the whole no other word is begun. */
	if (word_is_last(j) || (e->deadline != 0 && e->now >= e->deadline)) {
		job_fail(e, j, result, why);
		return;
	}
	(void)strlcpy(j->why, why, sizeof(j->why));
	if (result == RESULT_LATE && job_word(j) == POLICY_SHUTDOWN)
		say(e, j, SAID_LATE);
	do
		word_next(e, j);
	while (j->last && !word_is_last(j));
	say(e, j, SAID_NEXT);
}

/* Look at it again after a while. */
static void
job_settle(struct engine *e, struct engine_job *j, int64_t when)
{
	job_state(e, j, STATE_SETTLE);
	j->look_at = when;
}

static void
act_stay(struct engine *e, struct engine_job *j)
{
	(void)e;
	(void)j;
}

static void
act_lost(struct engine *e, struct engine_job *j)
{
	/* Guests of other URIs need not wait for this one. */
	j->reclaim = j->slot;
	slot_release(e, j);
	/* What cannot be seen has not stalled. */
	j->stall_at = 0;
	job_state(e, j, STATE_LOST);
}

/* It could not be asked: again later, wherever its URI is by then. */
static void
ask_failed(struct engine *e, struct engine_job *j)
{
	if (++j->tries > TRIES)
		job_fail(e, j, RESULT_UNKNOWN,
		    "its state is unknown: the daemon could not be asked");
	else
		job_settle(e, j, e->now + e->plan->poll);
}

static void
act_look(struct engine *e, struct engine_job *j)
{
	job_state(e, j, STATE_LOOK);
	if (e->ops->look(e->ctx, job_index(e, j)) == -1)
		ask_failed(e, j);
}

/* What the last word of a chain needs before the end. */
static int64_t
reserve(const struct engine *e, const struct engine_job *j)
{
	int64_t need;

	switch (last_word(j->step)) {
	case POLICY_DESTROY:
		return DESTROY_RESERVE;
	case POLICY_SUSPEND:
		/* They all write to the same disk. */
		need = (int64_t)(e->unsaved / e->rate) * SECOND;
		return need > SAVE_RESERVE ? need : SAVE_RESERVE;
	default:
		return 0;
	}
}

/* When it has to come to its last word, 0 = it need not, or it has. */
static int64_t
skip_at(const struct engine *e, const struct engine_job *j)
{
	int64_t at, need = reserve(e, j);

	if (e->deadline == 0 || j->last || need == 0)
		return 0;
	if (word_is_last(j) && j->state != STATE_WAIT)
		return 0;
	at = e->deadline - need;
	return at > 0 ? at : 1;
}

/* How many have their turn until all of that URI (NULL: of any) had theirs. */
static size_t
queue_length(const struct engine *e, const struct engine_uri *u)
{
	size_t n = 0, upto = 0, i;

	for (i = e->first; i < e->plan->n; i++) {
		if (e->job[i].state != STATE_WAIT)
			continue;
		n++;
		if (u == NULL || u == job_uri(e, &e->job[i]))
			upto = n;
	}
	return upto;
}

/* How many turns are not given to anybody else before that end. */
static size_t
slots_kept(const struct engine *e, const struct engine_job *j, int64_t end)
{
	const struct engine_job *k;
	size_t n = 0, i;

	for (i = e->first; i < e->begun; i++) {
		k = &e->job[i];
		if (k != j && k->slot && (k->hold == 0 || k->hold >= end))
			n++;
	}
	return n;
}

/*
 * Where an end is common to several that share turns, each holds its turn
 * only for its share, so that everyone has been asked by then.
 */
static int64_t
slot_share(const struct engine *e, const struct engine_job *j, int64_t end,
    const struct engine_uri *u)
{
	size_t slots = e->plan->bound[job_word(j)], kept, n;

	if (slots == 0 || end == 0)
		return 0;
	if (end <= e->now)
		return e->now;
	kept = slots_kept(e, j, end);
	slots = kept < slots ? slots - kept : 1;
	/* With the job itself, which waits no more. */
	n = queue_length(e, u) + 1;
	return e->now + (end - e->now) / (int64_t)((n + slots - 1) / slots);
}

/* The share that leaves the guests of every URI their turn. */
static int64_t
slot_hold(const struct engine *e, const struct engine_job *j)
{
	int64_t skip = skip_at(e, j);
	int64_t hold = slot_share(e, j, skip != 0 ? skip : e->deadline, NULL);
	const struct engine_uri *u;
	size_t i;

	for (i = 0; i < e->plan->nuris && e->plan->shared; i++) {
		u = &e->uri[i];
		if (u == job_uri(e, j) || u->waiting > 0)
			hold = sooner(hold, slot_share(e, j, u->until, u));
	}
	return hold;
}

static void
slot_take(struct engine *e, struct engine_job *j)
{
	j->reclaim = false;
	/* Who need not wait for others does not keep others waiting. */
	if (e->hurry || j->last)
		return;
	j->hold = slot_hold(e, j);
	j->slot = true;
	e->used[job_word(j)]++;
}

static void
act_back(struct engine *e, struct engine_job *j)
{
	/* Beyond the bound, if another URI's guest has its turn by now: what
	 * was asked of it before may be under way. */
	if (j->reclaim)
		slot_take(e, j);
	act_look(e, j);
}

/* The time that guests share begins with the first of them. */
static void
shared_clock(struct engine *e, struct engine_uri *u, int64_t until)
{
	size_t i;

	u->until = until;
	for (i = 0; i < e->plan->nuris && e->plan->total; i++)
		e->uri[i].until = until;
}

/* Its time: the word's own limit, that of its URI when it is shared, that of
 * the whole. */
static void
job_clock(struct engine *e, struct engine_job *j)
{
	enum policy_word word = job_word(j);
	struct engine_uri *u = job_uri(e, j);
	int64_t limit = e->plan->limit[word];
	bool own = word == POLICY_SHUTDOWN && j->step->limit != 0;

	if (own)
		limit = j->step->limit;
	j->began = e->now;
	j->until = sooner(limit > 0 ? e->now + limit : 0, e->deadline);
	if (e->plan->shared && word == POLICY_SHUTDOWN && !own) {
		if (u->until == 0)
			shared_clock(e, u, j->until);
		j->until = u->until;
	}
	if (word == POLICY_START && j->step->settle > 0)
		j->until = e->now + j->step->settle;
}

static void
act_begin(struct engine *e, struct engine_job *j)
{
	if (job_word(j) == POLICY_LEAVE) {
		say(e, j, SAID_LEFT);
		job_end(e, j, RESULT_LEFT);
		return;
	}
	/* It waits no more: job_clock and slot_take count those that do. */
	job_state(e, j, STATE_LOOK);
	job_clock(e, j);
	slot_take(e, j);
	act_look(e, j);
}

static void
word_shutdown(struct engine *e, struct engine_job *j)
{
	struct engine_uri *u = job_uri(e, j);

	if (j->asked) {
		say(e, j, SAID_AGAIN);
	} else if (j->say_at == 0) {
		say(e, j, SAID_ASKED);
		j->say_at = e->now + SAY_FIRST;
		if (u->say_at == 0)
			u->say_at = j->say_at;
	}
	job_state(e, j, STATE_CALL);
}

static void
word_suspend(struct engine *e, struct engine_job *j)
{
	if (j->say_at == 0) {
		say(e, j, SAID_SAVING);
		j->say_at = e->now + SAY_EVERY;
	}
	job_state(e, j, STATE_WORK);
	j->measure_at = e->now + e->plan->poll;
	j->stall_at = e->plan->stall > 0 ? e->now + e->plan->stall : 0;
}

static void
word_start(struct engine *e, struct engine_job *j)
{
	job_state(e, j, STATE_WORK);
	/* Nothing bounds it but the daemon's own answer. */
	j->until = 0;
}

static void
word_destroy(struct engine *e, struct engine_job *j)
{
	job_state(e, j, STATE_WORK);
	j->stall_at = 0;
}

static action_fn *const word_begin[POLICY_NWORD] = {
	[POLICY_SUSPEND] = word_suspend,
	[POLICY_SHUTDOWN] = word_shutdown,
	[POLICY_DESTROY] = word_destroy,
	[POLICY_START] = word_start,
};

static void
word_ask(struct engine *e, struct engine_job *j)
{
	enum policy_word word = job_word(j);

	word_begin[word](e, j);
	if (e->ops->ask(e->ctx, job_index(e, j), word) == -1)
		ask_failed(e, j);
}

static void
act_active(struct engine *e, struct engine_job *j)
{
	say(e, j, SAID_ACTIVE);
	job_end(e, j, RESULT_ACTIVE);
}

/* It runs: that is the end of a start and the beginning of a stop. */
static void
act_on(struct engine *e, struct engine_job *j)
{
	j->stall_at = 0;
	if (j->aborted)
		act_stalled(e, j);
	else if (job_word(j) != POLICY_START)
		j->on = true;
	else if (j->until > e->now)
		job_settle(e, j, e->now + e->plan->poll);
	else
		act_active(e, j);
}

/* From now on progress is waited for.  A shutdown has all its time: the guest
 * may be going down. */
static void
stall_begin(struct engine *e, struct engine_job *j)
{
	if (j->stall_at == 0 && e->plan->stall > 0 &&
	    job_word(j) != POLICY_SHUTDOWN)
		j->stall_at = e->now + e->plan->stall;
}

static void
act_busy(struct engine *e, struct engine_job *j)
{
	/* No job holds that up. */
	if (job_word(j) == POLICY_DESTROY) {
		word_ask(e, j);
		return;
	}
	stall_begin(e, j);
	job_settle(e, j, e->now + e->plan->poll);
}

/* It is off: a start goes on from here, at its time. */
static void
start_go(struct engine *e, struct engine_job *j)
{
	j->stall_at = 0;
	if (e->plan->delay > 0 && e->now < e->start_at)
		job_settle(e, j, e->start_at);
	else
		word_ask(e, j);
}

static void
act_off(struct engine *e, struct engine_job *j)
{
	if (job_word(j) == POLICY_START && j->state == STATE_LOOK) {
		start_go(e, j);
	} else if (job_word(j) == POLICY_START) {
		/* Settled: look, for the daemon may not be done with it. */
		act_look(e, j);
	} else {
		say(e, j, SAID_OFF);
		job_end(e, j, RESULT_OFF);
	}
}

/* While it was saved: it went off by itself.  Of a start the answer tells. */
static void
act_work_off(struct engine *e, struct engine_job *j)
{
	if (job_word(j) == POLICY_DESTROY)
		act_worked(e, j);
	else if (job_word(j) != POLICY_START)
		act_off(e, j);
}

static void
act_saved(struct engine *e, struct engine_job *j)
{
	if (job_word(j) == POLICY_START) {
		act_off(e, j);
		return;
	}
	say(e, j, SAID_SAVED);
	job_end(e, j, RESULT_SAVED);
}

/* Off before its turn: nothing is left to stop; a start begins so. */
static void
act_started_off(struct engine *e, struct engine_job *j)
{
	if (job_word(j) != POLICY_START)
		act_off(e, j);
}

static void
act_gone(struct engine *e, struct engine_job *j)
{
	if (job_word(j) != POLICY_START) {
		act_off(e, j);
		return;
	}
	say(e, j, SAID_GONE);
	job_end(e, j, RESULT_GONE);
}

static void
act_asked(struct engine *e, struct engine_job *j)
{
	struct engine_uri *u = job_uri(e, j);

	job_state(e, j, STATE_ASKED);
	j->asked = true;
	if (j->step->resend > 0)
		j->resend_at = e->now + j->step->resend;
	if (u->poll_at == 0)
		u->poll_at = e->now + e->plan->poll;
}

static void
act_poll(struct engine *e, struct engine_job *j)
{
	job_uri(e, j)->poll_at = e->now;
}

/* How fast saves are, once one has shown it. */
static void
rate_learn(struct engine *e, const struct engine_job *j)
{
	int64_t took = e->now - j->began;
	uint64_t bytes = j->moved > j->step->memory ? j->moved :
	    j->step->memory;

	if (took > 0 && bytes > 0)
		e->rate = bytes * SECOND / (uint64_t)took;
	if (e->rate == 0)
		e->rate = 1;
}

static void
act_worked(struct engine *e, struct engine_job *j)
{
	if (job_word(j) == POLICY_START) {
		e->start_at = e->now + e->plan->delay;
		say(e, j, SAID_STARTED);
		job_end(e, j, RESULT_STARTED);
	} else if (job_word(j) == POLICY_DESTROY) {
		say(e, j, SAID_DESTROYED);
		job_end(e, j, RESULT_DESTROYED);
	} else {
		rate_learn(e, j);
		say(e, j, SAID_SAVED);
		job_end(e, j, RESULT_SAVED);
	}
}

static void
act_refused(struct engine *e, struct engine_job *j)
{
	word_over(e, j, RESULT_REFUSED, e->text != NULL ? e->text :
	    "the daemon refused");
}

/* The next of the modes in which it may be asked, if there is one. */
static bool
mode_next(struct engine_job *j)
{
	if (j->mode + 1 >= POLICY_MODES ||
	    j->step->modes[j->mode] == POLICY_MODE_END ||
	    j->step->modes[j->mode + 1] == POLICY_MODE_END)
		return false;
	j->mode++;
	j->tries = 0;
	j->invalid = false;
	return true;
}

enum policy_mode
engine_mode(const struct engine_job *j)
{
	return j->step->modes[j->mode];
}

/* One that has taken the request before need not take it again. */
static void
act_call_no(struct engine *e, struct engine_job *j)
{
	if (j->asked)
		act_asked(e, j);
	else if (mode_next(j))
		word_ask(e, j);
	else
		act_refused(e, j);
}

static void
act_call_retry(struct engine *e, struct engine_job *j)
{
	if (j->asked)
		act_asked(e, j);
	else if (mode_next(j))
		word_ask(e, j);
	else
		act_retry(e, j);
}

static void
act_call_late(struct engine *e, struct engine_job *j)
{
	if (!j->asked && mode_next(j))
		word_ask(e, j);
	else
		act_asked(e, j);
}

/* A request is lost while a guest boots. */
static void
act_resend(struct engine *e, struct engine_job *j)
{
	word_ask(e, j);
}

/* Perhaps it is off already; if it still is what it was, it was an answer. */
static void
act_invalid(struct engine *e, struct engine_job *j)
{
	if (j->invalid || j->asked) {
		act_call_no(e, j);
		return;
	}
	j->invalid = true;
	act_look(e, j);
}

/* Refused, but perhaps only for now. */
static void
act_retry(struct engine *e, struct engine_job *j)
{
	if (++j->tries > TRIES) {
		act_refused(e, j);
		return;
	}
	/* Not even to be looked at is no progress, either. */
	if (j->state == STATE_LOOK)
		stall_begin(e, j);
	job_settle(e, j, e->now + (j->tries == 1 ? 0 : e->plan->poll));
}

/* A start waits no longer for an earlier stop to take effect: what the next
 * look shows is taken as it is. */
static void
start_time(struct engine *e, struct engine_job *j)
{
	j->until = 0;
	if (j->stalled)
		job_fail(e, j, RESULT_REFUSED,
		    "busy with a job that makes no progress");
	else if (j->state == STATE_SETTLE)
		act_look(e, j);
}

static void
act_late(struct engine *e, struct engine_job *j)
{
	if (j->state == STATE_WAIT || !job_uri(e, j)->up)
		act_unknown(e, j);
	else if (job_word(j) == POLICY_START)
		start_time(e, j);
	else if (j->aborted)
		act_stalled(e, j);
	else
		word_over(e, j, RESULT_LATE, j->stalled ?
		    "busy with a job that makes no progress" :
		    "still on when its time was up");
}

static void
act_unknown(struct engine *e, struct engine_job *j)
{
	job_fail(e, j, RESULT_UNKNOWN, job_uri(e, j)->up ?
	    "its turn never came" : "its state is unknown: the connection "
	    "to the daemon was lost");
}

static void
act_stalled(struct engine *e, struct engine_job *j)
{
	word_over(e, j, RESULT_STALLED, j->stalled ?
	    "not saved: the save made no progress" :
	    "not saved in time");
}

/* A save is aborted first, so that the guest runs again. */
static void
act_work_time(struct engine *e, struct engine_job *j)
{
	if (job_word(j) == POLICY_DESTROY) {
		word_over(e, j, RESULT_LATE, "not destroyed in time");
		return;
	}
	job_state(e, j, STATE_ABORT);
	j->aborted = true;
	j->stall_at = 0;
	j->until = sooner(e->now + ABORT_LIMIT, e->deadline);
	/* If nobody can abort it, its own answer or that time ends it. */
	(void)e->ops->abort(e->ctx, job_index(e, j));
}

/* The end of the whole is near: what is under way is given up for the last
 * word of its chain. */
static void
act_skip(struct engine *e, struct engine_job *j)
{
	bool skipped = !word_is_last(j);

	while (!word_is_last(j))
		word_next(e, j);
	j->last = true;
	if (!skipped)
		return;
	(void)strlcpy(j->why, "the deadline is near", sizeof(j->why));
	say(e, j, SAID_NEXT);
}

/* A save has to be aborted first. */
static void
act_work_skip(struct engine *e, struct engine_job *j)
{
	j->last = true;
	act_work_time(e, j);
}

static void
dispatch(struct engine *e, struct engine_job *j, enum engine_event ev)
{
	action_fn *act;
	char why[ENGINE_WHY] = "impossible while ";

	if (job_finished(j))
		return;
	act = table[j->state][ev];
	if (act != NULL) {
		act(e, j);
		return;
	}
	(void)strlcat(why, engine_state_name(j->state), sizeof(why));
	job_fail(e, j, RESULT_UNKNOWN, why);
}

int
engine_init(struct engine *e, const struct plan *p, int64_t now)
{
	size_t i;

	memset(e, 0, sizeof(*e));
	e->plan = p;
	e->now = now;
	e->job = calloc(p->n + 1, sizeof(*e->job));
	e->uri = calloc(p->nuris + 1, sizeof(*e->uri));
	if (e->job == NULL || e->uri == NULL) {
		engine_free(e);
		return -1;
	}
	e->unfinished = p->n;
	e->rate = SAVE_RATE;
	e->deadline = p->deadline > 0 ? now + p->deadline : 0;
	for (i = 0; i < p->n; i++) {
		e->job[i].step = &p->step[i];
		e->uri[p->step[i].uri].waiting++;
		e->uri[p->step[i].uri].unfinished++;
		if (last_word(&p->step[i]) == POLICY_SUSPEND)
			e->unsaved += p->step[i].memory;
	}
	for (i = 0; i < p->nuris; i++)
		e->uri[i].lost_by = now + p->lost;
	return 0;
}

void
engine_free(struct engine *e)
{
	free(e->job);
	free(e->uri);
	e->job = NULL;
	e->uri = NULL;
}

void
engine_event(struct engine *e, const struct engine_news *news, int64_t now)
{
	e->now = now;
	e->text = news->text;
	dispatch(e, &e->job[news->job], news->event);
	e->text = NULL;
}

void
engine_progress(struct engine *e, size_t job, uint64_t bytes, int64_t now)
{
	struct engine_job *j = &e->job[job];

	e->now = now;
	if (job_finished(j) || bytes == j->moved)
		return;
	j->moved = bytes;
	if (j->stall_at != 0)
		j->stall_at = now + e->plan->stall;
}

void
engine_polled(struct engine *e, size_t uri)
{
	e->uri[uri].polling = false;
}

void
engine_up(struct engine *e, size_t uri, bool up, int64_t now)
{
	struct engine_uri *u = &e->uri[uri];
	size_t i;

	e->now = now;
	if (u->up == up)
		return;
	u->up = up;
	u->polling = false;
	u->lost_by = up ? 0 : now + e->plan->lost;
	for (i = e->first; i < e->begun; i++)
		if (e->job[i].step->uri == uri)
			dispatch(e, &e->job[i], up ? EV_BACK : EV_LOST);
}

void
engine_hurry(struct engine *e, int64_t now)
{
	e->now = now;
	e->hurry = true;
}

void
engine_cut(struct engine *e, const char *why, int64_t now)
{
	size_t i;

	e->now = now;
	for (i = 0; i < e->plan->n; i++)
		if (!job_finished(&e->job[i]))
			job_fail(e, &e->job[i], RESULT_CUT, why);
}

static bool
due(int64_t when, int64_t now)
{
	return when != 0 && now >= when;
}

/* Nobody can be asked: what is bounded by nothing else is given up. */
static bool
job_abandoned(const struct engine *e, const struct engine_job *j)
{
	return j->until == 0 && due(job_uri(e, j)->lost_by, e->now);
}

static void
job_say(struct engine *e, struct engine_job *j)
{
	int64_t left = j->until > e->now ? j->until - e->now : 0;

	j->say_at = e->now + (left % SAY_EVERY > 0 ? left % SAY_EVERY :
	    SAY_EVERY);
	if (job_word(j) == POLICY_SUSPEND && j->state != STATE_LOST)
		say(e, j, SAID_MOVED);
	else if (job_word(j) == POLICY_SHUTDOWN && !e->plan->shared)
		say(e, j, SAID_WAIT_ONE);
}

/*
 * Answers to looks come in any order, guests are asked in that of the plan: a
 * guest waits for the first look at those before it, which is bounded.
 */
static void
turns_ask(struct engine *e)
{
	struct engine_job *j;
	size_t i;

	for (i = e->first; i < e->begun; i++) {
		j = &e->job[i];
		if (j->state != STATE_LOOK)
			continue;
		if (j->on)
			word_ask(e, j);
		else if (j->tries == 0 && !j->invalid &&
		    job_word(j) != POLICY_START)
			return;
	}
}

static void
job_tick(struct engine *e, struct engine_job *j)
{
	if (due(j->hold, e->now))
		slot_release(e, j);
	if (due(j->look_at, e->now) && job_uri(e, j)->up)
		dispatch(e, j, EV_LOOK);
	if (due(skip_at(e, j), e->now))
		dispatch(e, j, EV_SKIP);
	if (due(j->resend_at, e->now) && job_uri(e, j)->up)
		dispatch(e, j, EV_RESEND);
	if (due(j->measure_at, e->now)) {
		j->measure_at = e->now + e->plan->poll;
		(void)e->ops->measure(e->ctx, job_index(e, j));
	}
	if (due(j->stall_at, e->now)) {
		j->stall_at = 0;
		j->stalled = true;
		dispatch(e, j, EV_TIME);
	} else if (due(j->until, e->now) || job_abandoned(e, j)) {
		dispatch(e, j, EV_TIME);
	}
	if (!job_finished(j) && due(j->say_at, e->now))
		job_say(e, j);
}

/* A job that waits can only be given up. */
static void
waiting_tick(struct engine *e)
{
	struct engine_job *j;
	size_t i;

	for (i = 0; i < e->plan->nuris; i++)
		if (due(e->uri[i].lost_by, e->now) && e->uri[i].waiting > 0)
			break;
	if (i == e->plan->nuris && e->deadline == 0)
		return;
	for (i = e->first; i < e->plan->n; i++) {
		j = &e->job[i];
		if (j->state != STATE_WAIT)
			continue;
		if (due(e->deadline, e->now) || job_abandoned(e, j))
			dispatch(e, j, EV_TIME);
		else if (due(skip_at(e, j), e->now))
			dispatch(e, j, EV_SKIP);
	}
}

static void
uri_say(struct engine *e, size_t uri)
{
	struct engine_uri *u = &e->uri[uri];
	struct engine_note note = { .uri = uri, .seconds = -1 };
	int64_t left = u->until > e->now ? u->until - e->now : 0;

	u->say_at = e->now + (left % SAY_EVERY > 0 ? left % SAY_EVERY :
	    SAY_EVERY);
	note.said = SAID_WAIT_MANY;
	note.count = (unsigned)u->unfinished;
	if (u->until != 0)
		note.seconds = (left + SECOND - 1) / SECOND;
	e->ops->tell(e->ctx, &note);
}

static bool
uri_asked(const struct engine *e, size_t uri)
{
	size_t i;

	for (i = e->first; i < e->begun; i++)
		if (e->job[i].step->uri == uri &&
		    e->job[i].state == STATE_ASKED)
			return true;
	return false;
}

static void
uri_tick(struct engine *e, size_t uri)
{
	struct engine_uri *u = &e->uri[uri];
	struct engine_note note = { .said = SAID_EXPIRED, .uri = uri };

	if (u->unfinished == 0) {
		u->poll_at = u->say_at = 0;
		return;
	}
	if (e->plan->shared && due(u->until, e->now)) {
		/* Those whose turn comes later have a time of their own. */
		u->until = u->say_at = 0;
		e->ops->tell(e->ctx, &note);
	}
	if (e->plan->shared && due(u->say_at, e->now))
		uri_say(e, uri);
	if (!due(u->poll_at, e->now))
		return;
	u->poll_at = 0;
	if (!uri_asked(e, uri))
		return;
	u->poll_at = e->now + e->plan->poll;
	if (u->up && !u->polling)
		u->polling = e->ops->poll(e->ctx, uri) == 0;
}

/* Is it its turn?  Not before those of lower groups have ended, and not while
 * as many as may be are under way; near the end nobody waits for others. */
static bool
job_turn(const struct engine *e, const struct engine_job *j, unsigned group)
{
	unsigned bound = e->plan->bound[job_word(j)];

	if (!job_uri(e, j)->up)
		return false;
	if (e->hurry || j->last)
		return true;
	return j->step->group <= group && e->now >= e->group_at &&
	    (bound == 0 || e->used[job_word(j)] < bound);
}

/* The group that is under way: that of the first who has not ended. */
static unsigned
group_now(const struct engine *e)
{
	size_t i;

	for (i = e->first; i < e->plan->n; i++)
		if (!job_finished(&e->job[i]))
			return e->job[i].step->group;
	return 0;
}

static void
slots_fill(struct engine *e)
{
	unsigned group = group_now(e);
	struct engine_job *j;
	size_t i;

	for (i = e->first; i < e->plan->n; i++) {
		j = &e->job[i];
		if (j->state != STATE_WAIT || !job_turn(e, j, group))
			continue;
		if (i >= e->begun)
			e->begun = i + 1;
		dispatch(e, j, EV_SLOT);
	}
}

void
engine_tick(struct engine *e, int64_t now)
{
	size_t i;

	e->now = now;
	for (i = 0; i < e->plan->nuris; i++)
		uri_tick(e, i);
	turns_ask(e);
	for (i = e->first; i < e->begun; i++)
		if (e->job[i].state != STATE_WAIT && !job_finished(&e->job[i]))
			job_tick(e, &e->job[i]);
	waiting_tick(e);
	slots_fill(e);
	while (e->first < e->begun && job_finished(&e->job[e->first]))
		e->first++;
}

static int64_t
job_next(const struct engine *e, const struct engine_job *j)
{
	const struct engine_uri *u = job_uri(e, j);
	int64_t next = j->until != 0 ? j->until : u->lost_by;

	next = sooner(next, j->hold);
	next = sooner(next, u->up ? j->look_at : 0);
	next = sooner(next, u->up ? j->resend_at : 0);
	next = sooner(next, skip_at(e, j));
	next = sooner(next, j->measure_at);
	next = sooner(next, j->stall_at);
	return sooner(next, j->say_at);
}

static int64_t
uri_next(const struct engine *e, const struct engine_uri *u)
{
	int64_t next = u->poll_at;

	/* Jobs that have begun know their end themselves; it may lie behind
	 * the deadline while a save is aborted. */
	if (u->waiting > 0)
		next = sooner(next, sooner(e->deadline, u->lost_by));
	if (u->waiting > 0 && e->group_at > e->now)
		next = sooner(next, e->group_at);
	if (e->plan->shared)
		next = sooner(next, sooner(u->say_at, u->until));
	return next;
}

int64_t
engine_next(const struct engine *e)
{
	int64_t next = 0;
	size_t i;

	for (i = 0; i < e->plan->nuris; i++)
		if (e->uri[i].unfinished > 0)
			next = sooner(next, uri_next(e, &e->uri[i]));
	for (i = e->first; i < e->begun; i++)
		if (e->job[i].state != STATE_WAIT && !job_finished(&e->job[i]))
			next = sooner(next, job_next(e, &e->job[i]));
	for (i = e->first; i < e->plan->n && e->deadline != 0; i++)
		if (e->job[i].state == STATE_WAIT)
			next = sooner(next, skip_at(e, &e->job[i]));
	return next;
}

bool
engine_done(const struct engine *e)
{
	return e->unfinished == 0;
}
