#include "golden.h"

#include <dirent.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
golden_put(struct golden *g, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(g->text + g->len, sizeof(g->text) - g->len, fmt, ap);
	va_end(ap);
	ATF_REQUIRE(n >= 0 && (size_t)n < sizeof(g->text) - g->len);
	g->len += (size_t)n;
}

void
golden_finding(void *arg, enum finding_level level, const char *text)
{
	golden_put(arg, "%s %s\n", level == FINDING_ERROR ? "error" :
	    "warning", text);
}

bool
golden_read(struct golden *g, const char *path)
{
	FILE *f = fopen(path, "r");

	if (f == NULL)
		return false;
	g->len = fread(g->text, 1, sizeof(g->text) - 1, f);
	ATF_REQUIRE_MSG(g->len < sizeof(g->text) - 1, "%s is too big", path);
	g->text[g->len] = '\0';
	ATF_REQUIRE_EQ(0, fclose(f));
	return true;
}

void
golden_want(struct golden *g, const char *dir, const char *name)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%.*s.want", dir,
	    (int)strcspn(name, "."), name);
	ATF_REQUIRE_MSG(golden_read(g, path), "no %s", path);
}

int
golden_each(const atf_tc_t *tc, const char *folder, const char *suffix,
    void (*check)(const char *dir, const char *name))
{
	char dir[PATH_MAX - 300];
	const char *dot;
	struct dirent *d;
	DIR *dp;
	int n = 0;

	(void)snprintf(dir, sizeof(dir), "%s/../../%s",
	    atf_tc_get_config_var(tc, "srcdir"), folder);
	ATF_REQUIRE((dp = opendir(dir)) != NULL);
	while ((d = readdir(dp)) != NULL)
		if ((dot = strchr(d->d_name, '.')) != NULL &&
		    strcmp(dot, suffix) == 0) {
			check(dir, d->d_name);
			n++;
		}
	(void)closedir(dp);
	return n;
}
