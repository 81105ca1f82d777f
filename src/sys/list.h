#ifndef LIST_H
#define LIST_H

#include <stddef.h>

#include "text/errmsg.h"
#include "text/uuid.h"

struct buf;

/*
 * The list file: which guests ran when the host went down, a line per URI,
 * "URI UUID UUID ...", as libvirt-guests.sh writes and reads it.  Files with a
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
/* Add unless it is there; 0, or -1 when there is no memory. */
int	 list_add(struct list *, const char *uri,
	    const unsigned char uuid[UUID_LEN]);
/* Drop it if it is there; the order of the others stays; never fails. */
void	 list_remove(struct list *, const char *uri,
	    const unsigned char uuid[UUID_LEN]);
int	 list_has(const struct list *, const char *uri,
	    const unsigned char uuid[UUID_LEN]);

/*
 * Add the entries of a text.  A word that is no UUID is an error to fn,
 * "FILE:LINE:COL: ...", and everything else is still taken; a line that holds
 * a URI alone, blank lines and CR LF are no errors; a NUL byte and an
 * unreasonable URI (no "default" and no "://") are.
 * Returns how many errors there were, or -1 when there is no memory.
 */
struct list_source {
	const char	*file;		/* for messages */
	const char	*text;
	size_t		 len;
};
int	 list_parse(struct list *, const struct list_source *, finding_fn *fn,
	    void *arg);

/* The text of a list, entries of one URI on one line in the order in which
 * the URIs first appear; errors are the buf's. */
void	 list_format(const struct list *, struct buf *);
/* The same with a line for each entry. */
void	 list_format_lines(const struct list *, struct buf *);

#endif
