#include "libvirt/dial_part.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "sys/tcp.h"
#include "wire/uri.h"

#ifndef TLS_COMMAND
#define TLS_COMMAND	"openssl s_client"
#endif

#define PORT_TLS	16514

/* Where libvirt looks for certificates: https://libvirt.org/tlscerts.html */
static const struct {
	const char	*system;
	const char	*name;		/* in pkipath= and ~/.pki/libvirt */
	size_t		 n;		/* files from one place */
} pki[DIAL_NPKI] = {
	[DIAL_CA] = { "/etc/pki/CA/cacert.pem", "cacert.pem", 1 },
	[DIAL_CRL] = { "/etc/pki/CA/cacrl.pem", "cacrl.pem", 1 },
	[DIAL_CERT] = { "/etc/pki/libvirt/clientcert.pem", "clientcert.pem",
	    2 },
	[DIAL_KEY] = { "/etc/pki/libvirt/private/clientkey.pem",
	    "clientkey.pem", 1 },
};

/* Files in pkipath=, else the user's if they exist, else the system's (libvirt,
 * src/rpc/virnettlscontext.c). */
static void
pki_find(struct dial_command *c, const struct uri *u, size_t row)
{
	const char *dir = u->param.pkipath, *tail = "";
	size_t i, end = row + pki[row].n;

	if (dir == NULL && geteuid() != 0) {
		dir = getenv("HOME");
		tail = "/.pki/libvirt";
	}
	for (i = row; dir != NULL && i < end; i++) {
		(void)snprintf(c->file[i], PATH_MAX, "%s%s/%s", dir, tail,
		    pki[i].name);
		if (u->param.pkipath == NULL && access(c->file[i], F_OK) == -1)
			dir = NULL;
	}
	for (i = row; dir == NULL && i < end; i++)
		(void)strlcpy(c->file[i], pki[i].system, PATH_MAX);
}

/* The authority's certificate is required; its revocation list is used if it
 * exists.  The daemon decides whether we need a certificate. */
static int
pki_add(struct dial_command *c, const struct uri *u, struct errmsg *em)
{
	bool verify = !u->param.no_verify;
	size_t i;

	if (u->param.pkipath != NULL &&
	    strlen(u->param.pkipath) > PATH_MAX - 32)
		return errmsg_set(em, DIAL_NEVER, "pkipath= is too long");
	for (i = 0; i < DIAL_NPKI; i += pki[i].n)
		pki_find(c, u, i);
	if (access(c->file[DIAL_CA], R_OK) == 0) {
		dial_option(c, "-CAfile", c->file[DIAL_CA]);
	} else if (verify) {
		(void)errmsg_path(em, c->file[DIAL_CA]);
		em->code = DIAL_NEVER;
		return -1;
	}
	if (verify && access(c->file[DIAL_CRL], F_OK) == 0) {
		dial_option(c, "-CRL", c->file[DIAL_CRL]);
		dial_word(c, "-crl_check");
	}
	if (access(c->file[DIAL_CERT], R_OK) == 0 &&
	    access(c->file[DIAL_KEY], R_OK) == 0) {
		dial_option(c, "-cert", c->file[DIAL_CERT]);
		dial_option(c, "-key", c->file[DIAL_KEY]);
	}
	return 0;
}

static void
tls_words(struct dial_command *c, const struct uri *u)
{
	static const char *const fixed[] = { "-quiet", "-nocommands", NULL };
	bool six = strchr(u->host, ':') != NULL, address;
	union tcp_address a;
	char *p, *word;

	address = tcp_address(&a, u->host, 0);
	(void)strlcpy(c->tls, TLS_COMMAND, sizeof(c->tls));
	for (p = c->tls; (word = strsep(&p, " ")) != NULL; )
		if (*word != '\0')
			dial_word(c, word);
	dial_words(c, fixed);
	/* The zone of an address is this side's. */
	(void)strlcpy(c->ip, u->host, sizeof(c->ip));
	c->ip[strcspn(c->ip, "%")] = '\0';
	if (!u->param.no_verify) {
		dial_word(c, "-verify_return_error");
		dial_option(c, address ? "-verify_ip" : "-verify_hostname",
		    address ? c->ip : u->host);
	}
	if (!address)
		dial_option(c, "-servername", u->host);
	(void)snprintf(c->peer, sizeof(c->peer), "%s%s%s:%u", six ? "[" : "",
	    u->host, six ? "]" : "", u->port != 0 ? u->port : PORT_TLS);
	dial_option(c, "-connect", c->peer);
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

int
dial_tls_begin(struct dial *d, struct errmsg *em)
{
	struct dial_command c = { .n = 0 };

	if (!driver_has_daemon(d->uri->driver))
		return errmsg_set(em, DIAL_NEVER, "driver %s is unsupported: "
		    "it has no libvirt daemon", d->uri->driver);
	tls_words(&c, d->uri);
	if (pki_add(&c, d->uri, em) == -1)
		return -1;
	return dial_process(d, dial_exec, &c, em);
}

int
dial_tls_ready(struct dial *d, struct errmsg *em)
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
	    "the daemon refused the client certificate" :
	    "no TLS connection, or the client certificate was "
	    "refused");
}
