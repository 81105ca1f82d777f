#include "cmd/plan_part.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/output.h"
#include "compat.h"
#include "config/guesttab.h"
#include "sys/log.h"
#include "text/advice.h"
#include "text/escape.h"
#include "text/uuid.h"

#define TEXT_MAX	(64UL * 1024 * 1024)
#define CELL	RUN_LABEL
#define GROUP	(4 * CELL)
#define TEXT	2048	/* bytes of a line below the table */
#define INDENT	4	/* of the heading of a group */

enum { NUMBER, ORDER, URI, GUEST, CHAIN, MODE, FROM, UNTIL, REASON, NCELL };

struct cells {
	char	text[NCELL][CELL];
};

struct plan_layout {
	struct buf	 out;
	size_t		 width[NCELL];	/* of a column */
	size_t		 columns;	/* of the terminal */
	bool		 narrow;	/* the table has too few of them */
	char		 group[GROUP];	/* the last heading of a group */
	size_t		 rows;
};

static void
cell_time(char cell[CELL], int64_t ms)
{
	if (ms < 0)
		(void)strlcpy(cell, "?", CELL);
	else
		(void)snprintf(cell, CELL, "%" PRId64 " s", worst_seconds(ms));
}

bool
plan_table_ordered(const struct plan_step *s)
{
	return s->row != NULL && s->row->order != GUESTTAB_INHERIT;
}

static void
cells_head(struct cells *c)
{
	static const char *const heads[NCELL] = { "#", "ORDER", "URI",
	    "GUEST", "CHAIN", "MODE", "FROM", "UNTIL", "REASON" };
	size_t i;

	for (i = 0; i < NCELL; i++)
		(void)strlcpy(c->text[i], heads[i], CELL);
}

static void
cells_fill(const struct plan_view *v, const struct plan_row *w, struct cells *c)
{
	const struct plan_step *s = w->step;
	char uuid[UUID_TEXT];
	size_t i;

	for (i = 0; i < NCELL; i++)
		(void)strlcpy(c->text[i], "-", CELL);
	(void)run_uri_label(w->uri, c->text[URI]);
	uuid_format(w->uuid, uuid);
	(void)run_uri_label(w->name != NULL ? w->name : uuid, c->text[GUEST]);
	(void)run_uri_label(w->reason, c->text[REASON]);
	if (s == NULL)
		return;
	(void)snprintf(c->text[NUMBER], CELL, "%zu", w->position);
	if (plan_table_ordered(s))
		(void)snprintf(c->text[ORDER], CELL, "%d", s->row->order);
	(void)output_chain(v->plan, s, c->text[CHAIN], CELL);
	if (output_asks(s))
		(void)policy_modes_text(s->modes, ',', c->text[MODE]);
	cell_time(c->text[FROM], w->times->begins);
	cell_time(c->text[UNTIL], w->times->ends);
}

static void
cells_measure(struct plan_layout *p, const struct cells *c)
{
	size_t i, len;

	for (i = 0; i < NCELL; i++)
		if ((len = strlen(c->text[i])) > p->width[i])
			p->width[i] = len;
}

static void
page_put(struct plan_layout *p, size_t indent, const char *text)
{
	advice_wrap(&(struct advice_page){ .out = &p->out, .indent = indent,
	    .width = p->columns }, text);
}

/* On a narrow terminal the rows of a group share these cells. */
static bool
cell_shared(const struct plan_layout *p, size_t i)
{
	return p->narrow && (i == URI || i == MODE || i == REASON);
}

static void
cells_put(struct plan_layout *p, const struct cells *c)
{
	size_t i, last = p->narrow ? UNTIL : REASON, len;

	for (i = 0; i <= last; i++) {
		if (cell_shared(p, i))
			continue;
		len = strlen(c->text[i]);
		buf_put(&p->out, c->text[i], len);
		for (; i < last && len < p->width[i] + 2; len++)
			buf_put(&p->out, " ", 1);
	}
	buf_put(&p->out, "\n", 1);
}

static void
group_put(struct plan_layout *p, const struct cells *c)
{
	bool asks = strcmp(c->text[MODE], "-") != 0;
	char group[GROUP];

	(void)snprintf(group, sizeof(group), "%s%s%s: %s", c->text[URI],
	    asks ? ", mode " : "", asks ? c->text[MODE] : "", c->text[REASON]);
	if (strcmp(group, p->group) == 0)
		return;
	(void)strlcpy(p->group, group, sizeof(p->group));
	page_put(p, INDENT, group);
	buf_put(&p->out, "\n", 1);
}

static bool
fits(const struct plan_layout *p)
{
	size_t i, all = 2UL * (NCELL - 1);

	for (i = 0; i < NCELL; i++)
		all += p->width[i];
	return all <= p->columns;
}

static void
row_measure(struct plan_view *v, const struct plan_row *w)
{
	struct cells c;

	cells_fill(v, w, &c);
	cells_measure(v->layout, &c);
	v->layout->rows++;
}

static void
row_put(struct plan_view *v, const struct plan_row *w)
{
	struct cells c;

	cells_fill(v, w, &c);
	if (v->layout->narrow)
		group_put(v->layout, &c);
	cells_put(v->layout, &c);
}

static void	 page_add(char text[TEXT], const char *, ...)
		    __attribute__((__format__(__printf__, 2, 3)));

static void
page_add(char text[TEXT], const char *fmt, ...)
{
	size_t len = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text + len, TEXT - len, fmt, ap);
	va_end(ap);
}

/* What the history tells; nothing without one. */
static void
usual_put(struct plan_layout *p, const struct usual *u)
{
	char text[TEXT] = "usual case: unknown";

	if (u->known == 0)
		return;
	if (u->about >= 0)
		(void)snprintf(text, sizeof(text), "usual case: about %" PRId64
		    " s", worst_seconds(u->about));
	if (u->seldom >= 0)
		page_add(text, ", seldom above %" PRId64 " s",
		    worst_seconds(u->seldom));
	if (u->unknown > 0)
		page_add(text, "; %zu guest%s as in the worst case", u->unknown,
		    u->unknown == 1 ? "" : "s");
	page_put(p, 0, text);
	buf_put(&p->out, "\n", 1);
	if (u->cut[0] == '\0')
		return;
	(void)snprintf(text, sizeof(text), "the deadline may cut: %s", u->cut);
	page_put(p, 0, text);
	buf_put(&p->out, "\n", 1);
}

static void
worst_put(struct plan_layout *p, const struct worst *w)
{
	char text[TEXT] = "worst case: ";

	if (w->forecast.ends < 0)
		page_add(text, "no limit: %s; all else: %" PRId64 " s",
		    w->endless, worst_seconds(w->forecast.bounded));
	else
		page_add(text, "%" PRId64 " s",
		    worst_seconds(w->forecast.ends));
	page_put(p, 0, text);
}

enum run_exit
plan_table_print(struct plan_view *v, enum run_exit rv)
{
	struct plan_layout p = { .columns = SIZE_MAX };
	struct log_size size;
	struct cells head;

	/* Programs that read the table want all of it on one line. */
	if (log_size(&size))
		p.columns = size.columns;
	(void)buf_init(&p.out, 4096, TEXT_MAX);
	v->layout = &p;
	cells_head(&head);
	cells_measure(&p, &head);
	v->each(v, row_measure);
	p.narrow = !fits(&p);
	if (p.rows > 0)
		cells_put(&p, &head);
	else
		page_put(&p, 0, v->start ? "no guests to start\n" :
		    "no guests to stop\n");
	v->each(v, row_put);
	usual_put(&p, &v->usual);
	worst_put(&p, &v->worst);
	v->layout = NULL;
	rv = output_print(&p.out, rv);
	buf_free(&p.out);
	return rv;
}
