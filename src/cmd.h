#ifndef CMD_H
#define CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "conf.h"
#include "control.h"
#include "engine.h"
#include "errmsg.h"
#include "guest.h"
#include "guesttab.h"
#include "hook.h"
#include "json.h"
#include "list.h"
#include "loop.h"
#include "lvconf.h"
#include "notify.h"
#include "plan.h"
#include "progress.h"
#include "queue.h"
#include "sooner.h"
#include "state.h"
#include "uri.h"
#include "uuid.h"
#include "virt.h"

/*
 * The commands: the one place where the pure half (configuration, inventory,
 * plan, engine) and the effects (connections, loop, state, log) meet.
 */

/* Exit codes, those of LSB init scripts. */
enum cmd_exit {
	CMD_OK = 0,
	CMD_FAILED = 1,
	CMD_USAGE = 2,
	CMD_STOPPED = 3,
	CMD_DENIED = 4,
	CMD_CONFIG = 6
};

struct cmd_options {
	char		**uris;		/* -c */
	size_t		  nuris;
	char		**overrides;	/* -o */
	size_t		  noverrides;
	const char	 *file;		/* -f */
	int		  deadline;	/* -D, seconds, 0 = none */
	bool		  json;		/* -j */
	const char	 *operand;	/* behind the command, or NULL */
};

struct cmd;
struct run;
struct ready;
struct rescue_job;
struct rescue_room;

/* The table of commands: row i, NULL behind the last. */
struct cmd {
	const char	 *name;
	const char	 *help;
	enum cmd_exit	(*main)(struct run *);
	enum cmd_exit	(*then)(struct run *);	/* a run of its own */
	bool		  anyhow;	/* whatever the configuration */
	bool		  json;		/* -j is for it */
	const char	 *operand[2];	/* what may stand behind it */
};
const struct cmd *cmd_row(size_t i);
const struct cmd *cmd_find(const char *name);

/* Read the configuration, run the command, say what its exit code is. */
enum cmd_exit	  cmd_main(const struct cmd *, const struct cmd_options *);

/* Of the survey, so many at once on a connection: even when none of them is
 * ever answered, there is room for others. */
#define HOST_INQUIRIES	2

/* What is asked of a URI's guests: nothing, or what their stop, the plan of one
 * or their start has to know. */
enum survey_for { SURVEY_NONE, SURVEY_STOP, SURVEY_PLAN, SURVEY_START };

struct survey {
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
	struct survey	  survey;	/* of them */
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
	const struct cmd_options *options;
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
	enum survey_for	  survey;
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

/* cmd_run.c: what start, stop and gueststatus share. */

/* Start the loop, which catches signals; 0, or -1 when that was told. */
int		  run_loop(struct run *);
/* Take the lock, waiting for whoever has it, or joining it (run.joined); 0, or
 * the exit code. */
enum cmd_exit	  run_lock(struct run *);
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

/* cmd_gather.c: the inventory. */

/* Dial every URI (patience: ms in which failures are tried again), list its
 * guests by flags[], enum above, and ask what run->survey wants to know.  What
 * failed is in host[].failed.  All of them; or, as long as they have guests,
 * those that answer, others come while these are stopped.  0, or -1 when it was
 * interrupted. */
int		  gather_all(struct run *, int64_t patience);
int		  gather_first(struct run *, int64_t patience);
/* How long that takes at most, in ms. */
int64_t		  gather_limit(const struct run *, int64_t patience);
/* Until when connections are waited for since then, at most until by: guests
 * are to have the better part of what a stop has left. */
int64_t		  gather_share(const struct run *, int64_t since, int64_t by);
/* List the guests of all URIs that have not failed once more, into an
 * inventory of its own; by then a URI has answered or failed.  As above. */
int		  gather_again(struct run *, struct guests *into, int64_t by);
/* What run_step does for it: what is due (true: somebody has come by that), and
 * when that is, if that is sooner than what is due anyway. */
bool		  gather_tick(struct run *, int64_t now);
int64_t		  gather_next(const struct run *, int64_t due);
/* Some hosts are still to come; some have come that were not taken yet. */
bool		  gather_busy(const struct run *);
bool		  gather_came(const struct run *);
/* Have the guests of those that have come. */
void		  gather_take(struct run *, struct guests *into);
/* Whoever has not come by now has failed. */
void		  gather_end(struct run *);

/* cmd_join.c: a stop joins another one. */

enum run_joined {
	JOINED_NONE,		/* there is none */
	JOINED_LOST,		/* it is gone, or we are (run.signal, run.by) */
	JOINED_OTHER,		/* its result is not about our URIs, or not
				   what our settings would make of them */
	JOINED_RESULT
};
/* Join the stop that is under way, hand over our deadline and hurry, and wait
 * for its result. */
enum run_joined	  run_join(struct run *, enum cmd_exit *);
/* A stop of the same URIs by the same policy has the same; over 0. */
int64_t		  run_purpose(const struct run *);
/* Who has the lock: let others join; give them the result, whether there are
 * any. */
void		  run_listen(struct run *);
bool		  run_answer(struct run *, enum cmd_exit);

/* cmd_hook.c: hooks, at their stages. */

/* Look which there are; a failure is told. */
void		  stage_load(struct run *);
/* For run->plan, and again when it has grown; 0, or -1 without memory. */
int		  stage_init(struct run *);
void		  stage_free(struct run *);
/* Run those of a stage of the whole to their end; 0, or -1 when interrupted. */
int		  stage_whole(struct run *, enum hook_stage);
/* Run those before a guest: 0, and task_prepared follows; -1: none. */
int		  stage_prepare(struct run *, size_t job);
/* Run those behind a guest. */
void		  stage_ended(struct run *, size_t job);
/* Before each loop_wait, which is not to be longer than until stage_next. */
void		  stage_tick(struct run *);
int64_t		  stage_next(struct run *);
bool		  stage_busy(const struct run *);
/* run->by has come nearer. */
void		  stage_hasten(struct run *);
/* End all of them at once, and run no more of the guests'. */
void		  stage_cancel(struct run *);

/* cmd_survey.c: what run->survey wants to know of the guests of a host that
 * matter.  What cannot be learned stays unknown, and is told: it takes no more
 * than CONNECT_TIMEOUT, or a quarter of what is left of a deadline. */

/* 0, or -1 when there is no memory. */
int		  survey_begin(struct host *, int64_t now);
/* Ask who is to be asked; true when nothing is waited for any more. */
bool		  survey_tick(struct host *, int64_t now);
/* When survey_tick is due next. */
int64_t		  survey_next(const struct host *);
void		  survey_end(struct host *);

/* cmd_ready.c: when a guest that was started is ready for others to follow. */

/* Behind run->task, for those from that one on; 0, or -1 when there is no
 * memory. */
int		  ready_init(struct run *, size_t from);
void		  ready_free(struct task *);
/* Its guest is where task->ask has it. */
void		  ready_aim(struct task *);
/* Wait for it, EV_READY tells; -1: there is nothing to wait for. */
int		  ready_begin(struct run *, size_t job);
/* Wait no more. */
void		  ready_end(struct run *, size_t job);
/* Ask again who is due. */
void		  ready_tick(struct run *, int64_t now);
/* When ready_tick is to be called, if that is sooner than what is due
 * anyway (0 = nothing). */
int64_t		  ready_next(const struct run *, int64_t due);

/* cmd_clock.c: the clocks of guests that were started. */

void		  clock_init(struct task *);
/* Set it as soon as it can be, within CONNECT_TIMEOUT. */
void		  clock_begin(struct run *, size_t job);
/* As of ready_tick and ready_next; some are not done with. */
void		  clock_tick(struct run *, int64_t now);
int64_t		  clock_next(const struct run *, int64_t due);
bool		  clock_busy(const struct run *);

/* cmd_rescue.c: guests whose daemon is gone for good. */

/* Behind run->task, for those from that one on; 0, or -1 when there is no
 * memory. */
int		  rescue_init(struct run *, size_t from);
void		  rescue_free(struct run *);
/* The daemon of a host has come back, or has gone. */
void		  rescue_up(struct host *);
void		  rescue_down(struct host *);
/* The engine's operations, on guests of a host that is rescued. */
int		  rescue_ask(struct run *, size_t job, enum policy_word);
int		  rescue_look(struct run *, size_t job);
int		  rescue_wake(struct run *, size_t job, enum engine_event);
int		  rescue_poll(struct run *, size_t uri);
void		  rescue_ended(struct run *, size_t job);
void		  rescue_tick(struct run *, int64_t now);
/* When rescue_tick is due, if that is sooner than what is due anyway. */
int64_t		  rescue_next(const struct run *, int64_t due);
/* How long a daemon that is gone may take to come back, ms. */
int64_t		  rescue_patience(const struct run *);
/* Gather those of a host that live without its daemon; false: nobody knows, or
 * it is not to be rescued. */
bool		  rescue_list(struct host *);
/* A host has failed: has it not, if guests live there that can be stopped. */
void		  rescue_adopt(struct host *);

/* cmd_drive.c: a plan is carried out. */

/* Carry out run->plan; heading as in struct progress. */
int		  drive_plan(struct run *, const char *heading);
/* It has more steps now, from that one on.  0, or -1 when there is no memory:
 * it has lost them again. */
int		  drive_more(struct run *, size_t from);
/* Forget plan and engine, and whatever of it is not answered. */
void		  drive_free(struct run *);
/* Have the connections that its long calls want, now that it is up. */
void		  drive_work(struct host *);
/* Do what is due of the plan under way; when it is due next, 0 = at no time. */
int64_t		  drive_tick(struct run *);
/* For who looks at the service meanwhile: how many are still to go. */
void		  drive_status(const struct run *);

/* cmd_task.c: the engine's operations on real guests. */

extern const struct engine_ops task_ops;
void		  task_init(struct run *, size_t job);
/* What it asks is about its guest, wherever that is by now. */
void		  task_aim(struct run *, size_t job);
void		  task_free(struct task *);
void		  task_poll(struct host *);
/* A step of a guest's preparation is done. */
void		  task_prepared(struct run *, size_t job);
/* How a guest in that state is, as the engine has to hear it. */
enum engine_event task_how(const struct lvmsg_state *);
/* Tell the engine what a daemon tells of a guest (arg is the host). */
void		  task_event(void *arg, const struct lvmsg_lifecycle *);

/* cmd_prepare.c: what comes before a guest is stopped. */

void		  prepare_init(struct run *);
/* Take a snapshot: 0, and task_prepared follows; -1: there is none. */
int		  prepare_snapshot(struct run *, size_t job);

/* cmd_round.c: a stop, once and again until nobody is left. */

/* Record who of run->guests is to be stopped, and plan it; 0 or -1. */
int		  round_begin(struct run *);
/* Hosts have come since: record, plan and stop their guests, too. */
void		  round_more(struct run *);
/* A guest that was left, or could not be stopped, is not tried again. */
bool		  round_spares(const struct run *, const struct guest *);
/* After drive_plan: list the guests again and stop those that were started
 * meanwhile.  0, or -1 when nobody knows whether there are any. */
int		  round_again(struct run *, const char *heading);

/* cmd_stop.c, cmd_start.c: what a command and its plan share. */

/* How long a failing connection of a stop is tried again: at once in vain when
 * no guest could be there, for its whole time when one is. */
int64_t		  stop_patience(const struct run *);
/* Say who runs on a URI, and who of them is left. */
void		  stop_say(const struct run *, size_t uri);
/* What its inventory has to list, and to ask. */
void		  stop_lists(struct run *, enum survey_for);
/* From the inventory to run->plan; 0, or -1 when there is no memory. */
int		  stop_prepare(struct run *);
/* The same of a start; the inventory then has the guests of the list alone. */
void		  start_lists(struct run *);
int		  start_prepare(struct run *);
/* Hosts have come since: start their guests, too. */
void		  start_more(struct run *);
/* Guests may be brought back at all, by ON_BOOT or a row. */
bool		  start_boots(const struct run *);
/* What becomes of an entry of the list when everything is prepared. */
enum start_fate {
	START_GUEST,
	START_OTHER,		/* not of a configured URI */
	START_UNREAD,		/* its URI does not answer */
	START_GONE		/* no such guest */
};
enum start_fate	  start_fate(const struct run *, const struct list_entry *);

/* cmd_answer.c: what -j prints, an object. */
struct answer {
	struct buf	  out;
	struct json	  json;
};
void		  answer_begin(struct answer *);
/* Print it; the exit code, or another when that failed. */
enum cmd_exit	  answer_end(struct answer *, enum cmd_exit);
/* The same for any text that has no newline at its end. */
enum cmd_exit	  answer_print(struct buf *, enum cmd_exit);
void		  answer_string(struct json *, const char *key,
		    const char *value);
/* The members that every guest has; its name may be NULL. */
void		  answer_guest(struct json *, const char *uri,
		    const char *name, const unsigned char uuid[UUID_LEN]);
/* The URIs that were asked, and what came of it. */
void		  answer_uris(struct json *, const struct run *);

/* cmd_net.c: virtual networks. */

/* Stop those that no guest needs any more, once they are on record. */
void		  nets_stop(struct run *);
/* Start what is on record of URIs that have come; 0, or -1 when some of it is
 * not there. */
int		  nets_start(struct run *);

/* The commands. */
enum cmd_exit	  cmd_start(struct run *);
enum cmd_exit	  cmd_stop(struct run *);
enum cmd_exit	  cmd_shutdown(struct run *);
enum cmd_exit	  cmd_restart(struct run *);
enum cmd_exit	  cmd_condrestart(struct run *);
enum cmd_exit	  cmd_reload(struct run *);
enum cmd_exit	  cmd_status(struct run *);
enum cmd_exit	  cmd_gueststatus(struct run *);
enum cmd_exit	  cmd_await(struct run *);
enum cmd_exit	  cmd_plan(struct run *);

#endif
