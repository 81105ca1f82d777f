#ifndef LISTED_H
#define LISTED_H

#include <stdbool.h>

struct drive;
struct inventory;
struct list_entry;
struct run;
struct work;

/* A start: the guests of the list. */

struct listed {
	struct drive	*drive;
	bool		 nets_bad;	/* some networks are not back */
};

/* Set what the inventory has to list, and to ask. */
void	 listed_lists(struct inventory *);
/* From inventory and list to work.plan; the inventory then has the guests of
 * the list alone.  0, or -1 when there is no memory. */
int	 listed_plan(struct work *);
/* Behind inventory_first: start networks and guests.  0, or -1: no memory, or
 * interrupted. */
int	 listed_drive(struct listed *);
/* Guests may be brought back at all, by ON_BOOT or a row. */
bool	 listed_boots(const struct run *);
/* What becomes of an entry of the list, behind listed_plan. */
enum listed_fate {
	LISTED_GUEST,
	LISTED_OTHER,		/* not of a configured URI */
	LISTED_UNREAD,		/* its URI does not answer */
	LISTED_GONE		/* no such guest */
};
enum listed_fate listed_fate(const struct inventory *,
	    const struct list_entry *);

#endif
