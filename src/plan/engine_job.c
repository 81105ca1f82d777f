#include "plan/engine_part.h"

#include <string.h>

#include "compat.h"

#define DESTROY_RESERVE	(5 * SECOND)	/* what that takes at the end */
#define SAVE_RESERVE	(10 * SECOND)	/* what a save takes there at least */

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

enum policy_word
engine_word(const struct engine_job *j)
{
	return j->instead != POLICY_END ? j->instead :
	    j->step->chain[j->link];
}

bool
job_finished(const struct engine_job *j)
{
	return j->state == STATE_DONE || j->state == STATE_FAILED;
}

void
job_tell(struct engine *e, const struct engine_job *j, enum engine_said said)
{
	struct engine_note note = {
		.said = said, .job = job_index(e, j), .uri = j->step->uri,
		.seconds = -1, .bytes = j->moved, .word = engine_word(j),
		.text = j->why
	};

	if (j->until != 0)
		note.seconds = (j->until - e->now + SECOND - 1) / SECOND;
	e->ops->tell(e->ctx, &note);
}

bool
slot_free(const struct engine *e, const struct engine_job *j)
{
	unsigned bound = e->plan->bound[engine_word(j)];

	return bound == 0 || e->used[engine_word(j)] < bound;
}

void
slot_release(struct engine *e, struct engine_job *j)
{
	if (j->slot)
		e->used[engine_word(j)]--;
	j->slot = false;
	j->hold = 0;
}

void
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

enum policy_word
job_last_word(const struct plan_step *s)
{
	return policy_last(s->chain);
}

/* What it writes if it comes to the worst is no more to be written. */
static void
unsaved_drop(struct engine *e, const struct engine_job *j)
{
	if (job_last_word(j->step) == POLICY_SUSPEND)
		e->unsaved -= j->step->memory;
}

void
job_why(struct engine_job *j, const char *why)
{
	if (why != j->why)
		(void)strlcpy(j->why, why, sizeof(j->why));
}

void
job_end(struct engine *e, struct engine_job *j, enum engine_result result)
{
	struct engine_uri *u = job_uri(e, j);

	slot_release(e, j);
	job_state(e, j, result >= RESULT_REFUSED ? STATE_FAILED : STATE_DONE);
	j->result = result;
	j->ended = e->now;
	j->until = j->say_at = j->stall_at = 0;
	if (j->step->pause > 0 && e->now + j->step->pause > e->group_at)
		e->group_at = e->now + j->step->pause;
	unsaved_drop(e, j);
	e->unfinished--;
	/* Whoever comes there later begins anew. */
	if (--u->unfinished == 0)
		u->poll_at = u->say_at = 0;
	e->ops->ended(e->ctx, job_index(e, j));
}

void
job_fail(struct engine *e, struct engine_job *j, enum engine_result result,
    const char *why)
{
	job_why(j, why);
	if (result == RESULT_LATE && engine_word(j) == POLICY_SHUTDOWN)
		job_tell(e, j, SAID_LATE);
	job_end(e, j, result);
	job_tell(e, j, SAID_FAILED);
}

/* Whatever belonged to its word is over. */
static void
word_end(struct engine *e, struct engine_job *j)
{
	slot_release(e, j);
	job_state(e, j, STATE_WAIT);
	j->instead = POLICY_END;
	j->stalled = j->aborted = j->asked = false;
	j->reclaim = j->yielded = j->severed = false;
	j->tries = j->mode = j->invalid = j->losses = 0;
	j->until = j->say_at = j->stall_at = 0;
	j->moved = 0;
}

void
slots_share(struct engine *e, const struct engine_job *j)
{
	struct engine_job *k;
	size_t i;

	for (i = e->first; i < e->begun && !j->last; i++) {
		k = &e->job[i];
		if (k->slot && engine_word(k) == engine_word(j))
			k->hold = deadline_min(k->hold, slot_hold(e, k));
	}
}

void
word_next(struct engine *e, struct engine_job *j)
{
	word_end(e, j);
	j->link++;
	slots_share(e, j);
}

void
word_instead(struct engine *e, struct engine_job *j, enum policy_word word,
    const char *why)
{
	word_end(e, j);
	j->instead = word;
	slots_share(e, j);
	job_why(j, why);
	job_tell(e, j, SAID_NEXT);
}

bool
word_is_last(const struct engine_job *j)
{
	return j->link + 1 >= POLICY_CHAIN ||
	    j->step->chain[j->link + 1] == POLICY_END;
}

/*
 * What was done in place of a word came to nothing: the word itself, now that
 * nothing else is left.
 */
static bool
word_again(struct engine *e, struct engine_job *j, const char *why)
{
	if (j->instead != POLICY_SUSPEND || j->resume)
		return false;
	j->resume = true;
	word_instead(e, j, POLICY_END, why);
	return true;
}

void
word_over(struct engine *e, struct engine_job *j, enum engine_result result,
    const char *why)
{
	bool end = e->deadline != 0 && e->now >= e->deadline;

	/* At the end of the whole no other word is begun. */
	if (!end && word_again(e, j, why))
		return;
	if (end || word_is_last(j)) {
		job_fail(e, j, result, why);
		return;
	}
	job_why(j, why);
	if (result == RESULT_LATE && engine_word(j) == POLICY_SHUTDOWN)
		job_tell(e, j, SAID_LATE);
	do
		word_next(e, j);
	while (j->last && !word_is_last(j));
	job_tell(e, j, SAID_NEXT);
}

/* What the last word of a chain needs before the end. */
static int64_t
reserve(const struct engine *e, const struct engine_job *j)
{
	int64_t need;

	switch (job_last_word(j->step)) {
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
int64_t
job_skip_at(const struct engine *e, const struct engine_job *j)
{
	int64_t at, need = reserve(e, j);

	if (e->deadline == 0 || j->last || need == 0)
		return 0;
	if (word_is_last(j) && j->state != STATE_WAIT &&
	    j->state != STATE_PREPARE)
		return 0;
	at = e->deadline - need;
	return at > 0 ? at : 1;
}

int64_t
job_prepare_by(const struct engine *e)
{
	if (e->deadline == 0)
		return 0;
	return e->deadline > e->now ? e->now + (e->deadline - e->now) / 2 :
	    e->now;
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
	size_t slots = e->plan->bound[engine_word(j)], kept, n;

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
int64_t
slot_hold(const struct engine *e, const struct engine_job *j)
{
	int64_t skip = job_skip_at(e, j);
	int64_t hold = slot_share(e, j, skip != 0 ? skip : e->deadline, NULL);
	const struct engine_uri *u;
	size_t i;

	for (i = 0; i < e->plan->nuris && e->plan->shared; i++) {
		u = &e->uri[i];
		if (u == job_uri(e, j) || u->waiting > 0)
			hold =
			    deadline_min(hold, slot_share(e, j, u->until, u));
	}
	return hold;
}

void
slot_take(struct engine *e, struct engine_job *j)
{
	j->reclaim = false;
	/* Who need not wait for others does not keep others waiting. */
	if (e->hurry || j->last)
		return;
	j->hold = slot_hold(e, j);
	j->slot = true;
	e->used[engine_word(j)]++;
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
void
job_clock(struct engine *e, struct engine_job *j)
{
	enum policy_word word = engine_word(j);
	struct engine_uri *u = job_uri(e, j);
	int64_t limit = plan_limit(e->plan, j->step, word);
	bool own = word == POLICY_SHUTDOWN && j->step->limit != 0;

	j->began = e->now;
	j->until = deadline_min(limit > 0 ? e->now + limit : 0, e->deadline);
	if (e->plan->shared && word == POLICY_SHUTDOWN && !own) {
		if (u->until == 0)
			shared_clock(e, u, j->until);
		j->until = u->until;
	}
	if (word == POLICY_START && j->step->settle > 0)
		j->until = e->now + j->step->settle;
}
