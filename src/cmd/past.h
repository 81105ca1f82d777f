#ifndef PAST_H
#define PAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/boot.h"
#include "sys/history.h"

struct buf;
struct cmd_run;

/* The history as report and status print it. */
struct past {
	struct history	 history;
	char		 boot[BOOT_TEXT];	/* this one */
	int		 owner;		/* process of the lock, or 0 */
};

/* 0, or -1: the error is printed.  Call past_free in both cases. */
int	 past_read(struct past *, const struct cmd_run *);
void	 past_free(struct past *);
/* The newest stop, or start, of all guests; NULL: none is known. */
const struct history_run *past_newest(const struct past *, bool starts);
bool	 past_here(const struct past *, const struct history_run *);
/* The run has not ended, and its process runs. */
bool	 past_going(const struct past *, const struct history_run *);
/* Whether it went wrong: its exit code, or it did not end. */
bool	 past_bad(const struct past *, const struct history_run *);
bool	 past_deadline_hit(const struct history_run *);
/* The last run of the boot before this one, if it is a start: no stop of all
 * guests followed.  NULL: there is no such run. */
const struct history_run *past_unstopped(const struct past *);

/* A time of day, "27 Nov 03:12:20"; returns text. */
#define PAST_WHEN	48
const char *past_when(int64_t, char text[PAST_WHEN]);
/* Its end: "exit 1, deadline hit". */
#define PAST_END	48
const char *past_end(const struct past *, const struct history_run *,
	    char text[PAST_END]);
/* How many guests have which result: "3 guests: 2 off, 1 still on"; printable
 * text is appended. */
void	 past_sum(struct buf *, const struct history_run *);
/* The result of a guest. */
const char *past_result(const struct history_guest *);
/* How many guests have the result of guest number i; 0: an earlier guest has
 * it. */
size_t	 past_count(const struct history_run *, size_t i);
/* Sort the guests of a run: in the order of action; guests that were not asked
 * are last. */
void	 past_sort(struct history_run *);

#endif
