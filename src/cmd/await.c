#include "cmd/cmd.h"

#include "run/run.h"
#include "sys/log.h"

/* For an init system that does not wait for the stop that it has begun. */
enum run_exit
cmd_await(struct run *r)
{
	enum run_exit rv;

	r->joins = true;
	rv = run_lock(r);
	if (rv != RUN_OK || r->joined)
		return rv;
	if (r->join.state == CONTROL_LOST) {
		log_error("the stop that was joined ended without a result");
		return RUN_FAILED;
	}
	log_info("No stop is under way.");
	return RUN_OK;
}
