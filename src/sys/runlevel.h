#ifndef RUNLEVEL_H
#define RUNLEVEL_H

/*
 * Whether the host is going down, or an administrator stops a service: what
 * the init system tells those that it runs.
 *
 *	RC_GOINGDOWN=YES	OpenRC, openrc(8)
 *	RUNLEVEL=0, =6		SysV and Upstart, init(8)
 *	systemctl is-system-running	"stopping"; asked only by a service
 *				of systemd, for at most RUNLEVEL_ASK
 *	runlevel		"2 0", "2 6", runlevel(8) of SysV; asked only
 *				by a service of OpenRC (RC_SVCNAME), as above
 *
 * "runlevel 0" or the like, static, or NULL: the host stays up, or nobody
 * says.
 */
#define RUNLEVEL_ASK	2000		/* ms */
const char	*runlevel_down(void);

#endif
