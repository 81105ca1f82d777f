#include "sys/control.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "sys/loop.h"
#include "text/number.h"

#define PACKET		64	/* bytes of one, at most */
#define QUEUE		16	/* connections not accepted yet */
#define LAST_ACCEPTS	(4 * QUEUE)	/* by control_end */
#define CODE_MAX	255	/* of an exit code */
#define BUSY		"busy"
#define PING		2000	/* ms without a packet of the owner */

_Static_assert(CONTROL_PATH == sizeof(((struct sockaddr_un *)0)->sun_path),
    "CONTROL_PATH");

/* A socket, and the address of path; -1 and errno. */
static int
socket_make(const char *path, struct sockaddr_un *sun)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	if (strlcpy(sun->sun_path, path, sizeof(sun->sun_path)) >=
	    sizeof(sun->sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
}

static void
close_quietly(int fd)
{
	int saved = errno;

	(void)close(fd);
	errno = saved;
}

/* Root or our own user. */
static bool
is_trusted(int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1 ||
	    len != sizeof(cred))
		return false;
	return cred.uid == 0 || cred.uid == geteuid();
}

/*
 * Packets.
 */

/*
 * Read a line, without its newline.  1; 0: no line now, or a malformed one
 * (line is empty then); -1: the end.
 */
static int
packet_read(int fd, char line[PACKET + 1])
{
	ssize_t n;

	memset(line, 0, PACKET + 1);
	n = recv(fd, line, PACKET, MSG_TRUNC);
	/* A peer that closes with something unread resets the connection;
	 * what it sent before can be read after that one error. */
	if (n == -1 && errno == ECONNRESET)
		n = recv(fd, line, PACKET, MSG_TRUNC);
	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (n == 0)
		return -1;
	if (n > PACKET || line[n - 1] != '\n') {
		line[0] = '\0';
		return 0;
	}
	line[n - 1] = '\0';
	return strlen(line) == (size_t)n - 1;
}

/* "WORD N", or only the word if n is negative. */
static int
packet_send(int fd, const char *word, int64_t n)
{
	char line[PACKET];
	int len;

	if (n < 0)
		len = snprintf(line, sizeof(line), "%s\n", word);
	else
		len = snprintf(line, sizeof(line), "%s %" PRId64 "\n", word,
		    n);
	if (len < 0 || (size_t)len >= sizeof(line))
		return -1;
	/* It fits into the queue of the socket if the peer reads. */
	return send(fd, line, (size_t)len, MSG_NOSIGNAL | MSG_DONTWAIT) == len ?
	    0 : -1;
}

/* "WORD N": the number, or -1 if the line is anything else. */
static int64_t
number_of(const char *line, const char *word, int64_t max)
{
	const struct number_range range = { 0, max };
	size_t len = strlen(word);
	int64_t n = -1;

	if (strncmp(line, word, len) == 0 && line[len] == ' ')
		(void)number_parse(line + len + 1, &range, &n, NULL);
	return n;
}

/*
 * The owner.
 */

static const char *const roles[] = {
	[CONTROL_STOP] = "stop", [CONTROL_START] = "start",
	[CONTROL_SOME] = "some"
};

static void
peer_drop(struct control_peer *p)
{
	struct control *c = p->control;

	loop_del(c->loop, p->fd);
	(void)close(p->fd);
	p->control = NULL;
	/* Accept one more of the queue. */
	loop_want(c->loop, c->fd, POLLIN);
}

/* Call a handler that may be NULL, once. */
static void
once(struct control *c, bool *told, void (*handler)(void *))
{
	if (*told || handler == NULL)
		return;
	*told = true;
	handler(c->arg);
}

static void
peer_say(struct control_peer *p, const char *line)
{
	struct control *c = p->control;
	int64_t deadline = number_of(line, "deadline", INT64_MAX);

	if (deadline > 0 && c->handlers->deadline != NULL &&
	    (c->deadline == 0 || deadline < c->deadline)) {
		c->deadline = deadline;
		c->handlers->deadline(c->arg, deadline);
	}
	if (strcmp(line, "hurry") == 0)
		once(c, &c->hurried, c->handlers->hurry);
	if (strcmp(line, "preempt") == 0)
		once(c, &c->preempted, c->handlers->preempt);
	p->waits = p->waits || strcmp(line, "wait") == 0;
}

static void
peer_ready(void *arg, short revents)
{
	struct control_peer *p = arg;
	char line[PACKET + 1];
	int rv;

	if (p->packets == CONTROL_PACKETS) {
		/* Ignore all but the end of the connection. */
		if (revents & (POLLHUP | POLLERR))
			peer_drop(p);
		return;
	}
	if ((rv = packet_read(p->fd, line)) == -1) {
		peer_drop(p);
		return;
	}
	/* Pings are not counted: a stop can take long. */
	if (rv == 1 && strcmp(line, "ping") == 0) {
		(void)packet_send(p->fd, "pong", -1);
		return;
	}
	if (++p->packets == CONTROL_PACKETS)
		loop_want(p->control->loop, p->fd, 0);
	if (rv == 1)
		peer_say(p, line);
}

static void
role_send(const struct control *c, int fd)
{
	if (c->role != CONTROL_UNSAID)
		(void)packet_send(fd, roles[c->role], -1);
}

static void
peer_add(struct control *c, size_t i, int fd)
{
	struct control_peer *p = &c->peer[i];

	*p = (struct control_peer){ .control = c, .fd = fd };
	if (loop_add(c->loop, fd, peer_ready, p) == -1) {
		p->control = NULL;
		(void)close(fd);
		return;
	}
	role_send(c, fd);
}

/* There is no free place. */
static void
peer_refuse(int fd)
{
	(void)packet_send(fd, BUSY, -1);
	(void)close(fd);
}

/* The first free place, or CONTROL_JOINERS. */
static size_t
place_find(const struct control *c)
{
	size_t i;

	for (i = 0; i < CONTROL_JOINERS && c->peer[i].control != NULL; i++)
		continue;
	return i;
}

static void
listen_ready(void *arg, short revents)
{
	struct control *c = arg;
	size_t i = place_find(c);
	int fd;

	(void)revents;
	fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd == -1) {
		/* Out of descriptors: do not spin; control_end retries. */
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
			loop_want(c->loop, c->fd, 0);
		return;
	}
	if (!is_trusted(fd))
		(void)close(fd);
	else if (i == CONTROL_JOINERS)
		peer_refuse(fd);
	else
		peer_add(c, i, fd);
}

/* Remove the socket of an owner that died; never another file. */
static int
stale_remove(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISSOCK(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	return unlink(path);
}

/* No other user may connect at any time: chmod(2) would be too late. */
static int
private_bind(int fd, const struct sockaddr_un *sun)
{
	mode_t old = umask(0177);
	int rv = bind(fd, (const struct sockaddr *)sun, sizeof(*sun));

	(void)umask(old);
	return rv;
}

int
control_listen(struct control *c, const char *path, struct errmsg *em)
{
	struct sockaddr_un sun;
	int fd;

	memset(c->peer, 0, sizeof(c->peer));
	c->listening = c->hurried = c->preempted = false;
	c->deadline = 0;
	if ((fd = socket_make(path, &sun)) == -1)
		return errmsg_path(em, path);
	if (stale_remove(path) == -1 || private_bind(fd, &sun) == -1 ||
	    listen(fd, QUEUE) == -1) {
		close_quietly(fd);
		return errmsg_path(em, path);
	}
	if (loop_add(c->loop, fd, listen_ready, c) == -1) {
		(void)unlink(path);
		(void)close(fd);
		errno = EMFILE;
		return errmsg_path(em, path);
	}
	(void)strlcpy(c->path, path, sizeof(c->path));
	c->fd = fd;
	c->listening = true;
	return 0;
}

/* A negative code: no answer. */
static void
answer_send(const struct control *c, int fd, int code)
{
	if (code >= 0 && c->subject > 0)
		(void)packet_send(fd, "subject", c->subject);
	if (code >= 0 && c->settings > 0)
		(void)packet_send(fd, "settings", c->settings);
	if (code >= 0)
		(void)packet_send(fd, "result", code);
}

/* Whether "wait" is among the packets that are still unread. */
static bool
waits(int fd)
{
	char line[PACKET + 1];
	size_t i;

	for (i = 0; i < CONTROL_PACKETS && packet_read(fd, line) == 1; i++)
		if (strcmp(line, "wait") == 0)
			return true;
	return false;
}

/* Answer the connections that were not accepted yet. */
static size_t
queue_answer(struct control *c, int code)
{
	size_t n = 0;
	int fd, i;

	for (i = 0; i < LAST_ACCEPTS; i++) {
		fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd == -1)
			break;
		if (is_trusted(fd)) {
			answer_send(c, fd, code);
			n += !waits(fd);
		}
		(void)close(fd);
	}
	return n;
}

size_t
control_end(struct control *c, int code)
{
	size_t i, n = 0;

	if (!c->listening)
		return 0;
	/* First: a later joiner then waits for the lock. */
	(void)unlink(c->path);
	for (i = 0; i < CONTROL_JOINERS; i++) {
		if (c->peer[i].control == NULL)
			continue;
		answer_send(c, c->peer[i].fd, code);
		n += !c->peer[i].waits && !waits(c->peer[i].fd);
		peer_drop(&c->peer[i]);
	}
	n += queue_answer(c, code);
	loop_del(c->loop, c->fd);
	(void)close(c->fd);
	c->listening = false;
	return n;
}

/*
 * A joiner.
 */

static void
join_close(struct control_join *j, enum control_state state)
{
	loop_del(j->loop, j->fd);
	(void)close(j->fd);
	j->fd = -1;
	j->state = state;
}

static void
role_take(struct control_join *j, const char *line)
{
	size_t i;

	for (i = CONTROL_STOP; i <= CONTROL_SOME; i++)
		if (strcmp(line, roles[i]) == 0)
			j->role = (enum control_role)i;
	else if (strcmp(line, BUSY) == 0)
		j->busy = true;
}

static void
join_ready(void *arg, short revents)
{
	struct control_join *j = arg;
	char line[PACKET + 1];
	int64_t code, subject, settings;
	int rv;

	(void)revents;
	rv = packet_read(j->fd, line);
	if (rv == 1)
		j->heard = loop_now();
	role_take(j, line);
	code = number_of(line, "result", CODE_MAX);
	subject = number_of(line, "subject", INT64_MAX);
	settings = number_of(line, "settings", INT64_MAX);
	if (rv == 1 && subject != -1) {
		j->subject = subject;
	} else if (rv == 1 && settings != -1) {
		j->settings = settings;
	} else if (rv == 1 && code != -1) {
		j->code = (int)code;
		join_close(j, CONTROL_RESULT);
	} else if (rv == -1) {
		join_close(j, CONTROL_LOST);
	}
}

/* Connect to a trusted owner; -1 and errno. */
static int
join_connect(int fd, const struct sockaddr_un *sun)
{
	if (connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) == -1)
		return -1;
	if (is_trusted(fd))
		return 0;
	errno = EPERM;
	return -1;
}

int
control_join(struct control_join *j, const char *path, int64_t deadline,
    struct errmsg *em)
{
	struct sockaddr_un sun;

	j->state = CONTROL_LOST;
	j->code = -1;
	j->subject = j->settings = 0;
	j->role = CONTROL_UNSAID;
	j->busy = false;
	if ((j->fd = socket_make(path, &sun)) == -1)
		return errmsg_path(em, path);
	if (join_connect(j->fd, &sun) == -1) {
		close_quietly(j->fd);
		j->fd = -1;
		return errmsg_path(em, path);
	}
	if (loop_add(j->loop, j->fd, join_ready, j) == -1) {
		(void)close(j->fd);
		j->fd = -1;
		errno = EMFILE;
		return errmsg_path(em, path);
	}
	j->state = CONTROL_WAITING;
	j->heard = j->pinged = loop_now();
	/* If the owner has ended meanwhile, the loop reports it. */
	(void)control_hasten(j, deadline);
	return 0;
}

int
control_hasten(struct control_join *j, int64_t deadline)
{
	if (j->state != CONTROL_WAITING || deadline <= 0)
		return -1;
	return packet_send(j->fd, "deadline", deadline);
}

static int
word_send(struct control_join *j, const char *word)
{
	if (j->state != CONTROL_WAITING)
		return -1;
	return packet_send(j->fd, word, -1);
}

int
control_hurry(struct control_join *j)
{
	return word_send(j, "hurry");
}

int
control_preempt(struct control_join *j)
{
	return word_send(j, "preempt");
}

int
control_wait(struct control_join *j)
{
	return word_send(j, "wait");
}

int64_t
control_tick(struct control_join *j, int64_t now)
{
	if (j->state != CONTROL_WAITING)
		return 0;
	if (j->pinged > j->heard && now - j->pinged > CONTROL_SILENCE) {
		/* If this process was stopped, the answer is still unread. */
		join_ready(j, 0);
		if (j->state == CONTROL_WAITING && j->pinged > j->heard)
			join_close(j, CONTROL_FROZEN);
		return j->state == CONTROL_WAITING ? now : 0;
	}
	if (j->pinged <= j->heard && now - j->heard >= PING) {
		j->pinged = now;
		(void)packet_send(j->fd, "ping", -1);
	}
	return j->pinged > j->heard ? j->pinged + CONTROL_SILENCE + 1 :
	    j->heard + PING;
}

void
control_leave(struct control_join *j)
{
	if (j->state == CONTROL_WAITING)
		join_close(j, CONTROL_LOST);
}
