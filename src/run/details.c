#include "run/details.h"

#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"
#include "run/inventory.h"
#include "run/record.h"
#include "run/selection.h"
#include "run/task.h"
#include "sys/log.h"
#include "text/deadline.h"
#include "wire/domxml.h"

#define ASKED	0x80	/* in host_details.next: the question was asked */

static const struct guest *
detail_guest(const struct host *h, size_t i)
{
	return &h->guests.guest[i];
}

/* The chain that a plan gives to a guest. */
static const enum policy_action *
guest_chain(const struct host *h, size_t i)
{
	return plan_chain(&h->guests, i, &h->run->tab, &h->run->conf);
}

static bool
facts_wanted(const struct host *h, size_t i)
{
	(void)i;
	return h->inventory->details == DETAILS_CHECK;
}

static bool
os_wanted(const struct host *h, size_t i)
{
	return (guesttab_wants_os(&h->run->tab) ||
	    selection_wants_os(h->run)) && detail_guest(h, i)->os == NULL;
}

static bool
memory_wanted(const struct host *h, size_t i)
{
	enum details_for details = h->inventory->details;
	struct log_size size;

	/* A deadline needs it, and the table on a terminal shows it. */
	return details != DETAILS_START &&
	    (h->run->conf.stop_deadline > 0 ||
	    (details == DETAILS_STOP && log_size(&size))) &&
	    policy_traits(policy_last(guest_chain(h, i)))->saves;
}

static bool
state_wanted(const struct host *h, size_t i)
{
	return (h->inventory->details == DETAILS_PLAN ||
	    h->inventory->details == DETAILS_CHECK) &&
	    policy_traits(guest_chain(h, i)[0])->acts;
}

/* In this order: the operating system may select the row, and so the chain. */
enum { ASK_FACTS, ASK_OS, ASK_MEMORY, ASK_STATE, ASK_NOTHING };

static const struct {
	enum virt_what	 what;
	const char	*name;
	bool		(*wanted)(const struct host *, size_t guest);
} questions[ASK_NOTHING] = {
	[ASK_FACTS] = { VIRT_XML, "definition", facts_wanted },
	[ASK_OS] = { VIRT_XML, "operating system", os_wanted },
	[ASK_MEMORY] = { VIRT_MEMORY, "memory", memory_wanted },
	[ASK_STATE] = { VIRT_STATE, "state", state_wanted },
};

/* The guest will be stopped, or started. */
static bool
guest_matters(const struct host *h, size_t i)
{
	const struct inventory *v = h->inventory;
	const struct guest *g = detail_guest(h, i);
	const struct list_entry *e;

	if (v->details == DETAILS_NONE)
		return false;
	if (v->details == DETAILS_START) {
		e = record_find(v->record, g);
		return e != NULL && e->listed;
	}
	if (v->details == DETAILS_CHECK)
		return true;
	if (!selection_wants_os(h->run) && !selection_guest(h->run, g))
		return false;
	/* Its row may have another chain. */
	return (os_wanted(h, i) || !plan_leaves(&h->guests, i, &h->run->tab,
	    &h->run->conf)) && !plan_spares(&v->guests, g);
}

static void
unknown_say(const struct host *h, size_t i, const char *why)
{
	char uri[RUN_LABEL], label[GUEST_LABEL];
	size_t q = h->details.next[i] & ~ASKED;

	log_warn("%s: guest %s: its %s is unknown: %s",
	    host_label(h, uri), guest_label(detail_guest(h, i), label),
	    questions[q].name, why);
}

static void
os_take(struct host *h, size_t i, const struct virt_answer *a)
{
	struct guest *g = &h->guests.guest[i];
	char os[DOMXML_OS];
	int rv = domxml_os(a->xml, a->xmllen, os);

	if (rv == -1)
		unknown_say(h, i, "its definition is malformed");
	else if (rv == 1 && g->os == NULL && (g->os = strdup(os)) == NULL)
		unknown_say(h, i, "no memory");
}

static void
facts_take(struct host *h, size_t i, const struct virt_answer *a)
{
	struct guest *g = &h->guests.guest[i];
	struct domxml_facts facts;

	if (domxml_facts(a->xml, a->xmllen, &facts) == -1)
		unknown_say(h, i, "its definition is malformed");
	g->facts = facts.set;
	g->memory = facts.memory;
}

static void
answer_take(struct host *h, size_t i, const struct virt_answer *a)
{
	struct guest *g = &h->guests.guest[i];

	if (a->result != VIRT_OK) {
		if (a->class != LVMSG_GONE)
			unknown_say(h, i, a->text);
		return;
	}
	switch (h->details.next[i] & ~ASKED) {
	case ASK_FACTS:
		facts_take(h, i, a);
		break;
	case ASK_OS:
		os_take(h, i, a);
		break;
	case ASK_MEMORY:
		g->memory = a->kib * 1024;
		break;
	case ASK_STATE:
		g->seen = (unsigned char)task_how(&a->state);
		break;
	}
}

/* Choose the next question about a guest, from q on. */
static void
guest_next(struct host *h, size_t i, size_t q)
{
	while (q < ASK_NOTHING && !questions[q].wanted(h, i))
		q++;
	h->details.next[i] = (unsigned char)q;
	if (q == ASK_NOTHING)
		h->details.left--;
}

static void
answered(struct virt_call *c, const struct virt_answer *a)
{
	struct host *h = c->arg;
	size_t i = (size_t)(c->guest - h->guests.guest);

	/* After a lost connection it is asked again. */
	h->details.next[i] &= (unsigned char)~ASKED;
	if (a->result == VIRT_LOST)
		return;
	answer_take(h, i, a);
	guest_next(h, i, h->details.next[i] + 1U);
}

/* Ask the next open question, if there is one. */
static void
guest_ask(struct host *h, struct virt_call *c)
{
	const unsigned char *next = h->details.next;
	size_t i;

	for (i = 0; i < h->guests.n; i++)
		if (next[i] < ASK_NOTHING)
			break;
	if (i == h->guests.n)
		return;
	*c = (struct virt_call){ .what = questions[next[i]].what,
	    .guest = detail_guest(h, i), .done = answered, .arg = h };
	if (virt_ask(&h->virt, c) == 0)
		h->details.next[i] |= ASKED;
}

/* A plan has the deadline that a stop would have. */
static int64_t
details_deadline(const struct host *h)
{
	const struct run *r = h->run;

	if (r->deadline != 0 || h->inventory->details == DETAILS_START)
		return r->deadline;
	return share_deadline(r->began, r->conf.stop_deadline);
}

/* When a question is given up.  The first one is given up earlier, so that the
 * others have time.  A stop that joins may shorten it. */
static int64_t
question_end(const struct host *h, size_t q)
{
	const struct share_time t = { .since = h->details.since,
	    .deadline = details_deadline(h), .by = h->details.by };
	int64_t end = share_end(SHARE_DETAILS, &t);

	return q == ASK_OS && t.deadline != 0 ? t.since +
	    (end - t.since) / 2 : end;
}

/* Give up a question. */
static void
question_drop(struct host *h, size_t q)
{
	struct virt_call *c;
	size_t i, k;

	for (k = 0; k < HOST_INQUIRIES; k++) {
		c = &h->details.inquiry[k];
		if (c->busy && c->what == questions[q].what)
			virt_forget(c);
	}
	for (i = 0; i < h->guests.n; i++) {
		if ((h->details.next[i] & ~ASKED) != q)
			continue;
		unknown_say(h, i, "no answer in time");
		guest_next(h, i, q + 1);
	}
}

int
details_begin(struct host *h, int64_t now)
{
	struct host_details *s = &h->details;
	size_t i;

	details_end(h);
	if ((s->next = malloc(h->guests.n + 1)) == NULL)
		return -1;
	s->since = now;
	s->by = now + (int64_t)h->run->conf.connect_timeout * 1000;
	s->left = h->guests.n;
	for (i = 0; i < h->guests.n; i++)
		guest_next(h, i, guest_matters(h, i) ? 0 : ASK_NOTHING);
	return 0;
}

bool
details_tick(struct host *h, int64_t now)
{
	struct host_details *s = &h->details;
	size_t q, k;

	for (q = 0; q < ASK_NOTHING && s->left > 0; q++)
		if (now >= question_end(h, q))
			question_drop(h, q);
	for (k = 0; k < HOST_INQUIRIES && s->left > 0; k++)
		if (!h->details.inquiry[k].busy)
			guest_ask(h, &h->details.inquiry[k]);
	if (s->left > 0)
		return false;
	details_end(h);
	return true;
}

int64_t
details_next(const struct host *h)
{
	int64_t os_by = question_end(h, ASK_OS);

	if (h->details.left == 0)
		return 0;
	return loop_now() < os_by ? os_by : question_end(h, ASK_MEMORY);
}

void
details_end(struct host *h)
{
	size_t k;

	for (k = 0; k < HOST_INQUIRIES; k++)
		virt_forget(&h->details.inquiry[k]);
	free(h->details.next);
	h->details.next = NULL;
	h->details.left = 0;
}
