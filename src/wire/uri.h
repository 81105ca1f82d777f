#ifndef URI_H
#define URI_H

#include <stddef.h>

#include "text/errmsg.h"

/*
 * Connection URIs: driver[+transport]://[user@][host][:port]/[path][?params],
 * or the word "default" (also ""): what the daemon finds by itself.
 * https://libvirt.org/uri.html
 */

#define URI_MAX	4096	/* bytes in a URI, at most */

enum uri_transport {
	URI_UNIX,
	URI_TCP,
	URI_TLS,
	URI_SSH,
	URI_LIBSSH,
	URI_LIBSSH2,
	URI_EXT,
	URI_NTRANSPORT
};

struct uri {
	char		  *text;	/* as configured, owned */
	char		  *driver;	/* owned; "" when the daemon probes */
	enum uri_transport transport;
	char		  *user;	/* owned, NULL when absent */
	char		  *host;	/* owned, no []; NULL when absent, but
					   localhost for tcp, tls and ssh */
	unsigned	   port;	/* 0 when absent */
	char		  *path;	/* owned, "/system"; may be "" */
	char		  *remote;	/* for CONNECT_OPEN, owned, NULL: probe;
					   no transport, user, host, port, and
					   no parameter that is the client's;
					   or what name= says */
	char		  *socket;	/* socket=, owned, NULL when absent */
	char		  *mode;	/* mode=: auto, direct or legacy, owned,
					   NULL when absent */
	/* These likewise, as their parameters say. */
	char		  *command;	/* what ssh and ext are to run */
	char		  *netcat;	/* the name of nc on the host */
	char		  *keyfile;	/* of ssh */
	char		  *pkipath;	/* certificates of tls */
	char		  *proxy;	/* auto, netcat or native */
	char		  *no_verify;	/* a number, 0 = no; likewise: */
	char		  *no_tty;
	int		   patience;	/* seconds that a connection may take,
					   0 unless its user says so */
};

/*
 * 0, or -1 with "URI: why" (escaped).  uri_free after success.  User, host
 * and parameters are percent-decoded; path and remote stay as written.  The
 * driver "remote" leaves the choice to the daemon: driver "", remote NULL.
 */
int	 uri_parse(struct uri *, const char *text, struct errmsg *);
void	 uri_free(struct uri *);

const char *uri_transport_name(enum uri_transport);

/* Whether a parameter that is a number says yes. */
int	 uri_yes(const char *parameter);

/* What the choice of a socket depends on. */
struct uri_where {
	int		 root;		/* effective user 0 */
	const char	*system_dir;	/* "/var/run/libvirt" */
	const char	*user_dir;	/* "$XDG_RUNTIME_DIR/libvirt", NULL */
};

/*
 * The i-th path of a unix socket to look for, in order; the first that exists
 * is the one: virt<driver>d-sock before libvirt-sock; with no driver virtxend
 * virtqemud virtlxcd virtvboxd virtbhyved virtvzd and then libvirt-sock; for
 * the test driver libvirt-sock alone.  mode=direct leaves libvirt-sock out,
 * mode=legacy leaves nothing else, socket= is the only one.  They are in
 * system_dir for root, whatever the URI (as with virsh), and for system URIs;
 * in user_dir for a user's session and test URIs, and for "default".
 * 0, or -1 behind the last, when the path does not fit, or when user_dir is
 * needed and NULL.
 */
int	 uri_socket(const struct uri *, const struct uri_where *, size_t i,
	    char *path, size_t size);

#endif
