#ifndef BOOT_H
#define BOOT_H

#include <stdint.h>

/* Which boot of the host this is, and the time of day in it. */
#define BOOT_TEXT	64	/* bytes of an ID, with its NUL */
#define BOOT_CLOCK	40	/* of a time of day */

/* The kernel's ID of this boot, a UUID; "unknown" without one. */
void	 boot_id(char id[BOOT_TEXT]);
/* Seconds since 1970.  Only for what is printed: the clock may be set. */
int64_t	 boot_clock(void);
/* The time of day in so many milliseconds, as 03:14:20; empty if it is unknown
 * or not within a day. */
void	 boot_clock_in(int64_t ms, char text[BOOT_CLOCK]);

#endif
