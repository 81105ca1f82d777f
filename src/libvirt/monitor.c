#include "libvirt/monitor.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "sys/loop.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open	434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal	424
#endif

static void
socket_close(struct monitor *m)
{
	if (m->fd != -1) {
		loop_del(m->loop, m->fd);
		(void)close(m->fd);
	}
	m->fd = -1;
	m->greeted = m->ready = false;
}

void
monitor_close(struct monitor *m)
{
	if (!m->open)
		return;
	socket_close(m);
	loop_del(m->loop, m->pidfd);
	(void)close(m->pidfd);
	m->open = false;
}

int
monitor_tell(struct monitor *m, enum qmp_command c)
{
	const char *line = qmp_command(c);
	size_t len = strlen(line);

	if (m->fd == -1)
		return -1;
	/* A line always fits, unless QEMU does not read. */
	if (send(m->fd, line, len, MSG_NOSIGNAL | MSG_DONTWAIT) ==
	    (ssize_t)len)
		return 0;
	socket_close(m);
	return -1;
}

static void
news_take(struct monitor *m, const struct qmp_news *n)
{
	if (n->what == QMP_GREETING) {
		m->greeted = true;
		(void)monitor_tell(m, QMP_CAPABILITIES);
	} else if (m->ready) {
		m->handlers->told(m->arg, n);
	} else if (m->greeted && n->what == QMP_RETURN &&
	    n->command == QMP_CAPABILITIES) {
		m->ready = true;
		m->handlers->ready(m->arg);
	}
}

static void
socket_ready(void *arg, short revents)
{
	struct monitor *m = arg;
	struct qmp_news news;
	char data[512];
	ssize_t len;
	size_t at;
	int fd = m->fd;

	(void)revents;
	len = recv(fd, data, sizeof(data), MSG_DONTWAIT);
	if (len == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len <= 0) {
		socket_close(m);
		return;
	}
	/* A handler may close the connection. */
	for (at = 0; at < (size_t)len && m->open && m->fd == fd;) {
		at += qmp_take(&m->qmp, data + at, (size_t)len - at, &news);
		if (news.what != QMP_NOTHING)
			news_take(m, &news);
	}
}

static void
process_ended(void *arg, short revents)
{
	struct monitor *m = arg;

	(void)revents;
	monitor_close(m);
	m->handlers->ended(m->arg);
}

int
monitor_open(struct monitor *m, long pid, struct errmsg *em)
{
	m->fd = -1;
	m->greeted = m->ready = false;
	m->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (m->pidfd == -1)
		return errmsg_sys(em, "cannot watch process %ld", pid);
	if (loop_add(m->loop, m->pidfd, process_ended, m) == -1) {
		(void)close(m->pidfd);
		return errmsg_set(em, 0, "too many connections");
	}
	m->open = true;
	return 0;
}

int
monitor_dial(struct monitor *m, const char *path, struct errmsg *em)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	socket_close(m);
	if (strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) >=
	    sizeof(sun.sun_path))
		return errmsg_set(em, ENAMETOOLONG,
		    "the path of its monitor is too long");
	m->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	if (m->fd == -1)
		return errmsg_sys(em, "cannot connect to its monitor");
	memset(&m->qmp, 0, sizeof(m->qmp));
	if (connect(m->fd, (struct sockaddr *)&sun, sizeof(sun)) == 0 &&
	    loop_add(m->loop, m->fd, socket_ready, m) == 0)
		return 0;
	(void)errmsg_sys(em, "cannot connect to its monitor");
	(void)close(m->fd);
	m->fd = -1;
	return -1;
}

void
monitor_signal(struct monitor *m, int sig)
{
	if (m->open)
		(void)syscall(SYS_pidfd_send_signal, m->pidfd, sig, NULL, 0);
}
