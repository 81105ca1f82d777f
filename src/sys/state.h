#ifndef STATE_H
#define STATE_H

#include <stdbool.h>

#include "sys/journal.h"
#include "sys/list.h"
#include "text/errmsg.h"

/*
 * The files on disk: the list of guests (STATE_DIR/libvirt-guests), the list of
 * networks (STATE_DIR/libvirt-net.state, that of Gentoo's script), the mark of
 * a started service (RUN_DIR/lock/libvirt-guests), the lock
 * (RUN_DIR/libvirt-guests.lock), the journal (RUN_DIR/libvirt-guests.journal)
 * and the socket of a stop (RUN_DIR/libvirt-guests.sock).
 */
#define STATE_KEPT	(4096 + 32)	/* bytes of the name of a kept file */

struct state {
	char		 list_path[4096];
	char		 mark_path[4096];
	char		 lock_path[4096];
	char		 journal_path[4096];
	char		 nets_path[4096];
	char		 theirs_path[4096];	/* or "" */
	char		 socket_path[4096];
	int		 lockfd;
	bool		 theirs;	/* it was read, and still exists */
	bool		 theirs_broken;	/* a part of it was unreadable */
	bool		 broken;	/* a part of the list was unreadable */
	bool		 kept;		/* ... and a copy was kept */
	bool		 nets_broken;	/* a part of the list of networks was
					   unreadable, and it still exists */
	struct journal	 journal;
};

/* 0, or -1 when a path is too long. */
int	 state_init(struct state *, const char *state_dir,
	    const char *run_dir, struct errmsg *);
void	 state_free(struct state *);
/* Also read the list of another script (name NULL: none): state_load adds it to
 * ours, state_save removes it when ours is on disk. */
int	 state_theirs(struct state *, const char *state_dir, const char *name,
	    struct errmsg *);

/* 0: locked; 1: another process holds the lock (*pid, 0 if unknown); -1 with
 * the reason. */
int	 state_lock(struct state *, int *pid, struct errmsg *);

/* Whether a list file exists, ours or theirs. */
bool	 state_listed(const struct state *);
/*
 * Read it into an initialised list; a missing file is an empty list.
 * Unreadable parts are reported to fn and set broken.  0, or -1 with the
 * reason.
 */
struct state_findings {
	finding_fn	*fn;
	void		*arg;
};
int	 state_load(struct state *, struct list *,
	    const struct state_findings *, struct errmsg *);
/*
 * Replace it; it is on disk when this returns.  An empty list removes the file.
 * A broken list is first kept under the name in kept ("": none was kept).
 * 0, or -1 with the reason and the old list in place.
 */
int	 state_save(struct state *, const struct list *,
	    char kept[STATE_KEPT], struct errmsg *);

/* The same for networks that a stop has stopped. */
bool	 state_nets_listed(const struct state *);
int	 state_nets_load(struct state *, struct list *,
	    const struct state_findings *, struct errmsg *);
int	 state_nets_save(struct state *, const struct list *,
	    char kept[STATE_KEPT], struct errmsg *);

/* The mark counts if it is a regular file with one name, of root (or the user
 * that runs this), in a directory of theirs. */
bool	 state_started(const struct state *);
/* Set or remove the mark; a file in its place that does not count is
 * replaced. */
int	 state_mark(const struct state *, bool started, struct errmsg *);

#endif
