#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "text/errmsg.h"

struct stat;

/* Whole files: read with a bound, written so that a crash leaves the old or
 * the new one, never half of it. */

/*
 * Read a regular file of at most max bytes; *text is terminated and the
 * caller's to free.  0, or -1 with "PATH: why" and the errno as code (ENOENT
 * if there is none).  With trusted, a file that others than root (or the
 * user that runs this) may write is refused with EPERM.
 */
struct file_read {
	const char	*path;
	size_t		 max;
	bool		 trusted;
};
int	 file_read(const struct file_read *, char **text, size_t *len,
	    struct errmsg *);
/* Whether only root (or the user that runs this) may write it. */
bool	 file_trusted(const struct stat *);

/*
 * Put data in place of path: temporary file beside it, fsync, rename, fsync
 * of the directory.  0, or -1 with the reason; what was there then still is
 * (unless only the directory could not be synced).
 */
int	 file_replace(const char *path, const void *data, size_t len,
	    struct errmsg *);
/* Unlink it and fsync the directory; that it is not there is no error. */
int	 file_remove(const char *path, struct errmsg *);
/* Keep it as PATH.SUFFIX, PATH.SUFFIX.1 ... too, so that path can be replaced;
 * kept gets the name (of size bytes).  Never replaces a file.  Only where the
 * file system has no links path itself is gone afterwards.  0, or -1 with the
 * reason (ENOENT when there was nothing to keep). */
struct file_aside {
	const char	*path;
	const char	*suffix;
};
int	 file_aside(const struct file_aside *, char *kept, size_t size,
	    struct errmsg *);
/* Whether there is something of that name; true if that cannot be told, so that
 * reading it gives the error. */
bool	 file_there(const char *path);
/* The process that holds a lock on it (fcntl(2)), 1 if that is unknown, or 0;
 * -1 with errno if it cannot be told, for instance without such a file. */
int	 file_locked(const char *path);
/* The process that a file names in its first line; 0 if there is no such file,
 * -1 if the file cannot be read or names none. */
long	 file_pid(const char *path);
/* The directory of a path, made (0755, one level) when it is missing. */
int	 file_mkparent(const char *path, struct errmsg *);

#endif
