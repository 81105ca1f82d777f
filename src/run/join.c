#include "run/join.h"

#include <string.h>

#include "run/run.h"
#include "run/stages.h"
#include "sys/log.h"

/*
 * Two stops at a time: the second joins the first.
 */

#define SLACK	5000	/* ms behind a deadline, for the other's last words */

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

/* What a stop is about: its URIs.  The result of one that is about others says
 * nothing of ours. */
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

/* What becomes of its guests: those it leaves may be others than ours. */
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

/* Somebody runs on, or may. */
static bool
some_left(const struct run *r)
{
	const struct guest *g;
	size_t i;

	for (i = 0; i < r->conf.nuris; i++)
		if (r->host[i].failed)
			return true;
	for (i = 0; i < r->guests.n; i++) {
		g = &r->guests.guest[i];
		if (g->result == RESULT_LEFT || g->result >= RESULT_REFUSED ||
		    plan_leaves(&r->guests, i, &r->conf))
			return true;
	}
	return false;
}

static void
deadline_comes(void *arg, int64_t deadline)
{
	struct run *r = arg;
	int64_t now = loop_now(), left = (deadline - now) / 1000;

	if (r->by != 0 && r->by <= deadline)
		return;
	log_info("Another stop wants this one to end within %lld seconds",
	    (long long)(left > 0 ? left : 0));
	r->by = deadline;
	if (r->engine.job != NULL)
		engine_deadline(&r->engine, deadline, now);
	stages_hasten(r);
}

static void
hurry_comes(void *arg)
{
	run_hurry(arg);
}

static const struct control_handlers handlers = {
	.deadline = deadline_comes, .hurry = hurry_comes
};

void
join_listen(struct run *r)
{
	struct errmsg em;

	r->control.loop = &r->loop;
	r->control.handlers = &handlers;
	r->control.arg = r;
	r->control.subject = subject_of(r);
	if (control_listen(&r->control, r->state.socket_path, &em) == -1)
		log_warn("no other stop can join this one: %s", em.text);
}

bool
join_answer(struct run *r, enum run_exit rv)
{
	r->control.settings = some_left(r) ? settings_of(r) : 0;
	/* One that was ended early leaves the rest to those who joined. */
	return control_end(&r->control, r->signal != 0 ? -1 : (int)rv) > 0;
}

/* Until there is a result, or no hope of one. */
static void
result_await(struct run *r)
{
	int64_t by = r->by == 0 ? 0 : r->by + SLACK;
	struct errmsg em;

	while (r->join.state == CONTROL_WAITING) {
		if (by != 0 && loop_now() >= by)
			break;
		if (loop_wait(&r->loop, by, &em) == -1) {
			log_error("%s", em.text);
			break;
		}
		if (run_interrupted(r))
			break;
	}
	control_leave(&r->join);
}

enum join_result
join_other(struct run *r, enum run_exit *rv)
{
	struct errmsg em;

	*rv = RUN_FAILED;
	if (run_loop(r) == -1)
		return JOINED_NONE;
	r->join.loop = &r->loop;
	if (control_join(&r->join, r->state.socket_path, r->by, &em) == -1) {
		log_debug("%s", em.text);
		return JOINED_NONE;
	}
	log_info("Joining the stop that is under way");
	if (r->hurry)
		(void)control_hurry(&r->join);
	result_await(r);
	if (r->join.state != CONTROL_RESULT)
		return JOINED_LOST;
	if (r->stopping && r->join.subject != subject_of(r)) {
		log_info("That one was for other URIs");
		return JOINED_OTHER;
	}
	if (r->stopping && r->join.settings != 0 &&
	    r->join.settings != settings_of(r)) {
		log_info("That one had other settings, by which guests still "
		    "run");
		return JOINED_OTHER;
	}
	*rv = (enum run_exit)r->join.code;
	if (*rv != RUN_OK)
		log_error("the stop that was joined ended with exit code %d",
		    r->join.code);
	return JOINED_RESULT;
}
