#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>

#include "fake.h"

/*
 * Guests behind the scripted daemon: calls that no rule is for act on them, at
 * once, as libvirt's calls do.  Faults that a real daemon would forgive are
 * counted.
 *
 * Lines of input:
 *
 *	reset on|off|saved	all guests are so, and nothing is counted
 *	power			the power goes: those that run are off
 *	linger N		a shutdown takes effect after N polls
 *	guests			a line for each is printed: NAME on|off SAVED
 *				COLD RESTORED TWICE LOST, then "end"
 *
 * SAVED is 1 if there is a save image; COLD and RESTORED are the starts; TWICE
 * counts starts of a guest that runs, LOST the images that were removed or
 * booted over.
 */
#define MODEL_GUESTS	8

/* Names, up to a NULL; -1: too many. */
int	 model_init(struct fake *, char *const *names);
/* Take a line; false: it is not one of these. */
bool	 model_obey(struct fake *, const char *line);

#endif
