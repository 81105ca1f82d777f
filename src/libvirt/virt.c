#include "libvirt/virt.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "plan/guest.h"
#include "sys/loop.h"
#include "text/buf.h"
#include "text/deadline.h"
#include "text/escape.h"
#include "wire/lvproto.h"
#include "wire/uri.h"

#define BACKOFF_MIN	100		/* ms before the second attempt */
#define BACKOFF_MAX	2000
#define LONG_MS		(4 * 3600 * (int64_t)1000)	/* saves and starts */
#define CONTROL_RESERVE	32768		/* bytes: a list of some 300 guests */
#define WORK_RESERVE	1024
#define LANE_CONTROL	0

/*
 * Questions: which procedure, how its arguments are put, what comes back.
 */
enum put { PUT_LIST, PUT_DOMAIN, PUT_FLAGS, PUT_TIME, PUT_UUID, PUT_NETWORK,
	PUT_SNAPSHOT };
enum take { TAKE_NOTHING, TAKE_LIST, TAKE_STATE, TAKE_JOB, TAKE_INT,
	TAKE_MEMORY, TAKE_XML, TAKE_NETWORK };

static const struct question {
	uint32_t	proc;
	enum put	put;
	enum take	take;
	bool		work;
} question[VIRT_NWHAT] = {
	[VIRT_LIST] = { LV_PROC_LIST_ALL_DOMAINS, PUT_LIST, TAKE_LIST, false },
	[VIRT_STATE] = { LV_PROC_GET_STATE, PUT_FLAGS, TAKE_STATE, false },
	[VIRT_JOB] = { LV_PROC_GET_JOB_INFO, PUT_DOMAIN, TAKE_JOB, false },
	[VIRT_IMAGE] = { LV_PROC_HAS_MANAGED_SAVE_IMAGE, PUT_FLAGS, TAKE_INT,
	    false },
	[VIRT_UNSAVE] = { LV_PROC_MANAGED_SAVE_REMOVE, PUT_FLAGS, TAKE_NOTHING,
	    false },
	[VIRT_SHUTDOWN] = { LV_PROC_SHUTDOWN_FLAGS, PUT_FLAGS, TAKE_NOTHING,
	    false },
	[VIRT_DESTROY] = { LV_PROC_DESTROY_FLAGS, PUT_FLAGS, TAKE_NOTHING,
	    false },
	[VIRT_RESUME] = { LV_PROC_RESUME, PUT_DOMAIN, TAKE_NOTHING, false },
	[VIRT_WAKEUP] = { LV_PROC_PM_WAKEUP, PUT_FLAGS, TAKE_NOTHING, false },
	[VIRT_ABORT] = { LV_PROC_ABORT_JOB, PUT_DOMAIN, TAKE_NOTHING, false },
	[VIRT_TIME] = { LV_PROC_SET_TIME, PUT_TIME, TAKE_NOTHING, false },
	/* It asks the guest for its time; what that is is nobody's business. */
	[VIRT_AGENT] = { LV_PROC_GET_TIME, PUT_FLAGS, TAKE_NOTHING, false },
	[VIRT_MEMORY] = { LV_PROC_GET_INFO, PUT_DOMAIN, TAKE_MEMORY, false },
	[VIRT_XML] = { LV_PROC_GET_XML_DESC, PUT_FLAGS, TAKE_XML, false },
	[VIRT_NETS] = { LV_PROC_LIST_ALL_NETWORKS, PUT_LIST, TAKE_LIST,
	    false },
	[VIRT_NET_LOOKUP] = { LV_PROC_NETWORK_LOOKUP_BY_UUID, PUT_UUID,
	    TAKE_NETWORK, false },
	[VIRT_NET_START] = { LV_PROC_NETWORK_CREATE, PUT_NETWORK,
	    TAKE_NOTHING, false },
	[VIRT_NET_STOP] = { LV_PROC_NETWORK_DESTROY, PUT_NETWORK,
	    TAKE_NOTHING, false },
	[VIRT_SNAPSHOT] = { LV_PROC_SNAPSHOT_CREATE_XML, PUT_SNAPSHOT,
	    TAKE_NOTHING, true },
	[VIRT_SAVE] = { LV_PROC_MANAGED_SAVE, PUT_FLAGS, TAKE_NOTHING, true },
	[VIRT_START] = { LV_PROC_CREATE_WITH_FLAGS, PUT_FLAGS, TAKE_NOTHING,
	    true },
};

/*
 * The greeting, a call a row.  `take` looks at a reply and may refuse the
 * connection; where an error is no reason to give up, `optional` is set.
 */
static void	put_nothing(struct virt_lane *, struct buf *);
static void	put_open(struct virt_lane *, struct buf *);
static void	put_keepalive(struct virt_lane *, struct buf *);
static void	put_callback(struct virt_lane *, struct buf *);
static void	put_register(struct virt_lane *, struct buf *);
static int	take_auth(struct virt_lane *, struct buf *, struct errmsg *);
static int	take_nothing(struct virt_lane *, struct buf *, struct errmsg *);
static int	take_callback(struct virt_lane *, struct buf *,
		    struct errmsg *);

enum greeting {
	GREET_AUTH,
	GREET_POLKIT,
	GREET_OPEN,
	GREET_KEEPALIVE,
	GREET_CALLBACK,
	GREET_REGISTER,
	GREET_DONE
};

static const struct greet {
	uint32_t	proc;
	void		(*put)(struct virt_lane *, struct buf *);
	int		(*take)(struct virt_lane *, struct buf *,
			    struct errmsg *);
	bool		optional;
	bool		control;	/* not on work connections */
} greet[GREET_DONE] = {
	[GREET_AUTH] = { LV_PROC_AUTH_LIST, put_nothing, take_auth, false,
	    false },
	[GREET_POLKIT] = { LV_PROC_AUTH_POLKIT, put_nothing, take_nothing,
	    false, false },
	[GREET_OPEN] = { LV_PROC_OPEN, put_open, take_nothing, false, false },
	[GREET_KEEPALIVE] = { LV_PROC_SUPPORTS_FEATURE, put_keepalive,
	    take_nothing, true, false },
	[GREET_CALLBACK] = { LV_PROC_SUPPORTS_FEATURE, put_callback,
	    take_callback, true, true },
	[GREET_REGISTER] = { LV_PROC_EVENT_CALLBACK_REGISTER_ANY, put_register,
	    take_nothing, true, true },
};

static void	greet_send(struct virt_lane *);
static int	lane_open(struct virt_lane *, struct errmsg *);
static void	virt_lost(struct virt *, const char *why, bool never);

static void
put_nothing(struct virt_lane *l, struct buf *b)
{
	(void)l;
	(void)b;
}

static void
put_open(struct virt_lane *l, struct buf *b)
{
	lvmsg_put_open(b, l->virt->uri->remote, 0);
}

static void
put_keepalive(struct virt_lane *l, struct buf *b)
{
	(void)l;
	lvmsg_put_int(b, LV_FEATURE_KEEPALIVE);
}

static void
put_callback(struct virt_lane *l, struct buf *b)
{
	(void)l;
	lvmsg_put_int(b, LV_FEATURE_EVENT_CALLBACK);
}

static void
put_register(struct virt_lane *l, struct buf *b)
{
	(void)l;
	lvmsg_put_register(b, LV_EVENT_ID_LIFECYCLE);
}

static int
take_nothing(struct virt_lane *l, struct buf *b, struct errmsg *em)
{
	(void)l;
	(void)b;
	(void)em;
	return 0;
}

static int
take_auth(struct virt_lane *l, struct buf *b, struct errmsg *em)
{
	int32_t types[LV_AUTH_MAX];
	size_t n, i;

	if (lvmsg_get_auth(b, types, LV_AUTH_MAX, &n) == -1)
		return errmsg_set(em, DIAL_NEVER, "a malformed list of "
		    "authentication types");
	for (i = 0; i < n; i++)
		if (types[i] == LV_AUTH_NONE) {
			l->step = GREET_POLKIT;	/* and so past it */
			return 0;
		}
	for (i = 0; i < n; i++)
		if (types[i] == LV_AUTH_POLKIT)
			return 0;
	return errmsg_set(em, DIAL_NEVER, "the daemon wants SASL "
	    "authentication, which is not spoken here; +ssh is");
}

static int
take_callback(struct virt_lane *l, struct buf *b, struct errmsg *em)
{
	int32_t yes;

	(void)em;
	l->events = lvmsg_get_int(b, &yes) == 0 && yes != 0;
	return 0;
}

/* What libvirt said, escaped, in text; its code. */
static int32_t
error_text(struct buf *body, char *text, size_t size)
{
	struct lvmsg_error e;

	if (lvmsg_get_error(body, &e) == -1) {
		(void)strlcpy(text, "a malformed error", size);
		return LV_ERR_INTERNAL_ERROR;
	}
	if (e.message != NULL)
		(void)escape_text(text, size, e.message, e.messagelen);
	else
		(void)strlcpy(text, "an error without words", size);
	return e.code;
}

static void
lane_close(struct virt_lane *l, const char *why)
{
	if (l->fd != -1)
		loop_del(l->virt->loop, l->fd);
	l->fd = -1;
	rpc_close(&l->rpc, why);
	dial_end(&l->dial);
}

/* Closed first: those who hear of it must find nothing to ask. */
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

static void
virt_shut(struct virt *v, enum virt_state state, const char *why)
{
	size_t i;

	v->state = state;
	v->told = true;
	for (i = 0; i < v->nlanes; i++)
		lane_close(&v->lane[i], why);
	queue_drain(&v->control);
	queue_drain(&v->work);
}

/* Another attempt, later each time. */
static void
retry_plan(struct virt *v, int64_t now)
{
	/* One that lasted for a while was no failure. */
	if (v->state == VIRT_UP && now - v->came > BACKOFF_MAX)
		v->backoff = BACKOFF_MIN;
	v->next_try = now + v->backoff;
	if (!v->was_up && v->next_try > v->patience)
		v->next_try = v->patience;
	v->backoff = v->backoff * 2 > BACKOFF_MAX ? BACKOFF_MAX :
	    v->backoff * 2;
}

/* What went wrong, and what those who carry the connection say of it. */
static void
why_text(const struct virt *v, const char *why, char text[ERRMSG_SIZE])
{
	char said[ERRMSG_SIZE / 2];
	size_t i;

	(void)strlcpy(text, why, ERRMSG_SIZE);
	for (i = 0; i < v->nlanes; i++) {
		if (!dial_said(&v->lane[i].dial, said, sizeof(said)))
			continue;
		(void)strlcat(text, ": ", ERRMSG_SIZE);
		(void)strlcat(text, said, ERRMSG_SIZE);
		return;
	}
}

/*
 * A connection, or an attempt at one, came to nothing: another attempt later,
 * or the end.  Who is told of it, or of a question that went with it, may
 * close it or open it anew; then it is no longer this one's business.
 */
static void
virt_lost(struct virt *v, const char *why, bool never)
{
	bool up = v->state == VIRT_UP, end;
	int64_t now = loop_now();
	unsigned life = v->life;
	char text[ERRMSG_SIZE];

	if (v->state != VIRT_UP && v->state != VIRT_GREETING)
		return;
	/* why may be in a connection that is closed below. */
	why_text(v, why, text);
	end = !v->was_up && (never || now >= v->patience);
	retry_plan(v, now);
	virt_shut(v, end ? VIRT_CLOSED : VIRT_WAITING, text);
	if (v->life != life)
		return;
	if (end)
		v->handlers->failed(v->arg, text);
	else if (up)
		v->handlers->down(v->arg, text);
}

/*
 * A connection for work that is not greeted has nothing to lose: the others go
 * on without it.
 */
static void
lane_lost(struct virt_lane *l, const char *why, bool never)
{
	struct virt *v = l->virt;

	if (l == &v->lane[LANE_CONTROL] || l->step == GREET_DONE) {
		virt_lost(v, why, never);
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
	l->virt->handlers->event(l->virt->arg, &ev);
}

static void
lane_ready(void *arg, short revents)
{
	struct virt_lane *l = arg;

	if (rpc_ready(&l->rpc, revents, loop_now()) == -1)
		lane_lost(l, l->rpc.why.text, false);
}

static void
lane_dialling(void *arg, short revents)
{
	struct virt_lane *l = arg;
	struct errmsg em;

	(void)revents;
	/* It may be another descriptor from here on. */
	loop_del(l->virt->loop, l->fd);
	l->fd = -1;
	if (dial_ready(&l->dial, &em) == -1 || lane_open(l, &em) == -1)
		lane_lost(l, em.text, em.code == DIAL_NEVER);
}

/* Watch what was dialled; once it is a connection, greet. */
static int
lane_open(struct virt_lane *l, struct errmsg *em)
{
	struct virt *v = l->virt;

	if (loop_add(v->loop, l->dial.fd, l->dial.ready ? lane_ready :
	    lane_dialling, l) == -1) {
		if (l->dial.ready)
			(void)close(l->dial.fd);
		dial_end(&l->dial);
		return errmsg_set(em, DIAL_NEVER, "too many connections");
	}
	l->fd = l->dial.fd;
	if (!l->dial.ready)
		return 0;
	l->step = GREET_AUTH;
	l->events = false;
	l->rpc.event = l == &v->lane[LANE_CONTROL] ? lane_event : NULL;
	l->rpc.event_arg = l;
	rpc_open(&l->rpc, l->fd, v->connect_ms, loop_now());
	greet_send(l);
	return 0;
}

static int
lane_dial(struct virt_lane *l, struct errmsg *em)
{
	l->step = GREET_AUTH;
	l->off = false;
	l->virt->greet_by = loop_now() + l->virt->connect_ms;
	if (dial_begin(&l->dial, l->virt->uri, em) == 0 &&
	    lane_open(l, em) == 0)
		return 0;
	lane_lost(l, em->text, em->code == DIAL_NEVER);
	return -1;
}

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
		if (!v->lane[i].off && v->lane[i].step != GREET_DONE)
			return false;
	return v->state == VIRT_UP;
}

/* Connections for work are dialled behind the first one, so that what goes
 * wrong with them is nothing of the daemon's. */
static void
greet_done(struct virt_lane *l)
{
	struct virt *v = l->virt;
	struct errmsg em;
	size_t i;

	if (l != &v->lane[LANE_CONTROL])
		return;
	v->state = VIRT_UP;
	v->was_up = true;
	v->came = loop_now();
	v->told = true;
	for (i = 1; i < v->nlanes; i++)
		(void)lane_dial(&v->lane[i], &em);
	v->handlers->up(v->arg);
}

static bool
greet_skip(const struct virt_lane *l)
{
	if (greet[l->step].control && l != &l->virt->lane[LANE_CONTROL])
		return true;
	return l->step == GREET_REGISTER && !l->events;
}

static void
greet_refused(struct virt_lane *l, struct buf *body)
{
	char text[ERRMSG_SIZE];
	enum lvmsg_class class = lvmsg_error_class(error_text(body, text,
	    sizeof(text)));

	l->virt->no_driver = l->virt->state == VIRT_GREETING &&
	    l->step == GREET_OPEN && class == LVMSG_UNSUPPORTED;
	lane_lost(l, text, class == LVMSG_DENIED ||
	    class == LVMSG_UNSUPPORTED);
}

static void
greet_answer(void *arg, enum rpc_result result, struct buf *body)
{
	struct virt_lane *l = arg;
	const struct greet *g = &greet[l->step];
	struct errmsg em;

	if (result == RPC_LOST)
		return;			/* who closed it goes on from there */
	if (result == RPC_TIMEOUT) {
		lane_lost(l, "the daemon does not answer", false);
		return;
	}
	if (result == RPC_ERROR && !g->optional) {
		greet_refused(l, body);
		return;
	}
	if (result == RPC_OK && g->take(l, body, &em) == -1) {
		lane_lost(l, em.text, true);
		return;
	}
	l->step++;
	greet_send(l);
}

static void
greet_send(struct virt_lane *l)
{
	struct rpc_wait w = {
		.limit = l->virt->connect_ms, .fn = greet_answer, .arg = l
	};

	while (l->step < GREET_DONE && greet_skip(l))
		l->step++;
	if (l->step == GREET_DONE) {
		greet_done(l);
		return;
	}
	greet[l->step].put(l, rpc_args(&l->rpc));
	/* Nothing else was sent: there is room. */
	(void)rpc_call(&l->rpc, greet[l->step].proc, &w, loop_now());
}

static int
lane_init(struct virt *v, size_t i)
{
	struct virt_lane *l = &v->lane[i];

	memset(l, 0, sizeof(*l));
	l->virt = v;
	l->off = true;
	l->fd = l->dial.fd = l->dial.err = -1;
	return rpc_init(&l->rpc, i == LANE_CONTROL ? CONTROL_RESERVE :
	    WORK_RESERVE);
}

int
virt_init(struct virt *v, const struct virt_setup *s)
{
	memset(v, 0, sizeof(*v));
	v->uri = s->uri;
	v->loop = s->loop;
	v->connect_ms = s->connect_ms;
	v->handlers = s->handlers;
	v->arg = s->arg;
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
	virt_shut(v, VIRT_CLOSED, NULL);
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

pid_t
virt_daemon(const struct virt *v)
{
	return v->state == VIRT_UP ? dial_daemon(&v->lane[0].dial) : 0;
}

int
virt_ask(struct virt *v, struct virt_call *c)
{
	struct virt_queue *q = question[c->what].work ? &v->work : &v->control;

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

/* Whether it had not been sent. */
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

	if (!c->busy)
		return;
	c->busy = false;
	if (queue_unlink(&v->control, c) || queue_unlink(&v->work, c))
		return;
	for (i = 0; i < v->nlanes; i++)
		rpc_forget(&v->lane[i].rpc, c);
}

static int
answer_decode(enum take take, struct buf *body, struct virt_answer *a)
{
	switch (take) {
	case TAKE_LIST:
		a->list = body;
		return lvmsg_get_list(body, &a->count);
	case TAKE_STATE:
		return lvmsg_get_state(body, &a->state);
	case TAKE_JOB:
		return lvmsg_get_job(body, &a->job);
	case TAKE_INT:
		return lvmsg_get_int(body, &a->number);
	case TAKE_MEMORY:
		return lvmsg_get_memory(body, &a->kib);
	case TAKE_XML:
		return lvmsg_get_string(body, &a->xml, &a->xmllen);
	case TAKE_NETWORK:
		return lvmsg_get_network(body, &a->net);
	case TAKE_NOTHING:
		break;
	}
	return 0;
}

static void
call_answered(void *arg, enum rpc_result result, struct buf *body)
{
	struct virt_call *c = arg;
	struct virt_answer a = { .result = VIRT_OK, .text = "" };
	char text[ERRMSG_SIZE];

	a.class = LVMSG_RETRY;
	switch (result) {
	case RPC_OK:
		if (answer_decode(question[c->what].take, body, &a) == -1) {
			a.result = VIRT_REFUSED;
			a.class = LVMSG_FATAL;
			a.text = "a malformed answer";
		}
		break;
	case RPC_ERROR:
		a.result = VIRT_REFUSED;
		a.code = error_text(body, text, sizeof(text));
		a.class = lvmsg_error_class(a.code);
		a.text = text;
		break;
	case RPC_TIMEOUT:
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

static void
args_put(const struct virt_call *c, struct buf *b)
{
	const struct guest *g = c->guest;
	struct lvmsg_domain d;

	if (question[c->what].put == PUT_LIST) {
		lvmsg_put_list(b, c->flags);
		return;
	}
	d.name = g->name;
	d.namelen = strlen(g->name);
	d.id = g->id;
	memcpy(d.uuid, g->uuid, sizeof(d.uuid));
	switch (question[c->what].put) {
	case PUT_FLAGS:
		lvmsg_put_domain_flags(b, &d, c->flags);
		break;
	case PUT_TIME:
		/* Zero seconds: the guest takes its own hardware clock. */
		lvmsg_put_time(b, &d, 0, c->flags);
		break;
	case PUT_SNAPSHOT:
		lvmsg_put_snapshot(b, &d, c->text, c->flags);
		break;
	case PUT_UUID:
		lvmsg_put_uuid(b, d.uuid);
		break;
	case PUT_NETWORK:
		lvmsg_put_network(b, &d);
		break;
	default:
		lvmsg_put_domain(b, &d);
		break;
	}
}

static int64_t
call_limit(const struct virt *v, enum virt_what what)
{
	if (what == VIRT_SNAPSHOT)
		return VIRT_SNAPSHOT_MS;
	return question[what].work ? LONG_MS : v->connect_ms;
}

/* Send what a connection has room for. */
static void
queue_send(struct virt *v, struct virt_queue *q, struct virt_lane *l)
{
	struct virt_call *c;
	struct rpc_wait w;

	while ((c = q->head) != NULL && l->step == GREET_DONE &&
	    rpc_room(&l->rpc)) {
		w = (struct rpc_wait){
			.limit = call_limit(v, c->what),
			.fn = call_answered, .arg = c
		};
		args_put(c, rpc_args(&l->rpc));
		if (rpc_call(&l->rpc, question[c->what].proc, &w,
		    loop_now()) == -1) {
			virt_lost(v, "no memory for a request", false);
			return;
		}
		q->head = c->next;
		if (q->head == NULL)
			q->tail = NULL;
	}
}

/* The work connection with room and the fewest calls would be fairer; the
 * first with room keeps the others free for the guests to come. */
static void
queues_send(struct virt *v)
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
}

void
virt_tick(struct virt *v, int64_t now)
{
	struct virt_lane *l;
	size_t i;

	v->told = false;
	if (v->state == VIRT_WAITING && now >= v->next_try)
		virt_dial(v);
	if (v->state == VIRT_UP)
		queues_send(v);
	for (i = 0; i < v->nlanes; i++) {
		l = &v->lane[i];
		if (l->fd != -1 && l->step != GREET_DONE &&
		    now >= v->greet_by)
			lane_lost(l, "the daemon does not answer", false);
		if (l->fd != -1 && l->dial.ready &&
		    rpc_tick(&l->rpc, now) == -1)
			lane_lost(l, l->rpc.why.text, false);
	}
}

int64_t
virt_next(struct virt *v)
{
	struct virt_lane *l;
	int64_t next = 0;
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
		loop_want(v->loop, l->fd, l->dial.ready ?
		    rpc_wants(&l->rpc) : POLLIN);
		next = deadline_min(next, rpc_next(&l->rpc));
	}
	if (!virt_ready(v))
		next = deadline_min(next, v->greet_by);
	return next;
}
