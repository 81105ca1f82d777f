#ifndef OWNERS_H
#define OWNERS_H

#include <stdbool.h>
#include <stddef.h>

#include "config/inifile.h"

/*
 * Other programs that stop guests, as a table: where they are seen, what they
 * do, and what to do about it.  The caller finds services and reads files.
 */
struct owners_row {
	const char	*service;	/* an enabled service; or NULL, and: */
	const char	*path;		/* a file, or several, as of glob(7) */
	const char	*word;		/* that it mentions; NULL: it stops
					   guests by virsh or by a key of the
					   daemon */
	const char	*text;
	const char	*todo;
};

/* Row i; NULL after the last. */
const struct owners_row *owners_row(size_t i);
/* Whether a file of that text is what the row looks for. */
bool	 owners_match(const struct owners_row *, struct inifile_text);
/* Whether a text stops guests: it runs virsh, or has one of these keys of
 * libvirt's daemons, with another value than "none". */
bool	 owners_stops(struct inifile_text);

#endif
