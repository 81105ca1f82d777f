#include "cmd.h"

#include <stdlib.h>
#include <string.h>

#include "domxml.h"
#include "log.h"

/* What of a guest is wanted in a round, and how far it is. */
enum {
	SURVEY_NOT,		/* not wanted, or heard */
	SURVEY_WANTED,
	SURVEY_ASKED
};

int64_t
survey_end(const struct run *r)
{
	int64_t now = loop_now(), most, left;

	most = (int64_t)r->conf.connect_timeout * 1000;
	left = (r->began + r->plan.deadline - now) / 4;
	if (r->plan.deadline > 0 && left < most)
		most = left > 0 ? left : 0;
	return now + most;
}

static void
unknown_say(const struct run *r, const struct guest *g, const char *why)
{
	char uri[RUN_LABEL], label[GUEST_LABEL];

	log_warn("%s: guest %s: its %s is unknown: %s",
	    run_host_label(&r->host[g->uri], uri), guest_label(g, label),
	    r->survey.what == VIRT_XML ? "operating system" :
	    r->survey.what == VIRT_STATE ? "state" : "memory", why);
}

static void
os_take(const struct run *r, struct guest *g, const struct virt_answer *a)
{
	char os[DOMXML_OS];
	int rv = domxml_os(a->xml, a->xmllen, os);

	if (rv == -1)
		unknown_say(r, g, "its definition cannot be read");
	else if (rv == 1 && g->os == NULL && (g->os = strdup(os)) == NULL)
		unknown_say(r, g, "no memory");
}

static void
answer_take(struct run *r, struct guest *g, const struct virt_answer *a)
{
	if (a->result == VIRT_OK && r->survey.what == VIRT_XML)
		os_take(r, g, a);
	else if (a->result == VIRT_OK && r->survey.what == VIRT_STATE)
		g->seen = (unsigned char)drive_how(&a->state);
	else if (a->result == VIRT_OK)
		g->memory = a->kib * 1024;
	else if (a->class != LVMSG_GONE)
		unknown_say(r, g, a->text);
}

static void
answered(struct virt_call *c, const struct virt_answer *a)
{
	struct run *r = c->arg;
	unsigned char *state;

	state = &r->survey.state[c->guest - r->guests.guest];
	/* Once the daemon is back it is asked again. */
	*state = SURVEY_WANTED;
	if (a->result == VIRT_LOST)
		return;
	*state = SURVEY_NOT;
	r->survey.left--;
	answer_take(r, &r->guests.guest[c->guest - r->guests.guest], a);
}

/* Ask the next guest of the host that is wanted, if there is one. */
static void
guest_ask(struct host *h, struct virt_call *c)
{
	struct run *r = h->run;
	size_t i;

	for (i = 0; i < r->guests.n; i++)
		if (r->guests.guest[i].uri == h->index &&
		    r->survey.state[i] == SURVEY_WANTED)
			break;
	if (i == r->guests.n)
		return;
	*c = (struct virt_call){ .what = r->survey.what,
	    .guest = &r->guests.guest[i], .done = answered, .arg = r };
	if (virt_ask(&h->virt, c) == 0)
		r->survey.state[i] = SURVEY_ASKED;
}

static void
guests_ask(struct run *r)
{
	struct host *h;
	size_t i, k;

	for (i = 0; i < r->conf.nuris; i++) {
		h = &r->host[i];
		for (k = 0; k < HOST_INQUIRIES; k++)
			if (!h->inquiry[k].busy)
				guest_ask(h, &h->inquiry[k]);
	}
}

/* Nobody waits for them any more. */
static void
survey_over(struct run *r)
{
	size_t i, k;

	for (i = 0; i < r->conf.nuris; i++)
		for (k = 0; k < HOST_INQUIRIES; k++)
			virt_forget(&r->host[i].inquiry[k]);
	free(r->survey.state);
	r->survey.state = NULL;
}

static void
unheard_say(const struct run *r)
{
	size_t i;

	for (i = 0; i < r->guests.n; i++)
		if (r->survey.state[i] != SURVEY_NOT)
			unknown_say(r, &r->guests.guest[i],
			    "no answer in time");
}

/* All steps that are wanted, side by side. */
static int
survey_run(struct run *r, enum virt_what what, int64_t by,
    bool (*wanted)(const struct run *, const struct plan_step *))
{
	struct survey *s = &r->survey;
	int rv = 0;
	size_t i;

	s->what = what;
	s->left = 0;
	if ((s->state = calloc(r->guests.n + 1, 1)) == NULL) {
		log_error("no memory for %zu guests", r->guests.n);
		return -1;
	}
	for (i = 0; i < r->plan.n; i++)
		if (wanted(r, &r->plan.step[i])) {
			s->state[r->plan.step[i].guest] = SURVEY_WANTED;
			s->left++;
		}
	while (rv == 0 && s->left > 0 && loop_now() < by) {
		guests_ask(r);
		rv = run_step(r, by);
	}
	if (rv == 0)
		unheard_say(r);
	survey_over(r);
	return rv;
}

static bool
os_wanted(const struct run *r, const struct plan_step *s)
{
	return r->guests.guest[s->guest].os == NULL &&
	    !r->host[s->uri].rescued;
}

int
survey_os(struct run *r, int64_t by)
{
	int64_t now = loop_now();

	if (!guesttab_wants_os(&r->tab))
		return 0;
	/* One that does not answer leaves time for the memory of others. */
	if (r->plan.deadline > 0)
		by = now + (by - now) / 2;
	return survey_run(r, VIRT_XML, by, os_wanted);
}

static bool
memory_wanted(const struct run *r, const struct plan_step *s)
{
	return r->plan.deadline > 0 && !r->host[s->uri].rescued &&
	    policy_last(s->chain) == POLICY_SUSPEND;
}

int
survey_memory(struct run *r, int64_t by)
{
	struct plan_step *s;
	size_t i;

	if (survey_run(r, VIRT_MEMORY, by, memory_wanted) == -1)
		return -1;
	for (i = 0; i < r->plan.n; i++) {
		s = &r->plan.step[i];
		s->memory = r->guests.guest[s->guest].memory;
	}
	return 0;
}

static bool
state_wanted(const struct run *r, const struct plan_step *s)
{
	(void)r;
	return s->chain[0] != POLICY_LEAVE;
}

int
survey_state(struct run *r, int64_t by)
{
	struct plan_step *s;
	size_t i;

	if (survey_run(r, VIRT_STATE, by, state_wanted) == -1)
		return -1;
	for (i = 0; i < r->plan.n; i++) {
		s = &r->plan.step[i];
		s->seen = r->guests.guest[s->guest].seen;
	}
	return 0;
}
