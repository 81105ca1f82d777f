/*
 * Files of other programs: a value is terminated, a time limit has its bounds.
 */
#include <string.h>

#include "config/inifile.h"
#include "config/owners.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const keys[] = { "TimeoutStopSec", "ExecStop",
	    "stop-timeout" };
	/* Just as long as it is: one byte too far is seen. */
	char *text = malloc(size == 0 ? 1 : size), value[16];
	struct inifile_text t = { text, size };
	long seconds;
	size_t i;

	must(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		memset(value, 'x', sizeof(value));
		if (!inifile_value(t, keys[i], value, sizeof(value)))
			continue;
		must(memchr(value, '\0', sizeof(value)) != NULL);
		must(inifile_mentions(t, keys[i]));
		seconds = inifile_span(value);
		must(seconds != 0 && seconds >= INIFILE_BAD);
	}
	(void)owners_stops(t);
	free(text);
	return 0;
}
