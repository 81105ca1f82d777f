#include "run/audit_part.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "run/inventory.h"
#include "text/escape.h"
#include "wire/lvmsg.h"

#define AREA	"daemon"
#define NAMES	512

/* Two questions to a daemon. */
struct asked {
	struct audit_view *view;
	struct host	*host;
	struct virt_call version;
	struct virt_call nets;
	uint64_t	 release;	/* 0: unknown */
};

static void
version_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct asked *q = c->arg;

	if (a->result == VIRT_OK)
		q->release = a->version;
}

/* A network that runs now and will not run after the next boot. */
static void
nets_answered(struct virt_call *c, const struct virt_answer *a)
{
	struct advice_about about = { ADVICE_WARN, "network", NULL,
	    "virsh net-autostart NAME, or NET_SHUTDOWN=yes" };
	struct asked *q = c->arg;
	char label[RUN_LABEL], name[128], names[NAMES] = "";
	struct lvmsg_domain net;
	uint32_t i;

	if (a->result != VIRT_OK || a->count == 0)
		return;
	for (i = 0; i < a->count; i++) {
		if (lvmsg_next_network(a->list, &net) == -1)
			return;
		(void)escape_text(name, sizeof(name), net.name, net.namelen);
		(void)strlcat(names, i == 0 ? "" : ", ", sizeof(names));
		(void)strlcat(names, name, sizeof(names));
	}
	about.object = host_label(q->host, label);
	advice_put(&q->view->audit->advice, &about, "networks that are not "
	    "started at boot, so that their guests do not start: %s", names);
}

static void
host_ask(struct asked *q)
{
	const struct conf *c = &q->view->run->conf;

	if (q->host->failed)
		return;
	q->version = (struct virt_call){ .what = VIRT_VERSION,
	    .done = version_answered, .arg = q };
	(void)virt_ask(&q->host->virt, &q->version);
	q->nets = (struct virt_call){ .what = VIRT_NETS,
	    .flags = LV_NETS_ACTIVE | LV_NETS_PERSISTENT |
	    LV_NETS_NO_AUTOSTART, .done = nets_answered, .arg = q };
	if (c->on_boot == CONF_BOOT_START && !c->net_shutdown)
		(void)virt_ask(&q->host->virt, &q->nets);
}

static void
host_ok(const struct asked *q)
{
	struct advice_about about = { .level = ADVICE_OK, .area = AREA };
	const struct guests *gs = &q->view->inventory->guests;
	char label[RUN_LABEL], version[64] = "of an unknown version";
	size_t i, n = 0;

	if (q->host->failed)
		return;
	for (i = 0; i < gs->n; i++)
		n += gs->guest[i].uri == q->host->index;
	if (q->release != 0)
		(void)snprintf(version, sizeof(version), "%" PRIu64 ".%"
		    PRIu64 ".%" PRIu64, q->release / 1000000,
		    q->release / 1000 % 1000, q->release % 1000);
	about.object = host_label(q->host, label);
	advice_put(&q->view->audit->advice, &about, "libvirt %s, %zu guest%s",
	    version, n, n == 1 ? "" : "s");
}

int
audit_hosts(struct audit_view *v)
{
	struct inventory *inv = v->inventory;
	size_t i, n = v->run->conf.nuris;
	struct asked *q = calloc(n + 1, sizeof(*q));
	int rv = 0;

	if (q == NULL) {
		v->audit->advice.bad = true;
		return 0;
	}
	for (i = 0; i < n; i++) {
		q[i].view = v;
		q[i].host = &inv->host[i];
		host_ask(&q[i]);
	}
	for (i = 0; i < n; i++)
		while ((q[i].version.busy || q[i].nets.busy) && rv == 0)
			rv = run_step(v->run, 0);
	for (i = 0; i < n; i++) {
		virt_forget(&q[i].version);
		virt_forget(&q[i].nets);
		host_ok(&q[i]);
	}
	free(q);
	return rv;
}
