#include "run/setup.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "compat.h"
#include "config/lvconf.h"
#include "run/inventory.h"
#include "run/run.h"
#include "sys/file.h"
#include "sys/log.h"

#define SYSTEMD		"/run/systemd/system"	/* it booted this host */
#define CONF_MAX	(1024UL * 1024)
#define MEMORY_WAIT	5000		/* ms to retry a lack of memory */

struct text {
	char	*base;
	size_t	 len;
	struct errmsg em;
};

static bool
place_read(const struct conf_family *place)
{
	return !place->systemd || file_there(SYSTEMD);
}

/* One of the files that exist is read; name the others. */
static void
places_name(const char *path)
{
	const struct conf_family *place;
	size_t i;

	for (i = 0; (place = conf_place(i)) != NULL; i++)
		if (strcmp(place->path, path) != 0 && file_there(place->path))
			log_warn("%s is not read; using %s", place->path, path);
}

/* The configuration file: -f, the environment, or the first that exists. */
static const char *
conf_path(const struct run_options *o, bool *required)
{
	const struct conf_family *place;
	const char *path = o->file;
	size_t i;

	if (path == NULL)
		path = getenv("LIBVIRT_GUESTS_CONF");
	*required = path != NULL && *path != '\0';
	if (*required)
		return path;
	for (i = 0; (place = conf_place(i)) != NULL; i++)
		if (place_read(place) && file_there(place->path))
			return place->path;
	return NULL;
}

/* The file was refused: report the defaults that apply instead. */
static void
conf_refused(struct run *r, const struct errmsg *why)
{
	static const char *const names[] = { "URIS", "ON_BOOT", "ON_SHUTDOWN",
	    "SHUTDOWN_TIMEOUT", "PARALLEL_SHUTDOWN" };
	char used[256] = "";
	struct errmsg em;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)strlcat(used, " ", sizeof(used));
		(void)strlcat(used, names[i], sizeof(used));
		(void)strlcat(used, "=", sizeof(used));
		(void)strlcat(used, conf_default(r->conf.family, names[i]),
		    sizeof(used));
	}
	(void)errmsg_set(&em, 0, "%.200s; using the defaults:%s", why->text,
	    used);
	run_finding(r, FINDING_ERROR, em.text);
}

/* There may be memory later. */
static bool
memory_wait(struct run *r)
{
	run_loop(r);
	return run_later(r, r->began + MEMORY_WAIT);
}

static int
text_read(struct run *r, const struct file_read *f, struct text *t)
{
	int rv;

	while ((rv = file_read(f, &t->base, &t->len, &t->em)) == -1 &&
	    t->em.code == ENOMEM && memory_wait(r))
		continue;
	return rv;
}

static int
conf_load(struct run *r)
{
	struct file_read f = { .max = CONF_MAX, .trusted = true };
	struct conf_source src;
	struct text t;
	bool required;

	f.path = src.file = r->conf_file = conf_path(r->options, &required);
	if (conf_init(&r->conf, conf_family(f.path)) == -1)
		return -1;
	if (f.path == NULL)
		return 0;
	if (text_read(r, &f, &t) == -1) {
		/* A file that was removed since access(2) does not count. */
		if (required || t.em.code != ENOENT)
			conf_refused(r, &t.em);
		return 0;
	}
	if (!required)
		places_name(f.path);
	src.text = t.base;
	src.len = t.len;
	src.family = conf_family(f.path);
	(void)conf_parse(&r->conf, &src, run_finding, r);
	free(t.base);
	return 0;
}

/* Read the guesttab; no file is an empty table. */
static int
tab_load(struct run *r)
{
	struct file_read f = { .path = r->conf.guesttab, .max = CONF_MAX,
	    .trusted = true };
	struct guesttab_source src = { .file = r->conf.guesttab };
	struct text t;
	int n;

	if (text_read(r, &f, &t) == -1) {
		if (t.em.code != ENOENT)
			run_finding(r, FINDING_ERROR, t.em.text);
		return 0;
	}
	src.text = t.base;
	src.len = t.len;
	n = guesttab_parse(&r->tab, &src, run_finding, r);
	free(t.base);
	return n == -1 ? -1 : 0;
}

static void
conf_options(struct run *r)
{
	const struct run_options *o = r->options;
	struct errmsg em;
	size_t i;
	int ret;

	for (i = 0; i < o->noverrides; i++) {
		ret = conf_override(&r->conf, o->overrides[i], &em);
		if (ret != 0)
			run_finding(r, ret == -1 ? FINDING_ERROR :
			    FINDING_WARNING, em.text);
	}
	if (o->nuris > 0 &&
	    conf_set_uris(&r->conf, o->uris, o->nuris, &em) == -1)
		run_finding(r, FINDING_ERROR, em.text);
	if (o->deadline == NULL)
		return;
	if (run_deadline_parse(o->deadline, &r->conf.stop_deadline, &em) == -1)
		run_finding(r, FINDING_ERROR, em.text);
}

/* Read libvirt's own client configuration, of root or of a user. */
static void
lvconf_load(struct run *r, struct lvconf *lv, char **text)
{
	static const char tail[] = "libvirt/libvirt.conf";
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char path[PATH_MAX];
	struct file_read f = { .path = path, .max = CONF_MAX };
	struct lvconf_source src = { .file = path };
	struct errmsg em;

	if (geteuid() == 0)
		(void)snprintf(path, sizeof(path), "/etc/%s", tail);
	else if (xdg != NULL && *xdg == '/')
		(void)snprintf(path, sizeof(path), "%s/%s", xdg, tail);
	else
		(void)snprintf(path, sizeof(path), "%s/.config/%s",
		    home != NULL ? home : "", tail);
	if (file_read(&f, text, &src.len, &em) == 0) {
		src.text = *text;
		if (lvconf_parse(lv, &src, &em) == -1)
			run_finding(r, FINDING_WARNING, em.text);
	} else if (em.code != ENOENT && em.code != EACCES) {
		run_finding(r, FINDING_WARNING, em.text);
	}
}

int
setup_run(struct run *r, const char *name, const struct run_options *o)
{
	memset(r, 0, sizeof(*r));
	r->name = name;
	r->options = o;
	r->began = loop_now();
	notify_open(&r->notify, getenv("NOTIFY_SOCKET"));
	guesttab_init(&r->tab);
	if (conf_load(r) == -1) {
		log_error("no memory");
		return -1;
	}
	conf_options(r);
	if (tab_load(r) == -1) {
		log_error("no memory");
		return -1;
	}
	return 0;
}

int
setup_hosts(struct inventory *v, struct run *r)
{
	struct lvconf lv = { 0 };
	char *text = NULL;
	int rv;

	lvconf_load(r, &lv, &text);
	while ((rv = inventory_init(v, r, &lv)) == -1) {
		inventory_free(v);
		if (memory_wait(r))
			continue;
		log_error("no memory for %zu URIs", r->conf.nuris);
		break;
	}
	free(text);
	return rv;
}

void
setup_free(struct run *r)
{
	guesttab_free(&r->tab);
	if (r->looping)
		loop_free(&r->loop);
	notify_close(&r->notify);
	conf_free(&r->conf);
}
