#ifndef POLICY_H
#define POLICY_H

#include <stddef.h>

/*
 * The words of policy: what can be done to a guest.  ON_SHUTDOWN names those
 * of a stop; POLICY_START is what a start does.
 */
enum policy_word {
	POLICY_END,		/* closes a chain */
	POLICY_SUSPEND,		/* managed save */
	POLICY_SHUTDOWN,	/* ask the guest to power itself off */
	POLICY_START,		/* bring it back */
	POLICY_NWORD
};

#define POLICY_CHAIN	4	/* words in a chain, at most */

/* "suspend"; never NULL. */
const char	*policy_name(enum policy_word);
/* The word of a stop with that exact name, or POLICY_END. */
enum policy_word policy_word(const char *name);

#endif
