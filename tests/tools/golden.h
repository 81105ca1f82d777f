#ifndef GOLDEN_H
#define GOLDEN_H

#include <atf-c.h>

#include <stdbool.h>
#include <stddef.h>

#include "text/findings.h"

/*
 * Tests whose data are files: what is read, and beside it in NAME.want what is
 * wanted of it.  A failure of the machine fails the test.
 */

/* Text that grows to a bound, beyond which a test has gone wrong. */
struct golden {
	char	text[65536];
	size_t	len;
};

void	 golden_put(struct golden *, const char *, ...)
	    __attribute__((__format__(__printf__, 2, 3)));
/* A findings_fn: a line of the struct golden that is its argument. */
void	 golden_finding(void *, enum finding_level, const char *);
/* A whole file; false if there is none. */
bool	 golden_read(struct golden *, const char *path);
/* The file NAME.want that belongs to NAME.SUFFIX. */
void	 golden_want(struct golden *, const char *dir, const char *name);
/* Call check(dir, name) for each NAME.SUFFIX in tests/FOLDER; how many. */
int	 golden_each(const atf_tc_t *, const char *folder, const char *suffix,
	    void (*check)(const char *dir, const char *name));

#endif
