#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>

#include "sys/list.h"
#include "text/errmsg.h"

/*
 * The journal: requests to guests whose end was not seen, for the run after a
 * killed run.  It is in RUN_DIR, because a reboot ends all requests; it also
 * names the boot.  Text, one line each:
 *
 *	#libvirt-guests/1		LIST_HEAD
 *	boot ID
 *	ask ACTION URI UUID WHEN ID BORN
 *	late URI UUID WHEN ID BORN DOWN
 *	stalled URI UUID WHEN ID BORN DOWN
 *	end URI UUID
 *
 * The numbers are those of struct list_request.  An older version has no first
 * line and no numbers; of a newer one, what can be read is used.
 */
struct journal {
	int		 fd;		/* -1: none could be opened */
	bool		 torn;		/* it ends with a part of a line */
};

/*
 * Read the journal of this boot into the entries' requests, then append to it.
 * It is rewritten without request.down: only the next run reads that.  0, or
 * -1 with the reason; then nothing is written, and the other functions may
 * still be called.
 */
int	 journal_open(struct journal *, const char *path, struct list *,
	    struct errmsg *);
void	 journal_close(struct journal *);
/* Write an entry's request: before it is sent, and when its time limit ended
 * (by request.end). */
void	 journal_write(struct journal *, const struct list_entry *);
/* Write that the end of its requests was seen. */
void	 journal_end(struct journal *, const struct list_entry *);

#endif
