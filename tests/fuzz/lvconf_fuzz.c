/*
 * libvirt.conf of a client: what is given lies inside the text.
 */
#include <string.h>

#include "fuzz.h"
#include "config/lvconf.h"

static const char *text_begin, *text_end;

static void
inside(const char *s)
{
	must(s >= text_begin && s + strlen(s) <= text_end);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lvconf_source src = { .file = "file", .len = size };
	struct errmsg em = { 0, "" };
	struct lvconf c;
	size_t i;

	memset(&c, 0, sizeof(c));
	src.text = text_copy(data, size);
	text_begin = src.text;
	text_end = src.text + size;
	if (lvconf_parse(&c, &src, &em) == -1)
		text_check(em.text);
	must(c.naliases <= LVCONF_ALIASES);
	for (i = 0; i < c.naliases; i++) {
		inside(c.alias[i].name);
		inside(c.alias[i].uri);
		must(lvconf_uri(&c, c.alias[i].name) != NULL);
	}
	if (c.uri_default != NULL)
		inside(c.uri_default);
	if (c.remote_mode != NULL)
		inside(c.remote_mode);
	if (c.remote_proxy != NULL)
		inside(c.remote_proxy);
	must(strcmp(lvconf_uri(&c, "no such alias"), "no such alias") == 0);
	free(src.text);
	return 0;
}
