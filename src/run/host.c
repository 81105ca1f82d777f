#include "run/host.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/lvconf.h"
#include "libvirt/survivors.h"

/* The URI that virsh would use: "xen" first (libvirt, src/libvirt.c), then the
 * aliases and the default of libvirt.conf. */
static const char *
uri_meant(const struct run *r, const struct lvconf *lv, const char *uri)
{
	const char *meant = r->conf.default_uri;

	if (meant == NULL)
		meant = getenv("LIBVIRT_DEFAULT_URI");
	if (strcasecmp(uri, "xen") == 0 || strcmp(uri, "xen://") == 0)
		return "xen:///system";
	if (strcmp(uri, "default") != 0)
		return lvconf_uri(lv, uri);
	if (meant == NULL || *meant == '\0')
		meant = lv->uri_default;
	return meant == NULL ? uri : lvconf_uri(lv, meant);
}

/* The URI of a bare driver's name ("qemu"), or the same text. */
static const char *
uri_of_driver(const char *uri)
{
	static const struct {
		const char	*driver;
		const char	*uri;
	} drivers[] = {
		{ "bhyve", "bhyve:///system" }, { "ch", "ch:///system" },
		{ "lxc", "lxc:///system" }, { "qemu", "qemu:///system" },
		{ "test", "test:///default" }, { "vbox", "vbox:///system" },
		{ "vz", "vz:///system" },
	};
	size_t i;

	for (i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (strcmp(drivers[i].driver, uri) == 0)
			return drivers[i].uri;
	return uri;
}

int
host_init(struct host *h, struct run *r, size_t index,
    const struct lvconf *lv)
{
	struct errmsg em;
	const char *why;

	h->run = r;
	h->index = index;
	if (uri_parse(&h->uri, uri_of_driver(uri_meant(r, lv,
	    r->conf.uris[index])), &em) == -1) {
		why = strstr(em.text, ": ");
		(void)errmsg_set(&h->why, em.code, "%s",
		    why != NULL ? why + 2 : em.text);
		h->uri.transport = URI_NTRANSPORT;
		return 0;
	}
	h->uri.patience = r->conf.connect_timeout;
	uri_default(&h->uri, "mode", lv->remote_mode);
	uri_default(&h->uri, "proxy", lv->remote_proxy);
	return 0;
}

void
host_free(struct host *h)
{
	free(h->details.next);
	h->details.next = NULL;
	guests_free(&h->guests);
	if (h->usable)
		virt_free(&h->virt);
	uri_free(&h->uri);
}

const char *
host_label(const struct host *h, char label[RUN_LABEL])
{
	return run_uri_label(h->run->conf.uris[h->index], label);
}

bool
host_there(const struct host *h)
{
	return h->stage == HOST_JOINED && !h->failed;
}

struct list_life
host_life(const struct host *h, const struct guest *g)
{
	struct list_life life = { .id = g->id };

	if (g->id >= 0)
		life.born = survivors_born(&h->uri, g->name);
	return life;
}
