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
 * Guests of QEMU without their daemon: the engine's operations by their
 * monitors, for hosts whose rescue is active.
 */
extern const struct work_ops rescue_ops;

/* Memory for the tasks from that one on; 0, or -1: no memory. */
int	 rescue_init(struct work *, size_t from);
void	 rescue_free(struct work *);
/* Its guest has come to an end. */
void	 rescue_ended(struct task *);
/* Its daemon is back. */
void	 rescue_release(struct task *);
/* Do what is due; when that is due next, 0 = at no time. */
void	 rescue_tick(struct work *, int64_t now);
int64_t	 rescue_next(const struct work *);
/* Read the status file that libvirt keeps of a guest; 0 or -1. */
int	 rescue_status(const struct host *, const char *name,
	    char out[DOMXML_NSTATUS][DOMXML_OS]);

#endif
