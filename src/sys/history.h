#ifndef HISTORY_H
#define HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/errmsg.h"
#include "text/uuid.h"

struct buf;

/*
 * What the last runs did, for the command report: a file in STATE_DIR, which
 * outlives the boot.  Text, the newest run first; a line for the run, then one
 * for each of its guests:
 *
 *	#libvirt-guests-history/1
 *	run start|stop COMMAND BEGAN LENGTH DEADLINE BOOT PID REASON CODE
 *	    all|selected
 *	guest URI UUID NAME HOW MODE ASKS ASKED ACKED ENDED BYTES END FORCED
 *	    RESULT WHY
 *
 * BEGAN is in seconds since 1970, the other times are milliseconds since the
 * run began.  Words are those of escape_word; "-" is an unknown one.  A reader
 * ignores words that follow, and lines with another first word.
 */
#define HISTORY_MARK	"#libvirt-guests-history/"	/* and the version */
#define HISTORY_HEAD	HISTORY_MARK "1\n"
#define HISTORY_RUNS	20		/* in the file, at most */
#define HISTORY_MAX	(256UL * 1024)	/* bytes; older runs are dropped */
#define HISTORY_FILE	(1024UL * 1024)	/* bytes with a larger newest run */
#define HISTORY_WORD	512		/* bytes of a text that are kept */
#define HISTORY_LINE	(7 * (3 * HISTORY_WORD + 1) + 512)

enum history_end {
	HISTORY_OPEN,		/* no end was seen */
	HISTORY_WELL,
	HISTORY_FAILED
};

/* Each text may be NULL. */
struct history_guest {
	const char	*uri;
	const char	*name;
	unsigned char	 uuid[UUID_LEN];
	const char	*how;		/* actions, "shutdown,suspend" */
	const char	*mode;		/* of a shutdown request, "agent" */
	unsigned	 asks;		/* requests */
	int64_t		 asked;		/* first request, -1: none */
	int64_t		 acked;		/* the daemon accepted it, -1: no */
	int64_t		 ended;		/* -1: no end was seen */
	uint64_t	 bytes;		/* of its save, 0: unknown */
	enum history_end end;
	bool		 forced;	/* it was destroyed */
	const char	*result;
	const char	*why;		/* of a failure, or of an action that
					   followed another one */
};

struct history_run {
	bool		 starts;	/* a start; else a stop */
	const char	*command;	/* "restart" has a stop and a start */
	int64_t		 began;
	int64_t		 length;	/* -1: no end was written */
	int64_t		 deadline;	/* 0: none */
	const char	*boot;
	int64_t		 pid;
	const char	*reason;	/* of the host shutdown, or NULL */
	int		 code;		/* exit code, if the run has ended */
	bool		 selected;	/* it was of the guests that were named;
					   else of all */
	struct history_guest *guest;
	size_t		 n;
};

/* What was read; texts are part of it. */
struct history {
	struct history_run run[HISTORY_RUNS];
	size_t		 n;
	size_t		 malformed;	/* lines that were ignored */
	struct history_guest *guest;	/* of all runs, owned */
	size_t		 nguests;
	size_t		 size;
	char		*words;		/* owned */
};

/* Read the text of a history file.  0, or -1 when there is no memory; call
 * history_free in both cases. */
int	 history_parse(struct history *, const char *text, size_t len);
void	 history_free(struct history *);
/* Read the file; a missing one has an empty text, which the caller frees.  0,
 * or -1 with the reason. */
int	 history_read(const char *path, char **text, size_t *len,
	    struct errmsg *);

/* Whether the result of a guest is a failure. */
bool	 history_failed(const struct history_guest *);

/* Write the line of a run, or of a guest. */
void	 history_put_run(struct buf *, const struct history_run *);
void	 history_put_guest(struct buf *, const struct history_guest *);
/* How many bytes of an old text follow a new run, so that there are no more
 * than HISTORY_RUNS and room bytes; *from is moved to the first of them. */
size_t	 history_keep(const char **from, size_t len, size_t room);
/* Replace the file.  0, or -1 with the reason and the old file in place. */
int	 history_write(const char *path, const struct buf *, struct errmsg *);

#endif
