#include "plan/engine_part.h"

#include <string.h>

#include "compat.h"

#define SAY_FIRST	SECOND		/* before the first line on waiting */
#define ABORT_LIMIT	(30 * SECOND)	/* for an abort to take effect */
#define TRIES		30		/* of a request refused "for now" */
#define LOSSES		10		/* of the connection, for a word */
#define INVALID_TRIES	5		/* of one refused "as it is now" */

typedef void	 action_fn(struct engine *, struct engine_job *);

static action_fn act_abort_skip, act_active, act_asked, act_asleep, act_back,
    act_begin, act_busy, act_call_late, act_call_no, act_call_retry,
    act_crashed, act_ending, act_gone, act_invalid, act_late, act_look,
    act_lost, act_off, act_on, act_paused, act_poll, act_prepare_skip,
    act_prepared, act_ready, act_refused, act_resend, act_retry, act_save_no,
    act_saved, act_settled, act_skip, act_stalled, act_started_off, act_stay,
    act_unknown, act_unready, act_woken, act_work_no, act_work_off,
    act_work_skip, act_work_time, act_worked;

#define IGNORE	act_stay
/* Of a word that was given up, or late: nothing of it counts any more. */
#define ANSWERS	[EV_OK] = IGNORE, [EV_NO] = IGNORE, [EV_AGAIN] = IGNORE, \
	[EV_INVALID] = IGNORE, [EV_LATE] = IGNORE
#define LOOKS	[EV_ON] = IGNORE, [EV_BUSY] = IGNORE, [EV_PAUSED] = IGNORE, \
	[EV_ASLEEP] = IGNORE, [EV_CRASHED] = IGNORE, [EV_ENDING] = IGNORE

/*
 * What a job does on an event.  A hole is impossible: it fails that guest,
 * with its state and event named, and no other.
 */
static action_fn *const table[ENGINE_NSTATE][ENGINE_NEVENT] = {
	[STATE_WAIT] = {
		[EV_SLOT] = act_begin,
		ANSWERS, LOOKS, [EV_READY] = IGNORE,
		[EV_OFF] = act_started_off, [EV_SAVED] = act_started_off,
		[EV_GONE] = act_gone, [EV_TIME] = act_late,
		[EV_SKIP] = act_skip,
		[EV_LOST] = IGNORE, [EV_BACK] = IGNORE,
	},
	[STATE_PREPARE] = {
		ANSWERS, LOOKS, [EV_READY] = act_prepared,
		[EV_OFF] = act_started_off, [EV_SAVED] = act_started_off,
		[EV_GONE] = act_gone, [EV_TIME] = act_prepared,
		[EV_SKIP] = act_prepare_skip,
		[EV_LOST] = IGNORE, [EV_BACK] = IGNORE,
	},
	[STATE_LOOK] = {
		/* Of a request that was given up; the look tells. */
		[EV_OK] = IGNORE,
		[EV_NO] = act_refused, [EV_AGAIN] = act_retry,
		[EV_INVALID] = act_retry, [EV_LATE] = act_retry,
		[EV_ON] = act_on, [EV_BUSY] = act_busy,
		[EV_PAUSED] = act_paused, [EV_ASLEEP] = act_asleep,
		[EV_CRASHED] = act_crashed, [EV_ENDING] = act_ending,
		[EV_READY] = IGNORE,
		[EV_OFF] = act_off, [EV_SAVED] = act_saved,
		[EV_GONE] = act_gone, [EV_TIME] = act_late,
		[EV_SKIP] = act_skip,
		[EV_LOST] = act_lost, [EV_BACK] = IGNORE,
	},
	[STATE_WAKE] = {
		[EV_OK] = act_woken, [EV_NO] = act_refused,
		[EV_AGAIN] = act_retry, [EV_INVALID] = act_retry,
		[EV_LATE] = act_retry,
		LOOKS, [EV_READY] = IGNORE,
		[EV_OFF] = act_off, [EV_SAVED] = act_saved,
		[EV_GONE] = act_gone, [EV_TIME] = act_late,
		[EV_SKIP] = act_skip,
		[EV_LOST] = act_lost, [EV_BACK] = IGNORE,
	},
	[STATE_CALL] = {
		[EV_OK] = act_asked, [EV_NO] = act_call_no,
		[EV_AGAIN] = act_call_retry, [EV_INVALID] = act_invalid,
		[EV_LATE] = act_call_late,
		LOOKS, [EV_READY] = IGNORE,
		[EV_OFF] = act_off, [EV_SAVED] = act_saved,
		[EV_GONE] = act_gone, [EV_TIME] = act_late,
		[EV_SKIP] = act_skip,
		[EV_LOST] = act_lost, [EV_BACK] = IGNORE,
	},
	[STATE_ASKED] = {
		ANSWERS, LOOKS, [EV_READY] = IGNORE,
		[EV_OFF] = act_off, [EV_SAVED] = act_saved,
		[EV_GONE] = act_gone, [EV_TIME] = act_late,
		[EV_RESEND] = act_resend, [EV_SKIP] = act_skip,
		[EV_LOST] = IGNORE, [EV_BACK] = act_poll,
	},
	[STATE_WORK] = {
		[EV_OK] = act_worked, [EV_NO] = act_work_no,
		[EV_AGAIN] = act_retry, [EV_INVALID] = act_invalid,
		[EV_LATE] = act_retry,
		/* The answer to the call says it better. */
		LOOKS, [EV_READY] = IGNORE,
		[EV_OFF] = act_work_off, [EV_SAVED] = IGNORE,
		[EV_GONE] = act_gone, [EV_TIME] = act_work_time,
		[EV_SKIP] = act_work_skip,
		[EV_LOST] = act_lost, [EV_BACK] = IGNORE,
	},
	[STATE_ABORT] = {
		[EV_OK] = act_worked, [EV_NO] = act_save_no,
		[EV_AGAIN] = act_stalled, [EV_INVALID] = act_stalled,
		[EV_LATE] = act_stalled,
		LOOKS, [EV_READY] = IGNORE,
		[EV_OFF] = act_work_off, [EV_SAVED] = IGNORE,
		[EV_GONE] = act_gone, [EV_TIME] = act_stalled,
		[EV_SKIP] = act_abort_skip,
		[EV_LOST] = act_lost, [EV_BACK] = IGNORE,
	},
	[STATE_REFUSED] = {
		[EV_OK] = IGNORE,
		[EV_NO] = act_settled, [EV_AGAIN] = act_settled,
		[EV_INVALID] = act_settled, [EV_LATE] = act_settled,
		[EV_ON] = act_settled, [EV_BUSY] = act_settled,
		[EV_PAUSED] = act_settled, [EV_ASLEEP] = act_settled,
		[EV_CRASHED] = act_settled, [EV_ENDING] = act_ending,
		[EV_READY] = IGNORE,
		[EV_OFF] = act_off, [EV_SAVED] = act_saved,
		[EV_GONE] = act_gone, [EV_TIME] = act_settled,
		[EV_SKIP] = act_settled,
		[EV_LOST] = act_lost, [EV_BACK] = IGNORE,
	},
	[STATE_SETTLE] = {
		/* Answers to what timed out before. */
		ANSWERS, LOOKS, [EV_READY] = IGNORE,
		[EV_OFF] = act_off, [EV_SAVED] = act_saved,
		[EV_GONE] = act_gone, [EV_TIME] = act_late,
		[EV_LOOK] = act_look, [EV_SKIP] = act_skip,
		[EV_LOST] = act_lost, [EV_BACK] = IGNORE,
	},
	[STATE_LOST] = {
		ANSWERS, LOOKS, [EV_READY] = IGNORE,
		[EV_OFF] = IGNORE, [EV_SAVED] = IGNORE, [EV_GONE] = IGNORE,
		[EV_TIME] = act_unknown, [EV_SKIP] = act_skip,
		[EV_LOST] = IGNORE, [EV_BACK] = act_back,
	},
	[STATE_READY] = {
		ANSWERS, LOOKS, [EV_READY] = act_ready,
		[EV_OFF] = act_unready, [EV_SAVED] = act_unready,
		[EV_GONE] = act_unready, [EV_TIME] = act_unready,
		[EV_SKIP] = IGNORE, [EV_LOST] = IGNORE, [EV_BACK] = IGNORE,
	},
};

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
	if (engine_word(j) == POLICY_SUSPEND &&
	    (j->state == STATE_WORK || j->state == STATE_ABORT))
		j->severed = true;
	j->losses++;
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

static void
act_back(struct engine *e, struct engine_job *j)
{
	/* It may be this very word that a daemon dies of. */
	if (j->losses >= LOSSES) {
		word_over(e, j, RESULT_UNKNOWN,
		    "the connection to the daemon is lost again and again");
		return;
	}
	/* Beyond the bound, if another URI's guest has its turn by now: what
	 * was asked of it before may be under way. */
	if (j->reclaim)
		slot_take(e, j);
	act_look(e, j);
}

/* It has its turn: from here on its word's time runs. */
static void
turn_begin(struct engine *e, struct engine_job *j)
{
	/* It waits no more: job_clock and slot_take count those that do. */
	job_state(e, j, STATE_LOOK);
	job_clock(e, j);
	if (!j->slot)
		slot_take(e, j);
	if (job_uri(e, j)->up)
		act_look(e, j);
	else
		act_lost(e, j);
}

static void
act_begin(struct engine *e, struct engine_job *j)
{
	if (engine_word(j) == POLICY_LEAVE) {
		job_tell(e, j, SAID_LEFT);
		job_end(e, j, RESULT_LEFT);
		return;
	}
	if (!j->prepared) {
		j->prepared = true;
		if (e->ops->prepare(e->ctx, job_index(e, j)) == 0) {
			job_state(e, j, STATE_PREPARE);
			j->until = job_prepare_by(e);
			slot_take(e, j);
			return;
		}
	}
	turn_begin(e, j);
}

static void
act_prepared(struct engine *e, struct engine_job *j)
{
	turn_begin(e, j);
}

/* The end of the whole does not wait for it. */
static void
act_prepare_skip(struct engine *e, struct engine_job *j)
{
	act_skip(e, j);
	if (j->state == STATE_PREPARE)
		turn_begin(e, j);
}

static void
shutdown_say(struct engine *e, struct engine_job *j)
{
	struct engine_uri *u = job_uri(e, j);

	j->say_at = e->now + SAY_FIRST;
	if (u->say_at == 0)
		u->say_at = j->say_at;
}

static void
word_shutdown(struct engine *e, struct engine_job *j)
{
	if (j->asked) {
		job_tell(e, j, SAID_AGAIN);
	} else if (j->say_at == 0) {
		job_tell(e, j, SAID_ASKED);
		shutdown_say(e, j);
	}
	job_state(e, j, STATE_CALL);
}

static void
word_suspend(struct engine *e, struct engine_job *j)
{
	if (j->say_at == 0) {
		job_tell(e, j, SAID_SAVING);
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

void
act_ask(struct engine *e, struct engine_job *j)
{
	enum policy_word word = engine_word(j);

	word_begin[word](e, j);
	if (e->ops->ask(e->ctx, job_index(e, j), word) == -1)
		ask_failed(e, j);
}

static void
act_active(struct engine *e, struct engine_job *j)
{
	job_tell(e, j, SAID_ACTIVE);
	job_end(e, j, RESULT_ACTIVE);
}

/* Who gave up its turn while it was busy has one again, or waits for it. */
static bool
turn_again(struct engine *e, struct engine_job *j)
{
	j->yielded = false;
	if (e->hurry || j->last || slot_free(e, j)) {
		slot_take(e, j);
		return true;
	}
	j->until = 0;
	job_state(e, j, STATE_WAIT);
	slots_share(e, j);
	return false;
}

/* It runs: that is the end of a start and the beginning of a stop. */
static void
act_on(struct engine *e, struct engine_job *j)
{
	j->stall_at = 0;
	if (j->aborted)
		act_stalled(e, j);
	else if (engine_word(j) != POLICY_START)
		j->on = !j->yielded || turn_again(e, j);
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
	    engine_word(j) != POLICY_SHUTDOWN)
		j->stall_at = e->now + e->plan->stall;
}

static void
act_busy(struct engine *e, struct engine_job *j)
{
	/* No job holds that up. */
	if (engine_word(j) == POLICY_DESTROY) {
		act_ask(e, j);
		return;
	}
	stall_begin(e, j);
	/* No save of ours: those of others can go on meanwhile. */
	if (engine_word(j) == POLICY_SUSPEND && j->say_at == 0 && j->slot) {
		slot_release(e, j);
		j->yielded = true;
	}
	job_settle(e, j, e->now + e->plan->poll);
}

/* Let it run, and look at it again. */
static void
wake(struct engine *e, struct engine_job *j, enum engine_event ev)
{
	if (++j->tries > TRIES) {
		word_over(e, j, RESULT_REFUSED, "it does not wake up");
		return;
	}
	job_state(e, j, STATE_WAKE);
	if (e->ops->wake(e->ctx, job_index(e, j), ev) == -1)
		ask_failed(e, j);
}

/* It may take a while to show. */
static void
act_woken(struct engine *e, struct engine_job *j)
{
	if (j->tries == 1)
		act_look(e, j);
	else
		job_settle(e, j, e->now + e->plan->poll);
}

/* Who stands still hears no request; its memory can be saved as it is. */
static void
act_paused(struct engine *e, struct engine_job *j)
{
	if (engine_word(j) != POLICY_SHUTDOWN || j->aborted)
		act_on(e, j);
	else if (j->step->persistent && !j->resume)
		word_instead(e, j, POLICY_SUSPEND, "it is paused");
	else
		wake(e, j, EV_PAUSED);
}

static void
act_asleep(struct engine *e, struct engine_job *j)
{
	if (engine_word(j) == POLICY_SHUTDOWN ||
	    engine_word(j) == POLICY_SUSPEND)
		wake(e, j, EV_ASLEEP);
	else
		act_on(e, j);
}

static void
act_crashed(struct engine *e, struct engine_job *j)
{
	if (engine_word(j) == POLICY_SHUTDOWN ||
	    engine_word(j) == POLICY_SUSPEND)
		word_instead(e, j, POLICY_DESTROY, "it has crashed");
	else
		act_on(e, j);
}

/* It need not be asked; whatever else is wanted waits for its end. */
static void
act_ending(struct engine *e, struct engine_job *j)
{
	if (engine_word(j) != POLICY_SHUTDOWN) {
		act_busy(e, j);
		return;
	}
	shutdown_say(e, j);
	act_asked(e, j);
}

/* It is off: a start goes on from here, at its time. */
static void
start_go(struct engine *e, struct engine_job *j)
{
	j->stall_at = 0;
	if (e->plan->delay > 0 && e->now < e->start_at)
		job_settle(e, j, e->start_at);
	else
		act_ask(e, j);
}

static void
act_off(struct engine *e, struct engine_job *j)
{
	if (engine_word(j) == POLICY_START && j->state == STATE_LOOK) {
		start_go(e, j);
	} else if (engine_word(j) == POLICY_START) {
		/* Settled: look, for the daemon may not be done with it. */
		act_look(e, j);
	} else {
		job_tell(e, j, SAID_OFF);
		job_end(e, j, RESULT_OFF);
	}
}

/* While it was saved: it went off by itself.  Of a start the answer tells. */
static void
act_work_off(struct engine *e, struct engine_job *j)
{
	if (engine_word(j) == POLICY_DESTROY)
		act_worked(e, j);
	else if (engine_word(j) != POLICY_START)
		act_off(e, j);
}

static void
act_saved(struct engine *e, struct engine_job *j)
{
	if (engine_word(j) == POLICY_START) {
		act_off(e, j);
		return;
	}
	job_tell(e, j, SAID_SAVED);
	job_end(e, j, RESULT_SAVED);
}

/* Off before its turn: nothing is left to stop; a start begins so. */
static void
act_started_off(struct engine *e, struct engine_job *j)
{
	if (engine_word(j) != POLICY_START)
		act_off(e, j);
}

static void
act_gone(struct engine *e, struct engine_job *j)
{
	if (engine_word(j) != POLICY_START) {
		act_off(e, j);
		return;
	}
	job_tell(e, j, SAID_GONE);
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

/* A start is over when others may follow. */
static void
act_ready(struct engine *e, struct engine_job *j)
{
	e->start_at = e->now + e->plan->delay;
	job_end(e, j, RESULT_STARTED);
}

/* It was started all the same. */
static void
act_unready(struct engine *e, struct engine_job *j)
{
	bool late = j->until != 0 && e->now >= j->until;

	(void)strlcpy(j->why, late ? "not ready in time" :
	    "off before it was ready", sizeof(j->why));
	/* A time is not late when it is over. */
	if (!late || j->step->ready == 0)
		job_tell(e, j, SAID_UNREADY);
	act_ready(e, j);
}

static void
start_worked(struct engine *e, struct engine_job *j)
{
	job_tell(e, j, SAID_STARTED);
	if (j->step->ready == 0 &&
	    e->ops->await(e->ctx, job_index(e, j)) == -1) {
		act_ready(e, j);
		return;
	}
	job_state(e, j, STATE_READY);
	j->until = e->now + (j->step->ready > 0 ? j->step->ready :
	    e->plan->ready);
}

static void
act_worked(struct engine *e, struct engine_job *j)
{
	if (engine_word(j) == POLICY_START) {
		start_worked(e, j);
	} else if (engine_word(j) == POLICY_DESTROY) {
		job_tell(e, j, SAID_DESTROYED);
		job_end(e, j, RESULT_DESTROYED);
	} else {
		rate_learn(e, j);
		job_tell(e, j, SAID_SAVED);
		job_end(e, j, RESULT_SAVED);
	}
}

static const char *
refusal(const struct engine *e)
{
	return e->text != NULL ? e->text : "the daemon refused";
}

static void
act_refused(struct engine *e, struct engine_job *j)
{
	word_over(e, j, RESULT_REFUSED, refusal(e));
}

static bool
mode_left(const struct engine_job *j)
{
	return j->mode + 1 < POLICY_MODES &&
	    j->step->modes[j->mode] != POLICY_MODE_END &&
	    j->step->modes[j->mode + 1] != POLICY_MODE_END;
}

/* The next of the modes in which it may be asked, if there is one. */
static bool
mode_next(struct engine_job *j)
{
	if (!mode_left(j))
		return false;
	j->mode++;
	j->tries = j->invalid = 0;
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
		act_ask(e, j);
	else
		act_refused(e, j);
}

static void
act_call_retry(struct engine *e, struct engine_job *j)
{
	if (j->asked)
		act_asked(e, j);
	else if (mode_next(j))
		act_ask(e, j);
	else
		act_retry(e, j);
}

static void
act_call_late(struct engine *e, struct engine_job *j)
{
	if (!j->asked && mode_next(j))
		act_ask(e, j);
	else
		act_asked(e, j);
}

/* A request is lost while a guest boots. */
static void
act_resend(struct engine *e, struct engine_job *j)
{
	act_ask(e, j);
}

/*
 * Perhaps it is off already.  If it is not, that was an answer; but a container
 * that has just been started cannot be asked for a moment (libvirt's LXC
 * driver does not know its init yet).
 */
static void
act_invalid(struct engine *e, struct engine_job *j)
{
	unsigned char most = engine_word(j) == POLICY_SHUTDOWN ?
	    INVALID_TRIES : 1;

	if (j->invalid >= most || j->asked ||
	    (j->invalid > 0 && mode_left(j))) {
		act_call_no(e, j);
		return;
	}
	if (++j->invalid == 1)
		act_look(e, j);
	else
		job_settle(e, j, e->now + e->plan->poll);
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

/* A daemon that was started anew may not have come to terms yet with the save
 * that the one before had under way. */
static void
act_work_no(struct engine *e, struct engine_job *j)
{
	if (j->severed)
		act_retry(e, j);
	else if (engine_word(j) == POLICY_SUSPEND)
		act_save_no(e, j);
	else
		act_refused(e, j);
}

/* One that waited for the save of somebody else is refused when that is done:
 * how is the guest now? */
static void
act_save_no(struct engine *e, struct engine_job *j)
{
	job_why(j, refusal(e));
	j->stall_at = 0;
	job_state(e, j, STATE_REFUSED);
	if (e->ops->look(e->ctx, job_index(e, j)) == -1)
		act_settled(e, j);
}

/* It was not that. */
static void
act_settled(struct engine *e, struct engine_job *j)
{
	if (j->aborted)
		act_stalled(e, j);
	else
		word_over(e, j, RESULT_REFUSED, j->why);
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
	else if (engine_word(j) == POLICY_START)
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
	if (engine_word(j) == POLICY_DESTROY) {
		word_over(e, j, RESULT_LATE, "not destroyed in time");
		return;
	}
	job_state(e, j, STATE_ABORT);
	j->aborted = true;
	j->stall_at = 0;
	j->until = deadline_min(e->now + ABORT_LIMIT, e->deadline);
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
	job_why(j, "the deadline is near");
	job_tell(e, j, SAID_NEXT);
}

/* A save has to be aborted first. */
static void
act_work_skip(struct engine *e, struct engine_job *j)
{
	act_abort_skip(e, j);
	act_work_time(e, j);
}

static void
act_abort_skip(struct engine *e, struct engine_job *j)
{
	(void)e;
	j->last = true;
}

void
act_event(struct engine *e, struct engine_job *j, enum engine_event ev)
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
