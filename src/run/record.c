#include "run/record.h"

#include <stdlib.h>
#include <string.h>

#include "config/family.h"
#include "run/run.h"
#include "sys/file.h"
#include "sys/log.h"
#include "text/escape.h"

#define FINDINGS	10	/* of a list, that are printed */

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

void
record_open(struct record *rec)
{
	struct state *st = &rec->state;
	struct errmsg em;

	if (journal_open(&st->journal, st->journal_path, &rec->list,
	    &em) == -1)
		log_warn("%s", em.text);
}

/* They are not findings in the configuration. */
static void
finding_say(void *arg, enum finding_level level, const char *text)
{
	unsigned *n = arg;

	if (++*n > FINDINGS)
		return;
	if (level == FINDING_ERROR)
		log_error("%s", text);
	else
		log_warn("%s", text);
}

int
record_load(struct record *rec)
{
	unsigned n = 0;
	struct state_findings sf = { .fn = rec->quiet ? NULL : finding_say,
	    .arg = &n };
	char label[RUN_LABEL];
	struct errmsg em;
	int rv;

	rv = state_load(&rec->state, &rec->list, &sf, &em);
	if (rv == -1 && !rec->quiet)
		log_error("%s", em.text);
	if (n > FINDINGS)
		log_warn("%s: %u findings are not printed",
		    run_uri_label(rec->state.list_path, label), n - FINDINGS);
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
	bool gone = !rec->unwritten && record_count(rec) > 0 &&
	    !file_regular(rec->state.list_path);
	char label[RUN_LABEL];

	if (gone)
		log_warn("%s: removed by another program; writing it again",
		    run_uri_label(rec->state.list_path, label));
	if (gone || rec->unwritten)
		record_save(rec);
}

struct list_entry *
record_find(const struct record *rec, const struct guest *g)
{
	return list_find(&rec->list, rec->run->conf.uris[g->uri], g->uuid);
}

struct list_entry *
record_next(const struct record *rec, size_t *i)
{
	while (*i < rec->list.n)
		if (rec->list.entry[(*i)++].listed)
			return &rec->list.entry[*i - 1];
	return NULL;
}

size_t
record_count(const struct record *rec)
{
	return list_count(&rec->list);
}

int
record_add(struct record *rec, const struct guest *g)
{
	struct list_entry *e;

	if (list_add(&rec->list, rec->run->conf.uris[g->uri], g->uuid) == -1)
		return -1;
	if ((e = record_find(rec, g)) != NULL) {
		list_name(e, g->name);
		e->transient = !g->persistent;
	}
	return 0;
}

static bool
life_same(const struct list_life *a, const struct list_life *b)
{
	if (a->born != 0 && b->born != 0)
		return a->born == b->born;
	return a->id < 0 || b->id < 0 || a->id == b->id;
}

static bool
request_open(const struct list_entry *e)
{
	return e->request.action != POLICY_END || e->request.asks ||
	    e->request.end != LIST_OPEN;
}

static void
request_end(struct record *rec, struct list_entry *e)
{
	if (request_open(e))
		journal_end(&rec->state.journal, e);
	e->request = (struct list_request){ .life.id = -1 };
}

/* Its request moves along, in the journal too. */
static bool
entry_rename(struct record *rec, struct list_entry *e, const char *to)
{
	char *uri = strdup(to);

	if (uri == NULL)
		return false;
	if (request_open(e))
		journal_end(&rec->state.journal, e);
	free(e->uri);
	e->uri = uri;
	if (request_open(e))
		journal_write(&rec->state.journal, e);
	return true;
}

bool
record_rename(struct record *rec, const char *from, const char *to)
{
	struct list_entry *e, *same;
	bool some = false;
	size_t i;

	for (i = 0; i < rec->list.n; i++) {
		e = &rec->list.entry[i];
		if (strcmp(e->uri, from) != 0)
			continue;
		same = list_find(&rec->list, to, e->uuid);
		if (same == NULL) {
			some = entry_rename(rec, e, to) || some;
			continue;
		}
		/* The guest has both: one record is enough. */
		some = some || e->listed;
		if (same->name == NULL) {
			same->name = e->name;
			e->name = NULL;
		}
		same->listed = same->listed || e->listed;
		e->listed = false;
	}
	return some;
}

struct list_entry *
record_meet(struct record *rec, const struct guest *g,
    const struct list_life *life)
{
	struct list_entry *e;

	e = list_entry(&rec->list, rec->run->conf.uris[g->uri], g->uuid);
	if (e == NULL)
		return NULL;
	e->transient = !g->persistent;
	if (!life_same(&e->request.life, life))
		request_end(rec, e);
	if (life->id >= 0)
		e->request.life.id = life->id;
	if (life->born != 0)
		e->request.life.born = life->born;
	return e;
}

void
record_ask(struct record *rec, struct list_entry *e,
    enum policy_action action)
{
	struct list_request *q = &e->request;

	q->action = action;
	q->asks = q->asks || policy_traits(action)->asks;
	q->end = LIST_OPEN;
	q->when = loop_now();
	q->down = 0;
	e->state = RECORD_ASKED;
	journal_write(&rec->state.journal, e);
}

/* A request that the run gives up. */
static void
request_late(struct record *rec, struct list_entry *e, enum list_end end,
    int64_t down)
{
	e->request.end = end;
	e->request.down = down;
	journal_write(&rec->state.journal, e);
}

static const enum record_state leaving[] = {
	RECORD_MIGRATED, RECORD_STARTED, RECORD_GONE, RECORD_UNWANTED
};

/*
 * When a guest leaves the list: it runs, and goes on running; or it cannot be
 * started here, or is not to be.  A transient guest that runs cannot be started
 * again.
 */
static bool
leaves(const struct list_entry *e)
{
	size_t i;

	if (e->state == RECORD_RUNNING)
		return e->transient || !RECORD_PENDS(e);
	for (i = 0; i < sizeof(leaving) / sizeof(leaving[0]); i++)
		if (e->state == leaving[i])
			return true;
	return false;
}

static void
request_note(struct record *rec, struct list_entry *e)
{
	switch ((enum record_state)e->state) {
	case RECORD_ASKED:
		break;
	case RECORD_PENDING:
		request_late(rec, e, LIST_LATE, 0);
		break;
	case RECORD_LATE:
		request_late(rec, e, LIST_LATE, rec->down);
		break;
	case RECORD_STALLED:
		e->request.asks = false;
		request_late(rec, e, LIST_STALLED, rec->down);
		break;
	case RECORD_RUNNING:
		if (!RECORD_PENDS(e))
			request_end(rec, e);
		break;
	default:
		request_end(rec, e);
		break;
	}
}

bool
record_note(struct record *rec, struct list_entry *e, enum record_state state)
{
	bool listed = e->listed;

	e->state = (unsigned char)state;
	request_note(rec, e);
	rec->gone = rec->gone || (listed && state == RECORD_GONE);
	e->listed = listed && !leaves(e);
	return listed && !e->listed;
}
