#include "cmd/cmd.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/outcome.h"
#include "cmd/output.h"
#include "cmd/past.h"
#include "run/selection.h"
#include "sys/log.h"
#include "text/chart.h"
#include "text/escape.h"

#define TEXT_MAX	(64UL * 1024 * 1024)
#define WIDTH_MIN	40	/* columns */
#define WIDTH_MAX	400
#define SHOUT		32	/* bytes of a result in capitals */
#define LEFT		192	/* bytes of the left part of a heading */

/* The runs and guests that are asked for. */
struct view {
	struct past	 past;
	const struct run_options *options;
	bool		 show[HISTORY_RUNS];
	size_t		 shown;
	size_t		 width;
	struct output	*output;
	struct buf	*text;		/* of output */
};

/*
 * Selection.
 */

static bool
named(const struct view *v)
{
	return v->options->selection != NULL;
}

/* All guests, if none was named. */
static bool
guest_chosen(const struct view *v, const struct history_guest *g)
{
	const struct guesttab_key key = { .name = g->name, .uuid = g->uuid };
	const struct selection *s = v->options->selection;
	size_t i;

	for (i = 0; s != NULL && i < s->n; i++)
		if (guesttab_selects(&s->selector[i], &key, NULL))
			return true;
	return s == NULL;
}

/* 0, or -1: the error is printed. */
static int
selectors_check(const struct view *v)
{
	const struct selection *s = v->options->selection;
	struct errmsg em;
	size_t i;

	for (i = 0; s != NULL && i < s->n; i++) {
		if (s->selector[i].what == GUESTTAB_NAME ||
		    s->selector[i].what == GUESTTAB_UUID)
			continue;
		(void)errmsg_refuse(&em, s->word[i], strlen(s->word[i]),
		    "needs data that the history does not have; use a name "
		    "pattern or a UUID");
		log_error("%s", em.text);
		return -1;
	}
	return 0;
}

/* Keep only the chosen guests of each run. */
static void
guests_choose(struct view *v)
{
	struct history_run *r;
	size_t i, k, n;

	for (i = 0; i < v->past.history.n; i++) {
		r = &v->past.history.run[i];
		for (k = n = 0; k < r->n; k++)
			if (guest_chosen(v, &r->guest[k]))
				r->guest[n++] = r->guest[k];
		r->n = n;
	}
}

/* The newest N runs; or the newest stop and the newest start, and newer ones of
 * selected guests. */
static bool
run_seen(const struct history_run *r, bool seen[2][2])
{
	bool again = seen[r->starts][false] || seen[r->starts][r->selected];

	seen[r->starts][r->selected] = true;
	return again;
}

static void
runs_choose(struct view *v)
{
	size_t most = v->options->runs > 0 ? (size_t)v->options->runs : 4, i;
	bool seen[2][2] = { { false } };

	for (i = 0; i < v->past.history.n && v->shown < most; i++) {
		if (named(v) && v->past.history.run[i].n == 0)
			continue;
		if (v->options->runs == 0 &&
		    run_seen(&v->past.history.run[i], seen))
			continue;
		v->show[i] = true;
		v->shown++;
	}
}

static bool
run_bad(const struct view *v, const struct history_run *r)
{
	size_t i;

	if (!named(v))
		return past_bad(&v->past, r);
	for (i = 0; i < r->n; i++)
		if (history_failed(&r->guest[i]) && !past_going(&v->past, r))
			return true;
	return false;
}

static enum run_exit
exit_code(const struct view *v)
{
	bool bad = !named(v) && past_unstopped(&v->past) != NULL;
	size_t i;

	for (i = 0; i < v->past.history.n; i++)
		bad = bad ||
		    (v->show[i] && run_bad(v, &v->past.history.run[i]));
	return bad ? RUN_FAILED : RUN_OK;
}

/*
 * Text.
 */

static size_t
terminal_width(void)
{
	size_t width = log_columns();

	if (width < WIDTH_MIN)
		return WIDTH_MIN;
	return width > WIDTH_MAX ? WIDTH_MAX : width;
}

static void
heading_put(const struct view *v, const struct history_run *r)
{
	char began[PAST_WHEN], ended[PAST_WHEN], took[CHART_TIME];
	char end[PAST_END], word[LEFT / 2];
	size_t from = v->text->len, used, len;

	output_text(v->text, r->starts ? "Start  " : "Stop   ");
	output_text(v->text, "%s", past_when(r->began, began));
	if (r->length >= 0 && v->width > 60)
		output_text(v->text, "-%s",
		    strrchr(past_when(r->began + r->length / 1000, ended),
		    ' ') + 1);
	if (r->length >= 0)
		output_text(v->text, ", %s", chart_time(r->length, took));
	if (r->reason != NULL) {
		(void)escape_text(word, sizeof(word), r->reason,
		    strlen(r->reason));
		output_text(v->text, ", %s", word);
	}
	if (strcmp(r->command, r->starts ? "start" : "stop") != 0) {
		(void)escape_text(word, sizeof(word), r->command,
		    strlen(r->command));
		output_text(v->text, ", %s", word);
	}
	if (r->selected)
		output_text(v->text, ", selected guests");
	output_text(v->text, past_here(&v->past, r) ? ", this boot" :
	    ", earlier boot");
	used = v->text->len - from;
	len = strlen(past_end(&v->past, r, end));
	if (used + 2 + len > v->width) {
		output_text(v->text, "\n");
		used = 0;
	}
	output_text(v->text, "%*s\n", (int)(v->width > used + len ?
	    v->width - used : len), end);
}

static void
row_make(const struct view *v, const struct history_run *r,
    const struct history_guest *g, struct chart_row *row)
{
	const char *result = past_result(g), *note = g->why;

	/* "still on after its time limit" */
	if (note != NULL && strncmp(note, result, strlen(result)) == 0)
		note = NULL;
	*row = (struct chart_row){ .name = g->name, .how = g->how,
	    .result = result, .note = note, .asks = g->asks,
	    .from = g->asked, .to = g->ended,
	    .bad = history_failed(g) && !past_going(&v->past, r) };
}

/* "destroyed" in capitals, if it is a failure: it is to be seen. */
static void
shout(struct chart_row *row, char text[SHOUT])
{
	size_t i;

	if (!row->bad)
		return;
	for (i = 0; i < SHOUT - 1 && row->result[i] != '\0'; i++)
		text[i] = (char)toupper((unsigned char)row->result[i]);
	text[i] = '\0';
	row->result = text;
}

/* The guest that took longest. */
static void
longest_put(const struct view *v, const struct chart *ch)
{
	char name[HISTORY_WORD], took[CHART_TIME];
	const struct chart_row *r = NULL;
	size_t i;

	for (i = 0; i < ch->n; i++)
		if (ch->row[i].from >= 0 && ch->row[i].to > ch->row[i].from &&
		    (r == NULL || ch->row[i].to - ch->row[i].from >
		    r->to - r->from))
			r = &ch->row[i];
	if (r == NULL || r->name == NULL || ch->n < 2)
		return;
	(void)escape_text(name, sizeof(name), r->name, strlen(r->name));
	output_text(v->text, "; longest: %s, %s", name,
	    chart_time(r->to - r->from, took));
}

/* 0, or -1 when there is no memory. */
static int
run_text(const struct view *v, struct history_run *r)
{
	struct chart_row *row = calloc(r->n + 1, sizeof(*row));
	char (*loud)[SHOUT] = calloc(r->n + 1, sizeof(*loud));
	struct chart ch = { .row = row, .n = r->n, .length = r->length,
	    .width = v->width };
	int rv = -1;
	size_t i;

	heading_put(v, r);
	past_sort(r);
	if (row != NULL && loud != NULL) {
		for (i = 0; i < r->n; i++) {
			row_make(v, r, &r->guest[i], &row[i]);
			shout(&row[i], loud[i]);
		}
		chart_put(v->text, &ch);
		output_text(v->text, " ");
		past_sum(v->text, r);
		longest_put(v, &ch);
		output_text(v->text, "\n");
		rv = 0;
	}
	free(row);
	free(loud);
	return rv;
}

static void
unstopped_put(const struct view *v)
{
	const struct history_run *r = past_unstopped(&v->past);
	char when[PAST_WHEN];

	if (r == NULL || named(v))
		return;
	output_text(v->text,
	    "Boot   the last earlier boot ended without a stop of "
	    "libvirt-guests after\n"
	    "       the start of %s (power cut, crash, or no call)\n",
	    past_when(r->began, when));
}

static enum run_exit
report_text(struct view *v)
{
	enum run_exit rv = exit_code(v);
	struct buf *out = v->text;
	size_t i;

	(void)buf_init(out, 4096, TEXT_MAX);
	v->width = terminal_width();
	unstopped_put(v);
	for (i = 0; i < v->past.history.n; i++) {
		if (!v->show[i])
			continue;
		if (out->len > 0)
			output_text(out, "\n");
		if (run_text(v, &v->past.history.run[i]) == -1)
			out->bad = 1;
	}
	if (v->shown == 0)
		output_text(out, "No stop or start is known\n");
	/* output_print adds the last newline. */
	if (!out->bad && out->len > 0)
		out->len--;
	rv = output_print(out, rv);
	buf_free(out);
	return rv;
}

/*
 * JSON.
 */

static void
run_json(const struct view *v, struct history_run *r)
{
	json_object_begin(&v->output->json);
	outcome_put(&v->output->json, &v->past, r);
	json_object_end(&v->output->json);
}

static enum run_exit
report_json(struct view *v)
{
	const struct history_run *r = past_unstopped(&v->past);
	struct output *a = v->output;
	size_t i;

	output_begin(a);
	output_string(&a->json, "boot", v->past.boot);
	output_string(&a->json, "unstopped", r != NULL ? r->boot : NULL);
	json_key(&a->json, "runs");
	json_array_begin(&a->json);
	for (i = 0; i < v->past.history.n; i++)
		if (v->show[i])
			run_json(v, &v->past.history.run[i]);
	json_array_end(&a->json);
	return output_end(a, exit_code(v));
}

enum run_exit
report_main(struct cmd_run *c)
{
	struct output a;
	struct view v = { .options = c->run.options, .output = &a,
	    .text = &a.out };
	enum run_exit rv;

	if (selectors_check(&v) == -1)
		return RUN_USAGE;
	rv = past_read(&v.past, c) == -1 ? RUN_FAILED : RUN_OK;
	if (rv == RUN_OK) {
		guests_choose(&v);
		runs_choose(&v);
		if (named(&v) && v.shown == 0) {
			log_error("no stop or start has a guest of that name "
			    "or UUID");
			rv = RUN_FAILED;
		} else {
			rv = c->run.options->json ? report_json(&v) :
			    report_text(&v);
		}
	}
	past_free(&v.past);
	return rv;
}
