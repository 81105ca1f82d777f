#include "plan/queue.h"

#include <stdlib.h>
#include <string.h>

#include "compat.h"

#define RUNS	1		/* its first hooks have not ended */
#define ENDED	2		/* ... and the job has ended meanwhile */

static int
line_more(struct queue_line *l, size_t n)
{
	size_t *grown = reallocarray(l->job, n + 1, sizeof(*grown));

	if (grown == NULL)
		return -1;
	l->job = grown;
	return 0;
}

int
queue_more(struct queue *q, size_t n)
{
	unsigned char *grown;

	/* A later plan may be smaller. */
	if (n < q->n)
		return 0;
	grown = realloc(q->mark, n + 1);
	if (grown == NULL)
		return -1;
	q->mark = grown;
	memset(&grown[q->n], 0, n + 1 - q->n);
	if (line_more(&q->before, n) == -1 || line_more(&q->after, n) == -1)
		return -1;
	q->n = n;
	return 0;
}

int
queue_init(struct queue *q, size_t n)
{
	memset(q, 0, sizeof(*q));
	return queue_more(q, n);
}

void
queue_free(struct queue *q)
{
	free(q->before.job);
	free(q->after.job);
	free(q->mark);
	memset(q, 0, sizeof(*q));
}

static void
line_add(struct queue_line *l, size_t job)
{
	l->job[l->tail++] = job;
}

void
queue_before(struct queue *q, size_t job)
{
	q->mark[job] = RUNS;
	line_add(&q->before, job);
}

void
queue_after(struct queue *q, size_t job)
{
	if (q->mark[job] & RUNS)
		q->mark[job] |= ENDED;
	else
		line_add(&q->after, job);
}

static bool
line_take(struct queue_line *l, size_t *job)
{
	if (l->head == l->tail)
		return false;
	*job = l->job[l->head++];
	return true;
}

bool
queue_take(struct queue *q, size_t idle, struct queue_item *t)
{
	t->before = true;
	if (idle > 0 && line_take(&q->before, &t->job))
		return true;
	t->before = false;
	return idle > 1 && line_take(&q->after, &t->job);
}

void
queue_over(struct queue *q, const struct queue_item *t)
{
	if (t->before && (q->mark[t->job] & ENDED))
		line_add(&q->after, t->job);
	q->mark[t->job] = 0;
}

bool
queue_empty(const struct queue *q)
{
	return q->before.head == q->before.tail &&
	    q->after.head == q->after.tail;
}

void
queue_clear(struct queue *q)
{
	q->before.head = q->before.tail;
	q->after.head = q->after.tail;
}
