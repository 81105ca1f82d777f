#include "sys/port.h"

#include <poll.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "compat.h"
#include "sys/file.h"
#include "sys/loop.h"
#include "text/escape.h"
#include "text/lines.h"

#define HOSTS_MAX	(1024UL * 1024)	/* bytes of hosts(5) */
#define HOST_TEXT	256		/* bytes of a name, with its NUL */
#define ADDRESS_TEXT	128		/* bytes of an address, with its NUL */

static bool
address_take(struct port *p, const char *host, int port)
{
	if (!tcp_address(&p->addr, host, (unsigned)port))
		return false;
	p->len = p->addr.sa.sa_family == AF_INET ? sizeof(p->addr.in) :
	    sizeof(p->addr.in6);
	return true;
}

/* ADDRESS NAME NAME...: whether the host is one of the names, and the address
 * is one. */
static bool
line_take(struct port *p, struct lines *at, const struct port_target *t)
{
	char address[ADDRESS_TEXT], name[HOST_TEXT];

	lines_cut(at, '#');
	if (!lines_word(at) || !lines_copy(at, address, sizeof(address)))
		return false;
	while (lines_word(at))
		if (lines_copy(at, name, sizeof(name)) &&
		    strcasecmp(name, t->host) == 0)
			return address_take(p, address, t->port);
	return false;
}

static bool
hosts_take(struct port *p, const struct port_target *t)
{
	struct file_read f = { .path = t->hosts, .max = HOSTS_MAX };
	struct errmsg em;
	struct lines at;
	bool found = false;
	size_t len;
	char *text;

	if (file_read(&f, &text, &len, &em) == -1)
		return false;
	lines_begin(&at, text, len);
	while (!found && lines_next(&at))
		found = line_take(p, &at, t);
	free(text);
	return found;
}

int
port_aim(struct port *p, const struct port_target *t, struct errmsg *em)
{
	char shown[HOST_TEXT];

	p->fd = -1;
	if (address_take(p, t->host, t->port) || hosts_take(p, t))
		return 0;
	(void)escape_text(shown, sizeof(shown), t->host, strlen(t->host));
	return errmsg_set(em, 0, "%s is neither an address nor a name in %s",
	    shown, t->hosts);
}

static void
attempt_ready(void *arg, short revents)
{
	struct port *p = arg;
	socklen_t len = sizeof(int);
	int error = -1;

	(void)revents;
	(void)getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	port_close(p);
	p->done(p->arg, error == 0);
}

int
port_open(struct port *p)
{
	port_close(p);
	p->fd = socket(p->addr.sa.sa_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (p->fd == -1)
		return -1;
	if ((connect(p->fd, &p->addr.sa, p->len) == -1 &&
	    errno != EINPROGRESS) ||
	    loop_add(p->loop, p->fd, attempt_ready, p) == -1) {
		(void)close(p->fd);
		p->fd = -1;
		return -1;
	}
	loop_want(p->loop, p->fd, POLLOUT);
	return 0;
}

void
port_close(struct port *p)
{
	if (p->fd == -1)
		return;
	loop_del(p->loop, p->fd);
	(void)close(p->fd);
	p->fd = -1;
}
