#ifndef CHILD_H
#define CHILD_H

#include <sys/types.h>

#include <stddef.h>

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

/*
 * What a command (argv[0] is looked up in PATH) writes to standard output, cut
 * to size and ended by a NUL; it goes with us when we die.  Its exit status,
 * CHILD_NOEXEC when there is no such command, or -1 when it was ended by a
 * signal or was not done within ms (-1: however long it takes).
 */
#define CHILD_NOEXEC	127
int	 child_output(const char *const argv[], char *text, size_t size,
	    int ms);

/* Wait for the end of a child, which comes at once; 0, or -1 if there is no
 * such child. */
int	 child_wait(pid_t, int *status);
/* It is not needed any more: SIGTERM, and reaped whenever that may be. */
void	 child_dismiss(pid_t);

#endif
