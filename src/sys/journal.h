#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "config/policy.h"
#include "sys/list.h"
#include "text/errmsg.h"

/*
 * The journal: requests to guests whose end was not seen, for the run after a
 * killed run.  It is in RUN_DIR, because a reboot ends all requests; it also
 * names the boot.  Text, one line each: "boot ID", then "ask ACTION URI UUID"
 * and "end URI UUID", or "late URI UUID" if the time limit ended and the
 * request may still take effect; "down ID" when all remaining guests timed out
 * during a host shutdown.
 */
struct journal {
	int		 fd;		/* -1: none could be opened */
	struct list	 asked[POLICY_NACTION];	/* read, by action */
	struct list	 late;			/* read */
	int64_t		 down;			/* read, 0 = none */
};

/*
 * Read the journal of this boot, then append to it.  0, or -1 with the reason;
 * then nothing is written, and the other functions may still be called.
 */
int	 journal_open(struct journal *, const char *path, struct errmsg *);
void	 journal_close(struct journal *);
/* Write before a request to a guest, and when its end was seen. */
void	 journal_ask(struct journal *, enum policy_action,
	    const struct list_entry *);
void	 journal_end(struct journal *, const struct list_entry *);
/* Write when the time limit of a request ended. */
void	 journal_late(struct journal *, const struct list_entry *);
/* Whether a shutdown that an earlier run requested may still take effect. */
bool	 journal_pending(const struct journal *, const struct list_entry *);
/* Write when guests timed out during a host shutdown: a further stop with that
 * ID (not 0) does not wait for them again.  Only the next run reads it. */
void	 journal_down(struct journal *, int64_t id);

#endif
