#include "run/rescue.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libvirt/monitor.h"
#include "libvirt/survivors.h"
#include "plan/engine_job.h"
#include "run/host.h"
#include "run/request.h"
#include "run/work.h"
#include "sys/file.h"
#include "sys/log.h"
#include "text/deadline.h"

/*
 * Stop QEMU guests by their monitors when their daemon is gone.  These are the
 * engine's operations, so order, bounds, time limits and actions are those of
 * any stop.  A monitor greets no client while a daemon is connected, and a
 * running daemon holds a lock: nothing is done to a guest before one of the two
 * shows that its daemon is dead.
 */

#define STATUS_MAX	(1024UL * 1024)	/* bytes of a status file */
#define KILL_AFTER	2000		/* ms between SIGTERM and SIGKILL */
#define OPEN_MAX	100		/* watched processes, of LOOP_FDS */

struct rescue_job {
	struct task	*task;		/* NULL: not begun */
	struct monitor	 monitor;
	enum qmp_command want;		/* what the engine waits for;
					   QMP_CAPABILITIES: nothing;
					   QMP_QUIT: the end of the process */
	bool		 given;		/* want was sent */
	bool		 greeted;	/* once: its daemon is dead */
	bool		 quit;		/* QMP_QUIT was sent */
	bool		 saved;		/* ... because its save is complete */
	bool		 due;		/* event and text go to the engine */
	enum engine_event event;
	const char	*text;
	int64_t		 by;		/* an answer is late, 0 = never */
	int64_t		 kill_at;
};

/* Memory for guests that were planned together. */
struct rescue_room {
	struct rescue_room *next;
	struct rescue_job job[];
};

static const struct engine_job *
job_engine(const struct rescue_job *j)
{
	return &j->task->work->engine.job[j->task->job];
}

static void
job_say(const struct rescue_job *j, const char *what)
{
	char label[GUEST_LABEL];

	log_info(
	    "Guest %s %s", guest_label(work_task_guest(j->task), label), what);
}

/* Report an event to the engine with the next tick. */
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
job_answer(struct rescue_job *j, enum engine_event ev, const char *text)
{
	j->due = false;
	j->want = QMP_CAPABILITIES;
	j->by = 0;
	work_news(j->task, ev, text);
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
	[QMP_POWERDOWN] = "is asked to power off by its monitor",
	[QMP_CONT] = "is resumed by its monitor",
	[QMP_WAKEUP] = "is woken by its monitor",
	[QMP_QUIT] = "has shut down; ending its QEMU",
};

/* Send a command; false: the connection is lost. */
static bool
job_give(struct rescue_job *j, enum qmp_command c)
{
	if (monitor_tell(&j->monitor, c) == -1)
		return false;
	if (saying[c] != NULL)
		job_say(j, saying[c]);
	return true;
}

/* Libvirt runs QEMU with -no-shutdown: end it when its guest has shut down. */
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
	/* Perhaps it is paused for a save that will never end. */
	if (j->want == QMP_CONT)
		(void)job_give(j, QMP_CANCEL);
	/* If that failed, the monitor is dialled again. */
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

/*
 * Whether the daemon has written the whole save image of a paused guest before
 * it died.  To resume the guest would make its disks newer than the image,
 * which the next start restores.  The header of an image begins with
 * LibvirtQemudPart until it is complete (libvirt, src/qemu/qemu_saveimage.h).
 */
static bool
image_complete(const struct rescue_job *j)
{
	static const char complete[] = "LibvirtQemudSave";
	const char *name = work_task_guest(j->task)->name;
	const char *home = getenv("HOME"), *xdg = getenv("XDG_CONFIG_HOME");
	char path[PATH_MAX], head[sizeof(complete) - 1];
	bool same;
	FILE *fp;

	if (geteuid() == 0)
		(void)snprintf(path, sizeof(path),
		    "/var/lib/libvirt/qemu/save/%s.save", name);
	else if (xdg != NULL && *xdg == '/')
		(void)snprintf(path, sizeof(path),
		    "%s/libvirt/qemu/save/%s.save", xdg, name);
	else
		(void)snprintf(path, sizeof(path),
		    "%s/.config/libvirt/qemu/save/%s.save",
		    home != NULL ? home : "", name);
	if ((fp = fopen(path, "re")) == NULL)
		return false;
	same = fread(head, 1, sizeof(head), fp) == sizeof(head) &&
	    memcmp(head, complete, sizeof(head)) == 0;
	(void)fclose(fp);
	return same;
}

/* End the QEMU of a paused guest that is saved; the end of the process is the
 * answer. */
static bool
saved_quit(struct rescue_job *j)
{
	if (!image_complete(j))
		return false;
	if (!j->saved)
		job_say(j, "has a complete save image; ending its QEMU "
		    "without resuming it");
	j->saved = true;
	j->quit = j->quit || monitor_tell(&j->monitor, QMP_QUIT) == 0;
	return true;
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
	if (n->command == QMP_STATUS && n->what == QMP_RETURN &&
	    n->status == QMP_PAUSED && saved_quit(j))
		return;
	if (n->what == QMP_ERROR)
		job_answer(j, EV_AGAIN, n->text);
	else
		job_answer(j, n->command == QMP_STATUS ?
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

	job_answer(j, j->saved ? EV_SAVED : EV_OFF, NULL);
}

static const struct monitor_handlers monitor_handlers = {
	.ready = monitor_ready, .told = monitor_told, .ended = process_ended
};

int
rescue_status(const struct host *h, const char *name,
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

/* The path of a monitor: from the status file, else libvirt's default (the
 * first 20 characters of a name, src/conf/domain_conf.c). */
static void
monitor_path(const struct rescue_job *j, char path[DOMXML_OS])
{
	char status[DOMXML_NSTATUS][DOMXML_OS];
	const struct guest *g = work_task_guest(j->task);

	if (rescue_status(j->task->host, g->name, status) == 0)
		memcpy(path, status[DOMXML_MONITOR], DOMXML_OS);
	else
		(void)snprintf(path, DOMXML_OS, "/var/lib/libvirt/qemu/"
		    "domain-%d-%.20s/monitor.sock", (int)g->id, g->name);
}

/* How many more processes can be watched. */
static size_t
room_left(const struct work *w)
{
	const struct rescue_job *j;
	size_t i, n = 0;

	for (i = 0; i < w->plan.n && n < OPEN_MAX; i++)
		if ((j = w->task[i]->rescue) != NULL)
			n += j->monitor.open;
	return OPEN_MAX - n;
}

/* Watch its process; false: that failed, and an event is due. */
static bool
process_open(struct rescue_job *j)
{
	struct work *w = j->task->work;
	const char *name = work_task_guest(j->task)->name;
	const struct uri *u = &j->task->host->uri;
	long pid = survivors_pid(u, name), now = 0;
	struct errmsg em;

	j->monitor.loop = &w->run->loop;
	j->monitor.handlers = &monitor_handlers;
	j->monitor.arg = j;
	if (pid > 0 && monitor_open(&j->monitor, pid, &em) == -1) {
		log_warn("%s", em.text);
		job_due(j, EV_AGAIN, "cannot watch its process");
	} else if (pid > 0 && (now = survivors_pid(u, name)) == pid) {
		w->room--;
		return true;
	} else if (pid > 0 && now != 0) {
		job_due(j, EV_AGAIN, "its process has changed");
	} else if (pid == -1) {
		job_due(j, EV_NO, "its process is unknown");
	} else {
		job_due(j, EV_OFF, NULL);
	}
	monitor_close(&j->monitor);
	return false;
}

static const char no_force[] =
	    "its monitor does not answer: its daemon may still run";

/* Its daemon is dead, so force is allowed. */
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
	job_say(j, "is killed");
	j->given = true;
	j->kill_at = now + KILL_AFTER;
	monitor_signal(&j->monitor, SIGTERM);
}

/* Do the next step towards want, or only watch the guest. */
static void
job_go(struct rescue_job *j, int64_t now)
{
	struct work *w = j->task->work;
	char path[DOMXML_OS];
	struct errmsg em;

	if (!j->monitor.open && (w->room == 0 || !process_open(j)))
		return;
	if (j->want == QMP_QUIT) {
		if (!j->given)
			job_force(j, now);
		return;
	}
	/* To kill a guest that hangs, its process is enough. */
	if (job_does(job_engine(j))->forces && may_force(j)) {
		job_due(j, EV_ON, NULL);
		return;
	}
	if (j->by == 0)
		j->by = now + (int64_t)w->run->conf.connect_timeout * 1000;
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
		job_due(j, EV_AGAIN, "cannot connect to its monitor");
}

/*
 * The engine's operations.
 */

/* Only now: pages of guests that need no rescue stay untouched. */
static struct rescue_job *
job_of(struct task *t)
{
	t->rescue->task = t;
	return t->rescue;
}

static int
op_ask(struct task *t, enum policy_action action)
{
	enum qmp_command command = request_of(action)->command;
	struct rescue_job *j = job_of(t);

	if (command != QMP_NCOMMAND)
		job_want(j, command);
	else
		job_due(j, EV_NO, "its daemon is gone, and only the daemon "
		    "can save it");
	return 0;
}

static int
op_look(struct task *t)
{
	job_want(job_of(t), QMP_STATUS);
	return 0;
}

static int
op_wake(struct task *t, enum engine_event how)
{
	job_want(job_of(t), how == EV_ASLEEP ? QMP_WAKEUP : QMP_CONT);
	return 0;
}

/* Without a daemon no save is under way to abort or measure. */
static int
op_none(struct task *t)
{
	(void)t;
	return -1;
}

/* Also watches guests that were asked before their daemon died. */
static int
op_poll(struct work *w, struct host *h)
{
	struct rescue_job *j;
	size_t i;

	for (i = 0; i < w->plan.n; i++) {
		if (w->plan.step[i].uri != h->index ||
		    w->engine.job[i].state != STATE_ASKED)
			continue;
		j = job_of(w->task[i]);
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

const struct work_ops rescue_ops = {
	.ask = op_ask, .look = op_look, .wake = op_wake, .abort = op_none,
	.measure = op_none, .poll = op_poll
};

void
rescue_ended(struct task *t)
{
	if (t->rescue != NULL)
		monitor_close(&t->rescue->monitor);
}

void
rescue_release(struct task *t)
{
	struct rescue_job *j = t->rescue;

	if (j == NULL || j->task == NULL)
		return;
	monitor_close(&j->monitor);
	j->want = QMP_CAPABILITIES;
	/* The daemon may be connected to the monitor again. */
	j->due = j->greeted = j->quit = j->saved = j->given = false;
	j->by = j->kill_at = 0;
}

static void
job_tick(struct rescue_job *j, int64_t now)
{
	if (j->due) {
		job_answer(j, j->event, j->text);
	} else if (j->by != 0 && now >= j->by) {
		if (j->want == QMP_CAPABILITIES)
			j->by = 0;
		else if (job_does(job_engine(j))->forces)
			job_answer(j, EV_NO, no_force);
		else
			job_answer(j, EV_LATE, "its monitor does not answer");
	} else if (j->want != QMP_CAPABILITIES && !j->given) {
		job_go(j, now);
	}
	if (j->kill_at != 0 && now >= j->kill_at) {
		j->kill_at = 0;
		monitor_signal(&j->monitor, SIGKILL);
	}
}

/* The rescue of a job, if it is under way. */
static struct rescue_job *
job_rescued(const struct work *w, size_t job)
{
	struct task *t = w->task[job];

	return t->host->rescue.active && t->rescue != NULL &&
	    t->rescue->task != NULL &&
	    w->engine.job[job].result == RESULT_NONE ? t->rescue : NULL;
}

void
rescue_tick(struct work *w, int64_t now)
{
	struct rescue_job *j;
	size_t i;

	if (w->rooms == NULL)
		return;
	w->room = room_left(w);
	for (i = 0; i < w->plan.n; i++)
		if ((j = job_rescued(w, i)) != NULL)
			job_tick(j, now);
}

int64_t
rescue_next(const struct work *w)
{
	const struct rescue_job *j;
	int64_t due = 0;
	size_t i, room;

	if (w->rooms == NULL)
		return 0;
	room = room_left(w);
	for (i = 0; i < w->plan.n; i++) {
		if ((j = job_rescued(w, i)) == NULL)
			continue;
		due = deadline_min(due, deadline_min(j->by, j->kill_at));
		if (j->due || (j->want != QMP_CAPABILITIES && j->by == 0 &&
		    !j->given && (j->monitor.open || room > 0)))
			due = 1;
	}
	return due;
}

int
rescue_init(struct work *w, size_t from)
{
	struct rescue_room *room;
	size_t i;

	/* The first time also for the guests that were planned before. */
	if (w->rooms == NULL)
		from = 0;
	room = calloc(1, sizeof(*room) +
	    (w->plan.n - from) * sizeof(room->job[0]));
	if (room == NULL)
		return -1;
	room->next = w->rooms;
	w->rooms = room;
	for (i = from; i < w->plan.n; i++)
		w->task[i]->rescue = &room->job[i - from];
	return 0;
}

void
rescue_free(struct work *w)
{
	struct rescue_room *room;
	size_t i;

	for (i = 0; i < w->ntasks; i++) {
		rescue_ended(w->task[i]);
		w->task[i]->rescue = NULL;
	}
	while ((room = w->rooms) != NULL) {
		w->rooms = room->next;
		free(room);
	}
}
