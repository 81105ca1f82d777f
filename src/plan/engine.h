#ifndef ENGINE_H
#define ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/plan.h"

/*
 * Carries out a plan: one job for each guest.  A job is a state machine, a
 * table [state][event] -> action; bounds limit how many jobs are under way, and
 * each job has time limits.  The engine has no descriptor and no clock: `now`
 * (absolute milliseconds, never 0) is an argument.  It acts on guests through
 * engine_ops and learns what happened through engine_event.
 */

enum engine_state {
	STATE_NEW,		/* waits for a slot, not prepared yet */
	STATE_WAIT,		/* waits for a slot */
	STATE_PREPARE,		/* has a slot; hooks and snapshot run */
	STATE_LOOK,		/* its state was asked for */
	STATE_ON,		/* runs: its action follows those of the guests
				   before it */
	STATE_WAKE,		/* resume or wakeup requested, no answer yet */
	STATE_CALL,		/* shutdown requested, no answer yet */
	STATE_ASKED,		/* shutdown accepted, guest still on */
	STATE_WORK,		/* save, destroy or start under way */
	STATE_REFUSED,		/* its save was refused: its state was asked
				   for */
	STATE_ABORT,		/* abort of its save requested, no answer yet */
	STATE_SETTLE,		/* busy: the next look is later */
	STATE_LOST,		/* the connection was lost during a request */
	STATE_READY,		/* started, not ready yet */
	STATE_DONE,
	STATE_FAILED,
	ENGINE_NSTATE
};

enum engine_event {
	EV_SLOT,		/* it gets a slot (the engine's own) */
	EV_SENT,		/* the queued request is sent */
	EV_OK,			/* the request was carried out */
	EV_NO,			/* refused for good */
	EV_AGAIN,		/* refused for now: retry */
	EV_INVALID,		/* refused in the guest's present state */
	EV_LATE,		/* not answered in time */
	EV_LATE_NO,		/* refused, after EV_LATE */
	EV_ON,			/* the guest runs */
	EV_BUSY,		/* on, with a libvirt job under way */
	EV_PAUSED,		/* on, paused */
	EV_ASLEEP,		/* on, pmsuspended */
	EV_CRASHED,		/* on, crashed */
	EV_ENDING,		/* shutting down */
	EV_OFF,			/* off */
	EV_SAVED,		/* off, with its state on disk */
	EV_MIGRATED,		/* off here, it runs on another host */
	EV_GONE,		/* no such guest */
	EV_READY,		/* prepare or await has ended */
	EV_TIME,		/* its time limit (the engine's own) */
	EV_LOOK,		/* the next look is due (the engine's own) */
	EV_RESEND,		/* the next request is due (the engine's own) */
	EV_SKIP,		/* its last action is due (the engine's own) */
	EV_LOST,		/* connection lost (see engine_daemon) */
	EV_BACK,		/* connected again (see engine_daemon) */
	ENGINE_NEVENT
};

enum engine_result {
	RESULT_NONE,		/* not finished */
	RESULT_OFF,
	RESULT_SAVED,
	RESULT_DESTROYED,
	RESULT_LEFT,		/* left running, by its chain */
	RESULT_STARTED,
	RESULT_ACTIVE,		/* start: it runs already */
	RESULT_GONE,		/* start: it no longer exists */
	RESULT_MIGRATED,	/* it runs on another host */
	/* From here on: failed. */
	RESULT_REFUSED,
	RESULT_LATE,		/* still on after its time limit */
	RESULT_STALLED,		/* its save was aborted, it still runs */
	RESULT_UNKNOWN,		/* its state is unknown */
	RESULT_CUT		/* the run was interrupted */
};

/* What is printed; progress.c has the texts. */
enum engine_said {
	SAID_ASKED,		/* shutdown requested */
	SAID_OFF,
	SAID_LATE,
	SAID_SAVING,		/* a save begins */
	SAID_MOVED,		/* progress of a save: bytes */
	SAID_SAVED,
	SAID_AGAIN,		/* shutdown requested once more */
	SAID_DESTROYED,
	SAID_LEFT,
	SAID_NEXT,		/* text: why its action failed; action: the
				   next one */
	SAID_STARTED,
	SAID_UNREADY,		/* started; text: why it is not ready */
	SAID_ACTIVE,
	SAID_GONE,
	SAID_MIGRATED,
	SAID_WAIT_ONE,		/* seconds left, -1 = no limit */
	SAID_WAIT_MANY,		/* uri, count, seconds */
	SAID_EXPIRED,		/* the time limit of all guests of uri */
	SAID_FAILED		/* text: why */
};

struct engine_note {
	enum engine_said said;
	size_t		 job;		/* index of the plan's step */
	size_t		 uri;
	int64_t		 seconds;
	unsigned	 count;
	uint64_t	 bytes;
	enum policy_action action;		/* under way */
	const char	*text;		/* may be NULL */
};

/*
 * Operations on guests.  Each returns 0 when it is under way and an event
 * follows, -1 when the daemon cannot be asked now: then the engine retries,
 * after engine_daemon or later.  No operation calls the engine.
 */
struct engine_ops {
	/* Carry out an action; ENGINE_QUEUED: it is sent later, and EV_SENT
	 * comes first.  EV_OK, EV_NO, EV_AGAIN, EV_INVALID, EV_GONE, EV_LATE,
	 * after which EV_LATE_NO may follow.  Once job_action is another one,
	 * no event follows; the other action can be asked for before this one
	 * is answered. */
	int	(*ask)(void *, size_t job, enum policy_action);
	/* Ask for the state: EV_ON, EV_BUSY, EV_PAUSED, EV_ASLEEP, EV_CRASHED,
	 * EV_ENDING, EV_OFF, EV_SAVED, EV_MIGRATED, EV_GONE, EV_NO, EV_AGAIN,
	 * EV_LATE; before it, engine_progress of its libvirt job. */
	int	(*look)(void *, size_t job);
	/* Resume an EV_PAUSED or wake an EV_ASLEEP guest; events as of ask. */
	int	(*wake)(void *, size_t job, enum engine_event);
	/* Abort its save; the answer to the save is the event. */
	int	(*abort)(void *, size_t job);
	/* Measure its save: engine_progress, or nothing. */
	int	(*measure)(void *, size_t job);
	/* List the guests of a URI that are on, then engine_polled.  EV_OFF,
	 * EV_SAVED or EV_MIGRATED follows for each job whose guest is not
	 * on. */
	int	(*poll)(void *, size_t uri);
	/* A job has ended; engine_job has the result. */
	void	(*ended)(void *, size_t job);
	/* Prepare its first action: EV_READY at the end.  The time limit of the
	 * action begins after it; before a deadline it has half of the
	 * remaining time.  -1: nothing to prepare. */
	int	(*prepare)(void *, size_t job);
	/* Wait until a started guest is ready: EV_READY.  -1: nothing to wait
	 * for.  Not called for a step with plan_step.ready. */
	int	(*await)(void *, size_t job);
	void	(*tell)(void *, const struct engine_note *);
};

#define ENGINE_QUEUED	1
#define ENGINE_WHY	320	/* bytes: LVERROR_TEXT and words around it */
#define ENGINE_TRIES	30	/* of a request refused "for now" */
#define ENGINE_SAY_EVERY 5000	/* ms between lines on waiting */
#define ENGINE_DEAF_MS	2000	/* a daemon that restarts is back by then */

/* A place under the bound of its action. */
enum engine_slot {
	SLOT_NONE,
	SLOT_HELD,
	SLOT_LOST,		/* released when the connection was lost, or
				   the daemon went deaf */
	SLOT_YIELDED		/* released while the guest was busy */
};

/* Absolute, 0 = never. */
struct engine_times {
	int64_t			began;		/* its action */
	int64_t			ended;
	int64_t			until;		/* its time limit */
	int64_t			hold;		/* it releases its slot */
	int64_t			look;		/* next EV_LOOK */
	int64_t			resend;		/* next EV_RESEND */
	int64_t			say;		/* next line on waiting */
	int64_t			measure;	/* next measure */
	int64_t			stall;		/* limit without progress */
};

/* Of its action. */
struct engine_counts {
	unsigned char		asked;		/* accepted requests */
	unsigned char		late;		/* of these, not answered in
						   time */
	unsigned char		sent;		/* sent requests */
	unsigned char		tries;
	unsigned char		invalid;	/* EV_INVALID */
	unsigned char		put_off;	/* 1: refused, its text is in
						   why */
	unsigned char		losses;		/* of the connection */
	unsigned char		paused;		/* 1: after a request */
};

struct engine_job {
	const struct plan_step *step;
	enum engine_state	state;
	enum engine_result	result;
	enum engine_slot	slot;
	bool			aborted;	/* its save was aborted */
	bool			stalled;	/* at.stall has passed */
	bool			severed;	/* connection lost during its
						   save */
	bool			last;		/* needs no slot */
	enum policy_action	instead;	/* replaces its chain's action;
						   the same action: do it though
						   the guest is paused */
	unsigned char		mode;		/* of its step's modes */
	unsigned char		link;		/* of its chain */
	struct engine_counts	count;
	struct engine_times	at;
	uint64_t		moved;		/* bytes of its save */
	char			why[ENGINE_WHY];	/* of a failure */
};

struct engine_uri {
	bool			up;
	bool			polling;
	size_t			waiting;	/* jobs in STATE_WAIT */
	size_t			unfinished;
	int64_t			until;		/* shared limit, 0 = none yet */
	int64_t			lost_by;	/* jobs are given up; 0 = up */
	int64_t			deaf_at;	/* since then jobs of other URIs
						   do not wait for its jobs;
						   0 = the daemon answers */
	unsigned		group;		/* lowest of its unfinished */
	int64_t			poll_at;
	int64_t			say_at;
};

/* Saves: all write to the same disk. */
struct engine_disk {
	uint64_t		 unsaved;	/* bytes, of guests whose last
						   action is suspend */
	uint64_t		 rate;		/* bytes a second */
};

/* Jobs that wait for a slot also wait for these. */
struct engine_gate {
	int64_t			 start_at;	/* START_DELAY */
	int64_t			 group_at;	/* the next group may begin */
	unsigned		 upto;		/* no higher group begins */
};

struct engine {
	const struct plan	*plan;
	const struct engine_ops	*ops;
	void			*ctx;
	struct engine_job	*job;		/* plan->n of them, owned */
	struct engine_uri	*uri;		/* plan->nuris, owned */
	size_t			 first;		/* all before are finished */
	size_t			 begun;		/* none from here on began */
	size_t			 unfinished;
	unsigned		 used[POLICY_NACTION];
	int64_t			 deadline;	/* absolute, 0 = none */
	struct engine_gate	 gate;
	bool			 hurry;		/* no order, no bound */
	struct engine_disk	 disk;
	size_t			 shares;	/* jobs looked at for shares */
	int64_t			 now;
	const char		*text;		/* of the event under way */
};

/* 0, or -1 when there is no memory; nothing is allocated afterwards.  All
 * URIs count as down until engine_daemon says otherwise. */
int	 engine_init(struct engine *, const struct plan *, int64_t now);
void	 engine_free(struct engine *);
/* The plan has new steps, from number `from` on; the other steps have moved.
 * 0, or -1 when there is no memory: then the new steps have no jobs, and the
 * caller removes them from the plan before it calls anything else. */
int	 engine_more(struct engine *, size_t from, int64_t now);
/* Guests of groups above upto wait: guests of lower groups may be added.
 * UINT_MAX, as at first: no guest waits. */
void	 engine_hold(struct engine *, unsigned upto, int64_t now);

/* An event of a job; text (may be NULL) is libvirt's message. */
struct engine_news {
	size_t			 job;
	enum engine_event	 event;
	const char		*text;
};
void	 engine_event(struct engine *, const struct engine_news *,
	    int64_t now);
/* Bytes that the save of a job has moved so far. */
void	 engine_progress(struct engine *, size_t job, uint64_t bytes,
	    int64_t now);
/* A poll was answered, or failed. */
void	 engine_polled(struct engine *, size_t uri);
/* The state of a URI's daemon.  Unless it is ENGINE_UP, its guests delay guests
 * of other URIs for ENGINE_DEAF_MS more. */
enum engine_daemon {
	ENGINE_DOWN,		/* not connected */
	ENGINE_DEAF,		/* connected, but it does not answer */
	ENGINE_UP
};
void	 engine_daemon(struct engine *, size_t uri, enum engine_daemon,
	    int64_t now);
/* The daemon of a URI is dead: it will not finish the saves that were under way
 * when the connection was lost. */
void	 engine_forget_saves(struct engine *, size_t uri);
/* All jobs end by deadline, if that is before the present deadline. */
void	 engine_deadline(struct engine *, int64_t deadline, int64_t now);
/* From now on no job waits for a slot or a group. */
void	 engine_hurry(struct engine *, int64_t now);
/* Give up: each unfinished job fails. */
void	 engine_cut(struct engine *, const char *why, int64_t now);

/* Do what is due; call it after every event and when engine_next says. */
void	 engine_tick(struct engine *, int64_t now);
/* When engine_tick is due next, 0 = at no time. */
int64_t	 engine_next(const struct engine *);
bool	 engine_done(const struct engine *);

#endif
