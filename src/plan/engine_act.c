#include "plan/engine_act.h"

#include <string.h>

#include "compat.h"
#include "plan/engine_ask.h"
#include "plan/engine_budget.h"
#include "plan/engine_chain.h"
#include "plan/engine_job.h"
#include "plan/engine_late.h"
#include "plan/engine_refuse.h"
#include "plan/engine_slot.h"
#include "plan/engine_start.h"
#include "text/deadline.h"

#define LOSSES		10		/* of the connection, for an action */

typedef void	 action_fn(struct engine *, struct engine_job *);

static action_fn act_asked_on, act_asked_paused, act_asleep, act_back,
    act_begin, act_busy, act_crashed, act_ending, act_gone, act_lost,
    act_migrated, act_new, act_off, act_on, act_paused, act_poll,
    act_prepare_skip, act_prepared, act_resend, act_saved, act_started_off,
    act_stay, act_woken, act_work_off, act_worked;

/* What the table does: a byte for each, in the place of a pointer. */
enum {
	HOLE,
	ACT_ASKED_ON, ACT_ASKED_PAUSED, ACT_ASLEEP, ACT_BACK, ACT_BEGIN,
	ACT_BUSY, ACT_CRASHED, ACT_ENDING, ACT_GONE, ACT_LOST, ACT_MIGRATED,
	ACT_NEW, ACT_OFF, ACT_ON, ACT_PAUSED, ACT_POLL, ACT_PREPARE_SKIP,
	ACT_PREPARED, ACT_RESEND, ACT_SAVED, ACT_STARTED_OFF, ACT_STAY,
	ACT_WOKEN, ACT_WORK_OFF, ACT_WORKED, ASK_LOOK, ASK_SENT, ASK_TAKEN,
	LATE_ABORT_SKIP, LATE_PUT_OFF, LATE_REFUSED, LATE_SKIP, LATE_STALLED,
	LATE_TIME, LATE_UNKNOWN, LATE_WORK, LATE_WORK_SKIP, REFUSE_ACTION,
	REFUSE_CALL, REFUSE_CALL_LATE, REFUSE_CALL_RETRY, REFUSE_INVALID,
	REFUSE_PUT_OFF, REFUSE_RETRY, REFUSE_SAVE, REFUSE_SETTLED,
	REFUSE_WORK, START_READY, START_UNREADY
};

static action_fn *const actions[] = {
	[ACT_ASKED_ON] = act_asked_on, [ACT_ASKED_PAUSED] = act_asked_paused,
	[ACT_ASLEEP] = act_asleep, [ACT_BACK] = act_back,
	[ACT_BEGIN] = act_begin, [ACT_BUSY] = act_busy,
	[ACT_CRASHED] = act_crashed, [ACT_ENDING] = act_ending,
	[ACT_GONE] = act_gone, [ACT_LOST] = act_lost,
	[ACT_MIGRATED] = act_migrated, [ACT_NEW] = act_new, [ACT_OFF] = act_off,
	[ACT_ON] = act_on, [ACT_PAUSED] = act_paused, [ACT_POLL] = act_poll,
	[ACT_PREPARE_SKIP] = act_prepare_skip, [ACT_PREPARED] = act_prepared,
	[ACT_RESEND] = act_resend, [ACT_SAVED] = act_saved,
	[ACT_STARTED_OFF] = act_started_off, [ACT_STAY] = act_stay,
	[ACT_WOKEN] = act_woken, [ACT_WORK_OFF] = act_work_off,
	[ACT_WORKED] = act_worked, [ASK_LOOK] = ask_look, [ASK_SENT] = ask_sent,
	[ASK_TAKEN] = ask_taken, [LATE_ABORT_SKIP] = late_abort_skip,
	[LATE_PUT_OFF] = late_put_off, [LATE_REFUSED] = late_refused,
	[LATE_SKIP] = late_skip, [LATE_STALLED] = late_stalled,
	[LATE_TIME] = late_time, [LATE_UNKNOWN] = late_unknown,
	[LATE_WORK] = late_work, [LATE_WORK_SKIP] = late_work_skip,
	[REFUSE_ACTION] = refuse_action, [REFUSE_CALL] = refuse_call,
	[REFUSE_CALL_LATE] = refuse_call_late,
	[REFUSE_CALL_RETRY] = refuse_call_retry,
	[REFUSE_INVALID] = refuse_invalid, [REFUSE_PUT_OFF] = refuse_put_off,
	[REFUSE_RETRY] = refuse_retry, [REFUSE_SAVE] = refuse_save,
	[REFUSE_SETTLED] = refuse_settled, [REFUSE_WORK] = refuse_work,
	[START_READY] = start_ready, [START_UNREADY] = start_unready
};

#define IGNORE	ACT_STAY
/* Answers to an action that was given up are ignored. */
#define ANSWERS	[EV_OK] = IGNORE, [EV_NO] = IGNORE, [EV_AGAIN] = IGNORE, \
	[EV_INVALID] = IGNORE, [EV_LATE] = IGNORE
#define LOOKS	[EV_ON] = IGNORE, [EV_BUSY] = IGNORE, [EV_PAUSED] = IGNORE, \
	[EV_ASLEEP] = IGNORE, [EV_CRASHED] = IGNORE, [EV_ENDING] = IGNORE, \
	[EV_LATE_NO] = LATE_REFUSED

#define WAITS	[EV_SENT] = IGNORE, ANSWERS, LOOKS, [EV_READY] = IGNORE, \
	[EV_OFF] = ACT_STARTED_OFF, [EV_SAVED] = ACT_STARTED_OFF, \
	[EV_MIGRATED] = ACT_MIGRATED, [EV_GONE] = ACT_GONE, \
	[EV_TIME] = LATE_TIME, [EV_SKIP] = LATE_SKIP, \
	[EV_LOST] = IGNORE, [EV_BACK] = IGNORE
/* EV_OK answers a request that was given up; the look decides. */
#define LOOKED	[EV_SENT] = IGNORE, [EV_OK] = IGNORE, \
	[EV_NO] = REFUSE_ACTION, [EV_AGAIN] = REFUSE_PUT_OFF, \
	[EV_INVALID] = REFUSE_RETRY, [EV_LATE] = REFUSE_RETRY, \
	[EV_LATE_NO] = LATE_REFUSED, \
	[EV_ON] = ACT_ON, [EV_BUSY] = ACT_BUSY, [EV_PAUSED] = ACT_PAUSED, \
	[EV_ASLEEP] = ACT_ASLEEP, [EV_CRASHED] = ACT_CRASHED, \
	[EV_ENDING] = ACT_ENDING, [EV_READY] = IGNORE, \
	[EV_OFF] = ACT_OFF, [EV_SAVED] = ACT_SAVED, \
	[EV_MIGRATED] = ACT_MIGRATED, [EV_GONE] = ACT_GONE, \
	[EV_TIME] = LATE_TIME, [EV_SKIP] = LATE_SKIP, \
	[EV_LOST] = ACT_LOST, [EV_BACK] = IGNORE

/*
 * What a job does on an event.  A hole is impossible: it fails that guest,
 * with its state and event named, and no other.
 */
static const unsigned char table[ENGINE_NSTATE][ENGINE_NEVENT] = {
	[STATE_NEW] = { [EV_SLOT] = ACT_NEW, WAITS },
	[STATE_WAIT] = { [EV_SLOT] = ACT_BEGIN, WAITS },
	[STATE_PREPARE] = {
		[EV_SENT] = IGNORE, ANSWERS, LOOKS, [EV_READY] = ACT_PREPARED,
		[EV_OFF] = ACT_STARTED_OFF, [EV_SAVED] = ACT_STARTED_OFF,
		[EV_MIGRATED] = ACT_MIGRATED, [EV_GONE] = ACT_GONE,
		[EV_TIME] = ACT_PREPARED, [EV_SKIP] = ACT_PREPARE_SKIP,
		[EV_LOST] = IGNORE, [EV_BACK] = IGNORE,
	},
	/* Events of a look that is under way count in both states. */
	[STATE_LOOK] = { LOOKED },
	[STATE_ON] = { LOOKED },
	[STATE_WAKE] = {
		[EV_SENT] = IGNORE,
		[EV_OK] = ACT_WOKEN, [EV_NO] = REFUSE_ACTION,
		[EV_AGAIN] = REFUSE_PUT_OFF, [EV_INVALID] = REFUSE_RETRY,
		[EV_LATE] = REFUSE_RETRY,
		LOOKS, [EV_READY] = IGNORE,
		[EV_OFF] = ACT_OFF, [EV_SAVED] = ACT_SAVED,
		[EV_MIGRATED] = ACT_MIGRATED, [EV_GONE] = ACT_GONE,
		[EV_TIME] = LATE_TIME, [EV_SKIP] = LATE_SKIP,
		[EV_LOST] = ACT_LOST, [EV_BACK] = IGNORE,
	},
	[STATE_CALL] = {
		[EV_SENT] = ASK_SENT,
		[EV_OK] = ASK_TAKEN, [EV_NO] = REFUSE_CALL,
		[EV_AGAIN] = REFUSE_CALL_RETRY, [EV_INVALID] = REFUSE_INVALID,
		[EV_LATE] = REFUSE_CALL_LATE,
		LOOKS, [EV_READY] = IGNORE,
		[EV_OFF] = ACT_OFF, [EV_SAVED] = ACT_SAVED,
		[EV_MIGRATED] = ACT_MIGRATED, [EV_GONE] = ACT_GONE,
		[EV_TIME] = LATE_TIME, [EV_SKIP] = LATE_SKIP,
		[EV_LOST] = ACT_LOST, [EV_BACK] = IGNORE,
	},
	[STATE_ASKED] = {
		[EV_SENT] = IGNORE, ANSWERS, [EV_READY] = IGNORE,
		[EV_ON] = ACT_ASKED_ON, [EV_BUSY] = IGNORE,
		[EV_PAUSED] = ACT_ASKED_PAUSED, [EV_ASLEEP] = IGNORE,
		[EV_CRASHED] = IGNORE, [EV_ENDING] = IGNORE,
		[EV_LATE_NO] = LATE_REFUSED,
		[EV_OFF] = ACT_OFF, [EV_SAVED] = ACT_SAVED,
		[EV_MIGRATED] = ACT_MIGRATED, [EV_GONE] = ACT_GONE,
		[EV_TIME] = LATE_TIME, [EV_RESEND] = ACT_RESEND,
		[EV_SKIP] = LATE_SKIP,
		[EV_LOST] = IGNORE, [EV_BACK] = ACT_POLL,
	},
	[STATE_WORK] = {
		[EV_SENT] = ASK_SENT,
		[EV_OK] = ACT_WORKED, [EV_NO] = REFUSE_WORK,
		[EV_AGAIN] = REFUSE_PUT_OFF, [EV_INVALID] = REFUSE_INVALID,
		[EV_LATE] = REFUSE_RETRY,
		/* The answer to the call has more details. */
		LOOKS, [EV_READY] = IGNORE,
		[EV_OFF] = ACT_WORK_OFF, [EV_SAVED] = IGNORE,
		[EV_MIGRATED] = ACT_MIGRATED, [EV_GONE] = ACT_GONE,
		[EV_TIME] = LATE_WORK, [EV_SKIP] = LATE_WORK_SKIP,
		[EV_LOST] = ACT_LOST, [EV_BACK] = IGNORE,
	},
	[STATE_ABORT] = {
		[EV_SENT] = IGNORE,
		[EV_OK] = ACT_WORKED, [EV_NO] = REFUSE_SAVE,
		[EV_AGAIN] = LATE_PUT_OFF, [EV_INVALID] = LATE_STALLED,
		[EV_LATE] = LATE_STALLED,
		LOOKS, [EV_READY] = IGNORE,
		[EV_OFF] = ACT_WORK_OFF, [EV_SAVED] = IGNORE,
		[EV_MIGRATED] = ACT_MIGRATED, [EV_GONE] = ACT_GONE,
		[EV_TIME] = LATE_STALLED, [EV_SKIP] = LATE_ABORT_SKIP,
		[EV_LOST] = ACT_LOST, [EV_BACK] = IGNORE,
	},
	[STATE_REFUSED] = {
		[EV_SENT] = IGNORE, [EV_OK] = IGNORE,
		[EV_NO] = REFUSE_SETTLED, [EV_AGAIN] = REFUSE_SETTLED,
		[EV_INVALID] = REFUSE_SETTLED, [EV_LATE] = REFUSE_SETTLED,
		[EV_LATE_NO] = IGNORE,
		[EV_ON] = REFUSE_SETTLED, [EV_BUSY] = REFUSE_SETTLED,
		[EV_PAUSED] = REFUSE_SETTLED, [EV_ASLEEP] = REFUSE_SETTLED,
		[EV_CRASHED] = REFUSE_SETTLED, [EV_ENDING] = ACT_ENDING,
		[EV_READY] = IGNORE,
		[EV_OFF] = ACT_OFF, [EV_SAVED] = ACT_SAVED,
		[EV_MIGRATED] = ACT_MIGRATED, [EV_GONE] = ACT_GONE,
		[EV_TIME] = REFUSE_SETTLED, [EV_SKIP] = REFUSE_SETTLED,
		[EV_LOST] = ACT_LOST, [EV_BACK] = IGNORE,
	},
	[STATE_SETTLE] = {
		/* Answers to what timed out before. */
		[EV_SENT] = IGNORE, ANSWERS, LOOKS, [EV_READY] = IGNORE,
		[EV_OFF] = ACT_OFF, [EV_SAVED] = ACT_SAVED,
		[EV_MIGRATED] = ACT_MIGRATED, [EV_GONE] = ACT_GONE,
		[EV_TIME] = LATE_TIME, [EV_LOOK] = ASK_LOOK,
		[EV_SKIP] = LATE_SKIP,
		[EV_LOST] = ACT_LOST, [EV_BACK] = IGNORE,
	},
	[STATE_LOST] = {
		[EV_SENT] = IGNORE, ANSWERS, LOOKS, [EV_READY] = IGNORE,
		[EV_OFF] = IGNORE, [EV_SAVED] = IGNORE,
		[EV_MIGRATED] = IGNORE, [EV_GONE] = IGNORE,
		[EV_TIME] = LATE_UNKNOWN, [EV_SKIP] = LATE_SKIP,
		[EV_LOST] = IGNORE, [EV_BACK] = ACT_BACK,
	},
	[STATE_READY] = {
		[EV_SENT] = IGNORE, ANSWERS, LOOKS, [EV_READY] = START_READY,
		[EV_OFF] = START_UNREADY, [EV_SAVED] = START_UNREADY,
		[EV_MIGRATED] = START_UNREADY, [EV_GONE] = START_UNREADY,
		[EV_TIME] = START_UNREADY, [EV_SKIP] = IGNORE,
		[EV_LOST] = IGNORE, [EV_BACK] = IGNORE,
	},
};

static void
act_stay(struct engine *e, struct engine_job *j)
{
	(void)e;
	(void)j;
}

static void
act_lost(struct engine *e, struct engine_job *j)
{
	if (job_does(j)->saves &&
	    (j->state == STATE_WORK || j->state == STATE_ABORT))
		j->severed = true;
	j->count.losses++;
	/* Guests of other URIs need not wait for this one. */
	slot_lose(e, j);
	/* Without a connection no progress is seen. */
	j->at.stall = 0;
	job_enter(e, j, STATE_LOST);
}

static void
act_back(struct engine *e, struct engine_job *j)
{
	/* This action may be what crashes the daemon. */
	if (j->count.losses >= LOSSES) {
		chain_over(e, j, RESULT_UNKNOWN,
		    "the connection to the daemon was lost ten times");
		return;
	}
	/* The bound may be exceeded, if another guest took the slot: the
	 * request sent before the loss may still be under way. */
	if (j->slot == SLOT_LOST)
		slot_take(e, j);
	ask_look(e, j);
}

/* The job has a slot: the time limit of its action begins. */
static void
slot_begin(struct engine *e, struct engine_job *j)
{
	/* First: budget_clock and slot_take count the jobs that wait. */
	job_enter(e, j, STATE_LOOK);
	budget_clock(e, j);
	if (j->slot != SLOT_HELD)
		slot_take(e, j);
	if (job_uri(e, j)->up)
		ask_look(e, j);
	else
		act_lost(e, j);
}

static void
act_begin(struct engine *e, struct engine_job *j)
{
	if (!job_does(j)->acts) {
		job_tell(e, j, SAID_LEFT);
		chain_end(e, j, RESULT_LEFT);
		return;
	}
	slot_begin(e, j);
}

/* The first slot: hooks and snapshot before the first action. */
static void
act_new(struct engine *e, struct engine_job *j)
{
	if (!job_does(j)->acts ||
	    e->ops->prepare(e->ctx, job_index(e, j)) == -1) {
		act_begin(e, j);
		return;
	}
	job_enter(e, j, STATE_PREPARE);
	j->at.until = budget_prepare_by(e);
	slot_take(e, j);
}

static void
act_prepared(struct engine *e, struct engine_job *j)
{
	slot_begin(e, j);
}

/* The last action is due, prepared or not. */
static void
act_prepare_skip(struct engine *e, struct engine_job *j)
{
	late_skip(e, j);
	if (j->state == STATE_PREPARE)
		slot_begin(e, j);
}

/* A guest that released its slot while it was busy takes one again, or waits
 * for one. */
static bool
slot_again(struct engine *e, struct engine_job *j)
{
	j->slot = SLOT_NONE;
	if (e->hurry || j->last || slot_free(e, j)) {
		slot_take(e, j);
		return true;
	}
	j->at.until = 0;
	job_enter(e, j, STATE_WAIT);
	slot_share_all(e, j);
	return false;
}

/* jobs_ask asks it after the guests before it. */
static void
act_runs(struct engine *e, struct engine_job *j)
{
	if (j->slot != SLOT_YIELDED || slot_again(e, j))
		job_enter(e, j, STATE_ON);
}

/* The guest runs: a start ends here, a stop begins. */
static void
act_on(struct engine *e, struct engine_job *j)
{
	j->at.stall = 0;
	/* What held it up is over. */
	if (job_does(j)->asks)
		j->count.put_off = 0;
	if (j->aborted)
		late_stalled(e, j);
	else if (!job_does(j)->starts)
		act_runs(e, j);
	else if (j->at.until > e->now)
		ask_settle(e, j, e->now + e->plan->poll);
	else
		start_active(e, j);
}

static void
act_busy(struct engine *e, struct engine_job *j)
{
	/* A destroy waits for no libvirt job. */
	if (job_does(j)->forces) {
		ask_begin(e, j);
		return;
	}
	refuse_stall(e, j);
	if (job_does(j)->asks)
		late_note(j, "it is busy with another job");
	/* Our save has not begun: other guests can be saved meanwhile. */
	if (job_does(j)->saves && j->at.say == 0 &&
	    j->slot == SLOT_HELD) {
		slot_release(e, j);
		j->slot = SLOT_YIELDED;
	}
	ask_settle(e, j, e->now + e->plan->poll);
}

/* The state may change late. */
static void
act_woken(struct engine *e, struct engine_job *j)
{
	if (j->count.tries == 1)
		ask_look(e, j);
	else
		ask_settle(e, j, e->now + e->plan->poll);
}

static void
act_asked_on(struct engine *e, struct engine_job *j)
{
	(void)e;
	j->count.paused = 0;
}

/* It cannot react to its request: the time limit decides, with this cause. */
static void
act_asked_paused(struct engine *e, struct engine_job *j)
{
	(void)e;
	j->count.paused = 1;
}

/* A paused guest cannot react to a request, but it can be saved. */
static void
act_paused(struct engine *e, struct engine_job *j)
{
	enum policy_action instead = job_does(j)->paused;

	if (instead == POLICY_END || j->aborted)
		act_on(e, j);
	else if (j->step->persistent && j->instead == POLICY_END)
		chain_instead(e, j, instead, "it is paused");
	else
		ask_wake(e, j, EV_PAUSED);
}

static void
act_asleep(struct engine *e, struct engine_job *j)
{
	if (job_does(j)->asks || job_does(j)->saves)
		ask_wake(e, j, EV_ASLEEP);
	else
		act_on(e, j);
}

static void
act_crashed(struct engine *e, struct engine_job *j)
{
	enum policy_action instead = job_does(j)->crashed;

	if (instead != POLICY_END)
		chain_instead(e, j, instead, "it has crashed");
	else
		act_on(e, j);
}

/* A guest that is shutting down is not asked; any other action waits. */
static void
act_ending(struct engine *e, struct engine_job *j)
{
	if (!job_does(j)->asks) {
		act_busy(e, j);
		return;
	}
	ask_say(e, j);
	ask_taken(e, j);
}

static void
act_off(struct engine *e, struct engine_job *j)
{
	if (job_does(j)->starts && j->state == STATE_LOOK) {
		start_go(e, j);
	} else if (job_does(j)->starts) {
		/* Look: the daemon may still be busy with the stop. */
		ask_look(e, j);
	} else {
		job_tell(e, j, SAID_OFF);
		chain_end(e, j, RESULT_OFF);
	}
}

/* The guest shut down during its save.  A start waits for the answer. */
static void
act_work_off(struct engine *e, struct engine_job *j)
{
	if (job_does(j)->forces)
		act_worked(e, j);
	else if (!job_does(j)->starts)
		act_off(e, j);
}

static void
act_saved(struct engine *e, struct engine_job *j)
{
	if (job_does(j)->starts) {
		act_off(e, j);
		return;
	}
	job_tell(e, j, SAID_SAVED);
	chain_end(e, j, RESULT_SAVED);
}

/* Off before it got a slot: a stop has nothing to do; a start goes on. */
static void
act_started_off(struct engine *e, struct engine_job *j)
{
	if (!job_does(j)->starts)
		act_off(e, j);
}

static void
act_gone(struct engine *e, struct engine_job *j)
{
	if (!job_does(j)->starts) {
		act_off(e, j);
		return;
	}
	job_tell(e, j, SAID_GONE);
	chain_end(e, j, RESULT_GONE);
}

/* A start does not start it a second time. */
static void
act_migrated(struct engine *e, struct engine_job *j)
{
	job_tell(e, j, SAID_MIGRATED);
	chain_end(e, j, RESULT_MIGRATED);
}

static void
act_poll(struct engine *e, struct engine_job *j)
{
	job_uri(e, j)->poll_at = e->now;
}

static void
act_worked(struct engine *e, struct engine_job *j)
{
	if (job_does(j)->starts) {
		start_worked(e, j);
	} else if (job_does(j)->forces) {
		job_tell(e, j, SAID_DESTROYED);
		chain_end(e, j, RESULT_DESTROYED);
	} else {
		job_tell(e, j, SAID_SAVED);
		chain_end(e, j, RESULT_SAVED);
	}
}

/* A guest that boots loses requests: ask again. */
static void
act_resend(struct engine *e, struct engine_job *j)
{
	ask_begin(e, j);
}

void
act_event(struct engine *e, struct engine_job *j, enum engine_event ev)
{
	unsigned char act;
	char why[ENGINE_WHY] = "impossible while ";

	if (job_finished(j))
		return;
	act = table[j->state][ev];
	if (act != HOLE) {
		actions[act](e, j);
		return;
	}
	(void)strlcat(why, job_state_name(j->state), sizeof(why));
	chain_fail(e, j, RESULT_UNKNOWN, why);
}
