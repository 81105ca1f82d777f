#include "sys/hook_dir.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "compat.h"
#include "sys/file.h"
#include "text/escape.h"

/* A backup of a hook must not run as a second hook. */
static const char *const leftovers[] = {
	"~", "#", ".bak", ".orig", ".rej", ".swp", ".tmp",
	".dpkg-old", ".dpkg-new", ".dpkg-dist", ".dpkg-bak", ".dpkg-tmp",
	".ucf-old", ".ucf-new", ".ucf-dist",
	".rpmsave", ".rpmnew", ".rpmorig", ".pacnew", ".pacsave",
	".pacorig", ".apk-new",
};

static bool
is_leftover(const char *name)
{
	size_t i, len = strlen(name), n;

	if (name[0] == '.' || name[0] == '#')
		return true;
	for (i = 0; i < sizeof(leftovers) / sizeof(leftovers[0]); i++) {
		n = strlen(leftovers[i]);
		if (len > n && strcmp(name + len - n, leftovers[i]) == 0)
			return true;
	}
	return false;
}

/* Insert by name; false if the last one was dropped. */
static bool
file_insert(struct hooks *h, const char *name)
{
	bool full = h->n == HOOK_MAX;
	size_t i;

	if (full && strcmp(name, h->file[h->n - 1].name) > 0)
		return false;
	for (i = full ? h->n - 1 : h->n;
	    i > 0 && strcmp(h->file[i - 1].name, name) > 0; i--)
		h->file[i] = h->file[i - 1];
	(void)strlcpy(h->file[i].name, name, sizeof(h->file[i].name));
	h->file[i].told = false;
	if (!full)
		h->n++;
	return !full;
}

/* Fail without hooks; errno is the reason. */
static int
dir_fail(struct hooks *h, const char *dir, struct errmsg *em)
{
	char shown[ERRMSG_SIZE / 2];
	int saved = errno;

	h->n = 0;
	(void)escape_text(shown, sizeof(shown), dir, strlen(dir));
	errno = saved;
	return errmsg_sys(em, "HOOK_DIR %s: no hook is run", shown);
}

static int
dir_read(struct hooks *h, DIR *d, struct errmsg *em)
{
	struct dirent *de;
	struct stat st;
	bool fit = true;

	if (fstat(dirfd(d), &st) == -1)
		return dir_fail(h, h->dir, em);
	if (!file_trusted(&st))
		return errmsg_set(em, EPERM, "HOOK_DIR: no hook is run: "
		    "the directory is writable by others than root");
	for (errno = 0; (de = readdir(d)) != NULL; errno = 0)
		if (!is_leftover(de->d_name) && !file_insert(h, de->d_name))
			fit = false;
	if (errno != 0)
		return dir_fail(h, h->dir, em);
	return fit ? 0 : errmsg_set(em, E2BIG,
	    "HOOK_DIR: only the first %d hooks by name are run", HOOK_MAX);
}

int
hooks_load(struct hooks *h, const char *dir, int timeout, struct errmsg *em)
{
	DIR *d;
	int rv;

	h->n = 0;
	h->timeout = timeout;
	errno = *dir == '/' ? ENAMETOOLONG : EINVAL;
	if (*dir != '/' || strlcpy(h->dir, dir, sizeof(h->dir)) >=
	    sizeof(h->dir))
		return dir_fail(h, dir, em);
	if ((d = opendir(dir)) == NULL)
		return errno == ENOENT ? 0 : dir_fail(h, dir, em);
	rv = dir_read(h, d, em);
	(void)closedir(d);
	return rv;
}

/* 0, or -1 with what is wrong with it. */
static int
file_check(const char *path, struct errmsg *em)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return errmsg_sys(em, "not run");
	if (!S_ISREG(st.st_mode))
		return errmsg_set(em, EINVAL, "not run: not a regular file");
	if (!file_trusted(&st))
		return errmsg_set(em, EPERM,
		    "not run: writable by others than root");
	if ((st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0)
		return errmsg_set(em, EACCES, "not run: not executable");
	return 0;
}

int
hooks_path(const struct hooks *h, size_t i, char path[HOOK_PATH],
    struct errmsg *em)
{
	(void)snprintf(path, HOOK_PATH, "%s/%s", h->dir, h->file[i].name);
	return file_check(path, em);
}

int64_t
hooks_limit(const struct hooks *h)
{
	char path[HOOK_PATH];
	struct errmsg em;
	int64_t n = 0;
	size_t i;

	for (i = 0; i < h->n; i++)
		n += hooks_path(h, i, path, &em) == 0;
	return n * ((int64_t)h->timeout * 1000 + HOOK_GRACE);
}
