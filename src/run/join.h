#ifndef JOIN_H
#define JOIN_H

#include <stdbool.h>
#include <stdint.h>

#include "run/run.h"
#include "sys/control.h"

struct inventory;
struct record;

/*
 * The lock, and two stops at a time: the second joins the first, hands over
 * its deadline, waits, and has the same result.
 */
struct join {
	struct run	*run;
	struct record	*record;
	struct control	 control;	/* others join us */
	struct control_join other;	/* we join another */
	bool		 joins;		/* this command may join another */
	bool		 joined;	/* it did: there is nothing to do */
	struct run_part	 part;
};

void		 join_init(struct join *, struct record *);
/* Take the lock: wait for the run that has it, or join it (joined).  0, or the
 * exit code. */
enum run_exit	 join_lock(struct join *);
/* Have others join us. */
void		 join_listen(struct join *);
/* Give those that joined the result; whether there are any.  The inventory has
 * the results of guests. */
bool		 join_answer(struct join *, const struct inventory *,
		    enum run_exit);
/* A number of a stop, over 0: the same for the same URIs and policy. */
int64_t		 join_purpose(const struct run *);

#endif
