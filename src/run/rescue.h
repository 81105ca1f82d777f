#ifndef RESCUE_H
#define RESCUE_H

#include <stddef.h>
#include <stdint.h>

#include "wire/domxml.h"

struct host;
struct task;
struct work;
struct work_ops;

/*
 * QEMU guests without their daemon: the engine's operations by monitors, for
 * hosts whose rescue is active.
 */
extern const struct work_ops rescue_ops;

/* Allocate for the tasks from number `from` on; 0, or -1: no memory. */
int	 rescue_init(struct work *, size_t from);
void	 rescue_free(struct work *);
/* The job of the task has ended. */
void	 rescue_ended(struct task *);
/* Its daemon answers again. */
void	 rescue_release(struct task *);
/* Do what is due; when that is due next, 0 = never. */
void	 rescue_tick(struct work *, int64_t now);
int64_t	 rescue_next(const struct work *);
/* Read libvirt's status file of a guest; 0 or -1. */
int	 rescue_status(const struct host *, const char *name,
	    char out[DOMXML_NSTATUS][DOMXML_OS]);

#endif
