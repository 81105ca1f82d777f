#include "sys/runlevel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/child.h"

static const struct {
	const char	*name;
	const char	*value;
	const char	*says;
} told[] = {
	{ "RC_GOINGDOWN", "YES", "OpenRC is shutting down" },
	{ "RUNLEVEL", "0", "runlevel 0" },
	{ "RUNLEVEL", "6", "runlevel 6" },
};

/*
 * Commands that are run only if the guard is in the environment; the end of
 * their output decides.  Debian's OpenRC stops its services before it sets
 * RC_GOINGDOWN, and removes the variables of SysV's init.
 */
static const struct {
	const char	*guard;
	const char	*ask[3];
	const char	*end;
	const char	*says;
} asked[] = {
	{ "INVOCATION_ID", { "systemctl", "is-system-running" }, "stopping\n",
	    "systemd is stopping" },
	{ "RC_SVCNAME", { "runlevel" }, " 0\n", "runlevel 0" },
	{ "RC_SVCNAME", { "runlevel" }, " 6\n", "runlevel 6" },
};

/* The exit status does not matter: it is not 0 for "stopping". */
static bool
answer_ends(const char *const ask[], const char *end)
{
	char text[64];
	size_t n, m = strlen(end);

	if (child_output(ask, text, sizeof(text), RUNLEVEL_ASK) == -1)
		return false;
	n = strlen(text);
	return n >= m && strcmp(text + n - m, end) == 0;
}

const char *
runlevel_down(void)
{
	const char *value;
	size_t i;

	for (i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		value = getenv(told[i].name);
		if (value != NULL && strcmp(value, told[i].value) == 0)
			return told[i].says;
	}
	for (i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		if (getenv(asked[i].guard) != NULL &&
		    answer_ends(asked[i].ask, asked[i].end))
			return asked[i].says;
	return NULL;
}

bool
runlevel_forced(void)
{
	static const char *const ask[] = { "systemctl", "show",
	    "--property=JobTimeoutUSec", "--value", "poweroff.target",
	    "reboot.target", NULL };
	char text[64];

	if (access("/run/systemd/system", F_OK) == -1)
		return false;
	/* Without an answer the units are as systemd has them. */
	(void)child_output(ask, text, sizeof(text), RUNLEVEL_ASK);
	return text[0] == '\0' || strncmp(text, "30min\n", 6) == 0 ||
	    strstr(text, "\n30min\n") != NULL;
}
