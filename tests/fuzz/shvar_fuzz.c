/*
 * The shell-variable syntax: two readings of one text are the same.
 */
#include <string.h>

#include "fuzz.h"
#include "config/shvar.h"

static void
shvar_check(const char *text, size_t len)
{
	struct shvar_item a, b;
	struct errmsg em;
	struct shvar x, y;
	int ret;

	shvar_init(&x, "file", text, len);
	shvar_init(&y, "file", text, len);
	do {
		ret = shvar_next(&x, &a, &em);
		must(shvar_next(&y, &b, NULL) == ret);
		if (ret == -1)
			text_check(em.text);
		if (ret == 1)
			must(strcmp(a.name, b.name) == 0 &&
			    strcmp(a.value, b.value) == 0 &&
			    strlen(a.value) <= SHVAR_VALUE &&
			    a.line <= a.value_line);
	} while (ret != 0);
	shvar_free(&x);
	shvar_free(&y);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	shvar_check((const char *)data, size);
	return 0;
}
