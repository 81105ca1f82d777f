#include "config/uris.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wire/uri.h"

static int
uri_put(struct uris *list, const char *text, struct errmsg *em)
{
	struct uri u;
	size_t i;

	for (i = 0; i < list->n; i++)
		if (strcmp(list->uri[i], text) == 0)
			return 0;
	/* It may be an alias of libvirt.conf. */
	if (text[strspn(text, URIS_ALIAS)] != '\0') {
		if (uri_parse(&u, text, em) == -1)
			return -1;
		uri_free(&u);
	}
	if (list->n == URIS)
		return errmsg_set(em, EINVAL, "more than %d URIs", URIS);
	if ((list->uri[list->n] = strdup(text)) == NULL)
		return errmsg_set(em, ENOMEM, "no memory for a URI");
	list->n++;
	return 0;
}

void
uris_add(struct uris *list, const char *text, struct errmsg *em)
{
	/* The list file could not hold an empty word. */
	if (*text == '\0')
		text = "default";
	if (uri_put(list, text, list->refused == 0 ? em : NULL) == -1)
		list->refused++;
}

void
uris_split(struct uris *list, const char *text, struct errmsg *em)
{
	static const char blanks[] = " \t\n";
	char *word;
	size_t n;

	for (text += strspn(text, blanks); *text != '\0';
	    text += n + strspn(text + n, blanks)) {
		n = strcspn(text, blanks);
		if ((word = strndup(text, n)) == NULL) {
			if (list->refused++ == 0)
				(void)errmsg_set(em, ENOMEM, "no memory");
			return;
		}
		uris_add(list, word, em);
		free(word);
	}
}

void
uris_free(struct uris *list)
{
	while (list->n > 0)
		free(list->uri[--list->n]);
	list->refused = 0;
}
