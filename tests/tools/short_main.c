/*
 * Run a program whose Nth write(2) writes only half of its bytes:
 *
 *	short N COMMAND [ARGUMENT]...
 *
 * The exit code is the program's, or 125 if it has no such write of at least
 * two bytes.
 */
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef __x86_64__
#error "the registers of x86-64 only"
#endif

static void
run(char *argv[])
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1)
		err(126, "ptrace");
	(void)execv(argv[0], argv);
	err(126, "%s", argv[0]);
}

/* Halve it; false: it is not the one, or too small. */
static bool
halve(pid_t pid, int *left)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) == -1 ||
	    regs.orig_rax != SYS_write || --*left != 0 || regs.rdx < 2)
		return false;
	regs.rdx /= 2;
	return ptrace(PTRACE_SETREGS, pid, NULL, &regs) == 0;
}

int
main(int argc, char *argv[])
{
	bool entry = true, halved = false;
	int status, left, sig;
	pid_t pid;

	if (argc < 3)
		errx(126, "usage: short N COMMAND [ARGUMENT]...");
	left = atoi(argv[1]);
	if ((pid = fork()) == 0)
		run(argv + 2);
	if (pid == -1 || waitpid(pid, &status, 0) == -1)
		err(126, "fork");
	(void)ptrace(PTRACE_SETOPTIONS, pid, NULL,
	    PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
	for (sig = 0;; ) {
		(void)ptrace(PTRACE_SYSCALL, pid, NULL, (long)sig);
		if (waitpid(pid, &status, 0) == -1)
			err(126, "waitpid");
		if (WIFEXITED(status))
			return halved ? WEXITSTATUS(status) : 125;
		if (WIFSIGNALED(status))
			return 128 + WTERMSIG(status);
		sig = WSTOPSIG(status);
		if (sig != (SIGTRAP | 0x80))
			continue;
		sig = 0;
		if (entry && !halved)
			halved = halve(pid, &left);
		entry = !entry;
	}
}
