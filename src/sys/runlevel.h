#ifndef RUNLEVEL_H
#define RUNLEVEL_H

/*
 * Whether this is a host shutdown or an administrator's stop: what the init
 * system tells its services.
 *
 *	RC_GOINGDOWN=YES	OpenRC, openrc(8)
 *	RUNLEVEL=0, =6		SysV and Upstart, init(8)
 *	systemctl is-system-running	"stopping"; asked only by a service
 *				of systemd, for at most RUNLEVEL_ASK
 *	runlevel		"2 0", "2 6", runlevel(8) of SysV; asked only
 *				by a service of OpenRC (RC_SVCNAME), as above
 *
 * "runlevel 0" or the like, static, or NULL: the host stays up, or nothing
 * says that it does not.
 */
#define RUNLEVEL_ASK	2000		/* ms */
const char	*runlevel_down(void);

#endif
