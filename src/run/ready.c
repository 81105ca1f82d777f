#include "run/ready.h"

#include <stdlib.h>
#include <string.h>

#include "run/host.h"
#include "run/work.h"
#include "sys/log.h"
#include "sys/port.h"

#define ATTEMPT		5000	/* ms for a connection */

struct ready {
	struct task	*task;
	struct virt_call ask;		/* its agent */
	struct port	 port;		/* or a port; loop NULL: its agent */
	int64_t		 at;		/* the next attempt, 0 = none */
	char		 why[ERRMSG_SIZE];	/* no wait is possible */
};

static void
tell(struct ready *w)
{
	struct engine_news n = { .job = w->task->job, .event = EV_READY };

	w->at = 0;
	engine_event(&w->task->work->engine, &n, loop_now());
}

static void
later(struct ready *w, int64_t ms)
{
	w->at = loop_now() + ms;
}

static int64_t
poll_ms(const struct ready *w)
{
	return (int64_t)w->task->work->run->conf.poll_interval * 1000;
}

static void
unknown_say(const struct ready *w, const char *why)
{
	char uri[RUN_LABEL], label[GUEST_LABEL];

	log_warn("%s: guest %s: not waiting until it is ready: %s",
	    host_label(w->task->host, uri),
	    guest_label(w->ask.guest, label), why);
}

static void
agent_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct ready *w = c->arg;

	/* After its time limit: ignore it. */
	if (w->at == 0)
		return;
	if (a->result == VIRT_OK) {
		tell(w);
	} else if (a->result == VIRT_LATE) {
		/* The daemon still waits for the agent: do not ask again. */
		w->at = 0;
	} else if (a->result == VIRT_LOST || a->class == LVMSG_RETRY) {
		later(w, poll_ms(w));
	} else {
		unknown_say(w, a->text);
		tell(w);
	}
}

static void
port_answered(void *arg, bool open)
{
	struct ready *w = arg;

	if (open)
		tell(w);
	else
		later(w, poll_ms(w));
}

/* Make an attempt, and plan the next one in case it fails or hangs. */
static void
attempt(struct ready *w)
{
	int rv;

	if (w->port.loop != NULL)
		rv = port_open(&w->port);
	else
		rv = virt_ask(&w->task->host->virt, &w->ask);
	later(w, rv == 0 && w->port.loop != NULL ? ATTEMPT : poll_ms(w));
}

static bool
row_waits(const struct guesttab_row *row)
{
	return row != NULL && (row->ready == GUESTTAB_READY_AGENT ||
	    row->ready == GUESTTAB_READY_TCP);
}

static void
port_init(struct ready *w, struct loop *l, const struct guesttab_row *row)
{
	struct port_target t = { .host = row->host, .port = row->port,
	    .hosts = PORT_HOSTS };
	struct errmsg em;

	w->port = (struct port){ .loop = l, .done = port_answered,
	    .arg = w };
	if (port_aim(&w->port, &t, &em) == -1)
		memcpy(w->why, em.text, sizeof(w->why));
}

static struct ready *
ready_make(struct task *t)
{
	struct work *work = t->work;
	const struct plan_step *s = &work->plan.step[t->job];
	struct ready *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->task = t;
	w->ask = (struct virt_call){ .what = VIRT_AGENT,
	    .done = agent_answered, .arg = w };
	if (s->row->ready == GUESTTAB_READY_TCP)
		port_init(w, &work->run->loop, s->row);
	return w;
}

int
ready_init(struct task *t)
{
	const struct plan_step *s = &t->work->plan.step[t->job];

	if (!policy_traits(s->chain[0])->starts || !row_waits(s->row))
		return 0;
	t->ready = ready_make(t);
	return t->ready == NULL ? -1 : 0;
}

void
ready_aim(struct task *t, const struct guest *g)
{
	if (t->ready != NULL)
		t->ready->ask.guest = g;
}

void
ready_free(struct task *t)
{
	if (t->ready == NULL)
		return;
	virt_forget(&t->ready->ask);
	if (t->ready->port.loop != NULL)
		port_close(&t->ready->port);
	free(t->ready);
	t->ready = NULL;
}

int
ready_begin(struct task *t)
{
	struct ready *w = t->ready;

	if (w == NULL)
		return -1;
	if (w->why[0] != '\0') {
		unknown_say(w, w->why);
		return -1;
	}
	attempt(w);
	return 0;
}

void
ready_cancel(struct task *t)
{
	struct ready *w = t->ready;

	if (w == NULL)
		return;
	w->at = 0;
	if (w->port.loop != NULL)
		port_close(&w->port);
}

void
ready_tick(struct task *t, int64_t now)
{
	struct ready *w = t->ready;

	if (w != NULL && w->at != 0 && now >= w->at)
		attempt(w);
}

int64_t
ready_next(const struct task *t)
{
	return t->ready != NULL ? t->ready->at : 0;
}
