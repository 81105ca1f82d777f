#include "run/service.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "sys/file.h"
#include "text/buf.h"
#include "text/errmsg.h"

#define FILE_MAX	(1024UL * 1024)
#define SYSTEM_CONF	"/etc/systemd/system.conf"

#define UNITS(dir)	dir "/systemd/system/@.service"
#define DROPS(dir)	dir "/systemd/system/@.service.d/*.conf"
#define WANTS(dir)	dir "/systemd/system/*.wants/@.service"

/* The first whose mark exists: a host may have files of others. */
static const struct service_manager managers[] = {
	{ .name = "systemd", .init = "systemd", .mark = "/run/systemd/system",
	    .enabled = WANTS("/etc") ":" WANTS("/run") ":" WANTS("/usr/lib")
	    ":/etc/systemd/system/*.wants/@.socket",
	    .file = UNITS("/etc") ":" UNITS("/run") ":" UNITS("/usr/local/lib")
	    ":" UNITS("/usr/lib") ":" UNITS("/lib"),
	    .extra = DROPS("/usr/lib") ":" DROPS("/lib") ":" DROPS("/run")
	    ":" DROPS("/etc"),
	    .enable = "systemctl enable --now libvirt-guests",
	    .key = "TimeoutStopSec", .shorter = "TimeoutSec",
	    .fallback = 90, .ordered = true },
	{ .name = "OpenRC", .init = "openrc", .mark = "/run/openrc",
	    .enabled = "/etc/runlevels/*/@", .file = "/etc/init.d/@",
	    .enable = "rc-update add libvirt-guests default; "
	    "rc-service libvirt-guests start",
	    .endless = "-timeout", .fallback = 60, .ordered = true },
	{ .name = "dinit", .init = "dinit", .mark = "/run/dinitctl",
	    .enabled = "/etc/dinit.d/boot.d/@", .file = "/etc/dinit.d/@",
	    .extra = "/etc/dinit.d/@-hold",
	    .enable = "dinitctl enable libvirt-guests",
	    .key = "stop-timeout", .fallback = 10, .ordered = true },
	{ .name = "s6", .init = "s6", .mark = "/run/s6-rc",
	    .enabled = "/run/s6-rc/servicedirs/@:/etc/s6-rc/source/@/down",
	    .file = "/etc/s6-rc/source/@/down",
	    .enable = "compile the s6-rc database with libvirt-guests" },
	{ .name = "finit", .init = "finit", .mark = "/run/finit",
	    .enabled = "/etc/finit.d/@.conf", .file = "/etc/finit.d/@.conf",
	    .enable = "make install INIT=finit; initctl reload" },
	{ .name = "procd", .init = "procd", .mark = "/etc/rc.common",
	    .enabled = "/etc/rc.d/K*@", .file = "/etc/init.d/@",
	    .enable = "/etc/init.d/libvirt-guests enable" },
	{ .name = "Upstart", .init = "upstart",
	    .mark = "/etc/init/rc-sysinit.conf",
	    .enabled = "/etc/init/@-wait.conf:/etc/rc0.d/[KS]*@",
	    .file = "/etc/init/@.conf:/etc/init.d/@",
	    .enable = "make install INIT=upstart" },
	{ .name = "runit", .init = "runit", .mark = "/run/runit",
	    .enabled = "/etc/runit/shutdown.d/*@*:/etc/rc0.d/K*@",
	    .mentions = "/etc/runit/rc.shutdown",
	    .file = "/etc/sv/@/run:/etc/init.d/@",
	    .enable = "make install INIT=runit; the manual has the links" },
	{ .name = "SysV init", .init = "sysvinit", .mark = "/etc/rc0.d",
	    .enabled = "/etc/rc0.d/[KS]*@", .file = "/etc/init.d/@",
	    .enable = "update-rc.d libvirt-guests defaults",
	    .ordered = true },
	{ .name = "SysV init", .init = "sysvinit", .mark = "/etc/rc.d/rc0.d",
	    .enabled = "/etc/rc.d/rc0.d/[KS]*@",
	    .file = "/etc/rc.d/init.d/@:/etc/init.d/@",
	    .enable = "chkconfig --add libvirt-guests; "
	    "/etc/init.d/libvirt-guests start", .ordered = true },
	{ .name = "BusyBox init", .init = "busybox", .mark = "/etc/inittab",
	    .mentions = "/etc/inittab", .file = "/etc/inittab",
	    .enable = "copy the lines of rc/busybox/inittab to /etc/inittab" },
};

/* The files of a list. */
struct files {
	struct buf	*out;		/* for their texts, or NULL */
	char		*path;		/* for the first path, or NULL */
	size_t		 n;
};

const struct service_manager *
service_manager(void)
{
	size_t i;

	for (i = 0; i < sizeof(managers) / sizeof(managers[0]); i++)
		if (access(managers[i].mark, F_OK) == 0)
			return &managers[i];
	return NULL;
}

bool
service_append(const char *path, struct buf *out)
{
	struct file_read f = { .path = path, .max = FILE_MAX };
	struct errmsg em;
	char *text;
	size_t len;

	if (file_read(&f, &text, &len, &em) == -1)
		return false;
	buf_put(out, text, len);
	buf_put(out, "\n", 1);
	free(text);
	return true;
}

static void
file_take(void *arg, const char *path)
{
	struct files *f = arg;

	if (f->out != NULL && !service_append(path, f->out))
		return;
	if (f->n++ == 0 && f->path != NULL)
		(void)strlcpy(f->path, path, SERVICE_PATH);
}

/* The next pattern of a list, with the name in it; NULL after the last. */
static const char *
list_next(const char *list, const char *name, char pattern[SERVICE_PATH])
{
	size_t i, n = 0;

	if (list == NULL || *list == '\0')
		return NULL;
	for (; *list != '\0' && *list != ':'; list++) {
		if (*list != '@') {
			if (n + 1 < SERVICE_PATH)
				pattern[n++] = *list;
			continue;
		}
		for (i = 0; name[i] != '\0' && n + 1 < SERVICE_PATH; i++)
			pattern[n++] = name[i];
	}
	pattern[n] = '\0';
	return *list == ':' ? list + 1 : list;
}

bool
service_enabled(const struct service_manager *m, const char *name,
    char path[SERVICE_PATH])
{
	struct files f = { .path = path };
	const char *list = m->enabled;
	char pattern[SERVICE_PATH];
	struct inifile_text t;
	struct buf out;

	while (f.n == 0 && (list = list_next(list, name, pattern)) != NULL)
		glob_each(pattern, file_take, &f);
	if (f.n > 0 || m->mentions == NULL ||
	    buf_init(&out, 1024, FILE_MAX + 2) == -1)
		return f.n > 0;
	(void)strlcpy(path, m->mentions, SERVICE_PATH);
	(void)service_append(path, &out);
	t.text = (const char *)out.base;
	t.len = out.len;
	f.n = inifile_mentions(t, name);
	buf_free(&out);
	return f.n > 0;
}

bool
service_read(const struct service_manager *m, const char *name,
    struct buf *out, char path[SERVICE_PATH])
{
	struct files f = { .out = out, .path = path };
	const char *list = m->file;
	char pattern[SERVICE_PATH];

	path[0] = '\0';
	while (f.n == 0 && (list = list_next(list, name, pattern)) != NULL)
		glob_each(pattern, file_take, &f);
	for (list = m->extra; f.n > 0 &&
	    (list = list_next(list, name, pattern)) != NULL; )
		glob_each(pattern, file_take, &f);
	return f.n > 0;
}

struct each {
	service_fn	*fn;
	void		*arg;
	size_t		 before;	/* bytes before a name, and after */
	size_t		 after;
};

static void
each_take(void *arg, const char *path)
{
	const struct each *e = arg;
	char name[SERVICE_PATH];

	(void)strlcpy(name, path + e->before, sizeof(name));
	name[strlen(name) - e->after] = '\0';
	e->fn(e->arg, name, path);
}

void
service_each(const struct service_manager *m, service_fn *fn, void *arg)
{
	struct each e = { fn, arg, strcspn(m->file, "@"), 0 };
	char pattern[SERVICE_PATH];

	if (m->file[e.before] == '\0')
		return;
	e.after = strcspn(m->file + e.before + 1, ":");
	(void)list_next(m->file, "*", pattern);
	glob_each(pattern, each_take, &e);
}

/* The default of systemd. */
static long
fallback(const struct service_manager *m)
{
	struct inifile_text t;
	char value[64];
	struct buf out;
	long limit = m->fallback;

	if (m->shorter == NULL || buf_init(&out, 1024, FILE_MAX + 2) == -1)
		return limit;
	(void)service_append(SYSTEM_CONF, &out);
	t.text = (const char *)out.base;
	t.len = out.len;
	if (inifile_value(t, "DefaultTimeoutStopSec", value, sizeof(value)))
		limit = inifile_span(value);
	buf_free(&out);
	return limit == INIFILE_BAD ? m->fallback : limit;
}

long
service_limit(const struct service_manager *m, struct inifile_text t)
{
	char value[64];
	long limit = INIFILE_BAD;

	if (m->endless != NULL)
		return inifile_mentions(t, m->endless) ? 0 : m->fallback;
	if (m->key == NULL)
		return 0;
	if (inifile_value(t, m->key, value, sizeof(value)) ||
	    (m->shorter != NULL && inifile_value(t, m->shorter, value,
	    sizeof(value))))
		limit = inifile_span(value);
	if (limit == INIFILE_BAD)
		limit = fallback(m);
	return limit == INIFILE_ENDLESS ? 0 : limit;
}
