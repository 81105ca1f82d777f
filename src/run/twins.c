#include "run/twins.h"

#include <string.h>

#include "run/inventory.h"
#include "run/record.h"
#include "sys/log.h"
#include "wire/lvproto.h"

static bool
lists_all(const struct inventory *v)
{
	return (v->flags[0] & LV_LIST_INACTIVE) != 0;
}

/* An entry whose URI is not configured. */
static bool
entry_strange(const struct inventory *v, size_t i)
{
	return run_uri_index(v->run, v->record->list.entry[i].uri) ==
	    v->run->conf.nuris;
}

static bool
wanted(const struct inventory *v)
{
	size_t i;

	if (!lists_all(v))
		return v->run->conf.nuris > 1;
	for (i = 0; v->record != NULL && i < v->record->list.n; i++)
		if (entry_strange(v, i))
			return true;
	return false;
}

static void
answered(struct virt_call *c, const struct virt_answer *a)
{
	struct host *h = c->arg;
	struct host_identity *id = &h->identity;
	bool uri = c->what == VIRT_URI;
	char *text = uri ? id->uri : id->hostname;
	size_t size = uri ? sizeof(id->uri) : sizeof(id->hostname);

	id->open = false;
	if (a->result != VIRT_OK || a->xmllen >= size)
		return;
	memcpy(text, a->xml, a->xmllen);
	text[a->xmllen] = '\0';
	if (!uri)
		return;
	c->what = VIRT_HOSTNAME;
	id->open = virt_ask(&h->virt, c) == 0;
}

void
twins_ask(struct host *h)
{
	struct host_identity *id = &h->identity;

	if (id->open || !wanted(h->inventory))
		return;
	id->uri[0] = id->hostname[0] = '\0';
	id->pid = virt_daemon(&h->virt);
	id->call = (struct virt_call){ .what = VIRT_URI, .done = answered,
	    .arg = h };
	id->open = virt_ask(&h->virt, &id->call) == 0;
}

bool
twins_asked(const struct host *h)
{
	return !h->identity.open;
}

static bool
same_daemon(const struct host *h, const struct host *o)
{
	const struct host_identity *a = &h->identity, *b = &o->identity;
	const char *path = strstr(a->uri, ":///");

	if (path == NULL || a->hostname[0] == '\0' ||
	    strcmp(a->uri, b->uri) != 0 ||
	    strcmp(a->hostname, b->hostname) != 0)
		return false;
	if (a->pid != 0 && b->pid != 0)
		return a->pid == b->pid;
	/* Of users' and test daemons there may be several on a host. */
	return strcmp(path, ":///system") == 0;
}

/* The host that has this guest, by another URI of its daemon, or NULL. */
static const struct host *
twin_of(const struct host *h, const struct guest *g,
    const struct guests *others)
{
	const struct inventory *v = h->inventory;
	const struct guest *twin;
	size_t i;

	for (i = 0; i < v->run->conf.nuris; i++) {
		if (i == h->index || v->host[i].failed ||
		    !same_daemon(h, &v->host[i]))
			continue;
		twin = guests_find(others, i, g->uuid);
		if (twin != NULL && twin->id == g->id)
			return &v->host[i];
	}
	return NULL;
}

void
twins_drop(struct host *h, const struct guests *others)
{
	char label[RUN_LABEL], other[RUN_LABEL];
	const struct host *o, *found = NULL;
	size_t i = h->guests.n;

	if (lists_all(h->inventory))
		return;
	while (i-- > 0)
		if ((o = twin_of(h, &h->guests.guest[i], others)) != NULL) {
			found = o;
			guests_drop(&h->guests, i);
		}
	if (found == NULL || h->identity.told)
		return;
	h->identity.told = true;
	log_warn("%s: the same daemon as %s; its guests are counted there",
	    host_label(h, label), host_label(found, other));
}

void
twins_match(struct host *h)
{
	struct inventory *v = h->inventory;
	const char *uri = h->identity.uri;
	char label[RUN_LABEL], other[RUN_LABEL];

	if (!lists_all(v) || v->record == NULL || uri[0] == '\0' ||
	    h->failed || run_uri_index(v->run, uri) < v->run->conf.nuris ||
	    !record_rename(v->record, uri, v->run->conf.uris[h->index]))
		return;
	log_info("%s: the guests of %s on the list are of this daemon",
	    host_label(h, label), run_uri_label(uri, other));
}
