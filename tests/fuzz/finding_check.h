#ifndef FINDING_CHECK_H
#define FINDING_CHECK_H

#include <string.h>

#include "fuzz.h"
#include "text/errmsg.h"

/* A finding names its place; arg counts the errors. */
static inline void
finding_check(void *arg, enum finding_level level, const char *text)
{
	int *errors = arg;

	text_check(text);
	must(strncmp(text, "file:", 5) == 0);
	*errors += level == FINDING_ERROR;
}

#endif
