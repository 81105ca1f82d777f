#ifndef LIST_H
#define LIST_H

#include <stddef.h>

#include "text/errmsg.h"
#include "text/uuid.h"

struct buf;

/*
 * The list file: the guests to start, one line for each URI, "URI UUID UUID
 * ...", the format of libvirt-guests.sh.  Files with a
 * line per guest or network, "URI UUID" (libvirt-guests.state and
 * libvirt-net.state of Gentoo's script), are read as well.
 */
struct list_entry {
	char		*uri;			/* owned */
	unsigned char	 uuid[UUID_LEN];
};

struct list {
	struct list_entry *entry;	/* in the order of the file, owned */
	size_t		   n;
	size_t		   size;
};

void	 list_init(struct list *);
void	 list_free(struct list *);
/* Add an entry if it is missing; 0, or -1 when there is no memory. */
int	 list_add(struct list *, const char *uri,
	    const unsigned char uuid[UUID_LEN]);
/* Remove an entry if it exists; the others keep their order; never fails. */
void	 list_remove(struct list *, const char *uri,
	    const unsigned char uuid[UUID_LEN]);
int	 list_has(const struct list *, const char *uri,
	    const unsigned char uuid[UUID_LEN]);

/*
 * Add the entries of a text.  A word that is not a UUID is an error, reported
 * to fn as "FILE:LINE:COL: ..."; the other words are still added.  A NUL byte
 * and an invalid URI (not "default" and without "://") are errors; a line with
 * only a URI, a blank line and CR LF are not.  Returns the number of errors, or
 * -1 when there is no memory.
 */
struct list_source {
	const char	*file;		/* for messages */
	const char	*text;
	size_t		 len;
};
int	 list_parse(struct list *, const struct list_source *, finding_fn *fn,
	    void *arg);

/* Write a list as text, one line for each URI, in the order in which the URIs
 * first appear; errors are the buf's. */
void	 list_format(const struct list *, struct buf *);
/* The same with one line for each entry. */
void	 list_format_lines(const struct list *, struct buf *);

#endif
