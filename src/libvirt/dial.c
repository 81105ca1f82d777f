#include "libvirt/dial.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libvirt/daemon.h"
#include "libvirt/dial_part.h"
#include "text/escape.h"
#include "wire/uri.h"

_Static_assert(URI_SOCKET == sizeof(((struct sockaddr_un *)0)->sun_path),
    "URI_SOCKET");

static int	unix_begin(struct dial *, struct errmsg *);
static int	ext_begin(struct dial *, struct errmsg *);

static const struct {
	int	(*begin)(struct dial *, struct errmsg *);
	int	(*ready)(struct dial *, struct errmsg *);
	const char *instead;
} transport[URI_NTRANSPORT] = {
	[URI_UNIX] = { unix_begin, NULL, NULL },
	[URI_TCP] = { dial_tcp_begin, dial_tcp_ready, NULL },
	[URI_TLS] = { dial_tls_begin, dial_tls_ready, NULL },
	[URI_SSH] = { dial_ssh_begin, NULL, NULL },
	[URI_EXT] = { ext_begin, NULL, NULL },
	[URI_LIBSSH] = { NULL, NULL, "+ssh" },
	[URI_LIBSSH2] = { NULL, NULL, "+ssh" },
};

static int
unix_begin(struct dial *d, struct errmsg *em)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	enum dial_fault fault;

	if (daemon_socket(d->uri, sun.sun_path) == -1)
		return errmsg_set(em, DIAL_NEVER, d->uri->param.socket != NULL ?
		    "socket= is too long" :
		    "no path for the daemon's socket; set XDG_RUNTIME_DIR "
		    "to a short path");
	d->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	if (d->fd == -1)
		return dial_failed(em, "socket");
	/* A unix socket connects at once or not at all. */
	if (connect(d->fd, (struct sockaddr *)&sun, sizeof(sun)) == 0) {
		d->ready = true;
		return 0;
	}
	fault = dial_fault(errno);
	(void)errmsg_path(em, sun.sun_path);
	em->code = (int)fault;
	return -1;
}

bool
dial_wakes(const struct uri *u)
{
	return access("/run/systemd/system", F_OK) == 0 &&
	    daemon_pid(u) == 0;
}

pid_t
dial_daemon(const struct dial *d)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	pid_t pid;

	if (d->uri->transport != URI_UNIX || getsockopt(d->fd, SOL_SOCKET,
	    SO_PEERCRED, &peer, &len) == -1)
		return 0;
	pid = peer.pid == 1 ? daemon_pid(d->uri) : peer.pid;
	return pid > 0 ? pid : 0;
}

static int
ext_begin(struct dial *d, struct errmsg *em)
{
	struct dial_command c = { .n = 0 };

	if (d->uri->param.command == NULL || d->uri->param.command[0] == '\0')
		return errmsg_set(em, DIAL_NEVER,
		    "transport ext needs command= in the URI");
	dial_word(&c, d->uri->param.command);
	d->ready = true;
	return dial_process(d, dial_exec, &c, em);
}

int
dial_begin(struct dial *d, const struct uri *u, struct errmsg *em)
{
	*d = (struct dial){ .uri = u, .fd = -1, .err = -1 };
	if (transport[u->transport].begin == NULL)
		return errmsg_set(em, DIAL_NEVER,
		    "transport %s is unsupported; use %s",
		    uri_transport_name(u->transport),
		    transport[u->transport].instead);
	if (transport[u->transport].begin(d, em) == 0)
		return 0;
	d->ready = false;
	dial_end(d);
	return -1;
}

int
dial_ready(struct dial *d, struct errmsg *em)
{
	return d->ready ? 0 : transport[d->uri->transport].ready(d, em);
}

/* The most useful line of its output: the last one, but openssl prints more
 * after the error. */
static const char *
telling_line(const struct dial *d, const char *raw)
{
	const char *line = NULL;

	if (d->uri->transport == URI_TLS &&
	    (line = strstr(raw, "verify error:")) == NULL)
		line = strstr(raw, "error:");
	if (line == NULL && (line = strrchr(raw, '\n')) != NULL)
		line++;
	return line != NULL ? line : raw;
}

bool
dial_said(const struct dial *d, char *text, size_t size)
{
	char raw[DIAL_COMPLAINT + 1];
	const char *line;
	ssize_t n;

	if (d->err == -1 || (n = lseek(d->err, 0, SEEK_CUR)) <= 0)
		return false;
	n = pread(d->err, raw, n < DIAL_COMPLAINT ? (size_t)n :
	    DIAL_COMPLAINT, 0);
	while (n > 0 && strchr(" \r\n", raw[n - 1]) != NULL)
		n--;
	if (n <= 0)
		return false;
	raw[n] = '\0';
	line = telling_line(d, raw);
	(void)escape_text(text, size, line, strcspn(line, "\r\n"));
	return true;
}
