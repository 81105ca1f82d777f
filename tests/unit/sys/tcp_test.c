#include "sys/tcp.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <arpa/inet.h>
#include <atf-c.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char	*text;
	int		 family;	/* 0: it is none */
	const char	*shown;
	unsigned	 scope;
} addresses[] = {
	{ "127.0.0.1", AF_INET, "127.0.0.1", 0 },
	{ "::1", AF_INET6, "::1", 0 },
	{ "fe80::1%lo", AF_INET6, "fe80::1", 1 },
	{ "fe80::1%7", AF_INET6, "fe80::1", 7 },
	{ "fe80::1%nosuch", AF_INET6, "fe80::1", 0 },
	{ "1.2.3", 0, NULL, 0 },
	{ "127.0.0.1%lo", 0, NULL, 0 },
	{ "localhost", 0, NULL, 0 },
	{ "", 0, NULL, 0 },
	{ "::1%aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0,
	    NULL, 0 },
};

ATF_TC_WITHOUT_HEAD(address);
ATF_TC_BODY(address, tc)
{
	char shown[INET6_ADDRSTRLEN];
	union tcp_address a;
	size_t i;

	for (i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		ATF_CHECK_EQ_MSG(addresses[i].family != 0,
		    tcp_address(&a, addresses[i].text, 258), "%s",
		    addresses[i].text);
		if (addresses[i].family == 0)
			continue;
		ATF_CHECK_EQ(addresses[i].family, a.sa.sa_family);
		ATF_CHECK_EQ(htons(258), a.in.sin_port);
		ATF_REQUIRE(inet_ntop(a.sa.sa_family,
		    a.sa.sa_family == AF_INET ? (void *)&a.in.sin_addr :
		    (void *)&a.in6.sin6_addr, shown, sizeof(shown)) != NULL);
		ATF_CHECK_STREQ(addresses[i].shown, shown);
		if (a.sa.sa_family == AF_INET6)
			ATF_CHECK_EQ(addresses[i].scope, a.in6.sin6_scope_id);
	}
}

/* A listener on an address, and its port. */
static int
listener(const char *text, unsigned *port)
{
	union tcp_address a;
	socklen_t len = sizeof(a);
	int fd;

	ATF_REQUIRE(tcp_address(&a, text, 0));
	ATF_REQUIRE((fd = socket(a.sa.sa_family, SOCK_STREAM, 0)) != -1);
	if (bind(fd, &a.sa, a.sa.sa_family == AF_INET ? sizeof(a.in) :
	    sizeof(a.in6)) == -1)
		atf_tc_skip("no %s here", text);
	ATF_REQUIRE_EQ(0, listen(fd, 5));
	ATF_REQUIRE_EQ(0, getsockname(fd, &a.sa, &len));
	*port = ntohs(a.in.sin_port);
	return fd;
}

/* What is said goes to the file "said". */
static int
try(const char *host, unsigned port)
{
	int file, old, fd;

	ATF_REQUIRE((file = open("said", O_WRONLY | O_CREAT | O_TRUNC,
	    0644)) != -1);
	ATF_REQUIRE((old = dup(STDERR_FILENO)) != -1);
	ATF_REQUIRE(dup2(file, STDERR_FILENO) != -1);
	fd = tcp_connect(host, port, 1000);
	ATF_REQUIRE(dup2(old, STDERR_FILENO) != -1);
	(void)close(old);
	(void)close(file);
	return fd;
}

static void
getent_make(const char *text)
{
	char dir[256];
	FILE *f;

	ATF_REQUIRE(getcwd(dir, sizeof(dir)) != NULL);
	ATF_REQUIRE_EQ(0, setenv("PATH", dir, 1));
	(void)unlink("getent");
	if (text == NULL)
		return;
	ATF_REQUIRE((f = fopen("getent", "w")) != NULL);
	(void)fprintf(f, "#!/bin/sh\n%s\n", text);
	ATF_REQUIRE_EQ(0, fclose(f));
	ATF_REQUIRE_EQ(0, chmod("getent", 0755));
}

ATF_TC_WITHOUT_HEAD(connects);
ATF_TC_BODY(connects, tc)
{
	unsigned port;
	int l, fd;

	l = listener("127.0.0.1", &port);
	ATF_CHECK((fd = try("127.0.0.1", port)) != -1);
	ATF_CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	ATF_CHECK(try("localhost", port) != -1);
	/* The one that answers, wherever in the list it is. */
	getent_make("[ $1 = ahosts ] && [ $2 = name ] || exit 2\n"
	    "echo '::1  STREAM name'\necho '::1  DGRAM'\n"
	    "echo '127.0.0.1 STREAM'\necho '127.0.0.1 DGRAM'");
	ATF_CHECK(try("name", port) != -1);
	/* One that begins as the next one does. */
	getent_make("echo '127.0.0.1 STREAM'\necho '127.0.0.12 STREAM'");
	ATF_CHECK((fd = try("name", port)) != -1);
	/* A getent that knows less. */
	getent_make("[ $1 = hosts ] || exit 1\necho 127.0.0.1 name");
	ATF_CHECK(try("name", port) != -1);
	(void)close(l);
	ATF_CHECK_EQ(-1, try("name", port));
	ATF_CHECK(atf_utils_grep_file("^name port [0-9]+: .*refused", "said"));
}

/* Each of many addresses that never answer has but its share of the time. */
ATF_TC_WITHOUT_HEAD(shares);
ATF_TC_BODY(shares, tc)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	int hung, good, i, one = 1;

	ATF_REQUIRE((hung = socket(AF_INET, SOCK_STREAM, 0)) != -1);
	ATF_REQUIRE((good = socket(AF_INET, SOCK_STREAM, 0)) != -1);
	ATF_REQUIRE_EQ(0, setsockopt(hung, SOL_SOCKET, SO_REUSEPORT, &one,
	    sizeof(one)));
	ATF_REQUIRE_EQ(0, setsockopt(good, SOL_SOCKET, SO_REUSEPORT, &one,
	    sizeof(one)));
	ATF_REQUIRE_EQ(0, bind(hung, (struct sockaddr *)&in, len));
	ATF_REQUIRE_EQ(0, getsockname(hung, (struct sockaddr *)&in, &len));
	ATF_REQUIRE(inet_pton(AF_INET, "127.0.0.200", &in.sin_addr) == 1);
	ATF_REQUIRE_EQ(0, bind(good, (struct sockaddr *)&in, len));
	ATF_REQUIRE_EQ(0, listen(good, 5));
	/* Its queue is full after that. */
	ATF_REQUIRE_EQ(0, listen(hung, 0));
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (i = 0; i < 4; i++)
		(void)connect(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0),
		    (struct sockaddr *)&in, len);
	getent_make("for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 200; do\n"
	    "echo \"127.0.0.$i STREAM\"; done");
	/* At 4 s each it would be a minute. */
	(void)alarm(40);
	ATF_CHECK(try("name", ntohs(in.sin_port)) != -1);
	(void)alarm(0);
	ATF_CHECK(atf_utils_grep_file("^name port .*timed out", "said"));
}

ATF_TC_WITHOUT_HEAD(six);
ATF_TC_BODY(six, tc)
{
	unsigned port;

	(void)listener("::1", &port);
	ATF_CHECK(try("::1", port) != -1);
}

ATF_TC_WITHOUT_HEAD(unknown);
ATF_TC_BODY(unknown, tc)
{
	ATF_CHECK_EQ(-1, try("none.invalid", 1));
	ATF_CHECK(atf_utils_grep_file("^none.invalid: no such host$", "said"));
	getent_make("exit 2");
	ATF_CHECK_EQ(-1, try("name", 1));
	ATF_CHECK(atf_utils_grep_file("^name: no such host$", "said"));
	/* More than there is room for, and no address in it. */
	getent_make("i=0; while [ $i -lt 999 ]; do i=$((i + 1))\n"
	    "echo 'rubbish %s of all sorts'; done");
	ATF_CHECK_EQ(-1, try("name", 1));
	ATF_CHECK(atf_utils_grep_file("^name: no such host$", "said"));
	getent_make(NULL);
	ATF_CHECK_EQ(-1, try("name", 1));
	ATF_CHECK(atf_utils_grep_file("^name: no getent", "said"));
}

/* An address of which only the beginning was read is not used. */
ATF_TC_WITHOUT_HEAD(cut_line);
ATF_TC_BODY(cut_line, tc)
{
	unsigned port;

	(void)listener("127.0.0.1", &port);
	/* 2048 bytes are read: of this line, 127.0.0.1. */
	getent_make("printf '%2037s\\n' x; echo '127.0.0.123 STREAM'");
	ATF_CHECK_EQ(-1, try("name", port));
	ATF_CHECK(atf_utils_grep_file("^name: no such host$", "said"));
	/* A line that was read whole is. */
	getent_make("echo '127.0.0.1 STREAM'; printf '%2037s\\n' x");
	ATF_CHECK(try("name", port) != -1);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, cut_line);
	ATF_TP_ADD_TC(tp, address);
	ATF_TP_ADD_TC(tp, connects);
	ATF_TP_ADD_TC(tp, shares);
	ATF_TP_ADD_TC(tp, six);
	ATF_TP_ADD_TC(tp, unknown);
	return atf_no_error();
}
