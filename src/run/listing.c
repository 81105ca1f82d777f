#include "run/listing.h"

#include <string.h>

#include "run/details.h"
#include "run/inventory.h"
#include "run/twins.h"
#include "sys/log.h"
#include "wire/lvmsg.h"

void
listing_drop(struct host *h, const char *why)
{
	char label[RUN_LABEL];

	h->failed = true;
	(void)errmsg_set(&h->why, 0, "%s", why);
	virt_close(&h->virt);
	details_end(h);
	guests_free(&h->guests);
	log_error("%s: %s", host_label(h, label), h->why.text);
}

/* inventory settles it. */
void
listing_fail(struct host *h, const char *why)
{
	char label[RUN_LABEL];

	if (h->failed)
		return;
	log_info("Can't connect to %s. Skipping.", host_label(h, label));
	listing_drop(h, why);
}

void
listing_later(struct host *h, const char *why)
{
	char label[RUN_LABEL];

	h->listing.done = false;
	h->listing.again = loop_now() + RUN_LATER;
	if (strcmp(h->why.text, why) == 0)
		return;			/* reported before */
	(void)errmsg_set(&h->why, 0, "%s", why);
	log_warn("%s: %s; retrying", host_label(h, label), why);
}

bool
listing_files(struct host *h)
{
	const struct inventory *v = h->inventory;
	char label[RUN_LABEL];

	if (v->listener == NULL || h->virt.state != VIRT_UP ||
	    !v->listener->files(v->arg, h))
		return false;
	if (!h->listing.by_files)
		log_warn("%s: the daemon sends no list of guests; using its "
		    "files instead", host_label(h, label));
	h->listing.by_files = h->listing.done = true;
	virt_forget(&h->listing.call);
	return true;
}

static void
listed(struct host *h)
{
	h->listing.done = true;
	twins_ask(h);
	guests_sort(&h->guests);
	if (details_begin(h, loop_now()) == -1)
		listing_later(h, "no memory for its guests");
}

static int
list_take(struct host *h, struct buf *list, uint32_t count)
{
	struct lvmsg_domain d;
	struct guest *g;
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (lvmsg_next_domain(list, &d) == -1 ||
		    guests_add(&h->guests, h->index, &d, &g) == -1)
			return -1;
		if (g == NULL)
			continue;
		/* Started between the two lists: the later one applies. */
		g->id = d.id;
		if (h->listing.lists >= LIST_PERSISTENT)
			g->persistent = true;
		if (h->listing.lists == LIST_AUTOSTART)
			g->autostart = true;
	}
	return lvmsg_end_list(list, count);
}

static void
answered(struct virt_call *c, const struct virt_answer *a)
{
	struct host *h = c->arg;

	if (a->result == VIRT_LOST)
		return;			/* host_up asks again */
	if (a->result == VIRT_LATE && listing_files(h)) {
		listed(h);
		return;
	}
	if (a->result != VIRT_OK) {
		listing_fail(h, a->text);
		return;
	}
	if (list_take(h, a->list, a->count) == -1) {
		if (a->list->bad)
			listing_fail(h, "the daemon sent a list of guests that "
			    "is malformed or too long");
		else
			listing_later(h, "no memory for its guests");
		return;
	}
	if (++h->listing.lists < INVENTORY_LISTS &&
	    h->inventory->flags[h->listing.lists] != 0) {
		c->flags = h->inventory->flags[h->listing.lists];
		(void)virt_ask(&h->virt, c);
		return;
	}
	listed(h);
}

void
listing_begin(struct host *h)
{
	/* Guests of a list before a lost connection may have ended. */
	guests_free(&h->guests);
	h->listing.again = 0;
	h->listing.lists = 0;
	h->listing.call.flags = h->inventory->flags[0];
	(void)virt_ask(&h->virt, &h->listing.call);
}

/* An incomplete list is a failure. */
void
listing_late(struct host *h)
{
	struct errmsg em = h->why;

	if (h->listing.again != 0)
		listing_fail(h, em.text);
	else if (listing_files(h))
		listed(h);
	else
		listing_fail(h, "the daemon sent no list of guests in time");
}

void
listing_init(struct host *h)
{
	h->listing.call = (struct virt_call){ .what = VIRT_LIST,
	    .done = answered, .arg = h };
}
