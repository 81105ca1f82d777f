#ifndef SNAPSHOT_H
#define SNAPSHOT_H

struct guest;
struct task;
struct work;

/* SNAPSHOT=disk: a snapshot of a guest's disks before it is stopped. */

/* Choose the name of this round's snapshots. */
void	 snapshot_name(struct work *);
/* Take one: 0, and work.prepared follows; -1: none is taken. */
int	 snapshot_take(struct task *);
void	 snapshot_aim(struct task *, const struct guest *);
void	 snapshot_free(struct task *);

#endif
