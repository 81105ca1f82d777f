#ifndef RESCUE_H
#define RESCUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/policy.h"
#include "plan/engine.h"

struct host;
struct run;

/* Guests whose daemon is gone for good. */
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

#endif
