#ifndef POLICY_CHECK_H
#define POLICY_CHECK_H

#include <string.h>

#include "fuzz.h"
#include "config/policy.h"

/* A chain that was read is read the same once more. */
static inline void
chain_check(const enum policy_action chain[POLICY_CHAIN])
{
	enum policy_action again[POLICY_CHAIN];
	char text[POLICY_TEXT];

	must(chain[POLICY_CHAIN - 1] == POLICY_END);
	must(policy_chain(policy_chain_text(chain, text), again, NULL) == 0);
	must(memcmp(chain, again, sizeof(again)) == 0);
}

static inline void
modes_check(const enum policy_mode modes[POLICY_MODES])
{
	enum policy_mode again[POLICY_MODES];
	char text[POLICY_MODES_TEXT];

	must(modes[POLICY_MODES - 1] == POLICY_MODE_END);
	must(policy_modes(policy_modes_text(modes, '+', text), '+', again,
	    NULL) == 0);
	must(memcmp(modes, again, sizeof(again)) == 0);
}

#endif
