#ifndef ENGINE_H
#define ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/plan.h"

/*
 * Carries out a plan: a job a guest, each a state machine, [state][event] ->
 * action, with bounds on how many are under way and deadlines on each.  It
 * has no descriptor and no clock: `now` (absolute milliseconds, never 0) is an
 * argument, what is to be done to a guest goes through engine_ops, and what
 * happened comes back through engine_event.
 */

enum engine_state {
	STATE_NEW,		/* waits for a slot, not prepared yet */
	STATE_WAIT,		/* waits for a slot */
	STATE_PREPARE,		/* has a slot, and is prepared for its action */
	STATE_LOOK,		/* asked how it is */
	STATE_ON,		/* runs: its action is asked for, after those
				   of the guests before it */
	STATE_WAKE,		/* resumed or woken, not answered yet */
	STATE_CALL,		/* shutdown requested, not answered yet */
	STATE_ASKED,		/* request taken, guest still on */
	STATE_WORK,		/* save or start under way */
	STATE_REFUSED,		/* its save was refused: asked how it is */
	STATE_ABORT,		/* save aborted, not answered yet */
	STATE_SETTLE,		/* busy: looked at again later */
	STATE_LOST,		/* no connection while something went on */
	STATE_READY,		/* started, not ready yet */
	STATE_DONE,
	STATE_FAILED,
	ENGINE_NSTATE
};

enum engine_event {
	EV_SLOT,		/* its turn (the engine's own) */
	EV_SENT,		/* the request that was queued is sent */
	EV_OK,			/* the request was carried out */
	EV_NO,			/* refused for good */
	EV_AGAIN,		/* refused for now: ask again */
	EV_INVALID,		/* refused as it is now: look how it is */
	EV_LATE,		/* not answered in time */
	EV_ON,			/* it runs */
	EV_BUSY,		/* it is on, with a job of its own */
	EV_PAUSED,		/* it is on, and stands still */
	EV_ASLEEP,		/* it is suspended by its own doing */
	EV_CRASHED,		/* it is on, and will never do anything */
	EV_ENDING,		/* it is shutting down */
	EV_OFF,			/* it is off */
	EV_SAVED,		/* it is off, with its state on disk */
	EV_GONE,		/* there is no such guest */
	EV_READY,		/* what prepare or await began is done */
	EV_TIME,		/* its time is up (the engine's own) */
	EV_LOOK,		/* time to look again (the engine's own) */
	EV_RESEND,		/* time to ask again (the engine's own) */
	EV_SKIP,		/* its last action is due (the engine's own) */
	EV_LOST,		/* no connection (see engine_up) */
	EV_BACK,		/* connected again (see engine_up) */
	ENGINE_NEVENT
};

enum engine_result {
	RESULT_NONE,		/* not finished */
	RESULT_OFF,
	RESULT_SAVED,
	RESULT_DESTROYED,
	RESULT_LEFT,		/* left running, as its chain says */
	RESULT_STARTED,
	RESULT_ACTIVE,		/* runs already: nothing to start */
	RESULT_GONE,		/* start: there is no such guest any more */
	/* From here on: failed. */
	RESULT_REFUSED,
	RESULT_LATE,		/* still on when its time was up */
	RESULT_STALLED,		/* the save was aborted, it runs on */
	RESULT_UNKNOWN,		/* nobody could be asked */
	RESULT_CUT		/* the run was ended from outside */
};

/* What the user hears; progress.c has the actions. */
enum engine_said {
	SAID_ASKED,		/* shutdown requested */
	SAID_OFF,
	SAID_LATE,
	SAID_SAVING,		/* a save begins */
	SAID_MOVED,		/* a save goes on: bytes */
	SAID_SAVED,
	SAID_AGAIN,		/* shutdown requested once more */
	SAID_DESTROYED,
	SAID_LEFT,
	SAID_NEXT,		/* text says why its action came to nothing,
				   action is what comes now */
	SAID_STARTED,
	SAID_UNREADY,		/* started, text says what was waited for */
	SAID_ACTIVE,
	SAID_GONE,
	SAID_WAIT_ONE,		/* seconds left, -1 = no limit */
	SAID_WAIT_MANY,		/* uri, count, seconds */
	SAID_EXPIRED,		/* uri: the time of all its guests */
	SAID_FAILED		/* text says why */
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
 * What can be done.  Each returns 0 when it is under way (an event will tell),
 * -1 when the daemon cannot be asked now: then it is asked again, after
 * engine_up or after a while; none calls back from inside.
 */
struct engine_ops {
	/* Carry out an action; ENGINE_QUEUED: it is sent later, and EV_SENT
	 * comes first.  EV_OK, EV_NO, EV_AGAIN, EV_INVALID, EV_GONE,
	 * EV_LATE; not told any more once job_action is another one, which
	 * can be carried out all the same. */
	int	(*ask)(void *, size_t job, enum policy_action);
	/* How is it: EV_ON, EV_BUSY, EV_PAUSED, EV_ASLEEP, EV_CRASHED,
	 * EV_ENDING, EV_OFF, EV_SAVED, EV_GONE, EV_NO, EV_AGAIN, EV_LATE; the
	 * engine_progress of its job first. */
	int	(*look)(void *, size_t job);
	/* Let one run that is EV_PAUSED or EV_ASLEEP: as an action. */
	int	(*wake)(void *, size_t job, enum engine_event);
	/* Abort its save; the save's own answer is the event. */
	int	(*abort)(void *, size_t job);
	/* How far is its save: engine_progress, or nothing. */
	int	(*measure)(void *, size_t job);
	/* Which guests of that URI are on: EV_OFF for those that are not,
	 * then engine_polled. */
	int	(*poll)(void *, size_t uri);
	/* A job has come to its end; results are in engine_job. */
	void	(*ended)(void *, size_t job);
	/* Before its first action: EV_READY when that is done, in its own time
	 * and beside that of the action.  -1: there is nothing to prepare. Half
	 * of what is left until a deadline is the most it has. */
	int	(*prepare)(void *, size_t job);
	/* It was started: EV_READY when it is ready for others to follow.
	 * -1: it is.  Not called for a step that has a time for that. */
	int	(*await)(void *, size_t job);
	void	(*tell)(void *, const struct engine_note *);
};

#define ENGINE_QUEUED	1
#define ENGINE_WHY	160
#define ENGINE_TRIES	30	/* of a request refused "for now" */
#define ENGINE_SAY_EVERY 5000	/* ms between lines on waiting */

/* A place under the bound of its action. */
enum engine_slot {
	SLOT_NONE,
	SLOT_HELD,
	SLOT_LOST,		/* held when the connection went */
	SLOT_YIELDED		/* given up while the guest was busy */
};

/* Absolute, 0 = never. */
struct engine_times {
	int64_t			began;		/* its action */
	int64_t			ended;
	int64_t			until;		/* its time is up */
	int64_t			hold;		/* its slot is another's */
	int64_t			look;
	int64_t			resend;
	int64_t			say;
	int64_t			measure;
	int64_t			stall;
};

/* Of its action. */
struct engine_counts {
	unsigned char		asked;		/* requests that were taken */
	unsigned char		sent;		/* requests that were sent */
	unsigned char		tries;
	unsigned char		invalid;	/* refused as it was then */
	unsigned char		losses;		/* of the connection */
};

struct engine_job {
	const struct plan_step *step;
	enum engine_state	state;
	enum engine_result	result;
	enum engine_slot	slot;
	bool			aborted;	/* its save has had its time */
	bool			stalled;	/* why its time is up */
	bool			severed;	/* the connection went while it
						   was saved */
	bool			last;		/* no slot is waited for */
	enum policy_action	instead;	/* of its chain's action; the
						   same: it is done though the
						   guest is paused */
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
	int64_t			lost_by;	/* given up, 0 = it is up */
	int64_t			poll_at;
	int64_t			say_at;
};

/* What saves write, all to the same disk. */
struct engine_disk {
	uint64_t		 unsaved;	/* bytes, of guests whose last
						   action is suspend */
	uint64_t		 rate;		/* bytes a second */
};

/* What jobs that wait for a slot wait for, too. */
struct engine_gate {
	int64_t			 start_at;	/* START_DELAY */
	int64_t			 group_at;	/* the next group may begin */
	unsigned		 upto;		/* no group behind it begins */
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
	int64_t			 now;
	const char		*text;		/* of the event under way */
};

/* 0, or -1 when there is no memory; nothing is allocated afterwards.  All
 * URIs count as down until engine_up says otherwise. */
int	 engine_init(struct engine *, const struct plan *, int64_t now);
void	 engine_free(struct engine *);
/* The plan has more steps from that one on, and the others have moved.  0, or
 * -1 when there is no memory: then only those before have jobs, and the plan
 * is to lose the others before anything else is called. */
int	 engine_more(struct engine *, size_t from, int64_t now);
/* While more may come that belong before them, guests of groups behind that one
 * wait; UINT_MAX, as at first: nobody does. */
void	 engine_hold(struct engine *, unsigned upto, int64_t now);

/* Something happened to a job; text (may be NULL) is what libvirt said. */
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
/* The memory of a job's guest is known only now: bytes, which the plan's step
 * holds from then on. */
void	 engine_memory(struct engine *, struct plan_step *, uint64_t bytes);
/* The answer to a poll has been told, or there was none. */
void	 engine_polled(struct engine *, size_t uri);
void	 engine_up(struct engine *, size_t uri, bool up, int64_t now);
/* No daemon of that URI will finish the saves that were under way when the
 * connection was lost. */
void	 engine_forget_saves(struct engine *, size_t uri);
/* The whole has to end by then, which may be sooner than it had to; never
 * later. */
void	 engine_deadline(struct engine *, int64_t deadline, int64_t now);
/* From now on everybody has his turn at once. */
void	 engine_hurry(struct engine *, int64_t now);
/* Nothing more is to be done: whatever is unfinished failed. */
void	 engine_cut(struct engine *, const char *why, int64_t now);

/* Do what is due; call it after every event and when engine_next says. */
void	 engine_tick(struct engine *, int64_t now);
/* When engine_tick is due next, 0 = at no time. */
int64_t	 engine_next(const struct engine *);
bool	 engine_done(const struct engine *);

#endif
