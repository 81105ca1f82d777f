#include "wire/lverror.h"

#include <stddef.h>

#include "wire/lvproto.h"

/* Codes that are not here are fatal. */
static const struct error_class {
	int32_t			code;
	enum lvmsg_class	class;
} classes[] = {
	{ LV_ERR_NO_MEMORY, LVMSG_RETRY },
	{ LV_ERR_OPERATION_TIMEOUT, LVMSG_RETRY },	/* another job */
	{ LV_ERR_BLOCK_COPY_ACTIVE, LVMSG_RETRY },
	{ LV_ERR_AGENT_UNRESPONSIVE, LVMSG_RETRY },	/* still booting */
	{ LV_ERR_AGENT_UNSYNCED, LVMSG_RETRY },
	{ LV_ERR_AGENT_COMMAND_TIMEOUT, LVMSG_RETRY },
	{ LV_ERR_RESOURCE_BUSY, LVMSG_RETRY },

	{ LV_ERR_NO_DOMAIN, LVMSG_GONE },

	{ LV_ERR_OPERATION_DENIED, LVMSG_DENIED },	/* read-only */
	{ LV_ERR_AUTH_FAILED, LVMSG_DENIED },
	{ LV_ERR_AUTH_CANCELLED, LVMSG_DENIED },
	{ LV_ERR_ACCESS_DENIED, LVMSG_DENIED },
	{ LV_ERR_AUTH_UNAVAILABLE, LVMSG_DENIED },

	{ LV_ERR_NO_SUPPORT, LVMSG_UNSUPPORTED },
	{ LV_ERR_NO_CONNECT, LVMSG_UNSUPPORTED },	/* no such driver */
	{ LV_ERR_INVALID_ARG, LVMSG_UNSUPPORTED },	/* unknown flag */
	{ LV_ERR_CALL_FAILED, LVMSG_UNSUPPORTED },
	{ LV_ERR_RPC, LVMSG_UNSUPPORTED },	/* unknown procedure */
	{ LV_ERR_CONFIG_UNSUPPORTED, LVMSG_UNSUPPORTED },
	{ LV_ERR_ARGUMENT_UNSUPPORTED, LVMSG_UNSUPPORTED },
	{ LV_ERR_OPERATION_UNSUPPORTED, LVMSG_UNSUPPORTED },

	{ LV_ERR_AGENT_COMMAND_FAILED, LVMSG_FATAL },	/* the agent's answer */

	{ LV_ERR_OPERATION_INVALID, LVMSG_INVALID }
};

enum lvmsg_class
lverror_class(int32_t code)
{
	size_t i;

	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (classes[i].code == code)
			return classes[i].class;
	return LVMSG_FATAL;
}
