#ifndef QMP_H
#define QMP_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What QEMU's monitor says and is told (QEMU, docs/interop/qmp-spec.txt and
 * qapi/run-state.json): objects of JSON, a line each.  It is no JSON library:
 * members are looked up, and everything else is passed over.
 */
#define QMP_LINE	1024	/* bytes of a line; longer ones tell nothing */
#define QMP_TEXT	128

enum qmp_command {
	QMP_CAPABILITIES,	/* the first of all */
	QMP_STATUS,
	QMP_POWERDOWN,		/* press the guest's button */
	QMP_CONT,
	QMP_WAKEUP,
	QMP_CANCEL,		/* a migration, as which a save is made */
	QMP_QUIT,
	QMP_NCOMMAND
};

enum qmp_what {
	QMP_NOTHING,		/* of interest, or that makes sense */
	QMP_GREETING,
	QMP_RETURN,		/* command, status of QMP_STATUS */
	QMP_ERROR,		/* command, text */
	QMP_SHUTDOWN,		/* guest: by its own doing */
	QMP_RESET		/* the same */
};

enum qmp_status {
	QMP_RUNNING,
	QMP_PAUSED,		/* or whatever else stands still */
	QMP_ASLEEP,
	QMP_CRASHED,
	QMP_OFF			/* it has shut down, QEMU is there yet */
};

struct qmp_news {
	enum qmp_what	 what;
	enum qmp_command command;	/* QMP_NCOMMAND: unknown */
	enum qmp_status	 status;
	bool		 guest;
	char		 text[QMP_TEXT];	/* escaped */
};

/* The line that gives a command. */
const char *qmp_command(enum qmp_command);

/* What comes in, zeros to begin with. */
struct qmp {
	size_t		 len;
	bool		 over;		/* the line is too long */
	char		 line[QMP_LINE];
};

/* Take bytes up to the end of a line; how many.  With the end comes what the
 * line tells; before it news->what is QMP_NOTHING. */
size_t	 qmp_take(struct qmp *, const char *, size_t, struct qmp_news *);

#endif
