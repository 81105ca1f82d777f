#ifndef CHILD_H
#define CHILD_H

#include <sys/types.h>

/*
 * Processes of our own.  Between child_fork and exec a child has only what it
 * is given: no handler and no blocked signal of ours, no descriptor beyond
 * the three.
 */

/* fork(2); the child's signals are as for a new program. */
pid_t	 child_fork(void);
/* In the child: these become 0, 1 and 2 (-1: /dev/null), all others are
 * closed, but for keep (-1: none).  0, or -1 with errno. */
int	 child_descriptors(const int fd[3], int keep);
/* exec's arguments are not const, though it leaves them alone. */
char	*child_argument(const char *);

/* It is not needed any more: SIGTERM, and reaped whenever that may be. */
void	 child_dismiss(pid_t);

#endif
