#include "text/chart.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "text/buf.h"
#include "text/escape.h"
#include "text/utf8.h"

#define CELL		1024	/* bytes of a cell */
#define BAR_LEAST	12	/* columns of a bar with its ends */
#define CUT_LEAST	12	/* columns of a text that is cut for a bar */
#define NAME_LEAST	8
#define GAP		2	/* columns between cells */

enum column { NAME, HOW, ASKED, TOOK, RESULT, BAR, NCOLUMN };

static const char *const heads[BAR] = {
	[NAME] = "GUEST", [HOW] = "HOW", [ASKED] = "ASKED", [TOOK] = "TOOK",
	[RESULT] = "RESULT",
};

struct table {
	const struct chart *chart;
	struct buf	*out;
	size_t		 width[NCOLUMN];	/* 0: left out */
	size_t		 pad;		/* blanks that are due */
};

const char *
chart_time(int64_t ms, char text[CHART_TIME])
{
	if (ms < 0)
		(void)snprintf(text, CHART_TIME, "-");
	else if (ms < 9950)
		(void)snprintf(text, CHART_TIME, "%" PRId64 ".%" PRId64 " s",
		    (ms + 50) / 1000, (ms + 50) % 1000 / 100);
	else
		(void)snprintf(text, CHART_TIME, "%" PRId64 " s",
		    ms / 1000 + (ms % 1000 >= 500));
	return text;
}

/* Columns of an escaped text: one a character. */
static size_t
columns(const char *text)
{
	size_t n = 0, len = strlen(text), used;
	uint32_t c;

	for (; len > 0; text += used, len -= used, n++)
		if ((used = utf8_read((const unsigned char *)text, len,
		    &c)) == 0)
			used = 1;
	return n;
}

/* Escape a text and cut it to width columns; returns how many it has. */
static size_t
cell_cut(char cell[CELL], const char *text, size_t width)
{
	size_t len = strlen(text), n;

	(void)escape_text(cell, CELL - 4, text, len);
	if ((n = columns(cell)) <= width)
		return n;
	/* Escapes and characters stay whole; width is 3 at least. */
	for (; n + 3 > width; n = columns(cell))
		(void)escape_text(cell, strlen(cell) + 1 - (n + 3 - width),
		    text, len);
	memcpy(cell + strlen(cell), "...", 4);
	return columns(cell);
}

/* The text of a cell as it is, in cell if it is made. */
static const char *
row_text(const struct chart_row *r, enum column c, char cell[CHART_TIME])
{
	const char *text = NULL;

	if (c == NAME)
		text = r->name;
	else if (c == HOW)
		text = r->how;
	else if (c == RESULT)
		text = r->result;
	else if (c == ASKED && r->asks > 0)
		(void)snprintf(cell, CHART_TIME, "%u", r->asks);
	else if (c == TOOK)
		(void)chart_time(r->from < 0 || r->to < r->from ? -1 :
		    r->to - r->from, cell);
	else
		(void)snprintf(cell, CHART_TIME, "-");
	if (c == ASKED || c == TOOK)
		return cell;
	return text == NULL || *text == '\0' ? "-" : text;
}

/*
 * Widths.
 */

static size_t
widest(const struct chart *ch, enum column c)
{
	size_t n = strlen(heads[c]), w, i;
	char cell[CELL], made[CHART_TIME];

	for (i = 0; i < ch->n; i++) {
		w = cell_cut(cell, row_text(&ch->row[i], c, made), CELL);
		n = w > n ? w : n;
	}
	return n;
}

static size_t
total(const struct table *t)
{
	size_t n = 1, c;

	for (c = 0; c < NCOLUMN; c++)
		if (t->width[c] > 0)
			n += t->width[c] + GAP;
	return n - GAP;
}

/* Narrow a column to at least `least`, until the table fits. */
static void
narrow(struct table *t, enum column c, size_t least)
{
	size_t over = total(t);

	over = over > t->chart->width ? over - t->chart->width : 0;
	if (t->width[c] > least)
		t->width[c] = t->width[c] - least > over ?
		    t->width[c] - over : least;
}

static void
widths_set(struct table *t)
{
	size_t c, width = t->chart->width;

	for (c = 0; c < BAR; c++)
		t->width[c] = widest(t->chart, (enum column)c);
	t->width[BAR] = BAR_LEAST;
	narrow(t, HOW, CUT_LEAST);
	narrow(t, NAME, CUT_LEAST);
	if (total(t) > width || t->chart->length <= 0)
		t->width[BAR] = 0;
	if (total(t) > width)
		t->width[HOW] = 0;
	if (total(t) > width)
		t->width[ASKED] = 0;
	narrow(t, NAME, NAME_LEAST);
	/* What is left is for the bars. */
	if (t->width[BAR] > 0 && total(t) < width)
		t->width[BAR] += width - total(t);
}

/*
 * Lines.
 */

static void
blanks_put(struct table *t)
{
	for (; t->pad > 0; t->pad--)
		buf_put(t->out, " ", 1);
}

static void
cell_put(struct table *t, enum column c, const char *text)
{
	char cell[CELL];
	size_t n;

	if (t->width[c] == 0)
		return;
	n = cell_cut(cell, text, t->width[c]);
	n = t->width[c] > n ? t->width[c] - n : 0;
	/* Numbers to the right. */
	if (c == ASKED || c == TOOK)
		t->pad += n;
	blanks_put(t);
	buf_put(t->out, cell, strlen(cell));
	t->pad = GAP + (c == ASKED || c == TOOK ? 0 : n);
}

static void
line_begin(struct table *t)
{
	t->pad = 1;
}

static void
line_end(struct table *t)
{
	buf_put(t->out, "\n", 1);
}

static void
head_put(struct table *t)
{
	char end[CHART_TIME];
	size_t c, room = t->width[BAR];

	line_begin(t);
	for (c = 0; c < BAR; c++)
		cell_put(t, (enum column)c, heads[c]);
	if (room > 0) {
		blanks_put(t);
		buf_put(t->out, "0 s", 3);
		(void)chart_time(t->chart->length, end);
		t->pad = room > strlen(end) + 3 ? room - strlen(end) - 3 : 1;
		blanks_put(t);
		buf_put(t->out, end, strlen(end));
	}
	line_end(t);
}

/* The cell of a time, of n cells. */
static size_t
place(const struct table *t, int64_t ms, size_t n)
{
	int64_t length = t->chart->length > 0 ? t->chart->length : 1;

	if (ms <= 0)
		return 0;
	return ms >= length ? n :
	    (size_t)((uint64_t)ms * n / (uint64_t)length);
}

static void
bar_put(struct table *t, const struct chart_row *r)
{
	size_t n = t->width[BAR], from, to, i;
	int64_t end = r->to < r->from ? t->chart->length : r->to;

	if (n == 0)
		return;
	n -= 2;
	from = place(t, r->from, n);
	to = place(t, end, n);
	from = from == n ? n - 1 : from;
	to = to <= from ? from + 1 : to;
	blanks_put(t);
	buf_put(t->out, "|", 1);
	for (i = 0; i < n; i++)
		buf_put(t->out, r->from < 0 || i < from || i >= to ? " " :
		    r->bad ? "#" : "=", 1);
	buf_put(t->out, "|", 1);
}

static void
note_put(struct table *t, const char *note)
{
	char text[CELL];
	size_t width = t->chart->width;

	if (note == NULL || *note == '\0')
		return;
	/* Reasons have their cause at the end. */
	(void)escape_ends(text, width > 6 && width - 2 < CELL ? width - 2 :
	    CELL, note, strlen(note));
	buf_put(t->out, "   ", 3);
	buf_put(t->out, text, strlen(text));
	line_end(t);
}

static void
row_put(struct table *t, const struct chart_row *r)
{
	char made[CHART_TIME];
	size_t c;

	line_begin(t);
	for (c = 0; c < BAR; c++)
		cell_put(t, (enum column)c,
		    row_text(r, (enum column)c, made));
	bar_put(t, r);
	line_end(t);
	note_put(t, r->note);
}

void
chart_put(struct buf *out, const struct chart *ch)
{
	struct table t = { .chart = ch, .out = out };
	size_t i;

	if (ch->n == 0)
		return;
	widths_set(&t);
	head_put(&t);
	for (i = 0; i < ch->n; i++)
		row_put(&t, &ch->row[i]);
}
