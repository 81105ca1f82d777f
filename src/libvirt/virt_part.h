#ifndef VIRT_PART_H
#define VIRT_PART_H

#include "libvirt/virt.h"

/* What the parts of virt share: virt.c has the requests, virt_lane.c the
 * connections, virt_greet.c the calls that open a connection. */

#define LANE_CONTROL	0
#define BACKOFF_MIN	100		/* ms before the second attempt */
#define BACKOFF_MAX	2000
#define LANE_LOOK	10	/* ms between looks at a program that ends */

/* 0, or -1: no memory. */
int	 lane_init(struct virt *, size_t i);
/* 0, or -1 with the reason, after lane_lost. */
int	 lane_dial(struct virt_lane *, struct errmsg *);
/* The connection is lost; never: another attempt would fail, too. */
void	 lane_lost(struct virt_lane *, const char *why, bool never);
/* Call it each LANE_LOOK while virt_lane.ending is above 0. */
void	 lane_tick(struct virt_lane *, int64_t now);
/* Tell the daemon that the connection ends; virt_left waits. */
void	 lane_leave(struct virt_lane *);
/* Close all connections; open requests are answered VIRT_LOST. */
void	 lane_shut_all(struct virt *, enum virt_state, const char *why);

/* Greet on an open connection; its virt_greeting has the kind of connection and
 * the functions to call at the end. */
void	 virt_greet(struct virt_lane *);
bool	 virt_greeted(const struct virt_lane *);
/* The text of an error, escaped; its code. */
int32_t	 virt_error(struct buf *body, char *text, size_t size);

#endif
