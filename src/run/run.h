#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/conf.h"
#include "config/guesttab.h"
#include "config/lvconf.h"
#include "libvirt/virt.h"
#include "plan/engine.h"
#include "plan/guest.h"
#include "plan/plan.h"
#include "plan/queue.h"
#include "run/progress.h"
#include "sys/control.h"
#include "sys/hook.h"
#include "sys/list.h"
#include "sys/loop.h"
#include "sys/notify.h"
#include "sys/state.h"
#include "text/buf.h"
#include "text/deadline.h"
#include "text/errmsg.h"
#include "text/json.h"
#include "text/uuid.h"
#include "wire/uri.h"

/*
 * The commands: the one place where the pure half (configuration, inventory,
 * plan, engine) and the effects (connections, loop, state, log) meet.
 */

/* Exit codes, those of LSB init scripts. */
enum run_exit {
	RUN_OK = 0,
	RUN_FAILED = 1,
	RUN_USAGE = 2,
	RUN_STOPPED = 3,
	RUN_DENIED = 4,
	RUN_CONFIG = 6
};

struct run_options {
	char		**uris;		/* -c */
	size_t		  nuris;
	char		**overrides;	/* -o */
	size_t		  noverrides;
	const char	 *file;		/* -f */
	int		  deadline;	/* -D, seconds, 0 = none */
	bool		  json;		/* -j */
	const char	 *operand;	/* behind the command, or NULL */
};

struct run;
struct ready;
struct rescue_job;
struct rescue_room;

/* Of the survey, so many at once on a connection: even when none of them is
 * ever answered, there is room for others. */
#define HOST_INQUIRIES	2

/* What is asked of a URI's guests: nothing, or what their stop, the plan of one
 * or their start has to know. */
enum details_for { DETAILS_NONE, DETAILS_STOP, DETAILS_PLAN, DETAILS_START };

struct details {
	unsigned char	 *next;		/* question of each, while it lasts */
	size_t		  left;		/* guests that are to be heard */
	int64_t		  since;	/* absolute */
	int64_t		  os_by;
	int64_t		  by;
};

/* How far a host's guests are on their way into the inventory. */
enum host_stage {
	HOST_IDLE,
	HOST_GATHERED,		/* dialled, asked for them and about them */
	HOST_SETTLED,		/* all is known, or it has failed */
	HOST_JOINED
};

/* A daemon of the configuration, in a run. */
struct host {
	struct run	 *run;
	size_t		  index;
	struct uri	  uri;
	struct virt	  virt;
	struct virt_call  list;		/* the inventory */
	struct virt_call  poll;		/* which guests are on */
	struct virt_call  inquiry[HOST_INQUIRIES];	/* the survey */
	enum host_stage	  stage;
	struct guests	  guests;	/* those that are gathered */
	struct details	  details;	/* of them */
	int64_t		  since;	/* it was dialled first, 0: before */
	int64_t		  by;		/* its lists have to be there */
	size_t		  lists;	/* how many of them have come */
	bool		  listed;
	bool		  failed;
	bool		  usable;	/* uri and virt are initialised */
	bool		  monitored;	/* its guests are QEMU's, and may be */
	bool		  rescued;	/* ... stopped without it */
	int64_t		  rescue_at;	/* a look whether that is to begin, or
					   to end; 0 = none */
	struct errmsg	  why;		/* it failed */
};

/* A guest's questions. */
struct task {
	struct run	 *run;
	struct host	 *host;
	size_t		  job;
	enum policy_word  word;
	bool		  seen;		/* by the poll under way */
	enum engine_event how;		/* as its state has it */
	size_t		  prepared;	/* steps of its preparation */
	struct virt_call  ask;
	struct virt_call  unsave;	/* before another save */
	pid_t		  saver;	/* the daemon that was to save it */
	bool		  cut;		/* ... and died of it, or with it */
	struct virt_call  look;
	struct virt_call  measure;
	struct virt_call  abort;
	struct virt_call  clock;
	int64_t		  clock_at;	/* ... is asked for then, 0 = not */
	int64_t		  clock_by;	/* ... and not again after that */
	struct ready	 *ready;	/* what a start waits for, or NULL */
	struct rescue_job *rescue;	/* should its daemon go, or NULL */
	struct virt_call  snapshot;
};

/* What there is of a URI's guests, list by list; the last is asked for when
 * its flags are not 0. */
enum { LIST_TRANSIENT, LIST_PERSISTENT, LIST_AUTOSTART, RUN_LISTS };

/* Hooks: rounds that are under way, and guests that wait for theirs. */
struct stage_slot {
	struct run	 *run;
	struct hook_run	  round;
	enum hook_stage	  stage;
	struct queue_turn turn;		/* job SIZE_MAX: of the whole */
	char		  uuid[UUID_TEXT];
};

struct stages {
	struct hooks	  hooks;
	struct stage_slot slot[QUEUE_PLACES];
	struct queue	 queue;
	bool		  turned;	/* a round has come to its end */
	bool		  late;		/* that there is no time was said */
};

struct run {
	const char	 *name;		/* of the command */
	const struct run_options *options;
	const char	 *conf_file;	/* NULL: there is none */
	struct conf	  conf;
	int64_t		  began;	/* loop_now() */
	int64_t		  by;		/* a stop ends, 0 = no deadline */
	int		  errors;	/* of the configuration */
	int		  warnings;
	struct loop	  loop;
	bool		  looping;
	struct state	  state;
	struct host	 *host;		/* one for each of conf.uris */
	uint32_t	  flags[RUN_LISTS];	/* of the lists asked for */
	struct guests	  guests;
	enum details_for	  details;
	struct list	  list;
	struct guesttab	  tab;
	struct lvconf	  lvconf;
	char		 *lvtext;	/* what it is made of */
	struct plan	  plan;
	struct engine	  engine;
	struct progress	  progress;
	struct notify	  notify;	/* the service manager */
	size_t		  ended;	/* of plan.step */
	struct task	**task;		/* one for each of plan.step; where it
					   is it stays */
	size_t		  ntasks;	/* ... so far */
	struct rescue_room *rescue;	/* of all tasks, or NULL */
	size_t		  rescue_room;	/* so many more are watched */
	bool		 *headed;	/* each URI, for progress */
	struct stages	  stages;
	struct control	  control;	/* others join us */
	struct control_join join;	/* we join another */
	bool		  stopping;	/* it is the half that stops */
	bool		  joins;	/* ... and may join another */
	bool		  joined;	/* ... and did: nothing to do */
	char		  snapshot[128];	/* XML of those of this round */
	bool		  driving;
	bool		  save_failed;	/* the list could not be written */
	bool		  gone;		/* a listed guest exists no more */
	bool		  nets_bad;	/* networks are not back */
	bool		  unlisted;	/* one lives of which that is all that
					   is known */
	int		  signal;	/* that ended it, or 0 */
	const char	 *down;		/* who says that the host goes down */
	bool		  over;		/* nothing for cmd.then to do */
	bool		  hurry;	/* SIGUSR1 came */
};

/* Start the loop, which catches signals; 0, or -1 when that was told. */
int		  run_loop(struct run *);
/* Take the lock, waiting for whoever has it, or joining it (run.joined); 0, or
 * the exit code. */
enum run_exit	  run_lock(struct run *);
/* A signal has ended the run. */
bool		  run_interrupted(struct run *);
/* No order and no bound from now on. */
void		  run_hurry(struct run *);
/* Let the connections do what is due and wait for what comes, until deadline
 * (absolute, 0 = none) at most; 0, or -1 when it was interrupted. */
int		  run_step(struct run *, int64_t deadline);
/* Read the list; 0, or -1 when it cannot be read, which is told. */
int		  run_load(struct run *);
/* Write the list; a failure is told, and remembered. */
void		  run_save(struct run *);
/* Errors and warnings of parsers. */
finding_fn	  run_finding;
/* The configured URI with that name, or conf.nuris. */
size_t		  run_uri_index(const struct run *, const char *uri);
/* A URI made fit to print. */
#define RUN_LABEL	512
const char	 *run_uri_label(const char *uri, char label[RUN_LABEL]);
const char	 *run_host_label(const struct host *, char label[RUN_LABEL]);

#endif
