#include "cmd/past.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "sys/file.h"
#include "sys/log.h"
#include "text/escape.h"

#define HALF_YEAR	((int64_t)180 * 24 * 3600)

int
past_read(struct past *p, const struct cmd_run *c)
{
	struct errmsg em;
	char *text = NULL;
	size_t len;
	int rv;

	memset(p, 0, sizeof(*p));
	boot_id(p->boot);
	p->owner = (int)file_pid(c->record.state.lock_path);
	if (history_read(c->account.path, &text, &len, &em) == -1) {
		log_error("cannot read the history: %s", em.text);
		return -1;
	}
	rv = history_parse(&p->history, text == NULL ? "" : text, len);
	free(text);
	if (rv == -1)
		log_error("no memory for the history");
	if (p->history.malformed > 0)
		log_warn("%s: ignoring lines that are malformed",
		    c->account.path);
	return rv;
}

void
past_free(struct past *p)
{
	history_free(&p->history);
}

const struct history_run *
past_newest(const struct past *p, bool starts)
{
	size_t i;

	for (i = 0; i < p->history.n; i++)
		if (p->history.run[i].starts == starts &&
		    !p->history.run[i].selected)
			return &p->history.run[i];
	return NULL;
}

bool
past_here(const struct past *p, const struct history_run *r)
{
	return strcmp(p->boot, r->boot) == 0;
}

bool
past_going(const struct past *p, const struct history_run *r)
{
	return r->length < 0 && past_here(p, r) && r->pid > 1 &&
	    r->pid == p->owner &&
	    (kill((pid_t)r->pid, 0) == 0 || errno == EPERM);
}

bool
past_bad(const struct past *p, const struct history_run *r)
{
	return r->length < 0 ? !past_going(p, r) : r->code != 0;
}

bool
past_deadline_hit(const struct history_run *r)
{
	return r->deadline > 0 && r->length >= r->deadline;
}

const struct history_run *
past_unstopped(const struct past *p)
{
	const struct history_run *r;
	size_t i;

	for (i = 0; i < p->history.n; i++) {
		r = &p->history.run[i];
		if (!past_here(p, r) && (r->starts || !r->selected))
			return r->starts && strcmp(r->boot, "unknown") != 0 &&
			    strcmp(p->boot, "unknown") != 0 ? r : NULL;
	}
	return NULL;
}

const char *
past_when(int64_t when, char text[PAST_WHEN])
{
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	int64_t age = boot_clock() - when;
	time_t t = (time_t)when;
	struct tm tm;
	char year[16] = "";

	if (localtime_r(&t, &tm) == NULL || tm.tm_mon < 0 || tm.tm_mon > 11) {
		(void)snprintf(text, PAST_WHEN, "an unknown time");
		return text;
	}
	if (age > HALF_YEAR || age < -HALF_YEAR)
		(void)snprintf(year, sizeof(year), " %ld",
		    (long)tm.tm_year + 1900);
	(void)snprintf(text, PAST_WHEN, "%d %s%s %02d:%02d:%02d", tm.tm_mday,
	    months[tm.tm_mon], year, tm.tm_hour, tm.tm_min, tm.tm_sec);
	return text;
}

const char *
past_end(const struct past *p, const struct history_run *r,
    char text[PAST_END])
{
	if (r->length < 0)
		(void)snprintf(text, PAST_END, "%s", past_going(p, r) ?
		    "under way" : "DID NOT END");
	else
		(void)snprintf(text, PAST_END, past_deadline_hit(r) ?
		    "exit %d, deadline hit" : "exit %d", r->code);
	return text;
}

const char *
past_result(const struct history_guest *g)
{
	if (g->result != NULL && g->end != HISTORY_OPEN)
		return g->result;
	return g->asked < 0 ? "not asked" : "no end seen";
}

/* Insertion keeps the order of equal guests; most are in order already. */
void
past_sort(struct history_run *r)
{
	struct history_guest g;
	size_t i, k;

	for (i = 1; i < r->n; i++) {
		g = r->guest[i];
		for (k = i; k > 0 && (uint64_t)g.asked <
		    (uint64_t)r->guest[k - 1].asked; k--)
			r->guest[k] = r->guest[k - 1];
		r->guest[k] = g;
	}
}

size_t
past_count(const struct history_run *r, size_t i)
{
	const char *result = past_result(&r->guest[i]);
	size_t k, n = 0;

	for (k = 0; k < r->n; k++) {
		if (strcmp(past_result(&r->guest[k]), result) != 0)
			continue;
		if (k < i)
			return 0;
		n++;
	}
	return n;
}

void
past_sum(struct buf *b, const struct history_run *r)
{
	const char *between = ": ";
	char result[HISTORY_WORD];
	size_t i, n;

	output_text(b, r->n == 1 ? "%zu guest" : "%zu guests", r->n);
	for (i = 0; i < r->n; i++) {
		if ((n = past_count(r, i)) == 0)
			continue;
		(void)escape_text(result, sizeof(result),
		    past_result(&r->guest[i]),
		    strlen(past_result(&r->guest[i])));
		output_text(b, "%s%zu %s", between, n, result);
		between = ", ";
	}
}
