#ifndef RUNLEVEL_H
#define RUNLEVEL_H

#include <stdbool.h>

/*
 * Distinguish a host shutdown from an administrator's stop, by what the init
 * system passes to its services.
 *
 *	RC_GOINGDOWN=YES	OpenRC, openrc(8)
 *	RUNLEVEL=0, =6		SysV and Upstart, init(8)
 *	systemctl is-system-running	"stopping"; asked only by a service
 *				of systemd, for at most RUNLEVEL_ASK
 *	runlevel		"2 0", "2 6", runlevel(8) of SysV; asked only
 *				by a service of OpenRC (RC_SVCNAME), as above
 *
 * Returns "runlevel 0" or a similar static text, or NULL: the host stays up, or
 * nothing shows that it is going down.
 */
#define RUNLEVEL_ASK	2000		/* ms */
const char	*runlevel_down(void);

/*
 * Whether the init system forces the host down RUNLEVEL_FORCED seconds after a
 * host shutdown begins, whatever the time limits of services are.  systemd
 * does, by JobTimeoutSec=30min of poweroff.target and reboot.target; false: an
 * administrator has changed both.
 */
#define RUNLEVEL_FORCED	1800
bool		 runlevel_forced(void);

#endif
