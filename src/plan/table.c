#include "plan/table.h"

#include "plan/engine_job.h"
#include "plan/table_part.h"

#define SECOND		((int64_t)1000)
#define FOOT		12	/* lines from which on there is a last line */
#define TIME		8	/* columns of a time, with its blank */
#define THEN		20
#define NOW		60	/* at most, before the blank and the time */
#define SHARED		24	/* columns of a name among others in a line */
#define CLOCK		76	/* columns of a line with a time of day */

/* Groups of guests, in the order of the rows. */
enum kind { BEGUN, WAITING, FAILED, ENDED, NKIND };

struct cursor {
	enum kind	 kind;
	size_t		 job;
};

struct count {
	size_t		 of[NKIND];
	size_t		 unfinished;
	size_t		 measured;	/* saves with a second row */
	size_t		 first;		/* that has begun */
	int64_t		 until;		/* of all that have begun */
	bool		 endless;	/* one has no time limit */
	unsigned	 name;		/* columns of the longest name */
};

static enum kind
kind_of(const struct engine_job *j)
{
	if (job_failed(j))
		return FAILED;
	if (job_finished(j))
		return ENDED;
	return job_waits(j) ? WAITING : BEGUN;
}

/* The next job, or SIZE_MAX. */
static size_t
cursor_next(const struct table *t, struct cursor *c)
{
	for (; c->kind < NKIND; c->kind++, c->job = 0)
		while (c->job < t->engine->plan->n)
			if (kind_of(&t->engine->job[c->job++]) == c->kind)
				return c->job - 1;
	return SIZE_MAX;
}

static void
jobs_count(const struct table *t, struct count *c)
{
	const struct engine_job *j;
	char name[ROW_NAME];
	unsigned width;
	size_t i;

	*c = (struct count){ .first = SIZE_MAX };
	for (i = 0; i < t->engine->plan->n; i++) {
		j = &t->engine->job[i];
		c->of[kind_of(j)]++;
		c->measured += row_measured(j);
		width = line_width(row_name(t, i, name));
		if (width > c->name)
			c->name = width;
		if (!row_begun(j))
			continue;
		if (c->first == SIZE_MAX)
			c->first = i;
		c->endless = c->endless || j->at.until == 0;
		if (j->at.until > c->until)
			c->until = j->at.until;
	}
	c->unfinished = c->of[BEGUN] + c->of[WAITING];
}

static void
fields_set(const struct table_line *l, const struct count *c,
    struct table_fields *f)
{
	unsigned end = l->columns, name = c->name < 5 ? 5 : c->name;
	unsigned most = end / (end < 60 ? 3 : 4);

	*f = (struct table_fields){ .now = 3 + (name < most ? name : most) };
	if (end > f->now + NOW + 2 * TIME + THEN)
		end = f->now + NOW + 2 * TIME + THEN;
	if (end >= 76) {
		end -= THEN;
		f->then = end + 2;
	}
	if (l->columns >= 60) {
		f->limit = end;
		end -= TIME;
	}
	f->far = end;
}

static void
label_put(struct table_line *l, unsigned end, const char *label)
{
	unsigned width = line_width(label);

	line_fill(l, end > width ? end - width : 0);
	line_put(l, label);
}

static void
titles_put(struct table_line *l, const struct table_fields *f)
{
	line_put(l, " GUEST");
	line_fill(l, f->now);
	line_put(l, "NOW");
	label_put(l, f->far, "SO FAR");
	if (f->limit != 0)
		label_put(l, f->limit, "LIMIT");
	if (f->then != 0) {
		line_fill(l, f->then);
		line_put(l, "THEN");
	}
	line_end(l);
}

static void
number_put(struct table_line *l, size_t n, const char *what)
{
	line_number(l, n);
	line_put(l, what);
}

/* The latest end, or the reason why there is none. */
static void
ends_put(struct table_line *l, const struct table *t)
{
	bool narrow = l->columns < 60;
	bool timed = t->by[0] != '\0' && l->columns >= CLOCK;

	if (t->ends != 0) {
		line_put(l, timed ? "   ends by " : narrow ? ", " :
		    "   worst case ");
		line_put(l, timed ? t->by : "");
		line_put(l, timed ? " (" : "");
		line_time(l, t->ends - t->now);
		line_put(l, timed ? " left)" : narrow ? "" : " more");
	} else if (t->endless != POLICY_END) {
		line_put(l, narrow ? ", no limit" : "   worst case no limit (");
		line_put(l, narrow ? "" : policy_name(t->endless));
		line_put(l, narrow ? "" : ")");
	}
}

/* "5 guests, 2 done, 1 failed   elapsed 0:41   ends by 03:14:20 (1:19 left)" */
static void
head_put(struct table_line *l, const struct table *t, const struct count *c)
{
	size_t n = t->engine->plan->n;

	line_put(l, " ");
	number_put(l, n, n == 1 ? " guest, " : " guests, ");
	number_put(l, c->of[ENDED], " done");
	if (c->of[FAILED] > 0) {
		line_put(l, ", ");
		number_put(l, c->of[FAILED], " failed");
	}
	line_put(l, l->columns < 60 ? ", " : "   elapsed ");
	line_time(l, t->now - t->began);
	if (c->unfinished > 0)
		ends_put(l, t);
	line_end(l);
}

/* No guest has begun and has not ended. */
static void
ended_put(struct table_line *l, const struct table *t, const struct count *c)
{
	if (c->unfinished > 0) {
		line_put(l, " Waiting for a slot");
	} else if (c->of[FAILED] == 0) {
		line_put(l, " All guests are done");
	} else {
		line_put(l, " ");
		number_put(l, c->of[FAILED], " of ");
		number_put(l, t->engine->plan->n, " guests failed");
	}
	line_end(l);
}

/* "Waiting for db01 and 3 more, at most 0:22"; "Waiting for db01 +3: 0:22". */
static void
wait_put(struct table_line *l, const struct table *t, const struct count *c)
{
	bool narrow = l->columns < 60;
	int64_t until = c->endless || (t->ends != 0 && t->ends < c->until) ?
	    t->ends : c->until;
	char name[ROW_NAME];

	if (c->first == SIZE_MAX) {
		ended_put(l, t, c);
		return;
	}
	line_put(l, " Waiting for ");
	line_cut(l, row_name(t, c->first, name), l->columns / 4);
	if (c->of[BEGUN] > 1) {
		line_put(l, narrow ? " +" : " and ");
		number_put(l, c->of[BEGUN] - 1, narrow ? "" : " more");
	}
	if (until == 0) {
		line_put(l, narrow ? "" : ", no time limit");
	} else {
		line_put(l, narrow ? ": " : ", at most ");
		line_time(l, until - t->now);
	}
	line_end(l);
}

/* A name, and how long its action has lasted; waits: the first that waits. */
static void
shared_put(struct table_line *l, const struct table *t, size_t job,
    bool waits)
{
	const struct engine_job *j = &t->engine->job[job];
	char name[ROW_NAME];

	line_put(l, waits ? "waiting: " : "");
	line_cut(l, row_name(t, job, name), SHARED);
	if (row_begun(j)) {
		line_put(l, " ");
		line_time(l, t->now - j->at.began);
	}
}

/* Names of unfinished guests that share lines; returns how many fit. */
static size_t
shared_lines(struct table_line *l, const struct table *t, struct cursor c,
    unsigned lines)
{
	struct table_line item;
	enum kind before = BEGUN;
	size_t job, n = 0;

	for (; (job = cursor_next(t, &c)) != SIZE_MAX && c.kind <= WAITING;
	    n++, before = c.kind) {
		item = (struct table_line){ .columns = TABLE_COLUMNS };
		shared_put(&item, t, job, c.kind != before);
		/* In the last line there is room for "+1000". */
		if (l->at + 2 + item.at + (lines == 1 ? 6 : 0) > l->columns) {
			if (lines == 1)
				break;
			lines--;
			line_end(l);
		}
		line_put(l, l->at == 0 ? " " : "  ");
		shared_put(l, t, job, c.kind != before);
	}
	return n;
}

static struct cursor
cursor_at(const struct table *t, size_t skip)
{
	struct cursor c = { .kind = BEGUN };

	while (skip-- > 0)
		(void)cursor_next(t, &c);
	return c;
}

/* How many lines the names of the last guests share. */
static unsigned
lines_shared(const struct table_line *l, const struct table *t,
    size_t unfinished, unsigned room)
{
	struct table_line dry = { .columns = l->columns };
	unsigned lines;
	size_t rows;

	for (lines = 1; lines < room * 2 / 3; lines++) {
		rows = room - lines;
		dry.at = 0;
		if (shared_lines(&dry, t, cursor_at(t, rows), lines) + rows ==
		    unfinished)
			break;
	}
	return lines;
}

/* Too many guests that have not ended. */
static void
crowd_put(struct table_line *l, const struct table *t,
    const struct table_fields *f, unsigned room)
{
	struct cursor c = { .kind = BEGUN };
	struct count count;
	size_t left;
	unsigned lines, i;

	jobs_count(t, &count);
	lines = lines_shared(l, t, count.unfinished, room);
	for (i = lines; i < room; i++)
		row_put(l, t, f, cursor_next(t, &c));
	left = count.unfinished - (room - lines);
	left -= shared_lines(l, t, c, lines);
	if (left > 0) {
		line_put(l, "  +");
		line_number(l, left);
	}
	line_end(l);
}

/* How many have ended below the last row. */
static void
more_put(struct table_line *l, const struct count *c, size_t rows)
{
	size_t begun = c->unfinished, failed = c->of[FAILED];
	size_t shown = rows - begun < failed ? rows - begun : failed;
	size_t done = c->of[ENDED] - (rows - begun - shown);

	if (failed > shown) {
		line_put(l, " +");
		number_put(l, failed - shown, " failed");
	}
	if (done > 0) {
		line_put(l, failed > shown ? ", +" : " +");
		number_put(l, done, " done");
	}
	line_end(l);
}

/* All guests in the order of the plan, or those first that have not ended. */
static void
rows_put(struct table_line *l, const struct table *t,
    const struct table_fields *f, unsigned room)
{
	size_t n = t->engine->plan->n, i, job;
	struct cursor c = { .kind = BEGUN };
	struct count count;
	size_t rows = n <= room ? n : room;
	bool bars;

	jobs_count(t, &count);
	/* The last line counts the guests that have no row. */
	rows -= n > room && count.unfinished < room;
	bars = n + count.measured <= room && f->limit != 0 &&
	    l->columns < 100;
	for (i = 0; i < rows; i++) {
		job = n <= room ? i : cursor_next(t, &c);
		row_put(l, t, f, job);
		if (bars && row_measured(&t->engine->job[job]))
			row_progress(l, t, f, job);
	}
	if (rows < n && rows < room)
		more_put(l, &count, rows);
}

static void
foot_put(struct table_line *l, const struct table *t)
{
	line_put(l, l->columns < 60 ? " hurry: kill -USR1 " :
	    " ^C ends this run (guests stay)   hurry: kill -USR1 ");
	line_number(l, (uint64_t)t->pid);
	line_end(l);
}

void
table_make(const struct table *t, struct table_text *text)
{
	struct table_line l = { .text = text, .columns = t->columns };
	unsigned lines = t->lines, used = 3;
	struct table_fields f;
	struct count c;

	if (l.columns > TABLE_COLUMNS)
		l.columns = TABLE_COLUMNS;
	if (lines > TABLE_LINES)
		lines = TABLE_LINES;
	text->len = 0;
	text->lines = 0;
	jobs_count(t, &c);
	fields_set(&l, &c, &f);
	head_put(&l, t, &c);
	wait_put(&l, t, &c);
	titles_put(&l, &f);
	used += lines >= FOOT && c.unfinished > 0;
	if (c.unfinished > lines - used)
		crowd_put(&l, t, &f, lines - used);
	else
		rows_put(&l, t, &f, lines - used);
	if (lines >= FOOT && c.unfinished > 0)
		foot_put(&l, t);
	line_raw(&l, TABLE_END);
}
