#ifndef QUEUE_H
#define QUEUE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Which guest runs its hooks next: QUEUE_PLACES guests at a time, the others
 * wait in two lines.  Hooks before a guest's first action are taken first and
 * always find a place; hooks after a guest follow those before it.
 */
#define QUEUE_PLACES	4

struct queue_line {
	size_t		*job;		/* room for each, owned */
	size_t		 head;
	size_t		 tail;
};

struct queue {
	struct queue_line before;
	struct queue_line after;
	unsigned char	*mark;		/* of each job, owned */
	size_t		 n;		/* jobs */
};

/* The hooks of a guest. */
struct queue_item {
	size_t		 job;
	bool		 before;	/* before its first action, or after
					   its end */
};

/* For n jobs; 0, or -1 when there is no memory. */
int	 queue_init(struct queue *, size_t n);
/* For n jobs from now on; 0, or -1 when there is no memory: then the queue is
 * as it was. */
int	 queue_more(struct queue *, size_t n);
void	 queue_free(struct queue *);
/* Add the hooks before a job's first action, after its end: each once at
 * most. */
void	 queue_before(struct queue *, size_t job);
void	 queue_after(struct queue *, size_t job);
/* Take the next item when `idle` places are idle; false: there is none. */
bool	 queue_take(struct queue *, size_t idle, struct queue_item *);
/* The hooks of an item have ended. */
void	 queue_over(struct queue *, const struct queue_item *);
bool	 queue_empty(const struct queue *);
/* Empty the lines. */
void	 queue_clear(struct queue *);

#endif
