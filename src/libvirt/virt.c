#include "libvirt/virt.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "libvirt/procs.h"
#include "libvirt/virt_part.h"
#include "plan/guest.h"
#include "sys/loop.h"
#include "text/buf.h"
#include "text/deadline.h"
#include "wire/lvproto.h"
#include "wire/uri.h"

#define HANG_MS		1000	/* before another connection is used */

static void
virt_dial(struct virt *v)
{
	struct errmsg em;

	v->state = VIRT_GREETING;
	(void)lane_dial(&v->lane[LANE_CONTROL], &em);
}

bool
virt_ready(const struct virt *v)
{
	size_t i;

	for (i = 0; i < v->nlanes; i++)
		if (!v->lane[i].off && !virt_greeted(&v->lane[i]))
			return false;
	return v->state == VIRT_UP;
}

int
virt_init(struct virt *v, const struct virt_setup *s)
{
	memset(v, 0, sizeof(*v));
	v->setup = *s;
	v->backoff = BACKOFF_MIN;
	if (lane_init(v, LANE_CONTROL) == -1)
		return -1;
	v->nlanes = 1;
	return 0;
}

void
virt_free(struct virt *v)
{
	size_t i;

	virt_close(v);
	for (i = 0; i < v->nlanes; i++)
		rpc_free(&v->lane[i].rpc);
	v->nlanes = 0;
}

void
virt_open(struct virt *v, int64_t patience, int64_t now)
{
	v->life++;
	v->was_up = false;
	v->no_driver = false;
	v->backoff = BACKOFF_MIN;
	v->patience = now + patience;
	v->state = VIRT_WAITING;
	v->next_try = now;
}

void
virt_close(struct virt *v)
{
	v->life++;
	lane_shut_all(v, VIRT_CLOSED, NULL);
}

void
virt_leave(struct virt *v)
{
	size_t i;

	for (i = 0; v->state == VIRT_UP && i < v->nlanes; i++)
		lane_leave(&v->lane[i]);
}

/* Without the loop: its other descriptors may belong to parts that are over. */
void
virt_left(struct virt *v, int64_t by)
{
	struct pollfd pfd[VIRT_LANES];
	bool open = v->state == VIRT_UP;
	int64_t now;
	size_t i;

	while (open && (now = loop_now()) < by) {
		open = false;
		for (i = 0; i < v->nlanes; i++) {
			pfd[i] = (struct pollfd){ .fd = -1 };
			if (!rpc_waits(&v->lane[i].rpc))
				continue;
			pfd[i].fd = v->lane[i].rpc.fd;
			pfd[i].events = rpc_wants(&v->lane[i].rpc);
			open = true;
		}
		if (!open || poll(pfd, v->nlanes, (int)(by - now)) <= 0)
			continue;
		for (i = 0; i < v->nlanes; i++)
			if (pfd[i].revents != 0)
				(void)rpc_ready(&v->lane[i].rpc,
				    pfd[i].revents, loop_now());
	}
}

int
virt_work(struct virt *v, size_t n, struct errmsg *em)
{
	size_t lanes, i;

	if (n > VIRT_WORK_MAX)
		n = VIRT_WORK_MAX;
	lanes = 1 + (n + RPC_CALLS - 1) / RPC_CALLS;
	if (v->state != VIRT_UP)
		return errmsg_set(em, 0, "the connection was lost");
	for (i = 1; i < lanes; i++) {
		if (i == v->nlanes && lane_init(v, i) == -1)
			return errmsg_set(em, 0, "no memory for a connection");
		if (i == v->nlanes)
			v->nlanes++;
		if (v->lane[i].off && lane_dial(&v->lane[i], em) == -1)
			return -1;
	}
	return 0;
}

bool
virt_falters(const struct virt *v)
{
	return v->state != VIRT_UP && v->backoff != BACKOFF_MIN;
}

bool
virt_deaf(const struct virt *v)
{
	return v->state == VIRT_UP && rpc_deaf(&v->lane[LANE_CONTROL].rpc);
}

pid_t
virt_daemon(const struct virt *v)
{
	return v->state == VIRT_UP ? dial_daemon(&v->lane[0].dial) : 0;
}

int
virt_ask(struct virt *v, struct virt_call *c)
{
	const struct procs_row *row = procs_find(c->what);
	struct virt_queue *q = row->limit != PROCS_SHORT ? &v->work :
	    &v->control;

	if (v->state != VIRT_UP || c->busy)
		return -1;
	c->virt = v;
	c->next = NULL;
	c->busy = true;
	v->told = true;
	if (q->tail != NULL)
		q->tail->next = c;
	else
		q->head = c;
	q->tail = c;
	return 0;
}

/* Remove a call; false if it was sent already. */
static bool
queue_unlink(struct virt_queue *q, const struct virt_call *c)
{
	struct virt_call **link = &q->head, *before = NULL;

	for (; *link != NULL; link = &before->next) {
		if (*link != c) {
			before = *link;
			continue;
		}
		*link = c->next;
		if (q->tail == c)
			q->tail = before;
		return true;
	}
	return false;
}

void
virt_forget(struct virt_call *c)
{
	struct virt *v = c->virt;
	size_t i;

	if (c->busy && (queue_unlink(&v->control, c) ||
	    queue_unlink(&v->work, c)))
		c->busy = false;
	if (!c->busy && c->nlate == 0)
		return;
	c->busy = false;
	c->nlate = 0;
	for (i = 0; i < v->nlanes; i++)
		rpc_forget(&v->lane[i].rpc, c);
}

static void
refusal_get(struct virt_answer *a, struct buf *body, char text[LVERROR_TEXT])
{
	a->result = VIRT_REFUSED;
	a->code = virt_error(body, text, LVERROR_TEXT);
	a->class = lverror_class(a->code);
	a->text = text;
}

static void
call_answered(void *arg, enum rpc_result result, struct buf *body)
{
	struct virt_call *c = arg;
	struct virt_answer a = { .result = VIRT_OK, .text = "" };
	char text[LVERROR_TEXT];

	a.class = LVMSG_RETRY;
	switch (result) {
	case RPC_OK:
		if (procs_find(c->what)->take(body, &a) == -1) {
			a.result = VIRT_REFUSED;
			a.class = LVMSG_FATAL;
			a.text = "the daemon sent a malformed answer";
		}
		break;
	case RPC_ERROR:
		refusal_get(&a, body, text);
		break;
	case RPC_TIMEOUT:
		c->nlate += c->late != NULL;
		a.result = VIRT_LATE;
		a.text = "the daemon did not answer in time";
		break;
	case RPC_LOST:
		a.result = VIRT_LOST;
		a.text = "the connection was lost";
		break;
	}
	c->busy = false;
	c->virt->told = true;
	c->done(c, &a);
}

/* Only a refusal has words. */
static void
call_late(void *arg, enum rpc_result result, struct buf *body)
{
	struct virt_call *c = arg;
	struct virt_answer a = { .result = VIRT_LOST, .text = "" };
	char text[LVERROR_TEXT];

	if (c->nlate > 0)
		c->nlate--;
	if (result == RPC_ERROR)
		refusal_get(&a, body, text);
	else if (result == RPC_OK)
		a.result = VIRT_OK;
	c->virt->told = true;
	c->late(c, &a);
}

static void
args_put(const struct virt_call *c, struct buf *b)
{
	const struct guest *g = c->guest;
	/* Zero seconds: the guest takes its own hardware clock. */
	struct lvargs a = { .flags = c->flags, .text = c->text };

	if (g != NULL) {
		a.domain.name = g->name;
		a.domain.namelen = strlen(g->name);
		a.domain.id = g->id;
		memcpy(a.domain.uuid, g->uuid, sizeof(a.domain.uuid));
	}
	procs_find(c->what)->put(b, &a);
}

static int64_t
call_limit(const struct virt *v, enum virt_what what)
{
	switch (procs_find(what)->limit) {
	case PROCS_LONG:
		/* The engine bounds it, and the daemon answers pings. */
		return 0;
	case PROCS_SNAPSHOT:
		return VIRT_SNAPSHOT_MS;
	case PROCS_SHORT:
		break;
	}
	return v->setup.connect_ms;
}

/* Send what a connection has room for. */
static void
queue_send(struct virt *v, struct virt_queue *q, struct virt_lane *l)
{
	struct virt_call *c;
	struct rpc_wait w;

	while ((c = q->head) != NULL && virt_greeted(l) && rpc_room(&l->rpc)) {
		w = (struct rpc_wait){ .limit = call_limit(v, c->what),
		    .fn = call_answered, .arg = c,
		    .late = c->late != NULL ? call_late : NULL };
		if (c->sending != NULL)
			c->sending(c);
		args_put(c, rpc_args(&l->rpc));
		if (rpc_call(&l->rpc, c->what, &w, loop_now()) == -1) {
			lane_lost(l, "no memory for a request", false);
			return;
		}
		q->head = c->next;
		if (q->head == NULL)
			q->tail = NULL;
		if (c->sent == NULL)
			continue;
		v->told = true;
		if (rpc_flush(&l->rpc) == -1) {
			lane_lost(l, l->rpc.why.text, false);
			return;
		}
		c->sent(c);
	}
}

/* Short calls wait although the control connection has as many as it can have:
 * the guests of these hang.  Send the others on another connection. */
static void
control_relieve(struct virt *v, int64_t now)
{
	struct errmsg em;
	size_t i, open = 0;

	if (v->control.head == NULL || rpc_room(&v->lane[LANE_CONTROL].rpc)) {
		v->full = 0;
		return;
	}
	if (v->full == 0)
		v->full = now;
	if (now - v->full < HANG_MS)
		return;
	for (i = 1; i < v->nlanes && v->state == VIRT_UP; i++) {
		open += !v->lane[i].off;
		queue_send(v, &v->control, &v->lane[i]);
	}
	if (v->control.head != NULL && virt_ready(v))
		(void)virt_work(v, (open + 1) * RPC_CALLS, &em);
}

/* Use the first work connection with room: the others stay free for later
 * guests. */
static void
queues_send(struct virt *v, int64_t now)
{
	bool none = true;
	size_t i;

	queue_send(v, &v->control, &v->lane[LANE_CONTROL]);
	for (i = 1; i < v->nlanes && v->state == VIRT_UP; i++) {
		queue_send(v, &v->work, &v->lane[i]);
		none = none && v->lane[i].off;
	}
	if (none && v->state == VIRT_UP)
		queue_send(v, &v->work, &v->lane[LANE_CONTROL]);
	if (v->state == VIRT_UP)
		control_relieve(v, now);
}

void
virt_tick(struct virt *v, int64_t now)
{
	struct virt_lane *l;
	bool deaf;
	size_t i;

	v->told = false;
	if (v->state == VIRT_WAITING && now >= v->next_try)
		virt_dial(v);
	if (v->state == VIRT_UP)
		queues_send(v, now);
	for (i = 0; i < v->nlanes; i++) {
		l = &v->lane[i];
		lane_tick(l, now);
		if (l->fd != -1 && !virt_greeted(l) && now >= v->greet_by)
			lane_lost(l, "the daemon does not answer", false);
		if (l->fd != -1 && l->dial.ready &&
		    rpc_tick(&l->rpc, now) == -1)
			lane_lost(l, l->rpc.why.text, false);
	}
	deaf = virt_deaf(v);
	v->told = v->told || deaf != v->lane[LANE_CONTROL].deaf;
	v->lane[LANE_CONTROL].deaf = deaf;
}

int64_t
virt_next(struct virt *v)
{
	struct virt_lane *l;
	int64_t next = 0;
	short wants;
	size_t i;

	if (v->told)
		next = 1;
	if (v->state == VIRT_CLOSED)
		return next;
	if (v->state == VIRT_WAITING)
		return deadline_min(next, v->next_try);
	for (i = 0; i < v->nlanes; i++) {
		l = &v->lane[i];
		if (l->fd == -1)
			continue;
		wants = POLLIN;
		if (l->dial.ready)
			wants = rpc_wants(&l->rpc);
		loop_want(v->setup.loop, l->fd, wants);
		next = deadline_min(next, rpc_next(&l->rpc));
		if (l->ending > 0)
			next = deadline_min(next, loop_now() + LANE_LOOK);
	}
	if (!virt_ready(v))
		next = deadline_min(next, v->greet_by);
	if (v->full != 0 && v->state == VIRT_UP)
		next = deadline_min(next, v->full + HANG_MS);
	return next;
}
