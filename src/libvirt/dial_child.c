#include "libvirt/dial_part.h"

#include <sys/mman.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sys/child.h"

#define CANNOT_EXEC	127

enum dial_fault
dial_fault(int error)
{
	static const struct {
		int		 error;
		enum dial_fault	 fault;
	} faults[] = {
		{ ENOENT,	DIAL_ABSENT },	{ ENOTDIR,	DIAL_ABSENT },
		{ ECONNREFUSED,	DIAL_ABSENT },	{ EAGAIN,	DIAL_BUSY },
		{ EINTR,	DIAL_BUSY },	{ EMFILE,	DIAL_BUSY },
		{ ENFILE,	DIAL_BUSY },	{ ENOMEM,	DIAL_BUSY },
		{ ENOBUFS,	DIAL_BUSY },
	};
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i].error == error)
			return faults[i].fault;
	return DIAL_NEVER;
}

int
dial_failed(struct errmsg *em, const char *what)
{
	enum dial_fault fault = dial_fault(errno);

	(void)errmsg_sys(em, "%s", what);
	em->code = (int)fault;
	return -1;
}

/* A file for the standard error of a process: the process never waits for a
 * reader and cannot fill more than DIAL_COMPLAINT bytes. */
static int
complaint_open(void)
{
	int fd = memfd_create("stderr", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd != -1 && (ftruncate(fd, DIAL_COMPLAINT) == -1 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) == -1)) {
		(void)close(fd);
		fd = -1;
	}
	return fd;
}

int
dial_process(struct dial *d, dial_child_fn *fn, void *arg, struct errmsg *em)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return dial_failed(em, "socketpair");
	d->fd = pair[0];
	if (fcntl(d->fd, F_SETFL, O_NONBLOCK) == -1) {
		(void)close(pair[1]);
		return dial_failed(em, "socketpair");
	}
	d->err = complaint_open();
	d->pid = child_fork();
	if (d->pid == 0) {
		fn(d, pair[1], arg);
		_exit(CANNOT_EXEC);
	}
	(void)close(pair[1]);
	if (d->pid == -1) {
		d->pid = 0;
		return dial_failed(em, "fork");
	}
	return 0;
}

void
dial_exec(const struct dial *d, int fd, void *arg)
{
	const struct dial_command *c = arg;
	const int fds[3] = { fd, fd, d->err };

	/* The end of our terminal must not end a connection. */
	(void)signal(SIGHUP, SIG_IGN);
	if (child_descriptors(fds, -1) == 0)
		(void)execvp(c->word[0], c->word);
	(void)dprintf(STDERR_FILENO, "%s: %s\n", c->word[0],
	    strerror(errno));
}

void
dial_word(struct dial_command *c, const char *word)
{
	if (c->n < DIAL_WORDS)
		c->word[c->n++] = child_argument(word);
	c->word[c->n] = NULL;
}

void
dial_option(struct dial_command *c, const char *option, const char *value)
{
	if (value == NULL)
		return;
	dial_word(c, option);
	dial_word(c, value);
}

void
dial_words(struct dial_command *c, const char *const *words)
{
	for (; *words != NULL; words++)
		dial_word(c, *words);
}

void
dial_end(struct dial *d)
{
	if (d->fd != -1 && !d->ready)
		(void)close(d->fd);
	if (d->err != -1)
		(void)close(d->err);
	child_dismiss(d->pid);
	d->fd = d->err = -1;
	d->pid = 0;
	d->ready = false;
}
