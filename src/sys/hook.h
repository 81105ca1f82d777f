#ifndef HOOK_H
#define HOOK_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/hook_dir.h"

struct loop;

/*
 * Hooks: the executables of a directory, run before and after a stop or a
 * start, as a whole and for each guest.  They run one after another in the
 * order of their names (strcmp) while the loop goes on.  A hook that fails is
 * reported and changes nothing: the next one runs.
 *
 *	STAGE			pre-stop, post-stop, pre-start, post-start
 *	STAGE URI NAME UUID	pre-stop-guest ... post-start-guest
 *
 * are its arguments.  Its environment is PATH and LIBVIRT_GUESTS_ with STAGE,
 * COMMAND, DEADLINE (whole seconds until the deadline of the call, or empty),
 * DOWN (why the host is going down, if it is), for a guest URI, NAME and UUID,
 * after a guest RESULT.  Standard input is /dev/null, the
 * directory is /, no other descriptor is open, no signal blocked or ignored.
 * A hook is the leader of a process group.
 *
 * After HOOK_TIMEOUT, or at the deadline of the call, the process group gets
 * SIGTERM, and SIGKILL HOOK_GRACE later.  A hook has ended when its process has
 * ended, even if another process has its output open: a daemon that a hook
 * starts keeps running, and should write elsewhere.
 */
#define HOOK_LINE	1024		/* bytes of a line; the rest is cut */
#define HOOK_LINES	1000		/* lines of one hook */
#define HOOK_BYTES	(256UL * 1024)	/* bytes of one hook */

enum hook_stage {
	HOOK_PRE_STOP,
	HOOK_PRE_STOP_GUEST,
	HOOK_POST_STOP_GUEST,
	HOOK_POST_STOP,
	HOOK_PRE_START,
	HOOK_PRE_START_GUEST,
	HOOK_POST_START_GUEST,
	HOOK_POST_START,
	HOOK_NSTAGE
};

/* "pre-stop-guest"; never NULL. */
const char	*hook_stage_name(enum hook_stage);

/* A run of all hooks; the strings must live until done. */
struct hook_call {
	enum hook_stage	 stage;
	const char	*command;	/* "stop" */
	const char	*down;		/* or NULL */
	const char	*uri;		/* of a guest, with name and uuid */
	const char	*name;
	const char	*uuid;
	const char	*result;	/* after a guest */
	int64_t		 deadline;	/* absolute, 0 = none */
};

/*
 * Called from hook_tick and from the loop, never from hook_start; hook and text
 * are escaped.  hook_start may be called from done, hook_cancel from
 * failed and done.
 */
struct hook_handlers {
	/* The hook wrote a line, to standard output or error. */
	void	(*line)(void *arg, const char *hook, const char *text);
	/* It failed or was not run.  A hook that cannot be run (not executable,
	 * not a regular file, writable by others, gone) is reported once. */
	void	(*failed)(void *arg, const char *hook, const char *why);
	/* All have run. */
	void	(*done)(void *arg);
};

enum hook_phase {
	HOOK_IDLE,
	HOOK_BETWEEN,		/* between two hooks, or before the first */
	HOOK_RUNNING,
	HOOK_ENDING,		/* SIGTERM was sent */
	HOOK_KILLED		/* SIGKILL was sent */
};

/* What a hook writes, cut into lines. */
struct hook_output {
	int		 fd;		/* the read end, or -1 */
	size_t		 lines;		/* so far */
	size_t		 bytes;		/* so far */
	bool		 flooded;	/* the rest is dropped */
	size_t		 len;		/* of line */
	char		 line[HOOK_LINE];
};

/* One run of all hooks; zeros, except for the caller's four. */
struct hook_run {
	struct loop	*loop;
	struct hooks	*hooks;
	const struct hook_handlers *handlers;
	void		*arg;
	struct hook_call call;
	enum hook_phase	 phase;
	size_t		 at;		/* the hook that is run */
	pid_t		 pid;
	int		 pidfd;		/* -1: hook_tick polls */
	struct hook_output output;
	bool		 exited;	/* seen, not reaped yet */
	bool		 late;		/* killed at the deadline */
	int64_t		 until;		/* end of the phase, 0 = none */
	int64_t		 look;		/* without a pidfd */
	char		 label[HOOK_LINE];	/* the hook's name, escaped */
};

/* Begin to run all hooks.  0, or -1 if a run is under way. */
int		 hook_start(struct hook_run *, const struct hook_call *);
/* Do what is due; call it before each loop_wait, then hook_next. */
void		 hook_tick(struct hook_run *, int64_t now);
/* When hook_tick is to be called, 0 = no need. */
int64_t		 hook_next(const struct hook_run *);
/* Shorten the deadline of the run; a later deadline changes nothing.  A passed
 * deadline ends the run, with SIGTERM first. */
void		 hook_hasten(struct hook_run *, int64_t deadline);
/* End the run at once, with SIGKILL; no handler is called. */
void		 hook_cancel(struct hook_run *);

#endif
