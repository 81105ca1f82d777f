#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>

#include "sys/list.h"
#include "sys/state.h"

struct run;

/*
 * What outlives a run: the list of guests to start, its files, and the journal.
 */
struct record {
	struct run	*run;
	struct state	 state;
	struct list	 list;
	bool		 unwritten;	/* the list could not be written */
	bool		 gone;		/* a listed guest no longer exists */
};

/* For a run with its configuration.  0, or -1: the error is printed. */
int	 record_init(struct record *, struct run *);
void	 record_free(struct record *);
/* Read the list.  0, or -1 when it cannot be read: the error is printed. */
int	 record_load(struct record *);
/* If URIS is not set, use the URIs of the list, too; "default" on the list was
 * written while URIS was not set, and is always used. */
void	 record_adopt(struct record *);
/* Write the list; a failure is printed and sets unwritten. */
void	 record_save(struct record *);
/* Write the list again if it could not be written. */
void	 record_retry(struct record *);

#endif
