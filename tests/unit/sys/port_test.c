#include "sys/port.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <atf-c.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sys/loop.h"

#define LONG	20000		/* ms, never waited for in full */

static struct loop loop;
static struct port probe;
static int answers;
static bool was_open;

static void
answered(void *arg, bool open)
{
	ATF_CHECK(arg == &answers);
	answers++;
	was_open = open;
}

static void
begin(void)
{
	struct errmsg em;

	ATF_REQUIRE_EQ_MSG(0, loop_init(&loop, &em), "%s", em.text);
	probe = (struct port){ .loop = &loop, .done = answered,
	    .arg = &answers };
}

static int
aim(const char *host, int port, struct errmsg *em)
{
	struct port_target t = { .host = host, .port = port,
	    .hosts = "hosts" };

	return port_aim(&probe, &t, em);
}

/* Until it has an answer. */
static void
answer(void)
{
	int64_t by = loop_now() + LONG;
	struct errmsg em;
	int before = answers;

	while (answers == before && loop_now() < by)
		ATF_REQUIRE_EQ(0, loop_wait(&loop, by, &em));
	ATF_REQUIRE_EQ(before + 1, answers);
	ATF_CHECK_EQ(-1, probe.fd);
}

static void
hosts_write(const char *text)
{
	FILE *f = fopen("hosts", "w");

	ATF_REQUIRE(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

/* A port of 127.0.0.1 that listens, or (not yet) does not. */
static int
listener_open(int *port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ATF_REQUIRE(fd != -1);
	ATF_REQUIRE_EQ(0, bind(fd, (struct sockaddr *)&sin, len));
	ATF_REQUIRE_EQ(0, getsockname(fd, (struct sockaddr *)&sin, &len));
	*port = ntohs(sin.sin_port);
	return fd;
}

ATF_TC_WITHOUT_HEAD(ports);
ATF_TC_BODY(ports, tc)
{
	struct errmsg em;
	int fd, port;
	char byte;

	begin();
	fd = listener_open(&port);
	ATF_REQUIRE_EQ(0, aim("127.0.0.1", port, &em));
	/* Refused at once, or a moment later. */
	if (port_open(&probe) == 0) {
		answer();
		ATF_CHECK(!was_open);
	}
	ATF_CHECK_EQ(-1, probe.fd);
	ATF_REQUIRE_EQ(0, listen(fd, 5));
	ATF_REQUIRE_EQ(0, port_open(&probe));
	answer();
	ATF_CHECK(was_open);
	/* It says nothing, and goes. */
	fd = accept(fd, NULL, NULL);
	ATF_REQUIRE(fd != -1);
	ATF_CHECK_EQ(0, read(fd, &byte, 1));
	/* And again, one at a time. */
	ATF_REQUIRE_EQ(0, port_open(&probe));
	ATF_REQUIRE_EQ(0, port_open(&probe));
	answer();
	ATF_CHECK(was_open);
	loop_free(&loop);
}

/* What was given up has no answer. */
ATF_TC_WITHOUT_HEAD(closed);
ATF_TC_BODY(closed, tc)
{
	struct errmsg em;
	int fd, port;
	size_t n;

	begin();
	fd = listener_open(&port);
	ATF_REQUIRE_EQ(0, listen(fd, 5));
	ATF_REQUIRE_EQ(0, aim("127.0.0.1", port, &em));
	port_close(&probe);
	n = loop.n;
	ATF_REQUIRE_EQ(0, port_open(&probe));
	ATF_CHECK(probe.fd != -1);
	port_close(&probe);
	ATF_CHECK_EQ(-1, probe.fd);
	ATF_REQUIRE_EQ(0, loop_wait(&loop, loop_now(), &em));
	ATF_CHECK_EQ(0, answers);
	ATF_CHECK(loop.n <= n + 1);
	loop_free(&loop);
}

static const struct {
	const char	*host;
	const char	*address;	/* as inet_ntop has it; NULL: refused */
} hosts[] = {
	{ "192.0.2.1", "192.0.2.1" },
	{ "2001:db8::1", "2001:db8::1" },
	{ "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
	{ "db", "192.0.2.7" },
	{ "DB.Example", "192.0.2.7" },
	{ "db2", "192.0.2.7" },
	{ "six", "2001:db8::6" },
	{ "twice", "192.0.2.8" },
	{ "tabs", "192.0.2.10" },
	{ "last", "192.0.2.11" },
	{ "192.0.2", NULL },
	{ "comment", NULL },
	{ "commented", NULL },
	{ "b", NULL },
	{ "192.0.2.300", NULL },
	{ "odd", NULL },
	{ "nobody\033", NULL },
	{ "", NULL },
};

ATF_TC_WITHOUT_HEAD(names);
ATF_TC_BODY(names, tc)
{
	const struct sockaddr_in *sin = (struct sockaddr_in *)&probe.addr;
	const struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&probe.addr;
	char text[INET6_ADDRSTRLEN];
	struct errmsg em;
	const void *address;
	size_t i;

	hosts_write("# comment\n\n"
	    "192.0.2.7 db db.example\tdb2# commented b\n"
	    "2001:db8::6\tsix\n"
	    "192.0.2.8 twice\n192.0.2.9 twice\n"
	    " \t192.0.2.10 \t tabs \t\r\n"
	    "nonsense odd\n192.0.2.12\n"
	    "192.0.2.11 last");
	begin();
	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		if (hosts[i].address == NULL) {
			ATF_CHECK_EQ_MSG(-1, aim(hosts[i].host, 80, &em),
			    "%s", hosts[i].host);
			ATF_CHECK(strstr(em.text, "neither an address nor a "
			    "name in hosts") != NULL);
			ATF_CHECK(strchr(em.text, '\033') == NULL);
			continue;
		}
		ATF_REQUIRE_EQ_MSG(0, aim(hosts[i].host, 5432, &em),
		    "%s: %s", hosts[i].host, em.text);
		address = probe.addr.sa.sa_family == AF_INET ?
		    (const void *)&sin->sin_addr : &sin6->sin6_addr;
		ATF_CHECK_STREQ(hosts[i].address, inet_ntop(
		    probe.addr.sa.sa_family, address, text, sizeof(text)));
		ATF_CHECK_EQ(5432, ntohs(probe.addr.sa.sa_family == AF_INET ?
		    sin->sin_port : sin6->sin6_port));
	}
	loop_free(&loop);
}

ATF_TC_WITHOUT_HEAD(zone);
ATF_TC_BODY(zone, tc)
{
	const struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&probe.addr;
	struct errmsg em;

	begin();
	ATF_REQUIRE_EQ(0, aim("fe80::1%lo", 1, &em));
	ATF_CHECK_EQ(if_nametoindex("lo"), sin6->sin6_scope_id);
	ATF_REQUIRE_EQ(0, aim("fe80::1", 1, &em));
	ATF_CHECK_EQ(0, sin6->sin6_scope_id);
	loop_free(&loop);
}

/* Without hosts(5) there are addresses alone. */
ATF_TC_WITHOUT_HEAD(no_names);
ATF_TC_BODY(no_names, tc)
{
	struct errmsg em;

	begin();
	ATF_CHECK_EQ(-1, aim("db", 1, &em));
	ATF_CHECK_EQ(0, aim("192.0.2.1", 1, &em));
	loop_free(&loop);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, ports);
	ATF_TP_ADD_TC(tp, closed);
	ATF_TP_ADD_TC(tp, names);
	ATF_TP_ADD_TC(tp, zone);
	ATF_TP_ADD_TC(tp, no_names);
	return atf_no_error();
}
