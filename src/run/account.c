#include "run/account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "plan/engine_job.h"
#include "plan/plan.h"
#include "run/inventory.h"
#include "run/record.h"
#include "run/selection.h"
#include "sys/log.h"

#define FIRST	16	/* guests of the first growth */

void
account_init(struct account *a, const struct inventory *v,
    const struct record *rec)
{
	int n;

	memset(a, 0, sizeof(*a));
	a->run = v->run;
	a->inventory = v;
	a->record = rec;
	n = snprintf(a->path, sizeof(a->path), "%s.history",
	    rec->state.list_path);
	a->failed = n < 0 || (size_t)n >= sizeof(a->path);
}

void
account_free(struct account *a)
{
	size_t i;

	for (i = 0; i < a->n; i++) {
		free((char *)(uintptr_t)a->guest[i].line.uri);
		free((char *)(uintptr_t)a->guest[i].line.name);
	}
	free(a->guest);
	free(a->old);
	buf_free(&a->text);
}

/* One message: the run goes on without its history. */
static void
account_fail(struct account *a, const char *why)
{
	if (!a->failed)
		log_warn("cannot write the history of this run: %s", why);
	a->failed = true;
}

static int64_t
account_now(const struct account *a)
{
	return loop_now() - a->run->began;
}

static void
line_begin(struct account *a)
{
	const struct run *r = a->run;

	boot_id(a->boot);
	a->line = (struct history_run){ .starts = !r->stopping,
	    .command = r->name, .began = boot_clock() - account_now(a) / 1000,
	    .length = -1, .boot = a->boot, .pid = getpid(),
	    .selected = r->options->selection != NULL };
}

void
account_begin(struct account *a)
{
	struct errmsg em;

	a->begun = true;
	line_begin(a);
	if (a->failed)
		return;
	if (history_read(a->path, &a->old, &a->oldlen, &em) == -1)
		log_warn("cannot read the history: %s; dropping it", em.text);
	/* Pages that are not written to take no memory. */
	if (buf_init(&a->text, HISTORY_FILE, HISTORY_FILE) == -1)
		account_fail(a, "no memory");
}

/*
 * The guests.
 */

static bool
guest_is(const struct account *a, size_t i, const char *uri,
    const unsigned char uuid[UUID_LEN])
{
	return i < a->n &&
	    memcmp(a->guest[i].line.uuid, uuid, UUID_LEN) == 0 &&
	    strcmp(a->guest[i].line.uri, uri) == 0;
}

/* Most guests have the same number here as in the inventory, or list. */
static struct account_guest *
guest_find(const struct account *a, size_t near, const char *uri,
    const unsigned char uuid[UUID_LEN])
{
	size_t i;

	if (guest_is(a, near, uri, uuid))
		return &a->guest[near];
	for (i = 0; i < a->n; i++)
		if (guest_is(a, i, uri, uuid))
			return &a->guest[i];
	return NULL;
}

static int
guest_room(struct account *a)
{
	struct account_guest *guest;
	size_t size = a->size == 0 ? FIRST : a->size * 2;

	if (a->n < a->size)
		return 0;
	guest = reallocarray(a->guest, size, sizeof(*guest));
	if (guest == NULL)
		return -1;
	a->guest = guest;
	a->size = size;
	return 0;
}

/* Add a guest, unless it is known; name may be NULL. */
static int
guest_add(struct account *a, const char *uri, const char *name,
    const unsigned char uuid[UUID_LEN])
{
	struct account_guest *g;
	char *copy = NULL;

	if (guest_find(a, a->n, uri, uuid) != NULL)
		return 0;
	if (guest_room(a) == -1 ||
	    (name != NULL && (copy = strdup(name)) == NULL))
		return -1;
	g = &a->guest[a->n];
	memset(g, 0, sizeof(*g));
	if ((g->line.uri = strdup(uri)) == NULL) {
		free(copy);
		return -1;
	}
	g->line.name = copy;
	memcpy(g->line.uuid, uuid, UUID_LEN);
	g->line.asked = g->line.acked = g->line.ended = -1;
	a->n++;
	return 0;
}

static int
inventory_add(struct account *a)
{
	const struct guests *gs = &a->inventory->guests;
	const struct guest *g;
	size_t i;

	for (i = 0; i < gs->n; i++) {
		g = &gs->guest[i];
		if (!guest_is(a, i, a->run->conf.uris[g->uri], g->uuid) &&
		    guest_add(a, a->run->conf.uris[g->uri], g->name,
		    g->uuid) == -1)
			return -1;
	}
	return 0;
}

/* Whether the options of this run exclude a URI. */
static bool
uri_excluded(const struct account *a, const char *uri)
{
	return a->run->options->nuris > 0 &&
	    run_uri_index(a->run, uri) == a->run->conf.nuris;
}

/* Entries of the list, and entries that left the list in this run. */
static int
entries_add(struct account *a)
{
	const struct list_entry *e;
	size_t i;

	for (i = 0; i < a->record->list.n; i++) {
		e = &a->record->list.entry[i];
		if ((e->listed || e->state == RECORD_GONE ||
		    e->state == RECORD_UNWANTED) &&
		    !uri_excluded(a, e->uri) &&
		    selection_listed(a->inventory, e) &&
		    !guest_is(a, i, e->uri, e->uuid) &&
		    guest_add(a, e->uri, e->name, e->uuid) == -1)
			return -1;
	}
	return 0;
}

static void
known_add(struct account *a)
{
	if ((a->run->stopping ? inventory_add(a) : entries_add(a)) == -1)
		account_fail(a, "no memory");
}

/*
 * The file.
 */

static void
account_write(struct account *a)
{
	const char *from = a->old;
	struct errmsg em;
	size_t i, kept;

	if (!a->begun || a->text.size == 0)
		return;
	/* A mistyped selector does not hide the last stop. */
	if (a->n == 0 && a->run->options->selection != NULL)
		return;
	buf_reset(&a->text);
	buf_put(&a->text, HISTORY_HEAD, sizeof(HISTORY_HEAD) - 1);
	history_put_run(&a->text, &a->line);
	/* More guests than 1 MiB can have are left out. */
	for (i = 0; i < a->n && a->text.len + HISTORY_LINE < HISTORY_FILE; i++)
		if (!a->guest[i].out)
			history_put_guest(&a->text, &a->guest[i].line);
	if (a->oldlen > 0 && a->text.len < HISTORY_MAX) {
		kept = history_keep(&from, a->oldlen,
		    HISTORY_MAX - a->text.len);
		buf_put(&a->text, from, kept);
	}
	if (history_write(a->path, &a->text, &em) == -1)
		account_fail(a, em.text);
}

void
account_guests(struct account *a)
{
	struct account_guest *g;
	size_t i;

	if (!a->begun)
		return;
	known_add(a);
	/* They may have moved. */
	for (i = 0; i < a->n; i++) {
		g = &a->guest[i];
		g->line.how = g->how;
		g->line.why = g->why;
	}
	a->line.reason = a->run->down;
	account_write(a);
}

/*
 * What happens to a guest.
 */

static struct account_guest *
guest_of(const struct account *a, size_t guest)
{
	const struct guest *g = &a->inventory->guests.guest[guest];

	return guest_find(a, guest, a->run->conf.uris[g->uri], g->uuid);
}

static void
how_add(struct account_guest *g, enum policy_action action)
{
	if (g->how[0] != '\0')
		(void)strlcat(g->how, ",", sizeof(g->how));
	(void)strlcat(g->how, policy_name(action), sizeof(g->how));
}

void
account_asked(struct account *a, size_t guest, enum policy_action action,
    enum policy_mode mode)
{
	struct account_guest *g = guest_of(a, guest);

	if (g == NULL)
		return;
	if (g->line.asks++ == 0)
		g->line.asked = account_now(a);
	if (g->last != action)
		how_add(g, action);
	if (policy_traits(action)->asks && mode != POLICY_MODE_END)
		g->line.mode = policy_mode_name(mode);
	g->line.forced = g->line.forced || policy_traits(action)->forces;
	g->last = action;
	g->line.end = HISTORY_OPEN;
}

void
account_acked(struct account *a, size_t guest)
{
	struct account_guest *g = guest_of(a, guest);

	if (g != NULL && g->line.acked == -1)
		g->line.acked = account_now(a);
}

static void
guest_end(struct account_guest *g, enum history_end end, const char *result,
    const char *why)
{
	g->line.end = end;
	g->line.result = result;
	(void)strlcpy(g->why, why, sizeof(g->why));
}

static void
result_take(struct account_guest *g, enum engine_result result,
    const char *why)
{
	guest_end(g, result >= RESULT_REFUSED || result == RESULT_GONE ?
	    HISTORY_FAILED : HISTORY_WELL, job_result_name(result), why);
}

void
account_ended(struct account *a, size_t guest, const struct engine_job *j)
{
	struct account_guest *g = guest_of(a, guest);
	/* The reason for the next action; a put-off request has one, too. */
	bool why = j->result >= RESULT_REFUSED || j->link > 0 ||
	    j->instead != POLICY_END;

	if (g == NULL)
		return;
	g->line.ended = account_now(a);
	if (policy_traits(job_action(j))->saves)
		g->line.bytes = j->moved;
	if (j->result == RESULT_LEFT)
		how_add(g, job_action(j));
	result_take(g, j->result, why ? j->why : "");
}

/*
 * The end of the run.
 */

/* A guest of a stop without a job. */
static void
stopped_end(const struct account *a, struct account_guest *g)
{
	const struct run *r = a->run;
	const struct guests *gs = &a->inventory->guests;
	const struct guest *known;

	known = guests_find(gs, run_uri_index(r, g->line.uri), g->line.uuid);
	if (known == NULL)
		return;
	if (known->result != RESULT_NONE)
		result_take(g, (enum engine_result)known->result, "");
	else if (plan_leaves(gs, (size_t)(known - gs->guest), &r->tab,
	    &r->conf))
		guest_end(g, HISTORY_WELL, job_result_name(RESULT_LEFT),
		    "PERSISTENT_ONLY");
}

/* A guest of a start that had no job, or that runs and stays listed. */
static void
started_end(const struct account *a, struct account_guest *g)
{
	static const char result[] = "not started";
	const struct list_entry *e = list_find(&a->record->list, g->line.uri,
	    g->line.uuid);
	size_t uri = run_uri_index(a->run, g->line.uri);
	const char *why = "it stays on the list";

	if (g->line.end != HISTORY_OPEN) {
		if (g->line.end == HISTORY_WELL && e != NULL && e->listed)
			guest_end(g, HISTORY_FAILED, g->line.result,
			    "it may still shut down; it stays on the list");
	} else if (e != NULL && e->state == RECORD_GONE) {
		result_take(g, RESULT_GONE, "it no longer exists");
	} else if (e != NULL && e->state == RECORD_UNWANTED) {
		guest_end(g, HISTORY_WELL, result, "boot=no or ON_BOOT");
	} else if (e == NULL || !e->listed) {
		/* It has another URI now. */
		g->out = true;
	} else {
		if (uri == a->run->conf.nuris)
			why = "its URI is not in URIS";
		else if (a->inventory->host[uri].failed)
			why = a->inventory->host[uri].why.text;
		guest_end(g, HISTORY_FAILED, result, why);
	}
}

static void
line_end(struct account *a, enum run_exit code)
{
	const struct run *r = a->run;

	a->line.reason = r->down;
	a->line.length = account_now(a);
	a->line.deadline = r->deadline != 0 ? r->deadline - r->began : 0;
	a->line.code = (int)code;
}

void
account_end(struct account *a, enum run_exit code)
{
	const struct run *r = a->run;
	size_t i;

	if (!a->begun)
		return;
	if (!r->stopping)
		known_add(a);
	for (i = 0; i < a->n; i++) {
		a->guest[i].line.how = a->guest[i].how;
		a->guest[i].line.why = a->guest[i].why;
		if (!r->stopping)
			started_end(a, &a->guest[i]);
		else if (a->guest[i].line.end == HISTORY_OPEN)
			stopped_end(a, &a->guest[i]);
	}
	line_end(a, code);
	account_write(a);
}

int
account_run(struct account *a, enum run_exit code, struct history_run *run)
{
	struct history_guest *g;
	size_t i;

	/* It had no lock: it is none of the history. */
	if (!a->begun) {
		line_begin(a);
		line_end(a, code);
	}
	*run = a->line;
	if ((run->guest = calloc(a->n + 1, sizeof(*run->guest))) == NULL)
		return -1;
	for (i = 0; i < a->n; i++) {
		if (a->guest[i].out)
			continue;
		g = &run->guest[run->n++];
		*g = a->guest[i].line;
		/* As in the file. */
		if (a->guest[i].how[0] == '\0')
			g->how = NULL;
		if (a->guest[i].why[0] == '\0')
			g->why = NULL;
	}
	return 0;
}
