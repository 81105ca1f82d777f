#include "run/rescue.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "libvirt/monitor.h"
#include "libvirt/survivors.h"
#include "run/run.h"
#include "sys/file.h"
#include "sys/log.h"
#include "text/escape.h"
#include "wire/domxml.h"
#include "wire/lvproto.h"

/*
 * Guests of QEMU whose daemon is gone for good are stopped by their monitors:
 * the engine's operations once more, so that order, bounds, times and words
 * are those of any stop.  A monitor greets nobody while a daemon has it, and a
 * daemon that lives holds a lock: nothing is done to a guest before the one or
 * the other has told that its daemon is dead.
 */

#define STATUS_MAX	(1024 * 1024)	/* bytes of a status file */
#define FOREVER		(7 * 24 * 3600 * (int64_t)1000)
#define LOOK		1000		/* ms between looks for a daemon */
#define BEFORE		100		/* ms until the engine gives it up */
#define KILL_AFTER	2000		/* ms for an end by SIGTERM */
#define OPEN_MAX	100		/* processes watched at once; the loop
					   has other things to do */

struct rescue_job {
	struct task	*task;		/* NULL: nothing was done yet */
	struct monitor	 monitor;
	enum qmp_command want;		/* what the engine waits for; that of
					   the greeting: nothing; QMP_QUIT: its
					   end, whatever it takes */
	bool		 given;		/* ... and that it was given */
	bool		 greeted;	/* ever: its daemon is dead */
	bool		 quit;		/* it was told to */
	bool		 due;		/* event and text are to be told */
	enum engine_event event;
	const char	*text;
	int64_t		 by;		/* an answer is late, 0 = never */
	int64_t		 kill_at;
};

/* Those of guests that were planned together. */
struct rescue_room {
	struct rescue_room *next;
	struct rescue_job job[];
};

static const struct guest *
job_guest(const struct rescue_job *j)
{
	const struct run *r = j->task->run;

	return &r->guests.guest[r->plan.step[j->task->job].guest];
}

static struct engine_job *
job_engine(const struct rescue_job *j)
{
	return &j->task->run->engine.job[j->task->job];
}

static void
job_say(const struct rescue_job *j, const char *what)
{
	char label[GUEST_LABEL];

	log_info("Guest %s %s", guest_label(job_guest(j), label), what);
}

/* Tell the engine, with the next tick. */
static void
job_due(struct rescue_job *j, enum engine_event ev, const char *text)
{
	j->due = true;
	j->event = ev;
	j->text = text;
	j->want = QMP_CAPABILITIES;
	j->by = 0;
}

static void
job_tell(struct rescue_job *j, enum engine_event ev, const char *text)
{
	struct engine_news n = { .job = j->task->job, .event = ev,
	    .text = text };

	j->due = false;
	j->want = QMP_CAPABILITIES;
	j->by = 0;
	engine_event(&j->task->run->engine, &n, loop_now());
}

static void
job_want(struct rescue_job *j, enum qmp_command c)
{
	j->want = c;
	j->given = j->due = false;
	j->by = 0;
}

/*
 * Monitors.
 */

static const char *const saying[QMP_NCOMMAND] = {
	[QMP_POWERDOWN] = "is asked by its monitor to power off",
	[QMP_CONT] = "is resumed by its monitor",
	[QMP_WAKEUP] = "is woken by its monitor",
	[QMP_QUIT] = "has shut down; its QEMU is told to quit",
};

/* False: the monitor has gone away. */
static bool
job_give(struct rescue_job *j, enum qmp_command c)
{
	if (monitor_tell(&j->monitor, c) == -1)
		return false;
	if (saying[c] != NULL)
		job_say(j, saying[c]);
	return true;
}

/* Libvirt has QEMU stay when its guest has shut down (-no-shutdown). */
static void
guest_off(struct rescue_job *j)
{
	j->quit = j->quit || job_give(j, QMP_QUIT);
}

static void
want_give(struct rescue_job *j)
{
	if (j->given || j->want == QMP_CAPABILITIES)
		return;
	/* It may stand still for a save that will never be finished. */
	if (j->want == QMP_CONT)
		(void)job_give(j, QMP_CANCEL);
	/* If not, it is dialled again. */
	j->given = job_give(j, j->want);
}

static void
monitor_ready(void *arg)
{
	struct rescue_job *j = arg;

	j->greeted = true;
	j->quit = false;
	if (j->want == QMP_CAPABILITIES)
		(void)job_give(j, QMP_STATUS);
	else
		want_give(j);
}

static const enum engine_event status_event[] = {
	[QMP_RUNNING] = EV_ON, [QMP_PAUSED] = EV_PAUSED,
	[QMP_ASLEEP] = EV_ASLEEP, [QMP_CRASHED] = EV_CRASHED,
	[QMP_OFF] = EV_ENDING
};

static void
answer_take(struct rescue_job *j, const struct qmp_news *n)
{
	bool wanted = j->given && j->want != QMP_QUIT &&
	    n->command == j->want;

	if (n->command == QMP_STATUS && n->what == QMP_RETURN &&
	    n->status == QMP_OFF)
		guest_off(j);
	if (!wanted)
		return;
	if (n->what == QMP_ERROR)
		job_tell(j, EV_AGAIN, n->text);
	else
		job_tell(j, n->command == QMP_STATUS ?
		    status_event[n->status] : EV_OK, NULL);
}

static void
monitor_told(void *arg, const struct qmp_news *n)
{
	struct rescue_job *j = arg;

	if (n->what == QMP_SHUTDOWN && n->guest) {
		guest_off(j);
	} else if (n->what == QMP_SHUTDOWN) {
		(void)job_give(j, QMP_STATUS);
	} else if (n->what == QMP_RESET &&
	    job_engine(j)->state == STATE_ASKED) {
		job_say(j, "has rebooted");
		(void)job_give(j, QMP_POWERDOWN);
	} else {
		answer_take(j, n);
	}
}

static void
process_ended(void *arg)
{
	struct rescue_job *j = arg;

	job_tell(j, EV_OFF, NULL);
}

static const struct monitor_handlers monitor_handlers = {
	.ready = monitor_ready, .told = monitor_told, .ended = process_ended
};

/* What its status file has to say of a guest; 0 or -1. */
static int
status_read(const struct host *h, const char *name,
    char out[DOMXML_NSTATUS][DOMXML_OS])
{
	char path[2 * SURVIVORS_DIR], *text;
	struct file_read f = { .path = path, .max = STATUS_MAX };
	struct errmsg em;
	size_t len;
	int rv;

	if (survivors_status(&h->uri, name, path, sizeof(path)) == -1 ||
	    file_read(&f, &text, &len, &em) == -1)
		return -1;
	rv = domxml_status(text, len, out);
	free(text);
	return rv;
}

/* Where a monitor is: by the status file, else where libvirt has them (the
 * first 20 characters of a name, src/conf/domain_conf.c). */
static void
monitor_path(const struct rescue_job *j, char path[DOMXML_OS])
{
	char status[DOMXML_NSTATUS][DOMXML_OS];
	const struct guest *g = job_guest(j);

	if (status_read(j->task->host, g->name, status) == 0)
		memcpy(path, status[DOMXML_MONITOR], DOMXML_OS);
	else
		(void)snprintf(path, DOMXML_OS, "/var/lib/libvirt/qemu/"
		    "domain-%d-%.20s/monitor.sock", (int)g->id, g->name);
}

/* How many more can be watched. */
static size_t
room_left(const struct run *r)
{
	const struct rescue_job *j;
	size_t i, n = 0;

	for (i = 0; i < r->plan.n && n < OPEN_MAX; i++)
		if ((j = r->task[i]->rescue) != NULL)
			n += j->monitor.open;
	return OPEN_MAX - n;
}

/* Have its process watched; false: it cannot be, and that is due. */
static bool
process_open(struct rescue_job *j)
{
	struct run *r = j->task->run;
	const char *name = job_guest(j)->name;
	const struct uri *u = &j->task->host->uri;
	long pid = survivors_pid(u, name), now = 0;
	struct errmsg em;

	j->monitor.loop = &r->loop;
	j->monitor.handlers = &monitor_handlers;
	j->monitor.arg = j;
	if (pid > 0 && monitor_open(&j->monitor, pid, &em) == -1) {
		log_warn("%s", em.text);
		job_due(j, EV_AGAIN, "its process cannot be watched");
	} else if (pid > 0 && (now = survivors_pid(u, name)) == pid) {
		r->rescue_room--;
		return true;
	} else if (pid > 0 && now != 0) {
		job_due(j, EV_AGAIN, "its process is another one");
	} else if (pid == -1) {
		job_due(j, EV_NO, "nobody knows its process");
	} else {
		job_due(j, EV_OFF, NULL);
	}
	monitor_close(&j->monitor);
	return false;
}

static const char no_force[] =
	    "its monitor does not answer: its daemon may be alive";

/* No daemon can have it. */
static bool
may_force(const struct rescue_job *j)
{
	return j->greeted ||
	    survivors_daemon(&j->task->host->uri) == SURVIVORS_DEAD;
}

static void
job_force(struct rescue_job *j, int64_t now)
{
	if (!may_force(j)) {
		job_due(j, EV_NO, no_force);
		return;
	}
	job_say(j, "is ended by force");
	j->given = true;
	j->kill_at = now + KILL_AFTER;
	monitor_signal(&j->monitor, SIGTERM);
}

/* Go on with what the engine wants, or have an eye on the guest. */
static void
job_go(struct rescue_job *j, int64_t now)
{
	struct run *r = j->task->run;
	char path[DOMXML_OS];
	struct errmsg em;

	if (!j->monitor.open && (r->rescue_room == 0 || !process_open(j)))
		return;
	if (j->want == QMP_QUIT) {
		if (!j->given)
			job_force(j, now);
		return;
	}
	/* Who is stuck has a process, and that is all it takes. */
	if (engine_word(job_engine(j)) == POLICY_DESTROY && may_force(j)) {
		job_due(j, EV_ON, NULL);
		return;
	}
	if (j->by == 0)
		j->by = now + (int64_t)r->conf.connect_timeout * 1000;
	if (j->monitor.ready) {
		want_give(j);
		return;
	}
	if (j->monitor.fd != -1)
		return;
	monitor_path(j, path);
	if (monitor_dial(&j->monitor, path, &em) == 0)
		return;
	log_debug("%s", em.text);
	if (j->want != QMP_CAPABILITIES)
		job_due(j, EV_AGAIN, "its monitor cannot be reached");
}

/*
 * The engine's operations.
 */

/* The memory of guests that never come to this is never touched. */
static struct rescue_job *
job_of(struct run *r, size_t job)
{
	r->task[job]->rescue->task = r->task[job];
	return r->task[job]->rescue;
}

int
rescue_ask(struct run *r, size_t job, enum policy_word word)
{
	struct rescue_job *j = job_of(r, job);

	if (word == POLICY_SHUTDOWN)
		job_want(j, QMP_POWERDOWN);
	else if (word == POLICY_DESTROY)
		job_want(j, QMP_QUIT);
	else
		job_due(j, EV_NO, "its daemon is gone, and nobody else saves");
	return 0;
}

int
rescue_look(struct run *r, size_t job)
{
	job_want(job_of(r, job), QMP_STATUS);
	return 0;
}

int
rescue_wake(struct run *r, size_t job, enum engine_event how)
{
	job_want(job_of(r, job), how == EV_ASLEEP ? QMP_WAKEUP : QMP_CONT);
	return 0;
}

/* Those that were asked before have an eye on them, too. */
int
rescue_poll(struct run *r, size_t uri)
{
	struct rescue_job *j;
	size_t i;

	for (i = 0; i < r->plan.n; i++) {
		if (r->plan.step[i].uri != uri ||
		    r->engine.job[i].state != STATE_ASKED)
			continue;
		j = job_of(r, i);
		if (j->due || j->want != QMP_CAPABILITIES)
			continue;
		if (j->monitor.open && j->monitor.ready)
			(void)job_give(j, QMP_STATUS);
		else
			job_go(j, loop_now());
		j->by = 0;
	}
	return -1;
}

void
rescue_ended(struct run *r, size_t job)
{
	if (r->task[job]->rescue != NULL)
		monitor_close(&r->task[job]->rescue->monitor);
}

/*
 * Daemons.
 */

/* A daemon is given up after CONNECT_TIMEOUT, or sooner where guests have
 * less time than that would leave them. */
int64_t
rescue_patience(const struct run *r)
{
	/* The engine gives a guest up when all of that is over. */
	int64_t most = (int64_t)r->conf.connect_timeout * 1000 - BEFORE, left;

	left = (int64_t)r->conf.shutdown_timeout * 1000 / 4;
	if (left > 0 && left < most)
		most = left;
	left = (r->by - loop_now()) / 4;
	if (r->by > 0 && left < most)
		most = left > 0 ? left : 0;
	return most;
}

static bool
host_mayrescue(const struct host *h)
{
	char path[2 * SURVIVORS_DIR];

	return h->run->stopping && h->run->conf.rescue &&
	    survivors_status(&h->uri, "x", path, sizeof(path)) == 0;
}

/* Where the driver was left to the daemon, a guest of it tells which it is. */
static bool
host_monitored(const struct host *h, const struct guests *gs)
{
	bool is = *h->uri.driver != '\0';
	size_t i;

	for (i = 0; i < gs->n && !is; i++)
		is = gs->guest[i].uri == h->index && !gs->guest[i].over &&
		    survivors_pid(&h->uri, gs->guest[i].name) > 0;
	return is;
}

/* None of them is saved; who was to be, and nothing else, is asked to power
 * off, which beats the power cut that follows. */
static void
steps_adapt(const struct host *h)
{
	struct plan_step *s;
	size_t i;

	for (i = 0; i < h->run->plan.n; i++) {
		s = &h->run->plan.step[i];
		if (s->uri != h->index)
			continue;
		s->persistent = false;
		if (s->chain[0] == POLICY_SUSPEND && s->chain[1] == POLICY_END)
			s->chain[1] = POLICY_SHUTDOWN;
	}
}

/* False: it lives, but is deaf; then nobody else may. */
static bool
daemon_gone(const struct host *h)
{
	enum survivors_daemon v = survivors_daemon(&h->uri);
	char label[RUN_LABEL];

	if (v != SURVIVORS_LIVES)
		log_warn("%s: its daemon %s: its guests are stopped by their "
		    "monitors", run_host_label(h, label), v == SURVIVORS_DEAD ?
		    "is gone" : "does not answer");
	return v != SURVIVORS_LIVES;
}

static void
host_begin(struct host *h, int64_t now)
{
	size_t i;

	h->rescue_at = now + LOOK;
	if (!daemon_gone(h))
		return;
	h->rescued = true;
	steps_adapt(h);
	/* No daemon has to come to terms with its saves any more. */
	for (i = 0; i < h->run->plan.n; i++)
		if (h->run->plan.step[i].uri == h->index)
			h->run->engine.job[i].severed = false;
	engine_up(&h->run->engine, h->index, true, now);
}

/* Who is under way is left half of his time for that. */
static int64_t
host_delay(const struct host *h, int64_t now)
{
	int64_t most = rescue_patience(h->run), left;
	const struct engine_job *j;
	size_t i;

	for (i = 0; h->run->driving && i < h->run->plan.n; i++) {
		j = &h->run->engine.job[i];
		left = (j->until - now) / 2;
		if (j->step->uri == h->index && j->result == RESULT_NONE &&
		    j->until != 0 && left < most)
			most = left > 0 ? left : 0;
	}
	return most;
}

static void
host_release(struct host *h, int64_t now)
{
	struct run *r = h->run;
	struct rescue_job *j;
	char label[RUN_LABEL];
	size_t i;

	log_info("%s: its daemon is back", run_host_label(h, label));
	h->rescued = false;
	h->rescue_at = now + host_delay(h, now);
	for (i = 0; i < r->ntasks; i++) {
		j = r->task[i]->rescue;
		if (j == NULL || j->task == NULL || j->task->host != h)
			continue;
		monitor_close(&j->monitor);
		j->want = QMP_CAPABILITIES;
		/* Who has greeted us may be its daemon's again. */
		j->due = j->greeted = j->quit = j->given = false;
		j->by = j->kill_at = 0;
	}
	if (r->driving)
		engine_up(&r->engine, h->index, false, now);
}

void
rescue_up(struct host *h)
{
	if (h->rescued)
		host_release(h, loop_now());
	h->rescue_at = 0;
}

void
rescue_down(struct host *h)
{
	int64_t now = loop_now();

	if (h->monitored)
		h->rescue_at = now + host_delay(h, now);
}

static void
job_tick(struct rescue_job *j, int64_t now)
{
	if (j->due) {
		job_tell(j, j->event, j->text);
	} else if (j->by != 0 && now >= j->by) {
		if (j->want == QMP_CAPABILITIES)
			j->by = 0;
		else if (engine_word(job_engine(j)) == POLICY_DESTROY)
			job_tell(j, EV_NO, no_force);
		else
			job_tell(j, EV_LATE, "its monitor does not answer");
	} else if (j->want != QMP_CAPABILITIES && !j->given) {
		job_go(j, now);
	}
	if (j->kill_at != 0 && now >= j->kill_at) {
		j->kill_at = 0;
		monitor_signal(&j->monitor, SIGKILL);
	}
}

/* Its rescue, while it is under way. */
static struct rescue_job *
job_rescued(const struct run *r, size_t job)
{
	struct task *t = r->task[job];

	return t->host->rescued && t->rescue != NULL &&
	    t->rescue->task != NULL &&
	    r->engine.job[job].result == RESULT_NONE ? t->rescue : NULL;
}

void
rescue_tick(struct run *r, int64_t now)
{
	struct rescue_job *j;
	struct host *h;
	size_t i;

	if (r->rescue == NULL)
		return;
	for (i = 0; i < r->conf.nuris; i++) {
		h = &r->host[i];
		if (h->rescue_at == 0 || now < h->rescue_at)
			continue;
		if (!h->rescued)
			host_begin(h, now);
		else if (survivors_daemon(&h->uri) == SURVIVORS_LIVES)
			host_release(h, now);
		else
			h->rescue_at = now + LOOK;
	}
	r->rescue_room = room_left(r);
	for (i = 0; i < r->plan.n; i++)
		if ((j = job_rescued(r, i)) != NULL)
			job_tick(j, now);
}

int64_t
rescue_next(const struct run *r, int64_t due)
{
	const struct rescue_job *j;
	size_t i, room;

	if (r->rescue == NULL)
		return due;
	room = room_left(r);
	for (i = 0; i < r->conf.nuris; i++)
		due = deadline_min(due, r->host[i].rescue_at);
	for (i = 0; i < r->plan.n; i++) {
		if ((j = job_rescued(r, i)) == NULL)
			continue;
		due = deadline_min(due, deadline_min(j->by, j->kill_at));
		if (j->due || (j->want != QMP_CAPABILITIES && j->by == 0 &&
		    !j->given && (j->monitor.open || room > 0)))
			due = 1;
	}
	return due;
}

/* False: it is none that may come to be rescued. */
static bool
host_prepare(struct host *h)
{
	h->monitored = host_mayrescue(h) && (h->monitored ||
	    host_monitored(h, &h->run->guests));
	/* It went before anyone knew what it is.  (None of its guests is
	 * under way; the engine does not know the latest yet.) */
	if (h->monitored && !h->rescued && !h->failed &&
	    h->virt.state != VIRT_UP && h->rescue_at == 0)
		h->rescue_at = loop_now() + rescue_patience(h->run);
	if (h->rescued)
		steps_adapt(h);
	return h->monitored;
}

int
rescue_init(struct run *r, size_t from)
{
	struct rescue_room *room;
	bool may = false;
	size_t i;

	for (i = 0; i < r->conf.nuris; i++)
		if (r->host[i].stage == HOST_JOINED)
			may = host_prepare(&r->host[i]) || may;
	if (!may)
		return 0;
	/* Who was there before has none either. */
	if (r->rescue == NULL)
		from = 0;
	room = calloc(1, sizeof(*room) +
	    (r->plan.n - from) * sizeof(room->job[0]));
	if (room == NULL)
		return -1;
	room->next = r->rescue;
	r->rescue = room;
	for (i = from; i < r->plan.n; i++)
		r->task[i]->rescue = &room->job[i - from];
	return 0;
}

void
rescue_free(struct run *r)
{
	struct rescue_room *room;
	size_t i;

	for (i = 0; i < r->ntasks; i++) {
		rescue_ended(r, i);
		r->task[i]->rescue = NULL;
	}
	while ((room = r->rescue) != NULL) {
		r->rescue = room->next;
		free(room);
	}
}

/*
 * Inventories.
 */

struct listing {
	struct host	*host;
	bool		 tell;		/* of those that are bad */
	size_t		 bad;
};

static bool
guest_take(struct listing *l, const char *file,
    char status[DOMXML_NSTATUS][DOMXML_OS])
{
	struct lvmsg_domain d = { .name = status[DOMXML_NAME] };
	struct guest *g = NULL;
	char path[2 * SURVIVORS_DIR];
	const char *bad;

	d.namelen = strlen(d.name);
	d.id = (int32_t)strtonum(status[DOMXML_ID], 0, INT32_MAX, &bad);
	if (bad != NULL || strcmp(d.name, file) != 0 ||
	    uuid_parse(status[DOMXML_UUID], d.uuid) == -1 ||
	    guests_add(&l->host->guests, l->host->index, &d, &g) == -1 ||
	    g == NULL)
		return false;
	/* A user's are taken for what they mostly are. */
	(void)snprintf(path, sizeof(path), "/etc/libvirt/qemu/%s.xml", file);
	g->persistent = geteuid() != 0 || access(path, F_OK) == 0;
	(void)snprintf(path, sizeof(path),
	    "/etc/libvirt/qemu/autostart/%s.xml", file);
	g->autostart = l->host->run->conf.ignore_autostart &&
	    access(path, F_OK) == 0;
	return true;
}

static void
living_take(void *arg, const struct survivors_guest *vg)
{
	struct listing *l = arg;
	char status[DOMXML_NSTATUS][DOMXML_OS], label[RUN_LABEL];
	char text[RUN_LABEL];

	if (!vg->monitored)
		return;
	if (status_read(l->host, vg->name, status) == 0 &&
	    guest_take(l, vg->name, status))
		return;
	l->bad++;
	if (!l->tell)
		return;
	l->host->run->unlisted = true;
	(void)escape_text(text, sizeof(text), vg->name, strlen(vg->name));
	log_error("%s: guest %s: it lives, but what libvirt noted of it "
	    "cannot be read", run_host_label(l->host, label), text);
}

/* What is bad is told, unless that was done. */
static bool
host_list(struct host *h, bool tell)
{
	struct listing l = { .host = h, .tell = tell };

	if (!h->monitored ||
	    (!h->rescued && survivors_daemon(&h->uri) == SURVIVORS_LIVES) ||
	    !survivors_each(&h->uri, living_take, &l))
		return false;
	guests_sort(&h->guests);
	if (l.bad == 0 || h->run->unlisted)
		return true;
	guests_free(&h->guests);
	return false;
}

bool
rescue_list(struct host *h)
{
	return host_list(h, false);
}

void
rescue_adopt(struct host *h)
{
	struct survivors v;

	if (!host_mayrescue(h))
		return;
	survivors_live(&h->uri, &v);
	if (v.live == 0 || !daemon_gone(h))
		return;
	h->monitored = true;
	h->rescued = host_list(h, true) &&
	    host_monitored(h, &h->guests);
	if (!h->rescued) {
		guests_free(&h->guests);
		return;
	}
	h->failed = false;
	h->listed = true;
	h->rescue_at = loop_now() + LOOK;
	/* Should it come back it takes over. */
	virt_open(&h->virt, FOREVER, loop_now());
}
