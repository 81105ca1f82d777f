/*
 * Pass bytes between a client and a daemon, with one fault:
 *
 *	proxy SOCKET DAEMON SEED
 *
 * The seed says which: a byte is changed, bytes are left out, repeated or
 * delayed, or the connection is cut; in which direction, on which connection
 * and where.  "ready" is printed first; then, once it happened, what it was:
 * "changed body" if the byte is in the body of a frame, where no one can tell
 * it from another answer.  It ends with its standard input.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNS	16
#define CHUNK	65536
#define HEAD	28u		/* bytes of a frame before its body */
#define REACH	1500u		/* where the fault is, at most */
#define MOST	3000u		/* ms of a delay */

enum kind { CHANGE, OMIT, REPEAT, DELAY, CUT, NKIND };

static const char *const kinds[] = {
	"changed", "omitted", "repeated", "delayed", "cut"
};

/* One direction of a connection. */
struct way {
	int	 from;
	int	 to;
	bool	 faulty;
	uint64_t at;		/* bytes that went through */
	uint32_t len;		/* its length word, as far as it was read */
	unsigned seen;		/* bytes of this frame */
};

static struct way way[2 * CONNS];
static size_t nways;
static enum kind kind;
static uint64_t place;
static unsigned amount;

static int
unix_socket(const char *path, struct sockaddr_un *sun)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	if (fd == -1 || strlen(path) >= sizeof(sun->sun_path))
		errx(1, "%s: no socket", path);
	memcpy(sun->sun_path, path, strlen(path));
	return fd;
}

static void
way_end(struct way *w)
{
	struct way *other = &way[(w - way) ^ 1];

	(void)close(w->from);
	(void)close(w->to);
	w->from = w->to = other->from = other->to = -1;
}

/* Count a byte of a frame; whether it is in the body. */
static bool
count(struct way *w, unsigned char c)
{
	unsigned seen = w->seen++;

	if (seen < 4)
		w->len = w->len << 8 | c;
	if (seen >= HEAD - 1 && w->seen >= w->len) {
		w->seen = 0;
		w->len = 0;
	}
	return seen >= HEAD;
}

static void
pass(struct way *w, const unsigned char *p, size_t n)
{
	if (w->to != -1 && n > 0 &&
	    send(w->to, p, n, MSG_NOSIGNAL) != (ssize_t)n)
		way_end(w);
}

/* The fault is at p[i] of n bytes. */
static void
fail(struct way *w, unsigned char *p, size_t n, size_t i, bool body)
{
	size_t some = n - i < amount ? n - i : amount;

	w->faulty = false;
	(void)printf("%s%s\n", kinds[kind], body ? " body" : "");
	(void)fflush(stdout);
	switch (kind) {
	case CHANGE:
		p[i] ^= (unsigned char)(1 + amount % 255);
		pass(w, p, n);
		break;
	case OMIT:
		pass(w, p, i);
		pass(w, p + i + some, n - i - some);
		break;
	case REPEAT:
		pass(w, p, i + some);
		pass(w, p + i, n - i);
		break;
	case DELAY:
		pass(w, p, i);
		(void)usleep(amount * 1000u);
		pass(w, p + i, n - i);
		break;
	default:
		pass(w, p, i);
		way_end(w);
		break;
	}
}

static void
way_read(struct way *w)
{
	static unsigned char p[CHUNK];
	ssize_t n = recv(w->from, p, sizeof(p), 0);
	bool body, found = false;
	size_t i, where = 0;

	if (n <= 0) {
		way_end(w);
		return;
	}
	for (i = 0; i < (size_t)n; i++) {
		body = count(w, p[i]);
		if (w->faulty && w->at++ == place) {
			found = true;
			where = i << 1 | body;
		}
	}
	if (found)
		fail(w, p, (size_t)n, where >> 1, where & 1);
	else
		pass(w, p, (size_t)n);
}

static void
way_accept(int listener, const char *daemon, size_t faulty)
{
	struct sockaddr_un sun;
	int fd = accept(listener, NULL, NULL), to;

	if (fd == -1)
		err(1, "accept");
	to = unix_socket(daemon, &sun);
	if (nways == 2 * CONNS ||
	    connect(to, (struct sockaddr *)&sun, sizeof(sun)) == -1) {
		(void)close(fd);
		(void)close(to);
		return;
	}
	way[nways] = (struct way){ .from = fd, .to = to,
	    .faulty = nways == faulty };
	nways++;
	way[nways] = (struct way){ .from = to, .to = fd,
	    .faulty = nways == faulty };
	nways++;
}

/* Numbers of the seed. */
static unsigned
dice(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*seed >> 33);
}

int
main(int argc, char *argv[])
{
	struct pollfd pfd[2 + 2 * CONNS];
	struct sockaddr_un sun;
	uint64_t seed;
	size_t faulty, i, n;

	if (argc != 4)
		errx(2, "usage: proxy SOCKET DAEMON SEED");
	seed = strtoull(argv[3], NULL, 10);
	kind = (enum kind)(seed % NKIND);
	(void)dice(&seed);
	/* The first connection is the control connection. */
	faulty = dice(&seed) % 4;
	place = dice(&seed) % REACH;
	amount = 1 + dice(&seed) % (kind == DELAY ? MOST : 64);
	pfd[0] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	pfd[1] = (struct pollfd){ .events = POLLIN };
	pfd[1].fd = unix_socket(argv[1], &sun);
	(void)unlink(argv[1]);
	if (bind(pfd[1].fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    listen(pfd[1].fd, CONNS) == -1)
		err(1, "%s", argv[1]);
	(void)puts("ready");
	(void)fflush(stdout);
	for (;;) {
		n = nways;
		for (i = 0; i < n; i++)
			pfd[2 + i] = (struct pollfd){ .fd = way[i].from,
			    .events = POLLIN };
		if (poll(pfd, (nfds_t)(2 + n), -1) == -1)
			err(1, "poll");
		if (pfd[0].revents != 0)
			return 0;
		for (i = 0; i < n; i++)
			if (pfd[2 + i].revents != 0 &&
			    pfd[2 + i].fd == way[i].from)
				way_read(&way[i]);
		if (pfd[1].revents != 0)
			way_accept(pfd[1].fd, argv[2], faulty);
	}
}
