#include "libvirt/rpc.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libvirt/procs.h"
#include "text/deadline.h"
#include "text/escape.h"
#include "text/xdr.h"
#include "wire/lvmsg.h"
#include "wire/lvproto.h"

/* Frames are read in parts of this size, so that a length word alone allocates
 * nothing. */
#define CHUNK		4096
#define OUT_SIZE	8192
#define ARGS_SIZE	4096
#define TEXT_SHOWN	96	/* bytes of a text that is no message */
#define STRAY_FRAME	262144	/* bytes of a message, not a reply */

int
rpc_init(struct rpc *r, size_t reserve)
{
	memset(r, 0, sizeof(*r));
	r->fd = -1;
	if (buf_init(&r->in, reserve + CHUNK, LV_FRAME_MAX + CHUNK) == -1 ||
	    buf_init(&r->out, OUT_SIZE, LV_FRAME_MAX) == -1 ||
	    buf_init(&r->args, ARGS_SIZE, LV_FRAME_MAX) == -1) {
		rpc_free(r);
		return -1;
	}
	return 0;
}

void
rpc_free(struct rpc *r)
{
	rpc_close(r, NULL);
	buf_free(&r->in);
	buf_free(&r->out);
	buf_free(&r->args);
}

void
rpc_open(struct rpc *r, int fd, int64_t silence, int64_t now)
{
	buf_reset(&r->in);
	buf_reset(&r->out);
	memset(r->call, 0, sizeof(r->call));
	r->fd = fd;
	r->serial = 0;
	r->heard = r->asked = now;
	r->pinged = 0;
	r->silence = silence;
	r->why.text[0] = '\0';
}

/* Free the entry first: its owner may make another call at once. */
static void
call_end(struct rpc_call *c, enum rpc_result result, struct buf *body)
{
	struct rpc_call done = *c;

	memset(c, 0, sizeof(*c));
	if (done.fn != NULL)
		done.fn(done.arg, result, body);
	else if (done.late != NULL)
		done.late(done.arg, result, body);
}

void
rpc_close(struct rpc *r, const char *why)
{
	size_t i;

	if (r->fd != -1) {
		(void)close(r->fd);
		r->fd = -1;
		if (why != NULL)
			(void)errmsg_set(&r->why, 0, "%s", why);
	}
	/* Even if it is closed: an answer below may have called rpc_close. */
	for (i = 0; i < RPC_CALLS; i++)
		if (r->call[i].serial != 0)
			call_end(&r->call[i], RPC_LOST, NULL);
}

static int
lost(struct rpc *r, const char *why)
{
	rpc_close(r, why);
	return -1;
}

static int
lost_errno(struct rpc *r, const char *what)
{
	struct errmsg em;

	(void)errmsg_sys(&em, "%s", what);
	return lost(r, em.text);
}

struct buf *
rpc_args(struct rpc *r)
{
	buf_reset(&r->args);
	return &r->args;
}

static struct rpc_call *
call_find(struct rpc *r, uint32_t serial)
{
	size_t i;

	for (i = 0; i < RPC_CALLS; i++)
		if (r->call[i].serial == serial)
			return &r->call[i];
	return NULL;
}

bool
rpc_room(const struct rpc *r)
{
	size_t i;

	if (r->fd == -1)
		return false;
	for (i = 0; i < RPC_CALLS; i++)
		if (r->call[i].serial == 0)
			return true;
	return false;
}

static void
frame_put(struct rpc *r, const struct lvmsg_header *h, const struct buf *body)
{
	size_t len = body != NULL ? body->len : 0;

	xdr_put_u32(&r->out, (uint32_t)(4 + LVMSG_HEADER + len));
	lvargs_header(&r->out, h);
	if (len > 0)
		buf_put(&r->out, body->base, len);
}

bool
rpc_waits(const struct rpc *r)
{
	size_t i;

	for (i = 0; i < RPC_CALLS; i++)
		if (r->call[i].fn != NULL)
			return true;
	return false;
}

int
rpc_call(struct rpc *r, uint32_t proc, const struct rpc_wait *w, int64_t now)
{
	struct lvmsg_header h = {
		.prog = LV_PROGRAM, .vers = LV_VERSION, .proc = proc,
		.type = LV_TYPE_CALL, .status = LV_STATUS_OK
	};
	struct rpc_call *c;
	bool idle = !rpc_waits(r);

	if (r->fd == -1 || r->args.bad || (c = call_find(r, 0)) == NULL)
		return -1;
	/* Room first: a partial frame would break the stream. */
	if (buf_reserve(&r->out, 4 + LVMSG_HEADER + r->args.len) == -1)
		return -1;
	if (++r->serial == 0)
		r->serial = 1;
	h.serial = r->serial;
	frame_put(r, &h, &r->args);
	*c = (struct rpc_call){
		.fn = w->fn, .late = w->late, .arg = w->arg,
		.serial = h.serial, .proc = proc,
		.deadline = w->limit > 0 ? now + w->limit : 0
	};
	/* A ping during an earlier wait does not count. */
	if (idle) {
		r->pinged = 0;
		r->asked = now;
	}
	return 0;
}

static void
keepalive_put(struct rpc *r, uint32_t proc)
{
	struct lvmsg_header h = {
		.prog = LV_KEEPALIVE_PROGRAM, .vers = LV_KEEPALIVE_VERSION,
		.proc = proc, .type = LV_TYPE_MESSAGE, .status = LV_STATUS_OK
	};

	/* If the queue is full the daemon does not read: no ping is needed. */
	if (r->out.len + 4 + LVMSG_HEADER <= OUT_SIZE)
		frame_put(r, &h, NULL);
}

short
rpc_wants(const struct rpc *r)
{
	if (r->fd == -1)
		return 0;
	return (short)(POLLIN | (r->out.len > 0 ? POLLOUT : 0));
}

int
rpc_flush(struct rpc *r)
{
	ssize_t n;

	while (r->out.len > 0) {
		n = write(r->fd, r->out.base, r->out.len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return 0;
		/* Nobody reads it.  poll() tells the end, and the way to tell
		 * its reason. */
		if (n == -1 && errno == EPIPE)
			n = (ssize_t)r->out.len;
		if (n == -1)
			return lost_errno(r, "write");
		buf_drop(&r->out, (size_t)n);
	}
	return 0;
}

static bool
is_ours(const struct lvmsg_header *h)
{
	return h->prog == LV_PROGRAM && h->vers == LV_VERSION;
}

static int
reply_take(struct rpc *r, const struct lvmsg_header *h, struct buf *body)
{
	struct rpc_call *c;

	c = h->serial != 0 ? call_find(r, h->serial) : NULL;
	if (c == NULL || c->proc != h->proc || !is_ours(h))
		return lost(r, "the daemon sent a reply without a call");
	if (h->status != LV_STATUS_OK && h->status != LV_STATUS_ERROR)
		return lost(r, "the daemon sent a reply of unknown status");
	call_end(c, h->status == LV_STATUS_OK ? RPC_OK : RPC_ERROR, body);
	return 0;
}

/* An unknown event is ignored, like those of a newer daemon by the client of
 * libvirt.  Anything else may have been a reply, whose call would never end. */
static int
event_take(struct rpc *r, const struct lvmsg_header *h, struct buf *body)
{
	const struct rpc_call *c;

	c = h->serial != 0 ? call_find(r, h->serial) : NULL;
	if (h->type != LV_TYPE_MESSAGE || (c != NULL && c->proc == h->proc))
		return lost(r, "the daemon sent a message of unknown type");
	if (h->prog == LV_KEEPALIVE_PROGRAM && h->proc == LV_KEEPALIVE_PING)
		keepalive_put(r, LV_KEEPALIVE_PONG);
	if (is_ours(h) && r->event != NULL)
		r->event(r->event_arg, h->proc, body);
	return 0;
}

static int
message_take(struct rpc *r, struct buf *frame)
{
	struct lvmsg_header h;
	struct buf body;

	if (lvmsg_get_header(frame, &h) == -1)
		return lost(r, "the daemon sent a malformed header");
	buf_view(&body, frame->base + frame->pos, buf_left(frame));
	if (h.type == LV_TYPE_REPLY)
		return reply_take(r, &h, &body);
	return event_take(r, &h, &body);
}

/* The longest message that is accepted now: long lists only on request. */
static size_t
frame_cap(const struct rpc *r)
{
	const struct procs_row *p;
	size_t cap = STRAY_FRAME, i;

	for (i = 0; i < RPC_CALLS; i++) {
		if (r->call[i].serial == 0)
			continue;
		p = procs_find(r->call[i].proc);
		if (p != NULL && p->cap > cap)
			cap = p->cap;
	}
	return cap;
}

/* Text in place of a frame: a login banner, or the message of a program that
 * cannot be run. */
static int
text_lost(struct rpc *r)
{
	char why[ERRMSG_SIZE], shown[TEXT_SHOWN];
	const unsigned char *p = r->in.base;
	size_t n = 0;

	while (n < r->in.len && (p[n] >= ' ' || p[n] == '\t') && p[n] < 0x7f)
		n++;
	if (n < 4)
		return lost(r, "the daemon sent a frame of invalid length");
	(void)escape_text(shown, sizeof(shown), (const char *)p, n);
	(void)snprintf(why, sizeof(why), "text in place of libvirt's "
	    "protocol: \"%s\"", shown);
	return lost(r, why);
}

/* 1 when a whole frame was taken, 0 when more bytes are needed. */
static int
frame_take(struct rpc *r)
{
	struct buf view;
	size_t len;

	if (r->in.len < 4)
		return 0;
	buf_view(&view, r->in.base, r->in.len);
	len = xdr_get_u32(&view);
	if (len < LV_FRAME_MIN || len > LV_FRAME_MAX)
		return text_lost(r);
	if (len > frame_cap(r))
		return lost(r, "the daemon sent an answer that is too long");
	if (r->in.len < len)
		return 0;
	buf_view(&view, r->in.base + 4, len - 4);
	if (message_take(r, &view) == -1)
		return -1;
	/* A handler may have closed us. */
	if (r->fd == -1)
		return -1;
	buf_drop(&r->in, len);
	return 1;
}

/* An answer to a ping within what has begun like a long message: its length was
 * no length.  Such answers would let it grow as long as the daemon lives. */
static bool
holds_pong(const struct rpc *r)
{
	static const unsigned char pong[] = {
		0, 0, 0, LV_FRAME_MIN, 'k', 'e', 'e', 'p',
		0, 0, 0, LV_KEEPALIVE_VERSION, 0, 0, 0, LV_KEEPALIVE_PONG,
		0, 0, 0, LV_TYPE_MESSAGE, 0, 0, 0, 0, 0, 0, 0, 0
	};

	return memmem(r->in.base, r->in.len, pong, sizeof(pong)) != NULL;
}

static int
in_read(struct rpc *r, int64_t now)
{
	bool pinged = r->pinged != 0;
	ssize_t n;
	int rv;

	if (buf_reserve(&r->in, CHUNK) == -1)
		return lost(r, "no memory for an answer");
	n = read(r->fd, r->in.base + r->in.len, CHUNK);
	if (n == -1 && (errno == EINTR || errno == EAGAIN ||
	    errno == EWOULDBLOCK))
		return 0;
	if (n == -1)
		return lost_errno(r, "read");
	if (n == 0)
		return lost(r, "the daemon closed the connection");
	r->in.len += (size_t)n;
	r->heard = now;
	r->pinged = 0;
	while ((rv = frame_take(r)) == 1)
		continue;
	if (rv == 0 && pinged && holds_pong(r))
		return lost(r, "the daemon sent a message of wrong length");
	return rv;
}

int
rpc_ready(struct rpc *r, short revents, int64_t now)
{
	if (r->fd == -1)
		return -1;
	if ((revents & (POLLIN | POLLHUP | POLLERR)) && in_read(r, now) == -1)
		return -1;
	return rpc_flush(r);
}

/* The entry stays taken: for the daemon the call is open. */
void
rpc_forget(struct rpc *r, const void *arg)
{
	size_t i;

	if (arg == NULL)
		r->event = NULL;
	for (i = 0; i < RPC_CALLS; i++)
		if (arg == NULL || r->call[i].arg == arg)
			r->call[i].fn = r->call[i].late = NULL;
}

static void
calls_expire(struct rpc *r, int64_t now)
{
	struct rpc_call *c;
	rpc_reply_fn *fn;
	size_t i;

	for (i = 0; i < RPC_CALLS; i++) {
		c = &r->call[i];
		if (c->fn == NULL || c->deadline == 0 || now < c->deadline)
			continue;
		/* The entry stays taken: for the daemon the call is open. */
		fn = c->fn;
		c->fn = NULL;
		fn(c->arg, RPC_TIMEOUT, NULL);
	}
}

static bool
calls_stuck(const struct rpc *r)
{
	size_t i;

	for (i = 0; i < RPC_CALLS; i++)
		if (r->call[i].serial == 0 || r->call[i].fn != NULL)
			return false;
	return true;
}

/* A call is open that is to be answered soon. */
static bool
calls_short(const struct rpc *r)
{
	size_t i;

	for (i = 0; i < RPC_CALLS; i++)
		if (r->call[i].fn != NULL && r->call[i].deadline != 0)
			return true;
	return false;
}

/* When to send a ping, or to give up. */
static int64_t
silence_end(const struct rpc *r)
{
	int64_t since = r->heard > r->asked ? r->heard : r->asked;
	int64_t ping = r->heard + r->silence / 2;

	if (r->pinged != 0)
		return r->pinged + r->silence - r->silence / 2;
	return calls_short(r) ? deadline_min(ping, since + RPC_PING) : ping;
}

/* Send a ping, or give up.  rpc_tick reads first: only the daemon's silence
 * counts. */
static int
silence_tick(struct rpc *r, int64_t now)
{
	if (!rpc_waits(r) || now < silence_end(r))
		return 0;
	if (r->pinged != 0)
		return lost(r, "the daemon does not answer");
	r->pinged = now;
	keepalive_put(r, LV_KEEPALIVE_PING);
	return 0;
}

int
rpc_tick(struct rpc *r, int64_t now)
{
	int64_t next = rpc_next(r);

	if (r->fd == -1)
		return -1;
	if (next != 0 && now >= next && in_read(r, now) == -1)
		return -1;
	/* First: a silence ends with the last call that waits. */
	if (silence_tick(r, now) == -1)
		return -1;
	calls_expire(r, now);
	if (r->fd == -1)
		return -1;
	if (calls_stuck(r))
		return lost(r, "the daemon answers no calls");
	return rpc_flush(r);
}

bool
rpc_deaf(const struct rpc *r)
{
	return rpc_waits(r) && r->pinged != 0;
}

int64_t
rpc_next(const struct rpc *r)
{
	int64_t next;
	size_t i;

	if (r->fd == -1 || !rpc_waits(r))
		return 0;
	next = silence_end(r);
	for (i = 0; i < RPC_CALLS; i++)
		if (r->call[i].fn != NULL && r->call[i].deadline != 0 &&
		    r->call[i].deadline < next)
			next = r->call[i].deadline;
	return next;
}
