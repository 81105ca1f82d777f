#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run;

/* What comes before a guest is stopped. */
void		  snapshot_name(struct run *);
/* Take a snapshot: 0, and task_prepared follows; -1: there is none. */
int		  snapshot_take(struct run *, size_t job);

#endif
