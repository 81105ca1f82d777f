#ifndef VIRT_PART_H
#define VIRT_PART_H

#include "libvirt/virt.h"

/* What the parts of virt share: virt.c has the connections and the requests,
 * virt_greet.c the calls that open a connection. */

/* Greet on an open connection; its virt_greeting has the kind of connection and
 * the functions to call at the end. */
void	 virt_greet(struct virt_lane *);
bool	 virt_greeted(const struct virt_lane *);
/* The text of an error, escaped; its code. */
int32_t	 virt_error(struct buf *body, char *text, size_t size);

#endif
