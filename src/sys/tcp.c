#include "sys/tcp.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "sys/child.h"

#define TRY_MAX		4000	/* ms for each address but the last */
#define ADDRESSES	64
#define LOOKUP		2048	/* bytes of what getent says */

bool
tcp_address(union tcp_address *a, const char *text, unsigned port)
{
	char host[INET6_ADDRSTRLEN + IF_NAMESIZE];
	const char *errstr;
	char *zone;

	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, text, &a->in.sin_addr) == 1) {
		a->in.sin_family = AF_INET;
		a->in.sin_port = htons((uint16_t)port);
		return true;
	}
	if (strlcpy(host, text, sizeof(host)) >= sizeof(host))
		return false;
	if ((zone = strchr(host, '%')) != NULL)
		*zone++ = '\0';
	if (inet_pton(AF_INET6, host, &a->in6.sin6_addr) != 1)
		return false;
	a->in6.sin6_family = AF_INET6;
	a->in6.sin6_port = htons((uint16_t)port);
	if (zone == NULL)
		return true;
	a->in6.sin6_scope_id = if_nametoindex(zone);
	if (a->in6.sin6_scope_id == 0)
		a->in6.sin6_scope_id = (uint32_t)strtonum(zone, 1, UINT32_MAX,
		    &errstr);
	return true;
}

/* Within ms; 0: however long it takes. */
static int
address_connect(const union tcp_address *a, int ms)
{
	struct timeval tv = { .tv_sec = ms / 1000,
	    .tv_usec = ms % 1000 * 1000 };
	int one = 1, s, saved;

	s = socket(a->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s == -1)
		return -1;
	(void)setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	(void)setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(s, &a->sa, a->sa.sa_family == AF_INET ? sizeof(a->in) :
	    sizeof(a->in6)) == 0)
		return s;
	saved = errno == EINPROGRESS ? ETIMEDOUT : errno;
	(void)close(s);
	errno = saved;
	return -1;
}

/* The next address of getent's lines, each of which begins with one and may
 * say the same as the line before; false when there is none. */
static bool
address_next(char **text, unsigned port, union tcp_address *a)
{
	char *line;
	size_t n;

	while ((line = strsep(text, "\n")) != NULL) {
		n = strcspn(line, " \t");
		line[n] = '\0';
		if (*text != NULL && strncmp(line, *text, n) == 0 &&
		    strchr(" \t\n", (*text)[n]) != NULL)
			continue;
		if (tcp_address(a, line, port))
			return true;
	}
	return false;
}

/* The first of them that answers.  Whoever waits for ms in all hears of the
 * last one, too. */
static int
addresses_connect(char *text, const char *host, unsigned port, int ms)
{
	union tcp_address a[ADDRESSES];
	int n = 0, i, s = -1;

	while (n < ADDRESSES && address_next(&text, port, &a[n]))
		n++;
	if (n == 0)
		(void)dprintf(STDERR_FILENO, "%s: no such host\n", host);
	ms /= n + 1;
	if (ms <= 0 || ms > TRY_MAX)
		ms = TRY_MAX;
	for (i = 0; i < n && s == -1; i++) {
		s = address_connect(&a[i], i + 1 < n ? ms : 0);
		if (s == -1)
			(void)dprintf(STDERR_FILENO, "%s port %u: %s\n", host,
			    port, strerror(errno));
	}
	return s;
}

int
tcp_connect(const char *host, unsigned port, int ms)
{
	static const char *const databases[] = { "ahosts", "hosts" };
	const char *argv[] = { "getent", NULL, host, NULL };
	char text[LOOKUP];
	union tcp_address a;
	int status = -1;
	size_t i;

	(void)strlcpy(text, host, sizeof(text));
	/* Not every getent knows the first; only that one tells all. */
	if (!tcp_address(&a, host, port))
		for (i = 0; i < 2 && status != 0 && status != CHILD_NOEXEC;
		    i++) {
			argv[1] = databases[i];
			status = child_output(argv, text, sizeof(text), -1);
		}
	if (status == CHILD_NOEXEC) {
		(void)dprintf(STDERR_FILENO, "%s: no getent here to look it "
		    "up; an address would do\n", host);
		return -1;
	}
	return addresses_connect(text, host, port, ms);
}
