#ifndef ACCOUNT_H
#define ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/policy.h"
#include "plan/engine.h"
#include "run/run.h"
#include "sys/boot.h"
#include "sys/history.h"
#include "text/buf.h"

struct inventory;
struct record;

/*
 * What a stop or start did to each guest, for the history.  It is written
 * before the first guest is touched, and at the end.  All memory is allocated
 * before that; a failure is a warning, and changes nothing else.
 */
#define ACCOUNT_HOW	64

struct account_guest {
	struct history_guest line;	/* uri and name are owned */
	char		 how[ACCOUNT_HOW];
	char		 why[ENGINE_WHY];
	enum policy_action last;	/* requested last */
	bool		 out;		/* it is not part of this run */
};

struct account {
	struct run	*run;
	const struct inventory *inventory;
	const struct record *record;
	char		 path[4096];
	char		 boot[BOOT_TEXT];
	struct history_run line;
	bool		 begun;
	bool		 failed;	/* it was reported */
	char		*old;		/* the file before this run, owned */
	size_t		 oldlen;
	struct buf	 text;		/* room for the next text */
	struct account_guest *guest;	/* owned */
	size_t		 n;
	size_t		 size;
};

void	 account_init(struct account *, const struct inventory *,
	    const struct record *);
void	 account_free(struct account *);
/* The run has the lock: it is one of the history. */
void	 account_begin(struct account *);
/* The guests are known: those of the inventory, or of the list.  Allocate, and
 * write the run as under way.  Call it again when there are more guests. */
void	 account_guests(struct account *);
/* The run has ended. */
void	 account_end(struct account *, enum run_exit);
/* Then: what the history has of the run, also if it could not be written.  The
 * caller frees run.guest.  0, or -1 when there is no memory. */
int	 account_run(struct account *, enum run_exit, struct history_run *);

/* Guest number `guest` of the inventory: it is asked for an action; the daemon
 * has accepted that; its job has ended. */
void	 account_asked(struct account *, size_t guest, enum policy_action,
	    enum policy_mode);
void	 account_acked(struct account *, size_t guest);
void	 account_ended(struct account *, size_t guest,
	    const struct engine_job *);

#endif
