#include "text/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "compat.h"

#define MIB	(UINT64_C(1024) * 1024)
#define LARGE	"too large"	/* strtonum's words */

int
number_limit(const char *text, const struct number_range *range, int64_t *n,
    char why[NUMBER_WHY])
{
	const char *fault = "invalid";
	long long value = 0;

	/* strtonum takes blanks and a plus sign. */
	if (*text == '-' || (*text >= '0' && *text <= '9'))
		value = strtonum(text, range->min, range->max, &fault);
	if (fault == NULL) {
		*n = value;
		return 0;
	}
	if (strcmp(fault, "invalid") == 0)
		fault = "not a number";
	if (why != NULL)
		(void)snprintf(why, NUMBER_WHY, "is %s (%" PRId64 " to %"
		    PRId64 ")", fault, range->min, range->max);
	if (strcmp(fault, LARGE) != 0)
		return -1;
	*n = range->max;
	return NUMBER_LIMITED;
}

int
number_parse(const char *text, const struct number_range *range, int64_t *n,
    char why[NUMBER_WHY])
{
	int64_t value;

	if (number_limit(text, range, &value, why) != 0)
		return -1;
	*n = value;
	return 0;
}

const char *
number_bytes(uint64_t bytes, char text[NUMBER_BYTES])
{
	const uint64_t gib = 1024 * MIB;

	if (bytes < gib)
		(void)snprintf(text, NUMBER_BYTES, "%" PRIu64 " MiB",
		    (bytes + MIB - 1) / MIB);
	else
		(void)snprintf(text, NUMBER_BYTES,
		    "%" PRIu64 ".%" PRIu64 " GiB", bytes / gib,
		    bytes % gib * 10 / gib);
	return text;
}
