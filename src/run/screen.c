#include "run/screen.h"

#include <stdlib.h>
#include <unistd.h>

#include "plan/forecast_rest.h"
#include "run/inventory.h"
#include "run/work.h"
#include "sys/boot.h"
#include "sys/log.h"
#include "text/deadline.h"

#define OFTEN		250	/* ms between two tables, at least */
#define SELDOM		1000	/* at most */
#define SOON		20	/* after a message has erased the table */
#define COLUMNS		31	/* that the terminal has, at least */
#define LINES		7
#define BELOW		4	/* lines that follow the last table */
#define MANY		200	/* guests: a forecast costs too much */

/* Allocated before any guest is stopped. */
static struct table_text drawing;

/* Compute the latest end when guests have ended or were added. */
static void
ends_update(struct screen *s, int64_t now)
{
	const struct engine *e = s->table.engine;
	int64_t ends;

	if (s->guests == e->plan->n && (s->unfinished == e->unfinished ||
	    e->unfinished > MANY))
		return;
	ends = rest_ends(e, &s->limits, now, &s->table.endless);
	s->ends = s->guests == e->plan->n ? deadline_min(s->ends, ends) : ends;
	s->guests = e->plan->n;
	s->unfinished = e->unfinished;
}

void
screen_begin(struct screen *s, const struct work *w, int64_t hooks)
{
	const char *plain = getenv("NO_COLOR");
	struct log_size size;

	s->on = log_size(&size) && size.columns >= COLUMNS &&
	    size.lines >= LINES;
	s->news = s->fits = true;
	s->drawn = s->ends = 0;
	s->table = (struct table){ .engine = &w->engine,
	    .guests = &w->inventory->guests, .began = w->run->began,
	    .bold = plain == NULL || plain[0] == '\0', .pid = getpid() };
	s->limits = (struct forecast_limits){ .hooks = hooks,
	    .grace = SHARE_GRACE, .snapshot = VIRT_SNAPSHOT_MS };
	s->guests = s->unfinished = 0;
	if (s->on)
		ends_update(s, loop_now());
}

/* below: lines that stay free for what follows the table. */
static void
draw(struct screen *s, int64_t now, unsigned below)
{
	struct table *t = &s->table;
	char by[BOOT_CLOCK];
	struct log_size size;

	s->news = false;
	s->drawn = now;
	s->fits = log_size(&size) && size.columns >= COLUMNS &&
	    size.lines >= LINES;
	if (!s->fits)
		return;
	/* No character in the last column: terminals differ in when they
	 * wrap. */
	t->columns = size.columns - 1;
	t->lines = size.lines - 1;
	t->lines -= t->lines < LINES - 1 + below ? t->lines - (LINES - 1) :
	    below;
	t->now = now;
	ends_update(s, now);
	t->ends = deadline_min(s->ends, t->engine->deadline);
	boot_clock_in(t->ends - now, by);
	t->by = by;
	table_make(t, &drawing);
	t->by = "";
	log_table(&(struct log_table){ .text = drawing.text,
	    .len = drawing.len, .lines = drawing.lines });
}

int64_t
screen_tick(struct screen *s, int64_t now)
{
	int64_t due = s->drawn + (s->news ? OFTEN : SELDOM);
	bool erased, ready;

	if (!s->on)
		return 0;
	ready = log_table_ready(&erased);
	if (erased && s->fits)
		due = s->drawn + SOON;
	if (now < due)
		return due;
	if (!ready)
		return now + OFTEN;
	draw(s, now, 0);
	return now + SELDOM;
}

void
screen_end(struct screen *s)
{
	if (!s->on)
		return;
	log_table_flush();
	draw(s, loop_now(), BELOW);
	log_table_keep();
}
