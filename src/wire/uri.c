#include "wire/uri.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text/escape.h"
#include "text/number.h"
#include "wire/uri_part.h"

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

static int
copy(const struct uri_parse *ps, const struct uri_span *s, char **out)
{
	if ((*out = strndup(s->p, s->n)) == NULL)
		return uri_no_memory(ps);
	return 0;
}

static int
text_check(const struct uri_parse *ps)
{
	const char *p = ps->u->text;

	for (; *p != '\0'; p++) {
		if (uri_is_control((unsigned char)*p))
			return uri_fail(ps, "control byte in the URI");
		if (*p == ' ')
			return uri_fail(ps, "blank in the URI");
	}
	return 0;
}

/* [a-z][a-z0-9]* */
static int
driver_is_good(const struct uri_span *s)
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
transport_take(struct uri_parse *ps, const struct uri_span *s)
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
	return uri_fail(ps, "unknown transport \"%s\"; use one of unix, tcp, "
	    "tls, ssh, ext", name);
}

/* driver[+transport]:// */
static int
scheme_take(struct uri_parse *ps)
{
	const char *sep = strstr(ps->p, "://"), *plus;
	struct uri_span driver = { ps->p, 0 }, transport;

	if (sep == NULL)
		return uri_fail(ps, "missing ://");
	driver.n = (size_t)(sep - ps->p);
	if ((plus = memchr(ps->p, '+', driver.n)) != NULL)
		driver.n = (size_t)(plus - ps->p);
	if (!driver_is_good(&driver))
		return uri_fail(ps, "invalid driver name");
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

/* user@, at *s; *s is moved past it. */
static int
user_take(struct uri_parse *ps, struct uri_span *s)
{
	const char *at = memchr(s->p, '@', s->n);
	struct uri_span user = { s->p, 0 };

	if (at == NULL)
		return 0;
	user.n = (size_t)(at - s->p);
	/* A leading hyphen would make it an option of ssh. */
	if (user.n == 0 || user.p[0] == '-')
		return uri_fail(ps, "invalid user name");
	s->p = at + 1;
	s->n -= user.n + 1;
	if (uri_decode(ps, &user, &ps->u->user) == -1)
		return -1;
	return ps->u->user[0] == '-' ? uri_fail(ps, "invalid user name") : 0;
}

static int
span_holds_only(const struct uri_span *s, const char *extra)
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
port_take(struct uri_parse *ps, const struct uri_span *s)
{
	const struct number_range range = { 1, 65535 };
	char text[6];
	int64_t n;

	if (s->n >= sizeof(text))
		return uri_fail(ps, "invalid port; use 1 to 65535");
	memcpy(text, s->p, s->n);
	text[s->n] = '\0';
	if (number_parse(text, &range, &n, NULL) == -1)
		return uri_fail(ps, "invalid port; use 1 to 65535");
	ps->u->port = (unsigned)n;
	return 0;
}

/* An address in brackets, *s after the first: HEX:HEX%ZONE, where the percent
 * sign may be encoded. */
static int
ipv6_take(struct uri_parse *ps, const struct uri_span *s)
{
	const char *zone = memchr(s->p, '%', s->n);
	struct uri_span address = { s->p, s->n }, name = { "", 0 };
	size_t size = s->n + 1;

	if (zone != NULL) {
		address.n = (size_t)(zone - s->p);
		name.p = zone + (strncmp(zone, "%25", 3) == 0 ? 3 : 1);
		name.n = (size_t)(s->p + s->n - name.p);
	}
	if (memchr(address.p, ':', address.n) == NULL || s->n > HOST_MAX ||
	    strspn(address.p, "0123456789abcdefABCDEF:.") < address.n ||
	    (zone != NULL && name.n == 0) || !span_holds_only(&name, "._-"))
		return uri_fail(ps, "invalid address in brackets");
	if ((ps->u->host = malloc(size)) == NULL)
		return uri_no_memory(ps);
	(void)snprintf(ps->u->host, size, "%.*s%s%.*s", (int)address.n,
	    address.p, zone == NULL ? "" : "%", (int)name.n, name.p);
	return 0;
}

static int
host_take(struct uri_parse *ps, const struct uri_span *s)
{
	if (s->n == 0)
		return 0;
	if (s->n > HOST_MAX || s->p[0] == '-' || !span_holds_only(s, "._-"))
		return uri_fail(ps, "invalid host name");
	return copy(ps, s, &ps->u->host);
}

/* host or [address], and a port after a colon */
static int
host_port_take(struct uri_parse *ps, const struct uri_span *s)
{
	int brackets = s->n > 0 && s->p[0] == '[';
	struct uri_span host = { s->p + brackets, 0 }, port;
	const char *end = s->p + s->n, *p;

	p = memchr(s->p, brackets ? ']' : ':', s->n);
	if (brackets && p == NULL)
		return uri_fail(ps, "missing ] after the address");
	if (p == NULL)
		p = end;
	host.n = (size_t)(p - host.p);
	if ((brackets ? ipv6_take : host_take)(ps, &host) == -1)
		return -1;
	p += brackets;
	if (p == end)
		return 0;
	if (*p != ':')
		return uri_fail(ps, "text between ] and the path");
	port.p = p + 1;
	port.n = (size_t)(end - port.p);
	return port_take(ps, &port);
}

/* [user@][host][:port]; over the network no host means this one (libvirt,
 * src/remote/remote_driver.c). */
static int
authority_take(struct uri_parse *ps)
{
	static const struct uri_span here = { "localhost", 9 };
	struct uri_span s = { ps->p, strcspn(ps->p, "/?#") };

	ps->p += s.n;
	if (user_take(ps, &s) == -1 || host_port_take(ps, &s) == -1)
		return -1;
	if (!ps->explicit && ps->u->host != NULL)
		ps->u->transport = URI_TLS;
	if (ps->u->transport == URI_UNIX && ps->u->host != NULL)
		return uri_fail(ps, "transport unix cannot have a host");
	if (ps->u->host == NULL && ps->u->transport >= URI_TCP &&
	    ps->u->transport <= URI_SSH)
		return copy(ps, &here, &ps->u->host);
	return 0;
}

static int
path_take(struct uri_parse *ps)
{
	struct uri_span s = { ps->p, strcspn(ps->p, "?#") };

	ps->p += s.n;
	if (uri_decode_check(ps, &s) == -1)
		return -1;
	return copy(ps, &s, &ps->u->path);
}

/* #fragment: the daemon gets it. */
static int
fragment_take(struct uri_parse *ps)
{
	ps->fragment.p = ps->p;
	ps->fragment.n = strlen(ps->p);
	return uri_decode_check(ps, &ps->fragment);
}

/* What the daemon is to open. */
static int
remote_make(struct uri_parse *ps)
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
		return uri_no_memory(ps);
	(void)snprintf(u->remote, size, "%s://%s%s%s", u->driver, u->path,
	    ps->kept, ps->fragment.p);
	return 0;
}

/* The daemon shall find one by itself. */
static int
default_make(struct uri_parse *ps)
{
	struct uri_span none = { "", 0 };

	if (copy(ps, &none, &ps->u->driver) == -1)
		return -1;
	return copy(ps, &none, &ps->u->path);
}

static int
parse(struct uri_parse *ps)
{
	static int (*const steps[])(struct uri_parse *) = {
		scheme_take, authority_take, path_take, uri_query,
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
	struct uri_parse ps = { .u = u, .em = em };
	size_t len = strlen(text);
	int ret = -1;

	memset(u, 0, sizeof(*u));
	if ((u->text = strndup(text, len > URI_MAX ? URI_MAX : len)) == NULL)
		return uri_no_memory(&ps);
	ps.p = u->text;
	if (len > URI_MAX)
		(void)uri_fail(&ps, "longer than %d bytes", URI_MAX);
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
	free(u->text);
	free(u->driver);
	free(u->user);
	free(u->host);
	free(u->path);
	free(u->remote);
	uri_params_free(&u->param);
	memset(u, 0, sizeof(*u));
}

const char *
uri_transport_name(enum uri_transport transport)
{
	return (unsigned)transport < URI_NTRANSPORT ? transports[transport] :
	    "?";
}
