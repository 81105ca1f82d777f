#include "runlevel.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"

static const struct {
	const char	*name;
	const char	*value;
	const char	*says;
} told[] = {
	{ "RC_GOINGDOWN", "YES", "OpenRC is shutting down" },
	{ "RUNLEVEL", "0", "runlevel 0" },
	{ "RUNLEVEL", "6", "runlevel 6" },
};

const char *
runlevel_down(void)
{
	static const char *const ask[] = { "systemctl", "is-system-running",
	    NULL };
	const char *value;
	char text[64];
	size_t i;

	for (i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		value = getenv(told[i].name);
		if (value != NULL && strcmp(value, told[i].value) == 0)
			return told[i].says;
	}
	/* Its exit status is that of any state but "running". */
	if (getenv("INVOCATION_ID") == NULL ||
	    child_output(ask, text, sizeof(text), RUNLEVEL_ASK) == -1 ||
	    strcmp(text, "stopping\n") != 0)
		return NULL;
	return "systemd is stopping";
}
