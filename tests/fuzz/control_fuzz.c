/*
 * The control protocol between two stops, as the owner reads it and as a
 * joiner does: each line of the input is a packet.
 */
#include "sys/control.c"

#include "fuzz.h"

static int64_t deadline;
static int hurries, preempts;

static void
deadline_take(void *arg, int64_t when)
{
	(void)arg;
	must(when > 0 && (deadline == 0 || when < deadline));
	deadline = when;
}

static void
hurry_take(void *arg)
{
	(void)arg;
	hurries++;
}

static void
preempt_take(void *arg)
{
	(void)arg;
	preempts++;
}

static const struct control_handlers handlers = {
	deadline_take, hurry_take, preempt_take
};
static struct loop loop;

/* The next packet: a line with its newline, or what is left. */
static size_t
packet_next(const uint8_t *p, size_t left)
{
	const uint8_t *end = memchr(p, '\n', left);

	return end == NULL ? left : (size_t)(end - p) + 1;
}

static void
owner_check(const uint8_t *p, size_t size)
{
	struct control c = { .loop = &loop, .handlers = &handlers };
	int pair[2];
	size_t n;

	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0, pair) == 0);
	c.fd = -1;
	deadline = 0;
	hurries = preempts = 0;
	peer_add(&c, 0, pair[0]);
	for (; size > 0 && c.peer[0].control != NULL; p += n, size -= n) {
		n = packet_next(p, size);
		(void)send(pair[1], p, n, MSG_NOSIGNAL);
		peer_ready(&c.peer[0], POLLIN);
	}
	must(hurries <= 1 && preempts <= 1);
	must(c.peer[0].packets <= CONTROL_PACKETS);
	if (c.peer[0].control != NULL)
		peer_drop(&c.peer[0]);
	(void)close(pair[1]);
}

static void
joiner_check(const uint8_t *p, size_t size)
{
	struct control_join j = { .loop = &loop, .code = -1 };
	int pair[2];
	size_t n;

	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0, pair) == 0);
	j.fd = pair[0];
	must(loop_add(&loop, j.fd, join_ready, &j) == 0);
	for (; size > 0 && j.state == CONTROL_WAITING; p += n, size -= n) {
		n = packet_next(p, size);
		(void)send(pair[1], p, n, MSG_NOSIGNAL);
		join_ready(&j, POLLIN);
	}
	must(j.subject >= 0 && j.settings >= 0 && j.role <= CONTROL_SOME);
	must((j.state == CONTROL_RESULT) == (j.code >= 0));
	must(j.code <= CODE_MAX);
	control_leave(&j);
	(void)close(pair[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 16384)
		return 0;
	owner_check(data, size);
	joiner_check(data, size);
	return 0;
}
