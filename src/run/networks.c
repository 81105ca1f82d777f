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
	struct nets		*nets;
	size_t			 uri;
};

/* Virtual networks, kept like guests without an id. */
struct nets {
	struct run	*run;
	struct inventory *inventory;
	struct record	*record;
	struct guests	 all;
	struct list	 list;		/* of the file */
	struct net_task	*task;
	size_t		 ntask;
	size_t		 open;		/* not answered yet */
	bool		 bad;		/* something failed */
};

static void
nets_init(struct nets *n, struct inventory *v)
{
	struct run *r = v->run;
	struct state_findings sf = { .fn = run_finding, .arg = r };
	int errors = r->found.errors;
	struct errmsg em;

	memset(n, 0, sizeof(*n));
	n->run = r;
	n->inventory = v;
	n->record = v->record;
	guests_init(&n->all);
	list_init(&n->list);
	if (state_nets_load(&n->record->state, &n->list, &sf, &em) == -1) {
		log_error("%s", em.text);
		n->bad = true;
	}
	r->found.errors = errors;
}

static void
tasks_free(struct nets *n)
{
	size_t i;

	for (i = 0; i < n->ntask; i++)
		virt_forget(&n->task[i].call);
	free(n->task);
	n->task = NULL;
	n->ntask = n->open = 0;
}

static void
nets_free(struct nets *n)
{
	tasks_free(n);
	guests_free(&n->all);
	list_free(&n->list);
}

static int
tasks_make(struct nets *n, size_t ntask)
{
	tasks_free(n);
	if ((n->task = calloc(ntask + 1, sizeof(*n->task))) == NULL) {
		log_error("no memory for networks");
		n->bad = true;
		return -1;
	}
	n->ntask = ntask;
	return 0;
}

static void
task_ask(struct net_task *t, const struct virt_call *c)
{
	t->call = *c;
	t->call.arg = t;
	if (virt_ask(&t->nets->inventory->host[t->uri].virt, &t->call) == 0)
		t->nets->open++;
	else
		t->nets->bad = true;
}

/* The loop goes on with the guests of other hosts meanwhile. */
static void
tasks_wait(struct nets *n, int64_t by)
{
	while (n->open > 0 && (by == 0 || loop_now() < by))
		if (run_step(n->run, by) == -1)
			break;
	n->bad = n->bad || n->open > 0;
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
save(struct nets *n)
{
	struct state *st = &n->record->state;
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

	t->nets->open--;
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
lists_ask(struct nets *n)
{
	struct run *r = n->run;
	struct virt_call c = { .what = VIRT_NETS, .done = nets_listed,
	    .flags = LV_NETS_ACTIVE | LV_NETS_PERSISTENT };
	size_t i;

	if (tasks_make(n, r->conf.nuris) == -1)
		return;
	for (i = 0; i < n->ntask; i++) {
		n->task[i].nets = n;
		n->task[i].uri = i;
		if (!n->inventory->host[i].failed)
			task_ask(&n->task[i], &c);
	}
}

/* Two URIs may have one daemon: do not stop a network that guests of the other
 * URI use, and stop none twice. */
static bool
net_over(const struct nets *n, size_t net)
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
nets_record(struct nets *n)
{
	struct guest *g;
	size_t i;

	/* Answers arrive in any order. */
	guests_sort(&n->all);
	for (i = 0; i < n->all.n; i++) {
		g = &n->all.guest[i];
		g->over = net_over(n, i);
		if (!g->over && list_add(&n->list,
		    n->run->conf.uris[g->uri], g->uuid) == -1) {
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

	t->nets->open--;
	if (a->result == VIRT_OK)
		log_info("Stopping network %s: done",
		    guest_label(c->guest, label));
	/* LVMSG_INVALID: it was stopped already. */
	else if (a->result != VIRT_REFUSED || a->class != LVMSG_INVALID)
		task_bad(t, "network ", a->text);
}

/* Send the same request for each network that is not over. */
static void
nets_ask(struct nets *n, enum virt_what what, virt_done_fn *done)
{
	struct virt_call c = { .what = what, .done = done };
	size_t i;

	if (tasks_make(n, n->all.n) == -1)
		return;
	for (i = 0; i < n->ntask; i++) {
		n->task[i].nets = n;
		n->task[i].uri = n->all.guest[i].uri;
		c.guest = &n->all.guest[i];
		if (!n->all.guest[i].over)
			task_ask(&n->task[i], &c);
	}
}

void
networks_stop(struct inventory *v)
{
	int64_t by = v->run->deadline, least = loop_now() + 1000;
	struct nets n;

	if (by != 0 && by < least)
		by = least;
	nets_init(&n, v);
	if (!n.bad)
		lists_ask(&n);
	tasks_wait(&n, by);
	/* Guests of a URI that failed may need the networks of another. */
	if (n.bad) {
		log_warn("no network is stopped");
	} else if (n.all.n > 0 && nets_record(&n) == 0) {
		nets_ask(&n, VIRT_NET_STOP, net_stopped);
		tasks_wait(&n, by);
	}
	nets_free(&n);
}

/*
 * Start.
 */

static void
net_drop(struct net_task *t)
{
	struct nets *n = t->nets;

	list_remove(&n->list, n->run->conf.uris[t->uri], t->call.guest->uuid);
	(void)save(n);
}

static void
net_started(struct virt_call *c, const struct virt_answer *a)
{
	struct net_task *t = c->arg;
	bool active = a->result == VIRT_REFUSED && a->class == LVMSG_INVALID;
	char label[GUEST_LABEL];

	t->nets->open--;
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
	struct virt_call start = { .what = VIRT_NET_START,
	    .guest = c->guest, .done = net_started };
	struct guest *g = &t->nets->all.guest[t - t->nets->task];
	char uri[RUN_LABEL], text[UUID_TEXT], *name;

	t->nets->open--;
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
		task_ask(t, &start);
		return;
	}
	task_bad(t, "network ", a->text);
}

/* Choose the entries of connected URIs; their names are unknown yet. */
static int
nets_choose(struct nets *n)
{
	const struct run *r = n->run;
	const struct list_entry *le;
	const struct host *h;
	struct lvmsg_domain d = { .id = -1 };
	size_t i, uri;

	for (i = 0; i < n->list.n; i++) {
		le = &n->list.entry[i];
		if ((uri = run_uri_index(r, le->uri)) == r->conf.nuris)
			continue;
		h = &n->inventory->host[uri];
		if (h->stage != HOST_JOINED)
			continue;	/* later, when it has joined */
		if (h->failed) {
			n->bad = true;
			continue;
		}
		memcpy(d.uuid, le->uuid, sizeof(d.uuid));
		d.name = "";
		if (guests_add(&n->all, uri, &d, NULL) == -1)
			return -1;
	}
	return 0;
}

int
networks_start(struct inventory *v)
{
	struct nets n;
	bool bad;

	if (!state_nets_listed(&v->record->state))
		return 0;
	nets_init(&n, v);
	/* A malformed line may have been a network to start. */
	bad = v->record->state.nets_broken;
	if (bad)
		(void)save(&n);
	if (nets_choose(&n) == -1) {
		log_error("no memory for networks");
		n.bad = true;
	} else {
		nets_ask(&n, VIRT_NET_LOOKUP, net_found);
		tasks_wait(&n, 0);
	}
	bad = n.bad || bad;
	nets_free(&n);
	return bad ? -1 : 0;
}
