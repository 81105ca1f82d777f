#include "libvirt/dial.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "sys/child.h"
#include "sys/file.h"
#include "sys/tcp.h"
#include "text/buf.h"
#include "text/escape.h"
#include "wire/uri.h"

#ifndef TLS_COMMAND
#define TLS_COMMAND	"openssl s_client"
#endif

#define SYSTEM_DIR	"/var/run/libvirt"
#define SOCKET_PATH	sizeof(((struct sockaddr_un *)0)->sun_path)
#define PORT_TCP	16509
#define PORT_TLS	16514
#define WORDS		40		/* of a command */
#define COMPLAINT	2048		/* bytes of standard error */
#define SCRIPT		8192
#define CANNOT_EXEC	127

/* Files of tls. */
enum pki { PKI_CA, PKI_CRL, PKI_CERT, PKI_KEY, NPKI };

/* A command being put together. */
struct command {
	char		*word[WORDS + 1];
	size_t		 n;
	char		 port[16];
	char		 peer[300];	/* host:port */
	char		 tls[128];	/* TLS_COMMAND, cut into words */
	char		 ip[64];
	char		 file[NPKI][PATH_MAX];
	struct buf	 script;	/* for the other side of ssh */
};

static int	unix_begin(struct dial *, struct errmsg *);
static int	tcp_begin(struct dial *, struct errmsg *);
static int	ssh_begin(struct dial *, struct errmsg *);
static int	tls_begin(struct dial *, struct errmsg *);
static int	ext_begin(struct dial *, struct errmsg *);
static int	tcp_ready(struct dial *, struct errmsg *);
static int	tls_ready(struct dial *, struct errmsg *);

static const struct {
	int	(*begin)(struct dial *, struct errmsg *);
	int	(*ready)(struct dial *, struct errmsg *);
	const char *instead;
} transport[URI_NTRANSPORT] = {
	[URI_UNIX] = { unix_begin, NULL, NULL },
	[URI_TCP] = { tcp_begin, tcp_ready, NULL },
	[URI_TLS] = { tls_begin, tls_ready, NULL },
	[URI_SSH] = { ssh_begin, NULL, NULL },
	[URI_EXT] = { ext_begin, NULL, NULL },
	[URI_LIBSSH] = { NULL, NULL, "+ssh" },
	[URI_LIBSSH2] = { NULL, NULL, "+ssh" },
};

/*
 * unix
 */

const char *
dial_user_dir(char *dir, size_t size)
{
	const char *base = getenv("XDG_RUNTIME_DIR"), *tail = "";
	int n;

	if (base == NULL || *base != '/') {
		base = getenv("HOME");
		tail = "/.cache";
	}
	if (base == NULL || *base != '/')
		return NULL;
	n = snprintf(dir, size, "%s%s/libvirt", base, tail);
	return n < 0 || (size_t)n >= size ? NULL : dir;
}

/* The first candidate that exists, else the last, for the message. */
static int
socket_choose(const struct uri *u, char *path, size_t size)
{
	char dir[SOCKET_PATH];
	struct uri_where w = {
		.root = geteuid() == 0,
		.system_dir = SYSTEM_DIR,
		.user_dir = dial_user_dir(dir, sizeof(dir))
	};
	size_t i;

	for (i = 0; uri_socket(u, &w, i, path, size) == 0; i++)
		if (access(path, F_OK) == 0)
			return 0;
	return i == 0 ? -1 : uri_socket(u, &w, i - 1, path, size);
}

static enum dial_fault
fault_of(int error)
{
	switch (error) {
	case ENOENT:
	case ECONNREFUSED:
	case ENOTDIR:
		return DIAL_ABSENT;
	case EAGAIN:
	case EINTR:
		return DIAL_BUSY;
	default:
		return DIAL_NEVER;
	}
}

static int
never(struct errmsg *em, const char *what)
{
	(void)errmsg_sys(em, "%s", what);
	em->code = DIAL_NEVER;
	return -1;
}

static int
unix_begin(struct dial *d, struct errmsg *em)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char shown[4 * sizeof(sun.sun_path)];
	enum dial_fault fault;

	if (socket_choose(d->uri, sun.sun_path, sizeof(sun.sun_path)) == -1)
		return errmsg_set(em, DIAL_NEVER, d->uri->socket != NULL ?
		    "socket= is too long for the path of a socket" :
		    "no path for the daemon's socket (is XDG_RUNTIME_DIR "
		    "set, and short enough?)");
	d->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	if (d->fd == -1)
		return never(em, "socket");
	/* A unix socket connects at once or not at all. */
	if (connect(d->fd, (struct sockaddr *)&sun, sizeof(sun)) == 0) {
		d->ready = true;
		return 0;
	}
	fault = fault_of(errno);
	(void)escape_text(shown, sizeof(shown), sun.sun_path,
	    strlen(sun.sun_path));
	(void)errmsg_sys(em, "%s", shown);
	em->code = (int)fault;
	return -1;
}

/*
 * The process of the daemon whose socket it is, 0 when there is none, -1 when
 * nobody knows.  "virtqemud-sock" is that of virtqemud, "libvirt-sock" of
 * libvirtd; one that runs has locked its pid file (libvirt,
 * src/util/virpidfile.c).
 */
static pid_t
daemon_find(const struct uri *u)
{
	char path[SOCKET_PATH], file[SOCKET_PATH + 8];
	const char *name;
	int locked;

	if (u->transport != URI_UNIX || u->socket != NULL ||
	    geteuid() != 0 ||
	    socket_choose(u, path, sizeof(path)) == -1 ||
	    access(path, F_OK) == -1)
		return -1;
	name = strrchr(path, '/') + 1;
	(void)snprintf(file, sizeof(file), "/run/%.*s%s.pid",
	    (int)strcspn(name, "-"), name, *name == 'l' ? "d" : "");
	locked = file_locked(file);
	return locked == -1 && errno == ENOENT ? 0 : locked;
}

bool
dial_wakes(const struct uri *u)
{
	return access("/run/systemd/system", F_OK) == 0 &&
	    daemon_find(u) == 0;
}

/* Who listens; of the sockets that systemd listens at, who has them from it. */
pid_t
dial_daemon(const struct dial *d)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	pid_t pid;

	if (d->uri->transport != URI_UNIX || getsockopt(d->fd, SOL_SOCKET,
	    SO_PEERCRED, &peer, &len) == -1)
		return 0;
	pid = peer.pid == 1 ? daemon_find(d->uri) : peer.pid;
	return pid > 0 ? pid : 0;
}

/*
 * A process at the other end.
 */

/* A place for what it complains of: it never waits for a reader, and cannot
 * fill more than that. */
static int
complaint_open(void)
{
	int fd = memfd_create("stderr", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd != -1 && (ftruncate(fd, COMPLAINT) == -1 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) == -1)) {
		(void)close(fd);
		fd = -1;
	}
	return fd;
}

typedef void	 child_fn(const struct dial *, int fd, void *arg);

/* Have fn run in a child at the other end of d->fd. */
static int
process_begin(struct dial *d, child_fn *fn, void *arg, struct errmsg *em)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return never(em, "socketpair");
	d->fd = pair[0];
	if (fcntl(d->fd, F_SETFL, O_NONBLOCK) == -1) {
		(void)close(pair[1]);
		return never(em, "socketpair");
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
		return never(em, "fork");
	}
	return 0;
}

static void
child_exec(const struct dial *d, int fd, void *arg)
{
	const struct command *c = arg;
	const int fds[3] = { fd, fd, d->err };

	if (child_descriptors(fds, -1) == 0)
		(void)execvp(c->word[0], c->word);
	(void)dprintf(STDERR_FILENO, "%s: %s\n", c->word[0],
	    strerror(errno));
}

static void
word_add(struct command *c, const char *word)
{
	if (c->n < WORDS)
		c->word[c->n++] = child_argument(word);
	c->word[c->n] = NULL;
}

static void
option_add(struct command *c, const char *option, const char *value)
{
	if (value == NULL)
		return;
	word_add(c, option);
	word_add(c, value);
}

/*
 * ext
 */

static int
ext_begin(struct dial *d, struct errmsg *em)
{
	struct command c = { .n = 0 };

	if (d->uri->command == NULL || d->uri->command[0] == '\0')
		return errmsg_set(em, DIAL_NEVER,
		    "transport ext: no command= in the URI");
	word_add(&c, d->uri->command);
	d->ready = true;
	return process_begin(d, child_exec, &c, em);
}

/*
 * ssh
 */

/* Between quotes for a shell. */
static void
quoted_put(struct buf *b, const char *text)
{
	static const char quote[] = "'\\''";

	buf_put(b, "'", 1);
	for (; *text != '\0'; text++)
		if (*text == '\'')
			buf_put(b, quote, sizeof(quote) - 1);
		else
			buf_put(b, text, 1);
	buf_put(b, "'", 1);
}

static void
text_put(struct buf *b, const char *text)
{
	buf_put(b, text, strlen(text));
}

/* The daemon's socket over there, by netcat: one that ends when its input
 * does where it has to be told so. */
static void
netcat_put(struct buf *b, const struct uri *u)
{
	struct uri_where w = { .root = 1, .system_dir = SYSTEM_DIR };
	const char *nc = u->netcat != NULL ? u->netcat : "nc";
	char path[SOCKET_PATH];
	size_t i;

	text_put(b, "q=; if ");
	quoted_put(b, nc);
	text_put(b, " -q 2>&1 | grep -q 'requires an argument'; "
	    "then q=-q0; fi; ");
	for (i = 0; uri_socket(u, &w, i, path, sizeof(path)) == 0; i++) {
		text_put(b, "s=");
		quoted_put(b, path);
		text_put(b, "; test -S \"$s\" && exec ");
		quoted_put(b, nc);
		text_put(b, " $q -U \"$s\"; ");
	}
	text_put(b, "echo \"no socket of a daemon: $s\" >&2; exit 1");
}

/*
 * What is to be run over there: auto, netcat, native, or NULL with the reason.
 * virt-ssh-helper knows no socket=, netcat= asks for netcat, and where a
 * user's own daemon has its socket over there only the helper knows (libvirt,
 * src/remote/remote_driver.c and src/rpc/virnetclient.c; there the helper goes
 * without socket= where proxy= is given, and netcat to the path that would be
 * right here).
 */
static const char *
proxy_choose(const struct uri *u, struct errmsg *em)
{
	const char *proxy = u->proxy != NULL ? u->proxy : "auto";
	bool path = u->socket != NULL || u->netcat != NULL;
	bool user = geteuid() != 0 && (strcmp(u->path, "/session") == 0 ||
	    strcmp(u->driver, "test") == 0);

	if (strcmp(proxy, "auto") == 0 && (path || user))
		proxy = path ? "netcat" : "native";
	if (strcmp(proxy, "native") == 0 && path) {
		(void)errmsg_set(em, DIAL_NEVER,
		    "proxy=native takes no netcat= and no socket=");
		return NULL;
	}
	if (strcmp(proxy, "netcat") == 0 && user && u->socket == NULL) {
		(void)errmsg_set(em, DIAL_NEVER,
		    "netcat needs socket= for the daemon of a user");
		return NULL;
	}
	return proxy;
}

/* What the shell of the other side is to run, quoted for that shell. */
static int
script_make(struct buf *script, const struct uri *u, const char *proxy)
{
	struct buf b;
	bool bad;

	if (buf_init(&b, 512, SCRIPT) == -1)
		return -1;
	if (strcmp(proxy, "auto") == 0)
		text_put(&b, "command -v virt-ssh-helper >/dev/null 2>&1 && ");
	if (strcmp(proxy, "netcat") != 0) {
		text_put(&b, "exec virt-ssh-helper ");
		quoted_put(&b, u->remote != NULL ? u->remote : "");
		text_put(&b, "; ");
	}
	if (strcmp(proxy, "native") != 0)
		netcat_put(&b, u);
	buf_put(&b, "", 1);
	text_put(script, "sh -c ");
	if (!b.bad)
		quoted_put(script, (const char *)b.base);
	buf_put(script, "", 1);
	bad = b.bad || script->bad;
	buf_free(&b);
	return bad ? -1 : 0;
}

/* Clients differ in what they know. */
static const struct ssh {
	const char	*name;		/* in that of the program */
	const char	*fixed[4];
	const char	*unasked[3];	/* ask nobody for a password */
	const char	*unverified[3];	/* any host key will do */
	const char	*end;		/* of the options */
} clients[] = {
	{ "dropbear", { "-T" }, { NULL }, { "-y", "-y" }, NULL },
	{ "dbclient", { "-T" }, { NULL }, { "-y", "-y" }, NULL },
	{ "", { "-T", "-e", "none" }, { "-o", "BatchMode=yes" },
	    { "-o", "StrictHostKeyChecking=no" }, "--" },
};

/* Where a command would be found. */
static void
command_find(const char *name, char path[PATH_MAX])
{
	const char *dirs = getenv("PATH");
	size_t len;
	int n;

	(void)strlcpy(path, name, PATH_MAX);
	if (strchr(name, '/') != NULL)
		return;
	for (; dirs != NULL && *dirs != '\0';
	    dirs += len + (dirs[len] == ':')) {
		len = strcspn(dirs, ":");
		n = snprintf(path, PATH_MAX, "%.*s/%s", (int)len, dirs, name);
		if (n > 0 && n < PATH_MAX && access(path, X_OK) == 0)
			return;
	}
	(void)strlcpy(path, name, PATH_MAX);
}

/* Which client that is; small systems have ssh as a link to another one. */
static const struct ssh *
ssh_client(const char *name)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *base;
	ssize_t n;
	size_t i = 0;

	command_find(name, path);
	if ((n = readlink(path, target, sizeof(target) - 1)) > 0) {
		target[n] = '\0';
		(void)strlcpy(path, target, sizeof(path));
	}
	base = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
	while (strstr(base, clients[i].name) == NULL)
		i++;
	return &clients[i];
}

static void
words_add(struct command *c, const char *const *words)
{
	for (; *words != NULL; words++)
		word_add(c, *words);
}

static void
ssh_words(struct command *c, const struct uri *u)
{
	const char *name = u->command != NULL ? u->command : "ssh";
	const struct ssh *client = ssh_client(name);

	word_add(c, name);
	words_add(c, client->fixed);
	if (uri_yes(u->no_tty) || !isatty(STDIN_FILENO))
		words_add(c, client->unasked);
	if (uri_yes(u->no_verify))
		words_add(c, client->unverified);
	if (u->port != 0) {
		(void)snprintf(c->port, sizeof(c->port), "%u", u->port);
		option_add(c, "-p", c->port);
	}
	option_add(c, "-l", u->user);
	option_add(c, "-i", u->keyfile);
	if (client->end != NULL)
		word_add(c, client->end);
	word_add(c, u->host);
}

static int
ssh_begin(struct dial *d, struct errmsg *em)
{
	const char *proxy = proxy_choose(d->uri, em);
	struct command c = { .n = 0 };
	int rv;

	if (proxy == NULL)
		return -1;
	ssh_words(&c, d->uri);
	if (buf_init(&c.script, 1024, SCRIPT) == -1)
		return errmsg_set(em, DIAL_NEVER, "no memory for a command");
	if (script_make(&c.script, d->uri, proxy) == -1) {
		rv = errmsg_set(em, DIAL_NEVER, "too long for a command");
	} else {
		word_add(&c, (const char *)c.script.base);
		d->ready = true;
		rv = process_begin(d, child_exec, &c, em);
	}
	buf_free(&c.script);
	return rv;
}

/*
 * tls
 */

/* Where libvirt looks for certificates: https://libvirt.org/tlscerts.html */
static const struct {
	const char	*system;
	const char	*name;		/* in pkipath= and ~/.pki/libvirt */
	size_t		 n;		/* that come from one place */
} pki[NPKI] = {
	[PKI_CA] = { "/etc/pki/CA/cacert.pem", "cacert.pem", 1 },
	[PKI_CRL] = { "/etc/pki/CA/cacrl.pem", "cacrl.pem", 1 },
	[PKI_CERT] = { "/etc/pki/libvirt/clientcert.pem", "clientcert.pem",
	    2 },
	[PKI_KEY] = { "/etc/pki/libvirt/private/clientkey.pem",
	    "clientkey.pem", 1 },
};

/* What the URI says, else the user's own where they are, else the system's
 * (libvirt, src/rpc/virnettlscontext.c). */
static void
pki_find(struct command *c, const struct uri *u, size_t row)
{
	const char *dir = u->pkipath, *tail = "";
	size_t i, end = row + pki[row].n;

	if (dir == NULL && geteuid() != 0) {
		dir = getenv("HOME");
		tail = "/.pki/libvirt";
	}
	for (i = row; dir != NULL && i < end; i++) {
		(void)snprintf(c->file[i], PATH_MAX, "%s%s/%s", dir, tail,
		    pki[i].name);
		if (u->pkipath == NULL && access(c->file[i], F_OK) == -1)
			dir = NULL;
	}
	for (i = row; dir == NULL && i < end; i++)
		(void)strlcpy(c->file[i], pki[i].system, PATH_MAX);
}

/* The authority has to be there, and what it revoked is obeyed where it is; a
 * certificate of ours is the daemon's business. */
static int
pki_add(struct command *c, const struct uri *u, struct errmsg *em)
{
	bool verify = !uri_yes(u->no_verify);
	char shown[PATH_MAX];
	size_t i;

	if (u->pkipath != NULL && strlen(u->pkipath) > PATH_MAX - 32)
		return errmsg_set(em, DIAL_NEVER, "pkipath= is too long");
	for (i = 0; i < NPKI; i += pki[i].n)
		pki_find(c, u, i);
	if (access(c->file[PKI_CA], R_OK) == 0) {
		option_add(c, "-CAfile", c->file[PKI_CA]);
	} else if (verify) {
		(void)escape_text(shown, sizeof(shown), c->file[PKI_CA],
		    strlen(c->file[PKI_CA]));
		return never(em, shown);
	}
	if (verify && access(c->file[PKI_CRL], F_OK) == 0) {
		option_add(c, "-CRL", c->file[PKI_CRL]);
		word_add(c, "-crl_check");
	}
	if (access(c->file[PKI_CERT], R_OK) == 0 &&
	    access(c->file[PKI_KEY], R_OK) == 0) {
		option_add(c, "-cert", c->file[PKI_CERT]);
		option_add(c, "-key", c->file[PKI_KEY]);
	}
	return 0;
}

static void
tls_words(struct command *c, const struct uri *u)
{
	static const char *const fixed[] = { "-quiet", "-nocommands", NULL };
	bool six = strchr(u->host, ':') != NULL, address;
	union tcp_address a;
	char *p, *word;

	address = tcp_address(&a, u->host, 0);
	(void)strlcpy(c->tls, TLS_COMMAND, sizeof(c->tls));
	for (p = c->tls; (word = strsep(&p, " ")) != NULL; )
		if (*word != '\0')
			word_add(c, word);
	words_add(c, fixed);
	/* The zone of an address is this side's. */
	(void)strlcpy(c->ip, u->host, sizeof(c->ip));
	c->ip[strcspn(c->ip, "%")] = '\0';
	if (!uri_yes(u->no_verify)) {
		word_add(c, "-verify_return_error");
		option_add(c, address ? "-verify_ip" : "-verify_hostname",
		    address ? c->ip : u->host);
	}
	if (!address)
		option_add(c, "-servername", u->host);
	(void)snprintf(c->peer, sizeof(c->peer), "%s%s%s:%u", six ? "[" : "",
	    u->host, six ? "]" : "", u->port != 0 ? u->port : PORT_TLS);
	option_add(c, "-connect", c->peer);
}

/* Hosts that libvirt's library asks by protocols of theirs. */
static bool
driver_has_daemon(const char *driver)
{
	static const char *const none[] = { "esx", "gsx", "hyperv", "vpx" };
	size_t i;

	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (strcmp(driver, none[i]) == 0)
			return false;
	return true;
}

static int
tls_begin(struct dial *d, struct errmsg *em)
{
	struct command c = { .n = 0 };

	if (!driver_has_daemon(d->uri->driver))
		return errmsg_set(em, DIAL_NEVER, "driver %s has no daemon, "
		    "and is not spoken here", d->uri->driver);
	tls_words(&c, d->uri);
	if (pki_add(&c, d->uri, em) == -1)
		return -1;
	return process_begin(d, child_exec, &c, em);
}

static int
tls_ready(struct dial *d, struct errmsg *em)
{
	unsigned char byte;
	ssize_t n;

	do
		n = read(d->fd, &byte, 1);
	while (n == -1 && errno == EINTR);
	if (n == -1 && errno == EAGAIN)
		return 0;
	if (n == 1 && byte == 1) {
		d->ready = true;
		return 0;
	}
	return errmsg_set(em, DIAL_ABSENT, n == 1 ?
	    "the daemon does not take our certificate" :
	    "no TLS connection, or our certificate is not taken");
}

/*
 * tcp
 */

static void
child_tcp(const struct dial *d, int fd, void *arg)
{
	const int fds[3] = { -1, fd, d->err };
	union {
		struct cmsghdr	 h;
		char		 space[CMSG_SPACE(sizeof(int))];
	} u = { .h = { .cmsg_len = 0 } };
	char byte = 1;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = u.space, .msg_controllen = sizeof(u.space) };
	int s;

	(void)arg;
	if (child_descriptors(fds, -1) == -1 ||
	    (s = tcp_connect(d->uri->host, d->uri->port != 0 ? d->uri->port :
	    PORT_TCP, d->uri->patience * 1000)) == -1)
		return;
	u.h.cmsg_len = CMSG_LEN(sizeof(int));
	u.h.cmsg_level = SOL_SOCKET;
	u.h.cmsg_type = SCM_RIGHTS;
	memcpy(CMSG_DATA(&u.h), &s, sizeof(s));
	(void)sendmsg(STDOUT_FILENO, &m, MSG_NOSIGNAL);
}

static int
tcp_begin(struct dial *d, struct errmsg *em)
{
	return process_begin(d, child_tcp, NULL, em);
}

static int
tcp_ready(struct dial *d, struct errmsg *em)
{
	union {
		struct cmsghdr	 h;
		char		 space[CMSG_SPACE(sizeof(int))];
	} u;
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = u.space, .msg_controllen = sizeof(u.space) };
	ssize_t n;
	int s;

	do
		n = recvmsg(d->fd, &m, MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == EINTR);
	if (n == -1 && errno == EAGAIN)
		return 0;
	if (n != 1 || m.msg_controllen < CMSG_LEN(sizeof(int)) ||
	    u.h.cmsg_type != SCM_RIGHTS)
		return errmsg_set(em, DIAL_ABSENT, "no connection");
	memcpy(&s, CMSG_DATA(&u.h), sizeof(s));
	/* It has done what it was there for, and will not be long. */
	(void)kill(d->pid, SIGKILL);
	while (waitpid(d->pid, NULL, 0) == -1 && errno == EINTR)
		continue;
	d->pid = 0;
	dial_end(d);
	d->fd = s;
	if (fcntl(s, F_SETFL, O_NONBLOCK) == -1)
		return never(em, "fcntl");
	d->ready = true;
	return 0;
}

/*
 * Any of them.
 */

int
dial_begin(struct dial *d, const struct uri *u, struct errmsg *em)
{
	*d = (struct dial){ .uri = u, .fd = -1, .err = -1 };
	if (transport[u->transport].begin == NULL)
		return errmsg_set(em, DIAL_NEVER,
		    "transport %s is not spoken; %s is",
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

/* Of what it wrote the line that tells most: the last, but openssl is given to
 * afterthoughts. */
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
	char raw[COMPLAINT + 1];
	const char *line;
	ssize_t n;

	if (d->err == -1 || (n = lseek(d->err, 0, SEEK_CUR)) <= 0)
		return false;
	n = pread(d->err, raw, n < COMPLAINT ? (size_t)n : COMPLAINT, 0);
	while (n > 0 && strchr(" \r\n", raw[n - 1]) != NULL)
		n--;
	if (n <= 0)
		return false;
	raw[n] = '\0';
	line = telling_line(d, raw);
	(void)escape_text(text, size, line, strcspn(line, "\r\n"));
	return true;
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
