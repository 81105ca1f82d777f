#include "run/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "sys/log.h"
#include "text/deadline.h"
#include "text/escape.h"
#include "text/number.h"

#define DEADLINE_MAX	604800		/* s: a week */

const char *
run_uri_label(const char *uri, char label[RUN_LABEL])
{
	(void)escape_text(label, RUN_LABEL, uri, strlen(uri));
	return label;
}

size_t
run_uri_index(const struct run *r, const char *uri)
{
	size_t i;

	for (i = 0; i < r->conf.nuris; i++)
		if (strcmp(r->conf.uris[i], uri) == 0)
			break;
	return i;
}

int
run_deadline_parse(const char *text, int *seconds, struct errmsg *em)
{
	const struct number_range range = { 1, DEADLINE_MAX };
	size_t digits = strspn(text, "0123456789");
	char number[16], why[NUMBER_WHY], used[48] = "no deadline";
	struct errmsg refused;
	int64_t n;

	*seconds = 0;
	if (number_parse(text, &range, &n, why) == 0) {
		*seconds = (int)n;
		return 0;
	}
	/* Use the number that the text begins with. */
	(void)snprintf(number, sizeof(number), "%.*s",
	    (int)(digits < 12 ? digits : 12), text);
	if (number_limit(number, &range, &n, NULL) != -1) {
		*seconds = (int)n;
		(void)snprintf(used, sizeof(used), "%d s", *seconds);
	}
	(void)errmsg_refuse(&refused, text, strlen(text), why);
	return errmsg_set(em, EINVAL, "-D: %.200s; using %s", refused.text,
	    used);
}

void
run_finding(void *arg, enum finding_level level, const char *text)
{
	struct run *r = arg;

	if (level == FINDING_ERROR) {
		r->found.errors++;
		log_error("%s", text);
	} else {
		r->found.warnings++;
		log_warn("%s", text);
	}
}

void
run_loop(struct run *r)
{
	struct errmsg em;

	if (r->looping)
		return;
	if (loop_init(&r->loop, &em) == -1)
		log_warn("%s; noticing signals up to 500 ms late", em.text);
	r->looping = true;
}

void
run_add(struct run *r, struct run_part *part)
{
	part->next = r->parts;
	r->parts = part;
}

void
run_hurry(struct run *r)
{
	struct run_part *p;

	log_info("Hurry: acting on all guests at once");
	r->hurry = true;
	for (p = r->parts; p != NULL; p = p->next)
		if (p->hurry != NULL)
			p->hurry(p->arg, loop_now());
}

void
run_hasten(struct run *r, int64_t deadline)
{
	struct run_part *p;
	int64_t now = loop_now(), left = (deadline - now) / 1000;

	if (r->deadline != 0 && r->deadline <= deadline)
		return;
	log_info("Another stop set the deadline to %lld seconds",
	    (long long)(left > 0 ? left : 0));
	r->deadline = deadline;
	for (p = r->parts; p != NULL; p = p->next)
		if (p->hasten != NULL)
			p->hasten(p->arg, now);
}

bool
run_interrupted(struct run *r)
{
	int sig;

	while ((sig = loop_signal(&r->loop)) != 0) {
		if (sig != SIGUSR1) {
			r->signal = sig;
			return true;
		}
		run_hurry(r);
	}
	return r->signal != 0;
}

int
run_wait(struct run *r, int64_t deadline)
{
	struct errmsg em;

	if (loop_wait(&r->loop, deadline, &em) == -1)
		log_warn("%s; continuing without it", em.text);
	return run_interrupted(r) ? -1 : 0;
}

int
run_step(struct run *r, int64_t deadline)
{
	struct run_part *p;

	/* A signal may have arrived outside of loop_wait. */
	if (r->signal != 0)
		return -1;
	for (p = r->parts; p != NULL; p = p->next)
		if (p->tick != NULL)
			deadline = deadline_min(deadline,
			    p->tick(p->arg, loop_now()));
	notify_tick(&r->notify, loop_now());
	deadline = deadline_min(deadline, r->notify.next);
	return run_wait(r, deadline);
}

bool
run_later(struct run *r, int64_t by)
{
	int64_t at = loop_now() + RUN_LATER;

	while (loop_now() < at)
		if (at > by || run_step(r, at) == -1)
			return false;
	return true;
}

int64_t
run_share(const struct run *r, enum share_part part, int64_t since, int64_t by)
{
	const struct share_time t = {
		.since = since, .deadline = r->deadline, .by = by
	};

	return share_end(part, &t);
}
