#include "cmd.h"

#include "log.h"

#define ANSWER_MAX	(64 * 1024 * 1024)

/* Errors are sticky in the buf, and told by answer_end. */
void
answer_begin(struct answer *a)
{
	(void)buf_init(&a->out, 4096, ANSWER_MAX);
	json_begin(&a->json, &a->out);
	json_object_begin(&a->json);
}

enum cmd_exit
answer_end(struct answer *a, enum cmd_exit rv)
{
	json_object_end(&a->json);
	if (json_end(&a->json) == -1) {
		log_error("no memory for the answer");
		rv = CMD_FAILED;
	} else {
		rv = answer_print(&a->out, rv);
	}
	buf_free(&a->out);
	return rv;
}

enum cmd_exit
answer_print(struct buf *out, enum cmd_exit rv)
{
	buf_put(out, "\n", 1);
	if (!out->bad && log_text((const char *)out->base, out->len) == 0)
		return rv;
	log_error("the answer could not be written");
	return CMD_FAILED;
}

void
answer_string(struct json *j, const char *key, const char *value)
{
	json_key(j, key);
	json_string(j, value);
}

void
answer_guest(struct json *j, const char *uri, const char *name,
    const unsigned char uuid[UUID_LEN])
{
	char text[UUID_TEXT];

	answer_string(j, "uri", uri);
	answer_string(j, "name", name);
	uuid_format(uuid, text);
	answer_string(j, "uuid", text);
}

void
answer_uris(struct json *j, const struct run *r)
{
	size_t i;

	json_key(j, "uris");
	json_array_begin(j);
	for (i = 0; i < r->conf.nuris; i++) {
		if (!r->host[i].listed && !r->host[i].failed)
			continue;
		json_object_begin(j);
		answer_string(j, "uri", r->conf.uris[i]);
		json_key(j, "ok");
		json_bool(j, !r->host[i].failed);
		answer_string(j, "error", r->host[i].failed ?
		    r->host[i].why.text : NULL);
		json_object_end(j);
	}
	json_array_end(j);
}
