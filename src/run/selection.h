#ifndef SELECTION_H
#define SELECTION_H

#include <stdbool.h>
#include <stddef.h>

struct errmsg;
struct guest;
struct guesttab_selector;
struct inventory;
struct list_entry;
struct run;

/* The guests that the command line names: run.options->selection, NULL: all
 * guests.  A guest is selected if any selector matches it. */
struct selection {
	char		**word;		/* n of them, the caller's */
	struct guesttab_selector *selector;	/* owned */
	bool		*matched;	/* a guest; owned */
	size_t		  n;
};

/* 0, or -1 with the reason. */
int	 selection_parse(struct selection *, char **words, struct errmsg *);
void	 selection_free(struct selection *);
/* Whether a selector needs to know guest.os. */
bool	 selection_wants_os(const struct run *);
/* Whether a guest is selected. */
bool	 selection_guest(const struct run *, const struct guest *);
/* Whether the name or the UUID of an entry of the list is selected; order: and
 * os: match only guests. */
bool	 selection_entry(const struct run *, const struct list_entry *);
/* The same, or its guest is in an inventory of selected guests. */
bool	 selection_listed(const struct inventory *, const struct list_entry *);
/* Print an error, NAME: why, for each selector that has not matched; false:
 * each has. */
bool	 selection_unmatched(const struct run *, const char *why);

#endif
