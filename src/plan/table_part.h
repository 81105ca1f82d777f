#ifndef TABLE_PART_H
#define TABLE_PART_H

#include "plan/engine.h"
#include "plan/table.h"

/* The parts of table. */

/* A line that is written; text NULL: only measured. */
struct table_line {
	struct table_text	*text;
	unsigned		 columns;	/* at most TABLE_COLUMNS */
	unsigned		 at;		/* columns used */
};

/* Append to the line what fits. */
void	 line_put(struct table_line *, const char *);
void	 line_number(struct table_line *, uint64_t);
/* Minutes and seconds, or hours, minutes and seconds. */
void	 line_time(struct table_line *, int64_t ms);
/* Append a text that has at most so many columns; "~" replaces its end. */
void	 line_cut(struct table_line *, const char *, unsigned columns);
/* The same for a reason, whose end counts most: "~" replaces its middle. */
void	 line_shorten(struct table_line *, const char *);
/* Append blanks until so many columns are used. */
void	 line_fill(struct table_line *, unsigned at);
/* Append a sequence that uses no column. */
void	 line_raw(struct table_line *, const char *);
void	 line_end(struct table_line *);
/* The columns of a text. */
unsigned line_width(const char *);

/* The column at which each field begins; 0 = it is left out. */
struct table_fields {
	unsigned	 now;
	unsigned	 far;		/* right-aligned up to here */
	unsigned	 limit;		/* the same */
	unsigned	 then;
};

/* A guest that has begun and has not ended. */
bool	 row_begun(const struct engine_job *);
/* The row of a job, and for a save a second one if its progress is known. */
void	 row_put(struct table_line *, const struct table *,
	    const struct table_fields *, size_t job);
bool	 row_measured(const struct engine_job *);
void	 row_progress(struct table_line *, const struct table *,
	    const struct table_fields *, size_t job);
/* The name of a job's guest, fit to print. */
#define ROW_NAME	256
const char *row_name(const struct table *, size_t job, char name[ROW_NAME]);

#endif
