#include "run/drive_hosts.h"

#include "run/inventory.h"
#include "run/lanes.h"
#include "run/rescue_host.h"
#include "run/task.h"

static enum engine_daemon
host_daemon(const struct host *h)
{
	if (h->rescue.active)
		return ENGINE_UP;
	if (h->virt.state != VIRT_UP)
		return ENGINE_DOWN;
	return virt_deaf(&h->virt) ? ENGINE_DEAF : ENGINE_UP;
}

void
hosts_tell(struct work *w)
{
	size_t i;

	for (i = 0; i < w->run->conf.nuris; i++)
		engine_daemon(&w->engine, i,
		    host_daemon(&w->inventory->host[i]), loop_now());
}

static void
host_up(void *arg, struct host *h)
{
	struct work *w = &((struct drive *)arg)->work;

	rescue_host_up(w, h);
	/* Also while drive_plan waits for connections. */
	if (w->task != NULL)
		lanes_open(w, h);
	if (w->driving)
		engine_daemon(&w->engine, h->index, ENGINE_UP, loop_now());
}

static void
host_down(void *arg, struct host *h)
{
	struct work *w = &((struct drive *)arg)->work;

	/* First: the engine starts its own limit for a lost connection. */
	rescue_host_down(w, h);
	if (w->driving)
		engine_daemon(&w->engine, h->index, ENGINE_DOWN, loop_now());
}

static void
host_event(void *arg, struct host *h, const struct lvmsg_lifecycle *lc)
{
	task_event(&((struct drive *)arg)->work, h, lc);
}

static void
host_adopt(void *arg, struct host *h)
{
	(void)arg;
	rescue_host_adopt(h);
}

static bool
host_relist(void *arg, struct host *h)
{
	(void)arg;
	return rescue_host_list(h);
}

static bool
host_files(void *arg, struct host *h)
{
	(void)arg;
	return rescue_host_files(h);
}

static bool
host_settle(void *arg, const struct host *h)
{
	const struct drive_source *from = &((struct drive *)arg)->source;

	return from->settle == NULL || from->settle(from->arg, h);
}

const struct inventory_listener hosts_listener = {
	.up = host_up, .down = host_down, .event = host_event,
	.adopt = host_adopt, .relist = host_relist, .files = host_files,
	.settle = host_settle
};
