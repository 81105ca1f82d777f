#include "verdict.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "escape.h"
#include "file.h"
#include "uri.h"

#define STATUS_DIR	"/run/libvirt/qemu"
#define SUFFIX		".pid"
#define PID_MAX		32
#define CMDLINE_MAX	65536

/* Has a process of that number been started for that guest? */
static bool
process_is(long pid, const char *name)
{
	char path[64], *text;
	struct file_read f = { .path = path, .max = CMDLINE_MAX };
	struct errmsg em;
	size_t len;
	bool is;

	(void)snprintf(path, sizeof(path), "/proc/%ld/cmdline", pid);
	if (file_read(&f, &text, &len, &em) == -1)
		return false;
	is = memmem(text, len, name, strlen(name)) != NULL &&
	    memmem(text, len, "-name", 5) != NULL;
	free(text);
	return is;
}

static bool
guest_lives(const char *name, const char *file)
{
	char path[512], *text;
	struct file_read f = { .path = path, .max = PID_MAX };
	struct errmsg em;
	const char *bad;
	size_t len;
	long pid;
	int n;

	n = snprintf(path, sizeof(path), "%s/%s", STATUS_DIR, file);
	if (n < 0 || (size_t)n >= sizeof(path) ||
	    file_read(&f, &text, &len, &em) == -1)
		return false;
	text[strcspn(text, "\n")] = '\0';
	pid = (long)strtonum(text, 1, 1 << 30, &bad);
	free(text);
	return bad == NULL && process_is(pid, name);
}

static void
name_add(struct verdict *v, const char *name)
{
	char label[256];

	(void)escape_text(label, sizeof(label), name, strlen(name));
	if (v->live > 0)
		(void)strlcat(v->names, ", ", sizeof(v->names));
	(void)strlcat(v->names, label, sizeof(v->names));
	v->live++;
}

static void
file_check(struct verdict *v, const char *file)
{
	char name[256];
	size_t len = strlen(file);

	if (len <= sizeof(SUFFIX) - 1 || len >= sizeof(name) ||
	    strcmp(file + len - (sizeof(SUFFIX) - 1), SUFFIX) != 0)
		return;
	(void)strlcpy(name, file, sizeof(name));
	name[len - (sizeof(SUFFIX) - 1)] = '\0';
	if (guest_lives(name, file))
		name_add(v, name);
}

void
verdict_live(const struct uri *u, struct verdict *v)
{
	struct dirent *de;
	DIR *dir;

	memset(v, 0, sizeof(*v));
	/* The system daemon's QEMU driver alone, or what may turn out so. */
	if (geteuid() != 0 || u->transport != URI_UNIX || u->socket != NULL ||
	    (strcmp(u->driver, "qemu") != 0 && u->driver[0] != '\0') ||
	    strcmp(u->path, "/session") == 0)
		return;
	dir = opendir(STATUS_DIR);
	if (dir == NULL) {
		v->known = errno == ENOENT;
		return;
	}
	v->known = true;
	while ((de = readdir(dir)) != NULL)
		file_check(v, de->d_name);
	(void)closedir(dir);
}
