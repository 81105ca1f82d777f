#ifndef LOG_H
#define LOG_H

#include <stddef.h>

/*
 * The only module that prints.  Results go to standard output, a line each, as
 * the script's did; errors and warnings to standard error behind the program's
 * name.  A line is written whole, at once.  Whatever came from outside was
 * escaped by its caller; what would still steer a terminal becomes "?".  A
 * reader that does not read is waited for once, for two seconds.
 */
enum log_level {
	LOG_QUIET = -1,		/* errors and warnings alone */
	LOG_NORMAL = 0,
	LOG_VERBOSE = 1
};

void	 log_init(enum log_level);
/* Standard output is a terminal and not everything is said on lines. */
int	 log_tty(void);

void	 log_error(const char *fmt, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
void	 log_warn(const char *fmt, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
void	 log_info(const char *fmt, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
void	 log_debug(const char *fmt, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
/* What a command was asked for: printed however quiet. */
void	 log_answer(const char *fmt, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
/* The same for text of any length, however long its reader sleeps: not while
 * guests wait.  0, or -1 if it cannot be written. */
int	 log_text(const char *, size_t len);
/* On a terminal, a line that the next one replaces; elsewhere log_info. */
void	 log_passing(const char *fmt, ...)
	    __attribute__((__format__(__printf__, 1, 2)));

#endif
