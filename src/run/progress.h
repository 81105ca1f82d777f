#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct engine_note;
struct engine;
struct guests;

/*
 * Print what the engine does, in the words of libvirt-guests.sh: monitors and
 * test suites look for them.
 */
struct progress {
	const struct engine	*engine;
	const struct guests	*guests;
	char *const		*uris;		/* as configured */
	const char		*heading;	/* "Suspending guests" */
	bool			*headed;	/* URIs with a heading */
	bool			 table;		/* a table shows the same:
						   print only errors and
						   warnings ... */
	bool			 lines;		/* ... but not if this is set */
	bool			 down;		/* the host goes down */
};

void	 progress_tell(struct progress *, const struct engine_note *);
/* Print how many guests have which result. */
void	 progress_sum(const struct progress *);

#endif
