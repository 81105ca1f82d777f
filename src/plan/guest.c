#include "plan/guest.h"

#include <stdlib.h>
#include <string.h>

#include "text/escape.h"
#include "wire/lvmsg.h"

void
guests_init(struct guests *gs)
{
	memset(gs, 0, sizeof(*gs));
}

static void
guest_clear(struct guest *g)
{
	free(g->name);
	free(g->os);
}

void
guests_free(struct guests *gs)
{
	size_t i;

	for (i = 0; i < gs->n; i++)
		guest_clear(&gs->guest[i]);
	free(gs->guest);
	guests_init(gs);
}

/* Make room for n more. */
static int
guests_room(struct guests *gs, size_t n)
{
	struct guest *grown;
	size_t size = gs->size == 0 ? 16 : gs->size;

	if (gs->size - gs->n >= n)
		return 0;
	while (size - gs->n < n)
		size *= 2;
	grown = reallocarray(gs->guest, size, sizeof(*grown));
	if (grown == NULL)
		return -1;
	gs->guest = grown;
	gs->size = size;
	return 0;
}

struct guest *
guests_find(const struct guests *gs, size_t uri,
    const unsigned char uuid[UUID_LEN])
{
	size_t i;

	for (i = 0; i < gs->n; i++)
		if (gs->guest[i].uri == uri &&
		    memcmp(gs->guest[i].uuid, uuid, UUID_LEN) == 0)
			return &gs->guest[i];
	return NULL;
}

int
guests_add(struct guests *gs, size_t uri, const struct lvmsg_domain *d,
    struct guest **gp)
{
	struct guest *g = NULL;
	int rv = 0;

	if (uuid_is_zero(d->uuid))
		goto out;
	if ((g = guests_find(gs, uri, d->uuid)) != NULL)
		goto out;
	rv = -1;
	if (guests_room(gs, 1) == -1)
		goto out;
	g = &gs->guest[gs->n];
	memset(g, 0, sizeof(*g));
	if ((g->name = strndup(d->name, d->namelen)) == NULL)
		goto out;
	g->uri = uri;
	memcpy(g->uuid, d->uuid, UUID_LEN);
	g->id = d->id;
	gs->n++;
	rv = 0;
out:
	if (gp != NULL)
		*gp = rv == 0 ? g : NULL;
	return rv;
}

int
guests_move(struct guests *gs, struct guest *from)
{
	struct guest *g = guests_find(gs, from->uri, from->uuid);

	if (g != NULL)
		guest_clear(g);
	else if (guests_room(gs, 1) == -1)
		return -1;
	else
		g = &gs->guest[gs->n++];
	*g = *from;
	from->name = from->os = NULL;
	return 0;
}

int
guests_take(struct guests *gs, struct guests *from)
{
	size_t i;

	if (guests_room(gs, from->n) == -1)
		return -1;
	for (i = 0; i < from->n; i++)
		(void)guests_move(gs, &from->guest[i]);
	guests_free(from);
	return 0;
}

void
guests_drop(struct guests *gs, size_t i)
{
	guest_clear(&gs->guest[i]);
	gs->n--;
	memmove(&gs->guest[i], &gs->guest[i + 1],
	    (gs->n - i) * sizeof(gs->guest[0]));
}

static int
guest_compare(const void *va, const void *vb)
{
	const struct guest *a = va, *b = vb;

	if (a->uri != b->uri)
		return a->uri < b->uri ? -1 : 1;
	/* As unsigned: -1 (off) is last. */
	if (a->id != b->id)
		return (uint32_t)a->id < (uint32_t)b->id ? -1 : 1;
	return strcmp(a->name, b->name);
}

void
guests_sort(struct guests *gs)
{
	if (gs->n > 1)
		qsort(gs->guest, gs->n, sizeof(gs->guest[0]), guest_compare);
}

const char *
guest_label(const struct guest *g, char label[GUEST_LABEL])
{
	(void)escape_text(label, GUEST_LABEL, g->name, strlen(g->name));
	return label;
}
