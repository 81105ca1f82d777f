/*
 * libFuzzer's entry to every decoder: the first byte says which, the others
 * are the message.  A decoder may say what it likes, but what it gives lies
 * inside the message, and a message that it takes is one that it could have
 * been sent: nothing is left of it.
 */
#include <string.h>

#include "fuzz.h"
#include "text/buf.h"
#include "wire/lverror.h"
#include "wire/lvmsg.h"
#include "wire/lvproto.h"

/* Read all of a text that a decoder gave. */
static void
bytes_check(const char *s, size_t len)
{
	size_t i;

	if (s == NULL && len != 0)
		abort();
	for (i = 0; i < len; i++)
		if (s[i] == '\0')
			abort();
}

static int
fuzz_header(struct buf *b)
{
	struct lvmsg_header h;
	int rv = lvmsg_get_header(b, &h);

	if (rv == 0)
		(void)buf_take(b, buf_left(b));
	return rv;
}

static int
fuzz_int(struct buf *b)
{
	int32_t v;

	return lvmsg_get_int(b, &v);
}

static int
fuzz_string(struct buf *b)
{
	const char *s;
	size_t len;
	int rv = lvmsg_get_string(b, &s, &len);

	bytes_check(s, len);
	return rv;
}

static int
fuzz_auth(struct buf *b)
{
	int32_t types[3];
	size_t n;
	int rv = lvmsg_get_auth(b, types, 3, &n);

	if (n > LV_AUTH_MAX)
		abort();
	return rv;
}

static int
fuzz_network(struct buf *b)
{
	struct lvmsg_domain d;
	int rv = lvmsg_get_network(b, &d);

	bytes_check(d.name, d.namelen);
	return rv;
}

static int
fuzz_list(struct buf *b)
{
	struct lvmsg_domain d;
	uint32_t count, i;

	if (lvmsg_get_list(b, &count) == -1)
		return -1;
	if (count > LV_LIST_MAX || count > buf_left(b))
		abort();
	for (i = 0; i < count; i++) {
		(void)lvmsg_next_domain(b, &d);
		bytes_check(d.name, d.namelen);
	}
	return lvmsg_end_list(b, count);
}

static int
fuzz_state(struct buf *b)
{
	struct lvmsg_state s;
	int rv = lvmsg_get_state(b, &s);

	bytes_check(lvmsg_state_name(s.state), 1);
	return rv;
}

static int
fuzz_job(struct buf *b)
{
	struct lvmsg_job j;

	return lvmsg_get_job(b, &j);
}

static int
fuzz_memory(struct buf *b)
{
	uint64_t kib;

	return lvmsg_get_memory(b, &kib);
}

static int
fuzz_error(struct buf *b)
{
	struct lvmsg_error e;
	int rv = lvmsg_get_error(b, &e);

	(void)lverror_class(e.code);
	bytes_check(e.message, e.messagelen);
	return rv;
}

static int
fuzz_lifecycle(struct buf *b)
{
	struct lvmsg_lifecycle l;
	int rv = lvmsg_get_lifecycle(b, &l);

	bytes_check(l.domain.name, l.domain.namelen);
	return rv;
}

static int	(*const decoders[])(struct buf *) = {
	fuzz_header, fuzz_int, fuzz_string, fuzz_auth, fuzz_network,
	fuzz_list, fuzz_state, fuzz_job, fuzz_error, fuzz_lifecycle,
	fuzz_memory
};

#define NDECODERS	(sizeof(decoders) / sizeof(decoders[0]))

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf b;
	int rv;

	if (size == 0)
		return 0;
	buf_view(&b, data + 1, size - 1);
	rv = decoders[data[0] % NDECODERS](&b);
	if (rv != (b.bad ? -1 : 0) || b.pos > b.len)
		abort();
	if (rv == 0 && buf_left(&b) != 0)
		abort();
	return 0;
}
