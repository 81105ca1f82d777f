#ifndef WORK_H
#define WORK_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libvirt/virt.h"
#include "plan/engine.h"
#include "plan/plan.h"
#include "run/run.h"

struct account;
struct host;
struct inventory;
struct ready;
struct record;
struct rescue_job;
struct rescue_room;
struct work;

/*
 * A plan under way: the engine, and a task for each step of the plan.  The
 * modules that act on guests share it; drive.c runs it.
 */

/* task.c: calls of a guest. */
struct task_calls {
	struct virt_call  ask;		/* of its action */
	struct virt_call  unsave;	/* before another save */
	struct virt_call  look;
	struct virt_call  off;		/* that the poll did not list */
	struct virt_call  started;	/* its state after a start */
	struct virt_call  measure;
	struct virt_call  abort;
	struct virt_call  memory;	/* after a late deadline */
};

/* clock.c: SYNC_TIME. */
struct task_clock {
	struct virt_call  call;
	int64_t		  at;		/* next request, 0 = none */
	int64_t		  by;		/* no request after that */
};

struct task {
	struct work	 *work;
	struct host	 *host;
	size_t		  job;		/* of the engine */
	enum policy_action  action;	/* requested last */
	bool		  seen;		/* by the poll under way */
	enum engine_event how;		/* of its state */
	int32_t		  reason;	/* of its state, libvirt's number */
	size_t		  prepared;	/* steps of its preparation */
	struct task_calls call;
	pid_t		  saver;	/* the daemon of its last save */
	bool		  cut;		/* that daemon died during a save */
	bool		  io_error;	/* it was reported */
	struct task_clock clock;
	struct virt_call  snapshot;
	struct ready	 *ready;	/* of a start, or NULL */
	struct rescue_job *rescue;	/* without its daemon, or NULL */
};

/*
 * Operations on guests, as in struct engine_ops: by libvirt (task_ops), or by
 * QEMU's monitors without the daemon (rescue_ops).
 */
struct work_ops {
	int	(*ask)(struct task *, enum policy_action);
	int	(*look)(struct task *);
	int	(*wake)(struct task *, enum engine_event);
	int	(*abort)(struct task *);
	int	(*measure)(struct task *);
	int	(*poll)(struct work *, struct host *);
};

struct work {
	struct run	 *run;
	struct record	 *record;
	struct account	 *account;
	struct inventory *inventory;
	struct plan	  plan;
	struct engine	  engine;
	struct task	**task;		/* one for each of plan.step; a task
					   does not move; owned */
	size_t		  ntasks;
	size_t		  ended;	/* of plan.step */
	bool		  driving;
	/* A step of a guest's preparation is done. */
	void		(*prepared)(struct task *);
	struct rescue_room *rooms;	/* rescue.c: of all tasks, or NULL */
	size_t		  room;		/* processes that can be watched */
	char		  snapshot[128];	/* XML for this round */
};

/* Until when a plan waits for memory (run_later). */
int64_t	 work_patience(const struct work *);
/* The guest of a step. */
const struct guest *work_guest(const struct work *, size_t job);
const struct guest *work_task_guest(const struct task *);
/* Report an event of a task's guest to the engine; text may be NULL. */
void	 work_news(struct task *, enum engine_event, const char *text);
/* Note that a guest is asked for an action: record_ask, account_asked. */
void	 work_asked(const struct work *, size_t job, enum policy_action);
/* Note that the job has ended: record_note, whose result it returns. */
bool	 work_closed(const struct work *, size_t job);
/* A start found a guest running: report if it may still shut down, or is
 * paused. */
void	 work_found(const struct work *, size_t job);
/* A start left a guest paused: report it. */
void	 work_paused(const struct work *, size_t job);
/* The end of the save of an interrupted stop was not seen. */
bool	 work_was_saving(const struct work *, size_t job);
/* Report to the service manager how many guests have not ended. */
void	 work_status(const struct work *);

#endif
