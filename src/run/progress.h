#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct engine_note;
struct engine;
struct guests;

/*
 * Tells the user what the engine does, in the actions of libvirt-guests.sh that
 * people and test suites look for.
 */
struct progress {
	const struct engine	*engine;
	const struct guests	*guests;
	char *const		*uris;		/* as configured */
	const char		*heading;	/* "Suspending guests" */
	bool			*headed;	/* for each URI: it was said */
};

void	 progress_tell(struct progress *, const struct engine_note *);
/* A line with how many guests ended how, of those that have a result. */
void	 progress_sum(const struct progress *);

#endif
