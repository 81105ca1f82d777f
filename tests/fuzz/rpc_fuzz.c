/*
 * A connection: whatever arrives, each call is answered once, and no answer is
 * for a call that was not made.  The first byte says how many bytes arrive at
 * a time; with its highest bit set the frames have a header of ours, so that
 * more of them are accepted.
 */
#include <sys/socket.h>

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "libvirt/rpc.h"
#include "wire/lvproto.h"

#define MOST	32768	/* bytes: they fit into the socket */

static const uint32_t procs[RPC_CALLS] = {
	LV_PROC_LIST_ALL_DOMAINS, LV_PROC_GET_STATE, LV_PROC_MANAGED_SAVE,
	LV_PROC_GET_XML_DESC
};
static int answers[RPC_CALLS];
static struct rpc rpc;

static void
answered(void *arg, enum rpc_result result, struct buf *body)
{
	int *n = arg;

	++*n;
	must(n >= answers && n < answers + RPC_CALLS);
	must((body != NULL) == (result == RPC_OK || result == RPC_ERROR));
	if (body != NULL)
		must(body->pos <= body->len);
}

static void
event(void *arg, uint32_t proc, struct buf *body)
{
	(void)arg;
	(void)proc;
	must(body != NULL && body->pos <= body->len);
}

static size_t
put32(unsigned char *p, uint32_t v)
{
	p[0] = (unsigned char)(v >> 24);
	p[1] = (unsigned char)(v >> 16 & 255);
	p[2] = (unsigned char)(v >> 8 & 255);
	p[3] = (unsigned char)(v & 255);
	return 4;
}

/* Frames of up to 64 bytes of the input, with a header that fits. */
static size_t
frames_make(unsigned char *out, const uint8_t *data, size_t size)
{
	size_t n = 0, len;
	uint8_t kind;

	while (size > 1 && n < MOST - 128) {
		kind = *data++;
		size--;
		len = kind % 64u < size ? kind % 64u : size;
		n += put32(out + n, (uint32_t)(LV_FRAME_MIN + len));
		n += put32(out + n, kind & 64 ? LV_KEEPALIVE_PROGRAM :
		    LV_PROGRAM);
		n += put32(out + n, 1);
		n += put32(out + n, kind & 64 ? 1 : procs[kind % RPC_CALLS]);
		n += put32(out + n, kind & 64 ? 2 : 1 + (kind % 5 == 4));
		n += put32(out + n, kind % RPC_CALLS + 1u);
		n += put32(out + n, kind >> 7);
		memcpy(out + n, data, len);
		n += len;
		data += len;
		size -= len;
	}
	return n;
}

static void
drain(int fd)
{
	char text[4096];

	while (recv(fd, text, sizeof(text), MSG_DONTWAIT) > 0)
		continue;
}

static void
feed(int fd, const unsigned char *p, size_t n, size_t step)
{
	size_t len;

	while (n > 0 && rpc.fd != -1) {
		len = n < step ? n : step;
		must(send(fd, p, len, MSG_NOSIGNAL) == (ssize_t)len);
		if (rpc_ready(&rpc, POLLIN, 1001) == -1)
			must(rpc.fd == -1);
		drain(fd);
		p += len;
		n -= len;
	}
	if (rpc.fd != -1)
		(void)rpc_tick(&rpc, 1001);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char out[MOST];
	struct rpc_wait w = { .limit = 0, .fn = answered };
	int pair[2];
	size_t i, n;

	if (size < 2 || size > MOST / 2)
		return 0;
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
	    pair) == 0);
	must(rpc_init(&rpc, 4096) == 0);
	rpc.event = event;
	rpc_open(&rpc, pair[0], 10000, 1000);
	memset(answers, 0, sizeof(answers));
	for (i = 0; i < RPC_CALLS; i++) {
		(void)rpc_args(&rpc);
		w.arg = &answers[i];
		must(rpc_call(&rpc, procs[i], &w, 1000) == 0);
	}
	if (data[0] & 128) {
		n = frames_make(out, data + 1, size - 1);
	} else {
		n = size - 1;
		memcpy(out, data + 1, n);
	}
	feed(pair[1], out, n, data[0] % 128u + 1);
	rpc_close(&rpc, "the end");
	for (i = 0; i < RPC_CALLS; i++)
		must(answers[i] == 1);
	rpc_free(&rpc);
	(void)close(pair[1]);
	return 0;
}
