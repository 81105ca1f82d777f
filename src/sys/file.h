#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "text/errmsg.h"

struct stat;

/* Whole files: read with a limit, written so that a crash leaves the old or the
 * new file, never a part. */

/*
 * Read a regular file of at most max bytes; *text is terminated, and the caller
 * frees it.  0, or -1 with "PATH: why" and the errno as code (ENOENT if there
 * is no such file).  With trusted, a file that others than root (or the user
 * that runs this) can write is refused with EPERM.
 */
struct file_read {
	const char	*path;
	size_t		 max;
	bool		 trusted;
};
int	 file_read(const struct file_read *, char **text, size_t *len,
	    struct errmsg *);
/* Whether only root (or the user that runs this) can write it. */
bool	 file_trusted(const struct stat *);

/*
 * Replace a file: write a temporary file beside it, fsync, rename, fsync the
 * directory.  0, or -1 with the reason and the old file in place (unless only
 * the fsync of the directory failed).
 */
int	 file_replace(const char *path, const void *data, size_t len,
	    struct errmsg *);
/* Unlink a file and fsync the directory; a missing file is not an error. */
int	 file_remove(const char *path, struct errmsg *);
/* Link a file to PATH.SUFFIX, PATH.SUFFIX.1 ..., so that path can be replaced;
 * kept (size bytes) gets the name.  Never replaces a file.  On a file system
 * without links path is renamed.  0, or -1 with the reason (ENOENT: no such
 * file). */
struct file_aside {
	const char	*path;
	const char	*suffix;
};
int	 file_aside(const struct file_aside *, char *kept, size_t size,
	    struct errmsg *);
/* Whether a file of that name exists; true if that is unknown, so that reading
 * the file gives the error. */
bool	 file_there(const char *path);
/* A regular file is there, not a symbolic link to one. */
bool	 file_regular(const char *path);
/* The process that holds a lock on a file (fcntl(2)), 1 if it is unknown, 0 if
 * there is no lock; -1 with errno, for example without such a file. */
int	 file_locked(const char *path);
/* The process number in the first line of a file; 0 if there is no such file,
 * -1 if the file is unreadable or malformed. */
long	 file_pid(const char *path);
/* Make the directory of a path (0755, one level) if it is missing. */
int	 file_mkparent(const char *path, struct errmsg *);

#endif
