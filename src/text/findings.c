#include "text/findings.h"

#include <limits.h>
#include <string.h>

#include "text/escape.h"

void
findings_begin(struct findings *f, const char *file, finding_fn *fn,
    void *arg)
{
	(void)escape_text(f->file, sizeof(f->file), file, strlen(file));
	f->fn = fn;
	f->arg = arg;
	f->errors = 0;
}

void
findings_text(struct findings *f, enum finding_level level, const char *text)
{
	if (level == FINDING_ERROR && f->errors < INT_MAX)
		f->errors++;
	if (f->fn != NULL)
		f->fn(f->arg, level, text);
}

void
findings_add(struct findings *f, enum finding_level level,
    struct findings_place at, const char *what)
{
	struct errmsg em;

	(void)errmsg_set(&em, 0, "%s:%u:%u: %s", f->file, at.line, at.col,
	    what);
	findings_text(f, level, em.text);
}
