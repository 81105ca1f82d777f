#ifndef STATE_H
#define STATE_H

#include <stdbool.h>

#include "sys/journal.h"
#include "sys/list.h"
#include "text/errmsg.h"

/*
 * What is kept on disk: the list file (STATE_DIR/libvirt-guests), that of
 * networks (STATE_DIR/libvirt-net.state, as Gentoo's script has it), the mark
 * that says "started" (RUN_DIR/lock/libvirt-guests), the lock
 * (RUN_DIR/libvirt-guests.lock), the journal (RUN_DIR/libvirt-guests.journal);
 * and where the socket of a stop is (RUN_DIR/libvirt-guests.sock).
 */
#define STATE_KEPT	(4096 + 32)	/* bytes of the name of a kept file */

struct state {
	char		 list_path[4096];
	char		 mark_path[4096];
	char		 lock_path[4096];
	char		 journal_path[4096];
	char		 nets_path[4096];
	char		 theirs_path[4096];	/* "": there is none */
	char		 socket_path[4096];
	int		 lockfd;
	bool		 theirs;	/* it was read, and is there still */
	bool		 theirs_broken;	/* not all of it could be read */
	bool		 broken;	/* not all of the list could be read */
	bool		 kept;		/* ... and was kept aside */
	bool		 nets_broken;	/* not all of the networks, and it is
					   there still */
	struct journal	 journal;
};

/* 0, or -1 when a path is too long. */
int	 state_init(struct state *, const char *state_dir,
	    const char *run_dir, struct errmsg *);
void	 state_free(struct state *);
/* Another script's list, which is read besides (name NULL: there is none):
 * state_load adds it to ours, state_save removes it once ours is on disk. */
int	 state_theirs(struct state *, const char *state_dir, const char *name,
	    struct errmsg *);

/* 0: locked; 1: another process has it (*pid, 0 if unknown); -1: the reason. */
int	 state_lock(struct state *, int *pid, struct errmsg *);

/* Is there a list file, ours or theirs? */
bool	 state_listed(const struct state *);
/*
 * Read it into an initialised list; no file is an empty list.  What cannot be
 * read is reported to fn and remembered as broken.  0, or -1 with the reason.
 */
struct state_findings {
	finding_fn	*fn;
	void		*arg;
};
int	 state_load(struct state *, struct list *,
	    const struct state_findings *, struct errmsg *);
/*
 * Replace it, on disk when this returns; an empty list removes it.  A list that
 * was broken is first kept aside under the name in kept ("" if it was not).
 * 0, or -1 with the reason and the old list still there.
 */
int	 state_save(struct state *, const struct list *,
	    char kept[STATE_KEPT], struct errmsg *);

/* The same for networks that a stop took down. */
bool	 state_nets_listed(const struct state *);
int	 state_nets_load(struct state *, struct list *,
	    const struct state_findings *, struct errmsg *);
int	 state_nets_save(struct state *, const struct list *,
	    char kept[STATE_KEPT], struct errmsg *);

/* The mark counts if it is a regular file with one name, of root (or the user
 * that runs this), in a directory of theirs. */
bool	 state_started(const struct state *);
/* Set or remove it; what is in its place and does not count is replaced. */
int	 state_mark(const struct state *, bool started, struct errmsg *);

#endif
