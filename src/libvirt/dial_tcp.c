#include "libvirt/dial_part.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "sys/child.h"
#include "sys/tcp.h"
#include "wire/uri.h"

#define PORT_TCP	16509

static void
child_tcp(const struct dial *d, int fd, void *arg)
{
	const int fds[3] = { -1, fd, d->err };
	union {
		struct cmsghdr	 h;
		char		 space[CMSG_SPACE(sizeof(int))];
	} u = { .h = { .cmsg_len = 0 } };
	char byte = 1;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = u.space, .msg_controllen = sizeof(u.space) };
	int s;

	(void)arg;
	if (child_descriptors(fds, -1) == -1 ||
	    (s = tcp_connect(d->uri->host, d->uri->port != 0 ? d->uri->port :
	    PORT_TCP, d->uri->patience * 1000)) == -1)
		return;
	u.h.cmsg_len = CMSG_LEN(sizeof(int));
	u.h.cmsg_level = SOL_SOCKET;
	u.h.cmsg_type = SCM_RIGHTS;
	memcpy(CMSG_DATA(&u.h), &s, sizeof(s));
	(void)sendmsg(STDOUT_FILENO, &m, MSG_NOSIGNAL);
}

int
dial_tcp_begin(struct dial *d, struct errmsg *em)
{
	return dial_process(d, child_tcp, NULL, em);
}

int
dial_tcp_ready(struct dial *d, struct errmsg *em)
{
	union {
		struct cmsghdr	 h;
		char		 space[CMSG_SPACE(sizeof(int))];
	} u;
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = u.space, .msg_controllen = sizeof(u.space) };
	ssize_t n;
	int s;

	do
		n = recvmsg(d->fd, &m, MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == EINTR);
	if (n == -1 && errno == EAGAIN)
		return 0;
	if (n != 1 || m.msg_controllen < CMSG_LEN(sizeof(int)) ||
	    u.h.cmsg_type != SCM_RIGHTS)
		return errmsg_set(em, DIAL_ABSENT, "no connection");
	memcpy(&s, CMSG_DATA(&u.h), sizeof(s));
	/* The child is done; dial_over may have reaped it. */
	if (d->pid > 0) {
		(void)kill(d->pid, SIGKILL);
		(void)child_wait(d->pid, NULL);
	}
	d->pid = 0;
	dial_end(d);
	d->fd = s;
	if (fcntl(s, F_SETFL, O_NONBLOCK) == -1)
		return dial_failed(em, "fcntl");
	d->ready = true;
	return 0;
}
