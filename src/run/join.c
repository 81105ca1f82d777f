#include "run/join.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan/engine.h"
#include "plan/plan.h"
#include "run/inventory.h"
#include "run/record.h"
#include "sys/file.h"
#include "sys/log.h"
#include "text/deadline.h"
#include "text/errmsg.h"

#define LOCK_LOOK	100	/* ms between two looks at the lock */

#define PROC_STAT	4096	/* bytes of /proc/PID/stat */

#define HASH	14695981039346656037U	/* FNV-1a */

static uint64_t
hash(uint64_t h, const void *data, size_t len)
{
	const unsigned char *p = data;

	while (len-- > 0)
		h = (h ^ *p++) * 1099511628211U;
	return h;
}

/* A positive number. */
static int64_t
hash_end(uint64_t h)
{
	return (int64_t)(h >> 1 | 1);
}

/* The URIs of a stop: the result of a stop of other URIs is not ours. */
static int64_t
subject_of(const struct run *r)
{
	uint64_t h = HASH;
	size_t i;

	for (i = 0; i < r->conf.nuris; i++)
		/* The NUL too, as the end of it. */
		h = hash(h, r->conf.uris[i], strlen(r->conf.uris[i]) + 1);
	return hash_end(h);
}

/* The policy of a stop: by another policy it may leave other guests running. */
static int64_t
settings_of(const struct run *r)
{
	const struct conf *c = &r->conf;
	uint64_t h = HASH;

	h = hash(h, c->on_shutdown, sizeof(c->on_shutdown));
	h = hash(h, &c->persistent_only, sizeof(c->persistent_only));
	return hash_end(hash(h, c->guesttab, strlen(c->guesttab)));
}

int64_t
join_purpose(const struct run *r)
{
	/* Not 0, which is none. */
	return (subject_of(r) ^ settings_of(r)) | 1;
}

/* A guest still runs, or may run. */
static bool
some_left(const struct inventory *v)
{
	const struct guest *g;
	size_t i;

	for (i = 0; i < v->run->conf.nuris; i++)
		if (v->host[i].failed)
			return true;
	for (i = 0; i < v->guests.n; i++) {
		g = &v->guests.guest[i];
		if (g->result == RESULT_LEFT || g->result >= RESULT_REFUSED ||
		    plan_leaves(&v->guests, i, &v->run->tab,
		    &v->run->conf))
			return true;
	}
	return false;
}

static void
deadline_take(void *arg, int64_t deadline)
{
	struct join *j = arg;

	run_hasten(j->run, deadline);
}

static void
hurry_take(void *arg)
{
	struct join *j = arg;

	run_hurry(j->run);
}

/* A start ends between two guests: the guests that it has not started stay on
 * the list.  A stop of selected guests leaves them to the stop of all. */
static void
preempt_take(void *arg)
{
	struct join *j = arg;

	if (j->run->signal == 0)
		j->run->signal = RUN_PREEMPTED;
}

static const struct control_handlers stop_handlers = {
	.deadline = deadline_take, .hurry = hurry_take
};

static const struct control_handlers some_handlers = {
	.preempt = preempt_take, .hurry = hurry_take
};

static const struct control_handlers start_handlers = {
	.preempt = preempt_take
};

static void
part_hurry(void *arg, int64_t now)
{
	struct join *j = arg;

	(void)now;
	if (j->other.loop != NULL)
		(void)control_hurry(&j->other);
}

void
join_init(struct join *j, struct record *rec)
{
	memset(j, 0, sizeof(*j));
	j->run = rec->run;
	j->record = rec;
	j->part = (struct run_part){ .hurry = part_hurry, .arg = j };
	run_add(j->run, &j->part);
}

/* A stop of selected guests ends no start and has no result for others. */
static bool
stops_all(const struct run *r)
{
	return r->stopping && r->options->selection == NULL;
}

void
join_listen(struct join *j)
{
	struct errmsg em;

	j->control.loop = &j->run->loop;
	if (stops_all(j->run)) {
		j->control.handlers = &stop_handlers;
		j->control.role = CONTROL_STOP;
	} else if (j->run->stopping) {
		j->control.handlers = &some_handlers;
		j->control.role = CONTROL_SOME;
	} else {
		j->control.handlers = &start_handlers;
		j->control.role = CONTROL_START;
	}
	j->control.arg = j;
	j->control.subject = subject_of(j->run);
	if (control_listen(&j->control, j->record->state.socket_path,
	    &em) == -1)
		log_warn("no other stop can join or end this one: %s",
		    em.text);
}

bool
join_answer(struct join *j, const struct inventory *v, enum run_exit rv)
{
	j->control.settings = some_left(v) ? settings_of(j->run) : 0;
	/* After a signal, or a stop of selected guests, the stops that joined
	 * go on with the rest; a start has no result for them. */
	return control_end(&j->control, j->run->signal != 0 ||
	    !stops_all(j->run) ? -1 : (int)rv) > 0;
}

static void
wait_say(struct join *j)
{
	if (!j->told)
		log_info("Waiting for another libvirt-guests (process %d) to "
		    "end", j->pid);
	j->told = true;
}

/* Print what the other run is, as soon as it has sent that. */
static void
role_say(struct join *j, bool *told)
{
	if (*told || j->other.role == CONTROL_UNSAID || j->other.busy)
		return;
	*told = true;
	if (j->other.role == CONTROL_START && stops_all(j->run))
		log_info("Ending the start that is under way");
	else if (j->other.role == CONTROL_SOME && stops_all(j->run))
		log_info("Ending the stop of selected guests that is under "
		    "way");
	else if (j->other.role == CONTROL_STOP && j->joins)
		log_info("Joining the stop that is under way");
	else
		wait_say(j);
}

/* Wait for the result, until the deadline or a signal. */
static void
result_await(struct join *j)
{
	struct run *r = j->run;
	int64_t by = run_share(r, SHARE_JOINED, loop_now(), 0), next;
	bool told = false;

	while (j->other.state == CONTROL_WAITING) {
		if (by != 0 && loop_now() >= by)
			break;
		next = control_tick(&j->other, loop_now());
		if (j->other.state != CONTROL_WAITING)
			break;
		if (run_wait(r, deadline_min(by, next)) == -1)
			break;
		role_say(j, &told);
	}
	control_leave(&j->other);
}

enum joined {
	JOINED_NONE,		/* no run could be joined */
	JOINED_BUSY,		/* it has too many joiners */
	JOINED_LOST,		/* it ended without a result, or we gave up */
	JOINED_FROZEN,		/* it does not answer */
	JOINED_OTHER,		/* its result is for other URIs or settings */
	JOINED_RESULT
};

/* What the result of another stop means to this one. */
static enum joined
result_take(const struct join *j, enum run_exit *rv)
{
	const struct run *r = j->run;

	if (r->stopping && j->other.subject != subject_of(r)) {
		log_info("The other stop was for other URIs; stopping ours");
		return JOINED_OTHER;
	}
	if (r->stopping && j->other.settings != 0 &&
	    j->other.settings != settings_of(r)) {
		log_info("The other stop left guests running, by other "
		    "settings; stopping them");
		return JOINED_OTHER;
	}
	*rv = (enum run_exit)j->other.code;
	if (*rv != RUN_OK)
		log_error("the joined stop ended with exit code %d",
		    j->other.code);
	return JOINED_RESULT;
}

/* Join the stop, or end the start, that is under way, and wait for its end. */
static enum joined
other_join(struct join *j, enum run_exit *rv)
{
	struct run *r = j->run;
	struct errmsg em;

	*rv = RUN_FAILED;
	j->other.loop = &r->loop;
	if (control_join(&j->other, j->record->state.socket_path,
	    j->joins ? r->deadline : 0, &em) == -1) {
		log_debug("%s", em.text);
		return JOINED_NONE;
	}
	/* A restart, too, ends a start, but does not rely on its result. */
	if (stops_all(r))
		(void)control_preempt(&j->other);
	if (!stops_all(r) || !j->joins)
		(void)control_wait(&j->other);
	if (r->hurry && j->joins)
		(void)control_hurry(&j->other);
	result_await(j);
	if (j->other.state == CONTROL_FROZEN)
		return JOINED_FROZEN;
	if (j->other.busy)
		return JOINED_BUSY;
	if (j->other.state != CONTROL_RESULT || !j->joins)
		return JOINED_LOST;
	return result_take(j, rv);
}

enum waited {
	WAITED_AGAIN,		/* try the lock again */
	WAITED_LONG,		/* go on without the lock */
	WAITED_END		/* there is a result */
};

/* The owner of the lock does not answer. */
static enum waited
frozen(const struct join *j)
{
	log_error("another libvirt-guests (process %d) has the lock and does "
	    "not answer%s", j->pid, j->run->stopping ?
	    "; stopping without it" : "");
	return j->run->stopping ? WAITED_LONG : WAITED_END;
}

/* The owner of the lock is stopped (SIGSTOP), by its state in proc(5). */
static bool
owner_stopped(const struct join *j)
{
	char path[32];
	struct file_read f = { .path = path, .max = PROC_STAT };
	const char *state;
	struct errmsg em;
	bool stopped;
	size_t len;
	char *text;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", j->pid);
	if (j->pid == 0 || file_read(&f, &text, &len, &em) == -1)
		return false;
	state = strrchr(text, ')');
	stopped = state != NULL && state[1] == ' ' &&
	    (state[2] == 'T' || state[2] == 't');
	free(text);
	return stopped;
}

/* The owner cannot be joined: wait for the lock.  A stop waits no longer than
 * for an owner that does not answer. */
static enum waited
unjoined_wait(struct join *j)
{
	struct run *r = j->run;
	int64_t by = share_deadline(r->began, r->conf.stop_deadline);

	if (j->since == 0)
		j->since = loop_now();
	if (loop_now() > j->since + CONTROL_SILENCE &&
	    (r->stopping || owner_stopped(j)))
		return frozen(j);
	if (by != 0 && loop_now() >= by) {
		log_error("another libvirt-guests (process %d) still runs; "
		    "giving up",
		    j->pid);
		return WAITED_END;
	}
	return run_wait(r, loop_now() + LOCK_LOOK) == -1 ? WAITED_END :
	    WAITED_AGAIN;
}

/* The lock has an owner.  *rv is the result, in the end. */
static enum waited
lock_wait(struct join *j, enum run_exit *rv)
{
	enum joined joined = other_join(j, rv);

	j->joined = joined == JOINED_RESULT;
	if (j->joined || j->run->signal != 0)
		return WAITED_END;
	*rv = RUN_FAILED;
	if (joined == JOINED_FROZEN)
		return frozen(j);
	if (joined == JOINED_NONE || joined == JOINED_BUSY)
		wait_say(j);
	if (joined != JOINED_NONE)
		j->since = 0;
	return unjoined_wait(j);
}

enum run_exit
join_lock(struct join *j)
{
	struct state *st = &j->record->state;
	enum waited waited = WAITED_AGAIN;
	struct errmsg em = { .code = 0 };
	enum run_exit code;
	bool denied;
	int rv;

	run_loop(j->run);
	while ((rv = state_lock(st, &j->pid, &em)) == 1 &&
	    waited == WAITED_AGAIN)
		if ((waited = lock_wait(j, &code)) == WAITED_END)
			return code;
	denied = em.code == EACCES || em.code == EPERM;
	if (rv == -1 && (!j->run->stopping || (denied && geteuid() != 0))) {
		log_error("no lock: %s%s", em.text, denied ? "" :
		    "; set RUN_DIR to a directory that can be written");
		return denied ? RUN_DENIED : RUN_FAILED;
	}
	/* Guests are stopped whatever becomes of the lock. */
	if (rv == -1)
		log_error("no lock: %s; stopping without it", em.text);
	record_open(j->record);
	return RUN_OK;
}
