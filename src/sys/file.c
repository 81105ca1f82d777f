#include "sys/file.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "text/number.h"

#define ASIDE_TRIES	1000
#define READ		4096	/* bytes of the first read */
#define PID_MAX		32	/* bytes of a file that names a process */

bool
file_trusted(const struct stat *st)
{
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return false;
	if ((st->st_mode & S_IWGRP) && st->st_gid != 0)
		return false;
	return (st->st_mode & S_IWOTH) == 0;
}

static int
checked(const struct file_read *f, const struct stat *st, struct errmsg *em)
{
	/* The null device is an empty file. */
	if (S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3))
		return 0;
	if (!S_ISREG(st->st_mode))
		return errmsg_set(em, EINVAL, "%s: not a regular file",
		    f->path);
	if (f->trusted && !file_trusted(st))
		return errmsg_set(em, EPERM,
		    "%s: refused: writable by others than root", f->path);
	if (st->st_size < 0 || (uintmax_t)st->st_size > f->max)
		return errmsg_set(em, EFBIG, "%s: longer than %zu bytes",
		    f->path, f->max);
	return 0;
}

/* Memory for what the file has: its limit may be more than there is. */
static int
read_all(int fd, char **text, size_t max, size_t *len)
{
	size_t size = 0;
	ssize_t n = 1;
	char *p;

	while (n != 0 && *len < max) {
		if (*len == size) {
			size = 2 * size + READ < max ? 2 * size + READ : max;
			if ((p = realloc(*text, size + 1)) == NULL)
				return -1;
			*text = p;
		}
		n = read(fd, *text + *len, size - *len);
		if (n == -1 && errno != EINTR)
			return -1;
		*len += n > 0 ? (size_t)n : 0;
	}
	(*text)[*len] = '\0';
	return 0;
}

int
file_read(const struct file_read *f, char **text, size_t *len,
    struct errmsg *em)
{
	struct stat st;
	int fd, rv = -1;

	*text = NULL;
	*len = 0;
	/* Non-blocking: a FIFO must not block a stop. */
	fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd == -1)
		return errmsg_sys(em, "%s", f->path);
	if (fstat(fd, &st) == -1) {
		(void)errmsg_sys(em, "%s", f->path);
		goto out;
	}
	if (checked(f, &st, em) == -1)
		goto out;
	if (read_all(fd, text, f->max, len) == -1) {
		(void)errmsg_sys(em, "%s", f->path);
		free(*text);
		*text = NULL;
		goto out;
	}
	rv = 0;
out:
	(void)close(fd);
	return rv;
}

static int
write_all(int fd, const char *data, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, data, len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* The directory of path, "." or "/" included. */
static int
parent(const char *path, char *dir, size_t size)
{
	const char *slash = strrchr(path, '/');
	size_t len;

	if (slash == NULL)
		return strlcpy(dir, ".", size) < size ? 0 : -1;
	len = slash == path ? 1 : (size_t)(slash - path);
	if (len >= size)
		return -1;
	memcpy(dir, path, len);
	dir[len] = '\0';
	return 0;
}

/* Put a rename or an unlink on the disk, too. */
static int
parent_sync(const char *path)
{
	char dir[PATH_MAX];
	int fd, rv;

	if (parent(path, dir, sizeof(dir)) == -1) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	rv = fsync(fd);
	/* Some file systems do not support it. */
	if (rv == -1 && (errno == EINVAL || errno == EROFS))
		rv = 0;
	(void)close(fd);
	return rv;
}

bool
file_there(const char *path)
{
	return access(path, F_OK) == 0 ||
	    (errno != ENOENT && errno != ENOTDIR);
}

bool
file_regular(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode);
}

int
file_locked(const char *path)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd, rv;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1)
		return -1;
	rv = fcntl(fd, F_GETLK, &lock);
	(void)close(fd);
	if (rv == -1)
		return -1;
	if (lock.l_type == F_UNLCK)
		return 0;
	return lock.l_pid > 0 ? lock.l_pid : 1;
}

long
file_pid(const char *path)
{
	const struct number_range range = { 1, 1 << 30 };
	struct file_read f = { .path = path, .max = PID_MAX };
	struct errmsg em;
	int64_t pid = -1;
	size_t len;
	char *text;

	if (file_read(&f, &text, &len, &em) == -1)
		return em.code == ENOENT ? 0 : -1;
	text[strcspn(text, "\n")] = '\0';
	(void)number_parse(text, &range, &pid, NULL);
	free(text);
	return (long)pid;
}

int
file_mkparent(const char *path, struct errmsg *em)
{
	char dir[PATH_MAX];

	if (parent(path, dir, sizeof(dir)) == -1) {
		errno = ENAMETOOLONG;
		return errmsg_sys(em, "%s", path);
	}
	if (mkdir(dir, 0755) == -1 && errno != EEXIST)
		return errmsg_sys(em, "%s", dir);
	return 0;
}

static int
temp_write(const char *temp, const void *data, size_t len)
{
	int fd, saved;

	/* Remove the file of a crashed run. */
	(void)unlink(temp);
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd == -1)
		return -1;
	if (write_all(fd, data, len) == -1 || fsync(fd) == -1) {
		saved = errno;
		(void)close(fd);
		errno = saved;
		return -1;
	}
	return close(fd);
}

int
file_replace(const char *path, const void *data, size_t len,
    struct errmsg *em)
{
	char temp[PATH_MAX];
	int n;

	n = snprintf(temp, sizeof(temp), "%s.new", path);
	if (n < 0 || (size_t)n >= sizeof(temp)) {
		errno = ENAMETOOLONG;
		return errmsg_sys(em, "%s", path);
	}
	if (temp_write(temp, data, len) == -1) {
		(void)errmsg_sys(em, "%s", temp);
		(void)unlink(temp);
		return -1;
	}
	if (rename(temp, path) == -1) {
		(void)errmsg_sys(em, "%s", path);
		(void)unlink(temp);
		return -1;
	}
	if (parent_sync(path) == -1)
		return errmsg_sys(em, "%s: directory", path);
	return 0;
}

int
file_remove(const char *path, struct errmsg *em)
{
	if (unlink(path) == -1)
		return errno == ENOENT ? 0 : errmsg_sys(em, "%s", path);
	if (parent_sync(path) == -1)
		return errmsg_sys(em, "%s: directory", path);
	return 0;
}

/* link(2), because rename(2) would replace a file; but some file systems have
 * no links. */
static int
keep(const char *path, const char *kept)
{
	if (link(path, kept) == 0)
		return 0;
	if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
		return -1;
	if (access(kept, F_OK) == 0) {
		errno = EEXIST;
		return -1;
	}
	return rename(path, kept);
}

int
file_aside(const struct file_aside *f, char *kept, size_t size,
    struct errmsg *em)
{
	int i, n;

	for (i = 0; i < ASIDE_TRIES; i++) {
		if (i == 0)
			n = snprintf(kept, size, "%s.%s", f->path, f->suffix);
		else
			n = snprintf(kept, size, "%s.%s.%d", f->path,
			    f->suffix, i);
		if (n < 0 || (size_t)n >= size) {
			errno = ENAMETOOLONG;
			break;
		}
		if (keep(f->path, kept) == 0) {
			(void)parent_sync(kept);
			return 0;
		}
		if (errno != EEXIST)
			break;
	}
	return errmsg_sys(em, "%s: cannot move it aside", f->path);
}
