#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The only module that prints.  Results go to standard output, one line each,
 * like those of the script; errors and warnings go to standard error, after the
 * name of the program.  A line is written at once.  The caller escapes texts
 * from outside; a byte that would still steer a terminal becomes "?".  A write
 * waits once, for two seconds, for a reader that does not read.  Errors,
 * warnings and lines of log_info go to the system log, too: see logger.h.
 */
enum log_level {
	LOG_QUIET = -1,		/* only errors and warnings */
	LOG_NORMAL = 0,
	LOG_VERBOSE = 1
};

void	 log_init(enum log_level);
/* From now on errors and warnings are given to a function and log_info prints
 * nothing; NULL: as before. */
typedef void	 log_divert_fn(void *arg, int error, const char *text);
void	 log_divert(log_divert_fn *, void *arg);
/* The width of the terminal, 80 without one. */
size_t	 log_columns(void);
/* Lines of this level are printed. */
bool	 log_shows(enum log_level);

void	 log_error(const char *fmt, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
void	 log_warn(const char *fmt, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
void	 log_info(const char *fmt, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
void	 log_debug(const char *fmt, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
/* Progress: printed even if quiet, and not in the system log.  As with all
 * above, lines are lost if nobody reads for two seconds. */
void	 log_answer(const char *fmt, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
/* The output of a command, of any length.  It waits for a slow reader, so call
 * it only if no guest waits; hasty: for at most two seconds without a read.  0,
 * or -1 if it cannot be written. */
int	 log_text(const char *, size_t len, bool hasty);

/*
 * Lines at the end of a terminal that are replaced in place.  A message erases
 * them first.
 */
struct log_table {
	const char		*text;	/* stays until the next table */
	size_t			 len;
	unsigned		 lines;	/* none wraps */
};
struct log_size {
	unsigned		 columns;
	unsigned		 lines;
};
/* The size of the terminal on standard output.  False: it is no terminal that
 * can replace lines, or messages are not to be printed. */
bool	 log_size(struct log_size *);
/* Whether the terminal has taken the lines before: only then may their text
 * change.  erased: there are none.  It does not wait. */
bool	 log_table_ready(bool *erased);
/* The same, but it waits as for a message. */
void	 log_table_flush(void);
/* Replace the lines.  It does not wait. */
void	 log_table(const struct log_table *);
/* The lines stay: what follows is printed after them. */
void	 log_table_keep(void);

#endif
