#ifndef POLICY_H
#define POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "text/errmsg.h"

/*
 * The actions on a guest, and the modes of a shutdown request.  Actions form
 * chains, which are tried in order.
 */

enum policy_action {
	POLICY_END,		/* closes a chain */
	POLICY_SUSPEND,		/* managed save */
	POLICY_SHUTDOWN,	/* ask the guest to power itself off */
	POLICY_DESTROY,		/* kill it */
	POLICY_LEAVE,		/* leave it as it is */
	POLICY_START,		/* start it: not an action of a stop */
	POLICY_NACTION
};

#define POLICY_ACTIONS	3			/* in a chain, at most */
#define POLICY_CHAIN	(POLICY_ACTIONS + 1)	/* with its POLICY_END */
#define POLICY_TEXT	32			/* a chain as text, with NUL */

/*
 * The kind of an action: a row of one table, so that no other code compares
 * actions.
 */
struct policy_traits {
	const char	*heading;	/* "Suspending guests" */
	bool		 starts;	/* starts a guest */
	bool		 acts;		/* something is done: not leave */
	bool		 asks;		/* the guest does it, in its own time */
	bool		 saves;		/* its memory, to disk */
	bool		 forces;	/* whatever the guest is doing */
	bool		 lasts;		/* a call of minutes or hours: over a
					   connection of its own */
	enum policy_action paused;	/* instead, of a paused guest that
					   can be saved; POLICY_END: the same
					   action */
	enum policy_action crashed;	/* instead, of a crashed guest */
	int		 reserve;	/* seconds that it needs before the
					   deadline; a save: at least */
};
const struct policy_traits *policy_traits(enum policy_action);

/* "suspend"; never NULL. */
const char	*policy_name(enum policy_action);
/* The action of a stop with that exact name, or POLICY_END. */
enum policy_action policy_action(const char *name);

/*
 * "shutdown,suspend": one to three actions of a stop, none of them twice,
 * destroy and leave only as the last.  The rest of the array is POLICY_END.
 * 0, or -1 with the reason and the array untouched.
 */
int		 policy_chain(const char *text,
		    enum policy_action chain[POLICY_CHAIN], struct errmsg *);
/* A chain as text; an empty one is "none".  Returns text. */
const char	*policy_chain_text(const enum policy_action chain[POLICY_CHAIN],
		    char text[POLICY_TEXT]);

/* Remove the saves from a chain. */
void		 policy_unsave(enum policy_action chain[POLICY_CHAIN]);
/* A chain saves, and does nothing else to a guest. */
bool		 policy_only_saves(const enum policy_action
		    chain[POLICY_CHAIN]);

/* The last action of a chain; POLICY_END if it is empty. */
enum policy_action policy_last(const enum policy_action chain[POLICY_CHAIN]);

/* The mode of a shutdown request. */
enum policy_mode {
	POLICY_MODE_END,	/* ends a chain; first: libvirt chooses */
	POLICY_MODE_AGENT,
	POLICY_MODE_ACPI,
	POLICY_MODE_INITCTL,
	POLICY_MODE_SIGNAL,
	POLICY_MODE_PARAVIRT,
	POLICY_NMODE
};

#define POLICY_MODES	POLICY_NMODE	/* all of them, and the end */
#define POLICY_MODES_TEXT 48		/* such a chain as text, with NUL */

/* "agent"; "default" for POLICY_MODE_END; never NULL. */
const char	*policy_mode_name(enum policy_mode);
/*
 * "agent,acpi" with a separator of ',', "agent+acpi" with one of '+': modes,
 * none of them twice; or "default", the empty chain.  0, or -1 with the reason
 * and the array untouched.
 */
int		 policy_modes(const char *text, int separator,
		    enum policy_mode modes[POLICY_MODES], struct errmsg *);
/* Modes as text.  Returns text. */
const char	*policy_modes_text(const enum policy_mode modes[POLICY_MODES],
		    int separator, char text[POLICY_MODES_TEXT]);

/* The snapshot before a guest is stopped. */
enum policy_snapshot { POLICY_SNAPSHOT_NO, POLICY_SNAPSHOT_DISK };

#endif
