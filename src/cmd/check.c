#include "cmd/cmd.h"

#include "cmd/output.h"
#include "run/rounds.h"
#include "run/worst.h"
#include "sys/log.h"
#include "wire/lvproto.h"

#define TEXT_MAX	(16UL * 1024 * 1024)

static void
items_json(struct json *j, const struct advice *a, bool ok)
{
	const struct advice_item *item;
	size_t i;

	json_array_begin(j);
	for (i = 0; i < a->n; i++) {
		item = &a->item[i];
		if ((item->level == ADVICE_OK) != ok)
			continue;
		json_object_begin(j);
		if (!ok)
			output_string(j, "level", item->level == ADVICE_FAIL ?
			    "fail" : "warn");
		output_string(j, "area", item->area);
		output_string(j, "object", item->object);
		output_string(j, "text", item->text);
		if (!ok)
			output_string(j, "do", item->todo);
		json_object_end(j);
	}
	json_array_end(j);
}

static enum run_exit
print(const struct cmd_run *c, enum run_exit rv)
{
	const struct advice *a = &c->audit.advice;
	struct output answer;
	struct buf out;

	if (c->run.options->json) {
		output_begin(&answer);
		json_key(&answer.json, "findings");
		items_json(&answer.json, a, false);
		json_key(&answer.json, "ok");
		items_json(&answer.json, a, true);
		return output_end(&answer, rv);
	}
	(void)buf_init(&out, 4096, TEXT_MAX);
	advice_layout(a, log_columns(), &out);
	out.len -= out.len > 0;		/* output_print ends the last line */
	rv = output_print(&out, rv);
	buf_free(&out);
	return rv;
}

/* All that is to be seen, by the lists that a stop makes. */
static int
look(struct cmd_run *c)
{
	struct inventory *v = &c->inventory;
	struct worst worst;
	struct audit_view view = { .audit = &c->audit, .run = &c->run,
	    .inventory = v, .drive = &c->drive, .worst = &worst };

	c->audit.area = "daemon";
	rounds_lists(v, DETAILS_CHECK);
	v->flags[LIST_AUTOSTART] = LV_LIST_ACTIVE | LV_LIST_AUTOSTART;
	if (inventory_all(v, 0) == -1 || audit_hosts(&view) == -1)
		return -1;
	c->audit.area = "configuration";
	if (rounds_plan(&c->drive.work) == -1 ||
	    worst_make(&worst, &c->drive, false) == -1)
		return -1;
	audit_conf(&view);
	audit_guests(&view);
	audit_saves(&view);
	audit_owners(&view);
	audit_service(&view);
	worst_free(&worst);
	return 0;
}

enum run_exit
check_main(struct cmd_run *c)
{
	const struct run_findings *found = &c->run.found;
	enum run_exit rv = RUN_OK;

	if (look(c) == -1)
		rv = RUN_FAILED;
	audit_end(&c->audit);
	if (c->audit.advice.bad) {
		log_error("no memory for all findings");
		rv = RUN_FAILED;
	}
	if (advice_any(&c->audit.advice))
		rv = RUN_FAILED;
	if (found->errors + found->warnings > 0)
		rv = RUN_CONFIG;
	advice_sort(&c->audit.advice);
	return print(c, rv);
}
