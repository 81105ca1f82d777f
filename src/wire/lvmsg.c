#include "wire/lvmsg.h"

#include <string.h>

#include "text/buf.h"
#include "text/xdr.h"
#include "wire/lvproto.h"

#define NITEMS(a)	(sizeof(a) / sizeof((a)[0]))

#define DOMAIN_MIN	24u	/* bytes of a domain whose name is empty, or of
				   a network whose name is not */

/* The words of virsh, by number. */
static const char *const states[] = {
	[LV_STATE_NONE] = "no state",
	[LV_STATE_RUNNING] = "running",
	[LV_STATE_BLOCKED] = "idle",
	[LV_STATE_PAUSED] = "paused",
	[LV_STATE_SHUTDOWN] = "in shutdown",
	[LV_STATE_SHUTOFF] = "shut off",
	[LV_STATE_CRASHED] = "crashed",
	[LV_STATE_PMSUSPENDED] = "pmsuspended"
};

const char *
lvmsg_state_name(int32_t state)
{
	if (state < 0 || (size_t)state >= NITEMS(states))
		return "unknown";
	return states[state];
}

/*
 * Judge what was read into the n bytes at p; after an error nothing half-read
 * is left there for a caller that does not look.
 */
static int
get_done(const struct buf *b, void *p, size_t n)
{
	if (!b->bad)
		return 0;
	memset(p, 0, n);
	return -1;
}

/* The same at the end of a message, which must be empty then. */
static int
get_end(struct buf *b, void *p, size_t n)
{
	if (buf_left(b) != 0)
		b->bad = 1;
	return get_done(b, p, n);
}

int
lvmsg_get_header(struct buf *b, struct lvmsg_header *h)
{
	h->prog = xdr_get_u32(b);
	h->vers = xdr_get_u32(b);
	h->proc = xdr_get_u32(b);
	h->type = xdr_get_u32(b);
	h->serial = xdr_get_u32(b);
	h->status = xdr_get_u32(b);
	return get_done(b, h, sizeof(*h));
}

int
lvmsg_get_int(struct buf *b, int32_t *v)
{
	*v = xdr_get_i32(b);
	return get_end(b, v, sizeof(*v));
}

int
lvmsg_get_string(struct buf *b, const char **s, size_t *len)
{
	*s = xdr_get_string(b, len, LV_STRING_MAX);
	if (get_end(b, len, sizeof(*len)) == 0)
		return 0;
	*s = "";
	return -1;
}

int
lvmsg_get_auth(struct buf *b, int32_t *types, size_t max, size_t *n)
{
	uint32_t count = xdr_get_u32(b);
	uint32_t i;
	int32_t type;

	*n = count;
	if (count > LV_AUTH_MAX || (size_t)count * 4 != buf_left(b))
		b->bad = 1;
	for (i = 0; i < count && !b->bad; i++) {
		type = xdr_get_i32(b);
		if (i < max)
			types[i] = type;
	}
	return get_end(b, n, sizeof(*n));
}

static int
next_get(struct buf *b, struct lvmsg_domain *d, int network)
{
	d->name = xdr_get_string(b, &d->namelen, LV_STRING_MAX);
	xdr_get_opaque(b, d->uuid, sizeof(d->uuid));
	d->id = network ? -1 : xdr_get_i32(b);
	if (get_done(b, d, sizeof(*d)) == 0)
		return 0;
	d->name = "";
	return -1;
}

int
lvmsg_next_domain(struct buf *b, struct lvmsg_domain *d)
{
	return next_get(b, d, 0);
}

int
lvmsg_next_network(struct buf *b, struct lvmsg_domain *d)
{
	return next_get(b, d, 1);
}

int
lvmsg_get_network(struct buf *b, struct lvmsg_domain *d)
{
	(void)next_get(b, d, 1);
	if (get_end(b, d, sizeof(*d)) == 0)
		return 0;
	d->name = "";
	return -1;
}

int
lvmsg_get_list(struct buf *b, uint32_t *count)
{
	*count = xdr_get_u32(b);
	/* Callers make room by this number: what is there must bear it. */
	if (*count > LV_LIST_MAX || *count > buf_left(b) / DOMAIN_MIN)
		b->bad = 1;
	return get_done(b, count, sizeof(*count));
}

int
lvmsg_end_list(struct buf *b, uint32_t count)
{
	uint32_t closing = xdr_get_u32(b);

	if (closing != count)
		b->bad = 1;
	return get_end(b, &closing, sizeof(closing));
}

int
lvmsg_get_state(struct buf *b, struct lvmsg_state *s)
{
	s->state = xdr_get_i32(b);
	s->reason = xdr_get_i32(b);
	return get_end(b, s, sizeof(*s));
}

int
lvmsg_get_job(struct buf *b, struct lvmsg_job *j)
{
	int i;

	j->type = xdr_get_i32(b);
	j->elapsed = xdr_get_u64(b);
	(void)xdr_get_u64(b);		/* time remaining */
	j->total = xdr_get_u64(b);
	j->processed = xdr_get_u64(b);
	j->remaining = xdr_get_u64(b);
	for (i = 0; i < 6; i++)		/* the same of memory and of files */
		(void)xdr_get_u64(b);
	return get_end(b, j, sizeof(*j));
}

int
lvmsg_get_memory(struct buf *b, uint64_t *kib)
{
	(void)xdr_get_u32(b);		/* state */
	(void)xdr_get_u64(b);		/* the most that it may have */
	*kib = xdr_get_u64(b);
	(void)xdr_get_u32(b);		/* processors */
	(void)xdr_get_u64(b);		/* their time */
	return get_end(b, kib, sizeof(*kib));
}

/* Whether something optional follows. */
static int
get_present(struct buf *b)
{
	uint32_t present = xdr_get_u32(b);

	if (present > 1)
		b->bad = 1;
	return present == 1;
}

int
lvmsg_get_error(struct buf *b, struct lvmsg_error *e)
{
	struct lvmsg_domain d;
	size_t len;
	int i;

	e->code = xdr_get_i32(b);
	e->domain = xdr_get_i32(b);
	e->message = xdr_get_optstring(b, &e->messagelen, LV_STRING_MAX);
	(void)xdr_get_i32(b);		/* level */
	if (get_present(b))
		(void)lvmsg_next_domain(b, &d);
	for (i = 0; i < 3; i++)		/* str1 to str3 */
		(void)xdr_get_optstring(b, &len, LV_STRING_MAX);
	(void)xdr_get_i32(b);		/* int1 */
	(void)xdr_get_i32(b);		/* int2 */
	if (get_present(b))
		(void)lvmsg_next_network(b, &d);
	return get_end(b, e, sizeof(*e));
}

int
lvmsg_get_lifecycle(struct buf *b, struct lvmsg_lifecycle *l)
{
	l->callback = xdr_get_i32(b);
	(void)lvmsg_next_domain(b, &l->domain);
	l->event = xdr_get_i32(b);
	l->detail = xdr_get_i32(b);
	if (get_end(b, l, sizeof(*l)) == 0)
		return 0;
	l->domain.name = "";
	return -1;
}
