#include "wire/uri.h"

#include <atf-c.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HERE	"localhost"
#define NONE	"-"	/* stands for NULL, below */

static const struct {
	const char		*text;
	const char		*driver;
	enum uri_transport	 transport;
	const char		*user;
	const char		*host;
	unsigned		 port;
	const char		*path;
	const char		*remote;
	const char		*socket;
	const char		*mode;
} cases[] = {
	{ "default", "", URI_UNIX, NONE, NONE, 0, "", NONE, NONE, NONE },
	{ "", "", URI_UNIX, NONE, NONE, 0, "", NONE, NONE, NONE },
	{ "qemu:///system", "qemu", URI_UNIX, NONE, NONE, 0, "/system",
	    "qemu:///system", NONE, NONE },
	{ "qemu+unix:///session", "qemu", URI_UNIX, NONE, NONE, 0, "/session",
	    "qemu:///session", NONE, NONE },
	{ "test:///default", "test", URI_UNIX, NONE, NONE, 0, "/default",
	    "test:///default", NONE, NONE },
	{ "xen://", "xen", URI_UNIX, NONE, NONE, 0, "", "xen://", NONE, NONE },
	{ "lxc:///", "lxc", URI_UNIX, NONE, NONE, 0, "/", "lxc:///", NONE,
	    NONE },
	{ "qemu://h/system", "qemu", URI_TLS, NONE, "h", 0, "/system",
	    "qemu:///system", NONE, NONE },
	{ "qemu+tls://h.example.org:16514/system", "qemu", URI_TLS, NONE,
	    "h.example.org", 16514, "/system", "qemu:///system", NONE, NONE },
	{ "vbox+tcp://host/system", "vbox", URI_TCP, NONE, "host", 0,
	    "/system", "vbox:///system", NONE, NONE },
	{ "qemu+tcp:///system", "qemu", URI_TCP, NONE, HERE, 0, "/system",
	    "qemu:///system", NONE, NONE },
	{ "qemu+ssh://root@h:22/system", "qemu", URI_SSH, "root", "h", 22,
	    "/system", "qemu:///system", NONE, NONE },
	{ "qemu+SSH://h", "qemu", URI_SSH, NONE, "h", 0, "", "qemu://", NONE,
	    NONE },
	{ "qemu+ssh://u%40d@h/", "qemu", URI_SSH, "u@d", "h", 0, "/",
	    "qemu:///", NONE, NONE },
	{ "qemu+ssh://u@/system", "qemu", URI_SSH, "u", HERE, 0, "/system",
	    "qemu:///system", NONE, NONE },
	{ "qemu+ssh://:65535/system", "qemu", URI_SSH, NONE, HERE, 65535,
	    "/system", "qemu:///system", NONE, NONE },
	{ "qemu+libssh://h/", "qemu", URI_LIBSSH, NONE, "h", 0, "/",
	    "qemu:///", NONE, NONE },
	{ "qemu+libssh2://h/", "qemu", URI_LIBSSH2, NONE, "h", 0, "/",
	    "qemu:///", NONE, NONE },
	{ "qemu+ext:///system?command=/bin/x%20y", "qemu", URI_EXT, NONE, NONE,
	    0, "/system", "qemu:///system", NONE, NONE },
	{ "qemu+tcp://[::1]:1/system", "qemu", URI_TCP, NONE, "::1", 1,
	    "/system", "qemu:///system", NONE, NONE },
	{ "qemu://u@[fe80::1:2%25eth0.1]/system", "qemu", URI_TLS, "u",
	    "fe80::1:2%eth0.1", 0, "/system", "qemu:///system", NONE, NONE },
	{ "qemu://[fe80::1%eth0]", "qemu", URI_TLS, NONE, "fe80::1%eth0", 0,
	    "", "qemu://", NONE, NONE },
	{ "qemu://[::ffff:1.2.3.4]/", "qemu", URI_TLS, NONE, "::ffff:1.2.3.4",
	    0, "/", "qemu:///", NONE, NONE },
	{ "remote:///", "", URI_UNIX, NONE, NONE, 0, "/", NONE, NONE, NONE },
	{ "remote+ssh://h/?a=b", "", URI_SSH, NONE, "h", 0, "/", NONE, NONE,
	    NONE },
	{ "remotely:///", "remotely", URI_UNIX, NONE, NONE, 0, "/",
	    "remotely:///", NONE, NONE },
	{ "x9:///?socket=/a%20b%2fc", "x9", URI_UNIX, NONE, NONE, 0, "/",
	    "x9:///", "/a b/c", NONE },
	{ "qemu:///system?mode=%64irect", "qemu", URI_UNIX, NONE, NONE, 0,
	    "/system", "qemu:///system", NONE, "direct" },
	{ "qemu:///system?mode=direct&mode=legacy", "qemu", URI_UNIX, NONE,
	    NONE, 0, "/system", "qemu:///system", NONE, "legacy" },
	{ "qemu:///system?Socket=/a&MODE=auto", "qemu", URI_UNIX, NONE, NONE,
	    0, "/system", "qemu:///system", "/a", "auto" },
	{ "qemu:///system?%6eo_tty=1&a=1", "qemu", URI_UNIX, NONE, NONE, 0,
	    "/system", "qemu:///system?a=1", NONE, NONE },
	{ "vmx:///?no_verify=1&a=%20x&command=c&b&auth=a&netcat=n&keyfile=k",
	    "vmx", URI_UNIX, NONE, NONE, 0, "/", "vmx:///?a=%20x&b", NONE,
	    NONE },
	{ "esx://h/?pkipath=/p&known_hosts=/k&no_tty=1&proxy=auto&auto=1",
	    "esx", URI_TLS, NONE, "h", 0, "/", "esx:///?auto=1", NONE, NONE },
	{ "a:///?names=1&xname=2", "a", URI_UNIX, NONE, NONE, 0, "/",
	    "a:///?names=1&xname=2", NONE, NONE },
	{ "a:///?&&x&", "a", URI_UNIX, NONE, NONE, 0, "/", "a:///?x", NONE,
	    NONE },
	{ "a:///?", "a", URI_UNIX, NONE, NONE, 0, "/", "a:///", NONE, NONE },
	/* A semicolon separates where no ampersand follows. */
	{ "a:///?x=1;socket=/q", "a", URI_UNIX, NONE, NONE, 0, "/",
	    "a:///?x=1", "/q", NONE },
	{ "a:///?x=1;socket=/q&y", "a", URI_UNIX, NONE, NONE, 0, "/",
	    "a:///?x=1%3Bsocket=/q&y", NONE, NONE },
	{ "a:///?x=1;socket=/q&mode=auto", "a", URI_UNIX, NONE, NONE, 0, "/",
	    "a:///?x=1%3Bsocket=/q", NONE, "auto" },
	{ "a:///p#f", "a", URI_UNIX, NONE, NONE, 0, "/p", "a:///p#f", NONE,
	    NONE },
	{ "a://h#f?x", "a", URI_TLS, NONE, "h", 0, "", "a://#f?x", NONE,
	    NONE },
	{ "a:///p?x=1&mode=auto#f", "a", URI_UNIX, NONE, NONE, 0, "/p",
	    "a:///p?x=1#f", NONE, "auto" },
	{ "a+ssh://h/?name=qemu:///session%3fx", "a", URI_SSH, NONE, "h", 0,
	    "/", "qemu:///session?x", NONE, NONE },
	{ "a+ssh://h/?x=1&name=", "a", URI_SSH, NONE, "h", 0, "/", NONE, NONE,
	    NONE },
	{ "a:///%2f%C3%A9", "a", URI_UNIX, NONE, NONE, 0, "/%2f%C3%A9",
	    "a:///%2f%C3%A9", NONE, NONE },
	{ "a:///x@y:z", "a", URI_UNIX, NONE, NONE, 0, "/x@y:z", "a:///x@y:z",
	    NONE, NONE },
};

static const char *const modes[] = {
	[URI_MODE_UNSAID] = NONE,
	[URI_MODE_AUTO] = "auto",
	[URI_MODE_DIRECT] = "direct",
	[URI_MODE_LEGACY] = "legacy",
};

static void
check_text(const char *uri, const char *what, const char *want,
    const char *got)
{
	if (got == NULL)
		got = NONE;
	ATF_CHECK_MSG(strcmp(want, got) == 0, "\"%s\": %s \"%s\"", uri, what,
	    got);
}

ATF_TC_WITHOUT_HEAD(parse);
ATF_TC_BODY(parse, tc)
{
	struct errmsg em;
	struct uri u;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ATF_REQUIRE_MSG(uri_parse(&u, cases[i].text, &em) == 0, "%s",
		    em.text);
		check_text(cases[i].text, "text", cases[i].text, u.text);
		check_text(cases[i].text, "driver", cases[i].driver, u.driver);
		check_text(cases[i].text, "transport",
		    uri_transport_name(cases[i].transport),
		    uri_transport_name(u.transport));
		check_text(cases[i].text, "user", cases[i].user, u.user);
		check_text(cases[i].text, "host", cases[i].host, u.host);
		check_text(cases[i].text, "path", cases[i].path, u.path);
		check_text(cases[i].text, "remote", cases[i].remote, u.remote);
		check_text(cases[i].text, "socket", cases[i].socket,
		    u.param.socket);
		check_text(cases[i].text, "mode", cases[i].mode,
		    modes[u.param.mode]);
		ATF_CHECK_MSG(u.port == cases[i].port, "\"%s\": port %u",
		    cases[i].text, u.port);
		uri_free(&u);
		ATF_CHECK(u.text == NULL);
	}
}

/* What the client's own parameters say, decoded. */
ATF_TC_WITHOUT_HEAD(parameters);
ATF_TC_BODY(parameters, tc)
{
	static const char text[] = "a+ssh://h/?command=/c%20c&netcat=n"
	    "&keyfile=k&pkipath=/p&proxy=native&no_verify=1&no_tty=0&x=y";
	struct errmsg em;
	struct uri u;

	ATF_REQUIRE_EQ_MSG(0, uri_parse(&u, text, &em), "%s", em.text);
	check_text(text, "command", "/c c", u.param.command);
	check_text(text, "netcat", "n", u.param.netcat);
	check_text(text, "keyfile", "k", u.param.keyfile);
	check_text(text, "pkipath", "/p", u.param.pkipath);
	ATF_CHECK_EQ(URI_PROXY_NATIVE, u.param.proxy);
	ATF_CHECK_EQ(URI_MODE_UNSAID, u.param.mode);
	ATF_CHECK_EQ(1, u.param.no_verify);
	ATF_CHECK_EQ(0, u.param.no_tty);
	check_text(text, "remote", "a:///?x=y", u.remote);
	uri_free(&u);
}

/* What is not passed on, though nothing here has a use for it. */
ATF_TC_WITHOUT_HEAD(dropped);
ATF_TC_BODY(dropped, tc)
{
	static const char *const texts[] = {
		"a+ssh://h/?auth=x&authfile=/f&known_hosts=/k",
		"a+ssh://h/?sshauth=agent,Keyboard-Interactive,privkey",
		"a+libssh://h/?known_hosts_verify=ignore&sshauth=password",
		"a+ssh://h/?known_hosts_verify=Auto",
		"a+ssh://h/?no_sanity=1&tls_priority=NORMAL",
	};
	struct errmsg em;
	struct uri u;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ATF_REQUIRE_EQ_MSG(0, uri_parse(&u, texts[i], &em), "%s",
		    em.text);
		check_text(texts[i], "remote", "a:///", u.remote);
		uri_free(&u);
	}
}

/* libvirt reads a number: only 0 is no, and the last of several holds. */
ATF_TC_WITHOUT_HEAD(numbers);
ATF_TC_BODY(numbers, tc)
{
	static const struct {
		const char	*text;
		int		 no_verify;
	} rows[] = {
		{ "q://h/", 0 }, { "q://h/?no_verify=0", 0 },
		{ "q://h/?no_verify=00", 0 }, { "q://h/?no_verify=1", 1 },
		{ "q://h/?NO_VERIFY=7", 1 }, { "q://h/?no_verify=-1", 1 },
		{ "q://h/?no_verify=1&no_verify=0", 0 },
		{ "q://h/?no_verify=%31", 1 },
	};
	struct errmsg em;
	struct uri u;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ATF_REQUIRE_EQ_MSG(0, uri_parse(&u, rows[i].text, &em), "%s",
		    em.text);
		ATF_CHECK_EQ_MSG(rows[i].no_verify, u.param.no_verify, "%s",
		    rows[i].text);
		uri_free(&u);
	}
}

/* libvirt.conf says what a URI does not. */
ATF_TC_WITHOUT_HEAD(defaults);
ATF_TC_BODY(defaults, tc)
{
	struct errmsg em;
	struct uri u;

	ATF_REQUIRE_EQ(0, uri_parse(&u, "q:///?mode=auto", &em));
	uri_default(&u, "mode", "legacy");
	uri_default(&u, "proxy", "netcat");
	ATF_CHECK_EQ(URI_MODE_AUTO, u.param.mode);
	ATF_CHECK_EQ(URI_PROXY_NETCAT, u.param.proxy);
	uri_free(&u);
	ATF_REQUIRE_EQ(0, uri_parse(&u, "q:///", &em));
	uri_default(&u, "mode", NULL);
	uri_default(&u, "mode", "x");
	uri_default(&u, "socket", "auto");
	uri_default(&u, "no_verify", "1");
	uri_default(&u, "none", "auto");
	ATF_CHECK_EQ(URI_MODE_UNSAID, u.param.mode);
	ATF_CHECK_EQ(0, u.param.no_verify);
	ATF_CHECK(u.param.socket == NULL);
	uri_free(&u);
}

#define NUMBER		" is not a number; use 0 for no, 1 for yes"
#define TRANSPORTS	"; use one of unix, tcp, tls, ssh, ext"

static const struct {
	const char	*text;
	const char	*why;
} refused[] = {
	{ "qemu", "missing ://" },
	{ "Default", "missing ://" },
	{ "qemu:/system", "missing ://" },
	{ "qemu//system", "missing ://" },
	{ "://", "invalid driver name" },
	{ "+ssh://h", "invalid driver name" },
	{ "QEMU:///", "invalid driver name" },
	{ "9p:///", "invalid driver name" },
	{ "q-x:///", "invalid driver name" },
	{ "/x://", "invalid driver name" },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa://", "invalid driver name" },
	{ "qemu+foo:///", "unknown transport \"foo\"" TRANSPORTS },
	{ "qemu+:///", "unknown transport \"\"" TRANSPORTS },
	{ "qemu+ssh2:///", "unknown transport \"ssh2\"" TRANSPORTS },
	{ "qemu+ssh+tls:///", "unknown transport \"ssh+tls\"" TRANSPORTS },
	{ "qemu+unix://h/", "transport unix cannot have a host" },
	{ "q://h:/", "invalid port; use 1 to 65535" },
	{ "q://h:0/", "invalid port; use 1 to 65535" },
	{ "q://h:65536/", "invalid port; use 1 to 65535" },
	{ "q://h:99999999999/", "invalid port; use 1 to 65535" },
	{ "q://h:-1/", "invalid port; use 1 to 65535" },
	{ "q://h:+1/", "invalid port; use 1 to 65535" },
	{ "q://h:1x", "invalid port; use 1 to 65535" },
	{ "q://[::1]:/", "invalid port; use 1 to 65535" },
	{ "q://::1/", "invalid port; use 1 to 65535" },
	{ "q://[::1/", "missing ] after the address" },
	{ "q://[::1]x/", "text between ] and the path" },
	{ "q://[]/", "invalid address in brackets" },
	{ "q://[host]/", "invalid address in brackets" },
	{ "q://[::g]/", "invalid address in brackets" },
	{ "q://[::1%]/", "invalid address in brackets" },
	{ "q://[::1%25]/", "invalid address in brackets" },
	{ "q://[::1%e/h", "missing ] after the address" },
	{ "q://[::1%;x]/", "invalid address in brackets" },
	{ "q://h_%41/", "invalid host name" },
	{ "q://a;b/", "invalid host name" },
	{ "q://$(x)/", "invalid host name" },
	{ "q+ssh://-oProxyCommand=x/", "invalid host name" },
	{ "q+ssh://-v/", "invalid host name" },
	{ "q+ssh://a@b@c/", "invalid host name" },
	{ "q+ssh://@h/", "invalid user name" },
	{ "q+ssh://-l@h/", "invalid user name" },
	{ "q+ssh://%2dl@h/", "invalid user name" },
	{ "q+ssh://u%@h/", "invalid percent-encoding" },
	{ "q:///%", "invalid percent-encoding" },
	{ "q:///%4", "invalid percent-encoding" },
	{ "q:///%4g", "invalid percent-encoding" },
	{ "q:///%g4", "invalid percent-encoding" },
	{ "q:///?a=%zz", "invalid percent-encoding" },
	{ "q:///?a%=1", "invalid percent-encoding" },
	{ "q:///?socket=/%2", "invalid percent-encoding" },
	{ "q:///#%", "invalid percent-encoding" },
	{ "q:///%00", "control byte in percent-encoding" },
	{ "q:///?socket=/%0a", "control byte in percent-encoding" },
	{ "q:///?name=%7f", "control byte in percent-encoding" },
	{ "q:///?socket=", "socket= is not an absolute path" },
	{ "q:///?socket=a/b", "socket= is not an absolute path" },
	{ "q:///?mode=",
	    "mode=\"\" is unknown; use one of auto, direct, legacy" },
	{ "q:///?mode=Direct",
	    "mode=\"Direct\" is unknown; use one of auto, direct, legacy" },
	{ "q+ssh://h/?proxy=x",
	    "proxy=\"x\" is unknown; use one of auto, netcat, native" },
	{ "q://h/?no_verify=no", "no_verify=\"no\"" NUMBER },
	{ "q://h/?no_verify=false", "no_verify=\"false\"" NUMBER },
	{ "q://h/?no_verify=", "no_verify=\"\"" NUMBER },
	{ "q://h/?no_verify", "no_verify=\"\"" NUMBER },
	{ "q://h/?no_verify=1x", "no_verify=\"1x\"" NUMBER },
	{ "q://h/?no_sanity=yes", "no_sanity=\"yes\"" NUMBER },
	{ "q+ssh://h/?no_tty=yes", "no_tty=\"yes\"" NUMBER },
	{ "q+ssh://h/?known_hosts_verify=no",
	    "known_hosts_verify=\"no\" is unknown; use one of normal, "
	    "auto, ignore" },
	{ "q+ssh://h/?sshauth=agent,key", "sshauth=\"key\" is unknown; "
	    "use one of agent, privkey, password, keyboard-interactive" },
	{ "q+ssh://h/?sshauth=", "sshauth=\"\" is unknown; use one of "
	    "agent, privkey, password, keyboard-interactive" },
	{ "q://h/?tls_priority=NORMAL", "tls_priority= is unsupported: it is "
	    "for GnuTLS; set versions and ciphers in openssl.cnf" },
	{ "q:///sys tem", "blank in the URI" },
	{ " q:///", "blank in the URI" },
};

ATF_TC_WITHOUT_HEAD(parse_refuses);
ATF_TC_BODY(parse_refuses, tc)
{
	char want[ERRMSG_SIZE];
	struct errmsg em;
	struct uri u;
	size_t i;

	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		ATF_CHECK_MSG(uri_parse(&u, refused[i].text, &em) == -1,
		    "\"%s\" was taken", refused[i].text);
		(void)snprintf(want, sizeof(want), "%s: %s", refused[i].text,
		    refused[i].why);
		ATF_CHECK_MSG(strcmp(em.text, want) == 0, "\"%s\": %s",
		    refused[i].text, em.text);
		ATF_CHECK_MSG(u.text == NULL, "\"%s\": left over",
		    refused[i].text);
	}
	ATF_CHECK_EQ(-1, uri_parse(&u, "x", NULL));
}

ATF_TC_WITHOUT_HEAD(escaped);
ATF_TC_BODY(escaped, tc)
{
	struct errmsg em;
	struct uri u;

	ATF_REQUIRE_EQ(-1, uri_parse(&u, "q:///\x1b[2J", &em));
	ATF_CHECK_STREQ("q:///\\e[2J: control byte in the URI", em.text);
	ATF_REQUIRE_EQ(-1, uri_parse(&u, "q:///\x7f", &em));
	ATF_CHECK_STREQ("q:///\\177: control byte in the URI", em.text);
	ATF_REQUIRE_EQ(-1, uri_parse(&u, "q+\xff:///", &em));
	ATF_CHECK_STREQ("q+\\377:///: unknown transport \"\\377\"" TRANSPORTS,
	    em.text);
}

ATF_TC_WITHOUT_HEAD(length);
ATF_TC_BODY(length, tc)
{
	static char text[2 * URI_MAX];
	struct errmsg em;
	struct uri u;

	(void)snprintf(text, sizeof(text), "q:///%0*d", URI_MAX - 5, 0);
	ATF_REQUIRE_EQ(URI_MAX, strlen(text));
	ATF_REQUIRE_EQ(0, uri_parse(&u, text, &em));
	ATF_CHECK_STREQ(text, u.remote);
	uri_free(&u);
	(void)snprintf(text, sizeof(text), "q:///%0*d", URI_MAX - 4, 0);
	ATF_REQUIRE_EQ(-1, uri_parse(&u, text, &em));
	ATF_CHECK(strstr(em.text, ": longer than 4096 bytes") != NULL);
	ATF_CHECK(strncmp(em.text, "q:///0000", 9) == 0);
	(void)snprintf(text, sizeof(text), "q://%0255d/", 0);
	ATF_REQUIRE_EQ(0, uri_parse(&u, text, &em));
	uri_free(&u);
	(void)snprintf(text, sizeof(text), "q://%0256d/", 0);
	ATF_REQUIRE_EQ(-1, uri_parse(&u, text, &em));
	ATF_CHECK(strstr(em.text, ": invalid host name") != NULL);
}

ATF_TC_WITHOUT_HEAD(transport_name);
ATF_TC_BODY(transport_name, tc)
{
	static const char *const want[URI_NTRANSPORT] = {
		"unix", "tcp", "tls", "ssh", "libssh", "libssh2", "ext"
	};
	int i;

	for (i = 0; i < URI_NTRANSPORT; i++)
		ATF_CHECK_STREQ(want[i],
		    uri_transport_name((enum uri_transport)i));
	ATF_CHECK(uri_transport_name(URI_NTRANSPORT) != NULL);
}

#define S	"/S/libvirt-sock "
#define U	"/U/libvirt-sock "
#define PROBED(d)							\
	d "/virtxend-sock " d "/virtqemud-sock " d "/virtlxcd-sock "	\
	d "/virtvboxd-sock " d "/virtbhyved-sock " d "/virtvzd-sock "

/* Each path with a blank behind it, for root and for a user. */
static const struct {
	const char	*text;
	const char	*root;
	const char	*user;
} sockets[] = {
	{ "default", PROBED("/S") S, PROBED("/U") U },
	{ "remote:///", PROBED("/S") S, PROBED("/S") S },
	{ "remote:///session", PROBED("/S") S, PROBED("/U") U },
	{ "qemu:///system", "/S/virtqemud-sock " S, "/S/virtqemud-sock " S },
	{ "qemu+unix:///system", "/S/virtqemud-sock " S,
	    "/S/virtqemud-sock " S },
	/* Root has no session. */
	{ "qemu:///session", "/S/virtqemud-sock " S, "/U/virtqemud-sock " U },
	{ "qemu:///sessions", "/S/virtqemud-sock " S, "/S/virtqemud-sock " S },
	{ "qemu://", "/S/virtqemud-sock " S, "/S/virtqemud-sock " S },
	{ "qemu:///session?mode=direct", "/S/virtqemud-sock ",
	    "/U/virtqemud-sock " },
	{ "qemu:///session?mode=legacy", S, U },
	{ "qemu:///session?mode=auto", "/S/virtqemud-sock " S,
	    "/U/virtqemud-sock " U },
	{ "lxc:///", "/S/virtlxcd-sock " S, "/S/virtlxcd-sock " S },
	{ "foo:///system", "/S/virtfood-sock " S, "/S/virtfood-sock " S },
	{ "test:///default", S, U },
	{ "test+unix:///default", S, U },
	{ "test:///default?mode=direct", "", "" },
	{ "test:///default?mode=legacy", S, U },
	{ "remote:///?mode=direct", PROBED("/S"), PROBED("/S") },
	{ "remote:///?mode=legacy", S, S },
	{ "qemu:///session?socket=/x%20y", "/x y ", "/x y " },
	{ "test:///?socket=/x&mode=direct", "/x ", "/x " },
};

static void
sockets_list(const struct uri *u, int root, char *text, size_t size)
{
	struct uri_where w = { root, "/S", "/U" };
	char path[URI_SOCKET];
	size_t i, n;

	text[0] = '\0';
	for (i = 0; i < 20 && uri_socket(u, &w, i, path) == 0; i++) {
		n = strlen(text);
		(void)snprintf(text + n, size - n, "%s ", path);
	}
}

ATF_TC_WITHOUT_HEAD(socket);
ATF_TC_BODY(socket, tc)
{
	char text[512];
	struct uri u;
	size_t i;

	for (i = 0; i < sizeof(sockets) / sizeof(sockets[0]); i++) {
		ATF_REQUIRE_EQ(0, uri_parse(&u, sockets[i].text, NULL));
		sockets_list(&u, 1, text, sizeof(text));
		ATF_CHECK_MSG(strcmp(sockets[i].root, text) == 0,
		    "%s, root: %s", sockets[i].text, text);
		sockets_list(&u, 0, text, sizeof(text));
		ATF_CHECK_MSG(strcmp(sockets[i].user, text) == 0,
		    "%s, user: %s", sockets[i].text, text);
		uri_free(&u);
	}
}

/* No runtime directory, no room for the path: no socket. */
ATF_TC_WITHOUT_HEAD(socket_nowhere);
ATF_TC_BODY(socket_nowhere, tc)
{
	static const char driver_sock[] = "/virtqemud-sock";
	char path[URI_SOCKET], dir[URI_SOCKET], text[2 * URI_SOCKET];
	struct uri_where w = { 0, dir, NULL };
	size_t len = URI_SOCKET - sizeof(driver_sock);
	struct uri u;

	ATF_REQUIRE_EQ(0, uri_parse(&u, "qemu:///session", NULL));
	ATF_CHECK_EQ(-1, uri_socket(&u, &w, 0, path));
	uri_free(&u);
	memset(dir, 'd', sizeof(dir));
	dir[len] = '\0';
	ATF_REQUIRE_EQ(0, uri_parse(&u, "qemu:///system", NULL));
	ATF_CHECK_EQ(0, uri_socket(&u, &w, 0, path));
	ATF_CHECK_EQ(URI_SOCKET - 1, strlen(path));
	dir[len] = 'd';
	dir[len + 1] = '\0';
	ATF_CHECK_EQ(-1, uri_socket(&u, &w, 0, path));
	ATF_CHECK_EQ(0, uri_socket(&u, &w, 1, path));
	uri_free(&u);
	(void)snprintf(text, sizeof(text), "q:///?socket=/%0*d",
	    URI_SOCKET - 2, 0);
	ATF_REQUIRE_EQ(0, uri_parse(&u, text, NULL));
	ATF_CHECK_EQ(0, uri_socket(&u, &w, 0, path));
	uri_free(&u);
	(void)snprintf(text, sizeof(text), "q:///?socket=/%0*d",
	    URI_SOCKET - 1, 0);
	ATF_REQUIRE_EQ(0, uri_parse(&u, text, NULL));
	ATF_CHECK_EQ(-1, uri_socket(&u, &w, 0, path));
	uri_free(&u);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, parse);
	ATF_TP_ADD_TC(tp, parameters);
	ATF_TP_ADD_TC(tp, dropped);
	ATF_TP_ADD_TC(tp, numbers);
	ATF_TP_ADD_TC(tp, defaults);
	ATF_TP_ADD_TC(tp, parse_refuses);
	ATF_TP_ADD_TC(tp, escaped);
	ATF_TP_ADD_TC(tp, length);
	ATF_TP_ADD_TC(tp, transport_name);
	ATF_TP_ADD_TC(tp, socket);
	ATF_TP_ADD_TC(tp, socket_nowhere);
	return atf_no_error();
}
