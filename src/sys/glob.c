#include "sys/glob.h"

#include <sys/stat.h>

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "compat.h"
#include "text/pattern.h"

struct walk {
	glob_fn		*fn;
	void		*arg;
};

/* The first name after last that matches; the folders are small. */
static bool
name_next(const char *dir, const char *pattern, char name[NAME_MAX + 1])
{
	char best[NAME_MAX + 1] = "";
	struct dirent *de;
	DIR *dp;

	if ((dp = opendir(*dir == '\0' ? "/" : dir)) == NULL)
		return false;
	while ((de = readdir(dp)) != NULL)
		if (strcmp(de->d_name, name) > 0 && (*best == '\0' ||
		    strcmp(de->d_name, best) < 0) &&
		    (de->d_name[0] != '.' || *pattern == '.') &&
		    pattern_match(pattern, de->d_name))
			(void)strlcpy(best, de->d_name, sizeof(best));
	(void)closedir(dp);
	(void)strlcpy(name, best, NAME_MAX + 1);
	return *best != '\0';
}

/* Match the rest of a pattern, "/a/b*", below a path. */
static void
match(const struct walk *w, const char *path, const char *rest)
{
	char part[NAME_MAX + 1], name[NAME_MAX + 1] = "", next[GLOB_PATH];
	size_t len;
	struct stat st;
	bool special;

	if (*rest == '\0') {
		if (lstat(path, &st) == 0)
			w->fn(w->arg, path);
		return;
	}
	rest += *rest == '/';
	len = strcspn(rest, "/");
	if (len >= sizeof(part))
		return;
	memcpy(part, rest, len);
	part[len] = '\0';
	special = strpbrk(part, "*?[\\") != NULL;
	if (!special)
		(void)strlcpy(name, part, sizeof(name));
	while (special ? name_next(path, part, name) : *name != '\0') {
		if (snprintf(next, sizeof(next), "%s/%s", path, name) <
		    (int)sizeof(next))
			match(w, next, rest + len);
		if (!special)
			break;
	}
}

void
glob_each(const char *pattern, glob_fn *fn, void *arg)
{
	const struct walk w = { fn, arg };

	match(&w, "", pattern);
}
