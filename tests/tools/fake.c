#include "fake.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N(a)	(sizeof(a) / sizeof((a)[0]))
#define HEAD	28u		/* bytes of a length word and a header */
#define FRAME	65536u		/* bytes of what it says at once */
#define PROGRAM	0x20008086u
#define ALIVE	0x6b656570u
#define WORDS	64

/* What a daemon that has nothing special to say answers. */
static const struct fake_rule greeting[] = {
	{ .proc = 66, .bytes = "\0\0\0\1\0\0\0\0", .len = 8 },	/* auth none */
	{ .proc = 1 },						/* open */
	{ .proc = 2 },						/* close */
	{ .proc = 60, .bytes = "\0\0\0\1", .len = 4 },		/* feature */
	{ .proc = 316, .bytes = "\0\0\0\0", .len = 4 },		/* register */
	{ .proc = 0, .act = FAKE_ERROR, .code = 39,
	    .text = "unknown procedure" }
};

static size_t
put32(unsigned char *p, uint32_t v)
{
	p[0] = (unsigned char)(v >> 24 & 255);
	p[1] = (unsigned char)(v >> 16 & 255);
	p[2] = (unsigned char)(v >> 8 & 255);
	p[3] = (unsigned char)(v & 255);
	return 4;
}

static uint32_t
get32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static size_t
put_text(unsigned char *p, const char *s, size_t len)
{
	size_t padded = (len + 3) / 4 * 4;

	(void)put32(p, (uint32_t)len);
	memset(p + 4, 0, padded);
	memcpy(p + 4, s, len);
	return 4 + padded;
}

static void
conn_close(struct fake_conn *c)
{
	if (c->fd != -1)
		(void)close(c->fd);
	c->fd = -1;
}

static void
send_bytes(struct fake_conn *c, const void *p, size_t n)
{
	/* Small, and to a reader: it fits, or the reader is gone. */
	if (c->fd != -1 &&
	    send(c->fd, p, n, MSG_NOSIGNAL) != (ssize_t)n)
		conn_close(c);
}

struct head {
	uint32_t	prog, proc, type, serial, status;
};

/* Send a frame, or its first half. */
static void
send_frame(struct fake_conn *c, const struct head *h, const void *body,
    size_t len, bool half)
{
	static unsigned char p[HEAD + FRAME];
	size_t n = 0;

	if (len > FRAME)
		len = FRAME;
	n += put32(p + n, (uint32_t)(HEAD + len));
	n += put32(p + n, h->prog);
	n += put32(p + n, 1);
	n += put32(p + n, h->proc);
	n += put32(p + n, h->type);
	n += put32(p + n, h->serial);
	n += put32(p + n, h->status);
	if (len > 0)
		memcpy(p + n, body, len);
	n += len;
	send_bytes(c, p, half ? n / 2 : n);
}

static void
send_reply(struct fake_conn *c, const struct fake_call *call,
    const struct fake_rule *r, bool half)
{
	struct head h = { PROGRAM, call->proc, 1, call->serial, 0 };

	send_frame(c, &h, r->bytes, r->len, half);
}

static void
send_error(struct fake_conn *c, const struct fake_call *call,
    const struct fake_rule *r)
{
	struct head h = { PROGRAM, call->proc, 1, call->serial, 1 };
	unsigned char p[1024];
	size_t n = 0, len = r->text != NULL ? strlen(r->text) : 0;
	int i;

	if (len > 512)
		len = 512;
	n += put32(p + n, (uint32_t)r->code);
	n += put32(p + n, 10);		/* domain */
	n += put32(p + n, r->text != NULL);
	if (r->text != NULL)
		n += put_text(p + n, r->text, len);
	n += put32(p + n, 2);		/* level */
	for (i = 0; i < 7; i++)		/* no domain, texts, numbers, network */
		n += put32(p + n, 0);
	send_frame(c, &h, p, n, false);
}

static struct fake_conn *
conn_find(struct fake *f, int number)
{
	size_t i;

	for (i = 0; i < N(f->conn); i++)
		if (f->conn[i].fd != -1 && f->conn[i].number == number)
			return &f->conn[i];
	return NULL;
}

void
fake_event(struct fake *f, int number, const void *p, size_t n)
{
	struct head h = { PROGRAM, 318, 2, 0, 0 };
	struct fake_conn *c = conn_find(f, number);

	if (c != NULL)
		send_frame(c, &h, p, n, false);
}

void
fake_ping(struct fake *f, int number)
{
	struct head h = { ALIVE, 1, 2, 0, 0 };
	struct fake_conn *c = conn_find(f, number);

	if (c != NULL)
		send_frame(c, &h, NULL, 0, false);
}

static bool
rule_is_for(struct fake_rule *r, const struct fake_call *call)
{
	size_t len = call->len < FAKE_BODY ? call->len : FAKE_BODY;

	if ((r->proc != 0 && r->proc != call->proc) ||
	    (r->flagged && (len < 4 ||
	    get32(call->body + len - 4) != r->flags)) ||
	    (r->times != 0 && r->used == r->skip + r->times))
		return false;
	return r->used++ >= r->skip;
}

/* What is answered without a rule of the script. */
static const struct fake_rule *
rule_other(struct fake *f, const struct fake_call *call)
{
	size_t i;

	memset(&f->made, 0, sizeof(f->made));
	if (f->other != NULL && f->other(f, call, &f->made))
		return &f->made;
	for (i = 0; greeting[i].proc != 0 && greeting[i].proc != call->proc;
	    i++)
		continue;
	return &greeting[i];
}

static const struct fake_rule *
rule_find(struct fake *f, const struct fake_call *call)
{
	size_t i;

	for (i = 0; i < f->nrules; i++)
		if (rule_is_for(&f->rule[i], call))
			return &f->rule[i];
	return rule_other(f, call);
}

static void
hold(struct fake *f, struct fake_conn *c, const struct fake_call *call,
    const struct fake_rule *r)
{
	if (f->nheld < N(f->held))
		f->held[f->nheld++] = (struct fake_held){ c, c->number, *call,
		    r };
}

static void
act(struct fake *f, struct fake_conn *c, const struct fake_call *call)
{
	static const struct fake_rule empty;
	const struct fake_rule *r = rule_find(f, call);

	switch (r->act) {
	case FAKE_ANSWER:
		send_reply(c, call, r, false);
		break;
	case FAKE_ERROR:
		send_error(c, call, r);
		break;
	case FAKE_HOLD:
		hold(f, c, call, r);
		break;
	case FAKE_HANG:
		break;
	case FAKE_FREEZE:
		c->frozen = true;
		(void)epoll_ctl(f->fd, EPOLL_CTL_DEL, c->fd, NULL);
		break;
	case FAKE_CUT:
		send_reply(c, call, r, true);
		conn_close(c);
		break;
	case FAKE_DROP:
		conn_close(c);
		break;
	case FAKE_RAW:
		send_bytes(c, r->bytes, r->len);
		break;
	case FAKE_EVENT:
		fake_event(f, c->number, r->bytes, r->len);
		send_reply(c, call, &empty, false);
		break;
	case FAKE_LEAVE:
		fake_leave(f);
		break;
	case FAKE_STOP:
		(void)raise(SIGSTOP);
		break;
	case FAKE_DIE:
		(void)raise(SIGKILL);
		break;
	}
}

/* One frame of theirs. */
static void
frame_take(struct fake *f, struct fake_conn *c, const unsigned char *p,
    size_t n)
{
	struct head pong = { ALIVE, 2, 2, 0, 0 };
	struct fake_call call = { .conn = c->number, .len = n - HEAD };

	if (get32(p + 4) == ALIVE) {
		f->pings += get32(p + 12) == 1;
		if (get32(p + 12) == 1)
			send_frame(c, &pong, NULL, 0, false);
		return;
	}
	call.proc = get32(p + 12);
	call.serial = get32(p + 20);
	memcpy(call.body, p + HEAD, call.len < FAKE_BODY ? call.len :
	    FAKE_BODY);
	if (f->ncalls < N(f->call))
		f->call[f->ncalls++] = call;
	act(f, c, &call);
}

static void
conn_read(struct fake *f, struct fake_conn *c)
{
	uint32_t len;
	ssize_t n;

	n = recv(c->fd, c->in + c->len, sizeof(c->in) - c->len, MSG_DONTWAIT);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		conn_close(c);
		return;
	}
	c->len += (size_t)n;
	while (c->fd != -1 && !c->frozen && c->len >= HEAD) {
		len = get32(c->in);
		if (len < HEAD || len > sizeof(c->in)) {
			conn_close(c);
			return;
		}
		if (c->len < len)
			return;
		frame_take(f, c, c->in, len);
		c->len -= len;
		memmove(c->in, c->in + len, c->len);
	}
}

static int
watch(struct fake *f, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(f->fd, EPOLL_CTL_ADD, fd, &ev);
}

static int
conn_accept(struct fake *f)
{
	struct fake_conn *c = f->conn;
	int fd;

	fd = accept4(f->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd == -1)
		return errno == EAGAIN ? 0 : -1;
	while (c < f->conn + N(f->conn) && c->fd != -1)
		c++;
	if (c == f->conn + N(f->conn) || watch(f, fd) == -1) {
		(void)close(fd);
		errno = EMFILE;
		return -1;
	}
	memset(c, 0, sizeof(*c));
	c->fd = fd;
	c->number = f->accepted++;
	return 0;
}

int
fake_turn(struct fake *f)
{
	struct epoll_event ev;
	size_t i;

	while (!f->paused && epoll_wait(f->fd, &ev, 1, 0) == 1) {
		if (ev.data.fd == f->listener) {
			if (conn_accept(f) == -1)
				return -1;
			continue;
		}
		for (i = 0; i < N(f->conn); i++)
			if (f->conn[i].fd == ev.data.fd)
				conn_read(f, &f->conn[i]);
	}
	return 0;
}

int
fake_return(struct fake *f)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	memcpy(sun.sun_path, f->path, sizeof(sun.sun_path));
	f->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0);
	if (f->listener == -1)
		return -1;
	(void)unlink(f->path);
	if (bind(f->listener, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    listen(f->listener, FAKE_CONNS) == -1)
		return -1;
	return watch(f, f->listener);
}

int
fake_init(struct fake *f, const char *path, struct fake_rule *rules, size_t n)
{
	size_t i;

	memset(f, 0, sizeof(*f));
	f->listener = f->fd = -1;
	for (i = 0; i < N(f->conn); i++)
		f->conn[i].fd = -1;
	f->rule = rules;
	f->nrules = n;
	if (strlen(path) >= sizeof(f->path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(f->path, path, strlen(path));
	if ((f->fd = epoll_create1(EPOLL_CLOEXEC)) == -1)
		return -1;
	return fake_return(f);
}

void
fake_kick(struct fake *f)
{
	size_t i;

	for (i = 0; i < N(f->conn); i++)
		conn_close(&f->conn[i]);
}

void
fake_leave(struct fake *f)
{
	fake_kick(f);
	if (f->listener != -1)
		(void)close(f->listener);
	f->listener = -1;
	(void)unlink(f->path);
}

void
fake_free(struct fake *f)
{
	fake_leave(f);
	if (f->fd != -1)
		(void)close(f->fd);
	f->fd = -1;
}

void
fake_release(struct fake *f, size_t i)
{
	struct fake_held h;

	if (i >= f->nheld)
		return;
	h = f->held[i];
	f->nheld--;
	memmove(&f->held[i], &f->held[i + 1],
	    (f->nheld - i) * sizeof(f->held[0]));
	if (h.conn->fd == -1 || h.conn->number != h.number)
		return;
	if (h.rule->len == 0 && f->other != NULL)
		h.rule = rule_other(f, &h.call);
	if (h.rule->act == FAKE_ERROR)
		send_error(h.conn, &h.call, h.rule);
	else
		send_reply(h.conn, &h.call, h.rule, false);
}

const struct fake_call *
fake_find(const struct fake *f, uint32_t proc, size_t i)
{
	size_t c;

	for (c = 0; c < f->ncalls; c++)
		if (f->call[c].proc == proc && i-- == 0)
			return &f->call[c];
	return NULL;
}

size_t
fake_count(const struct fake *f, uint32_t proc)
{
	size_t n = 0;

	while (fake_find(f, proc, n) != NULL)
		n++;
	return n;
}

size_t
fake_list(unsigned char *p, size_t size, const char *names)
{
	size_t n = 4, len;
	uint32_t count = 0;

	for (;;) {
		names += strspn(names, " ");
		if (*names == '\0')
			break;
		len = strcspn(names, " ");
		if (n + len + 36 > size)
			return 0;
		n += put_text(p + n, names, len);
		memset(p + n, (int)++count, 16);
		n += 16;
		n += put32(p + n, count);
		names += len;
	}
	if (n + 4 > size)
		return 0;
	(void)put32(p, count);
	return n + put32(p + n, count);
}

/*
 * Scripts.
 */

static const struct {
	const char	*word;
	enum fake_act	 act;
} acts[] = {
	{ "answer", FAKE_ANSWER }, { "error", FAKE_ERROR },
	{ "hold", FAKE_HOLD }, { "hang", FAKE_HANG },
	{ "freeze", FAKE_FREEZE }, { "drop", FAKE_DROP },
	{ "cut", FAKE_CUT }, { "raw", FAKE_RAW }, { "event", FAKE_EVENT },
	{ "leave", FAKE_LEAVE }, { "stop", FAKE_STOP }, { "die", FAKE_DIE }
};

/* The next word of a line, terminated; NULL at its end. */
static char *
word_next(char **p)
{
	char *word = *p + strspn(*p, " \t");

	*p = word + strcspn(word, " \t");
	if (word == *p)
		return NULL;
	if (**p != '\0')
		*(*p)++ = '\0';
	return word;
}

static int
hex_take(struct fake_rule *r, char *text)
{
	unsigned char *out = calloc(1, strlen(text) / 2 + 1);
	char two[3] = "";
	char *s;

	if (out == NULL)
		return -1;
	r->bytes = (char *)out;
	for (s = text; *s != '\0'; s++) {
		if (isspace((unsigned char)*s))
			continue;
		if (!isxdigit((unsigned char)s[0]) ||
		    !isxdigit((unsigned char)s[1]))
			return -1;
		two[0] = *s++;
		two[1] = *s;
		out[r->len++] = (unsigned char)strtoul(two, NULL, 16);
	}
	return 0;
}

static int
list_take(struct fake_rule *r, const char *names)
{
	unsigned char *out = malloc(FRAME);

	if (out == NULL)
		return -1;
	r->bytes = (char *)out;
	r->len = fake_list(out, FRAME, names);
	return r->len > 0 ? 0 : -1;
}

static int
proc_take(struct fake_rule *r, const char *word)
{
	char *end;

	if (strncmp(word, "any", 3) == 0) {
		word += 3;
	} else {
		r->proc = (uint32_t)strtoul(word, &end, 10);
		if (end == word || r->proc == 0)
			return -1;
		word = end;
	}
	if (*word == '/') {
		r->flagged = true;
		r->flags = (uint32_t)strtoul(word + 1, &end, 10);
		word = end;
	}
	if (*word == '+') {
		r->skip = (unsigned)strtoul(word + 1, &end, 10);
		word = end;
	}
	if (*word == '*') {
		r->times = (unsigned)strtoul(word + 1, &end, 10);
		if (r->times == 0)
			return -1;
		word = end;
	}
	return *word == '\0' ? 0 : -1;
}

static int
act_take(struct fake_rule *r, const char *word, char *rest)
{
	char *code;
	size_t i;

	if (strcmp(word, "list") == 0)
		return list_take(r, rest);
	for (i = 0; i < N(acts) && strcmp(acts[i].word, word) != 0; i++)
		continue;
	if (i == N(acts))
		return -1;
	r->act = acts[i].act;
	if (r->act != FAKE_ERROR)
		return hex_take(r, rest);
	if ((code = word_next(&rest)) == NULL)
		return -1;
	r->code = (int)strtol(code, NULL, 10);
	r->text = rest;
	return 0;
}

int
fake_script(char *text, struct fake_rule *rules, size_t max, int *line)
{
	char *next, *proc, *word;
	size_t n = 0;

	for (*line = 1; text != NULL; text = next, ++*line) {
		if ((next = strchr(text, '\n')) != NULL)
			*next++ = '\0';
		if ((proc = word_next(&text)) == NULL || *proc == '#')
			continue;
		if (n == max || (word = word_next(&text)) == NULL)
			return -1;
		memset(&rules[n], 0, sizeof(rules[n]));
		if (proc_take(&rules[n], proc) == -1 ||
		    act_take(&rules[n], word, text) == -1)
			return -1;
		n++;
	}
	return (int)n;
}
