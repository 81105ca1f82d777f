#include "compat.h"

#ifndef HAVE_LIBBSD
#include <errno.h>

long long
strtonum(const char *text, long long minval, long long maxval,
    const char **errstr)
{
	int saved = errno;
	long long n;
	char *end;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (minval > maxval || end == text || *end != '\0') {
		errno = EINVAL;
		*errstr = "invalid";
		return 0;
	}
	if (n < minval || n > maxval) {
		*errstr = n < minval ? "too small" : "too large";
		errno = ERANGE;
		return 0;
	}
	/* strtoll's own overflow lands on its limit, which may be ours. */
	if (errno == ERANGE) {
		*errstr = n < 0 ? "too small" : "too large";
		return 0;
	}
	errno = saved;
	*errstr = NULL;
	return n;
}
#endif
