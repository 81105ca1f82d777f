#include "sys/notify.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <atf-c.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A service manager's socket of that name. */
static int
manager(const char *name)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	size_t len = strlen(name);
	int fd;

	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ATF_REQUIRE(fd != -1);
	ATF_REQUIRE(len < sizeof(sun.sun_path));
	memcpy(sun.sun_path, name, len);
	if (*name == '@')
		sun.sun_path[0] = '\0';
	ATF_REQUIRE_EQ(0, bind(fd, (struct sockaddr *)&sun, (socklen_t)
	    (offsetof(struct sockaddr_un, sun_path) + len)));
	return fd;
}

static const char *
heard(int fd, char text[256])
{
	ssize_t n = recv(fd, text, 255, MSG_DONTWAIT);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static void
send_to(const char *name)
{
	struct notify n;
	char text[256];
	int fd = manager(name);

	notify_open(&n, name);
	ATF_REQUIRE(n.fd != -1);
	notify_send(&n, "READY=1\nSTATUS=all is well");
	ATF_CHECK_STREQ("READY=1\nSTATUS=all is well", heard(fd, text));
	ATF_CHECK_STREQ("", heard(fd, text));
	notify_close(&n);
	ATF_CHECK_EQ(-1, n.fd);
	notify_send(&n, "READY=1");
	ATF_CHECK_STREQ("", heard(fd, text));
	(void)close(fd);
}

ATF_TC_WITHOUT_HEAD(file);
ATF_TC_BODY(file, tc)
{
	char path[64];

	(void)tc;
	(void)snprintf(path, sizeof(path), "/tmp/notify_test.%ld",
	    (long)getpid());
	send_to(path);
	(void)unlink(path);
}

ATF_TC_WITHOUT_HEAD(abstract);
ATF_TC_BODY(abstract, tc)
{
	char name[64];

	(void)tc;
	(void)snprintf(name, sizeof(name), "@notify_test.%ld",
	    (long)getpid());
	send_to(name);
}

ATF_TC_WITHOUT_HEAD(longest);
ATF_TC_BODY(longest, tc)
{
	char name[sizeof(((struct sockaddr_un *)0)->sun_path)];

	(void)tc;
	memset(name, 'x', sizeof(name));
	(void)snprintf(name, 32, "@notify_test.%ld.", (long)getpid());
	name[strlen(name)] = 'x';
	name[sizeof(name) - 1] = '\0';
	send_to(name);
}

static char too_long[sizeof(((struct sockaddr_un *)0)->sun_path) + 1];

static const char *const nobody[] = {
	NULL, "", "@", "/", "relative", "vsock:2:1", "/nowhere/at/all",
	"@nobody is there", too_long
};

ATF_TC_WITHOUT_HEAD(nobody_listens);
ATF_TC_BODY(nobody_listens, tc)
{
	struct notify n;
	size_t i;

	(void)tc;
	memset(too_long, 'x', sizeof(too_long) - 1);
	too_long[0] = '@';
	for (i = 0; i < sizeof(nobody) / sizeof(nobody[0]); i++) {
		notify_open(&n, nobody[i]);
		ATF_CHECK_EQ_MSG(-1, n.fd, "%s", nobody[i]);
		notify_send(&n, "READY=1");
		notify_extend(&n, 5);
		notify_tick(&n, 100000);
		ATF_CHECK_EQ(0, n.next);
		notify_close(&n);
	}
}

/* One that went away, and one that does not read. */
ATF_TC_WITHOUT_HEAD(deaf);
ATF_TC_BODY(deaf, tc)
{
	struct notify n;
	char name[64];
	int fd, i;

	(void)tc;
	(void)snprintf(name, sizeof(name), "@notify_test.%ld",
	    (long)getpid());
	fd = manager(name);
	notify_open(&n, name);
	for (i = 0; i < 100000; i++)
		notify_send(&n, "STATUS=nobody reads this");
	(void)close(fd);
	notify_send(&n, "READY=1");
	notify_close(&n);
}

ATF_TC_WITHOUT_HEAD(extend);
ATF_TC_BODY(extend, tc)
{
	const char *more = "EXTEND_TIMEOUT_USEC=60000000";
	struct notify n;
	char name[64], text[256];
	int64_t next;
	int fd;

	(void)tc;
	(void)snprintf(name, sizeof(name), "@notify_test.%ld",
	    (long)getpid());
	fd = manager(name);
	notify_open(&n, name);
	notify_tick(&n, 1000);
	ATF_CHECK_STREQ("", heard(fd, text));
	notify_extend(&n, 1000);
	ATF_CHECK_STREQ(more, heard(fd, text));
	next = n.next;
	/* Three may get lost. */
	ATF_CHECK(next > 1000 && next <= 1000 + 60000 / 4);
	notify_tick(&n, next - 1);
	ATF_CHECK_STREQ("", heard(fd, text));
	notify_tick(&n, next + 7);
	ATF_CHECK_STREQ(more, heard(fd, text));
	ATF_CHECK(n.next > next + 7);
	/* From then on never. */
	n.by = n.next;
	notify_tick(&n, n.by);
	ATF_CHECK_STREQ("", heard(fd, text));
	ATF_CHECK_EQ(0, n.next);
	notify_close(&n);
	(void)close(fd);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, file);
	ATF_TP_ADD_TC(tp, abstract);
	ATF_TP_ADD_TC(tp, longest);
	ATF_TP_ADD_TC(tp, nobody_listens);
	ATF_TP_ADD_TC(tp, deaf);
	ATF_TP_ADD_TC(tp, extend);
	return atf_no_error();
}
