#ifndef JOIN_H
#define JOIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/run.h"

/* A stop joins another one. */
enum join_result {
	JOINED_NONE,		/* there is none */
	JOINED_LOST,		/* it is gone, or we are (run.signal, run.by) */
	JOINED_OTHER,		/* its result is not about our URIs, or not
				   what our settings would make of them */
	JOINED_RESULT
};
/* Join the stop that is under way, hand over our deadline and hurry, and wait
 * for its result. */
enum join_result   join_other(struct run *, enum run_exit *);
/* A stop of the same URIs by the same policy has the same; over 0. */
int64_t		  join_purpose(const struct run *);
/* Who has the lock: let others join; give them the result, whether there are
 * any. */
void		  join_listen(struct run *);
bool		  join_answer(struct run *, enum run_exit);

#endif
