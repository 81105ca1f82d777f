#ifndef QUEUE_H
#define QUEUE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Who runs its hooks next: a few guests at a time, the others wait in two
 * lines.  Whoever waits for its first action goes first and always finds a
 * place; hooks behind a guest come after those before it.
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

struct queue_turn {
	size_t		 job;
	bool		 before;
};

/* For n jobs; 0, or -1 when there is no memory. */
int	 queue_init(struct queue *, size_t n);
/* For n jobs from now on; 0, or -1 when there is no memory: then for those
 * that it was for. */
int	 queue_more(struct queue *, size_t n);
void	 queue_free(struct queue *);
/* A job waits for its first action, or has ended: each once at most. */
void	 queue_before(struct queue *, size_t job);
void	 queue_after(struct queue *, size_t job);
/* Take the next one when so many places are idle; false: there is none. */
bool	 queue_take(struct queue *, size_t idle, struct queue_turn *);
/* What was taken is over. */
void	 queue_over(struct queue *, const struct queue_turn *);
bool	 queue_empty(const struct queue *);
/* Nobody waits any more. */
void	 queue_clear(struct queue *);

#endif
