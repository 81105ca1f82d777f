#include "libvirt/dial.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
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
	const char *program;	/* that carries the connection, or NULL */
	const char *instead;
} transport[URI_NTRANSPORT] = {
	[URI_UNIX] = { unix_begin, NULL, NULL, NULL },
	[URI_TCP] = { dial_tcp_begin, dial_tcp_ready, NULL, NULL },
	[URI_TLS] = { dial_tls_begin, dial_tls_ready, "the TLS client", NULL },
	[URI_SSH] = { dial_ssh_begin, NULL, "ssh", NULL },
	[URI_EXT] = { ext_begin, NULL, "the command", NULL },
	[URI_LIBSSH] = { NULL, NULL, NULL, "+ssh" },
	[URI_LIBSSH2] = { NULL, NULL, NULL, "+ssh" },
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

/* Its last words, or an empty text. */
static void
words_text(const struct dial *d, char *text, size_t size)
{
	char raw[DIAL_HEARD + 1];
	size_t n = d->nheard < DIAL_HEARD ? d->nheard : DIAL_HEARD, i;
	const char *line;

	while (n > 0 && strchr(" \r\n", d->heard[n - 1]) != NULL)
		n--;
	for (i = 0; i < n; i++) {
		raw[i] = d->heard[i];
		if (raw[i] == '\0')
			raw[i] = ' ';
	}
	raw[n] = '\0';
	line = telling_line(d, raw);
	(void)escape_ends(text, size, line, strcspn(line, "\r\n"));
}

/* How its process ended, or an empty text. */
static void
end_text(const struct dial *d, char *text, size_t size)
{
	const char *program = transport[d->uri->transport].program;

	text[0] = '\0';
	if (!d->ended || program == NULL)
		return;
	if (WIFSIGNALED(d->status))
		(void)snprintf(text, size, "%s was ended by signal %d",
		    program, WTERMSIG(d->status));
	else
		(void)snprintf(text, size, "%s ended with exit code %d",
		    program, WEXITSTATUS(d->status));
}

bool
dial_said(struct dial *d, char *text, size_t size)
{
	size_t len;

	(void)dial_over(d);
	(void)dial_hear(d);
	end_text(d, text, size);
	len = strlen(text);
	if (d->nheard > 0 && len + 3 < size) {
		if (len > 0)
			len += strlcpy(text + len, ": ", size - len);
		words_text(d, text + len, size - len);
	}
	return text[0] != '\0';
}
