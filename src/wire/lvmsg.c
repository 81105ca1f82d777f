#include "wire/lvmsg.h"

#include <string.h>

#include "text/buf.h"
#include "text/xdr.h"
#include "wire/lvproto.h"

#define NITEMS(a)	(sizeof(a) / sizeof((a)[0]))

/*
 * A frame that carries numbers, one domain or an error.  The daemon builds
 * errors of three texts of about a kilobyte each; this is what it reserves
 * for a message at first.
 */
#define CAP_SMALL	65536u

/* One that is a string. */
#define CAP_STRING	(4 + LVMSG_HEADER + 4 + LV_STRING_MAX)

#define DOMAIN_MIN	24u	/* bytes of a domain whose name is empty, or of
				   a network whose name is not */

static const struct lvmsg_proc procs[] = {
	{ LV_PROC_OPEN, "CONNECT_OPEN", CAP_SMALL },
	{ LV_PROC_CLOSE, "CONNECT_CLOSE", CAP_SMALL },
	{ LV_PROC_GET_XML_DESC, "DOMAIN_GET_XML_DESC", CAP_STRING },
	{ LV_PROC_GET_AUTOSTART, "DOMAIN_GET_AUTOSTART", CAP_SMALL },
	{ LV_PROC_GET_INFO, "DOMAIN_GET_INFO", CAP_SMALL },
	{ LV_PROC_LOOKUP_BY_UUID, "DOMAIN_LOOKUP_BY_UUID", CAP_SMALL },
	{ LV_PROC_RESUME, "DOMAIN_RESUME", CAP_SMALL },
	{ LV_PROC_NETWORK_CREATE, "NETWORK_CREATE", CAP_SMALL },
	{ LV_PROC_NETWORK_DESTROY, "NETWORK_DESTROY", CAP_SMALL },
	{ LV_PROC_NETWORK_LOOKUP_BY_UUID, "NETWORK_LOOKUP_BY_UUID",
	    CAP_SMALL },
	{ LV_PROC_SUPPORTS_FEATURE, "CONNECT_SUPPORTS_FEATURE", CAP_SMALL },
	{ LV_PROC_AUTH_LIST, "AUTH_LIST", CAP_SMALL },
	{ LV_PROC_AUTH_POLKIT, "AUTH_POLKIT", CAP_SMALL },
	{ LV_PROC_GET_URI, "CONNECT_GET_URI", CAP_SMALL },
	{ LV_PROC_IS_PERSISTENT, "DOMAIN_IS_PERSISTENT", CAP_SMALL },
	{ LV_PROC_GET_JOB_INFO, "DOMAIN_GET_JOB_INFO", CAP_SMALL },
	{ LV_PROC_ABORT_JOB, "DOMAIN_ABORT_JOB", CAP_SMALL },
	{ LV_PROC_MANAGED_SAVE, "DOMAIN_MANAGED_SAVE", CAP_SMALL },
	{ LV_PROC_HAS_MANAGED_SAVE_IMAGE, "DOMAIN_HAS_MANAGED_SAVE_IMAGE",
	    CAP_SMALL },
	{ LV_PROC_MANAGED_SAVE_REMOVE, "DOMAIN_MANAGED_SAVE_REMOVE",
	    CAP_SMALL },
	{ LV_PROC_SNAPSHOT_CREATE_XML, "DOMAIN_SNAPSHOT_CREATE_XML",
	    CAP_SMALL },
	{ LV_PROC_CREATE_WITH_FLAGS, "DOMAIN_CREATE_WITH_FLAGS", CAP_SMALL },
	{ LV_PROC_GET_STATE, "DOMAIN_GET_STATE", CAP_SMALL },
	{ LV_PROC_DESTROY_FLAGS, "DOMAIN_DESTROY_FLAGS", CAP_SMALL },
	{ LV_PROC_SHUTDOWN_FLAGS, "DOMAIN_SHUTDOWN_FLAGS", CAP_SMALL },
	{ LV_PROC_PM_WAKEUP, "DOMAIN_PM_WAKEUP", CAP_SMALL },
	{ LV_PROC_LIST_ALL_DOMAINS, "CONNECT_LIST_ALL_DOMAINS", LV_FRAME_MAX },
	{ LV_PROC_LIST_ALL_NETWORKS, "CONNECT_LIST_ALL_NETWORKS",
	    LV_FRAME_MAX },
	{ LV_PROC_EVENT_CALLBACK_REGISTER_ANY,
	    "CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY", CAP_SMALL },
	{ LV_PROC_EVENT_CALLBACK_DEREGISTER_ANY,
	    "CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY", CAP_SMALL },
	{ LV_PROC_GET_TIME, "DOMAIN_GET_TIME", CAP_SMALL },
	{ LV_PROC_SET_TIME, "DOMAIN_SET_TIME", CAP_SMALL }
};

/* Codes that are not here are fatal. */
static const struct error_class {
	int32_t			code;
	enum lvmsg_class	class;
} classes[] = {
	{ LV_ERR_NO_MEMORY, LVMSG_RETRY },
	{ LV_ERR_OPERATION_TIMEOUT, LVMSG_RETRY },	/* another job */
	{ LV_ERR_BLOCK_COPY_ACTIVE, LVMSG_RETRY },
	{ LV_ERR_AGENT_UNRESPONSIVE, LVMSG_RETRY },	/* still booting */
	{ LV_ERR_AGENT_UNSYNCED, LVMSG_RETRY },
	{ LV_ERR_RESOURCE_BUSY, LVMSG_RETRY },

	{ LV_ERR_NO_DOMAIN, LVMSG_GONE },

	{ LV_ERR_OPERATION_DENIED, LVMSG_DENIED },	/* read-only */
	{ LV_ERR_AUTH_FAILED, LVMSG_DENIED },
	{ LV_ERR_AUTH_CANCELLED, LVMSG_DENIED },
	{ LV_ERR_ACCESS_DENIED, LVMSG_DENIED },
	{ LV_ERR_AUTH_UNAVAILABLE, LVMSG_DENIED },

	{ LV_ERR_NO_SUPPORT, LVMSG_UNSUPPORTED },
	{ LV_ERR_NO_CONNECT, LVMSG_UNSUPPORTED },	/* no such driver */
	{ LV_ERR_INVALID_ARG, LVMSG_UNSUPPORTED },	/* unknown flag */
	{ LV_ERR_CALL_FAILED, LVMSG_UNSUPPORTED },
	{ LV_ERR_RPC, LVMSG_UNSUPPORTED },	/* unknown procedure */
	{ LV_ERR_CONFIG_UNSUPPORTED, LVMSG_UNSUPPORTED },
	{ LV_ERR_ARGUMENT_UNSUPPORTED, LVMSG_UNSUPPORTED },
	{ LV_ERR_OPERATION_UNSUPPORTED, LVMSG_UNSUPPORTED },

	{ LV_ERR_OPERATION_INVALID, LVMSG_INVALID }
};

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

const struct lvmsg_proc *
lvmsg_proc(uint32_t number)
{
	size_t i;

	for (i = 0; i < NITEMS(procs); i++)
		if (procs[i].number == number)
			return &procs[i];
	return NULL;
}

enum lvmsg_class
lvmsg_error_class(int32_t code)
{
	size_t i;

	for (i = 0; i < NITEMS(classes); i++)
		if (classes[i].code == code)
			return classes[i].class;
	return LVMSG_FATAL;
}

const char *
lvmsg_state_name(int32_t state)
{
	if (state < 0 || (size_t)state >= NITEMS(states))
		return "unknown";
	return states[state];
}

void
lvmsg_put_header(struct buf *b, const struct lvmsg_header *h)
{
	xdr_put_u32(b, h->prog);
	xdr_put_u32(b, h->vers);
	xdr_put_u32(b, h->proc);
	xdr_put_u32(b, h->type);
	xdr_put_u32(b, h->serial);
	xdr_put_u32(b, h->status);
}

void
lvmsg_put_open(struct buf *b, const char *uri, uint32_t flags)
{
	/* An empty name is what makes the daemon probe; one that is absent
	 * it refuses, though the protocol has a place for it. */
	if (uri == NULL)
		uri = "";
	if (strlen(uri) > LV_STRING_MAX)
		b->bad = 1;
	xdr_put_optstring(b, uri);
	xdr_put_u32(b, flags);
}

void
lvmsg_put_int(struct buf *b, int32_t v)
{
	xdr_put_i32(b, v);
}

void
lvmsg_put_uuid(struct buf *b, const unsigned char uuid[16])
{
	xdr_put_opaque(b, uuid, 16);
}

void
lvmsg_put_network(struct buf *b, const struct lvmsg_domain *d)
{
	if (d->namelen > LV_STRING_MAX) {
		b->bad = 1;
		return;
	}
	xdr_put_u32(b, (uint32_t)d->namelen);
	xdr_put_opaque(b, d->name, d->namelen);
	lvmsg_put_uuid(b, d->uuid);
}

void
lvmsg_put_domain(struct buf *b, const struct lvmsg_domain *d)
{
	lvmsg_put_network(b, d);
	if (!b->bad)
		xdr_put_i32(b, d->id);
}

void
lvmsg_put_domain_flags(struct buf *b, const struct lvmsg_domain *d,
    uint32_t flags)
{
	lvmsg_put_domain(b, d);
	xdr_put_u32(b, flags);
}

void
lvmsg_put_snapshot(struct buf *b, const struct lvmsg_domain *d,
    const char *xml, uint32_t flags)
{
	lvmsg_put_domain(b, d);
	xdr_put_string(b, xml);
	xdr_put_u32(b, flags);
}

void
lvmsg_put_list(struct buf *b, uint32_t flags)
{
	xdr_put_i32(b, 1);		/* the domains, not only their number */
	xdr_put_u32(b, flags);
}

void
lvmsg_put_register(struct buf *b, int32_t event)
{
	xdr_put_i32(b, event);
	xdr_put_u32(b, 0);		/* no domain: any */
}

void
lvmsg_put_time(struct buf *b, const struct lvmsg_domain *d, int64_t seconds,
    uint32_t flags)
{
	lvmsg_put_domain(b, d);
	xdr_put_i64(b, seconds);
	xdr_put_u32(b, 0);		/* nanoseconds */
	xdr_put_u32(b, flags);
}

/*
 * The verdict on what was read into the n bytes at p; nothing half-read is
 * left there for a caller that forgets to look.
 */
static int
get_done(const struct buf *b, void *p, size_t n)
{
	if (!b->bad)
		return 0;
	memset(p, 0, n);
	return -1;
}

/* The same at the end of a message, behind which nothing may stand. */
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
	if (count > LV_AUTH_MAX || count * 4 != buf_left(b))
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

static int
one_get(struct buf *b, struct lvmsg_domain *d, int network)
{
	(void)next_get(b, d, network);
	if (get_end(b, d, sizeof(*d)) == 0)
		return 0;
	d->name = "";
	return -1;
}

int
lvmsg_get_domain(struct buf *b, struct lvmsg_domain *d)
{
	return one_get(b, d, 0);
}

int
lvmsg_get_network(struct buf *b, struct lvmsg_domain *d)
{
	return one_get(b, d, 1);
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
