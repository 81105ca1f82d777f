#include "cmd/output.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "compat.h"
#include "plan/plan.h"
#include "run/inventory.h"
#include "run/run.h"
#include "run/worst.h"
#include "sys/log.h"

#define LINE		1024
#define ANSWER_MAX	(64UL * 1024 * 1024)

/* Errors are sticky in the buf; output_end reports them. */
void
output_begin(struct output *a)
{
	(void)buf_init(&a->out, 4096, ANSWER_MAX);
	json_begin(&a->json, &a->out);
	json_object_begin(&a->json);
	a->hasty = false;
}

static enum run_exit
text_print(struct buf *out, bool hasty, enum run_exit rv)
{
	buf_put(out, "\n", 1);
	if (!out->bad &&
	    log_text((const char *)out->base, out->len, hasty) == 0)
		return rv;
	log_error("cannot write to standard output");
	return RUN_FAILED;
}

enum run_exit
output_end(struct output *a, enum run_exit rv)
{
	json_object_end(&a->json);
	if (json_end(&a->json) == -1) {
		log_error("no memory for the output");
		rv = RUN_FAILED;
	} else {
		rv = text_print(&a->out, a->hasty, rv);
	}
	buf_free(&a->out);
	return rv;
}

enum run_exit
output_print(struct buf *out, enum run_exit rv)
{
	return text_print(out, false, rv);
}

void
output_text(struct buf *b, const char *fmt, ...)
{
	char line[LINE];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	buf_put(b, line, strlen(line));
}

void
output_string(struct json *j, const char *key, const char *value)
{
	json_key(j, key);
	json_string(j, value);
}

void
output_number(struct json *j, const char *key, bool is, int64_t n)
{
	json_key(j, key);
	if (is)
		json_int(j, n);
	else
		json_null(j);
}

void
output_guest(struct json *j, const char *uri, const char *name,
    const unsigned char uuid[UUID_LEN])
{
	char text[UUID_TEXT];

	output_string(j, "uri", uri);
	output_string(j, "name", name);
	uuid_format(uuid, text);
	output_string(j, "uuid", text);
}

void
output_uris(struct json *j, const struct inventory *v)
{
	size_t i;

	json_key(j, "uris");
	json_array_begin(j);
	for (i = 0; i < v->run->conf.nuris; i++) {
		if (!v->host[i].listing.done && !v->host[i].failed)
			continue;
		json_object_begin(j);
		output_string(j, "uri", v->run->conf.uris[i]);
		json_key(j, "ok");
		json_bool(j, !v->host[i].failed);
		output_string(j, "error", v->host[i].failed ?
		    v->host[i].why.text : NULL);
		json_object_end(j);
	}
	json_array_end(j);
}

const char *
output_chain(const struct plan *p, const struct plan_step *s, char *text,
    size_t size)
{
	char time[32];
	int64_t limit;
	size_t i;

	text[0] = '\0';
	for (i = 0; s->chain[i] != POLICY_END; i++) {
		if (i > 0)
			(void)strlcat(text, ", ", size);
		(void)strlcat(text, policy_name(s->chain[i]), size);
		limit = plan_limit(p, s, s->chain[i]);
		(void)snprintf(time, sizeof(time), " %" PRId64 " s",
		    worst_seconds(limit));
		if (limit > 0)
			(void)strlcat(text, time, size);
	}
	return text;
}

void
output_policy(struct json *j, const struct plan *p, const struct plan_step *s)
{
	char chain[POLICY_TEXT];
	size_t i;

	output_string(j, "chain", s == NULL ? "leave" :
	    policy_chain_text(s->chain, chain));
	json_key(j, "limits");
	json_array_begin(j);
	for (i = 0; s != NULL && s->chain[i] != POLICY_END; i++)
		json_int(j, worst_seconds(plan_limit(p, s, s->chain[i])));
	json_array_end(j);
}

bool
output_asks(const struct plan_step *s)
{
	size_t i;

	for (i = 0; s->chain[i] != POLICY_END; i++)
		if (policy_traits(s->chain[i])->asks)
			return true;
	return false;
}
