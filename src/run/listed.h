#ifndef LISTED_H
#define LISTED_H

#include <stdbool.h>

#include "run/networks.h"

struct drive;
struct inventory;
struct list_entry;
struct run;
struct work;

/* A start: the guests of the list. */

struct listed {
	struct drive	*drive;
	struct networks	 networks;
};

/* Set the lists and details of the inventory. */
void	 listed_lists(struct inventory *);
/* Plan the start of the listed guests in work.plan; the inventory then has only
 * these.  0, or -1 when there is no memory. */
int	 listed_plan(struct work *);
/* Before inventory_first: the listed networks of a host are started before its
 * guests are taken. */
void	 listed_begin(struct listed *);
void	 listed_end(struct listed *);
/* After inventory_first: start the guests.  0, or -1: no memory, or
 * interrupted. */
int	 listed_drive(struct listed *);
/* Whether ON_BOOT, a row or the command line starts any guest. */
bool	 listed_boots(const struct run *);
/* The state of an entry of the list, after listed_plan. */
enum listed_fate {
	LISTED_GUEST,
	LISTED_OTHER,		/* not of a configured URI */
	LISTED_UNREAD,		/* its URI does not answer */
	LISTED_GONE		/* no such guest */
};
enum listed_fate listed_fate(const struct inventory *,
	    const struct list_entry *);

#endif
