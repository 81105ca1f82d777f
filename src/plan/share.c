#include "plan/share.h"

#include "text/deadline.h"

/* A part may use the time until the deadline, divided; at least some ms of it;
 * and it may end that many ms after the deadline, or before. */
static const struct share_row {
	int	divisor;
	int	least;
	int	beyond;
} rows[SHARE_PARTS] = {
	[SHARE_CONNECT] =	{ 3, 1000, 0 },
	[SHARE_DETAILS] =	{ 4, 0, 0 },
	[SHARE_RESCUE] =	{ 4, 0, 0 },
	[SHARE_HOOKS] =		{ 2, 0, 0 },
	[SHARE_HOOKS_LEAST] =	{ 8, 0, 0 },
	[SHARE_PREPARE] =	{ 2, 0, 0 },
	[SHARE_AGAIN] =		{ 1, 1000, 0 },
	[SHARE_NETWORKS] =	{ 1, 1000, 0 },
	[SHARE_AFTER] =		{ 1, 0, -SHARE_GRACE },
	[SHARE_LOST] =		{ 2, 0, 0 },
	[SHARE_JOINED] =	{ 1, 0, 5000 },
};

int64_t
share_end(enum share_part part, const struct share_time *t)
{
	const struct share_row *row = &rows[part];
	int64_t left = t->deadline - t->since + row->beyond;

	if (t->deadline == 0)
		return t->by;
	left = left > 0 ? left / row->divisor : 0;
	if (left < row->least)
		left = row->least;
	return deadline_min(t->by, t->since + left);
}

int64_t
share_deadline(int64_t began, int seconds)
{
	return seconds > 0 ? began + (int64_t)seconds * 1000 : 0;
}

int64_t
share_left(int64_t deadline, int64_t now)
{
	if (deadline == 0)
		return 0;
	return deadline > now ? deadline - now : 1;
}
