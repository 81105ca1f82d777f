#ifndef LIST_H
#define LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/policy.h"
#include "plan/guest.h"
#include "text/errmsg.h"
#include "text/uuid.h"

struct buf;

/*
 * Guests or networks, one entry each, and the file that lists them.
 *
 * The file has one line for each URI, "URI UUID UUID ...", the format of
 * libvirt-guests.sh.  Files with a line per guest or network, "URI UUID"
 * (libvirt-guests.state and libvirt-net.state of Gentoo's script), are read as
 * well.  What the script does not know is in one line at the end, which it
 * skips as a URI that is not configured:
 *
 *	#libvirt-guests/1 UUID=NAME UUID~NAME UUID ...
 *
 * One word for each entry, in the order of the entries: ~ is a transient guest,
 * a UUID alone has no known name.  NAME is written by escape_word.
 */
#define LIST_MARK	"#libvirt-guests/"	/* and the version */
#define LIST_VERSION	1
#define LIST_HEAD	LIST_MARK "1"
#define LIST_NAME	256	/* bytes of a name that are kept */

/* One life of a guest, from its start to its end. */
struct list_life {
	int32_t		 id;		/* below 0: unknown */
	uint64_t	 born;		/* start of its process, in ticks since
					   boot, 0 = unknown */
};

enum list_end {
	LIST_OPEN,		/* its end was not seen */
	LIST_LATE,		/* timed out; it may still take effect */
	LIST_STALLED		/* timed out */
};

/* What a guest was asked for, by sys/journal. */
struct list_request {
	enum policy_action action;	/* the last; POLICY_END: nothing */
	bool		 asks;		/* a shutdown may still take effect */
	enum list_end	 end;
	int64_t		 when;		/* ms since boot, 0 = unknown */
	struct list_life life;
	int64_t		 down;		/* timed out in the host shutdown of
					   that ID, 0 = in none */
};

struct list_entry {
	char		*uri;			/* owned */
	unsigned char	 uuid[UUID_LEN];
	char		*name;			/* owned; NULL: unknown */
	bool		 transient;
	bool		 listed;		/* it is in the file */
	unsigned char	 state;			/* enum record_state */
	struct list_request request;
};

struct list {
	struct list_entry *entry;	/* owned; the listed entries are in the
					   order of the file */
	size_t		   n;
	size_t		   size;
};

void	 list_init(struct list *);
void	 list_free(struct list *);
/* Add an entry if it is missing, and list it; 0, or -1 when there is no
 * memory. */
int	 list_add(struct list *, const char *uri,
	    const unsigned char uuid[UUID_LEN]);
/* Remove an entry if it exists; the others keep their order; never fails. */
void	 list_remove(struct list *, const char *uri,
	    const unsigned char uuid[UUID_LEN]);
/* An entry, valid until the list changes, or NULL. */
struct list_entry *list_find(const struct list *, const char *uri,
	    const unsigned char uuid[UUID_LEN]);
/* The same; a missing one is made, not listed.  NULL when there is no
 * memory. */
struct list_entry *list_entry(struct list *, const char *uri,
	    const unsigned char uuid[UUID_LEN]);
/* Whether an entry exists and is listed; how many are. */
int	 list_has(const struct list *, const char *uri,
	    const unsigned char uuid[UUID_LEN]);
size_t	 list_count(const struct list *);
/* Its name, escaped, or its UUID if the name is unknown; returns label. */
const char	*list_label(const struct list_entry *, char label[GUEST_LABEL]);
/* Set the name of an entry, cut to LIST_NAME bytes; without memory it has
 * none. */
void	 list_name(struct list_entry *, const char *name);

/*
 * Add the entries of a text.  A word that is not a UUID is an error, reported
 * to fn as "FILE:LINE:COL: ..."; the other words are still added.  A NUL byte
 * and an invalid URI (not "default" and without "://") are errors; a line with
 * only a URI, a blank line and CR LF are not.  A malformed line of names is a
 * warning; of a newer version, what can be read is used.  Returns the number of
 * errors, or -1 when there is no memory.
 */
struct list_source {
	const char	*file;		/* for messages */
	const char	*text;
	size_t		 len;
};
int	 list_parse(struct list *, const struct list_source *, finding_fn *fn,
	    void *arg);

/* Write the listed entries as text, one line for each URI, in the order in
 * which the URIs first appear, and the line of names if one is known; names
 * that do not fit are left out, other errors are the buf's. */
void	 list_format(const struct list *, struct buf *);
/* The same with one line for each entry, without names. */
void	 list_format_lines(const struct list *, struct buf *);

#endif
