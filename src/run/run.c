#include "run/run.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "run/inventory.h"
#include "run/join.h"
#include "run/stages.h"
#include "sys/log.h"
#include "text/escape.h"

#define LOCK_LOOK	100		/* ms between two looks at the lock */

const char *
run_uri_label(const char *uri, char label[RUN_LABEL])
{
	(void)escape_text(label, RUN_LABEL, uri, strlen(uri));
	return label;
}

/* The URI's name is the configured one, whatever it stands for. */
const char *
run_host_label(const struct host *h, char label[RUN_LABEL])
{
	return run_uri_label(h->run->conf.uris[h->index], label);
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

void
run_finding(void *arg, enum finding_level level, const char *text)
{
	struct run *r = arg;

	if (level == FINDING_ERROR) {
		r->errors++;
		log_error("%s", text);
	} else {
		r->warnings++;
		log_warn("%s", text);
	}
}

int
run_loop(struct run *r)
{
	struct errmsg em;

	if (r->looping)
		return 0;
	if (loop_init(&r->loop, &em) == -1) {
		log_error("%s", em.text);
		return -1;
	}
	r->looping = true;
	return 0;
}

void
run_hurry(struct run *r)
{
	log_info("Hurry: no order and no bound from now on");
	r->hurry = true;
	if (r->driving)
		engine_hurry(&r->engine, loop_now());
	if (r->join.loop != NULL)
		(void)control_hurry(&r->join);
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

enum run_exit
run_lock(struct run *r)
{
	int64_t by = (int64_t)r->conf.stop_deadline * 1000;
	enum join_result joined;
	enum run_exit code = RUN_FAILED;
	struct errmsg em;
	bool told = false;
	int pid, rv;

	if (run_loop(r) == -1)
		return RUN_FAILED;
	while ((rv = state_lock(&r->state, &pid, &em)) == 1) {
		joined = r->joins ? join_other(r, &code) : JOINED_NONE;
		r->joined = joined == JOINED_RESULT;
		if (r->joined || r->signal != 0)
			return code;
		if (by > 0 && loop_now() >= r->began + by) {
			log_error("another libvirt-guests (process %d) does "
			    "not end", pid);
			return RUN_FAILED;
		}
		if (!told && joined == JOINED_NONE)
			log_info("Waiting for another libvirt-guests "
			    "(process %d) to end", pid);
		told = true;
		if (loop_wait(&r->loop, loop_now() + LOCK_LOOK, &em) == -1 ||
		    run_interrupted(r))
			return RUN_FAILED;
	}
	if (rv == -1) {
		log_error("%s", em.text);
		return em.code == EACCES || em.code == EPERM ? RUN_DENIED :
		    RUN_FAILED;
	}
	if (journal_open(&r->state.journal, r->state.journal_path, &em) == -1)
		log_warn("%s", em.text);
	return RUN_OK;
}

int
run_load(struct run *r)
{
	struct state_findings sf = { .fn = run_finding, .arg = r };
	struct errmsg em;
	int errors = r->errors, rv;

	rv = state_load(&r->state, &r->list, &sf, &em);
	if (rv == -1)
		log_error("%s", em.text);
	/* A broken list is no broken configuration. */
	r->errors = errors;
	return rv;
}

void
run_save(struct run *r)
{
	char kept[sizeof(r->state.list_path) + 32];
	struct errmsg em;

	if (state_save(&r->state, &r->list, kept, sizeof(kept), &em) == -1) {
		if (!r->save_failed)
			log_error("the list of guests is not written: %s",
			    em.text);
		r->save_failed = true;
	}
	if (kept[0] != '\0')
		log_warn("%s: kept aside as %s", r->state.list_path, kept);
}

int
run_step(struct run *r, int64_t deadline)
{
	struct errmsg em;
	size_t i;

	/* It may have come while we were somewhere else. */
	if (r->signal != 0)
		return -1;
	stages_tick(r);
	deadline = deadline_min(deadline, stages_next(r));
	deadline =
	    inventory_tick(r, loop_now()) ? 1 : inventory_next(r, deadline);
	for (i = 0; i < r->conf.nuris; i++)
		virt_tick(&r->host[i].virt, loop_now());
	for (i = 0; i < r->conf.nuris; i++)
		deadline = deadline_min(deadline, virt_next(&r->host[i].virt));
	notify_tick(&r->notify, loop_now());
	deadline = deadline_min(deadline, r->notify.next);
	if (loop_wait(&r->loop, deadline, &em) == -1) {
		log_error("%s", em.text);
		return -1;
	}
	return run_interrupted(r) ? -1 : 0;
}
