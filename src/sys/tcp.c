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
#include "text/lines.h"
#include "text/number.h"

#define TRY_MAX		4000	/* ms for each address but the last */
#define ADDRESSES	64
#define LOOKUP		2048	/* bytes of what getent prints */
#define ADDRESS_TEXT	(INET6_ADDRSTRLEN + IF_NAMESIZE)

bool
tcp_address(union tcp_address *a, const char *text, unsigned port)
{
	const struct number_range range = { 1, UINT32_MAX };
	char host[ADDRESS_TEXT], *zone;
	int64_t n = 0;

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
	if (a->in6.sin6_scope_id == 0) {
		(void)number_parse(zone, &range, &n, NULL);
		a->in6.sin6_scope_id = (uint32_t)n;
	}
	return true;
}

/* Drop a last line that was cut at size bytes: it is not an address. */
static void
cut_line_drop(char *text, size_t size)
{
	char *last;

	if (strlen(text) + 1 < size)
		return;
	if ((last = strrchr(text, '\n')) != NULL)
		*last = '\0';
}

/* Within ms; 0: no limit. */
static int
address_connect(const union tcp_address *a, int ms)
{
	struct timeval tv = { .tv_sec = ms / 1000,
	    .tv_usec = ms % 1000 * 1000L };
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

/* The next address of getent's lines, each of which begins with an address;
 * false after the last.  Successive lines may repeat an address. */
static bool
address_next(struct lines *at, unsigned port, union tcp_address *a)
{
	char text[ADDRESS_TEXT], last[ADDRESS_TEXT] = "";

	if (at->no > 0)
		(void)lines_copy(at, last, sizeof(last));
	while (lines_next(at))
		if (lines_word(at) && lines_copy(at, text, sizeof(text)) &&
		    strcmp(text, last) != 0 && tcp_address(a, text, port))
			return true;
	return false;
}

/* Connect to the first address that answers, within ms in all, so that the
 * caller gets the error of the last address. */
static int
addresses_connect(const char *text, const char *host, unsigned port, int ms)
{
	union tcp_address a[ADDRESSES];
	struct lines at;
	int n = 0, i, s = -1;

	lines_begin(&at, text, strlen(text));
	while (n < ADDRESSES && address_next(&at, port, &a[n]))
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
	/* Some getent lack ahosts; hosts prints only one address. */
	if (!tcp_address(&a, host, port))
		for (i = 0; i < 2 && status != 0 && status != CHILD_NOEXEC;
		    i++) {
			argv[1] = databases[i];
			status = child_output(argv, text, sizeof(text), -1);
			cut_line_drop(text, sizeof(text));
		}
	if (status == CHILD_NOEXEC) {
		(void)dprintf(STDERR_FILENO, "%s: no getent to look it up; use "
		    "an address\n", host);
		return -1;
	}
	return addresses_connect(text, host, port, ms);
}
