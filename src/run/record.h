#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>

#include "sys/list.h"
#include "sys/state.h"

struct run;

/*
 * What is known of guests beyond this run: the list of guests to start, the
 * files it is kept in, and the journal.
 */
struct record {
	struct run	*run;
	struct state	 state;
	struct list	 list;
	bool		 unwritten;	/* the list could not be written */
	bool		 gone;		/* a listed guest exists no more */
};

/* For a run with its configuration.  0, or -1: the error is printed. */
int	 record_init(struct record *, struct run *);
void	 record_free(struct record *);
/* Read the list.  0, or -1 when it cannot be read: the error is printed. */
int	 record_load(struct record *);
/* If URIS is not set, use the URIs of the list as well; "default" on the list
 * was written while URIS was not set, and is used in any case. */
void	 record_adopt(struct record *);
/* Write the list; a failure is printed, and remembered in unwritten. */
void	 record_save(struct record *);

#endif
