#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdint.h>

#include "config/policy.h"
#include "sys/list.h"
#include "text/errmsg.h"

/*
 * Which guests were asked to go down and have not been seen to do so: what a
 * run that was killed leaves to the next one.  It lives in RUN_DIR, for after
 * a reboot nothing is under way any more (it names the boot all the same).
 * Text, a line each: "boot ID", then "ask WORD URI UUID" and "end URI UUID";
 * "down ID" when all have had their time while the host goes down.
 */
struct journal {
	int		 fd;		/* -1: none could be opened */
	struct list	 asked[POLICY_NACTION];	/* found, by word */
	int64_t		 down;			/* found, 0 = none */
};

/*
 * Read what an earlier run of this boot left, and go on behind it.  0, or -1
 * with the reason; the journal can be used all the same, it forgets.
 */
int	 journal_open(struct journal *, const char *path, struct errmsg *);
void	 journal_close(struct journal *);
/* Write before the guest is asked, and when its end was seen. */
void	 journal_ask(struct journal *, enum policy_action,
	    const struct list_entry *);
void	 journal_end(struct journal *, const struct list_entry *);
/* Write when a stop with the host leaves guests that had their time: none of
 * that ID (not 0) is to give it to them again.  The next run finds it, but none
 * after that. */
void	 journal_down(struct journal *, int64_t id);

#endif
