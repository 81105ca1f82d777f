#ifndef LVERROR_H
#define LVERROR_H

#include <stdint.h>

/* What to do about an error code of libvirt. */
enum lvmsg_class {
	LVMSG_RETRY,		/* temporary: retry within the time limit */
	LVMSG_GONE,		/* the guest no longer exists */
	LVMSG_DENIED,		/* not allowed */
	LVMSG_UNSUPPORTED,	/* never works on this guest or daemon */
	LVMSG_INVALID,		/* not in the present state */
	LVMSG_FATAL		/* anything else */
};

enum lvmsg_class lverror_class(int32_t code);

#define LVERROR_TEXT	256	/* bytes of its text, in a message */

#endif
