#include "run/networks.h"

#include <stdlib.h>
#include <string.h>

#include "plan/engine.h"
#include "run/inventory.h"
#include "run/record.h"
#include "sys/log.h"
#include "text/uuid.h"
#include "wire/lvmsg.h"
#include "wire/lvproto.h"

/* A request about a network, or a URI's request for its networks. */
struct net_task {
	struct virt_call	 call;
	struct networks		*nets;
	size_t			 uri;
	bool			 asked;
	bool			 over;		/* answered, or not asked */
};

static void
networks_init(struct networks *n, struct inventory *v)
{
	memset(n, 0, sizeof(*n));
	n->inventory = v;
	guests_init(&n->all);
	list_init(&n->list);
}

static void
list_read(struct networks *n)
{
	struct run *r = n->inventory->run;
	struct state_findings sf = { .fn = run_finding, .arg = r };
	int errors = r->found.errors;
	struct errmsg em;

	if (state_nets_load(&n->inventory->record->state, &n->list, &sf,
	    &em) == -1) {
		log_error("%s", em.text);
		n->bad = true;
	}
	/* Errors in the list are not errors in the configuration. */
	r->found.errors = errors;
}

static void
tasks_free(struct networks *n)
{
	size_t i;

	for (i = 0; i < n->ntask; i++)
		virt_forget(&n->task[i].call);
	free(n->task);
	n->task = NULL;
	n->ntask = 0;
}

void
networks_free(struct networks *n)
{
	tasks_free(n);
	guests_free(&n->all);
	list_free(&n->list);
}

static int
tasks_make(struct networks *n, size_t ntask)
{
	tasks_free(n);
	if ((n->task = calloc(ntask + 1, sizeof(*n->task))) == NULL) {
		log_error("no memory for networks");
		n->bad = true;
		return -1;
	}
	for (; n->ntask < ntask; n->ntask++)
		n->task[n->ntask].nets = n;
	return 0;
}

/* A task for each network. */
static int
nets_tasks(struct networks *n)
{
	size_t i;

	if (tasks_make(n, n->all.n) == -1)
		return -1;
	for (i = 0; i < n->ntask; i++) {
		n->task[i].uri = n->all.guest[i].uri;
		n->task[i].over = n->all.guest[i].over;
	}
	return 0;
}

static void
task_ask(struct net_task *t, enum virt_what what, virt_done_fn *done)
{
	struct virt *virt = &t->nets->inventory->host[t->uri].virt;
	size_t i = (size_t)(t - t->nets->task);

	t->asked = true;
	t->call = (struct virt_call){ .what = what, .done = done, .arg = t };
	if (what == VIRT_NETS)
		t->call.flags = LV_NETS_ACTIVE | LV_NETS_PERSISTENT;
	else
		t->call.guest = &t->nets->all.guest[i];
	t->over = virt_ask(virt, &t->call) == -1;
	t->nets->bad = t->nets->bad || t->over;
}

static void
tasks_ask(struct networks *n, enum virt_what what, virt_done_fn *done)
{
	size_t i;

	for (i = 0; i < n->ntask; i++)
		if (!n->task[i].over)
			task_ask(&n->task[i], what, done);
}

static bool
tasks_over(const struct networks *n)
{
	size_t i;

	for (i = 0; i < n->ntask; i++)
		if (!n->task[i].over)
			return false;
	return true;
}

static void
tasks_wait(struct networks *n, int64_t by)
{
	while (!tasks_over(n) && (by == 0 || loop_now() < by))
		if (run_step(n->inventory->run, by) == -1)
			break;
	n->bad = n->bad || !tasks_over(n);
}

/* Report a failure of a network, or of all (no guest), and remember it. */
static void
task_bad(struct net_task *t, const char *what, const char *why)
{
	char uri[RUN_LABEL], label[GUEST_LABEL] = "";
	const struct guest *g = t->call.guest;

	t->nets->bad = true;
	if (g != NULL && *g->name != '\0')
		guest_label(g, label);
	else if (g != NULL)
		uuid_format(g->uuid, label);
	log_warn("%s: %s%s: %s", host_label(
	    &t->nets->inventory->host[t->uri], uri), what, label, why);
}

static int
save(struct networks *n)
{
	struct state *st = &n->inventory->record->state;
	char kept[STATE_KEPT];
	struct errmsg em;
	int rv;

	rv = state_nets_save(st, &n->list, kept, &em);
	if (rv == -1)
		log_error("cannot write the list of networks: %s", em.text);
	if (kept[0] != '\0')
		log_warn("%s: malformed; kept as %s", st->nets_path, kept);
	n->bad = n->bad || rv == -1;
	return rv;
}

/*
 * Stop.
 */

/* A guest that still runs on the URI may use its networks. */
static bool
uri_busy(const struct inventory *v, size_t uri)
{
	const struct guest *g;
	size_t i;

	for (i = 0; i < v->guests.n; i++) {
		g = &v->guests.guest[i];
		if (g->uri == uri && g->result != RESULT_OFF &&
		    g->result != RESULT_SAVED &&
		    g->result != RESULT_MIGRATED &&
		    g->result != RESULT_DESTROYED)
			return true;
	}
	return false;
}

static void
nets_listed(struct virt_call *c, const struct virt_answer *a)
{
	struct net_task *t = c->arg;
	struct lvmsg_domain d;
	struct guest *g;
	uint32_t i;

	t->over = true;
	if (a->result == VIRT_REFUSED && a->class == LVMSG_UNSUPPORTED)
		return;			/* no network driver */
	if (a->result != VIRT_OK) {
		task_bad(t, "cannot list networks", a->text);
		return;
	}
	for (i = 0; i < a->count; i++)
		if (lvmsg_next_network(a->list, &d) == -1 ||
		    guests_add(&t->nets->all, t->uri, &d, &g) == -1) {
			task_bad(t, "cannot list networks",
			    "the list is malformed or too long");
			return;
		}
}

static void
lists_ask(struct networks *n)
{
	size_t i;

	if (tasks_make(n, n->inventory->run->conf.nuris) == -1)
		return;
	for (i = 0; i < n->ntask; i++) {
		n->task[i].uri = i;
		n->task[i].over = n->inventory->host[i].failed;
	}
	tasks_ask(n, VIRT_NETS, nets_listed);
}

/* Two URIs may have one daemon: do not stop a network that guests of the other
 * URI use, and stop none twice. */
static bool
net_over(const struct networks *n, size_t net)
{
	const struct guest *g = &n->all.guest[net], *o;
	size_t i;

	for (i = 0; i < n->all.n; i++) {
		o = &n->all.guest[i];
		if (memcmp(o->uuid, g->uuid, sizeof(g->uuid)) == 0 &&
		    (i < net || uri_busy(n->inventory, o->uri)))
			return true;
	}
	return false;
}

/* Write the list before the first network is stopped. */
static int
nets_record(struct networks *n)
{
	struct guest *g;
	size_t i;

	/* Answers arrive in any order. */
	guests_sort(&n->all);
	for (i = 0; i < n->all.n; i++) {
		g = &n->all.guest[i];
		g->over = net_over(n, i);
		if (!g->over && list_add(&n->list,
		    n->inventory->run->conf.uris[g->uri], g->uuid) == -1) {
			log_error("no memory for networks");
			return -1;
		}
	}
	return save(n);
}

static void
net_stopped(struct virt_call *c, const struct virt_answer *a)
{
	struct net_task *t = c->arg;
	char label[GUEST_LABEL];

	t->over = true;
	if (a->result == VIRT_OK)
		log_info("Stopping network %s: done",
		    guest_label(c->guest, label));
	/* LVMSG_INVALID: it was stopped already. */
	else if (a->result != VIRT_REFUSED || a->class != LVMSG_INVALID)
		task_bad(t, "network ", a->text);
}

void
networks_stop(struct inventory *v)
{
	int64_t by = run_share(v->run, SHARE_NETWORKS, loop_now(), 0);
	struct networks n;

	networks_init(&n, v);
	list_read(&n);
	if (!n.bad)
		lists_ask(&n);
	tasks_wait(&n, by);
	/* Guests of a URI that failed may need the networks of another. */
	if (n.bad) {
		log_warn("no network is stopped");
	} else if (n.all.n > 0 && nets_record(&n) == 0 &&
	    nets_tasks(&n) == 0) {
		tasks_ask(&n, VIRT_NET_STOP, net_stopped);
		tasks_wait(&n, by);
	}
	networks_free(&n);
}

/*
 * Start.
 */

static void
net_drop(struct net_task *t)
{
	struct networks *n = t->nets;

	list_remove(&n->list, n->inventory->run->conf.uris[t->uri],
	    t->call.guest->uuid);
	(void)save(n);
}

static void
net_started(struct virt_call *c, const struct virt_answer *a)
{
	struct net_task *t = c->arg;
	bool active = a->result == VIRT_REFUSED && a->class == LVMSG_INVALID;
	char label[GUEST_LABEL];

	t->over = true;
	if (a->result != VIRT_OK && !active) {
		task_bad(t, "network ", a->text);
		return;
	}
	log_info("Starting network %s: %s", guest_label(c->guest, label),
	    active ? "already active" : "done");
	net_drop(t);
}

static void
net_found(struct virt_call *c, const struct virt_answer *a)
{
	struct net_task *t = c->arg;
	struct guest *g = &t->nets->all.guest[t - t->nets->task];
	char uri[RUN_LABEL], text[UUID_TEXT], *name;

	t->over = true;
	uuid_format(g->uuid, text);
	if (a->result == VIRT_REFUSED && a->code == LV_ERR_NO_NETWORK) {
		log_warn("%s: network %s no longer exists; removed from the "
		    "list",
		    host_label(&t->nets->inventory->host[t->uri], uri), text);
		net_drop(t);
		return;
	}
	if (a->result == VIRT_OK &&
	    (name = strndup(a->net.name, a->net.namelen)) != NULL) {
		free(g->name);
		g->name = name;
		task_ask(t, VIRT_NET_START, net_started);
		return;
	}
	task_bad(t, "network ", a->text);
}

/* Take the entries of configured URIs; their names are unknown yet. */
static int
nets_choose(struct networks *n)
{
	const struct run *r = n->inventory->run;
	const struct list_entry *le;
	struct lvmsg_domain d = { .id = -1 };
	size_t i, uri;

	for (i = 0; i < n->list.n; i++) {
		le = &n->list.entry[i];
		if ((uri = run_uri_index(r, le->uri)) == r->conf.nuris)
			continue;
		memcpy(d.uuid, le->uuid, sizeof(d.uuid));
		d.name = "";
		if (guests_add(&n->all, uri, &d, NULL) == -1)
			return -1;
	}
	return 0;
}

void
networks_begin(struct networks *n, struct inventory *v)
{
	const struct state *st = &v->record->state;

	networks_init(n, v);
	if (!state_nets_listed(st))
		return;
	list_read(n);
	/* A malformed line may have been a network to start. */
	n->bad = n->bad || st->nets_broken;
	if (st->nets_broken)
		(void)save(n);
	if (nets_choose(n) == -1) {
		log_error("no memory for networks");
		n->bad = true;
		guests_free(&n->all);
	}
	(void)nets_tasks(n);
}

bool
networks_settle(struct networks *n, const struct host *h)
{
	struct net_task *t;
	bool over = true;
	size_t i;

	for (i = 0; i < n->ntask; i++) {
		t = &n->task[i];
		if (t->uri != h->index)
			continue;
		if (!t->asked)
			task_ask(t, VIRT_NET_LOOKUP, net_found);
		over = over && t->over;
	}
	return over;
}

bool
networks_bad(const struct networks *n)
{
	/* The networks of a host that failed were not asked for. */
	return n->bad || !tasks_over(n);
}
