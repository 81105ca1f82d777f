/*
 * Run a command and write what it took to a file, for the bench: wall-clock
 * and CPU seconds, and peak resident KiB of it and of its children together
 * with them ("WALL CPU RSS").
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <err.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double
clock_now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double
seconds(struct timeval tv)
{
	return (double)tv.tv_sec + (double)tv.tv_usec / 1e6;
}

int
main(int argc, char **argv)
{
	struct rusage ru;
	double began;
	pid_t pid;
	FILE *to;
	int status;

	if (argc < 3)
		errx(125, "usage: measure FILE COMMAND [ARGUMENT]...");
	began = clock_now();
	if ((pid = fork()) == -1)
		err(125, "fork");
	if (pid == 0) {
		(void)execvp(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}
	if (waitpid(pid, &status, 0) == -1 ||
	    getrusage(RUSAGE_CHILDREN, &ru) == -1)
		err(125, "wait");
	if ((to = fopen(argv[1], "w")) == NULL ||
	    fprintf(to, "%.3f %.3f %ld\n", clock_now() - began,
	    seconds(ru.ru_utime) + seconds(ru.ru_stime), ru.ru_maxrss) < 0 ||
	    fclose(to) != 0)
		err(125, "%s", argv[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
