#include "run/record.h"

#include <string.h>

#include "config/family.h"
#include "run/run.h"
#include "sys/log.h"

/* The list that another script writes.  It has guests, so it is read whatever
 * the configuration is. */
static const char *
theirs_name(void)
{
	const struct conf_family *family;
	size_t i;

	for (i = 0; (family = family_row(i)) != NULL; i++)
		if (family->list != NULL)
			return family->list;
	return NULL;
}

int
record_init(struct record *rec, struct run *r)
{
	const struct conf *c = &r->conf;
	struct errmsg em;

	memset(rec, 0, sizeof(*rec));
	rec->run = r;
	rec->state.lockfd = rec->state.journal.fd = -1;
	list_init(&rec->list);
	if (state_init(&rec->state, c->state_dir, c->run_dir, &em) == -1 ||
	    state_theirs(&rec->state, c->state_dir, theirs_name(),
	    &em) == -1) {
		log_error("%s", em.text);
		return -1;
	}
	return 0;
}

void
record_free(struct record *rec)
{
	list_free(&rec->list);
	state_free(&rec->state);
}

int
record_load(struct record *rec)
{
	struct run *r = rec->run;
	struct state_findings sf = { .fn = run_finding, .arg = r };
	int errors = r->found.errors, rv;
	struct errmsg em;

	rv = state_load(&rec->state, &rec->list, &sf, &em);
	if (rv == -1)
		log_error("%s", em.text);
	/* Errors in the list are not errors in the configuration. */
	r->found.errors = errors;
	return rv;
}

void
record_adopt(struct record *rec)
{
	const struct state_findings quiet = { .fn = NULL };
	struct conf *conf = &rec->run->conf;
	bool unset = conf_uris_unset(conf);
	struct state st = rec->state;
	struct list list;
	struct errmsg em;
	size_t i;

	if (rec->run->options->nuris > 0)
		return;
	list_init(&list);
	(void)state_load(&st, &list, &quiet, &em);
	for (i = 0; i < list.n; i++)
		if ((unset || strcmp(list.entry[i].uri, "default") == 0) &&
		    run_uri_index(rec->run, list.entry[i].uri) == conf->nuris)
			(void)conf_add_uri(conf, list.entry[i].uri);
	list_free(&list);
}

void
record_save(struct record *rec)
{
	char kept[STATE_KEPT];
	struct errmsg em;

	if (state_save(&rec->state, &rec->list, kept, &em) == -1) {
		if (!rec->unwritten)
			log_error("cannot write the list of guests: %s; "
			    "retrying after each guest", em.text);
		rec->unwritten = true;
	} else if (rec->unwritten) {
		rec->unwritten = false;
		log_info("The list of guests is written now");
	}
	if (kept[0] != '\0')
		log_warn("%s: malformed; kept as %s", rec->state.list_path,
		    kept);
}

void
record_retry(struct record *rec)
{
	if (rec->unwritten)
		record_save(rec);
}
