#include "sys/hook.h"

#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "sys/child.h"
#include "sys/loop.h"
#include "text/deadline.h"
#include "text/escape.h"

/* The same number on all machines; an old libc lacks it. */
#ifndef SYS_pidfd_open
#define SYS_pidfd_open	434
#endif

#define LOOK		100	/* ms between two looks without a pidfd */
#define CHUNK		4096	/* bytes of output read at once */
#define CANCEL_LOOKS	200	/* of 10 ms, for a process to die */
#define CANNOT_EXEC	127

static const struct {
	const char	*name;
	bool		 guest;
	bool		 result;
} stages[HOOK_NSTAGE] = {
	[HOOK_PRE_STOP]		= { "pre-stop",		false,	false },
	[HOOK_PRE_STOP_GUEST]	= { "pre-stop-guest",	true,	false },
	[HOOK_POST_STOP_GUEST]	= { "post-stop-guest",	true,	true },
	[HOOK_POST_STOP]	= { "post-stop",	false,	false },
	[HOOK_PRE_START]	= { "pre-start",	false,	false },
	[HOOK_PRE_START_GUEST]	= { "pre-start-guest",	true,	false },
	[HOOK_POST_START_GUEST]	= { "post-start-guest",	true,	true },
	[HOOK_POST_START]	= { "post-start",	false,	false },
};

const char *
hook_stage_name(enum hook_stage stage)
{
	if ((unsigned int)stage >= HOOK_NSTAGE)
		return "";
	return stages[stage].name;
}

/*
 * In the child.
 */

static const char *
seconds_left(const struct hook_call *c, char text[32])
{
	int64_t left = (c->deadline - loop_now()) / 1000;

	text[0] = '\0';
	if (c->deadline != 0)
		(void)snprintf(text, 32, "%" PRId64, left < 0 ? 0 : left);
	return text;
}

#define ENV_MAX	9

/* The environment, NULL after the last. */
static int
environment_make(const struct hook_call *c, char *envp[ENV_MAX + 1])
{
	char left[32];
	const struct {
		const char	*name;
		const char	*value;
	} env[ENV_MAX] = {
		{ "PATH", CHILD_SEARCH },
		{ "LIBVIRT_GUESTS_STAGE", stages[c->stage].name },
		{ "LIBVIRT_GUESTS_COMMAND", c->command },
		{ "LIBVIRT_GUESTS_DOWN", c->down },
		{ "LIBVIRT_GUESTS_URI", c->uri },
		{ "LIBVIRT_GUESTS_NAME", c->name },
		{ "LIBVIRT_GUESTS_UUID", c->uuid },
		{ "LIBVIRT_GUESTS_RESULT", c->result },
		{ "LIBVIRT_GUESTS_DEADLINE", seconds_left(c, left) },
	};
	size_t i, n = 0;

	for (i = 0; i < ENV_MAX; i++)
		if (env[i].value != NULL && asprintf(&envp[n++], "%s=%s",
		    env[i].name, env[i].value) == -1)
			return -1;
	envp[n] = NULL;
	return 0;
}

static _Noreturn void
child_main(const struct hook_run *r, const char *path, int out)
{
	const struct hook_call *c = &r->call;
	const int fds[3] = { -1, out, out };
	char *argv[] = { child_argument(path),
	    child_argument(stages[c->stage].name), child_argument(c->uri),
	    child_argument(c->name), child_argument(c->uuid), NULL };
	char *envp[ENV_MAX + 1], why[128];
	int n;

	/* The parent does the same, so that neither waits for the other. */
	(void)setpgid(0, 0);
	if (child_descriptors(fds, -1) == 0 && environment_make(c, envp) == 0 &&
	    chdir("/") == 0)
		(void)execve(path, argv, envp);
	/* Memory and time are the child's own: this delays no guest. */
	n = snprintf(why, sizeof(why), "cannot be executed: %s\n",
	    strerror(errno));
	if (write(STDERR_FILENO, why, (size_t)n) == n)
		_exit(CANNOT_EXEC);
	_exit(CANNOT_EXEC);
}

/*
 * Its output, line by line.
 */

static void
line_emit(struct hook_run *r)
{
	char text[HOOK_LINE + sizeof("...")];

	/* A line that did not fit into r->output.line does not fit here. */
	if (escape_text(text, HOOK_LINE, r->output.line, r->output.len) >=
	    HOOK_LINE)
		(void)strlcat(text, "...", sizeof(text));
	r->output.len = 0;
	r->output.lines++;
	r->handlers->line(r->arg, r->label, text);
}

static void
output_flood(struct hook_run *r)
{
	r->output.flooded = true;
	if (r->output.len > 0)
		line_emit(r);
	r->handlers->line(r->arg, r->label, "output cut");
}

static void
line_add(struct hook_run *r, const char *p, size_t n)
{
	size_t room = sizeof(r->output.line) - r->output.len;

	if (n > room)
		n = room;
	memcpy(r->output.line + r->output.len, p, n);
	r->output.len += n;
}

/* Lines, the last of them perhaps unfinished. */
static void
lines_take(struct hook_run *r, const char *p, size_t n)
{
	const char *end;
	size_t len;

	while (n > 0 && !r->output.flooded) {
		if (r->output.lines == HOOK_LINES) {
			output_flood(r);
			return;
		}
		end = memchr(p, '\n', n);
		len = end == NULL ? n : (size_t)(end - p);
		line_add(r, p, len);
		if (end != NULL) {
			line_emit(r);
			len++;
		}
		p += len;
		n -= len;
	}
}

static void
output_take(struct hook_run *r, const char *p, size_t n)
{
	size_t room = HOOK_BYTES - r->output.bytes;

	r->output.bytes += n < room ? n : room;
	lines_take(r, p, n < room ? n : room);
	if (n > room && !r->output.flooded)
		output_flood(r);
}

static void
output_close(struct hook_run *r)
{
	if (r->output.fd == -1)
		return;
	loop_del(r->loop, r->output.fd);
	(void)close(r->output.fd);
	r->output.fd = -1;
}

/* Read once, so that a flood delays no guest; false: nothing to read. */
static bool
output_read(struct hook_run *r)
{
	char chunk[CHUNK];
	ssize_t n = read(r->output.fd, chunk, sizeof(chunk));

	if (n > 0) {
		output_take(r, chunk, (size_t)n);
		return true;
	}
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		output_close(r);
	return false;
}

static void
output_ready(void *arg, short revents)
{
	(void)revents;
	(void)output_read(arg);
}

/* Read the output up to its end; other processes may still write. */
static void
output_finish(struct hook_run *r)
{
	size_t i;

	for (i = 0; i < HOOK_BYTES / CHUNK && r->output.fd != -1; i++)
		if (!output_read(r))
			break;
	if (r->output.len > 0)
		line_emit(r);
	output_close(r);
}

/*
 * Its process.
 */

static void
pidfd_close(struct hook_run *r)
{
	if (r->pidfd == -1)
		return;
	loop_del(r->loop, r->pidfd);
	(void)close(r->pidfd);
	r->pidfd = -1;
}

static void
pidfd_ready(void *arg, short revents)
{
	struct hook_run *r = arg;

	(void)revents;
	r->exited = true;
	pidfd_close(r);
}

/* If the kernel (before Linux 5.3) has no pidfd or the loop has no room,
 * hook_tick polls. */
static void
pidfd_open_for(struct hook_run *r)
{
	r->pidfd = (int)syscall(SYS_pidfd_open, r->pid, 0U);
	if (r->pidfd == -1)
		return;
	if (loop_add(r->loop, r->pidfd, pidfd_ready, r) == -1) {
		(void)close(r->pidfd);
		r->pidfd = -1;
	}
}

/* Do not reap it yet: until then no other process gets its group. */
static void
process_look(struct hook_run *r)
{
	siginfo_t si = { .si_pid = 0 };

	if (waitid(P_PID, (id_t)r->pid, &si, WEXITED | WNOHANG | WNOWAIT) ==
	    -1)
		r->exited = errno == ECHILD;
	else
		r->exited = si.si_pid == r->pid;
}

/* fork, with the read end of the output watched already. */
static int
process_fork(struct hook_run *r, const char *path, int out, struct errmsg *em)
{
	r->pid = child_fork();
	if (r->pid == 0)
		child_main(r, path, out);
	if (r->pid == -1)
		return errmsg_sys(em, "not run: fork");
	(void)setpgid(r->pid, r->pid);
	pidfd_open_for(r);
	return 0;
}

static int
process_start(struct hook_run *r, const char *path, struct errmsg *em)
{
	int p[2], rv;

	if (pipe2(p, O_CLOEXEC) == -1)
		return errmsg_sys(em, "not run: pipe");
	r->output.fd = p[0];
	/* Only our end: a hook may rely on blocking writes. */
	if (fcntl(p[0], F_SETFL, O_NONBLOCK) == -1)
		rv = errmsg_sys(em, "not run: pipe");
	else if (loop_add(r->loop, p[0], output_ready, r) == -1)
		rv = errmsg_set(em, EMFILE, "not run: too many descriptors");
	else
		rv = process_fork(r, path, p[1], em);
	(void)close(p[1]);
	if (rv == -1)
		output_close(r);
	return rv;
}

/*
 * The run.
 */

static bool
is_late(const struct hook_run *r, int64_t now)
{
	return r->call.deadline != 0 && now >= r->call.deadline;
}

static void
run_next(struct hook_run *r)
{
	r->at++;
	r->phase = HOOK_BETWEEN;
}

/* Skip a hook; em has the reason.  *told: it was reported before. */
static void
run_skip(struct hook_run *r, bool *told, const struct errmsg *em)
{
	bool again = told != NULL && *told;

	if (told != NULL)
		*told = true;
	run_next(r);
	if (!again)
		r->handlers->failed(r->arg, r->label, em->text);
}

static void
run_reset(struct hook_run *r, int64_t now)
{
	int64_t timeout = (int64_t)r->hooks->timeout * 1000;

	r->exited = r->output.flooded = false;
	r->output.lines = r->output.bytes = r->output.len = 0;
	r->pidfd = r->output.fd = -1;
	r->look = now + LOOK;
	r->until =
	    deadline_min(timeout == 0 ? 0 : now + timeout, r->call.deadline);
}

/* Run the next hook. */
static void
run_begin(struct hook_run *r, int64_t now)
{
	struct hook_file *f = &r->hooks->file[r->at];
	char path[HOOK_PATH];
	struct errmsg em;
	int rv = hooks_path(r->hooks, r->at, path, &em);

	(void)escape_text(r->label, sizeof(r->label), f->name,
	    strlen(f->name));
	run_reset(r, now);
	if (is_late(r, now)) {
		(void)errmsg_set(&em, 0, "not run: the deadline has passed");
		run_skip(r, NULL, &em);
		return;
	}
	if (rv == -1) {
		run_skip(r, &f->told, &em);
		return;
	}
	f->told = false;
	if (process_start(r, path, &em) == -1)
		run_skip(r, NULL, &em);
	else
		r->phase = HOOK_RUNNING;
}

/* How it failed, or NULL. */
static const char *
outcome(const struct hook_run *r, bool known, int status, char why[128])
{
	if (r->phase != HOOK_RUNNING && r->late)
		return "stopped: the deadline has passed";
	if (r->phase != HOOK_RUNNING)
		(void)snprintf(why, 128, "stopped: it did not end within "
		    "HOOK_TIMEOUT, %d s", r->hooks->timeout);
	else if (!known)
		return "its exit code is unknown";
	else if (WIFSIGNALED(status))
		(void)snprintf(why, 128, "killed by signal %d",
		    WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		(void)snprintf(why, 128, "exit code %d", WEXITSTATUS(status));
	else
		return NULL;
	return why;
}

/* The process has exited: reap it and report a failure. */
static void
run_end(struct hook_run *r)
{
	const char *why;
	char text[128];
	bool known;
	int status;

	/* Before it is reaped: later the group may be reused. */
	if (r->phase != HOOK_RUNNING)
		(void)kill(-r->pid, SIGKILL);
	output_finish(r);
	pidfd_close(r);
	known = waitpid(r->pid, &status, WNOHANG) == r->pid;
	why = outcome(r, known, known ? status : 0, text);
	run_next(r);
	if (why != NULL)
		r->handlers->failed(r->arg, r->label, why);
}

/* Even SIGKILL does not end it: it hangs in the kernel. */
static void
run_abandon(struct hook_run *r)
{
	output_finish(r);
	pidfd_close(r);
	run_next(r);
	r->handlers->failed(r->arg, r->label,
	    "cannot be killed; it still runs");
}

/* The time limit of the phase. */
static void
run_overdue(struct hook_run *r, int64_t now)
{
	r->until = now + HOOK_GRACE;
	if (r->phase == HOOK_RUNNING) {
		r->late = is_late(r, now);
		r->phase = HOOK_ENDING;
		(void)kill(-r->pid, SIGTERM);
		/* A stopped process would not react. */
		(void)kill(-r->pid, SIGCONT);
	} else if (r->phase == HOOK_ENDING) {
		r->phase = HOOK_KILLED;
		(void)kill(-r->pid, SIGKILL);
	} else {
		run_abandon(r);
	}
}

/* Whether it has exited; after SIGTERM its group must have ended, too. */
static bool
is_over(const struct hook_run *r)
{
	return r->exited && (r->phase != HOOK_ENDING || r->output.fd == -1);
}

static void
process_tick(struct hook_run *r, int64_t now)
{
	if (r->pidfd == -1 && !r->exited && now >= r->look) {
		r->look = now + LOOK;
		process_look(r);
	}
	if (is_over(r))
		run_end(r);
	else if (r->until != 0 && now >= r->until)
		run_overdue(r, now);
}

void
hook_tick(struct hook_run *r, int64_t now)
{
	if (r->phase >= HOOK_RUNNING)
		process_tick(r, now);
	while (r->phase == HOOK_BETWEEN)
		if (r->at < r->hooks->n) {
			run_begin(r, now);
		} else {
			r->phase = HOOK_IDLE;
			r->handlers->done(r->arg);
		}
}

int64_t
hook_next(const struct hook_run *r)
{
	if (r->phase == HOOK_IDLE)
		return 0;
	if (r->phase == HOOK_BETWEEN || is_over(r))
		return 1;
	return deadline_min(
	    r->until, r->pidfd == -1 && !r->exited ? r->look : 0);
}

/* The arguments of a guest are never NULL. */
static const char *
guest_string(bool guest, const char *s)
{
	if (!guest)
		return NULL;
	return s == NULL ? "" : s;
}

int
hook_start(struct hook_run *r, const struct hook_call *c)
{
	bool guest = stages[c->stage].guest;

	if (r->phase != HOOK_IDLE)
		return -1;
	r->call = *c;
	r->call.uri = guest_string(guest, c->uri);
	r->call.name = guest_string(guest, c->name);
	r->call.uuid = guest_string(guest, c->uuid);
	if (!stages[c->stage].result)
		r->call.result = NULL;
	r->at = 0;
	r->phase = HOOK_BETWEEN;
	return 0;
}

void
hook_hasten(struct hook_run *r, int64_t deadline)
{
	r->call.deadline = deadline_min(r->call.deadline, deadline);
	if (r->phase == HOOK_RUNNING)
		r->until = deadline_min(r->until, r->call.deadline);
}

void
hook_cancel(struct hook_run *r)
{
	int i, status;

	if (r->phase >= HOOK_RUNNING) {
		(void)kill(-r->pid, SIGKILL);
		for (i = 0; i < CANCEL_LOOKS &&
		    waitpid(r->pid, &status, WNOHANG) == 0; i++)
			(void)poll(NULL, 0, 10);
		pidfd_close(r);
		output_close(r);
	}
	r->phase = HOOK_IDLE;
}
