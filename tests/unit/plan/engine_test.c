#include "plan/engine_job.h"
#include "plan/engine_budget.h"
#include "plan/engine.h"

#include <atf-c.h>

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"

/*
 * The engine in a simulated world: time is a number, guests and daemons do
 * what a scenario says.  Scenarios are files, engine/NAME.case: the plan, then
 * what happens to which guest and when, and behind a line "--" all that the
 * engine did and told, byte for byte.  Each file is a test case of that name:
 *
 *	plan WORD [KEY VALUE]...	keys: plan_keys below
 *	uri NUMBER [KEY VALUE]...	uri_keys; one that is not named is up
 *	guest NAME [KEY VALUE]...	guest_keys; a guest of a stop is on
 *	--
 *	3.200 tell off g1
 *
 * All times are seconds.  Flags stand without a value.
 *
 * The world ticks the engine after each event and when engine_next says, and
 * then lives through it all again with many more ticks: nothing may change.
 */

#define T0		((int64_t)1000003)	/* 0.000 of the world */
#define NEVER		((int64_t)-1)
#define CASES		256
#define GUESTS		64		/* in a file */
#define URIS		4
#define TEXT		80
#define NAME		32
#define GRID		97		/* ms between the ticks too many */
#define SPIN		3		/* ticks on end in one moment */
#define END		((int64_t)10000000)	/* nothing lasts that long */

struct daemon {
	int64_t		 down;		/* seconds of the world, in ms */
	int64_t		 up;
	int64_t		 down2;
	int64_t		 up2;
	int64_t		 deaf;
	int64_t		 hears;
	bool		 quiet;		/* tells of no events */
	int64_t		 nothing;	/* that many polls fail */
	bool		 is_up;
	bool		 lost;		/* ever */
	int64_t		 since;		/* it is down or deaf, or NEVER */
	unsigned	 gen;		/* of the connection */
};

struct actor {
	char		 name[NAME];
	int64_t		 uri;
	int64_t		 settle;
	bool		 on;
	bool		 saved;
	bool		 paused;
	bool		 asleep;
	bool		 crashed;
	bool		 ending;
	bool		 insomnia;	/* asleep again at once */
	bool		 persistent;
	int64_t		 off;		/* ms after the request */
	int64_t		 on_at;
	int64_t		 off_at;
	int64_t		 gone_at;
	int64_t		 leaves_at;	/* for another host */
	int64_t		 pauses_at;
	int64_t		 resumes_at;
	int64_t		 busy_from;
	int64_t		 busy_until;
	char		 refuses[TEXT];
	int64_t		 again;		/* requests answered so */
	char		 puts_off[TEXT];	/* the reason of that */
	char		 fatal[TEXT];	/* its daemon dies of that action */
	int64_t		 recovers;	/* so many saves are refused, once one
					   went with its daemon */
	int64_t		 invalid;
	int64_t		 late;
	int64_t		 look_again;
	int64_t		 look_late;
	char		 look_refuses[TEXT];
	int64_t		 takes;		/* a save or a start, ms */
	char		 fails[TEXT];	/* how that ends */
	int64_t		 stalls;	/* ms after which a save stands */
	bool		 abort_deaf;
	bool		 abort_done;	/* it ends just then */
	bool		 outrun;	/* another's save was there first */
	char		 chain[TEXT];	/* in place of the plan's action */
	char		 modes[TEXT];
	char		 no_mode[TEXT];	/* one that is refused */
	char		 late_mode[TEXT];	/* one that is not answered */
	char		 late_refuses[TEXT];	/* after all, a second later */
	char		 no_word[TEXT];	/* the only action that is refused */
	int64_t		 group;
	int64_t		 limit;		/* of its own, 0 = the plan's */
	int64_t		 resend;
	int64_t		 pause;
	int64_t		 memory;	/* MB */
	int64_t		 prepare;	/* ms that it takes, or NEVER */
	int64_t		 ready;		/* ms after its start, or NEVER */
	int64_t		 wait;		/* its step's time for that */
	int64_t		 comes;		/* into a plan that is under way, or
					   NEVER: it is there already */
	int64_t		 presses;	/* requests that are lost */
	int64_t		 unaskable;	/* requests that cannot be sent */
	int64_t		 queued;	/* ms until a request is sent */
	int64_t		 look_unaskable;
	bool		 twice;		/* events come twice */
	/* What it is at the moment. */
	bool		 gone;
	bool		 away;		/* on another host */
	bool		 asking;
	enum policy_action action;		/* of that request */
	unsigned	 asks;
	bool		 mute;		/* no answer will come in time */
	unsigned	 looks;
	bool		 working;	/* a save or start under way */
	int64_t		 work_began;
	int64_t		 off_when;
	unsigned	 gen;		/* happenings of before are void */
	unsigned	 ends;
	bool		 waits;		/* seen so by the last check */
	unsigned	 link;		/* ... at this action */
};

struct scenario {
	char		 file[512];
	unsigned	 line;
	enum policy_action action;
	int64_t		 bound;
	int64_t		 limit;
	bool		 shared;
	bool		 total;
	int64_t		 stall;
	int64_t		 delay;
	int64_t		 poll;
	int64_t		 lost;
	int64_t		 deadline;
	int64_t		 answer;	/* ms until any answer */
	int64_t		 timeout;	/* ms until an answer is late */
	int64_t		 stop_at;	/* it goes on for ever: seen enough */
	int64_t		 ready;
	int64_t		 hurry;
	int64_t		 hasten;	/* then the deadline is ... */
	int64_t		 hasten_to;
	int64_t		 held;		/* until then, or NEVER */
	int64_t		 cut;
	char		 cut_text[TEXT];
	struct daemon	 daemon[URIS];
	struct actor	*actor;		/* guests that come are the last */
	size_t		 n;
	size_t		 nuris;
	char		*expected;
};

struct hap;
struct world;
typedef void	 hap_fn(struct world *, const struct hap *);

struct hap {
	int64_t		 at;
	hap_fn		*fn;
	size_t		 job;
	unsigned	 gen;
	unsigned	 ask;		/* of its guest's requests */
	unsigned	 look;		/* ... looks */
	enum engine_event event;
	const char	*text;
};

struct world {
	const struct scenario *sc;
	struct plan	 plan;
	struct engine	 engine;
	struct daemon	 daemon[URIS];
	struct actor	*actor;
	struct hap	*hap;		/* in the order of their coming up */
	size_t		 nhaps;
	size_t		 size;
	int64_t		 now;
	int64_t		 grid;		/* 0 = no ticks too many */
	bool		 stopped;
	bool		 held;
	bool		 cut;
	FILE		*log;
	char		*text;
	size_t		 length;
	unsigned	 ops;
	unsigned	 fired;
	unsigned	 ticks;
	char		 trouble[256];	/* the first broken rule */
};

/*
 * Happenings.
 */

static void
trouble(struct world *w, const char *what, const char *guest)
{
	if (w->trouble[0] == '\0')
		(void)snprintf(w->trouble, sizeof(w->trouble),
		    "%" PRId64 " ms: %s: %s", w->now - T0, guest, what);
}

static void
note(struct world *w, const char *what, const char *guest)
{
	int64_t ms = w->now - T0;

	w->ops++;
	(void)fprintf(w->log, "%" PRId64 ".%03" PRId64 " %s %s", ms / 1000,
	    ms % 1000, what, guest);
}

static void
hap_add(struct world *w, struct hap h)
{
	if (w->nhaps == w->size) {
		w->size = w->size * 2 + 64;
		w->hap = reallocarray(w->hap, w->size, sizeof(*w->hap));
		ATF_REQUIRE(w->hap != NULL);
	}
	w->hap[w->nhaps++] = h;
}

static void
hap_at(struct world *w, int64_t second, hap_fn *fn, size_t job)
{
	if (second != NEVER)
		hap_add(w, (struct hap){ .at = T0 + second, .fn = fn,
		    .job = job });
}

/* The first of the earliest. */
static struct hap *
hap_next(struct world *w)
{
	struct hap *first = NULL;
	size_t i;

	for (i = 0; i < w->nhaps; i++)
		if (first == NULL || w->hap[i].at < first->at)
			first = &w->hap[i];
	return first;
}

static void
hap_fire(struct world *w, struct hap *h)
{
	struct hap copy = *h;
	size_t i = (size_t)(h - w->hap);

	memmove(h, h + 1, (w->nhaps - i - 1) * sizeof(*h));
	w->nhaps--;
	w->fired++;
	copy.fn(w, &copy);
}

static void
news(struct world *w, size_t job, enum engine_event ev, const char *text)
{
	struct engine_news n = { .job = job, .event = ev, .text = text };

	engine_event(&w->engine, &n, w->now);
}

static struct daemon *
actor_daemon(struct world *w, size_t job)
{
	return &w->daemon[w->actor[job].uri];
}

/* An answer on the connection as it is now. */
static void
answer(struct world *w, struct hap h, int64_t after)
{
	h.at = w->now + after;
	h.gen = actor_daemon(w, h.job)->gen;
	h.ask = w->actor[h.job].asks;
	h.look = w->actor[h.job].looks;
	hap_add(w, h);
}

static bool
answer_void(struct world *w, const struct hap *h)
{
	return actor_daemon(w, h->job)->gen != h->gen;
}

static void
ask_answered(struct world *w, const struct hap *h)
{
	struct actor *a = &w->actor[h->job];

	if (answer_void(w, h) || h->ask != a->asks)
		return;
	a->asking = false;
	if (a->action == job_action(&w->engine.job[h->job]))
		news(w, h->job, h->event, h->text);
}

/* Its caller no longer waits, but may have asked again. */
static void
late_answered(struct world *w, const struct hap *h)
{
	if (!answer_void(w, h) && w->actor[h->job].action ==
	    job_action(&w->engine.job[h->job]))
		news(w, h->job, EV_LATE_NO, w->actor[h->job].late_refuses);
}

static void
answer_late(struct world *w, size_t job)
{
	answer(w, (struct hap){ .fn = ask_answered, .job = job,
	    .event = EV_LATE }, w->sc->timeout);
	if (w->actor[job].late_refuses[0] != '\0')
		answer(w, (struct hap){ .fn = late_answered, .job = job },
		    w->sc->timeout + 1000);
}

static void
ask_answer(struct world *w, size_t job, enum engine_event ev,
    const char *text)
{
	if (w->actor[job].asking && !w->actor[job].mute)
		answer(w, (struct hap){ .fn = ask_answered, .job = job,
		    .event = ev, .text = text }, w->sc->answer);
}

/* A lifecycle event, if anybody hears it and knows the guest. */
static void
lifecycle(struct world *w, size_t job, enum engine_event ev)
{
	const struct daemon *d = actor_daemon(w, job);

	if (!d->is_up || d->quiet || job >= w->plan.n)
		return;
	news(w, job, ev, NULL);
	if (w->actor[job].twice)
		news(w, job, ev, NULL);
}

static void
actor_off(struct world *w, size_t job, enum engine_event ev)
{
	struct actor *a = &w->actor[job];

	if (!a->on)
		return;
	a->on = false;
	a->gen++;
	a->off_when = w->now;
	if (a->working && ev != EV_SAVED)
		ask_answer(w, job, EV_NO, "the guest quit");
	a->working = false;
	lifecycle(w, job, ev);
}

static void
guest_off(struct world *w, const struct hap *h)
{
	if (h->gen == 0 || h->gen == w->actor[h->job].gen)
		actor_off(w, h->job, EV_OFF);
}

/* Another program starts it. */
static void
guest_on(struct world *w, const struct hap *h)
{
	w->actor[h->job].on = true;
	w->actor[h->job].away = false;
}

static void
guest_gone(struct world *w, const struct hap *h)
{
	w->actor[h->job].gone = true;
	actor_off(w, h->job, EV_OFF);
}

static void
guest_leaves(struct world *w, const struct hap *h)
{
	struct actor *a = &w->actor[h->job];

	if (!a->on)
		return;
	a->away = true;
	actor_off(w, h->job, EV_MIGRATED);
}

static void
guest_pauses(struct world *w, const struct hap *h)
{
	w->actor[h->job].paused = true;
	lifecycle(w, h->job, EV_PAUSED);
}

static void
guest_resumes(struct world *w, const struct hap *h)
{
	w->actor[h->job].paused = false;
	lifecycle(w, h->job, EV_ON);
}

/* How it is off, as its state says. */
static enum engine_event
off_event(const struct actor *a)
{
	if (a->away)
		return EV_MIGRATED;
	return a->saved ? EV_SAVED : EV_OFF;
}

static void
save_done(struct world *w, const struct hap *h)
{
	struct actor *a = &w->actor[h->job];

	if (h->gen != a->gen)
		return;
	a->saved = true;
	a->working = false;
	actor_off(w, h->job, EV_SAVED);
	ask_answer(w, h->job, EV_OK, NULL);
}

static void
work_failed(struct world *w, const struct hap *h)
{
	struct actor *a = &w->actor[h->job];

	if (h->gen != a->gen)
		return;
	a->gen++;
	a->working = false;
	if (a->outrun) {
		a->on = false;
		a->saved = true;
		a->off_when = w->now;
	}
	ask_answer(w, h->job, EV_NO, h->text);
}

static void
start_done(struct world *w, const struct hap *h)
{
	struct actor *a = &w->actor[h->job];

	if (h->gen != a->gen)
		return;
	a->gen++;
	a->on = true;
	a->saved = a->working = false;
	ask_answer(w, h->job, EV_OK, NULL);
}

/* A save may end with the daemon that had it under way. */
static void
actor_lost(struct actor *a)
{
	a->asking = false;
	if (a->recovers > 0 && a->working) {
		a->working = false;
		a->gen++;
	}
}

/* What the engine did not do. */
static void
world_note(struct world *w, const char *what)
{
	(void)fprintf(w->log, "%" PRId64 ".%03" PRId64 " %s",
	    (w->now - T0) / 1000, (w->now - T0) % 1000, what);
}

static void
daemon_down(struct world *w, const struct hap *h)
{
	struct daemon *d = &w->daemon[h->job];
	size_t i;

	world_note(w, "uri");
	(void)fprintf(w->log, " %zu down\n", h->job);
	d->is_up = false;
	d->since = w->now;
	d->lost = true;
	d->gen++;
	for (i = 0; i < w->sc->n; i++)
		if (w->actor[i].uri == (int64_t)h->job)
			actor_lost(&w->actor[i]);
	engine_daemon(&w->engine, h->job, ENGINE_DOWN, w->now);
}

static void
daemon_up(struct world *w, const struct hap *h)
{
	world_note(w, "uri");
	(void)fprintf(w->log, " %zu up\n", h->job);
	w->daemon[h->job].is_up = true;
	w->daemon[h->job].since = NEVER;
	engine_daemon(&w->engine, h->job, ENGINE_UP, w->now);
}

static void
daemon_deaf(struct world *w, const struct hap *h)
{
	w->daemon[h->job].since = w->now;
	w->daemon[h->job].lost = true;
	engine_daemon(&w->engine, h->job, ENGINE_DEAF, w->now);
}

static void
daemon_hears(struct world *w, const struct hap *h)
{
	w->daemon[h->job].since = NEVER;
	engine_daemon(&w->engine, h->job, ENGINE_UP, w->now);
}

static void
run_cut(struct world *w, const struct hap *h)
{
	(void)h;
	w->cut = true;
	engine_cut(&w->engine, w->sc->cut_text, w->now);
}

static void
run_hurry(struct world *w, const struct hap *h)
{
	(void)h;
	engine_hurry(&w->engine, w->now);
}

static void
run_release(struct world *w, const struct hap *h)
{
	(void)h;
	world_note(w, "released\n");
	w->held = false;
	engine_hold(&w->engine, UINT_MAX, w->now);
}

static void
run_hasten(struct world *w, const struct hap *h)
{
	(void)h;
	engine_deadline(&w->engine, T0 + w->sc->hasten_to, w->now);
}

static void
run_stop(struct world *w, const struct hap *h)
{
	(void)h;
	w->stopped = true;
}

/*
 * What the engine can do.
 */

static bool
actor_busy(const struct world *w, const struct actor *a)
{
	int64_t ms = w->now - T0;

	return a->working || (a->on && a->busy_until != NEVER &&
	    ms >= a->busy_from && ms < a->busy_until);
}

/* A megabyte a second. */
static void
progress_tell(struct world *w, size_t job)
{
	const struct actor *a = &w->actor[job];
	int64_t ms = w->now - a->work_began;

	if (!a->working)
		return;
	if (a->stalls != NEVER && ms > a->stalls)
		ms = a->stalls;
	engine_progress(&w->engine, job, (uint64_t)ms * 1000, w->now);
}

static const struct {
	size_t			offset;
	enum engine_event	event;
} odd[] = {
	{ offsetof(struct actor, paused), EV_PAUSED },
	{ offsetof(struct actor, asleep), EV_ASLEEP },
	{ offsetof(struct actor, crashed), EV_CRASHED },
	{ offsetof(struct actor, ending), EV_ENDING },
};

static enum engine_event
look_event(struct world *w, struct actor *a)
{
	size_t i;

	if (a->look_refuses[0] != '\0')
		return EV_NO;
	if (a->look_again > 0) {
		a->look_again--;
		return EV_AGAIN;
	}
	if (a->gone)
		return EV_GONE;
	if (actor_busy(w, a))
		return EV_BUSY;
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]) && a->on; i++)
		if (*(const bool *)((const char *)a + odd[i].offset))
			return odd[i].event;
	if (a->on)
		return EV_ON;
	return off_event(a);
}

static void
look_answered(struct world *w, const struct hap *h)
{
	struct actor *a = &w->actor[h->job];
	enum engine_event ev = h->event;

	if (answer_void(w, h) || h->look != a->looks)
		return;
	if (ev != EV_LATE)
		ev = look_event(w, a);
	if (ev == EV_BUSY)
		progress_tell(w, h->job);
	news(w, h->job, ev, ev == EV_NO ? a->look_refuses : NULL);
}

static int
op_look(void *ctx, size_t job)
{
	struct world *w = ctx;
	struct actor *a = &w->actor[job];
	struct hap h = { .fn = look_answered, .job = job, .event = EV_ON };

	note(w, "look", a->name);
	a->looks++;
	if (!actor_daemon(w, job)->is_up || a->look_unaskable > 0) {
		a->look_unaskable -= a->look_unaskable > 0;
		(void)fprintf(w->log, ": cannot\n");
		return -1;
	}
	(void)fprintf(w->log, "\n");
	if (a->look_late > 0) {
		a->look_late--;
		h.event = EV_LATE;
	}
	answer(w, h, h.event == EV_LATE ? w->sc->timeout : w->sc->answer);
	return 0;
}

/* What a daemon says at once; EV_OK: it carries it out. */
static enum engine_event
ask_event(struct world *w, struct actor *a, enum policy_action action)
{
	if (a->gone)
		return EV_GONE;
	if (a->refuses[0] != '\0' && (a->no_word[0] == '\0' ||
	    policy_action(a->no_word) == action))
		return EV_NO;
	if (a->recovers > 0 && w->daemon[a->uri].lost) {
		a->recovers--;
		return EV_NO;
	}
	if (a->again > 0) {
		a->again--;
		return EV_AGAIN;
	}
	if (a->invalid > 0) {
		a->invalid--;
		return EV_INVALID;
	}
	if (actor_busy(w, a) && action != POLICY_DESTROY)
		return EV_AGAIN;
	if (a->on == (action == POLICY_START))
		return EV_INVALID;
	return EV_OK;
}

static void
work_begin(struct world *w, size_t job, hap_fn *done)
{
	struct actor *a = &w->actor[job];
	struct hap h = { .at = w->now + a->takes, .fn = done, .job = job };

	a->working = true;
	a->work_began = w->now;
	h.gen = ++a->gen;
	if (a->fails[0] != '\0') {
		h.fn = work_failed;
		h.text = a->fails;
	}
	if (a->stalls == NEVER)
		hap_add(w, h);
}

static void
ask_done(struct world *w, size_t job, enum policy_action action)
{
	struct actor *a = &w->actor[job];

	if (a->fatal[0] != '\0' && policy_action(a->fatal) == action) {
		hap_add(w, (struct hap){ .at = w->now, .fn = daemon_down,
		    .job = (size_t)a->uri });
		hap_add(w, (struct hap){ .at = w->now + 1000,
		    .fn = daemon_up, .job = (size_t)a->uri });
		return;
	}
	a->mute = a->late > 0;
	if (a->mute) {
		a->late--;
		answer_late(w, job);
	}
	if (action == POLICY_SUSPEND) {
		work_begin(w, job, save_done);
	} else if (action == POLICY_START) {
		work_begin(w, job, start_done);
	} else if (action == POLICY_DESTROY) {
		hap_add(w, (struct hap){ .at = w->now, .fn = guest_off,
		    .job = job, .gen = a->gen });
		ask_answer(w, job, EV_OK, NULL);
	} else {
		if (a->presses > 0)
			a->presses--;
		else if (a->off != NEVER)
			hap_add(w, (struct hap){ .at = w->now + a->off,
			    .fn = guest_off, .job = job, .gen = a->gen });
		ask_answer(w, job, EV_OK, NULL);
	}
}

/* What the mode of a request makes of it. */
static enum engine_event
mode_event(struct world *w, size_t job)
{
	struct actor *a = &w->actor[job];
	const char *mode = policy_mode_name(job_mode(&w->engine.job[job]));

	if (strcmp(mode, a->no_mode) == 0)
		return EV_NO;
	return strcmp(mode, a->late_mode) == 0 ? EV_LATE : EV_OK;
}

/* The daemon hears a request. */
static void
ask_hear(struct world *w, size_t job, enum policy_action action)
{
	struct actor *a = &w->actor[job];
	enum engine_event ev;

	a->mute = false;
	ev = ask_event(w, a, action);
	if (ev == EV_OK && action == POLICY_SHUTDOWN)
		ev = mode_event(w, job);
	if (ev == EV_LATE)
		answer_late(w, job);
	else if (ev == EV_OK)
		ask_done(w, job, action);
	else
		ask_answer(w, job, ev, ev == EV_NO ? a->refuses :
		    ev == EV_AGAIN && a->puts_off[0] != '\0' ? a->puts_off :
		    NULL);
}

/* A request leaves the queue, unless it was given up in there. */
static void
ask_sent(struct world *w, const struct hap *h)
{
	struct actor *a = &w->actor[h->job];

	if (answer_void(w, h) || h->ask != a->asks || !a->asking ||
	    w->engine.job[h->job].result != RESULT_NONE ||
	    a->action != job_action(&w->engine.job[h->job]))
		return;
	news(w, h->job, EV_SENT, NULL);
	note(w, "sent", a->name);
	(void)fprintf(w->log, "\n");
	ask_hear(w, h->job, a->action);
}

static int
op_ask(void *ctx, size_t job, enum policy_action action)
{
	struct world *w = ctx;
	struct actor *a = &w->actor[job];

	note(w, "ask", a->name);
	(void)fprintf(w->log, " %s", policy_name(action));
	if (action == POLICY_SHUTDOWN && a->modes[0] != '\0')
		(void)fprintf(w->log, " %s",
		    policy_mode_name(job_mode(&w->engine.job[job])));
	if (action == POLICY_SUSPEND && a->working)
		trouble(w, "asked to be saved while it is", a->name);
	if (a->action != action)
		a->asking = false;
	a->action = action;
	if (!actor_daemon(w, job)->is_up || a->asking || a->unaskable > 0) {
		a->unaskable -= a->unaskable > 0;
		(void)fprintf(w->log, ": cannot\n");
		return -1;
	}
	(void)fprintf(w->log, "\n");
	a->asking = true;
	a->asks++;
	if (a->queued == 0) {
		ask_hear(w, job, action);
		return 0;
	}
	answer(w, (struct hap){ .fn = ask_sent, .job = job }, a->queued);
	return ENGINE_QUEUED;
}

/* As a request, of which refusals and the like are told the same way. */
static int
op_wake(void *ctx, size_t job, enum engine_event how)
{
	struct world *w = ctx;
	struct actor *a = &w->actor[job];
	bool no = a->refuses[0] != '\0' && a->no_word[0] == '\0';

	note(w, how == EV_PAUSED ? "resume" : "wake", a->name);
	if (!actor_daemon(w, job)->is_up || a->asking) {
		(void)fprintf(w->log, ": cannot\n");
		return -1;
	}
	(void)fprintf(w->log, "\n");
	a->asking = true;
	a->asks++;
	a->action = job_action(&w->engine.job[job]);
	a->mute = false;
	if (!no && !a->insomnia)
		a->paused = a->asleep = false;
	ask_answer(w, job, no ? EV_NO : EV_OK, no ? a->refuses : NULL);
	return 0;
}

static int
op_abort(void *ctx, size_t job)
{
	struct world *w = ctx;
	struct actor *a = &w->actor[job];
	struct hap h = { .at = w->now, .fn = work_failed, .job = job,
	    .gen = a->gen, .text = "aborted" };

	note(w, "abort", a->name);
	(void)fprintf(w->log, "\n");
	if (!actor_daemon(w, job)->is_up)
		return -1;
	if (a->abort_done)
		h.fn = save_done;
	if (a->working && !a->abort_deaf)
		hap_add(w, h);
	return 0;
}

static void
stage_done(struct world *w, const struct hap *h)
{
	news(w, h->job, EV_READY, NULL);
}

/* Hooks and the like, which need no daemon. */
static int
stage_begin(struct world *w, size_t job, const char *what, int64_t takes)
{
	if (takes == NEVER)
		return -1;
	note(w, what, w->actor[job].name);
	(void)fprintf(w->log, "\n");
	if (takes < END)
		hap_add(w, (struct hap){ .at = w->now + takes,
		    .fn = stage_done, .job = job });
	return 0;
}

static int
op_prepare(void *ctx, size_t job)
{
	struct world *w = ctx;

	return stage_begin(w, job, "prepare", w->actor[job].prepare);
}

static int
op_await(void *ctx, size_t job)
{
	struct world *w = ctx;

	return stage_begin(w, job, "await", w->actor[job].ready);
}

static void
measured(struct world *w, const struct hap *h)
{
	if (!answer_void(w, h))
		progress_tell(w, h->job);
}

static int
op_measure(void *ctx, size_t job)
{
	struct world *w = ctx;

	note(w, "measure", w->actor[job].name);
	(void)fprintf(w->log, "\n");
	if (!actor_daemon(w, job)->is_up)
		return -1;
	answer(w, (struct hap){ .fn = measured, .job = job }, w->sc->answer);
	return 0;
}

static void
polled(struct world *w, const struct hap *h)
{
	struct daemon *d = &w->daemon[h->job];
	bool nothing = d->nothing > 0;
	size_t i;

	if (d->gen != h->gen)
		return;
	d->nothing -= nothing;
	for (i = 0; i < w->plan.n && !nothing; i++)
		if (w->actor[i].uri == (int64_t)h->job && !w->actor[i].on &&
		    w->engine.job[i].state == STATE_ASKED)
			news(w, i, w->actor[i].away ? EV_MIGRATED : EV_OFF,
			    NULL);
	engine_polled(&w->engine, h->job);
}

static int
op_poll(void *ctx, size_t uri)
{
	struct world *w = ctx;

	note(w, "poll", "uri");
	(void)fprintf(w->log, " %zu\n", uri);
	if (!w->daemon[uri].is_up)
		return -1;
	hap_add(w, (struct hap){ .at = w->now + w->sc->answer, .fn = polled,
	    .job = uri, .gen = w->daemon[uri].gen });
	return 0;
}

/* What a note has: g guest, b bytes, s seconds, u URI, n count, t text. */
static const struct {
	const char	*name;
	const char	*has;
} said[] = {
	[SAID_ASKED] = { "asked", "g" },
	[SAID_OFF] = { "off", "g" },
	[SAID_LATE] = { "late", "g" },
	[SAID_SAVING] = { "saving", "g" },
	[SAID_MOVED] = { "moved", "gb" },
	[SAID_SAVED] = { "saved", "g" },
	[SAID_STARTED] = { "started", "g" },
	[SAID_UNREADY] = { "unready", "gt" },
	[SAID_ACTIVE] = { "active", "g" },
	[SAID_GONE] = { "gone", "g" },
	[SAID_MIGRATED] = { "migrated", "g" },
	[SAID_WAIT_ONE] = { "wait", "gs" },
	[SAID_WAIT_MANY] = { "wait", "uns" },
	[SAID_AGAIN] = { "again", "g" },
	[SAID_DESTROYED] = { "destroyed", "g" },
	[SAID_LEFT] = { "left", "g" },
	[SAID_NEXT] = { "next", "gwt" },
	[SAID_EXPIRED] = { "expired", "u" },
	[SAID_FAILED] = { "failed", "gt" },
};

static void
field_note(struct world *w, const struct engine_note *n, char field)
{
	switch (field) {
	case 'g':
		(void)fprintf(w->log, " %s", w->actor[n->job].name);
		if (n->uri != (size_t)w->actor[n->job].uri)
			trouble(w, "wrong URI", w->actor[n->job].name);
		break;
	case 'b':
		(void)fprintf(w->log, " %" PRIu64, n->bytes);
		break;
	case 's':
		(void)fprintf(w->log, " left %" PRId64, n->seconds);
		break;
	case 'u':
		(void)fprintf(w->log, " uri %zu", n->uri);
		break;
	case 'n':
		(void)fprintf(w->log, " guests %u", n->count);
		break;
	case 'w':
		(void)fprintf(w->log, " %s", policy_name(n->action));
		break;
	case 't':
		(void)fprintf(w->log, " \"%s\"", n->text);
		break;
	}
}

/* Where all connections were there all the time, no guest is left out. */
static bool
world_whole(const struct world *w)
{
	size_t i;

	for (i = 0; i < w->sc->nuris; i++)
		if (w->daemon[i].lost)
			return false;
	return true;
}

/* The daemon of a guest is down or deaf for some time. */
static bool
daemon_silent(const struct world *w, size_t job)
{
	int64_t since = w->daemon[w->actor[job].uri].since;

	return since != NEVER && w->now >= since + ENGINE_DEAF_MS;
}

/* A guest of a lower group has not ended; or more may come. */
static bool
group_barred(const struct world *w, size_t job)
{
	unsigned group = w->plan.step[job].group;
	size_t i;

	if (w->held && group > 0)
		return true;
	for (i = 0; i < w->plan.n; i++)
		if (w->plan.step[i].group < group &&
		    w->engine.job[i].state < STATE_DONE &&
		    (w->actor[i].uri == w->actor[job].uri ||
		    !daemon_silent(w, i)))
			return true;
	return false;
}

/* A guest waits for its slot to be asked; one that does so by a later action of
 * its chain may have come this moment. */
static bool
uri_waits(const struct world *w, size_t uri)
{
	const struct engine_job *j;
	size_t i;

	for (i = 0; i < w->plan.n; i++) {
		j = &w->engine.job[i];
		if (j->step->uri == uri && job_waits(j) &&
		    j->link == 0 && job_action(j) == POLICY_SHUTDOWN &&
		    T0 + w->actor[i].comes != w->now && !group_barred(w, i))
			return true;
	}
	return false;
}

static void
op_tell(void *ctx, const struct engine_note *n)
{
	struct world *w = ctx;
	const char *s;

	note(w, "tell", said[n->said].name);
	for (s = said[n->said].has; *s != '\0'; s++)
		field_note(w, n, *s);
	(void)fprintf(w->log, "\n");
	if (n->said == SAID_EXPIRED && world_whole(w) &&
	    uri_waits(w, n->uri))
		trouble(w, "expired while guests wait for their slots", "uri");
}

/* A guest whose every event was heard cannot have gone off unnoticed. */
static bool
failure_true(struct world *w, size_t job)
{
	const struct actor *a = &w->actor[job];
	const struct daemon *d = actor_daemon(w, job);

	return a->on || d->lost || d->quiet ||
	    w->sc->action == POLICY_START ||
	    a->off_when <= T0 + a->comes ||
	    (a->saved && w->now <= a->off_when + 2 * w->sc->timeout);
}

/* At the end of the whole some guests cannot have had a slot. */
static bool
slot_never(const struct world *w, size_t job)
{
	const struct actor *a = &w->actor[job];
	int64_t end = w->engine.deadline;

	return end != 0 && w->now >= end &&
	    (a->group > 0 || T0 + a->comes >= end);
}

static bool
result_true(struct world *w, size_t job)
{
	const struct actor *a = &w->actor[job];
	const struct actor *script = &w->sc->actor[job];
	bool recent = w->now - a->off_when <= w->sc->timeout;

	switch (w->engine.job[job].result) {
	case RESULT_LEFT:
		return failure_true(w, job);
	case RESULT_DESTROYED:
	case RESULT_OFF:
		return !a->on;
	case RESULT_SAVED:
		return !a->on && a->saved;
	case RESULT_STARTED:
	case RESULT_ACTIVE:
		return a->on || recent;
	case RESULT_GONE:
		return a->gone;
	case RESULT_MIGRATED:
		return !a->on && a->away;
	case RESULT_UNKNOWN:
		return daemon_silent(w, job) ||
		    !actor_daemon(w, job)->is_up || script->unaskable +
		    script->look_unaskable > 0 || script->fatal[0] != '\0' ||
		    slot_never(w, job);
	case RESULT_CUT:
		return w->cut;
	case RESULT_NONE:
		return false;
	default:
		return failure_true(w, job);
	}
}

static void
op_ended(void *ctx, size_t job)
{
	struct world *w = ctx;
	struct actor *a = &w->actor[job];

	note(w, "end", a->name);
	(void)fprintf(w->log, " %s\n",
	    job_result_name(w->engine.job[job].result));
	if (a->ends++ > 0)
		trouble(w, "ends twice", a->name);
	if (!result_true(w, job))
		trouble(w, job_result_name(w->engine.job[job].result),
		    a->name);
}

static const struct engine_ops operations = {
	.ask = op_ask, .look = op_look, .wake = op_wake,
	.abort = op_abort,
	.measure = op_measure, .poll = op_poll, .ended = op_ended,
	.tell = op_tell, .prepare = op_prepare, .await = op_await
};

/*
 * The run.
 */

static void
step_make(struct plan_step *s, size_t guest, const struct scenario *sc)
{
	const struct actor *a = &sc->actor[guest];
	struct errmsg em;

	*s = (struct plan_step){ .guest = guest, .uri = (size_t)a->uri,
	    .chain = { sc->action }, .persistent = a->persistent,
	    .settle = a->settle, .ready = a->wait,
	    .group = (unsigned)a->group, .limit = a->limit,
	    .resend = a->resend, .pause = a->pause,
	    .memory = (uint64_t)a->memory * 1000000 };
	if (a->chain[0] != '\0' && policy_chain(a->chain, s->chain, &em) == -1)
		atf_tc_fail("%s: %s", sc->file, em.text);
	if (a->modes[0] != '\0' &&
	    policy_modes(a->modes, ',', s->modes, &em) == -1)
		atf_tc_fail("%s: %s", sc->file, em.text);
}

/* The steps up to that one, where there were none before. */
static void
steps_move(struct world *w, size_t n)
{
	struct plan_step *old = w->plan.step;
	size_t i;

	w->plan.step = calloc(n + 1, sizeof(*w->plan.step));
	ATF_REQUIRE(w->plan.step != NULL);
	for (i = 0; i < n; i++)
		step_make(&w->plan.step[i], i, w->sc);
	/* A look there still finds nothing that makes sense. */
	if (old != NULL)
		memset(old, 0xa5, w->plan.n * sizeof(*old));
	free(old);
	w->plan.n = n;
}

/* All guests that come at that time come together. */
static void
guests_come(struct world *w, const struct hap *h)
{
	size_t from = w->plan.n, n = from, i;

	if (w->cut)
		return;
	while (n < w->sc->n && w->actor[n].comes <= w->actor[h->job].comes)
		n++;
	if (n == from)
		return;
	world_note(w, "comes");
	for (i = from; i < n; i++)
		(void)fprintf(w->log, " %s", w->actor[i].name);
	(void)fprintf(w->log, "\n");
	steps_move(w, n);
	ATF_REQUIRE(engine_more(&w->engine, from, w->now) == 0);
}

static void
world_init(struct world *w, const struct scenario *sc, int64_t grid)
{
	size_t n = 0;

	memset(w, 0, sizeof(*w));
	w->sc = sc;
	w->grid = grid;
	w->now = T0;
	w->log = open_memstream(&w->text, &w->length);
	w->actor = reallocarray(NULL, sc->n + 1, sizeof(*w->actor));
	ATF_REQUIRE(w->log != NULL && w->actor != NULL);
	memcpy(w->actor, sc->actor, sc->n * sizeof(*w->actor));
	memcpy(w->daemon, sc->daemon, sizeof(w->daemon));
	w->plan.nuris = sc->nuris;
	w->plan.bound[sc->action] = (unsigned)sc->bound;
	w->plan.limit[sc->action] = sc->limit;
	w->plan.shared = sc->shared || sc->total;
	w->plan.total = sc->total;
	w->plan.stall = sc->stall;
	w->plan.delay = sc->delay;
	w->plan.poll = sc->poll;
	w->plan.lost = sc->lost;
	w->plan.deadline = sc->deadline;
	w->plan.ready = sc->ready;
	if (w->plan.bound[POLICY_SUSPEND] == 0)
		w->plan.bound[POLICY_SUSPEND] = 1;
	w->plan.limit[POLICY_DESTROY] = 30000;
	while (n < sc->n && sc->actor[n].comes == NEVER)
		n++;
	steps_move(w, n);
	ATF_REQUIRE(engine_init(&w->engine, &w->plan, T0) == 0);
	w->engine.ops = &operations;
	w->engine.ctx = w;
}

static void
world_free(struct world *w)
{
	(void)fclose(w->log);
	free(w->text);
	free(w->hap);
	free(w->actor);
	free(w->plan.step);
	engine_free(&w->engine);
}

static void
world_begin(struct world *w)
{
	const struct scenario *sc = w->sc;
	struct daemon *d;
	size_t i;

	hap_at(w, sc->cut, run_cut, 0);
	hap_at(w, sc->stop_at, run_stop, 0);
	hap_at(w, sc->hurry, run_hurry, 0);
	hap_at(w, sc->hasten, run_hasten, 0);
	w->held = sc->held != NEVER;
	engine_hold(&w->engine, w->held ? 0 : UINT_MAX, T0);
	for (i = 0; i < sc->nuris; i++) {
		d = &w->daemon[i];
		hap_at(w, d->down == 0 ? NEVER : d->down, daemon_down, i);
		hap_at(w, d->up, daemon_up, i);
		hap_at(w, d->down2, daemon_down, i);
		hap_at(w, d->up2, daemon_up, i);
		hap_at(w, d->deaf, daemon_deaf, i);
		hap_at(w, d->hears, daemon_hears, i);
		d->is_up = d->down != 0;
		d->since = d->is_up ? NEVER : T0;
		d->lost = !d->is_up;
	}
	for (i = 0; i < sc->n; i++) {
		w->actor[i].off_when = T0 - END;
		w->actor[i].waits = true;
		hap_at(w, sc->actor[i].on_at, guest_on, i);
		hap_at(w, sc->actor[i].off_at, guest_off, i);
		hap_at(w, sc->actor[i].gone_at, guest_gone, i);
		hap_at(w, sc->actor[i].leaves_at, guest_leaves, i);
		hap_at(w, sc->actor[i].pauses_at, guest_pauses, i);
		hap_at(w, sc->actor[i].resumes_at, guest_resumes, i);
		hap_at(w, sc->actor[i].comes, guests_come, i);
	}
	/* Behind guests that come just then. */
	hap_at(w, sc->held, run_release, 0);
	for (i = 0; i < sc->nuris; i++)
		engine_daemon(&w->engine, i, w->daemon[i].is_up ?
		    ENGINE_UP : ENGINE_DOWN, T0);
}

/* The rules on order and time, for a guest. */
static void
order_check(struct world *w, size_t job)
{
	const struct engine_job *j = &w->engine.job[job];
	struct actor *a = &w->actor[job];
	bool began = (a->waits || a->link != j->link) &&
	    !job_waits(j) &&
	    (j->state < STATE_DONE || j->result == RESULT_LEFT);

	a->waits = job_waits(j);
	a->link = j->link;
	if (began && !w->engine.hurry && !j->last && group_barred(w, job))
		trouble(w, "begins before its group", a->name);
	if (w->engine.deadline != 0 && w->now > w->engine.deadline &&
	    j->state < STATE_DONE)
		trouble(w, "goes on behind the deadline", a->name);
}

/* The rules on slots. */
static void
world_check(struct world *w)
{
	const struct scenario *sc = w->sc;
	const struct engine_job *j;
	size_t i, slots = 0, lost = 0, used = 0, bounded = 0;
	int action;

	for (action = 0; action < POLICY_NACTION; action++)
		used += w->engine.used[action];
	for (i = 0; i < w->plan.n; i++)
		order_check(w, i);
	for (i = w->engine.first; i < w->plan.n; i++) {
		j = &w->engine.job[i];
		slots += j->slot == SLOT_HELD;
		bounded += j->slot == SLOT_HELD &&
		    job_action(j) == sc->action;
		lost += actor_daemon(w, i)->lost;
		if (job_waits(j) || j->state == STATE_LOST ||
		    j->state >= STATE_DONE) {
			if (j->slot == SLOT_HELD)
				trouble(w, "has a slot", w->actor[i].name);
		} else if (j->slot != SLOT_HELD && w->engine.deadline == 0 &&
		    !w->engine.hurry && !w->plan.shared &&
		    !(j->slot == SLOT_LOST && daemon_silent(w, i)) &&
		    !(j->slot == SLOT_YIELDED && (j->state == STATE_LOOK ||
		    j->state == STATE_SETTLE))) {
			trouble(w, "has no slot", w->actor[i].name);
		}
	}
	if (used != slots)
		trouble(w, "slots are miscounted", "engine");
	if (sc->nuris == 1)
		lost = 0;
	if (sc->bound > 0 && bounded > (size_t)sc->bound + lost)
		trouble(w, "too many slots", "engine");
}

/* No guest is waited for any more, and none is to come. */
static bool
world_over(const struct world *w)
{
	return engine_done(&w->engine) && (w->cut || w->plan.n == w->sc->n);
}

/* On to what comes first, and let it happen; false: nothing ever will. */
static bool
world_step(struct world *w)
{
	int64_t next = engine_next(&w->engine);
	struct hap *h = hap_next(w);

	if (next == 0 && h == NULL) {
		(void)fprintf(w->log, "nothing more will happen\n");
		return false;
	}
	if (next == 0 || (h != NULL && h->at < next))
		next = h->at;
	if (w->grid > 0 && next > w->now + w->grid)
		next = w->now + w->grid;
	if (next > w->now)
		w->now = next;
	if (h != NULL && h->at <= w->now)
		hap_fire(w, h);
	return true;
}

static void
world_run(struct world *w)
{
	unsigned still = 0, seen;
	int64_t was;

	world_begin(w);
	while (!w->stopped && w->trouble[0] == '\0') {
		seen = w->fired;
		was = w->now;
		engine_tick(&w->engine, w->now);
		w->ticks++;
		world_check(w);
		if (world_over(w) || !world_step(w))
			break;
		still = w->now == was && w->fired == seen ? still + 1 : 0;
		if (still > SPIN)
			trouble(w, "engine_next stands still", "engine");
		if (w->now > T0 + END)
			trouble(w, "it never ends", "engine");
	}
	if (!engine_done(&w->engine))
		(void)fprintf(w->log, "unfinished: %zu\n",
		    w->engine.unfinished);
	(void)fflush(w->log);
}

/*
 * Case files.
 */

enum type { TYPE_TIME, TYPE_COUNT, TYPE_FLAG, TYPE_TEXT };

struct key {
	const char	*name;
	enum type	 type;
	size_t		 offset;
};

static const struct key plan_keys[] = {
	{ "bound", TYPE_COUNT, offsetof(struct scenario, bound) },
	{ "limit", TYPE_TIME, offsetof(struct scenario, limit) },
	{ "shared", TYPE_FLAG, offsetof(struct scenario, shared) },
	{ "total", TYPE_FLAG, offsetof(struct scenario, total) },
	{ "stall", TYPE_TIME, offsetof(struct scenario, stall) },
	{ "delay", TYPE_TIME, offsetof(struct scenario, delay) },
	{ "poll", TYPE_TIME, offsetof(struct scenario, poll) },
	{ "lost", TYPE_TIME, offsetof(struct scenario, lost) },
	{ "deadline", TYPE_TIME, offsetof(struct scenario, deadline) },
	{ "answer", TYPE_TIME, offsetof(struct scenario, answer) },
	{ "timeout", TYPE_TIME, offsetof(struct scenario, timeout) },
	{ "stop-at", TYPE_TIME, offsetof(struct scenario, stop_at) },
	{ "ready", TYPE_TIME, offsetof(struct scenario, ready) },
	{ "hurry", TYPE_TIME, offsetof(struct scenario, hurry) },
	{ "hasten", TYPE_TIME, offsetof(struct scenario, hasten) },
	{ "hasten-to", TYPE_TIME, offsetof(struct scenario, hasten_to) },
	{ "held", TYPE_TIME, offsetof(struct scenario, held) },
	{ "cut", TYPE_TIME, offsetof(struct scenario, cut) },
	{ "why", TYPE_TEXT, offsetof(struct scenario, cut_text) },
	{ NULL, TYPE_FLAG, 0 }
};

static const struct key uri_keys[] = {
	{ "down", TYPE_TIME, offsetof(struct daemon, down) },
	{ "up", TYPE_TIME, offsetof(struct daemon, up) },
	{ "down-again", TYPE_TIME, offsetof(struct daemon, down2) },
	{ "up-again", TYPE_TIME, offsetof(struct daemon, up2) },
	{ "deaf", TYPE_TIME, offsetof(struct daemon, deaf) },
	{ "hears", TYPE_TIME, offsetof(struct daemon, hears) },
	{ "quiet", TYPE_FLAG, offsetof(struct daemon, quiet) },
	{ "nothing", TYPE_COUNT, offsetof(struct daemon, nothing) },
	{ NULL, TYPE_FLAG, 0 }
};

static const struct key guest_keys[] = {
	{ "uri", TYPE_COUNT, offsetof(struct actor, uri) },
	{ "settle", TYPE_TIME, offsetof(struct actor, settle) },
	{ "on", TYPE_FLAG, offsetof(struct actor, on) },
	{ "off", TYPE_TIME, offsetof(struct actor, off) },
	{ "on-at", TYPE_TIME, offsetof(struct actor, on_at) },
	{ "off-at", TYPE_TIME, offsetof(struct actor, off_at) },
	{ "gone-at", TYPE_TIME, offsetof(struct actor, gone_at) },
	{ "leaves-at", TYPE_TIME, offsetof(struct actor, leaves_at) },
	{ "pauses-at", TYPE_TIME, offsetof(struct actor, pauses_at) },
	{ "resumes-at", TYPE_TIME, offsetof(struct actor, resumes_at) },
	{ "busy-from", TYPE_TIME, offsetof(struct actor, busy_from) },
	{ "busy-until", TYPE_TIME, offsetof(struct actor, busy_until) },
	{ "refuses", TYPE_TEXT, offsetof(struct actor, refuses) },
	{ "again", TYPE_COUNT, offsetof(struct actor, again) },
	{ "puts-off", TYPE_TEXT, offsetof(struct actor, puts_off) },
	{ "invalid", TYPE_COUNT, offsetof(struct actor, invalid) },
	{ "late", TYPE_COUNT, offsetof(struct actor, late) },
	{ "look-again", TYPE_COUNT, offsetof(struct actor, look_again) },
	{ "look-late", TYPE_COUNT, offsetof(struct actor, look_late) },
	{ "look-refuses", TYPE_TEXT, offsetof(struct actor, look_refuses) },
	{ "takes", TYPE_TIME, offsetof(struct actor, takes) },
	{ "fails", TYPE_TEXT, offsetof(struct actor, fails) },
	{ "stalls", TYPE_TIME, offsetof(struct actor, stalls) },
	{ "fatal", TYPE_TEXT, offsetof(struct actor, fatal) },
	{ "recovers", TYPE_COUNT, offsetof(struct actor, recovers) },
	{ "abort-deaf", TYPE_FLAG, offsetof(struct actor, abort_deaf) },
	{ "abort-done", TYPE_FLAG, offsetof(struct actor, abort_done) },
	{ "outrun", TYPE_FLAG, offsetof(struct actor, outrun) },
	{ "chain", TYPE_TEXT, offsetof(struct actor, chain) },
	{ "modes", TYPE_TEXT, offsetof(struct actor, modes) },
	{ "no-mode", TYPE_TEXT, offsetof(struct actor, no_mode) },
	{ "late-mode", TYPE_TEXT, offsetof(struct actor, late_mode) },
	{ "late-refuses", TYPE_TEXT, offsetof(struct actor, late_refuses) },
	{ "no-word", TYPE_TEXT, offsetof(struct actor, no_word) },
	{ "group", TYPE_COUNT, offsetof(struct actor, group) },
	{ "limit", TYPE_TIME, offsetof(struct actor, limit) },
	{ "resend", TYPE_TIME, offsetof(struct actor, resend) },
	{ "pause", TYPE_TIME, offsetof(struct actor, pause) },
	{ "memory", TYPE_COUNT, offsetof(struct actor, memory) },
	{ "prepare", TYPE_TIME, offsetof(struct actor, prepare) },
	{ "ready", TYPE_TIME, offsetof(struct actor, ready) },
	{ "wait", TYPE_TIME, offsetof(struct actor, wait) },
	{ "comes", TYPE_TIME, offsetof(struct actor, comes) },
	{ "presses", TYPE_COUNT, offsetof(struct actor, presses) },
	{ "queued", TYPE_TIME, offsetof(struct actor, queued) },
	{ "unaskable", TYPE_COUNT, offsetof(struct actor, unaskable) },
	{ "look-unaskable", TYPE_COUNT,
	    offsetof(struct actor, look_unaskable) },
	{ "paused", TYPE_FLAG, offsetof(struct actor, paused) },
	{ "asleep", TYPE_FLAG, offsetof(struct actor, asleep) },
	{ "crashed", TYPE_FLAG, offsetof(struct actor, crashed) },
	{ "ending", TYPE_FLAG, offsetof(struct actor, ending) },
	{ "insomnia", TYPE_FLAG, offsetof(struct actor, insomnia) },
	{ "persistent", TYPE_FLAG, offsetof(struct actor, persistent) },
	{ "saved", TYPE_FLAG, offsetof(struct actor, saved) },
	{ "twice", TYPE_FLAG, offsetof(struct actor, twice) },
	{ NULL, TYPE_FLAG, 0 }
};

static void
bad(const struct scenario *sc, const char *what)
{
	atf_tc_fail("%s:%u: bad %s", sc->file, sc->line, what);
}

/* The next action, or what stands between quotes; NULL at the end. */
static char *
word_next(char **s)
{
	const char *stop = " \t";
	char *action;

	*s += strspn(*s, " \t");
	if (**s == '\0' || **s == '#')
		return NULL;
	if (**s == '"') {
		(*s)++;
		stop = "\"";
	}
	action = *s;
	*s += strcspn(*s, stop);
	if (**s != '\0')
		*(*s)++ = '\0';
	return action;
}

static int64_t
number_parse(const struct scenario *sc, const char *text)
{
	const char *error;
	int64_t n = strtonum(text, 0, 1000000, &error);

	if (error != NULL)
		bad(sc, text);
	return n;
}

/* Seconds with up to three decimals, in ms. */
static int64_t
time_parse(const struct scenario *sc, char *text)
{
	char *dot = strchr(text, '.'), part[4] = "000";
	size_t len;

	if (dot == NULL)
		return number_parse(sc, text) * 1000;
	*dot++ = '\0';
	if ((len = strlen(dot)) > 3)
		bad(sc, dot);
	memcpy(part, dot, len);
	return number_parse(sc, text) * 1000 + number_parse(sc, part);
}

static void
value_set(const struct scenario *sc, const struct key *k, void *field,
    char **s)
{
	char *value = NULL;

	if (k->type != TYPE_FLAG && (value = word_next(s)) == NULL)
		bad(sc, k->name);
	switch (k->type) {
	case TYPE_TIME:
		*(int64_t *)field = time_parse(sc, value);
		break;
	case TYPE_COUNT:
		*(int64_t *)field = number_parse(sc, value);
		break;
	case TYPE_FLAG:
		*(bool *)field = true;
		break;
	case TYPE_TEXT:
		if (strlcpy(field, value, TEXT) >= TEXT)
			bad(sc, value);
		break;
	}
}

static void
pairs_parse(const struct scenario *sc, const struct key *keys, void *base,
    char **s)
{
	const struct key *k;
	const char *name;

	while ((name = word_next(s)) != NULL) {
		for (k = keys; k->name != NULL; k++)
			if (strcmp(k->name, name) == 0)
				break;
		if (k->name == NULL)
			bad(sc, name);
		value_set(sc, k, (char *)base + k->offset, s);
	}
}

static void
actor_init(struct actor *a)
{
	memset(a, 0, sizeof(*a));
	a->gen = 1;
	a->off = a->on_at = a->off_at = a->gone_at = a->leaves_at = NEVER;
	a->comes = a->pauses_at = a->resumes_at = NEVER;
	a->busy_until = a->stalls = a->prepare = a->ready = NEVER;
}

static void
guest_parse(struct scenario *sc, char **s)
{
	struct actor *a = &sc->actor[sc->n++];
	const char *name = word_next(s);

	if (name == NULL || sc->n > GUESTS)
		bad(sc, "guest");
	actor_init(a);
	a->on = sc->action != POLICY_START;
	if (strlcpy(a->name, name, NAME) >= NAME)
		bad(sc, name);
	pairs_parse(sc, guest_keys, a, s);
	if (a->uri >= URIS)
		bad(sc, "uri");
	if ((size_t)a->uri >= sc->nuris)
		sc->nuris = (size_t)a->uri + 1;
}

static void
uri_parse(struct scenario *sc, char **s)
{
	const char *number = word_next(s);
	int64_t uri = number == NULL ? URIS : number_parse(sc, number);

	if (uri >= URIS)
		bad(sc, "uri");
	pairs_parse(sc, uri_keys, &sc->daemon[uri], s);
}

static void
plan_parse(struct scenario *sc, char **s)
{
	const char *name = word_next(s);

	sc->action = POLICY_START;
	if (name == NULL || (strcmp(name, "start") != 0 &&
	    (sc->action = policy_action(name)) == POLICY_END))
		bad(sc, "plan");
	pairs_parse(sc, plan_keys, sc, s);
}

static const struct {
	const char	*name;
	void		(*parse)(struct scenario *, char **);
} sections[] = {
	{ "plan", plan_parse },
	{ "uri", uri_parse },
	{ "guest", guest_parse },
};
#define NSECTION	(sizeof(sections) / sizeof(sections[0]))

static void
line_parse(struct scenario *sc, char *line)
{
	const char *name = word_next(&line);
	size_t i;

	if (name == NULL)
		return;
	for (i = 0; i < NSECTION; i++)
		if (strcmp(sections[i].name, name) == 0)
			break;
	if (i == NSECTION)
		bad(sc, name);
	sections[i].parse(sc, &line);
}

static void
scenario_init(struct scenario *sc, size_t guests)
{
	size_t i;

	memset(sc, 0, sizeof(*sc));
	sc->action = POLICY_SHUTDOWN;
	sc->bound = 1;
	sc->stall = 120000;
	sc->poll = 1000;
	sc->lost = 60000;
	sc->timeout = 15000;
	sc->stop_at = sc->cut = sc->hurry = sc->hasten = sc->held = NEVER;
	sc->nuris = 1;
	(void)strlcpy(sc->cut_text, "cut", sizeof(sc->cut_text));
	for (i = 0; i < URIS; i++)
		sc->daemon[i].down = sc->daemon[i].up = sc->daemon[i].down2 =
		    sc->daemon[i].up2 = sc->daemon[i].deaf =
		    sc->daemon[i].hears = NEVER;
	sc->actor = calloc(guests, sizeof(*sc->actor));
	ATF_REQUIRE(sc->actor != NULL);
}

static void
scenario_free(struct scenario *sc)
{
	free(sc->actor);
	free(sc->expected);
}

/* One with so many guests, g0 and on, for a test that is no file. */
static struct scenario *
scenario_new(size_t guests)
{
	struct scenario *sc = malloc(sizeof(*sc));
	size_t i;

	ATF_REQUIRE(sc != NULL);
	scenario_init(sc, guests);
	for (i = 0; i < guests; i++) {
		actor_init(&sc->actor[i]);
		(void)snprintf(sc->actor[i].name, NAME, "g%zu", i);
	}
	sc->n = guests;
	return sc;
}

static void
scenario_delete(struct scenario *sc)
{
	scenario_free(sc);
	free(sc);
}

static bool
actor_follows(const struct actor *a, const struct actor *b)
{
	return a->comes != b->comes ? a->comes > b->comes :
	    a->group > b->group;
}

/* As they come into the plan, guests that come together by their groups; one
 * that is before the other in that order stays there. */
static void
actors_sort(struct scenario *sc)
{
	struct actor a;
	size_t i, k;

	for (i = 1; i < sc->n; i++) {
		a = sc->actor[i];
		for (k = i; k > 0 && actor_follows(&sc->actor[k - 1], &a); k--)
			sc->actor[k] = sc->actor[k - 1];
		sc->actor[k] = a;
	}
}

static void
scenario_read(struct scenario *sc)
{
	char line[512];
	FILE *fp = fopen(sc->file, "r"), *out;
	bool log = false;
	size_t len;

	out = open_memstream(&sc->expected, &len);
	if (fp == NULL || out == NULL)
		atf_tc_fail("%s cannot be read", sc->file);
	while (fgets(line, sizeof(line), fp) != NULL) {
		sc->line++;
		if (log) {
			(void)fputs(line, out);
			continue;
		}
		line[strcspn(line, "\n")] = '\0';
		log = strcmp(line, "--") == 0;
		if (!log)
			line_parse(sc, line);
	}
	(void)fclose(fp);
	(void)fclose(out);
	actors_sort(sc);
}

/* Where the case files are. */
static DIR *
cases_open(const char *srcdir, char *path, size_t size)
{
	const char *told = getenv("ENGINE_CASES");

	if (told != NULL)
		(void)strlcpy(path, told, size);
	else
		(void)snprintf(path, size, "%s/../../engine", srcdir);
	return opendir(path);
}

/* Line by line beside each other, marked where they part. */
static void
sides_print(const char *want, const char *got)
{
	size_t w, g;
	char mark;

	(void)printf("  %-46s  %s\n", "EXPECTED", "GOT");
	while (*want != '\0' || *got != '\0') {
		w = strcspn(want, "\n");
		g = strcspn(got, "\n");
		mark = w == g && memcmp(want, got, w) == 0 ? ' ' : '!';
		(void)printf("%c %-46.*s  %.*s\n", mark, (int)w, want,
		    (int)g, got);
		want += w + (want[w] != '\0');
		got += g + (got[g] != '\0');
	}
}

static void
logs_compare(const char *what, const char *want, const char *got)
{
	if (strcmp(want, got) == 0)
		return;
	sides_print(want, got);
	/* As it stands in a case file, for a reader who finds it right. */
	atf_utils_create_file("got", "%s", got);
	atf_tc_fail("%s; see above, and the file `got'", what);
}

/* Once as it is to be driven, and once with more ticks than that. */
static void
scenario_play(const struct scenario *sc)
{
	char what[sizeof(sc->file) + TEXT];
	struct world w, more;

	world_init(&w, sc, 0);
	world_run(&w);
	if (w.trouble[0] != '\0')
		(void)fputs(w.text, stdout);
	ATF_REQUIRE_MSG(w.trouble[0] == '\0', "%s", w.trouble);
	if (sc->expected != NULL)
		logs_compare("not what is expected", sc->expected, w.text);
	world_init(&more, sc, GRID);
	world_run(&more);
	(void)snprintf(what, sizeof(what),
	    "%s: more ticks change it: engine_next is wrong", sc->file);
	logs_compare(what, more.text, w.text);
	world_free(&more);
	world_free(&w);
}

static void
case_body(const atf_tc_t *tc)
{
	struct scenario sc;
	char dir[400];
	DIR *d;

	scenario_init(&sc, GUESTS + 1);
	d = cases_open(atf_tc_get_config_var(tc, "srcdir"), dir, sizeof(dir));
	ATF_REQUIRE(d != NULL);
	(void)closedir(d);
	(void)snprintf(sc.file, sizeof(sc.file), "%s/%s.case", dir,
	    atf_tc_get_ident(tc));
	scenario_read(&sc);
	scenario_play(&sc);
	scenario_free(&sc);
}

/*
 * Many guests.
 */

static void
many_run(const struct scenario *plan, size_t n, struct world *w)
{
	struct scenario *sc = scenario_new(n);
	size_t i;

	sc->action = plan->action;
	sc->bound = plan->bound;
	sc->shared = plan->shared;
	sc->limit = plan->limit;
	sc->delay = plan->delay;
	sc->poll = plan->poll;
	sc->answer = 1;
	for (i = 0; i < n; i++) {
		sc->actor[i].on = plan->action != POLICY_START;
		sc->actor[i].off = 700 + (int64_t)i % 7;
		sc->actor[i].takes = 300 + (int64_t)i % 5;
	}
	world_init(w, sc, 0);
	world_run(w);
	ATF_CHECK_MSG(w->trouble[0] == '\0', "%zu guests: %s", n,
	    w->trouble);
	ATF_CHECK(engine_done(&w->engine));
	for (i = 0; i < n; i++)
		ATF_CHECK_MSG(!job_failed(&w->engine.job[i]), "%s of %zu",
		    sc->actor[i].name, n);
	world_free(w);
	scenario_delete(sc);
}

ATF_TC_WITHOUT_HEAD(hundreds);
ATF_TC_BODY(hundreds, tc)
{
	static const struct scenario plans[] = {
		{ .action = POLICY_SHUTDOWN, .bound = 1, .limit = 300000,
		    .poll = 100 },
		{ .action = POLICY_SHUTDOWN, .bound = 20, .limit = 300000,
		    .shared = true, .poll = 1000 },
		{ .action = POLICY_SHUTDOWN, .bound = 500, .limit = 300000,
		    .shared = true, .poll = 1000 },
		{ .action = POLICY_SUSPEND, .bound = 1, .poll = 1000 },
		{ .action = POLICY_SUSPEND, .bound = 16, .poll = 1000 },
		{ .action = POLICY_START, .poll = 1000 },
		{ .action = POLICY_START, .bound = 1, .delay = 1000,
		    .poll = 1000 },
	};
	struct world few, many;
	size_t i;

	for (i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		many_run(&plans[i], 50, &few);
		many_run(&plans[i], 500, &many);
		ATF_CHECK_MSG(many.ops <= few.ops * 10 + 100 &&
		    many.ticks <= few.ticks * 10 + 100, "plan %zu: %u calls "
		    "in %u steps for 50 guests, %u in %u for 500", i,
		    few.ops, few.ticks, many.ops, many.ticks);
	}
}

/*
 * Chance.
 */

#define SEEDS		6000
#define SEEDS_MORE	10	/* each of these is played with more ticks */

static uint64_t
roll(uint64_t *dice, uint64_t sides)
{
	*dice ^= *dice << 13;
	*dice ^= *dice >> 7;
	*dice ^= *dice << 17;
	return (*dice >> 11) % sides;
}

/* Up to so many ms, once in so many times; else what is given. */
static int64_t
roll_time(uint64_t *dice, uint64_t in, int64_t most, int64_t otherwise)
{
	return roll(dice, in) == 0 ? (int64_t)roll(dice, (uint64_t)most) :
	    otherwise;
}

static void
roll_uri(struct daemon *d, uint64_t *dice)
{
	d->quiet = roll(dice, 4) == 0;
	d->nothing = roll_time(dice, 4, 8, 0);
	d->down = roll_time(dice, 4, 20000, NEVER);
	if (d->down == NEVER && roll(dice, 4) == 0) {
		d->deaf = roll_time(dice, 1, 20000, NEVER);
		d->hears = d->deaf + 1 + roll_time(dice, 1, 9000, NEVER);
	}
	if (d->down == NEVER || roll(dice, 4) == 0)
		return;
	d->up = d->down + 1 + roll_time(dice, 1, 40000, 0);
	d->down2 = roll_time(dice, 2, 20000, NEVER);
	if (d->down2 == NEVER)
		return;
	d->down2 += d->up + 1;
	d->up2 = roll_time(dice, 2, 40000, NEVER);
	if (d->up2 != NEVER)
		d->up2 += d->down2 + 1;
}

static void
roll_plan(struct scenario *sc, uint64_t *dice)
{
	static const enum policy_action words[] = { POLICY_SHUTDOWN,
	    POLICY_SHUTDOWN, POLICY_SUSPEND, POLICY_START };

	sc->action = words[roll(dice, 4)];
	sc->bound = (int64_t)roll(dice, 5);
	sc->shared = sc->action == POLICY_SHUTDOWN && sc->bound > 1;
	sc->poll = 100 + roll_time(dice, 2, 2000, 900);
	sc->stall = 1000 + roll_time(dice, 1, 20000, 0);
	sc->lost = 1 + roll_time(dice, 1, 30000, 0);
	sc->answer = roll_time(dice, 2, 500, 0);
	sc->timeout = 1000 + roll_time(dice, 1, 9000, 0);
	sc->cut = roll_time(dice, 12, 30000, NEVER);
	sc->nuris = 1 + roll(dice, 3);
	sc->n = 1 + roll(dice, 9);
	if (sc->action == POLICY_START) {
		sc->delay = roll_time(dice, 2, 5000, 0);
		sc->bound = sc->delay > 0 ? 1 : sc->bound;
		return;
	}
	sc->limit = roll_time(dice, 2, 60000, 0);
	sc->deadline = roll_time(dice, 3, 60000, 0);
	if (sc->deadline > 0)
		sc->deadline += 5000;
}

/* How it answers. */
static void
roll_answers(struct actor *a, uint64_t *dice)
{
	a->again = roll_time(dice, 6, 40, 0);
	a->invalid = roll_time(dice, 8, 3, 0);
	a->late = roll_time(dice, 8, 3, 0);
	a->look_again = roll_time(dice, 8, 40, 0);
	a->look_late = roll_time(dice, 8, 3, 0);
	a->unaskable = roll_time(dice, 8, 40, 0);
	a->look_unaskable = roll_time(dice, 8, 40, 0);
	a->twice = roll(dice, 4) == 0;
	if (roll(dice, 12) == 0)
		(void)strlcpy(a->refuses, "no", sizeof(a->refuses));
	if (roll(dice, 20) == 0)
		(void)strlcpy(a->look_refuses, "no", sizeof(a->refuses));
	if (roll(dice, 6) == 0)
		(void)strlcpy(a->fails, "it failed", sizeof(a->fails));
	a->outrun = a->fails[0] != '\0' && roll(dice, 3) == 0;
}

static void
roll_chain(struct actor *a, uint64_t *dice)
{
	static const char *const chains[] = { "shutdown,suspend",
	    "suspend,shutdown", "suspend,destroy", "shutdown,destroy",
	    "shutdown,suspend,destroy", "suspend,leave" };

	if (roll(dice, 3) == 0)
		(void)strlcpy(a->chain, chains[roll(dice,
		    sizeof(chains) / sizeof(chains[0]))], sizeof(a->chain));
}

static void
roll_guest(struct scenario *sc, size_t i, uint64_t *dice)
{
	struct actor *a = &sc->actor[i];
	bool start = sc->action == POLICY_START;

	actor_init(a);
	(void)snprintf(a->name, sizeof(a->name), "g%zu", i);
	a->uri = (int64_t)(roll(dice, 8) == 0 ? roll(dice, sc->nuris) :
	    i * sc->nuris / sc->n);
	roll_answers(a, dice);
	a->on = !start || roll(dice, 4) == 0;
	a->saved = !a->on && roll(dice, 2) == 0;
	a->settle = start ? roll_time(dice, 3, 20000, 0) : 0;
	/* Something has to bring it to an end. */
	a->off = roll_time(dice, 1, 20000, 0);
	if (sc->limit + sc->deadline > 0 && roll(dice, 4) == 0)
		a->off = NEVER;
	if (!start && (sc->deadline > 0 ||
	    (sc->limit > 0 && sc->action == POLICY_SHUTDOWN)))
		roll_chain(a, dice);
	a->off_at = roll_time(dice, 8, 30000, NEVER);
	a->gone_at = roll_time(dice, 16, 30000, NEVER);
	a->leaves_at = roll_time(dice, 16, 30000, NEVER);
	a->busy_from = roll_time(dice, 2, 10000, 0);
	a->busy_until = roll_time(dice, 6, 40000, NEVER);
	a->takes = roll_time(dice, 1, 20000, 0);
	a->stalls = start ? NEVER : roll_time(dice, 6, 20000, NEVER);
	a->abort_deaf = roll(dice, 4) == 0;
	a->abort_done = roll(dice, 4) == 0;
}

/* In some worlds of a stop some come late, in some there are groups, and the
 * higher ones may be held for a while. */
static void
roll_late(struct scenario *sc, uint64_t *dice)
{
	bool late = roll(dice, 3) == 0, groups = roll(dice, 3) == 0;
	size_t i;

	if (sc->action == POLICY_START)
		return;
	for (i = 0; i < sc->n; i++) {
		if (late)
			sc->actor[i].comes = roll_time(dice, 2,
			    roll(dice, 4) == 0 ? 60000 : 15000, NEVER);
		if (late && i > 0 && roll(dice, 3) == 0)
			sc->actor[i].comes = sc->actor[i - 1].comes;
		if (groups)
			sc->actor[i].group = (int64_t)roll(dice, 3);
	}
	if (groups)
		sc->held = roll_time(dice, 2, 30000, NEVER);
	if (roll(dice, 8) == 0)
		sc->hurry = roll_time(dice, 1, 30000, NEVER);
	sc->total = sc->shared && roll(dice, 4) == 0;
	actors_sort(sc);
}

static void
chance_play(uint64_t seed)
{
	uint64_t dice = seed * 0x9e3779b97f4a7c15u + 1;
	/* Its own: what is rolled by the others stays what it is. */
	uint64_t more = seed * 0xbf58476d1ce4e5b9u + 1;
	struct scenario sc;
	struct world w;
	size_t i;

	scenario_init(&sc, 16);
	roll_plan(&sc, &dice);
	for (i = 0; i < sc.nuris; i++)
		roll_uri(&sc.daemon[i], &dice);
	for (i = 0; i < sc.n; i++)
		roll_guest(&sc, i, &dice);
	roll_late(&sc, &more);
	world_init(&w, &sc, 0);
	world_run(&w);
	if (!w.cut && w.plan.n != sc.n)
		trouble(&w, "has never come", w.actor[w.plan.n].name);
	for (i = 0; i < w.plan.n; i++)
		if (w.actor[i].ends != 1)
			trouble(&w, "has not ended once", w.actor[i].name);
	if (w.engine.used[sc.action] != 0)
		trouble(&w, "slots are left over", "engine");
	if (w.trouble[0] != '\0')
		(void)fputs(w.text, stdout);
	ATF_REQUIRE_MSG(w.trouble[0] == '\0', "seed %" PRIu64 ": %s", seed,
	    w.trouble);
	(void)snprintf(sc.file, sizeof(sc.file), "seed %" PRIu64, seed);
	if (seed % SEEDS_MORE == 0)
		scenario_play(&sc);
	world_free(&w);
	scenario_free(&sc);
}

ATF_TC_WITHOUT_HEAD(chance);
ATF_TC_BODY(chance, tc)
{
	uint64_t seed;

	for (seed = 1; seed <= SEEDS; seed++)
		chance_play(seed);
}

/* What is said for tests and messages. */
ATF_TC_WITHOUT_HEAD(names);
ATF_TC_BODY(names, tc)
{
	unsigned i;

	for (i = 0; i < ENGINE_NSTATE; i++)
		ATF_CHECK_MSG(job_state_name((enum engine_state)i) != NULL,
		    "state %u", i);
	for (i = 0; i <= RESULT_CUT; i++)
		ATF_CHECK_MSG(job_result_name((enum engine_result)i) !=
		    NULL, "result %u", i);
	ATF_CHECK_STREQ("asked", job_state_name(STATE_ASKED));
	ATF_CHECK_STREQ("still on", job_result_name(RESULT_LATE));
	ATF_CHECK_STREQ("no state", job_state_name(ENGINE_NSTATE));
}

/* What cannot happen fails that guest, and no other. */
ATF_TC_WITHOUT_HEAD(impossible);
ATF_TC_BODY(impossible, tc)
{
	struct scenario *sc = scenario_new(2);
	struct world w;

	sc->cut = 0;
	world_init(&w, sc, 0);
	w.cut = true;
	w.daemon[0].is_up = false;
	news(&w, 1, EV_RESEND, NULL);
	ATF_CHECK_EQ(RESULT_UNKNOWN, w.engine.job[1].result);
	ATF_CHECK_STREQ("impossible while new", w.engine.job[1].why);
	ATF_CHECK(job_failed(&w.engine.job[1]));
	ATF_CHECK_EQ(STATE_NEW, w.engine.job[0].state);
	ATF_CHECK(!engine_done(&w.engine));
	/* What it is told afterwards changes nothing. */
	news(&w, 1, EV_OFF, NULL);
	ATF_CHECK_EQ(RESULT_UNKNOWN, w.engine.job[1].result);
	engine_cut(&w.engine, "cut", w.now);
	ATF_CHECK(engine_done(&w.engine));
	ATF_CHECK_EQ_MSG('\0', w.trouble[0], "%s", w.trouble);
	world_free(&w);
	scenario_delete(sc);
}

/* The rate of saves is that of the bytes written, by all saves together. */
ATF_TC_WITHOUT_HEAD(rate);
ATF_TC_BODY(rate, tc)
{
	struct scenario *sc = scenario_new(2);
	struct world w;
	size_t i;

	sc->action = POLICY_SUSPEND;
	sc->bound = 2;
	for (i = 0; i < 2; i++) {
		sc->actor[i].memory = 16000;
		sc->actor[i].takes = 100000;
	}
	world_init(&w, sc, 0);
	w.daemon[0].is_up = true;
	engine_daemon(&w.engine, 0, ENGINE_UP, w.now);
	engine_tick(&w.engine, w.now);
	for (i = 0; i < 2; i++)
		news(&w, i, EV_ON, NULL);
	engine_tick(&w.engine, w.now);
	ATF_REQUIRE_EQ(STATE_WORK, w.engine.job[1].state);
	ATF_CHECK_EQ(100000000, w.engine.disk.rate);
	/* Less than a second, and hardly any byte of its memory. */
	engine_progress(&w.engine, 0, 400000000, w.now + 900);
	ATF_CHECK_EQ(100000000, w.engine.disk.rate);
	engine_progress(&w.engine, 0, 100000000, w.now + 4000);
	ATF_CHECK_EQ(100000000, w.engine.disk.rate);
	engine_progress(&w.engine, 0, 400000000, w.now + 4000);
	ATF_CHECK_EQ(200000000, w.engine.disk.rate);
	engine_cut(&w.engine, "cut", w.now + 4000);
	world_free(&w);
	scenario_delete(sc);
}

/* A size that cannot be is refused here, too, instead of ending the test. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

/* Without memory for guests that come it goes on with those it has, whose steps
 * have moved. */
ATF_TC_WITHOUT_HEAD(more_unfit);
ATF_TC_BODY(more_unfit, tc)
{
	struct plan_step step[2] = {
		{ .chain = { POLICY_SHUTDOWN }, .memory = 1 },
		{ .chain = { POLICY_SUSPEND }, .memory = 2 },
	}, moved[2];
	struct plan p = { .step = step, .n = 1, .nuris = 1 };
	struct engine e;

	ATF_REQUIRE_EQ(0, engine_init(&e, &p, T0));
	memcpy(moved, step, sizeof(moved));
	p.step = moved;
	p.n = SIZE_MAX / sizeof(*e.job);
	ATF_CHECK_EQ(-1, engine_more(&e, 1, T0 + 1));
	p.n = 1;
	ATF_CHECK(e.job[0].step == &moved[0]);
	ATF_CHECK_EQ(1, e.unfinished);
	ATF_CHECK_EQ(1, e.uri[0].waiting);
	ATF_CHECK_EQ(0, e.disk.unsaved);
	/* There may be some another time. */
	p.n = 2;
	ATF_CHECK_EQ(0, engine_more(&e, 1, T0 + 2));
	ATF_CHECK(e.job[1].step == &moved[1]);
	ATF_CHECK_EQ(2, e.unfinished);
	ATF_CHECK_EQ(2, e.uri[0].waiting);
	ATF_CHECK_EQ(2, e.disk.unsaved);
	engine_free(&e);
}

/* The cost of a thousand guests that come late is linear. */
ATF_TC_WITHOUT_HEAD(more_cost);
ATF_TC_BODY(more_cost, tc)
{
	enum { FIRST = 1000, ALL = 2000 };
	static struct plan_step step[ALL];
	struct plan p = { .step = step, .n = FIRST, .nuris = 1 };
	struct engine e;
	size_t i;

	for (i = 0; i < ALL; i++)
		step[i].chain[0] = POLICY_SHUTDOWN;
	ATF_REQUIRE_EQ(0, engine_init(&e, &p, T0));
	e.begun = FIRST;
	p.n = ALL;
	ATF_REQUIRE_EQ(0, engine_more(&e, FIRST, T0 + 1));
	ATF_CHECK_MSG(e.shares <= ALL, "%zu jobs were looked at", e.shares);
	engine_free(&e);
}

/* What comes before guests leaves them their time. */
ATF_TC_WITHOUT_HEAD(begin_by);
ATF_TC_BODY(begin_by, tc)
{
	struct plan_step step[2] = {
		{ .chain = { POLICY_SHUTDOWN, POLICY_DESTROY } },
		{ .chain = { POLICY_SHUTDOWN } },
	};
	struct plan p = { .step = step, .n = 2, .nuris = 1 };
	struct engine e;

	ATF_REQUIRE_EQ(0, engine_init(&e, &p, T0));
	ATF_CHECK_EQ(0, budget_begin_by(&e, T0));
	engine_deadline(&e, T0 + 8000, T0);
	/* 5 seconds of it are those of destroy. */
	ATF_CHECK_EQ(T0 + 3000, budget_begin_by(&e, T0));
	ATF_CHECK_EQ(T0 + 3000, budget_begin_by(&e, T0 + 2000));
	/* An eighth, when there are less. */
	ATF_CHECK_EQ(T0 + 4500, budget_begin_by(&e, T0 + 4000));
	ATF_CHECK_EQ(T0 + 9000, budget_begin_by(&e, T0 + 9000));
	/* Half, when there are more; one at its last action has none. */
	step[0].chain[1] = POLICY_END;
	ATF_CHECK_EQ(T0 + 4000, budget_begin_by(&e, T0));
	e.job[1].last = true;
	ATF_CHECK_EQ(T0 + 1000, budget_begin_by(&e, T0));
	e.job[1].state = STATE_DONE;
	ATF_CHECK_EQ(T0 + 4000, budget_begin_by(&e, T0));
	engine_free(&e);
}

static char case_names[CASES][64];
static atf_tc_t case_tcs[CASES];
static size_t ncases;

ATF_TC_WITHOUT_HEAD(cases);
ATF_TC_BODY(cases, tc)
{
	ATF_CHECK_MSG(ncases >= 45, "only %zu case files: where are the "
	    "others?", ncases);
}

static atf_error_t
case_add(atf_tp_t *tp, const char *file, const char *const *config)
{
	const char *dot = strrchr(file, '.');
	char *name = case_names[ncases];
	atf_tc_t *tc = &case_tcs[ncases];
	atf_error_t error;

	if (dot == NULL || strcmp(dot, ".case") != 0 || ncases == CASES ||
	    (size_t)(dot - file) >= sizeof(case_names[0]))
		return atf_no_error();
	(void)strlcpy(name, file, (size_t)(dot - file) + 1);
	ncases++;
	error = atf_tc_init(tc, name, NULL, case_body, NULL, config);
	return atf_is_error(error) ? error : atf_tp_add_tc(tp, tc);
}

static const char *
config_srcdir(char **config)
{
	size_t i;

	for (i = 0; config[i] != NULL && config[i + 1] != NULL; i += 2)
		if (strcmp(config[i], "srcdir") == 0)
			return config[i + 1];
	return ".";
}

static atf_error_t
cases_add(atf_tp_t *tp)
{
	char **config = atf_tp_get_config(tp), path[400];
	atf_error_t error = atf_no_error();
	struct dirent *de;
	DIR *dir;

	if (config == NULL)
		return atf_no_memory_error();
	dir = cases_open(config_srcdir(config), path, sizeof(path));
	while (dir != NULL && !atf_is_error(error) &&
	    (de = readdir(dir)) != NULL)
		error = case_add(tp, de->d_name,
		    (const char *const *)config);
	if (dir != NULL)
		(void)closedir(dir);
	atf_utils_free_charpp(config);
	return error;
}

ATF_TP_ADD_TCS(tp)
{
	atf_error_t error = cases_add(tp);

	if (atf_is_error(error))
		return error;
	ATF_TP_ADD_TC(tp, cases);
	ATF_TP_ADD_TC(tp, names);
	ATF_TP_ADD_TC(tp, impossible);
	ATF_TP_ADD_TC(tp, rate);
	ATF_TP_ADD_TC(tp, begin_by);
	ATF_TP_ADD_TC(tp, more_cost);
	ATF_TP_ADD_TC(tp, more_unfit);
	ATF_TP_ADD_TC(tp, hundreds);
	ATF_TP_ADD_TC(tp, chance);
	return atf_no_error();
}
