#ifndef GUESTTAB_H
#define GUESTTAB_H

#include <stdbool.h>
#include <stddef.h>

#include "config/policy.h"
#include "text/errmsg.h"
#include "text/uuid.h"

/*
 * The table of policies for single guests, guesttab(5): a row a line,
 *
 *	SELECTOR ORDER CHAIN TIMEOUT OPTIONS
 *
 * It parses text; the caller has read the file.
 */

#define GUESTTAB_ROWS		4096	/* at most */
#define GUESTTAB_WORD		1024	/* bytes in a column, at most */
#define GUESTTAB_INHERIT	(-1)	/* as a number: the value of the
					   configuration */

enum guesttab_what {
	GUESTTAB_NAME,		/* pattern is for the guest's name */
	GUESTTAB_UUID,
	GUESTTAB_OS,		/* pattern is for its libosinfo id */
	GUESTTAB_ORDER		/* the order of its row; not in a table */
};

/* The guests that a row, or the command line, matches. */
struct guesttab_selector {
	enum guesttab_what	 what;
	char			*pattern;	/* owned; of a name or OS */
	unsigned char		 uuid[UUID_LEN];
	int			 order[2];	/* the lowest and highest */
};

/* When a guest that was started is ready, so that the next guest starts. */
enum guesttab_ready {
	GUESTTAB_READY_INHERIT,
	GUESTTAB_READY_AGENT,		/* its guest agent answers */
	GUESTTAB_READY_TCP,		/* host:port accepts a connection */
	GUESTTAB_READY_DELAY		/* after delay seconds */
};

/* Any number but port and delay may be GUESTTAB_INHERIT. */
struct guesttab_row {
	unsigned		 line;		/* of the file, from 1 */
	struct guesttab_selector selector;
	int			 order;		/* 0 to 9999 */
	enum policy_action	 chain[POLICY_CHAIN];	/* empty: inherited */
	int			 timeout;	/* seconds, 0 = none */
	bool			 has_mode;	/* false: mode is inherited */
	enum policy_mode	 mode[POLICY_MODES];
	int			 resend;	/* seconds, 0 = never */
	int			 start_delay;	/* seconds */
	int			 stop_delay;	/* seconds */
	enum guesttab_ready	 ready;
	char			*host;		/* of READY_TCP, owned, no [] */
	int			 port;
	int			 delay;		/* of READY_DELAY, seconds */
	int			 boot;		/* 0 or 1 */
	int			 snapshot;	/* enum policy_snapshot */
};

struct guesttab {
	struct guesttab_row	*row;		/* n of them, owned */
	size_t			 n;
	size_t			 size;
};

void	 guesttab_init(struct guesttab *);
void	 guesttab_free(struct guesttab *);

/*
 * Add the rows of a text.  Each error and warning is reported to fn (may be
 * NULL) as "FILE:LINE:COL: what".  A refused column or option is inherited, and
 * the rest of its row applies; a row with a refused selector is ignored.  A row
 * that can never match is a warning.  Returns the number of FINDING_ERRORs, or
 * -1: no memory.
 */
struct guesttab_source {
	const char	*file;		/* for messages */
	const char	*text;
	size_t		 len;
};
int	 guesttab_parse(struct guesttab *, const struct guesttab_source *,
	    finding_fn *fn, void *arg);

/* The first row for a guest, or NULL. */
struct guesttab_key {
	const char		*name;	/* NULL: unknown */
	const unsigned char	*uuid;
	const char		*os;	/* NULL: unknown, no os: row matches */
};
const struct guesttab_row *guesttab_match(const struct guesttab *,
	    const struct guesttab_key *);

/* Whether any row needs to know guesttab_key.os. */
bool	 guesttab_wants_os(const struct guesttab *);

/*
 * A selector outside of a table: a name pattern, a UUID, os:PATTERN, or
 * order:N, order:N-M, order:N-, order:-M.  What is wrong with it, or NULL.
 */
const char *guesttab_select_parse(struct guesttab_selector *,
	    const char *word);
void	 guesttab_select_free(struct guesttab_selector *);
/* Whether it matches a guest, which has its order by a table; without a table
 * (NULL) and without an order no order: matches. */
bool	 guesttab_selects(const struct guesttab_selector *,
	    const struct guesttab_key *, const struct guesttab *);

#endif
