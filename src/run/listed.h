#ifndef LISTED_H
#define LISTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/run.h"

struct list_entry;

/* Guests of the list: what a start and its plan share. */
/* What a start has to list and to ask. */
void		  listed_lists(struct run *);
/* From inventory and list to run->plan; the inventory then has the guests of
 * the list alone.  0, or -1 when there is no memory. */
int		  listed_plan(struct run *);
/* The list, and what is known of guests from that step on. */
void		  listed_settled(struct run *, size_t step);
/* Hosts have come since: start their guests, too. */
void		  listed_more(struct run *);
/* Guests may be brought back at all, by ON_BOOT or a row. */
bool		  listed_boots(const struct run *);
/* What becomes of an entry of the list when everything is prepared. */
enum listed_fate {
	LISTED_GUEST,
	LISTED_OTHER,		/* not of a configured URI */
	LISTED_UNREAD,		/* its URI does not answer */
	LISTED_GONE		/* no such guest */
};
enum listed_fate  listed_fate(const struct run *, const struct list_entry *);

#endif
