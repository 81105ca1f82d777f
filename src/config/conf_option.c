#include "config/conf_part.h"

#include <errno.h>
#include <string.h>

#include "config/uris.h"
#include "text/escape.h"

static int
override_refuse(const char *keyvalue, const char *why, struct errmsg *em)
{
	char shown[96];

	(void)escape_text(shown, sizeof(shown), keyvalue, strlen(keyvalue));
	return errmsg_set(em, EINVAL, "-o %s: %s", shown, why);
}

int
conf_override(struct conf *c, const char *keyvalue, struct errmsg *em)
{
	const char *eq = strchr(keyvalue, '=');
	struct conf_setting s = { .alias = NULL };
	struct errmsg why, used;
	char text[CONF_UNKNOWN];
	size_t len;
	int ret;

	if (eq == NULL)
		return override_refuse(keyvalue, "missing =; use KEY=VALUE",
		    em);
	len = (size_t)(eq - keyvalue);
	if ((s.key = conf_key_find(keyvalue, len)) == NULL) {
		conf_key_unknown(keyvalue, len, text);
		return override_refuse(keyvalue, text, em);
	}
	s.value = eq + 1;
	if ((ret = conf_value_take(c, &s, &why)) != 0) {
		(void)errmsg_set(&used, 0, "%.350s; using %s", why.text,
		    ret == -1 ? conf_value_used(c, &s) : "the limit");
		(void)override_refuse(keyvalue, used.text, em);
	}
	if (ret != -1)
		conf_origin_note(c, &s, -1);
	return ret;
}

int
conf_set_uris(struct conf *c, char *const *uris, size_t n, struct errmsg *em)
{
	struct uris list = { .n = 0 };
	struct errmsg why;
	size_t i;
	int ret = 0;

	if (n == 0)
		return 0;
	for (i = 0; i < n; i++)
		uris_add(&list, uris[i], &why);
	if (list.refused > 0)
		ret = errmsg_set(em, why.code, "-c %.400s; %s", why.text,
		    list.n > 0 ? "using the other URIs" :
		    "using the configured URIs");
	if (list.n > 0 && conf_uris_install(c, &list) == -1)
		ret = errmsg_set(em, ENOMEM, "-c: no memory");
	uris_free(&list);
	return ret;
}

bool
conf_uris_unset(const struct conf *c)
{
	return c->nuris == 1 && strcmp(c->uris[0], "default") == 0;
}

int
conf_add_uri(struct conf *c, const char *uri)
{
	struct uris list = { .n = 0 };
	size_t i;
	int ret = -1;

	for (i = 0; i < c->nuris; i++)
		uris_add(&list, c->uris[i], NULL);
	uris_add(&list, uri, NULL);
	if (list.refused == 0)
		ret = conf_uris_install(c, &list);
	uris_free(&list);
	return ret;
}
