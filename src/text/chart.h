#ifndef CHART_H
#define CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * A table of guests, with a bar for each on one axis of time: from its first
 * request to its end.  A bar of "#" is a guest that failed.  Where there is no
 * room, the bars are left out first, then columns.
 */
struct chart_row {
	const char	*name;		/* each text as it came; NULL: none */
	const char	*how;
	const char	*result;
	const char	*note;		/* on a line of its own */
	unsigned	 asks;
	int64_t		 from;		/* ms on the axis, -1: no bar */
	int64_t		 to;		/* -1: to the end of the axis */
	bool		 bad;
};

struct chart {
	const struct chart_row *row;
	size_t		 n;
	int64_t		 length;	/* of the axis, ms; 0: no bars */
	size_t		 width;		/* columns, at most 1000 */
};

/* Append the table, a newline after each line. */
void	 chart_put(struct buf *, const struct chart *);
/* A time as "0.3 s" or "67 s"; "-" below 0; returns text. */
#define CHART_TIME	32
const char *chart_time(int64_t ms, char text[CHART_TIME]);

#endif
