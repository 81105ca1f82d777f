/*
 * URIs: their parts, their sockets, and what the daemon gets of them.
 */
#include <string.h>

#include "fuzz.h"
#include "wire/uri.h"

static void
uri_check(const char *text)
{
	struct uri_where w = { text[0] & 1, "/s", "/u" };
	struct errmsg em;
	char path[URI_SOCKET];
	struct uri u, r;
	size_t i = 0;

	if (uri_parse(&u, text, &em) == -1) {
		text_check(em.text);
		return;
	}
	must(strcmp(u.text, text) == 0);
	while (uri_socket(&u, &w, i, path) == 0) {
		text_check(path);
		must(++i <= 7);
	}
	/* What the daemon gets has nothing of ours in it, if it is ours. */
	if (u.remote != NULL && strcasestr(text, "name") == NULL &&
	    strchr(text, '%') == NULL) {
		must(uri_parse(&r, u.remote, NULL) == 0);
		must(r.host == NULL && r.user == NULL && r.port == 0);
		must(r.transport == URI_UNIX);
		uri_free(&r);
	}
	uri_free(&u);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_copy(data, size);

	uri_check(text);
	free(text);
	return 0;
}
