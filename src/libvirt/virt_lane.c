#include "libvirt/virt_part.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "sys/loop.h"
#include "wire/lvproto.h"

#define CONTROL_RESERVE	32768		/* bytes: a list of some 300 guests */
#define WORK_RESERVE	1024
#define ENDING_MS	2000	/* for a program to end after its connection */
#define ENDED		(-1)

static int	 lane_open(struct virt_lane *, struct errmsg *);

/* Its standard error has ended, or the connection. */
static void
lane_mute(struct virt_lane *l)
{
	if (l->err != -1)
		loop_del(l->virt->setup.loop, l->err);
	l->err = -1;
}

static void
lane_close(struct virt_lane *l, const char *why)
{
	if (l->fd != -1)
		loop_del(l->virt->setup.loop, l->fd);
	l->fd = -1;
	lane_mute(l);
	rpc_close(&l->rpc, why);
	dial_end(&l->dial);
}

/* Close first: an answered caller must not be able to ask again. */
static void
queue_drain(struct virt_queue *q)
{
	static const struct virt_answer gone = {
		.result = VIRT_LOST, .class = LVMSG_RETRY,
		.text = "the connection was lost"
	};
	struct virt_call *c;

	while ((c = q->head) != NULL) {
		q->head = c->next;
		if (q->head == NULL)
			q->tail = NULL;
		c->busy = false;
		c->done(c, &gone);
	}
}

void
lane_shut_all(struct virt *v, enum virt_state state, const char *why)
{
	size_t i;

	v->state = state;
	v->told = true;
	for (i = 0; i < v->nlanes; i++)
		lane_close(&v->lane[i], why);
	queue_drain(&v->control);
	queue_drain(&v->work);
}

static void
leave_answered(void *arg, enum rpc_result result, struct buf *body)
{
	struct virt_lane *l = arg;

	(void)result;
	(void)body;
	rpc_close(&l->rpc, NULL);
}

void
lane_leave(struct virt_lane *l)
{
	struct rpc_wait w = { .fn = leave_answered, .arg = l };

	rpc_forget(&l->rpc, NULL);
	if (!virt_greeted(l) || !rpc_room(&l->rpc))
		return;
	(void)rpc_args(&l->rpc);
	if (rpc_call(&l->rpc, LV_PROC_CLOSE, &w, loop_now()) == 0)
		(void)rpc_flush(&l->rpc);
}

/* Another attempt, later each time. */
static void
retry_plan(struct virt *v, int64_t now)
{
	/* A connection that lasted for a while was no failure. */
	if (v->state == VIRT_UP && now - v->came > BACKOFF_MAX)
		v->backoff = BACKOFF_MIN;
	v->next_try = now + v->backoff;
	if (!v->was_up && v->next_try > v->patience)
		v->next_try = v->patience;
	v->backoff = v->backoff * 2 > BACKOFF_MAX ? BACKOFF_MAX :
	    v->backoff * 2;
}

/* The error, and how the program that carried the connection ended. */
static void
why_text(struct virt_lane *l, const char *why, char text[ERRMSG_SIZE])
{
	char said[ERRMSG_SIZE / 2];

	if (dial_said(&l->dial, said, sizeof(said)))
		(void)snprintf(text, ERRMSG_SIZE, "%.*s: %s",
		    (int)(ERRMSG_SIZE - strlen(said) - 3), why, said);
	else
		(void)strlcpy(text, why, ERRMSG_SIZE);
}

/*
 * A connection or an attempt has failed: plan another attempt, or end.  If a
 * handler or an answer closes the virt or opens it again, nothing is left to
 * do.
 */
static void
virt_lost(struct virt_lane *l, const char *why, bool never)
{
	struct virt *v = l->virt;
	bool up = v->state == VIRT_UP, end;
	int64_t now = loop_now();
	unsigned life = v->life;
	char text[ERRMSG_SIZE];

	if (v->state != VIRT_UP && v->state != VIRT_GREETING)
		return;
	/* why may be in a connection that is closed below. */
	why_text(l, why, text);
	end = !v->was_up && (never || now >= v->patience);
	retry_plan(v, now);
	lane_shut_all(v, end ? VIRT_CLOSED : VIRT_WAITING, text);
	if (v->life != life)
		return;
	if (end)
		v->setup.handlers->failed(v->setup.arg, text);
	else if (up)
		v->setup.handlers->down(v->setup.arg, text);
}

/* A work connection that is not greeted has no calls: go on without it. */
void
lane_lost(struct virt_lane *l, const char *why, bool never)
{
	struct virt *v = l->virt;

	if (l == &v->lane[LANE_CONTROL] || virt_greeted(l)) {
		virt_lost(l, why, never);
	} else if (!l->off) {
		l->off = true;
		v->told = true;
		lane_close(l, NULL);
	}
}

static void
lane_event(void *arg, uint32_t proc, struct buf *body)
{
	struct virt_lane *l = arg;
	struct lvmsg_lifecycle ev;

	if (proc != LV_PROC_EVENT_CALLBACK_LIFECYCLE ||
	    lvmsg_get_lifecycle(body, &ev) == -1)
		return;
	l->virt->told = true;
	l->virt->setup.handlers->event(l->virt->setup.arg, &ev);
}

static void
lane_heard(void *arg, short revents)
{
	struct virt_lane *l = arg;

	(void)revents;
	if (dial_hear(&l->dial))
		return;
	lane_mute(l);
	/* lane_tick may wait for it. */
	l->virt->told = true;
}

/* The connection has ended, and its program ends: wait for that, because how it
 * ends is the reason. */
static bool
lane_ends(struct virt_lane *l, short revents)
{
	if (!(revents & POLLHUP) || l->ending == ENDED ||
	    dial_over(&l->dial))
		return false;
	loop_del(l->virt->setup.loop, l->fd);
	l->ending = loop_now() + ENDING_MS;
	l->virt->told = true;
	return true;
}

static void
lane_ready(void *arg, short revents)
{
	struct virt_lane *l = arg;

	if (lane_ends(l, revents))
		return;
	if (rpc_ready(&l->rpc, revents, loop_now()) == -1)
		lane_lost(l, l->rpc.why.text, false);
}

static void
lane_dialling(void *arg, short revents)
{
	struct virt_lane *l = arg;
	struct errmsg em;
	int rv;

	if (lane_ends(l, revents))
		return;
	/* dial_ready may change the descriptor. */
	loop_del(l->virt->setup.loop, l->fd);
	l->fd = -1;
	rv = dial_ready(&l->dial, &em);
	if (l->dial.err == -1)
		lane_mute(l);
	if (rv == -1 || lane_open(l, &em) == -1)
		lane_lost(l, em.text, em.code == DIAL_NEVER);
}

static int
lane_watch(struct virt_lane *l)
{
	return loop_add(l->virt->setup.loop, l->dial.fd, l->dial.ready ?
	    lane_ready : lane_dialling, l);
}

void
lane_tick(struct virt_lane *l, int64_t now)
{
	if (l->ending <= 0 || (!dial_over(&l->dial) && now < l->ending))
		return;
	l->ending = ENDED;
	if (lane_watch(l) == -1)
		lane_lost(l, "too many connections", false);
}

/* No loop has room for it. */
static int
lane_refuse(struct virt_lane *l, struct errmsg *em)
{
	lane_mute(l);
	if (l->dial.ready)
		(void)close(l->dial.fd);
	dial_end(&l->dial);
	return errmsg_set(em, DIAL_NEVER, "too many connections");
}

/* Read what its program writes to standard error. */
static int
lane_hear(struct virt_lane *l, struct errmsg *em)
{
	if (l->dial.err == -1)
		return 0;
	if (loop_add(l->virt->setup.loop, l->dial.err, lane_heard, l) == -1)
		return lane_refuse(l, em);
	l->err = l->dial.err;
	return 0;
}

/* Watch what was dialled; once it is a connection, greet. */
static int
lane_open(struct virt_lane *l, struct errmsg *em)
{
	struct virt *v = l->virt;

	if (lane_watch(l) == -1)
		return lane_refuse(l, em);
	l->fd = l->dial.fd;
	if (!l->dial.ready)
		return 0;
	l->rpc.event = l == &v->lane[LANE_CONTROL] ? lane_event : NULL;
	l->rpc.event_arg = l;
	rpc_open(&l->rpc, l->fd, v->setup.connect_ms, loop_now());
	virt_greet(l);
	return 0;
}

int
lane_dial(struct virt_lane *l, struct errmsg *em)
{
	struct virt *v = l->virt;

	l->greeting.step = 0;
	l->off = false;
	l->ending = 0;
	v->greet_by = loop_now() + v->setup.connect_ms;
	if (dial_begin(&l->dial, v->setup.uri, em) == 0 &&
	    lane_hear(l, em) == 0 && lane_open(l, em) == 0)
		return 0;
	lane_lost(l, em->text, em->code == DIAL_NEVER);
	return -1;
}

/* Dial work connections after the control connection is up: their failures do
 * not count as failures of the daemon. */
static void
lane_greeted(void *arg)
{
	struct virt_lane *l = arg;
	struct virt *v = l->virt;
	struct errmsg em;
	size_t i;

	if (!l->greeting.control)
		return;
	v->state = VIRT_UP;
	v->was_up = true;
	v->came = loop_now();
	v->told = true;
	for (i = 1; i < v->nlanes; i++)
		(void)lane_dial(&v->lane[i], &em);
	v->setup.handlers->up(v->setup.arg);
}

static void
lane_refused(void *arg, const struct virt_refusal *refusal)
{
	struct virt_lane *l = arg;

	l->virt->no_driver = refusal->no_driver &&
	    l->virt->state == VIRT_GREETING;
	lane_lost(l, refusal->why, refusal->never);
}

int
lane_init(struct virt *v, size_t i)
{
	struct virt_lane *l = &v->lane[i];

	memset(l, 0, sizeof(*l));
	l->virt = v;
	l->greeting = (struct virt_greeting){
		.control = i == LANE_CONTROL, .done = lane_greeted,
		.failed = lane_refused, .arg = l
	};
	l->off = true;
	l->fd = l->err = l->dial.fd = l->dial.err = -1;
	return rpc_init(&l->rpc, i == LANE_CONTROL ? CONTROL_RESERVE :
	    WORK_RESERVE);
}
