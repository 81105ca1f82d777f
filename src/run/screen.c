#include "run/screen.h"

#include <stdlib.h>
#include <unistd.h>

#include "run/inventory.h"
#include "run/work.h"
#include "sys/log.h"

#define OFTEN		250	/* ms between two tables, at least */
#define SELDOM		1000	/* at most */
#define COLUMNS		31	/* that the terminal has, at least */
#define LINES		7

/* Allocated before any guest is stopped. */
static struct table_text drawing;

void
screen_begin(struct screen *s, const struct work *w)
{
	const char *plain = getenv("NO_COLOR");
	struct log_size size;

	s->on = log_size(&size) && size.columns >= COLUMNS &&
	    size.lines >= LINES;
	s->news = true;
	s->drawn = 0;
	s->table = (struct table){ .engine = &w->engine,
	    .guests = &w->inventory->guests, .began = w->run->began,
	    .bold = plain == NULL || plain[0] == '\0', .pid = getpid() };
}

static void
draw(struct screen *s, int64_t now)
{
	struct table *t = &s->table;
	struct log_size size;

	s->news = false;
	s->drawn = now;
	/* Too small for now. */
	if (!log_size(&size) || size.columns < COLUMNS || size.lines < LINES)
		return;
	/* No character in the last column: terminals differ in when they
	 * wrap. */
	t->columns = size.columns - 1;
	t->lines = size.lines - 1;
	t->now = now;
	t->ends = t->engine->deadline;
	table_make(t, &drawing);
	log_table(&(struct log_table){ .text = drawing.text,
	    .len = drawing.len, .lines = drawing.lines });
}

int64_t
screen_tick(struct screen *s, int64_t now)
{
	int64_t due = s->drawn + (s->news ? OFTEN : SELDOM);

	if (!s->on)
		return 0;
	if (now < due)
		return due;
	if (!log_table_ready())
		return now + OFTEN;
	draw(s, now);
	return now + SELDOM;
}

void
screen_end(struct screen *s)
{
	if (!s->on)
		return;
	log_table_flush();
	draw(s, loop_now());
	log_table_keep();
}
