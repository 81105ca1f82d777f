#include "config/owners.h"

#include <string.h>

#define AUTO	"sets auto_shutdown_*: the daemon stops guests, too"
#define AUTO_DO	"set these keys to \"none\", or remove them"
#define HOOK	"this script stops guests, too"
#define HOOK_DO	"remove its lines of virsh, or make it a hook in HOOK_DIR"
#define NOVA	"nova stops and starts the guests of this host"
#define NOVA_DO	"disable it, or leave its guests by a row of the guesttab"

static const struct owners_row rows[] = {
	/* libvirt 11.2 and later. */
	{ NULL, "/etc/libvirt/qemu.conf", NULL, AUTO, AUTO_DO },
	{ NULL, "/etc/libvirt/lxc.conf", NULL, AUTO, AUTO_DO },
	{ NULL, "/etc/libvirt/libxl.conf", NULL, AUTO, AUTO_DO },
	{ NULL, "/etc/libvirt/ch.conf", NULL, AUTO, AUTO_DO },
	{ "xendomains", NULL, NULL, "xendomains stops the guests of Xen, too",
	    "disable it, or leave xen:///system out of URIS" },
	{ NULL, "/var/lib/pacemaker/cib/cib.xml", "VirtualDomain",
	    "Pacemaker manages guests (VirtualDomain), and starts them again",
	    "stop Pacemaker first, or leave its guests by rows of the "
	    "guesttab" },
	{ "nova-compute", NULL, NULL, NOVA, NOVA_DO },
	{ "openstack-nova-compute", NULL, NULL, NOVA, NOVA_DO },
	{ NULL, "/etc/libvirt/hooks/daemon", NULL, HOOK, HOOK_DO },
	{ NULL, "/etc/libvirt/hooks/daemon.d/*", NULL, HOOK, HOOK_DO },
	{ NULL, "/etc/local.d/*.stop", NULL, HOOK, HOOK_DO },
	{ NULL, "/etc/rc.shutdown", NULL, HOOK, HOOK_DO },
};

const struct owners_row *
owners_row(size_t i)
{
	return i < sizeof(rows) / sizeof(rows[0]) ? &rows[i] : NULL;
}

bool
owners_stops(struct inifile_text t)
{
	static const char *const keys[] = { "auto_shutdown_try_save",
	    "auto_shutdown_try_shutdown", "auto_shutdown_poweroff" };
	char value[32];
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (inifile_value(t, keys[i], value, sizeof(value)) &&
		    strcmp(value, "none") != 0 && *value != '\0')
			return true;
	return inifile_mentions(t, "virsh") &&
	    (inifile_mentions(t, "shutdown") || inifile_mentions(t,
	    "managedsave") || inifile_mentions(t, "destroy"));
}

bool
owners_match(const struct owners_row *row, struct inifile_text t)
{
	return row->word != NULL ? inifile_mentions(t, row->word) :
	    owners_stops(t);
}
