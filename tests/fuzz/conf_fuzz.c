/*
 * Configuration files, as of each family: every accepted value is within its
 * bounds, and a refused one has its default.
 */
#include <string.h>

#include "fuzz.h"
#include "finding_check.h"
#include "policy_check.h"
#include "config/conf.h"
#include "config/family.h"

static void
conf_check(const char *text, size_t len, const struct conf_family *family)
{
	struct conf_source src = { "file", text, len, family };
	const struct conf_key *key;
	struct conf c;
	const int *n;
	int errors = 0;
	size_t i;

	must(conf_init(&c, family) == 0);
	must(conf_parse(&c, &src, finding_check, &errors) == errors);
	must(c.nuris > 0 && c.nuris <= CONF_URIS);
	must(c.state_dir[0] == '/' && c.run_dir[0] == '/');
	must(c.guesttab[0] == '/' && c.hook_dir[0] == '/');
	must(c.shutdown_total == c.family->shutdown_total);
	chain_check(c.on_shutdown);
	modes_check(c.shutdown_mode);
	for (i = 0; (key = conf_key(i)) != NULL; i++) {
		n = (const void *)((const char *)&c + key->offset);
		if (strstr(key->name, "TIMEOUT") != NULL ||
		    strncmp(key->name, "PARALLEL", 8) == 0)
			must(*n >= key->min && *n <= key->max);
	}
	conf_free(&c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = 0;

	/* One family an input, by its size: all would be slow. */
	while (family_row(n) != NULL)
		n++;
	conf_check((const char *)data, size, family_row(size % n));
	return 0;
}
