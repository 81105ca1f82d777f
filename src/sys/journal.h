#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdint.h>

#include "config/policy.h"
#include "sys/list.h"
#include "text/errmsg.h"

/*
 * The guests that were asked to go down and were not seen to do so: what a
 * killed run leaves to the next run.  It is in RUN_DIR, because after a reboot
 * nothing is under way any more (it names the boot all the same).  Text, a line
 * each: "boot ID", then "ask ACTION URI UUID" and "end URI UUID"; "down ID"
 * when all guests have had their time during a host shutdown.
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
/* Write when a host shutdown leaves guests that had their time: no run of that
 * ID (not 0) gives it to them again.  Only the next run finds it. */
void	 journal_down(struct journal *, int64_t id);

#endif
