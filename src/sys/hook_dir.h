#ifndef HOOK_DIR_H
#define HOOK_DIR_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/share.h"
#include "text/errmsg.h"

/* The list of hooks: the executables of HOOK_DIR. */
#define HOOK_MAX	64		/* hooks, at most */
#define HOOK_GRACE	SHARE_GRACE	/* ms between SIGTERM and SIGKILL */
#define HOOK_PATH	(PATH_MAX + NAME_MAX + 2)

struct hook_file {
	char		 name[NAME_MAX + 1];
	bool		 told;		/* reported: it cannot be run */
};

/* The hooks of a directory; runs share them. */
struct hooks {
	char		 dir[PATH_MAX];
	struct hook_file file[HOOK_MAX];
	size_t		 n;
	int		 timeout;	/* HOOK_TIMEOUT, seconds, 0 = none */
};

/*
 * Read the names in dir, an absolute path; a missing directory has no hooks.
 * Hidden files and backups of editors and package managers (NAME~, NAME.bak,
 * NAME.dpkg-old, NAME.rpmnew ...) are not hooks.  0, or -1 with the reason:
 * then there are no hooks, or the first HOOK_MAX if there are more.  A
 * directory that others than root (or the user that runs this) can write is
 * refused.
 */
int	 hooks_load(struct hooks *, const char *dir, int timeout,
	    struct errmsg *);

/* The longest time that all hooks take, in ms. */
int64_t	 hooks_limit(const struct hooks *);

/* The path of hook i.  0, or -1 with the reason if it cannot be run. */
int	 hooks_path(const struct hooks *, size_t i, char path[HOOK_PATH],
	    struct errmsg *);

#endif
