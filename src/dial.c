#include "dial.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "escape.h"
#include "uri.h"

#define SYSTEM_DIR	"/var/run/libvirt"
#define SOCKET_PATH	sizeof(((struct sockaddr_un *)0)->sun_path)

static int	unix_open(const struct uri *, int *, struct errmsg *);

static int	(*const open_by[URI_NTRANSPORT])(const struct uri *, int *,
		    struct errmsg *) = {
	[URI_UNIX] = unix_open,
};

/* Where the daemons of a user have their sockets; NULL when nowhere. */
static const char *
user_dir(char *dir, size_t size)
{
	const char *base = getenv("XDG_RUNTIME_DIR"), *tail = "";
	int n;

	if (base == NULL || *base != '/') {
		base = getenv("HOME");
		tail = "/.cache";
	}
	if (base == NULL || *base != '/')
		return NULL;
	n = snprintf(dir, size, "%s%s/libvirt", base, tail);
	return n < 0 || (size_t)n >= size ? NULL : dir;
}

/* The first candidate that exists, else the last, for the message. */
static int
socket_choose(const struct uri *u, char *path, size_t size)
{
	char dir[SOCKET_PATH];
	struct uri_where w = {
		.root = geteuid() == 0,
		.system_dir = SYSTEM_DIR,
		.user_dir = user_dir(dir, sizeof(dir))
	};
	size_t i;

	for (i = 0; uri_socket(u, &w, i, path, size) == 0; i++)
		if (access(path, F_OK) == 0)
			return 0;
	return i == 0 ? -1 : uri_socket(u, &w, i - 1, path, size);
}

static enum dial_fault
fault_of(int error)
{
	switch (error) {
	case ENOENT:
	case ECONNREFUSED:
	case ENOTDIR:
		return DIAL_ABSENT;
	case EAGAIN:
	case EINTR:
		return DIAL_BUSY;
	default:
		return DIAL_NEVER;
	}
}

static int
unix_open(const struct uri *u, int *fd, struct errmsg *em)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char shown[4 * sizeof(sun.sun_path)];
	enum dial_fault fault;

	if (socket_choose(u, sun.sun_path, sizeof(sun.sun_path)) == -1)
		return errmsg_set(em, DIAL_NEVER,
		    "no path for the daemon's socket (is XDG_RUNTIME_DIR "
		    "set, and short enough?)");
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd == -1) {
		(void)errmsg_sys(em, "socket");
		em->code = DIAL_NEVER;
		return -1;
	}
	/* A unix socket connects at once or not at all. */
	if (connect(*fd, (struct sockaddr *)&sun, sizeof(sun)) == 0)
		return 0;
	fault = fault_of(errno);
	(void)escape_text(shown, sizeof(shown), sun.sun_path,
	    strlen(sun.sun_path));
	(void)errmsg_sys(em, "%s", shown);
	em->code = (int)fault;
	(void)close(*fd);
	*fd = -1;
	return -1;
}

int
dial_open(const struct uri *u, int *fd, struct errmsg *em)
{
	*fd = -1;
	if (open_by[u->transport] == NULL)
		return errmsg_set(em, DIAL_NEVER,
		    "transport %s is not spoken; name a local daemon, "
		    "such as qemu:///system",
		    uri_transport_name(u->transport));
	return open_by[u->transport](u, fd, em);
}
