#ifndef LOG_H
#define LOG_H

#include <stddef.h>

/*
 * The only module that prints.  Results go to standard output, one line each,
 * like those of the script; errors and warnings go to standard error, after the
 * name of the program.  A line is written at once.  The caller escapes texts
 * from outside; a byte that would still steer a terminal becomes "?".  A write
 * waits once, for two seconds, for a reader that does not read.
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
/* Whether standard output is a terminal on which lines can be replaced. */
int	 log_tty(void);

void	 log_error(const char *fmt, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
void	 log_warn(const char *fmt, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
void	 log_info(const char *fmt, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
void	 log_debug(const char *fmt, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
/* The output of a command: printed even if quiet. */
void	 log_answer(const char *fmt, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
/* The same for text of any length.  It waits for a slow reader, so call it only
 * if no guest waits.  0, or -1 if it cannot be written. */
int	 log_text(const char *, size_t len);
/* On a terminal, a line that the next line replaces; elsewhere log_info. */
void	 log_passing(const char *fmt, ...)
	    __attribute__((__format__(__printf__, 1, 2)));

#endif
