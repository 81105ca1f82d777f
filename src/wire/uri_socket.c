#include "wire/uri_part.h"

#include <stdio.h>
#include <string.h>

#include "compat.h"

/* Drivers whose daemons are tried if the URI has no driver. */
static const char *const probed[] = {
	"xen", "qemu", "lxc", "vbox", "bhyve", "vz"
};
#define NPROBED	(sizeof(probed) / sizeof(probed[0]))

/* Drivers that only libvirtd has. */
static const char *const undaemoned[] = { "test" };

/* Root uses only the system's daemons, for any URI. */
static const char *
socket_dir(const struct uri *u, const struct uri_where *w)
{
	if (w->root)
		return w->system_dir;
	if (strcmp(u->path, "/session") == 0 || strcmp(u->driver, "test") == 0)
		return w->user_dir;
	/* Neither driver nor path: the daemon that the user has. */
	return u->driver[0] == '\0' && u->path[0] == '\0' ? w->user_dir :
	    w->system_dir;
}

/* The driver whose own daemon is the i-th to look for, or NULL. */
static const char *
socket_driver(const struct uri *u, size_t i)
{
	size_t k;

	if (u->param.mode == URI_MODE_LEGACY)
		return NULL;
	if (u->driver[0] == '\0')
		return i < NPROBED ? probed[i] : NULL;
	for (k = 0; k < sizeof(undaemoned) / sizeof(undaemoned[0]); k++)
		if (strcmp(u->driver, undaemoned[k]) == 0)
			return NULL;
	return i == 0 ? u->driver : NULL;
}

int
uri_socket(const struct uri *u, const struct uri_where *w, size_t i,
    char path[URI_SOCKET])
{
	const char *dir = socket_dir(u, w), *socket = u->param.socket;
	size_t own = 0;
	int n;

	if (socket != NULL)
		return i == 0 && strlcpy(path, socket, URI_SOCKET) <
		    URI_SOCKET ? 0 : -1;
	while (socket_driver(u, own) != NULL)
		own++;
	if (dir == NULL || i > own ||
	    (i == own && u->param.mode == URI_MODE_DIRECT))
		return -1;
	if (i < own)
		n = snprintf(path, URI_SOCKET, "%s/virt%sd-sock", dir,
		    socket_driver(u, i));
	else
		n = snprintf(path, URI_SOCKET, "%s/libvirt-sock", dir);
	return n >= 0 && n < URI_SOCKET ? 0 : -1;
}
