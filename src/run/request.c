#include "run/request.h"

#include "wire/lvproto.h"

static const struct request requests[POLICY_NACTION] = {
	[POLICY_END] = { .command = QMP_NCOMMAND },
	[POLICY_SUSPEND] = {
		VIRT_SAVE, LV_SAVE_BYPASS_CACHE, QMP_NCOMMAND
	},
	[POLICY_SHUTDOWN] = { VIRT_SHUTDOWN, 0, QMP_POWERDOWN },
	[POLICY_DESTROY] = { VIRT_DESTROY, 0, QMP_QUIT },
	[POLICY_LEAVE] = { .command = QMP_NCOMMAND },
	[POLICY_START] = {
		VIRT_START, LV_CREATE_BYPASS_CACHE, QMP_NCOMMAND
	},
};

const struct request *
request_of(enum policy_action action)
{
	return &requests[(unsigned)action < POLICY_NACTION ? action :
	    POLICY_END];
}
