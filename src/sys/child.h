#ifndef CHILD_H
#define CHILD_H

#include <sys/types.h>

#include <stddef.h>

/*
 * Child processes.  Between child_fork and exec a child inherits no signal
 * handler, no blocked signal and no descriptor except for the three that it is
 * given; the caller decides on environment and privileges.
 */

/* fork(2); the child's signals are those of a new program. */
pid_t	 child_fork(void);
/* In the child: fd become descriptors 0, 1 and 2 (-1: /dev/null); all others
 * are closed, except for keep (-1: none).  0, or -1 with errno. */
int	 child_descriptors(const int fd[3], int keep);
/* PATH of hooks, and ours if it has no absolute directory. */
#define CHILD_SEARCH \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
/* Once, when the program starts: remove relative directories from PATH. */
void	 child_search(void);
/* In the child: keep the variables that libvirt-guests(8) names for programs
 * of ours, and no other. */
void	 child_environment(void);
/* In the child: no program that it runs gains privileges (setuid, setgid,
 * capabilities of files). */
void	 child_unprivileged(void);
/* A cast: exec does not change its arguments, which are not const. */
char	*child_argument(const char *);

/*
 * Run a command (argv[0] is looked up in PATH) and read its standard output,
 * cut to size and terminated.  The command ends with this program, has few
 * variables and gains no privileges.  Returns its exit status, CHILD_NOEXEC if
 * there is no such command, or -1 if a signal ended it or it did not end within
 * ms (-1: no limit).
 */
#define CHILD_NOEXEC	127
int	 child_output(const char *const argv[], char *text, size_t size,
	    int ms);

/* Wait for a child that ends at once; 0, or -1: there is no such child. */
int	 child_wait(pid_t, int *status);
/* Send SIGTERM to a child; it is reaped later, by another call. */
void	 child_dismiss(pid_t);

#endif
