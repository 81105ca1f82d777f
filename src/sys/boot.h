#ifndef BOOT_H
#define BOOT_H

#include <stdint.h>

/* Which boot of the host this is, and the time of day in it. */
#define BOOT_TEXT	64	/* bytes of an ID, with its NUL */

/* The kernel's ID of this boot, a UUID; "unknown" without one. */
void	 boot_id(char id[BOOT_TEXT]);
/* Seconds since 1970.  Only for what is printed: the clock may be set. */
int64_t	 boot_clock(void);

#endif
