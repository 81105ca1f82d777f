#include "wire/uri.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "compat.h"
#include "text/escape.h"

#define DRIVER_MAX	32
#define HOST_MAX	255

static const char *const transports[URI_NTRANSPORT] = {
	[URI_UNIX]	= "unix",
	[URI_TCP]	= "tcp",
	[URI_TLS]	= "tls",
	[URI_SSH]	= "ssh",
	[URI_LIBSSH]	= "libssh",
	[URI_LIBSSH2]	= "libssh2",
	[URI_EXT]	= "ext",
};

/* Daemons to look for when the URI names no driver. */
static const char *const probed[] = {
	"xen", "qemu", "lxc", "vbox", "bhyve", "vz"
};
#define NPROBED	(sizeof(probed) / sizeof(probed[0]))

/* Drivers that live in libvirtd alone. */
static const char *const undaemoned[] = { "test" };

/* A stretch of the text. */
struct span {
	const char	*p;
	size_t		 n;
};

struct parse {
	struct uri	*u;
	struct errmsg	*em;
	const char	*p;		/* the next byte */
	int		 explicit;	/* the transport was named */
	char		*name;		/* name=, owned */
	char		*kept;		/* parameters of the daemon, owned */
	struct span	 fragment;	/* with its # */
};

/* Parameters of the client's; all others are the daemon's and passed on. */
enum param_kind { PARAM_CLIENT, PARAM_NAME, PARAM_KEPT };

static const struct {
	const char	*name;
	enum param_kind	 kind;
	size_t		 offset;	/* of a kept one's text */
} params[] = {
	{ "name",	 PARAM_NAME, 0 },
	{ "command",	 PARAM_KEPT, offsetof(struct uri, command) },
	{ "socket",	 PARAM_KEPT, offsetof(struct uri, socket) },
	{ "auth",	 PARAM_CLIENT, 0 },
	{ "netcat",	 PARAM_KEPT, offsetof(struct uri, netcat) },
	{ "keyfile",	 PARAM_KEPT, offsetof(struct uri, keyfile) },
	{ "pkipath",	 PARAM_KEPT, offsetof(struct uri, pkipath) },
	{ "known_hosts", PARAM_CLIENT, 0 },
	{ "no_verify",	 PARAM_KEPT, offsetof(struct uri, no_verify) },
	{ "no_tty",	 PARAM_KEPT, offsetof(struct uri, no_tty) },
	{ "mode",	 PARAM_KEPT, offsetof(struct uri, mode) },
	{ "proxy",	 PARAM_KEPT, offsetof(struct uri, proxy) },
};
#define NPARAMS	(sizeof(params) / sizeof(params[0]))

/* Those that take one word of a few. */
static const struct {
	const char	*name;
	size_t		 offset;
	const char	*words[4];
	const char	*list;
} choices[] = {
	{ "mode", offsetof(struct uri, mode), { "auto", "direct", "legacy" },
	    "auto direct legacy" },
	{ "proxy", offsetof(struct uri, proxy), { "auto", "netcat",
	    "native" }, "auto netcat native" },
};

static int	 fail(const struct parse *, const char *, ...)
		    __attribute__((__format__(__printf__, 2, 3)));

/* Say what is wrong with it, behind as much of the URI as is sensible. */
static int
fail(const struct parse *ps, const char *fmt, ...)
{
	char uri[128], why[128];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	(void)escape_text(uri, sizeof(uri), ps->u->text,
	    strlen(ps->u->text));
	return errmsg_set(ps->em, EINVAL, "%s: %s", uri, why);
}

static int
no_memory(const struct parse *ps)
{
	return errmsg_set(ps->em, ENOMEM, "no memory for a URI");
}

static int
is_control(unsigned char c)
{
	return c < ' ' || c == 0x7f;
}

static int
hex_value(char c)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const char *p;

	if (c == '\0' || (p = strchr(digits, c)) == NULL)
		return -1;
	return (int)(p - digits) < 16 ? (int)(p - digits) :
	    (int)(p - digits) - 6;
}

/* The byte at *p, percent-decoded; -1 when that cannot be. */
static int
byte_decode(const char **p, const char *end)
{
	int high, low;

	if (**p != '%')
		return (unsigned char)*(*p)++;
	if (end - *p < 3 || (high = hex_value((*p)[1])) == -1 ||
	    (low = hex_value((*p)[2])) == -1)
		return -1;
	*p += 3;
	return high << 4 | low;
}

/* A percent-decoded copy in *out, in place of what was there. */
static int
decode(const struct parse *ps, const struct span *s, char **out)
{
	const char *p = s->p, *end = s->p + s->n;
	char *text;
	size_t n = 0;
	int c;

	if ((text = malloc(s->n + 1)) == NULL)
		return no_memory(ps);
	while (p < end) {
		if ((c = byte_decode(&p, end)) == -1) {
			free(text);
			return fail(ps, "bad percent-encoding");
		}
		if (is_control((unsigned char)c)) {
			free(text);
			return fail(ps, "control byte in percent-encoding");
		}
		text[n++] = (char)c;
	}
	text[n] = '\0';
	free(*out);
	*out = text;
	return 0;
}

/* Whether it could be decoded; what it says does not matter here. */
static int
decode_check(const struct parse *ps, const struct span *s)
{
	char *text = NULL;
	int ret = decode(ps, s, &text);

	free(text);
	return ret;
}

static int
copy(const struct parse *ps, const struct span *s, char **out)
{
	if ((*out = strndup(s->p, s->n)) == NULL)
		return no_memory(ps);
	return 0;
}

static int
text_check(const struct parse *ps)
{
	const char *p = ps->u->text;

	for (; *p != '\0'; p++) {
		if (is_control((unsigned char)*p))
			return fail(ps, "control byte");
		if (*p == ' ')
			return fail(ps, "blank in a URI");
	}
	return 0;
}

/* [a-z][a-z0-9]* */
static int
driver_is_good(const struct span *s)
{
	size_t i;

	if (s->n == 0 || s->n > DRIVER_MAX)
		return 0;
	for (i = 0; i < s->n; i++)
		if (!(s->p[i] >= 'a' && s->p[i] <= 'z') &&
		    !(i > 0 && s->p[i] >= '0' && s->p[i] <= '9'))
			return 0;
	return 1;
}

static int
transport_take(struct parse *ps, const struct span *s)
{
	char name[32];
	unsigned i;

	for (i = 0; i < URI_NTRANSPORT; i++)
		if (strlen(transports[i]) == s->n &&
		    strncasecmp(transports[i], s->p, s->n) == 0) {
			ps->u->transport = (enum uri_transport)i;
			ps->explicit = 1;
			return 0;
		}
	(void)escape_text(name, sizeof(name), s->p, s->n);
	return fail(ps, "unknown transport \"%s\" (unix tcp tls ssh libssh "
	    "libssh2 ext)", name);
}

/* driver[+transport]:// */
static int
scheme_take(struct parse *ps)
{
	const char *sep = strstr(ps->p, "://"), *plus;
	struct span driver = { ps->p, 0 }, transport;

	if (sep == NULL)
		return fail(ps, "no \"://\" in it");
	driver.n = (size_t)(sep - ps->p);
	if ((plus = memchr(ps->p, '+', driver.n)) != NULL)
		driver.n = (size_t)(plus - ps->p);
	if (!driver_is_good(&driver))
		return fail(ps, "bad driver name");
	/* "remote" leaves the choice of the driver to the daemon. */
	if (driver.n == 6 && memcmp(driver.p, "remote", 6) == 0)
		driver.n = 0;
	if (copy(ps, &driver, &ps->u->driver) == -1)
		return -1;
	ps->p = sep + 3;
	if (plus == NULL)
		return 0;
	transport.p = plus + 1;
	transport.n = (size_t)(sep - transport.p);
	return transport_take(ps, &transport);
}

/* user@, at *s; *s is moved behind it. */
static int
user_take(struct parse *ps, struct span *s)
{
	const char *at = memchr(s->p, '@', s->n);
	struct span user = { s->p, 0 };

	if (at == NULL)
		return 0;
	user.n = (size_t)(at - s->p);
	/* A leading hyphen would make it an option of ssh. */
	if (user.n == 0 || user.p[0] == '-')
		return fail(ps, "bad user name");
	s->p = at + 1;
	s->n -= user.n + 1;
	if (decode(ps, &user, &ps->u->user) == -1)
		return -1;
	return ps->u->user[0] == '-' ? fail(ps, "bad user name") : 0;
}

static int
span_holds_only(const struct span *s, const char *extra)
{
	size_t i;
	char c;

	for (i = 0; i < s->n; i++) {
		c = s->p[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && strchr(extra, c) == NULL)
			return 0;
	}
	return 1;
}

static int
port_take(struct parse *ps, const struct span *s)
{
	const char *errstr;
	char text[6];
	size_t i;

	if (s->n == 0 || s->n >= sizeof(text))
		return fail(ps, "bad port");
	for (i = 0; i < s->n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return fail(ps, "bad port");
		text[i] = s->p[i];
	}
	text[i] = '\0';
	ps->u->port = (unsigned)strtonum(text, 1, 65535, &errstr);
	return errstr == NULL ? 0 : fail(ps, "bad port");
}

/* An address in brackets, *s behind the first: HEX:HEX%ZONE, where the
 * percent sign may be encoded. */
static int
ipv6_take(struct parse *ps, const struct span *s)
{
	const char *zone = memchr(s->p, '%', s->n);
	struct span address = { s->p, s->n }, name = { "", 0 };
	size_t size = s->n + 1;

	if (zone != NULL) {
		address.n = (size_t)(zone - s->p);
		name.p = zone + (strncmp(zone, "%25", 3) == 0 ? 3 : 1);
		name.n = (size_t)(s->p + s->n - name.p);
	}
	if (memchr(address.p, ':', address.n) == NULL || s->n > HOST_MAX ||
	    strspn(address.p, "0123456789abcdefABCDEF:.") < address.n ||
	    (zone != NULL && name.n == 0) || !span_holds_only(&name, "._-"))
		return fail(ps, "bad address in brackets");
	if ((ps->u->host = malloc(size)) == NULL)
		return no_memory(ps);
	(void)snprintf(ps->u->host, size, "%.*s%s%.*s", (int)address.n,
	    address.p, zone == NULL ? "" : "%", (int)name.n, name.p);
	return 0;
}

static int
host_take(struct parse *ps, const struct span *s)
{
	if (s->n == 0)
		return 0;
	if (s->n > HOST_MAX || s->p[0] == '-' || !span_holds_only(s, "._-"))
		return fail(ps, "bad host name");
	return copy(ps, s, &ps->u->host);
}

/* host or [address], and a port behind a colon */
static int
host_port_take(struct parse *ps, const struct span *s)
{
	int brackets = s->n > 0 && s->p[0] == '[';
	struct span host = { s->p + brackets, 0 }, port;
	const char *end = s->p + s->n, *p;

	p = memchr(s->p, brackets ? ']' : ':', s->n);
	if (brackets && p == NULL)
		return fail(ps, "no ] behind the address");
	if (p == NULL)
		p = end;
	host.n = (size_t)(p - host.p);
	if ((brackets ? ipv6_take : host_take)(ps, &host) == -1)
		return -1;
	p += brackets;
	if (p == end)
		return 0;
	if (*p != ':')
		return fail(ps, "text between ] and the path");
	port.p = p + 1;
	port.n = (size_t)(end - port.p);
	return port_take(ps, &port);
}

/* [user@][host][:port]; over the network no host means this one (libvirt,
 * src/remote/remote_driver.c). */
static int
authority_take(struct parse *ps)
{
	static const struct span here = { "localhost", 9 };
	struct span s = { ps->p, strcspn(ps->p, "/?#") };

	ps->p += s.n;
	if (user_take(ps, &s) == -1 || host_port_take(ps, &s) == -1)
		return -1;
	if (!ps->explicit && ps->u->host != NULL)
		ps->u->transport = URI_TLS;
	if (ps->u->transport == URI_UNIX && ps->u->host != NULL)
		return fail(ps, "a unix socket is on no other host");
	if (ps->u->host == NULL && ps->u->transport >= URI_TCP &&
	    ps->u->transport <= URI_SSH)
		return copy(ps, &here, &ps->u->host);
	return 0;
}

static int
path_take(struct parse *ps)
{
	struct span s = { ps->p, strcspn(ps->p, "?#") };

	ps->p += s.n;
	if (decode_check(ps, &s) == -1)
		return -1;
	return copy(ps, &s, &ps->u->path);
}

/* Its row, or NPARAMS. */
static size_t
param_find(const char *name)
{
	size_t i;

	for (i = 0; i < NPARAMS; i++)
		if (strcasecmp(params[i].name, name) == 0)
			break;
	return i;
}

static char **
param_text(struct uri *u, size_t offset)
{
	return (char **)(void *)((char *)u + offset);
}

/* A parameter of the daemon, as it was written. */
static void
param_keep(struct parse *ps, const struct span *s)
{
	size_t n = strlen(ps->kept);

	/* There is room: it is never longer than the query it comes from. */
	ps->kept[n] = n == 0 ? '?' : '&';
	memcpy(ps->kept + n + 1, s->p, s->n);
	ps->kept[n + 1 + s->n] = '\0';
}

static int
param_use(struct parse *ps, size_t row, const struct span *value)
{
	if (row == NPARAMS || params[row].kind == PARAM_CLIENT)
		return decode_check(ps, value);
	if (params[row].kind == PARAM_NAME)
		return decode(ps, value, &ps->name);
	return decode(ps, value, param_text(ps->u, params[row].offset));
}

/* name=value, or a name alone */
static int
param_take(struct parse *ps, const struct span *s)
{
	const char *eq = memchr(s->p, '=', s->n);
	size_t n = eq == NULL ? s->n : (size_t)(eq - s->p);
	struct span key = { s->p, n }, value = { s->p + s->n, 0 };
	char *name = NULL;
	size_t row;

	if (eq != NULL) {
		value.p = eq + 1;
		value.n = s->n - n - 1;
	}
	if (decode(ps, &key, &name) == -1)
		return -1;
	row = param_find(name);
	free(name);
	if (row == NPARAMS && s->n > 0)
		param_keep(ps, s);
	return param_use(ps, row, &value);
}

static int
choice_check(const struct parse *ps, size_t i)
{
	const char *text = *param_text(ps->u, choices[i].offset);
	char shown[32];
	size_t w;

	if (text == NULL)
		return 0;
	for (w = 0; choices[i].words[w] != NULL; w++)
		if (strcmp(text, choices[i].words[w]) == 0)
			return 0;
	(void)escape_text(shown, sizeof(shown), text, strlen(text));
	return fail(ps, "unknown %s \"%s\" (%s)", choices[i].name, shown,
	    choices[i].list);
}

static int
choices_check(const struct parse *ps)
{
	size_t i;

	for (i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		if (choice_check(ps, i) == -1)
			return -1;
	return 0;
}

/* The end of the parameter at p.  As libvirt reads it: a semicolon separates
 * only where no ampersand follows. */
static const char *
param_end(const char *p, const char *end)
{
	const char *sep;

	if ((sep = memchr(p, '&', (size_t)(end - p))) != NULL)
		return sep;
	if ((sep = memchr(p, ';', (size_t)(end - p))) != NULL)
		return sep;
	return end;
}

/* ?name=value&... */
static int
query_take(struct parse *ps)
{
	size_t n = strcspn(ps->p, "#");
	const char *end = ps->p + n, *p;
	struct span s;

	if ((ps->kept = calloc(1, n + 2)) == NULL)
		return no_memory(ps);
	for (p = ps->p + 1; p < end; p = s.p + s.n + 1) {
		s.p = p;
		s.n = (size_t)(param_end(p, end) - p);
		if (param_take(ps, &s) == -1)
			return -1;
	}
	ps->p = end;
	if (ps->u->socket != NULL && ps->u->socket[0] != '/')
		return fail(ps, "socket= is no absolute path");
	return choices_check(ps);
}

/* #fragment: nobody here has a use for it, the daemon gets it. */
static int
fragment_take(struct parse *ps)
{
	ps->fragment.p = ps->p;
	ps->fragment.n = strlen(ps->p);
	return decode_check(ps, &ps->fragment);
}

/* What the daemon is to open. */
static int
remote_make(struct parse *ps)
{
	struct uri *u = ps->u;
	size_t size;

	if (ps->name != NULL) {
		if (ps->name[0] != '\0') {
			u->remote = ps->name;
			ps->name = NULL;
		}
		return 0;
	}
	if (u->driver[0] == '\0')
		return 0;
	/* Each a part of one text of bounded length. */
	size = strlen(u->driver) + 3 + strlen(u->path) + strlen(ps->kept) +
	    ps->fragment.n + 1;
	if ((u->remote = malloc(size)) == NULL)
		return no_memory(ps);
	(void)snprintf(u->remote, size, "%s://%s%s%s", u->driver, u->path,
	    ps->kept, ps->fragment.p);
	return 0;
}

/* The daemon shall find one by itself. */
static int
default_make(struct parse *ps)
{
	struct span none = { "", 0 };

	if (copy(ps, &none, &ps->u->driver) == -1)
		return -1;
	return copy(ps, &none, &ps->u->path);
}

static int
parse(struct parse *ps)
{
	static int (*const steps[])(struct parse *) = {
		scheme_take, authority_take, path_take, query_take,
		fragment_take, remote_make
	};
	size_t i;

	if (text_check(ps) == -1)
		return -1;
	if (*ps->p == '\0' || strcmp(ps->p, "default") == 0)
		return default_make(ps);
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (steps[i](ps) == -1)
			return -1;
	return 0;
}

int
uri_parse(struct uri *u, const char *text, struct errmsg *em)
{
	struct parse ps = { .u = u, .em = em };
	size_t len = strlen(text);
	int ret = -1;

	memset(u, 0, sizeof(*u));
	if ((u->text = strndup(text, len > URI_MAX ? URI_MAX : len)) == NULL)
		return no_memory(&ps);
	ps.p = u->text;
	if (len > URI_MAX)
		(void)fail(&ps, "longer than %d bytes", URI_MAX);
	else
		ret = parse(&ps);
	free(ps.name);
	free(ps.kept);
	if (ret == -1)
		uri_free(u);
	return ret;
}

void
uri_free(struct uri *u)
{
	size_t i;

	free(u->text);
	free(u->driver);
	free(u->user);
	free(u->host);
	free(u->path);
	free(u->remote);
	for (i = 0; i < NPARAMS; i++)
		if (params[i].kind == PARAM_KEPT)
			free(*param_text(u, params[i].offset));
	memset(u, 0, sizeof(*u));
}

int
uri_yes(const char *parameter)
{
	return parameter != NULL && strspn(parameter, "0") < strlen(parameter);
}

const char *
uri_transport_name(enum uri_transport transport)
{
	return (unsigned)transport < URI_NTRANSPORT ? transports[transport] :
	    "?";
}

static int
mode_is(const struct uri *u, const char *mode)
{
	return u->mode != NULL && strcmp(u->mode, mode) == 0;
}

/* Root has the system's daemons alone, whatever the URI says. */
static const char *
socket_dir(const struct uri *u, const struct uri_where *w)
{
	if (w->root)
		return w->system_dir;
	if (strcmp(u->path, "/session") == 0 || strcmp(u->driver, "test") == 0)
		return w->user_dir;
	/* Neither driver nor path: whatever daemon the user has. */
	return u->driver[0] == '\0' && u->path[0] == '\0' ? w->user_dir :
	    w->system_dir;
}

/* The driver whose own daemon is the i-th to look for, or NULL. */
static const char *
socket_driver(const struct uri *u, size_t i)
{
	size_t k;

	if (mode_is(u, "legacy"))
		return NULL;
	if (u->driver[0] == '\0')
		return i < NPROBED ? probed[i] : NULL;
	for (k = 0; k < sizeof(undaemoned) / sizeof(undaemoned[0]); k++)
		if (strcmp(u->driver, undaemoned[k]) == 0)
			return NULL;
	return i == 0 ? u->driver : NULL;
}

int
uri_socket(const struct uri *u, const struct uri_where *w, size_t i,
    char *path, size_t size)
{
	const char *dir = socket_dir(u, w);
	size_t own = 0;
	int n;

	if (u->socket != NULL)
		return i == 0 && strlcpy(path, u->socket, size) < size ? 0 : -1;
	while (socket_driver(u, own) != NULL)
		own++;
	if (dir == NULL || i > own || (i == own && mode_is(u, "direct")))
		return -1;
	if (i < own)
		n = snprintf(path, size, "%s/virt%sd-sock", dir,
		    socket_driver(u, i));
	else
		n = snprintf(path, size, "%s/libvirt-sock", dir);
	return n >= 0 && (size_t)n < size ? 0 : -1;
}
