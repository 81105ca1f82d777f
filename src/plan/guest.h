#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/uuid.h"

struct lvmsg_domain;

/*
 * The inventory: guests of all URIs.  Two URIs may have guests of the same
 * UUID; they are two guests.
 */
struct guest {
	char		*name;		/* as libvirt gave it, owned */
	size_t		 uri;		/* which of the URIs */
	unsigned char	 uuid[UUID_LEN];
	int32_t		 id;		/* -1 when off */
	bool		 persistent;
	bool		 autostart;	/* ... if that was asked for */
	bool		 over;		/* nothing is to be done to it */
	unsigned char	 result;	/* enum engine_result of what was */
	char		*os;		/* its libosinfo id, owned; NULL:
					   none, or it was not asked for */
	uint64_t	 memory;	/* bytes, 0: the same */
	unsigned	 facts;		/* DOMXML_* of its definition, 0: the
					   same */
	unsigned char	 seen;		/* enum engine_event of its state, 0:
					   the same */
	size_t		 job;		/* of the plan under way, SIZE_MAX:
					   none; set by the planner */
};

struct guests {
	struct guest	*guest;		/* owned */
	size_t		 n;
	size_t		 size;
};

#define GUEST_LABEL	256	/* bytes of a name made fit to print */

void		 guests_init(struct guests *);
void		 guests_free(struct guests *);
/*
 * Add a domain unless the URI already has it; in both cases *gp (may be NULL)
 * is the guest, valid until the next guests_add.  Dom0 is skipped (*gp NULL).
 * 0, or -1 when there is no memory.
 */
int		 guests_add(struct guests *, size_t uri,
		    const struct lvmsg_domain *, struct guest **gp);
/* Move a guest out of another inventory, which keeps it without a name; it
 * replaces the same guest here, or is added.  0, or -1 when there is no
 * memory. */
int		 guests_move(struct guests *, struct guest *);
/* Move all guests of another inventory, which is empty then. */
int		 guests_take(struct guests *, struct guests *);
/* Remove guest number i. */
void		 guests_drop(struct guests *, size_t i);
/* The guest, or NULL. */
struct guest	*guests_find(const struct guests *, size_t uri,
		    const unsigned char uuid[UUID_LEN]);
/* URI by URI, in each by id: the order in which virsh lists them. */
void		 guests_sort(struct guests *);
/* Its name, escaped and bounded, in label; returns label. */
const char	*guest_label(const struct guest *, char label[GUEST_LABEL]);

#endif
