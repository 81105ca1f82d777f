#include "run/audit_part.h"

#include <sys/statvfs.h>
#include <sys/vfs.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "run/drive.h"
#include "run/inventory.h"
#include "run/record.h"

#define AREA	"configuration"

/* The marks of file systems that end with the boot, statfs(2). */
#define TMPFS	0x01021994
#define RAMFS	0x858458f6

static void
files_ok(struct audit_view *v)
{
	const struct advice_about about = { ADVICE_OK, AREA, NULL, NULL };
	const struct run *r = v->run;
	char file[RUN_LABEL] = "no file, all defaults";
	size_t hooks = v->drive->stages.hooks.n;

	if (r->conf_file != NULL)
		(void)run_uri_label(r->conf_file, file);
	advice_put(&v->audit->advice, &about, "%s, guesttab (%zu row%s), "
	    "%zu hook%s", file, r->tab.n, r->tab.n == 1 ? "" : "s", hooks,
	    hooks == 1 ? "" : "s");
}

/* A hook that a stop or a start would not run. */
static void
hooks_check(struct audit_view *v)
{
	struct advice_about about = { ADVICE_WARN, AREA, NULL,
	    "chmod 755 and chown root, or remove it" };
	const struct hooks *hooks = &v->drive->stages.hooks;
	char path[HOOK_PATH], label[RUN_LABEL];
	struct errmsg em;
	size_t i;

	for (i = 0; i < hooks->n; i++)
		if (hooks_path(hooks, i, path, &em) == -1) {
			about.object = run_uri_label(path, label);
			advice_put(&v->audit->advice, &about, "this hook is "
			    "%s", em.text);
		}
}

/* 0, or -1 and errno if this is no directory, or not in that access(2) mode. */
static int
dir_access(const char *dir, int mode)
{
	char path[PATH_MAX + 2];

	(void)snprintf(path, sizeof(path), "%s/", dir);
	return access(path, mode);
}

/* The file system of STATE_DIR, which a stop makes if its parent exists. */
static int
state_find(const struct run *r, struct statfs *fs, struct statvfs *vfs)
{
	char dir[PATH_MAX], *slash;

	(void)strlcpy(dir, r->conf.state_dir, sizeof(dir));
	if (dir_access(dir, F_OK) == -1) {
		if (errno != ENOENT || (slash = strrchr(dir, '/')) == NULL)
			return -1;
		slash[slash == dir] = '\0';
	}
	return statfs(dir, fs) == -1 || statvfs(dir, vfs) == -1 ? -1 : 0;
}

/* The list of guests to start must outlive the boot. */
static void
state_check(struct audit_view *v)
{
	struct advice_about about = { ADVICE_FAIL, AREA, NULL,
	    "set STATE_DIR to a directory on a disk" };
	char label[RUN_LABEL];
	struct statvfs vfs;
	struct statfs fs;

	about.object = run_uri_label(v->run->conf.state_dir, label);
	if (state_find(v->run, &fs, &vfs) == -1) {
		advice_put(&v->audit->advice, &about, "STATE_DIR: %s",
		    strerror(errno));
		return;
	}
	if (vfs.f_flag & ST_RDONLY)
		advice_put(&v->audit->advice, &about, "the list of guests to "
		    "start is on a file system that is read-only");
	else if ((unsigned long)fs.f_type == TMPFS ||
	    (unsigned long)fs.f_type == RAMFS)
		advice_put(&v->audit->advice, &about, "the list of guests to "
		    "start is in memory, and lost when the host goes down");
}

/* A stop goes on without a lock, a start does not. */
static void
lock_check(struct audit_view *v)
{
	struct advice_about about = { ADVICE_FAIL, AREA, NULL,
	    "set RUN_DIR to a directory that can be written" };
	char label[RUN_LABEL];

	about.object = run_uri_label(v->run->conf.run_dir, label);
	if (dir_access(v->run->conf.run_dir, W_OK) == -1 && errno != EACCES)
		advice_put(&v->audit->advice, &about, "RUN_DIR: %s: start "
		    "makes no lock, and starts no guest", strerror(errno));
}

/* The list of the last stop: one finding, however many lines are bad. */
static void
list_check(struct audit_view *v)
{
	struct advice_about about = { ADVICE_FAIL, AREA, NULL,
	    "run plan start; correct the file, or remove it" };
	struct record *rec = v->drive->work.record;
	const struct state *st = &rec->state;
	char label[RUN_LABEL];

	rec->quiet = true;
	(void)record_load(rec);
	about.object = run_uri_label(st->broken ? st->list_path :
	    st->theirs_path, label);
	if (st->broken || st->theirs_broken)
		advice_put(&v->audit->advice, &about, "a part of the list of "
		    "guests to start cannot be read; start skips it");
}

void
audit_conf(struct audit_view *v)
{
	const struct advice_about boot = { ADVICE_WARN, AREA, NULL,
	    "set ON_BOOT=start, or ON_BOOT=ignore if this is intended" };
	const struct advice_about user = { ADVICE_WARN, AREA, NULL,
	    "run libvirt-guests check as root" };
	const struct conf *c = &v->run->conf;

	if (geteuid() != 0)
		advice_put(&v->audit->advice, &user, "not run by root: the "
		    "service runs as root, and can find other daemons and "
		    "guests");
	if (v->run->found.errors + v->run->found.warnings == 0)
		files_ok(v);
	if (c->on_boot == CONF_BOOT_IGNORE && c->on_boot_line == 0)
		advice_put(&v->audit->advice, &boot, "ON_BOOT=ignore is the "
		    "default of this file: no guest is started at boot");
	hooks_check(v);
	state_check(v);
	lock_check(v);
	list_check(v);
}
