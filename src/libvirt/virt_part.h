#ifndef VIRT_PART_H
#define VIRT_PART_H

#include "libvirt/virt.h"

/* What the parts of virt share: virt.c has the connections and the questions,
 * virt_greet.c the calls that open a connection. */

/* Greet on a connection that was opened; its virt_greeting says whether it is
 * for control, and what is called in the end. */
void	 virt_greet(struct virt_lane *);
bool	 virt_greeted(const struct virt_lane *);
/* The text of an error, escaped; its code. */
int32_t	 virt_error(struct buf *body, char *text, size_t size);

#endif
