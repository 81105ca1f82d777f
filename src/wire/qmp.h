#ifndef QMP_H
#define QMP_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Messages from and to QEMU's monitor (QEMU, docs/interop/qmp-spec.txt and
 * qapi/run-state.json): JSON objects, one on each line.  This is not a JSON
 * library: it looks up members and ignores everything else.
 */
#define QMP_LINE	1024	/* bytes of a line; longer ones are ignored */
#define QMP_TEXT	128

enum qmp_command {
	QMP_CAPABILITIES,	/* the first of all */
	QMP_STATUS,
	QMP_POWERDOWN,		/* press the power button */
	QMP_CONT,
	QMP_WAKEUP,
	QMP_CANCEL,		/* cancel a save, which is a migration */
	QMP_QUIT,
	QMP_NCOMMAND
};

enum qmp_what {
	QMP_NOTHING,		/* no message, or an unknown one */
	QMP_GREETING,
	QMP_RETURN,		/* command, status of QMP_STATUS */
	QMP_ERROR,		/* command, text */
	QMP_SHUTDOWN,		/* guest: the guest caused it */
	QMP_RESET		/* the same */
};

enum qmp_status {
	QMP_RUNNING,
	QMP_PAUSED,		/* or another state that does not run */
	QMP_ASLEEP,
	QMP_CRASHED,
	QMP_OFF			/* shut down, QEMU still runs */
};

struct qmp_news {
	enum qmp_what	 what;
	enum qmp_command command;	/* QMP_NCOMMAND: unknown */
	enum qmp_status	 status;
	bool		 guest;
	char		 text[QMP_TEXT];	/* escaped */
};

/* The line of a command. */
const char *qmp_command(enum qmp_command);

/* Input; zeros at first. */
struct qmp {
	size_t		 len;
	bool		 over;		/* the line is too long */
	char		 line[QMP_LINE];
};

/* Take bytes up to the end of a line; returns their number.  At the end of a
 * line, news has its message; before, news->what is QMP_NOTHING. */
size_t	 qmp_take(struct qmp *, const char *, size_t, struct qmp_news *);

#endif
