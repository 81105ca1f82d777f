#ifndef URI_H
#define URI_H

#include <stddef.h>

#include "text/errmsg.h"

/*
 * Connection URIs: driver[+transport]://[user@][host][:port]/[path][?params],
 * or the word "default" (also ""): the daemon chooses.
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

/* Values of mode= and proxy=; 0 if the URI has none. */
enum uri_mode {
	URI_MODE_UNSAID,
	URI_MODE_AUTO,
	URI_MODE_DIRECT,	/* only the daemon of the driver */
	URI_MODE_LEGACY		/* only libvirtd */
};

enum uri_proxy {
	URI_PROXY_UNSAID,
	URI_PROXY_AUTO,
	URI_PROXY_NETCAT,
	URI_PROXY_NATIVE	/* virt-ssh-helper */
};

/* The client's parameters.  Texts are owned, NULL if absent. */
struct uri_params {
	char		  *socket;	/* absolute */
	char		  *command;	/* what ssh and ext run */
	char		  *netcat;	/* the name of nc on the host */
	char		  *keyfile;	/* of ssh */
	char		  *pkipath;	/* certificates of tls */
	int		   mode;	/* enum uri_mode */
	int		   proxy;	/* enum uri_proxy */
	int		   no_verify;	/* 0: verify */
	int		   no_tty;	/* 0: ssh may ask for a password */
};

/* Texts are owned. */
struct uri {
	char		  *text;	/* as configured */
	char		  *driver;	/* "" if the daemon probes */
	enum uri_transport transport;
	char		  *user;	/* NULL if absent */
	char		  *host;	/* no []; NULL if absent, except for
					   tcp, tls and ssh: "localhost" */
	unsigned	   port;	/* 0 if absent */
	char		  *path;	/* "/system"; may be "" */
	char		  *remote;	/* for CONNECT_OPEN, NULL: probe;
					   without transport, user, host, port
					   and client's parameters; or name= */
	struct uri_params  param;
	int		   patience;	/* seconds that a connection may take,
					   0 unless the caller sets it */
};

/*
 * 0, or -1 with "URI: why" (escaped).  uri_free after success.  User, host
 * and parameters are percent-decoded; path and remote stay as written.  The
 * driver "remote" leaves the choice to the daemon: driver "", remote NULL.
 * A client's parameter with a value that libvirt refuses is refused; all
 * parameters that are not the client's are the daemon's.
 */
int	 uri_parse(struct uri *, const char *text, struct errmsg *);
void	 uri_free(struct uri *);

const char *uri_transport_name(enum uri_transport);

/* Set the parameter mode or proxy, unless the URI has it or value is NULL. */
void	 uri_default(struct uri *, const char *name, const char *value);

/* The choice of a socket depends on these. */
struct uri_where {
	int		 root;		/* effective user 0 */
	const char	*system_dir;	/* "/var/run/libvirt" */
	const char	*user_dir;	/* "$XDG_RUNTIME_DIR/libvirt", NULL */
};

#define URI_SOCKET	108	/* bytes in the path of a socket, with NUL */

/*
 * The i-th path of a unix socket to look for; the first that exists is the
 * daemon's.  The order is virt<driver>d-sock, libvirt-sock; without a driver
 * virtxend, virtqemud, virtlxcd, virtvboxd, virtbhyved, virtvzd, and then
 * libvirt-sock; for the test driver only libvirt-sock.  mode=direct omits
 * libvirt-sock, mode=legacy omits all others, socket= is the only path.
 *
 * Root has sockets in system_dir, for any URI (as with virsh).  A user has them
 * in user_dir for session and test URIs and for "default", else in system_dir.
 *
 * 0, or -1 after the last path, if a path does not fit, or if user_dir is
 * needed and NULL.
 */
int	 uri_socket(const struct uri *, const struct uri_where *, size_t i,
	    char path[URI_SOCKET]);

#endif
