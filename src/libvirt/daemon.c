#include "libvirt/daemon.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/file.h"

const char *
daemon_user_dir(char *dir, size_t size)
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

int
daemon_socket(const struct uri *u, char path[URI_SOCKET])
{
	char dir[URI_SOCKET];
	struct uri_where w = {
		.root = geteuid() == 0,
		.system_dir = DAEMON_DIR,
		.user_dir = daemon_user_dir(dir, sizeof(dir))
	};
	size_t i;

	for (i = 0; uri_socket(u, &w, i, path) == 0; i++)
		if (access(path, F_OK) == 0)
			return 0;
	return i == 0 ? -1 : uri_socket(u, &w, i - 1, path);
}

/* "virtqemud-sock" is the socket of virtqemud, "libvirt-sock" of libvirtd. */
pid_t
daemon_pid(const struct uri *u)
{
	char path[URI_SOCKET], file[URI_SOCKET + 8];
	const char *name;
	int locked;

	if (u->transport != URI_UNIX || u->param.socket != NULL ||
	    geteuid() != 0 || daemon_socket(u, path) == -1 ||
	    access(path, F_OK) == -1)
		return -1;
	name = strrchr(path, '/') + 1;
	(void)snprintf(file, sizeof(file), "/run/%.*s%s.pid",
	    (int)strcspn(name, "-"), name, *name == 'l' ? "d" : "");
	locked = file_locked(file);
	return locked == -1 && errno == ENOENT ? 0 : locked;
}
