#ifndef LVERROR_H
#define LVERROR_H

#include <stdint.h>

/* What to do about an error code of libvirt. */
enum lvmsg_class {
	LVMSG_RETRY,		/* may go away: ask again within the time */
	LVMSG_GONE,		/* the guest does not exist any more */
	LVMSG_DENIED,		/* not allowed */
	LVMSG_UNSUPPORTED,	/* never works on this guest or daemon */
	LVMSG_INVALID,		/* not in the state that it is in now */
	LVMSG_FATAL		/* anything else */
};

enum lvmsg_class lverror_class(int32_t code);

#endif
