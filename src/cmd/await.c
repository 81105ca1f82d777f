#include "cmd/cmd.h"

#include "sys/log.h"

/* For an init system that does not wait for the stop that it has begun. */
enum run_exit
await_main(struct cmd_run *c)
{
	enum run_exit rv;

	c->join.joins = true;
	rv = join_lock(&c->join);
	if (rv != RUN_OK || c->join.joined)
		return rv;
	if (c->join.other.state == CONTROL_LOST &&
	    c->join.other.role != CONTROL_START &&
	    c->join.other.role != CONTROL_SOME) {
		log_error("the joined stop ended without a result");
		return RUN_FAILED;
	}
	log_info("No stop is under way");
	return RUN_OK;
}
