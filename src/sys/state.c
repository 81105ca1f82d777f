#include "sys/state.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/file.h"
#include "text/buf.h"

#define LIST_MAX	(4UL * 1024 * 1024)
#define PID_TEXT	24

static int
path_make(char path[4096], const char *dir, const char *name)
{
	int n = snprintf(path, 4096, "%s/%s", dir, name);

	return n < 0 || n >= 4096 ? -1 : 0;
}

int
state_init(struct state *st, const char *state_dir, const char *run_dir,
    struct errmsg *em)
{
	memset(st, 0, sizeof(*st));
	st->lockfd = st->journal.fd = -1;
	if (path_make(st->list_path, state_dir, "libvirt-guests") == -1 ||
	    path_make(st->nets_path, state_dir, "libvirt-net.state") == -1 ||
	    path_make(st->mark_path, run_dir, "lock/libvirt-guests") == -1 ||
	    path_make(st->lock_path, run_dir, "libvirt-guests.lock") == -1 ||
	    path_make(st->journal_path, run_dir,
	    "libvirt-guests.journal") == -1 ||
	    path_make(st->socket_path, run_dir, "libvirt-guests.sock") == -1)
		return errmsg_set(em, ENAMETOOLONG,
		    "STATE_DIR or RUN_DIR is too long");
	return 0;
}

int
state_theirs(struct state *st, const char *state_dir, const char *name,
    struct errmsg *em)
{
	if (name != NULL &&
	    path_make(st->theirs_path, state_dir, name) == -1)
		return errmsg_set(em, ENAMETOOLONG, "STATE_DIR is too long");
	return 0;
}

void
state_free(struct state *st)
{
	journal_close(&st->journal);
	if (st->lockfd != -1) {
		/* A child that has not called execve(2) yet holds it, too. */
		(void)flock(st->lockfd, LOCK_UN);
		(void)close(st->lockfd);
	}
	st->lockfd = -1;
}

/* Write our number into the lock, for messages of other runs.  A file that has
 * another name too is not ours to change. */
static void
owner_write(int fd)
{
	char text[PID_TEXT];
	struct stat sb;
	ssize_t done = 0;
	int n;

	n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	if (fstat(fd, &sb) == 0 && S_ISREG(sb.st_mode) && sb.st_nlink == 1 &&
	    ftruncate(fd, 0) == 0)
		done = pwrite(fd, text, (size_t)n, 0);
	(void)done;
}

int
state_lock(struct state *st, int *pid, struct errmsg *em)
{

	*pid = 0;
	if (st->lockfd == -1)
		st->lockfd = open(st->lock_path,
		    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (st->lockfd == -1)
		return errmsg_sys(em, "%s", st->lock_path);
	/* The kernel releases it when its owner dies. */
	if (flock(st->lockfd, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return errmsg_sys(em, "%s", st->lock_path);
		if ((*pid = (int)file_pid(st->lock_path)) == -1)
			*pid = 0;
		return 1;
	}
	owner_write(st->lockfd);
	return 0;
}

bool
state_listed(const struct state *st)
{
	return file_there(st->list_path) ||
	    (*st->theirs_path != '\0' && file_there(st->theirs_path));
}

/* Add the entries of a file to a list; the number of errors, or -1. */
static int
list_read(const char *path, struct list *l, const struct state_findings *sf,
    struct errmsg *em)
{
	/* A URI can name a program that is run. */
	struct file_read f = { .path = path, .max = LIST_MAX,
	    .trusted = true };
	struct list_source src = { .file = path };
	char *text;
	int n;

	if (file_read(&f, &text, &src.len, em) == -1)
		return -1;
	src.text = text;
	n = list_parse(l, &src, sf->fn, sf->arg);
	free(text);
	return n != -1 ? n : errmsg_set(em, ENOMEM, "%s: no memory", path);
}

/* A list that cannot be read stays where it is. */
static void
theirs_load(struct state *st, struct list *l, const struct state_findings *sf)
{
	struct errmsg em;
	int n;

	if (*st->theirs_path == '\0')
		return;
	n = list_read(st->theirs_path, l, sf, &em);
	st->theirs = n != -1;
	st->theirs_broken = n > 0 || (n == -1 && em.code != ENOENT);
	if (n == -1 && st->theirs_broken && sf->fn != NULL)
		sf->fn(sf->arg, FINDING_ERROR, em.text);
}

int
state_load(struct state *st, struct list *l, const struct state_findings *sf,
    struct errmsg *em)
{
	int n = list_read(st->list_path, l, sf, em);

	st->broken = n > 0 || (n == -1 && em->code != ENOENT);
	if (n == -1 && st->broken)
		return -1;
	theirs_load(st, l, sf);
	return 0;
}

static int
aside_keep(const char *path, char kept[STATE_KEPT], struct errmsg *em)
{
	struct file_aside aside = { .path = path, .suffix = "broken" };

	if (file_aside(&aside, kept, STATE_KEPT, em) == 0)
		return 0;
	*kept = '\0';
	/* It was removed meanwhile: nothing to keep. */
	return em->code == ENOENT ? 0 : -1;
}

/* Remove their list: ours has its entries.  A broken list is kept. */
static int
theirs_remove(struct state *st, struct errmsg *em)
{
	char kept[STATE_KEPT];

	if (!st->theirs)
		return 0;
	if (st->theirs_broken &&
	    aside_keep(st->theirs_path, kept, em) == -1)
		return -1;
	if (file_remove(st->theirs_path, em) == -1)
		return -1;
	st->theirs = false;
	return 0;
}

static int
list_write(const char *path, const struct list *l,
    void (*format)(const struct list *, struct buf *), struct errmsg *em)
{
	struct buf b;
	int rv;

	if (list_count(l) == 0)
		return file_remove(path, em);
	if (buf_init(&b, 4096, LIST_MAX) == -1)
		return errmsg_sys(em, "%s", path);
	(void)file_mkparent(path, em);
	format(l, &b);
	if (b.bad)
		rv = errmsg_set(em, EFBIG, "%s: too many guests", path);
	else
		rv = file_replace(path, b.base, b.len, em);
	buf_free(&b);
	return rv;
}

int
state_save(struct state *st, const struct list *l, char kept[STATE_KEPT],
    struct errmsg *em)
{
	*kept = '\0';
	/* Once in a run: later lists are our own. */
	if (st->broken && !st->kept &&
	    aside_keep(st->list_path, kept, em) == -1)
		return -1;
	st->kept = st->broken;
	if (list_write(st->list_path, l, list_format, em) == -1)
		return -1;
	return theirs_remove(st, em);
}

bool
state_nets_listed(const struct state *st)
{
	return file_there(st->nets_path);
}

int
state_nets_load(struct state *st, struct list *l,
    const struct state_findings *sf, struct errmsg *em)
{
	int n = list_read(st->nets_path, l, sf, em);

	st->nets_broken = n > 0;
	return n == -1 && em->code != ENOENT ? -1 : 0;
}

int
state_nets_save(struct state *st, const struct list *l,
    char kept[STATE_KEPT], struct errmsg *em)
{
	*kept = '\0';
	if (st->nets_broken && aside_keep(st->nets_path, kept, em) == -1)
		return -1;
	st->nets_broken = false;
	return list_write(st->nets_path, l, list_format_lines, em);
}

/* Whether the mark is ours: others can write in RUN_DIR/lock, and could link a
 * file of root there. */
static bool
mark_ours(const char *path, bool *there)
{
	char dir[4096];
	struct stat st;

	*there = lstat(path, &st) == 0;
	if (!*there || !S_ISREG(st.st_mode) || st.st_nlink != 1 ||
	    !file_trusted(&st))
		return false;
	(void)snprintf(dir, sizeof(dir), "%.*s",
	    (int)(strrchr(path, '/') - path), path);
	return stat(dir, &st) == 0 &&
	    (st.st_uid == 0 || st.st_uid == geteuid());
}

bool
state_started(const struct state *st)
{
	bool there;

	return mark_ours(st->mark_path, &there);
}

int
state_mark(const struct state *st, bool started, struct errmsg *em)
{
	bool there;
	int fd;

	if (!started)
		return file_remove(st->mark_path, em);
	if (file_mkparent(st->mark_path, em) == -1)
		return -1;
	if (mark_ours(st->mark_path, &there))
		return 0;
	if (there && unlink(st->mark_path) == -1)
		return errmsg_sys(em, "%s", st->mark_path);
	fd = open(st->mark_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0644);
	if (fd == -1)
		return errmsg_sys(em, "%s", st->mark_path);
	(void)close(fd);
	return 0;
}
