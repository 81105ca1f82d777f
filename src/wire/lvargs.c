#include "wire/lvargs.h"

#include <string.h>

#include "text/buf.h"
#include "text/xdr.h"
#include "wire/lvproto.h"

void
lvargs_header(struct buf *b, const struct lvmsg_header *h)
{
	xdr_put_u32(b, h->prog);
	xdr_put_u32(b, h->vers);
	xdr_put_u32(b, h->proc);
	xdr_put_u32(b, h->type);
	xdr_put_u32(b, h->serial);
	xdr_put_u32(b, h->status);
}

void
lvargs_none(struct buf *b, const struct lvargs *a)
{
	(void)b;
	(void)a;
}

void
lvargs_open(struct buf *b, const struct lvargs *a)
{
	/* An empty name makes the daemon probe; it refuses an absent name,
	 * though the protocol has a place for it. */
	const char *uri = a->text == NULL ? "" : a->text;

	if (strlen(uri) > LV_STRING_MAX)
		b->bad = 1;
	xdr_put_optstring(b, uri);
	xdr_put_u32(b, a->flags);
}

void
lvargs_number(struct buf *b, const struct lvargs *a)
{
	xdr_put_i32(b, a->number);
}

void
lvargs_uuid(struct buf *b, const struct lvargs *a)
{
	xdr_put_opaque(b, a->domain.uuid, sizeof(a->domain.uuid));
}

void
lvargs_network(struct buf *b, const struct lvargs *a)
{
	const struct lvmsg_domain *d = &a->domain;

	if (d->namelen > LV_STRING_MAX) {
		b->bad = 1;
		return;
	}
	xdr_put_u32(b, (uint32_t)d->namelen);
	xdr_put_opaque(b, d->name, d->namelen);
	lvargs_uuid(b, a);
}

void
lvargs_domain(struct buf *b, const struct lvargs *a)
{
	lvargs_network(b, a);
	if (!b->bad)
		xdr_put_i32(b, a->domain.id);
}

void
lvargs_domain_flags(struct buf *b, const struct lvargs *a)
{
	lvargs_domain(b, a);
	xdr_put_u32(b, a->flags);
}

void
lvargs_snapshot(struct buf *b, const struct lvargs *a)
{
	lvargs_domain(b, a);
	xdr_put_string(b, a->text);
	xdr_put_u32(b, a->flags);
}

void
lvargs_list(struct buf *b, const struct lvargs *a)
{
	xdr_put_i32(b, 1);		/* the domains, not only their number */
	xdr_put_u32(b, a->flags);
}

void
lvargs_register(struct buf *b, const struct lvargs *a)
{
	xdr_put_i32(b, a->number);
	xdr_put_u32(b, 0);		/* no domain: any */
}

void
lvargs_time(struct buf *b, const struct lvargs *a)
{
	lvargs_domain(b, a);
	xdr_put_i64(b, a->seconds);
	xdr_put_u32(b, 0);		/* nanoseconds */
	xdr_put_u32(b, a->flags);
}
