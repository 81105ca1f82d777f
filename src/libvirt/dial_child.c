#include "libvirt/dial_part.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sys/child.h"
#include "wire/uri.h"

#define CANNOT_EXEC	127
#define HEAR_READS	16	/* of 4 KiB, at once */

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

/* A pipe for the standard error of a process; without one the connection is
 * made all the same. */
static void
complaint_open(int p[2])
{
	if (pipe2(p, O_CLOEXEC) == 0) {
		if (fcntl(p[0], F_SETFL, O_NONBLOCK) == 0)
			return;
		(void)close(p[0]);
		(void)close(p[1]);
	}
	p[0] = p[1] = -1;
}

int
dial_process(struct dial *d, dial_child_fn *fn, void *arg, struct errmsg *em)
{
	int pair[2], err[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return dial_failed(em, "socketpair");
	d->fd = pair[0];
	if (fcntl(d->fd, F_SETFL, O_NONBLOCK) == -1) {
		(void)close(pair[1]);
		return dial_failed(em, "socketpair");
	}
	complaint_open(err);
	d->pid = child_fork();
	if (d->pid == 0) {
		/* For the child it is the end that is written. */
		d->err = err[1];
		fn(d, pair[1], arg);
		_exit(CANNOT_EXEC);
	}
	(void)close(pair[1]);
	if (err[1] != -1)
		(void)close(err[1]);
	d->err = err[0];
	if (d->pid == -1) {
		d->pid = 0;
		return dial_failed(em, "fork");
	}
	return 0;
}

/* Keep the last bytes. */
static void
heard_put(struct dial *d, const char *text, size_t n)
{
	size_t old = d->nheard < DIAL_HEARD ? d->nheard : DIAL_HEARD;
	size_t keep = n < DIAL_HEARD ? DIAL_HEARD - n : 0;

	if (keep > old)
		keep = old;
	d->nheard += n;
	if (n > DIAL_HEARD) {
		text += n - DIAL_HEARD;
		n = DIAL_HEARD;
	}
	memmove(d->heard, d->heard + old - keep, keep);
	memcpy(d->heard + keep, text, n);
}

bool
dial_hear(struct dial *d)
{
	char text[4096];
	ssize_t n;
	int i;

	/* A process that never pauses must not hold up the others. */
	for (i = 0; i < HEAR_READS && d->err != -1; i++) {
		n = read(d->err, text, sizeof(text));
		if (n > 0) {
			heard_put(d, text, (size_t)n);
		} else if (n == -1 && errno == EAGAIN) {
			break;
		} else if (n == 0 || errno != EINTR) {
			(void)close(d->err);
			d->err = -1;
		}
	}
	return d->err != -1;
}

bool
dial_over(struct dial *d)
{
	pid_t pid;

	if (d->pid > 0 &&
	    (pid = waitpid(d->pid, &d->status, WNOHANG)) != 0) {
		d->ended = pid == d->pid;
		d->pid = 0;
	}
	/* What it wrote is in the pipe now; a child of its own may hold the
	 * pipe open. */
	if (d->pid == 0)
		(void)dial_hear(d);
	return d->pid == 0;
}

void
dial_exec(const struct dial *d, int fd, void *arg)
{
	const struct dial_command *c = arg;
	const int fds[3] = { fd, fd, d->err };

	/* The end of our terminal must not end a connection. */
	(void)signal(SIGHUP, SIG_IGN);
	child_environment();
	/* The command of +ext, and what ssh runs for a user, may need setuid
	 * programs. */
	if (d->uri->transport == URI_TLS ||
	    (d->uri->transport == URI_SSH && geteuid() == 0))
		child_unprivileged();
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
