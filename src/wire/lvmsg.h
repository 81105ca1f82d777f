#ifndef LVMSG_H
#define LVMSG_H

#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * Libvirt's messages: headers, and replies decoded.  Layouts are those of
 * src/remote/remote_protocol.x and src/rpc/virnetprotocol.x of libvirt 9.0.0;
 * numbers are in lvproto.h.  Strings of a decoder point into the buf, are not
 * terminated, and may contain any byte except NUL.  A decoder returns 0, or -1
 * if the message is too short, too long or malformed; then all results are zero
 * and strings are empty (an optional one is NULL).  Values are unchecked: a
 * state or a type may be unknown to this program.
 */

struct lvmsg_header {
	uint32_t	prog;
	uint32_t	vers;
	uint32_t	proc;
	uint32_t	type;		/* LV_TYPE_* */
	uint32_t	serial;
	uint32_t	status;		/* LV_STATUS_* */
};

#define LVMSG_HEADER	24	/* bytes on the wire, length word apart */

/* A network is the same without an id. */
struct lvmsg_domain {
	const char	*name;
	size_t		 namelen;
	unsigned char	 uuid[16];
	int32_t		 id;		/* -1 when off */
};

struct lvmsg_error {
	int32_t		 code;		/* LV_ERR_* */
	int32_t		 domain;
	const char	*message;	/* NULL when absent */
	size_t		 messagelen;
};

struct lvmsg_lifecycle {
	int32_t			callback;
	struct lvmsg_domain	domain;
	int32_t			event;	/* LV_EVENT_* */
	int32_t			detail;
};

struct lvmsg_state {
	int32_t		state;		/* LV_STATE_* */
	int32_t		reason;
};

struct lvmsg_job {
	int32_t		type;		/* 0 = no job */
	uint64_t	elapsed;	/* milliseconds */
	uint64_t	total;		/* bytes, of data */
	uint64_t	processed;
	uint64_t	remaining;
};

/* The body follows in the buf. */
int	 lvmsg_get_header(struct buf *, struct lvmsg_header *);

/* Replies and messages. */
int	 lvmsg_get_int(struct buf *, int32_t *);
int	 lvmsg_get_string(struct buf *, const char **, size_t *len);
/* At most max types are stored; *n is the number received. */
int	 lvmsg_get_auth(struct buf *, int32_t *types, size_t max, size_t *n);
int	 lvmsg_get_network(struct buf *, struct lvmsg_domain *);
/* A list: first its count (at most LV_LIST_MAX and what the bytes can contain),
 * then lvmsg_next_domain (or _network) count times, then lvmsg_end_list for the
 * number at its end, which must be the count. */
int	 lvmsg_get_list(struct buf *, uint32_t *count);
int	 lvmsg_next_domain(struct buf *, struct lvmsg_domain *);
int	 lvmsg_next_network(struct buf *, struct lvmsg_domain *);
int	 lvmsg_end_list(struct buf *, uint32_t count);
int	 lvmsg_get_state(struct buf *, struct lvmsg_state *);
int	 lvmsg_get_job(struct buf *, struct lvmsg_job *);
/* The present memory of a guest in KiB, of DOMAIN_GET_INFO. */
int	 lvmsg_get_memory(struct buf *, uint64_t *kib);
int	 lvmsg_get_error(struct buf *, struct lvmsg_error *);
int	 lvmsg_get_lifecycle(struct buf *, struct lvmsg_lifecycle *);

/* "paused"; never NULL. */
const char *lvmsg_state_name(int32_t state);

#endif
