#include "run/saves.h"

#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "wire/uri.h"

/* Where the driver of QEMU keeps its saves. */
#define SYSTEM_SAVES	"/var/lib/libvirt/qemu/save"
#define USER_SAVES	"libvirt/qemu/save"

void
saves_dir(char dir[PATH_MAX])
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (geteuid() == 0)
		(void)strlcpy(dir, SYSTEM_SAVES, PATH_MAX);
	else if (xdg != NULL && *xdg == '/')
		(void)snprintf(dir, PATH_MAX, "%s/" USER_SAVES, xdg);
	else
		(void)snprintf(dir, PATH_MAX, "%s/.config/" USER_SAVES,
		    home != NULL ? home : "");
}

uint64_t
saves_bytes(const struct uri *uri, const char *name)
{
	char dir[PATH_MAX], path[PATH_MAX];
	struct stat st;
	int n;

	if (uri->transport != URI_UNIX || name == NULL ||
	    strchr(name, '/') != NULL ||
	    (uri->driver[0] != '\0' && strcmp(uri->driver, "qemu") != 0))
		return 0;
	saves_dir(dir);
	n = snprintf(path, sizeof(path), "%s/%s.save", dir, name);
	if (n < 0 || (size_t)n >= sizeof(path) || lstat(path, &st) == -1 ||
	    !S_ISREG(st.st_mode))
		return 0;
	return (uint64_t)st.st_size;
}
