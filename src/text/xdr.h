#ifndef XDR_H
#define XDR_H

#include <stdint.h>
#include <stddef.h>

#include "text/buf.h"

/*
 * XDR (RFC 4506) on a struct buf: big-endian, padded to 4 bytes with zeros;
 * other padding is an error.  Errors set the buf's sticky bad.
 */
void	 xdr_put_u32(struct buf *, uint32_t);
void	 xdr_put_i32(struct buf *, int32_t);
void	 xdr_put_u64(struct buf *, uint64_t);
void	 xdr_put_i64(struct buf *, int64_t);
void	 xdr_put_opaque(struct buf *, const void *, size_t);	/* fixed */
void	 xdr_put_string(struct buf *, const char *);
void	 xdr_put_optstring(struct buf *, const char *);	/* NULL = absent */

uint32_t xdr_get_u32(struct buf *);
int32_t	 xdr_get_i32(struct buf *);
uint64_t xdr_get_u64(struct buf *);
int64_t	 xdr_get_i64(struct buf *);
void	 xdr_get_opaque(struct buf *, void *, size_t);		/* fixed */

/*
 * A string in place, not terminated, valid until the buf changes; *len is set.
 * A string longer than max or with a NUL byte is bad.  When bad: an empty
 * string.
 */
const char *xdr_get_string(struct buf *, size_t *len, size_t max);
/* The same for `string?`; NULL and *len 0 when absent or bad. */
const char *xdr_get_optstring(struct buf *, size_t *len, size_t max);

#endif
