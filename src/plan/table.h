#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/policy.h"

struct engine;
struct guests;

/*
 * What a run does, as lines for a terminal: one row a guest.  If the terminal
 * has too few lines, guests that have ended are only counted, and then the
 * names of the last guests share lines.
 */
#define TABLE_COLUMNS	200	/* of a line, at most */
#define TABLE_LINES	60	/* at most */
#define TABLE_TEXT	16384	/* bytes of all lines */
#define TABLE_EOL	"\033[K\n"	/* ends each line */
#define TABLE_END	"\033[J"	/* ends the last line */

struct table {
	const struct engine	*engine;
	const struct guests	*guests;
	int64_t			 now;
	int64_t			 began;
	int64_t			 ends;		/* at the latest; 0 = unknown
						   ... */
	enum policy_action	 endless;	/* ... or, unless POLICY_END,
						   no limit because of it */
	const char		*by;		/* time of day of ends; or "" */
	unsigned		 columns;	/* that lines may use */
	unsigned		 lines;
	bool			 bold;		/* failed guests, in red */
	long			 pid;		/* that SIGUSR1 goes to */
};

struct table_text {
	char			 text[TABLE_TEXT];
	size_t			 len;
	unsigned		 lines;
};

/* At least 30 columns and 6 lines. */
void	 table_make(const struct table *, struct table_text *);

#endif
