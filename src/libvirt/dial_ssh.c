#include "libvirt/dial_part.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "libvirt/daemon.h"
#include "wire/uri.h"

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
script_put(struct buf *b, const char *text)
{
	buf_put(b, text, strlen(text));
}

/* The daemon's socket on the other host, by netcat.  Some netcats end with
 * their input only with -q0. */
static void
netcat_put(struct buf *b, const struct uri *u)
{
	struct uri_where w = { .root = 1, .system_dir = DAEMON_DIR };
	const char *nc = u->param.netcat != NULL ? u->param.netcat : "nc";
	char path[URI_SOCKET];
	size_t i;

	script_put(b, "q=; if ");
	quoted_put(b, nc);
	script_put(b, " -q 2>&1 | grep -q 'requires an argument'; "
	    "then q=-q0; fi; ");
	for (i = 0; uri_socket(u, &w, i, path) == 0; i++) {
		script_put(b, "s=");
		quoted_put(b, path);
		script_put(b, "; test -S \"$s\" && exec ");
		quoted_put(b, nc);
		script_put(b, " $q -U \"$s\"; ");
	}
	script_put(b, "echo \"the daemon has no socket $s\" >&2; exit 1");
}

/*
 * How the daemon is reached over there; URI_PROXY_UNSAID with the reason if it
 * cannot be.  virt-ssh-helper knows no socket=, netcat= asks for netcat, and
 * only the helper knows where a user's own daemon has its socket (libvirt,
 * src/remote/remote_driver.c and src/rpc/virnetclient.c; with proxy= libvirt
 * runs the helper without socket=, and netcat with the path of this side).
 */
static enum uri_proxy
proxy_choose(const struct uri *u, struct errmsg *em)
{
	int proxy = u->param.proxy;
	bool path = u->param.socket != NULL || u->param.netcat != NULL;
	bool user = geteuid() != 0 && (strcmp(u->path, "/session") == 0 ||
	    strcmp(u->driver, "test") == 0);

	if (proxy == URI_PROXY_UNSAID)
		proxy = URI_PROXY_AUTO;
	if (proxy == URI_PROXY_AUTO && (path || user))
		proxy = path ? URI_PROXY_NETCAT : URI_PROXY_NATIVE;
	if (proxy == URI_PROXY_NATIVE && path) {
		(void)errmsg_set(em, DIAL_NEVER,
		    "proxy=native excludes netcat= and socket=");
		return URI_PROXY_UNSAID;
	}
	if (proxy == URI_PROXY_NETCAT && user && u->param.socket == NULL) {
		(void)errmsg_set(em, DIAL_NEVER,
		    "netcat needs socket= for a user's daemon");
		return URI_PROXY_UNSAID;
	}
	return (enum uri_proxy)proxy;
}

/* What the shell of the other side is to run, quoted for that shell. */
static int
script_make(struct buf *script, const struct uri *u, enum uri_proxy proxy)
{
	struct buf b;
	bool bad;

	if (buf_init(&b, 512, DIAL_SCRIPT) == -1)
		return -1;
	if (proxy == URI_PROXY_AUTO)
		script_put(&b,
		    "command -v virt-ssh-helper >/dev/null 2>&1 && ");
	if (proxy != URI_PROXY_NETCAT) {
		script_put(&b, "exec virt-ssh-helper ");
		quoted_put(&b, u->remote != NULL ? u->remote : "");
		script_put(&b, "; ");
	}
	if (proxy != URI_PROXY_NATIVE)
		netcat_put(&b, u);
	buf_put(&b, "", 1);
	script_put(script, "sh -c ");
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
	const char	*unasked[3];	/* do not ask for a password */
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
ssh_words(struct dial_command *c, const struct uri *u)
{
	const char *name = u->param.command != NULL ? u->param.command : "ssh";
	const struct ssh *client = ssh_client(name);

	dial_word(c, name);
	dial_words(c, client->fixed);
	if (u->param.no_tty || !isatty(STDIN_FILENO))
		dial_words(c, client->unasked);
	if (u->param.no_verify)
		dial_words(c, client->unverified);
	if (u->port != 0) {
		(void)snprintf(c->port, sizeof(c->port), "%u", u->port);
		dial_option(c, "-p", c->port);
	}
	dial_option(c, "-l", u->user);
	dial_option(c, "-i", u->param.keyfile);
	if (client->end != NULL)
		dial_word(c, client->end);
	dial_word(c, u->host);
}

int
dial_ssh_begin(struct dial *d, struct errmsg *em)
{
	enum uri_proxy proxy = proxy_choose(d->uri, em);
	struct dial_command c = { .n = 0 };
	int rv;

	if (proxy == URI_PROXY_UNSAID)
		return -1;
	ssh_words(&c, d->uri);
	if (buf_init(&c.script, 1024, DIAL_SCRIPT) == -1)
		return errmsg_set(em, DIAL_NEVER, "no memory for a command");
	if (script_make(&c.script, d->uri, proxy) == -1) {
		rv = errmsg_set(em, DIAL_NEVER,
		    "the command for the other host is too long");
	} else {
		dial_word(&c, (const char *)c.script.base);
		d->ready = true;
		rv = dial_process(d, dial_exec, &c, em);
	}
	buf_free(&c.script);
	return rv;
}
