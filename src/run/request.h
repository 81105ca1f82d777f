#ifndef REQUEST_H
#define REQUEST_H

#include <stdint.h>

#include "config/policy.h"
#include "libvirt/virt.h"
#include "wire/qmp.h"

/* What is requested for an action on a guest: a row for each action. */
struct request {
	enum virt_what	 call;		/* of the daemon; 0: none */
	uint32_t	 bypass;	/* its flag for BYPASS_CACHE */
	enum qmp_command command;	/* of QEMU's monitor, if the daemon is
					   gone; QMP_NCOMMAND: only the daemon
					   can carry it out */
};

const struct request *request_of(enum policy_action);

#endif
