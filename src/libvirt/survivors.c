#include "libvirt/survivors.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "libvirt/daemon.h"
#include "sys/file.h"
#include "text/escape.h"
#include "text/number.h"
#include "wire/uri.h"

#define CMDLINE_MAX	65536
#define XEN_MAX		256
#define STAT_MAX	4096

struct driver {
	const char	*name;
	const char	*dir;
	const char	*user_dir;	/* in that of the sockets; NULL: users
					   have no such guests */
	const char	*suffix;
	const char	*option;	/* of the process; NULL: it listens */
	const char	*prefix;	/* of its value */
};

static const struct driver drivers[] = {
	{ "qemu", "/run/libvirt/qemu", "qemu/run", ".pid", "-name",
	    "guest=" },
	{ "lxc", "/run/libvirt/lxc", NULL, ".pid", "--name", "" },
	{ "ch", "/run/libvirt/ch", "ch/run", "-socket", NULL, NULL },
};
#define NDRIVERS	(sizeof(drivers) / sizeof(drivers[0]))

/* Whether a value is that name, with or without its prefix, at the end or
 * before a comma.  A comma in the name is doubled in the value. */
static bool
value_is(const char *value, const char *prefix, const char *name)
{
	if (strncmp(value, prefix, strlen(prefix)) == 0)
		value += strlen(prefix);
	for (; *name != '\0' && *value == *name; name++, value++)
		if (*name == ',' && *prefix != '\0' && *++value != ',')
			return false;
	return *name == '\0' && (*value == '\0' ||
	    (*prefix != '\0' && value[0] == ',' && value[1] != ','));
}

/* Whether a process of that number was started for that guest; -1: unknown. */
static int
process_is(const struct driver *d, long pid, const char *name)
{
	char path[64], *text;
	struct file_read f = { .path = path, .max = CMDLINE_MAX };
	struct errmsg em;
	const char *word;
	bool is = false, next = false;
	size_t len;

	(void)snprintf(path, sizeof(path), "/proc/%ld/cmdline", pid);
	if (file_read(&f, &text, &len, &em) == -1)
		return em.code == ENOENT || em.code == ESRCH ? 0 : -1;
	for (word = text; word < text + len; word += strlen(word) + 1) {
		is = is || (next && value_is(word, d->prefix, name));
		next = strcmp(word, d->option) == 0;
	}
	free(text);
	return is;
}

/* The process of the guest of a pid file, 0: it is off, -1: unknown. */
static long
guest_pid(const struct driver *d, const char *path, const char *name)
{
	long pid = file_pid(path);
	int is = 1;

	if (pid > 0)
		is = process_is(d, pid, name);
	return is == -1 ? -1 : is * pid;
}

static bool
somebody_listens(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	bool is;
	int fd;

	if (strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) >=
	    sizeof(sun.sun_path))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return true;		/* it may */
	is = connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0 ||
	    errno == EAGAIN;
	(void)close(fd);
	return is;
}

/* Whether the guest of a file runs, or may run.  name is that of the file, and
 * becomes that of the guest. */
static bool
file_lives(const struct driver *d, struct survivors_guest *g,
    char name[SURVIVORS_DIR])
{
	size_t len = strlen(name), tail = strlen(d->suffix);
	char path[2 * SURVIVORS_DIR];

	if (len <= tail || strcmp(name + len - tail, d->suffix) != 0)
		return false;
	(void)snprintf(path, sizeof(path), "%s/%s", g->dir, name);
	name[len - tail] = '\0';
	g->pid = 0;
	if (d->option == NULL)
		return somebody_listens(path);
	g->pid = guest_pid(d, path, name);
	/* The daemon's own pid file is judged by its lock. */
	return g->pid > 0 || (g->pid == -1 && strcmp(name, "driver") != 0);
}

/* The directory of a driver's files for the daemon of a URI; false if it has
 * none or it is unknown. */
static bool
dir_find(const struct driver *d, const struct uri *u, char dir[SURVIVORS_DIR])
{
	char base[SURVIVORS_DIR];
	int n;

	/* Root uses the system's daemon for any URI; it has no guests of
	 * sessions. */
	if (geteuid() == 0)
		return strcmp(u->path, "/session") != 0 &&
		    strlcpy(dir, d->dir, SURVIVORS_DIR) < SURVIVORS_DIR;
	if (d->user_dir == NULL || (strcmp(u->path, "/session") != 0 &&
	    (u->driver[0] != '\0' || u->path[0] != '\0')) ||
	    daemon_user_dir(base, sizeof(base)) == NULL)
		return false;
	n = snprintf(dir, SURVIVORS_DIR, "%s/%s", base, d->user_dir);
	return n > 0 && n < SURVIVORS_DIR;
}

static bool
driver_each(const struct driver *d, const struct uri *u, survivors_fn *fn,
    void *arg)
{
	char dir[SURVIVORS_DIR], name[SURVIVORS_DIR];
	struct survivors_guest g = { .name = name, .dir = dir,
	    .monitored = d == &drivers[0] };
	struct dirent *de;
	DIR *dp;

	if (!dir_find(d, u, dir))
		return false;
	dp = opendir(dir);
	if (dp == NULL)
		return errno == ENOENT;
	while ((de = readdir(dp)) != NULL)
		if (strlcpy(name, de->d_name, sizeof(name)) < sizeof(name) &&
		    file_lives(d, &g, name))
			fn(arg, &g);
	(void)closedir(dp);
	return true;
}

static bool
driver_may(const struct driver *d, const struct uri *u)
{
	return u->transport == URI_UNIX && u->param.socket == NULL &&
	    (u->driver[0] == '\0' || strcmp(u->driver, d->name) == 0);
}

/* Whether all drivers of the daemon of a socket have such files. */
static bool
socket_known(const char *path)
{
	static const char *const names[] = { "/libvirt-sock",
	    "/virtqemud-sock", "/virtlxcd-sock" };
	const char *name = strrchr(path, '/');
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (name != NULL && strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Whether the daemon may choose a driver that has no such files: it looks for
 * Xen first (libvirt, src/remote/remote_daemon.c). */
static bool
driver_unknown(const struct uri *u)
{
	const struct uri_where w = { .root = 1,
	    .system_dir = "/run/libvirt" };
	struct file_read f = { .path = "/proc/xen/capabilities",
	    .max = XEN_MAX };
	char path[URI_SOCKET], *text;
	struct errmsg em;
	bool unknown;
	size_t len, i;

	if (file_read(&f, &text, &len, &em) == 0) {
		unknown = strstr(text, "control_d") != NULL;
		free(text);
		if (unknown)
			return true;
	}
	for (i = 0; uri_socket(u, &w, i, path) == 0; i++)
		if (access(path, F_OK) == 0)
			return !socket_known(path);
	return false;
}

bool
survivors_each(const struct uri *u, survivors_fn *fn, void *arg)
{
	bool known = false, all = true;
	size_t i;

	for (i = 0; i < NDRIVERS; i++) {
		if (!driver_may(&drivers[i], u) ||
		    (geteuid() != 0 && drivers[i].user_dir == NULL))
			continue;
		known = true;
		all = driver_each(&drivers[i], u, fn, arg) && all;
	}
	return known && all && (u->driver[0] != '\0' || geteuid() != 0 ||
	    !driver_unknown(u));
}

static void
name_add(void *arg, const struct survivors_guest *g)
{
	struct survivors *v = arg;
	char label[256];

	(void)escape_text(label, sizeof(label), g->name, strlen(g->name));
	if (v->live > 0)
		(void)strlcat(v->names, ", ", sizeof(v->names));
	(void)strlcat(v->names, label, sizeof(v->names));
	v->live++;
}

void
survivors_live(const struct uri *u, struct survivors *v)
{
	memset(v, 0, sizeof(*v));
	v->known = survivors_each(u, name_add, v);
}

/* NAME and a suffix in the directory of the driver of QEMU. */
static int
file_path(const struct uri *u, const char *name, char path[2 * SURVIVORS_DIR],
    const char *suffix)
{
	const struct driver *d = &drivers[0];
	char dir[SURVIVORS_DIR];
	int n;

	if (!driver_may(d, u) || strchr(name, '/') != NULL ||
	    !dir_find(d, u, dir))
		return -1;
	n = snprintf(path, 2UL * SURVIVORS_DIR, "%s/%s%s", dir, name, suffix);
	return n > 0 && n < 2 * SURVIVORS_DIR ? 0 : -1;
}

long
survivors_pid(const struct uri *u, const char *name)
{
	char path[2 * SURVIVORS_DIR];

	if (file_path(u, name, path, drivers[0].suffix) == -1)
		return -1;
	return guest_pid(&drivers[0], path, name);
}

uint64_t
survivors_born(const struct uri *u, const char *name)
{
	const struct number_range range = { 1, INT64_MAX };
	char path[64], *text, *word;
	struct file_read f = { .path = path, .max = STAT_MAX };
	long pid = survivors_pid(u, name);
	struct errmsg em;
	int64_t born = 0;
	size_t len, i;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	if (pid <= 0 || file_read(&f, &text, &len, &em) == -1)
		return 0;
	/* proc(5): the fields after the name of the program, which ends in the
	 * last parenthesis; the start is number 22. */
	word = strrchr(text, ')');
	for (i = 2; word != NULL && i < 22; i++)
		if ((word = strchr(word, ' ')) != NULL)
			word++;
	if (word != NULL) {
		word[strcspn(word, " \n")] = '\0';
		(void)number_parse(word, &range, &born, NULL);
	}
	free(text);
	return (uint64_t)born;
}

enum survivors_daemon
survivors_daemon(const struct uri *u)
{
	char path[2 * SURVIVORS_DIR];
	int locked;

	if (file_path(u, "driver", path, ".pid") == -1 ||
	    (locked = file_locked(path)) == -1)
		return SURVIVORS_UNKNOWN;
	return locked ? SURVIVORS_LIVES : SURVIVORS_DEAD;
}

int
survivors_status(const struct uri *u, const char *name, char *path,
    size_t size)
{
	char full[2 * SURVIVORS_DIR];

	if (file_path(u, name, full, ".xml") == -1)
		return -1;
	return strlcpy(path, full, size) < size ? 0 : -1;
}
