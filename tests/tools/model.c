#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT	1024		/* bytes of an answer */
#define UUID	16
#define LIVES	1u		/* flags of a list: that run, that are off */
#define OFF	2u
#define DEFINED	4u		/* ... that are persistent, transient */
#define PASSING	8u
#define BOOT	8u		/* flag of a start: ignore the save image */
#define STARTED	2u		/* events */
#define STOPPED	5u
#define BY_REQUEST	0u	/* details of STOPPED */
#define BY_FORCE	1u
#define BY_SAVE		4u
#define INVALID	55

struct model_guest {
	const char	*name;
	uint32_t	 id;
	bool		 on;
	bool		 saved;
	unsigned	 going;		/* polls until it is off, or 0 */
	unsigned	 cold;
	unsigned	 restored;
	unsigned	 twice;
	unsigned	 lost;
};

static struct model_guest guest[MODEL_GUESTS];
static size_t nguests;
static unsigned linger;
static unsigned char text[TEXT];

static size_t
put32(size_t n, uint32_t v)
{
	text[n] = (unsigned char)(v >> 24);
	text[n + 1] = (unsigned char)(v >> 16 & 255);
	text[n + 2] = (unsigned char)(v >> 8 & 255);
	text[n + 3] = (unsigned char)(v & 255);
	return n + 4;
}

static uint32_t
get32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

/* A guest as it is on the wire. */
static size_t
guest_put(size_t n, const struct model_guest *g)
{
	size_t len = strlen(g->name);

	n = put32(n, (uint32_t)len);
	memset(text + n, 0, len + 4);
	memcpy(text + n, g->name, len);
	n += (len + 3) / 4 * 4;
	memset(text + n, (int)(g - guest) + 1, UUID);
	return put32(n + UUID, g->on ? g->id : UINT32_MAX);
}

/* The guest that a call is about: a name, then its UUID. */
static struct model_guest *
guest_find(const struct fake_call *call)
{
	uint32_t len;
	size_t at;

	if (call->len < 4 || (len = get32(call->body)) > FAKE_BODY - 32)
		return NULL;
	at = 4 + (len + 3) / 4 * 4;
	if (call->len < at + UUID || call->body[at] == 0 ||
	    call->body[at] > nguests)
		return NULL;
	return &guest[call->body[at] - 1];
}

static uint32_t
flags_of(const struct fake_call *call)
{
	size_t len = call->len < FAKE_BODY ? call->len : FAKE_BODY;

	return len < 4 ? 0 : get32(call->body + len - 4);
}

/* Its life begins or ends: all connections hear of it. */
static void
turn(struct fake *f, struct model_guest *g, bool on, uint32_t detail)
{
	size_t n;
	int i;

	g->on = on;
	g->going = 0;
	g->id += on ? MODEL_GUESTS : 0;
	n = guest_put(put32(0, 0), g);
	n = put32(put32(n, on ? STARTED : STOPPED), detail);
	for (i = 0; i < f->accepted; i++)
		fake_event(f, i, text, n);
}

static bool
refused(struct fake_rule *r)
{
	r->act = FAKE_ERROR;
	r->code = INVALID;
	r->text = "not in this state";
	return true;
}

static bool
told(struct fake_rule *r, size_t n)
{
	r->bytes = (const char *)text;
	r->len = n;
	return true;
}

static bool
list(struct fake *f, const struct fake_call *call, struct fake_rule *r)
{
	uint32_t flags = flags_of(call), count = 0;
	size_t i, n = 4;

	for (i = 0; i < nguests; i++)
		if (guest[i].going > 0 && flags == LIVES &&
		    --guest[i].going == 0)
			turn(f, &guest[i], false, BY_REQUEST);
	for (i = 0; i < nguests; i++) {
		if ((flags & (LIVES | OFF)) != 0 &&
		    (flags & (guest[i].on ? LIVES : OFF)) == 0)
			continue;
		if ((flags & PASSING) != 0 && (flags & DEFINED) == 0)
			continue;
		n = guest_put(n, &guest[i]);
		count++;
	}
	(void)put32(0, count);
	return told(r, put32(n, count));
}

static bool
state(struct model_guest *g, struct fake_rule *r)
{
	return told(r, put32(put32(0, g->on ? 1 : 5), 1));
}

static bool
no_job(struct model_guest *g, struct fake_rule *r)
{
	(void)g;
	memset(text, 0, 88);
	return told(r, 88);
}

static bool
has_image(struct model_guest *g, struct fake_rule *r)
{
	return told(r, put32(0, g->saved));
}

static bool
one(struct model_guest *g, struct fake_rule *r)
{
	(void)g;
	return told(r, put32(0, 1));
}

static bool
image_remove(struct model_guest *g, struct fake_rule *r)
{
	g->lost += g->saved;
	g->saved = false;
	return told(r, 0);
}

static bool
start(struct fake *f, struct model_guest *g, uint32_t flags)
{
	if (g->on) {
		g->twice++;
		return false;
	}
	g->lost += g->saved && (flags & BOOT) != 0;
	if (g->saved && (flags & BOOT) == 0)
		g->restored++;
	else
		g->cold++;
	g->saved = false;
	turn(f, g, true, 0);
	return true;
}

static bool
save(struct fake *f, struct model_guest *g)
{
	if (!g->on)
		return false;
	g->saved = true;
	turn(f, g, false, BY_SAVE);
	return true;
}

static bool
shut_down(struct fake *f, struct model_guest *g)
{
	if (!g->on)
		return false;
	if (linger == 0)
		turn(f, g, false, BY_REQUEST);
	else if (g->going == 0)
		g->going = linger;
	return true;
}

/* What is asked about a guest. */
static const struct {
	uint32_t	 proc;
	bool		(*answer)(struct model_guest *, struct fake_rule *);
} asks[] = {
	{ 212, state }, { 163, no_job }, { 183, has_image }, { 151, one },
	{ 184, image_remove }
};

/* What is done to one. */
static bool
done(struct fake *f, const struct fake_call *call, struct fake_rule *r)
{
	struct model_guest *g = guest_find(call);
	bool fits = true;
	size_t i;

	if (g == NULL)
		return false;
	for (i = 0; i < sizeof(asks) / sizeof(asks[0]); i++)
		if (asks[i].proc == call->proc)
			return asks[i].answer(g, r);
	switch (call->proc) {
	case 182:
		fits = save(f, g);
		break;
	case 196:
		fits = start(f, g, flags_of(call));
		break;
	case 234:
		if ((fits = g->on))
			turn(f, g, false, BY_FORCE);
		break;
	case 258:
		fits = shut_down(f, g);
		break;
	default:
		return false;
	}
	return fits ? told(r, call->proc == 196 ? guest_put(0, g) : 0) :
	    refused(r);
}

static bool
answer(struct fake *f, const struct fake_call *call, struct fake_rule *r)
{
	return call->proc == 273 ? list(f, call, r) : done(f, call, r);
}

int
model_init(struct fake *f, char *const *names)
{
	for (; *names != NULL; names++) {
		if (nguests == MODEL_GUESTS || strlen(*names) > 64)
			return -1;
		guest[nguests].name = *names;
		guest[nguests].id = (uint32_t)nguests + 1;
		guest[nguests++].on = true;
	}
	f->other = answer;
	return 0;
}

static void
reset(const char *how)
{
	struct model_guest *g;

	for (g = guest; g < guest + nguests; g++) {
		g->on = strcmp(how, "on") == 0;
		g->saved = strcmp(how, "saved") == 0;
		g->going = g->cold = g->restored = g->twice = g->lost = 0;
		g->id += MODEL_GUESTS;
	}
}

static void
tell(void)
{
	const struct model_guest *g;

	for (g = guest; g < guest + nguests; g++)
		(void)printf("%s %s %d %u %u %u %u\n", g->name,
		    g->on ? "on" : "off", g->saved, g->cold, g->restored,
		    g->twice, g->lost);
	(void)puts("end");
}

bool
model_obey(struct fake *f, const char *line)
{
	size_t i;

	(void)f;
	if (strncmp(line, "reset ", 6) == 0) {
		reset(line + 6);
	} else if (strcmp(line, "power") == 0) {
		for (i = 0; i < nguests; i++) {
			guest[i].on = false;
			guest[i].going = 0;
		}
	} else if (strncmp(line, "linger ", 7) == 0) {
		linger = (unsigned)strtoul(line + 7, NULL, 10);
	} else if (strcmp(line, "guests") == 0) {
		tell();
	} else {
		return false;
	}
	return true;
}
