#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/policy.h"
#include "plan/guest.h"
#include "sys/list.h"
#include "sys/state.h"

struct run;

/*
 * What outlives a run: one record for each guest that was listed or asked, in
 * the list of guests to start and in the journal.  Nothing else changes either.
 */
enum record_state {
	RECORD_LISTED,		/* nothing was done to it yet */
	RECORD_ASKED,		/* the end of its request was not seen */
	RECORD_PENDING,		/* it runs, but may still shut down */
	RECORD_LATE,		/* the same; it timed out */
	RECORD_STALLED,		/* it timed out, and goes on running */
	RECORD_KEPT,		/* it goes on running, or is off as before */
	RECORD_SAVED,
	RECORD_OFF,
	RECORD_MIGRATED,	/* it runs on another host */
	RECORD_STARTED,
	RECORD_RUNNING,		/* a start found it running */
	RECORD_GONE,		/* it no longer exists */
	RECORD_UNWANTED		/* it is not to be started */
};

struct record {
	struct run	*run;
	struct state	 state;
	struct list	 list;		/* the records; use the functions */
	int64_t		 down;		/* ID of the host shutdown, 0 = none */
	bool		 unwritten;	/* the list could not be written */
	bool		 gone;		/* a listed guest no longer exists */
	bool		 quiet;		/* print no errors of the list */
};

/* For a run with its configuration.  0, or -1: the error is printed. */
int	 record_init(struct record *, struct run *);
void	 record_free(struct record *);
/* Read the journal and append to it; a failure is printed. */
void	 record_open(struct record *);
/* Read the list.  0, or -1 when it cannot be read: the error is printed. */
int	 record_load(struct record *);
/* If URIS is not set, use the URIs of the list, too; "default" on the list was
 * written while URIS was not set, and is always used. */
void	 record_adopt(struct record *);
/* Write the list; a failure is printed and sets unwritten. */
void	 record_save(struct record *);
/* Give the entries of a URI another one; false: there is none, or no memory. */
bool	 record_rename(struct record *, const char *from, const char *to);
/* Write the list again if it could not be written, or was removed. */
void	 record_retry(struct record *);

/* The record of a guest, valid until there are more; NULL: it has none. */
struct list_entry *record_find(const struct record *, const struct guest *);
/* The next listed guest from number *i on, in the list's order; NULL after the
 * last. */
struct list_entry *record_next(const struct record *, size_t *i);
/* How many are listed. */
size_t	 record_count(const struct record *);
/* Put a guest on the list; record_save writes it.  0, or -1: no memory. */
int	 record_add(struct record *, const struct guest *);
/* Compare a guest with its record, which is made if there is none: requests to
 * another life of it have ended.  NULL: no memory. */
struct list_entry *record_meet(struct record *, const struct guest *,
	    const struct list_life *);
/* It is being asked for an action, which is in the journal when this returns:
 * if this run is killed, the next one waits for the guest. */
void	 record_ask(struct record *, struct list_entry *,
	    enum policy_action);
/* Set a state, in journal and list.  True: the guest left the list, and
 * record_save is needed. */
bool	 record_note(struct record *, struct list_entry *,
	    enum record_state);

/* It runs, but a shutdown that was requested may still take effect. */
#define RECORD_PENDS(e)	((e)->request.asks)

#endif
