#ifndef JOIN_H
#define JOIN_H

#include <stdbool.h>
#include <stdint.h>

#include "run/run.h"
#include "sys/control.h"

struct inventory;
struct record;

/*
 * The lock, and two runs at a time.  A second stop joins the first one, passes
 * on its deadline, waits, and returns the same result.  A start ends if a stop
 * asks for the lock.  A stop waits ten seconds for an owner of the lock that
 * does not answer, for example because of SIGSTOP.
 */
struct join {
	struct run	*run;
	struct record	*record;
	struct control	 control;	/* others join us */
	struct control_join other;	/* we join another */
	bool		 joins;		/* this command may join another */
	bool		 joined;	/* it did: nothing is left to do */
	int		 pid;		/* of the lock's owner, 0 = unknown */
	int64_t		 since;		/* the owner cannot be joined */
	bool		 told;		/* the wait was reported */
	struct run_part	 part;
};

void		 join_init(struct join *, struct record *);
/* Take the lock: wait for the run that holds it, or join it (joined).  RUN_OK,
 * or the exit code. */
enum run_exit	 join_lock(struct join *);
/* Let stops join this stop, or end this start. */
void		 join_listen(struct join *);
/* Send the result to the stops that joined; false: none has.  The inventory has
 * the results of guests. */
bool		 join_answer(struct join *, const struct inventory *,
		    enum run_exit);
/* A positive number: the same for stops of the same URIs and policy. */
int64_t		 join_purpose(const struct run *);

#endif
