#include "run/join.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "plan/engine.h"
#include "plan/plan.h"
#include "run/inventory.h"
#include "run/record.h"
#include "sys/log.h"
#include "text/errmsg.h"

#define LOCK_LOOK	100	/* ms between two looks at the lock */
#define SLACK	5000	/* ms after a deadline, for the other's last actions */

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
		    plan_leaves(&v->guests, i, &v->run->conf))
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

static const struct control_handlers handlers = {
	.deadline = deadline_take, .hurry = hurry_take
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

void
join_listen(struct join *j)
{
	struct errmsg em;

	j->control.loop = &j->run->loop;
	j->control.handlers = &handlers;
	j->control.arg = j;
	j->control.subject = subject_of(j->run);
	if (control_listen(&j->control, j->record->state.socket_path,
	    &em) == -1)
		log_warn("no other stop can join this one: %s", em.text);
}

bool
join_answer(struct join *j, const struct inventory *v, enum run_exit rv)
{
	j->control.settings = some_left(v) ? settings_of(j->run) : 0;
	/* After a signal, the stops that joined go on with the rest. */
	return control_end(&j->control, j->run->signal != 0 ? -1 :
	    (int)rv) > 0;
}

/* Wait for the result, until the deadline or a signal. */
static void
result_await(struct join *j)
{
	struct run *r = j->run;
	int64_t by = r->deadline == 0 ? 0 : r->deadline + SLACK;

	while (j->other.state == CONTROL_WAITING) {
		if (by != 0 && loop_now() >= by)
			break;
		if (run_wait(r, by) == -1)
			break;
	}
	control_leave(&j->other);
}

enum joined {
	JOINED_NONE,		/* no stop could be joined */
	JOINED_LOST,		/* it ended without a result, or we gave up */
	JOINED_OTHER,		/* its result is for other URIs or settings */
	JOINED_RESULT
};

/* Join the stop that is under way, and wait for its result. */
static enum joined
other_join(struct join *j, enum run_exit *rv)
{
	struct run *r = j->run;
	struct errmsg em;

	*rv = RUN_FAILED;
	j->other.loop = &r->loop;
	if (control_join(&j->other, j->record->state.socket_path, r->deadline,
	    &em) == -1) {
		log_debug("%s", em.text);
		return JOINED_NONE;
	}
	log_info("Joining the stop that is under way");
	if (r->hurry)
		(void)control_hurry(&j->other);
	result_await(j);
	if (j->other.state != CONTROL_RESULT)
		return JOINED_LOST;
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

/* True: stop waiting, *rv is the result.  *told: the wait was reported. */
static bool
lock_wait(struct join *j, int pid, bool *told, enum run_exit *rv)
{
	struct run *r = j->run;
	int64_t by = (int64_t)r->conf.stop_deadline * 1000;
	enum joined joined = JOINED_NONE;

	*rv = RUN_FAILED;
	if (j->joins)
		joined = other_join(j, rv);
	j->joined = joined == JOINED_RESULT;
	if (j->joined || r->signal != 0)
		return true;
	*rv = RUN_FAILED;
	if (by > 0 && loop_now() >= r->began + by) {
		log_error("another libvirt-guests (process %d) still runs; "
		    "giving up",
		    pid);
		return true;
	}
	if (!*told && joined == JOINED_NONE)
		log_info("Waiting for another libvirt-guests (process %d) to "
		    "end", pid);
	*told = true;
	return run_wait(r, loop_now() + LOCK_LOOK) == -1;
}

enum run_exit
join_lock(struct join *j)
{
	struct state *st = &j->record->state;
	bool told = false;
	enum run_exit code;
	struct errmsg em;
	int pid, rv;

	run_loop(j->run);
	while ((rv = state_lock(st, &pid, &em)) == 1)
		if (lock_wait(j, pid, &told, &code))
			return code;
	if (rv == -1 && (!j->run->stopping || (geteuid() != 0 &&
	    (em.code == EACCES || em.code == EPERM)))) {
		log_error("%s", em.text);
		return em.code == EACCES || em.code == EPERM ? RUN_DENIED :
		    RUN_FAILED;
	}
	/* Guests are stopped whatever becomes of the lock. */
	if (rv == -1)
		log_error("no lock: %s; stopping without it", em.text);
	if (journal_open(&st->journal, st->journal_path, &em) == -1)
		log_warn("%s", em.text);
	return RUN_OK;
}
