#ifndef HOOK_DIR_H
#define HOOK_DIR_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/errmsg.h"

/* Which hooks there are: the executables of HOOK_DIR. */
#define HOOK_MAX	64		/* hooks, at most */
#define HOOK_GRACE	2000		/* ms between SIGTERM and SIGKILL */
#define HOOK_PATH	(PATH_MAX + NAME_MAX + 2)

struct hook_file {
	char		 name[NAME_MAX + 1];
	bool		 told;		/* reported: it cannot be run */
};

/* The hooks of a directory; any number of runs may share them. */
struct hooks {
	char		 dir[PATH_MAX];
	struct hook_file file[HOOK_MAX];
	size_t		 n;
	int		 timeout;	/* HOOK_TIMEOUT, seconds, 0 = none */
};

/*
 * Read the names in dir, an absolute path; without such a directory there are
 * no hooks.  Hidden files and what editors and package managers leave behind
 * (NAME~, NAME.bak, NAME.dpkg-old, NAME.rpmnew ...) are not hooks.  0, or -1
 * with the reason: then there are no hooks or, if there are more than HOOK_MAX,
 * the first of them.  A directory that others than root (or the user that runs
 * this) may write is refused.
 */
int	 hooks_load(struct hooks *, const char *dir, int timeout,
	    struct errmsg *);

/* How long all hooks that can be run take at most, in ms. */
int64_t	 hooks_limit(const struct hooks *);

/* The path of hook i.  0, or -1 with the reason if it cannot be run. */
int	 hooks_path(const struct hooks *, size_t i, char path[HOOK_PATH],
	    struct errmsg *);

#endif
