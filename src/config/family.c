#include "config/family.h"

#include <string.h>
#include <strings.h>

#include "config/conf.h"

/* The most that PARALLEL_SHUTDOWN can be: all guests are asked at once. */
#define ALL	"1000"

/*
 * Families with a place are first, in the order in which they are tried; the
 * others are recognised only by their keys.
 */
static const struct conf_family families[] = {
	/* Gentoo keeps upstream's file there for its systemd unit, beside the
	 * file of its OpenRC service. */
	{ .name = "upstream", .path = "/etc/libvirt/libvirt-guests.conf",
	    .systemd = true },
	{ .name = "upstream", .path = "/etc/conf.d/libvirt-guests" },
	{ .name = "upstream", .path = "/etc/sysconfig/libvirt-guests" },
	{ .name = "debian", .path = "/etc/default/libvirt-guests" },
	/* Of the daemon's own file only keys tell that it was Upstart's: a
	 * left-over one must not have guests destroyed after 30 seconds. */
	{ .name = "debian", .path = "/etc/default/libvirt-bin" },
	{ .name = "gentoo", .list = "libvirt-guests.state",
	    .networks = "libvirt-net.state" },
	{ .name = "ubuntu-upstart", .shutdown_total = true },
};
#define NFAMILY	(sizeof(families) / sizeof(families[0]))

/* Where a family's defaults differ from upstream's. */
static const struct {
	const char	*family;
	const char	*key;
	const char	*fallback;
} differences[] = {
	{ "debian",		"ON_BOOT",		"ignore" },
	{ "debian",		"ON_SHUTDOWN",		"shutdown" },
	{ "gentoo",		"URIS",			"qemu:///system" },
	{ "gentoo",		"SHUTDOWN_TIMEOUT",	"500" },
	{ "gentoo",		"PARALLEL_SHUTDOWN",	ALL },
	{ "gentoo",		"NET_SHUTDOWN",		"yes" },
	{ "ubuntu-upstart",	"URIS",		"qemu:///system lxc:///" },
	{ "ubuntu-upstart",	"ON_BOOT",		"ignore" },
	{ "ubuntu-upstart",	"ON_SHUTDOWN",		"shutdown,destroy" },
	{ "ubuntu-upstart",	"SHUTDOWN_TIMEOUT",	"30" },
	{ "ubuntu-upstart",	"PARALLEL_SHUTDOWN",	ALL },
};
#define NDIFFERENCE	(sizeof(differences) / sizeof(differences[0]))

static const struct family_word gentoo_shutdown[] = {
	{ "managedsave",	"suspend" },
	{ "shutdown",		"shutdown,destroy" },
	{ "destroy",		"destroy" },
	{ NULL,			NULL }
};

static const struct family_word gentoo_start[] = {
	{ "yes",	"start" },	{ "no",		"ignore" },
	{ "true",	"start" },	{ "false",	"ignore" },
	{ "1",		"start" },	{ "0",		"ignore" },
	{ "on",		"start" },	{ "off",	"ignore" },
	{ NULL,		NULL }
};

/* Times: with 0 they did not wait at all, with 0 we wait for ever. */
static const struct family_alias aliases[] = {
	{ "gentoo", "LIBVIRT_URIS", "URIS", 0, NULL },
	{ "gentoo", "LIBVIRT_SHUTDOWN", "ON_SHUTDOWN", 0, gentoo_shutdown },
	{ "gentoo", "LIBVIRT_MAXWAIT", "SHUTDOWN_TIMEOUT", 1, NULL },
	{ "gentoo", "LIBVIRT_START", "ON_BOOT", 0, gentoo_start },
	{ "gentoo", "LIBVIRT_IGNORE_AUTOSTART", "IGNORE_AUTOSTART", 0, NULL },
	{ "gentoo", "LIBVIRT_NET_SHUTDOWN", "NET_SHUTDOWN", 0, NULL },
	{ "ubuntu-upstart", "libvirt_uris", "URIS", 0, NULL },
	{ "ubuntu-upstart", "libvirtd_shutdown_timeout", "SHUTDOWN_TIMEOUT",
	    1, NULL },
};
#define NALIAS	(sizeof(aliases) / sizeof(aliases[0]))

/* What others read from the same file; a name that ends in _ is the beginning
 * of all of theirs. */
static const struct {
	const char	*where;
	const char	*name;
} others[] = {
	{ "/etc/conf.d/",		"rc_" },
	{ "/etc/default/libvirt-bin",	"start_libvirtd" },
	{ "/etc/default/libvirt-bin",	"libvirtd_opts" },
	{ "/etc/default/libvirt-bin",	"mount_cgroups" },
	{ "/etc/default/libvirt-bin",	"cgroups" },
	{ "/etc/default/libvirt-bin",	"KRB5_KTNAME" },
};
#define NOTHER	(sizeof(others) / sizeof(others[0]))

/* Keys that other scripts, or other versions of these scripts, take and this
 * program does not.  A name that ends in _ is the beginning of several. */
static const struct family_foreign foreign[] = {
	{ "CONNECT_RETRIES", "Debian's script before libvirt 9.0",
	    "START_WAIT and CONNECT_TIMEOUT limit the wait for a daemon" },
	{ "RETRIES_SLEEP", "Debian's script before libvirt 9.0",
	    "START_WAIT and CONNECT_TIMEOUT limit the wait for a daemon" },
	{ "LISTFILE", "libvirt's script, which overwrites it",
	    "STATE_DIR is the directory of the list" },
	{ "VAR_SUBSYS_LIBVIRT_GUESTS", "libvirt's script, which overwrites it",
	    "RUN_DIR is the directory of the lock" },
	{ "LIBVIRTD_KVM_SHUTDOWN", "Gentoo's libvirtd service of old",
	    "use ON_SHUTDOWN" },
	{ "LIBVIRTD_KVM_SHUTDOWN_MAXWAIT", "Gentoo's libvirtd service of old",
	    "use SHUTDOWN_TIMEOUT" },
	{ "LIBVIRTD_NET_SHUTDOWN", "Gentoo's libvirtd service of old",
	    "use NET_SHUTDOWN" },
	{ "auto_shutdown_", "qemu.conf since libvirt 11.2",
	    "libvirt's daemon reads it only there" },
};
#define NFOREIGN	(sizeof(foreign) / sizeof(foreign[0]))

const struct conf_family *
family_row(size_t i)
{
	return i < NFAMILY ? &families[i] : NULL;
}

const struct conf_family *
family_find(const char *name)
{
	size_t i;

	for (i = 0; i < NFAMILY; i++)
		if (strcmp(families[i].name, name) == 0)
			return &families[i];
	return NULL;
}

const struct family_alias *
family_alias(size_t i)
{
	return i < NALIAS ? &aliases[i] : NULL;
}

const struct family_alias *
family_alias_of(const struct conf_family *family, const char *key)
{
	size_t i;

	for (i = 0; i < NALIAS; i++)
		if (strcmp(aliases[i].family, family->name) == 0 &&
		    strcmp(aliases[i].key, key) == 0)
			return &aliases[i];
	return NULL;
}

const char *
family_ours(const struct family_alias *a, const char *value)
{
	const struct family_word *word = a->words;

	if (word == NULL)
		return value;
	for (; word->theirs != NULL; word++)
		if (strcasecmp(word->theirs, value) == 0)
			return word->ours;
	return NULL;
}

const char *
family_theirs(const struct family_alias *a, const char *value)
{
	const struct family_word *word = a->words;

	if (word == NULL)
		return value;
	for (; word->theirs != NULL; word++)
		if (strcmp(word->ours, value) == 0)
			return word->theirs;
	return NULL;
}

const char *
family_default(const struct conf_family *family, const char *key)
{
	size_t i;

	for (i = 0; i < NDIFFERENCE; i++)
		if (strcmp(differences[i].family, family->name) == 0 &&
		    strcmp(differences[i].key, key) == 0)
			return differences[i].fallback;
	return NULL;
}

/* Whether a name is that of a row, or begins with it. */
static bool
name_matches(const char *row, const char *name)
{
	size_t len = strlen(row);

	/* With its NUL, unless it is a beginning. */
	return strncmp(name, row, len + (row[len - 1] != '_')) == 0;
}

const struct family_foreign *
family_foreign(const char *name)
{
	size_t i;

	for (i = 0; i < NFOREIGN; i++)
		if (name_matches(foreign[i].name, name))
			return &foreign[i];
	return NULL;
}

bool
family_ignores(const char *path, const char *name)
{
	size_t i;

	for (i = 0; i < NOTHER; i++)
		if (strncmp(path, others[i].where,
		    strlen(others[i].where)) == 0 &&
		    name_matches(others[i].name, name))
			return true;
	return false;
}
