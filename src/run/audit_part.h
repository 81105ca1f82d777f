#ifndef AUDIT_PART_H
#define AUDIT_PART_H

#include <stdbool.h>
#include <stddef.h>

#include "run/audit.h"

/* What the parts of audit share. */

#define AUDIT_SERVICE	"libvirt-guests"
#define AUDIT_TEXT	(4UL * 1024 * 1024)	/* bytes of the files of a
					   service */

/* Whether a stop may save a guest; *only: and does nothing else to it. */
bool	 audit_saved(const struct audit_view *, size_t guest, bool *only);

#endif
