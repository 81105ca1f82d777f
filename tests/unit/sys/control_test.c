#include "sys/control.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <atf-c.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/loop.h"

#define SOCK		"sock"
#define PATIENCE	60000		/* ms, for what is broken */
#define LAST		1		/* a deadline that ends an owner */

/* What an owner was told, in whatever process it is. */
struct told {
	int64_t	deadline[256];
	size_t	deadlines;
	size_t	hurries;
};

static struct told *told;
static struct loop loop;
static struct control control;

static void
on_deadline(void *arg, int64_t deadline)
{
	struct told *t = arg;

	if (t->deadlines < sizeof(t->deadline) / sizeof(t->deadline[0]))
		t->deadline[t->deadlines] = deadline;
	t->deadlines++;
}

static void
on_hurry(void *arg)
{
	((struct told *)arg)->hurries++;
}

static const struct control_handlers handlers = { on_deadline, on_hurry };

static void
set_up(void)
{
	struct errmsg em;

	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ATF_REQUIRE(told != MAP_FAILED);
	ATF_REQUIRE_EQ(0, loop_init(&loop, &em));
}

/* An owner in this process. */
static void
own(void)
{
	struct errmsg em;

	memset(told, 0, sizeof(*told));
	memset(&control, 0, sizeof(control));
	control.loop = &loop;
	control.handlers = &handlers;
	control.arg = told;
	ATF_REQUIRE_EQ_MSG(0, control_listen(&control, SOCK, &em), "%s",
	    em.text);
}

/* Let everything that can happen happen. */
static void
settle(void)
{
	struct pollfd pfd[LOOP_FDS];
	struct errmsg em;
	int i;

	for (i = 0; i < 1000; i++) {
		memcpy(pfd, loop.pfd, sizeof(pfd));
		if (poll(pfd, (nfds_t)loop.n, 0) == 0)
			return;
		ATF_REQUIRE_EQ(0, loop_wait(&loop, loop_now(), &em));
	}
	atf_tc_fail("the loop spins");
}

/* The life of an owner in a process of its own: until LAST or a signal. */
static void
owner_main(int ready, int code)
{
	struct errmsg em;

	memset(&control, 0, sizeof(control));
	control.loop = &loop;
	control.handlers = &handlers;
	control.arg = told;
	if (control_listen(&control, SOCK, &em) == -1)
		_exit(99);
	if (write(ready, "x", 1) != 1)
		_exit(98);
	while (control.deadline != LAST)
		if (loop_wait(&loop, 0, &em) == -1)
			_exit(97);
	control_end(&control, code);
	_exit(0);
}

static pid_t
owner_start(int code)
{
	char c;
	int p[2];
	pid_t pid;

	memset(told, 0, sizeof(*told));
	ATF_REQUIRE_EQ(0, pipe2(p, O_CLOEXEC));
	ATF_REQUIRE((pid = fork()) != -1);
	if (pid == 0)
		owner_main(p[1], code);
	(void)close(p[1]);
	ATF_REQUIRE_EQ(1, read(p[0], &c, 1));
	(void)close(p[0]);
	return pid;
}

static void
owner_ended(pid_t pid)
{
	int status;

	ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
	ATF_CHECK_EQ_MSG(0, status, "%#x", (unsigned int)status);
}

static int
join(struct control_join *j, int64_t deadline, struct errmsg *em)
{
	memset(j, 0, sizeof(*j));
	j->loop = &loop;
	em->text[0] = '\0';
	return control_join(j, SOCK, deadline, em);
}

static void
joined(struct control_join *j)
{
	int64_t end = loop_now() + PATIENCE;
	struct errmsg em;

	while (j->state == CONTROL_WAITING) {
		ATF_REQUIRE(loop_now() < end);
		ATF_REQUIRE_EQ(0, loop_wait(&loop, end, &em));
	}
}

/* A connection that says what it likes. */
static int
raw_connect(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = SOCK };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);

	if (fd == -1 || connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

static void
check_raw(int fd, const char *want)
{
	char got[64];
	ssize_t n = recv(fd, got, sizeof(got), 0);

	if (n == -1 && errno == ECONNRESET)
		n = recv(fd, got, sizeof(got), 0);
	ATF_CHECK_MSG(n == (ssize_t)strlen(want) &&
	    memcmp(got, want, strlen(want)) == 0, "%zd %.*s", n,
	    (int)(n > 0 ? n : 0), got);
}

static size_t
descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	ATF_REQUIRE(d != NULL);
	while (readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return n;
}

/*
 * Two processes.
 */

ATF_TC_WITHOUT_HEAD(result);
ATF_TC_BODY(result, tc)
{
	static const int codes[] = { 0, 1, 6, 255 };
	struct control_join j;
	struct errmsg em;
	struct stat st;
	pid_t pid;
	size_t i;

	set_up();
	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		pid = owner_start(codes[i]);
		ATF_REQUIRE_EQ_MSG(0, join(&j, LAST, &em), "%s", em.text);
		joined(&j);
		ATF_CHECK_EQ(CONTROL_RESULT, j.state);
		ATF_CHECK_EQ(codes[i], j.code);
		ATF_CHECK_EQ(-1, control_hurry(&j));
		owner_ended(pid);
		ATF_CHECK_EQ(1, told->deadlines);
		ATF_CHECK_EQ(LAST, told->deadline[0]);
		ATF_CHECK_EQ(0, told->hurries);
		ATF_CHECK(lstat(SOCK, &st) == -1 && errno == ENOENT);
	}
}

/* Of the deadlines of all joiners only ever earlier ones count. */
ATF_TC_WITHOUT_HEAD(deadlines);
ATF_TC_BODY(deadlines, tc)
{
	static const int64_t want[] = { INT64_MAX, 9000, 5000, 4999, LAST };
	struct control_join a, b;
	struct errmsg em;
	size_t i;

	set_up();
	own();
	ATF_REQUIRE_EQ(0, join(&a, INT64_MAX, &em));
	settle();
	ATF_REQUIRE_EQ(0, join(&b, 9000, &em));
	settle();
	ATF_CHECK_EQ(0, control_hasten(&a, 9001));
	ATF_CHECK_EQ(0, control_hasten(&a, 5000));
	settle();
	ATF_CHECK_EQ(0, control_hasten(&b, 5000));
	ATF_CHECK_EQ(-1, control_hasten(&b, 0));
	ATF_CHECK_EQ(-1, control_hasten(&b, -7));
	ATF_CHECK_EQ(0, control_hasten(&b, 4999));
	ATF_CHECK_EQ(0, control_hurry(&b));
	settle();
	ATF_CHECK_EQ(1, told->hurries);
	ATF_CHECK_EQ(0, control_hurry(&a));
	ATF_CHECK_EQ(0, control_hasten(&a, LAST));
	settle();
	ATF_CHECK_EQ(1, told->hurries);
	ATF_CHECK_EQ(sizeof(want) / sizeof(want[0]), told->deadlines);
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		ATF_CHECK_EQ_MSG(want[i], told->deadline[i], "%zu", i);
	control_end(&control, 1);
	joined(&a);
	joined(&b);
	ATF_CHECK_EQ(1, a.code);
	ATF_CHECK_EQ(1, b.code);
}

/* Nothing is handed over by who only waits. */
ATF_TC_WITHOUT_HEAD(await);
ATF_TC_BODY(await, tc)
{
	struct control_join j;
	struct errmsg em;

	set_up();
	own();
	ATF_REQUIRE_EQ(0, join(&j, 0, &em));
	settle();
	ATF_CHECK_EQ(CONTROL_WAITING, j.state);
	ATF_CHECK_EQ(0, told->deadlines + told->hurries);
	control_end(&control, 0);
	joined(&j);
	control_leave(&j);
	ATF_CHECK_EQ(CONTROL_RESULT, j.state);
	ATF_CHECK_EQ(0, j.code);
}

ATF_TC_WITHOUT_HEAD(killed);
ATF_TC_BODY(killed, tc)
{
	struct control_join j, k;
	struct errmsg em;
	struct stat st;
	pid_t pid;

	set_up();
	pid = owner_start(0);
	ATF_REQUIRE_EQ(0, join(&j, 7777, &em));
	ATF_REQUIRE_EQ(0, join(&k, 0, &em));
	/* The one that was heard and perhaps one that was not. */
	while (*(volatile size_t *)&told->deadlines == 0)
		ATF_REQUIRE_EQ(0, loop_wait(&loop, loop_now() + 10, &em));
	ATF_REQUIRE_EQ(0, kill(pid, SIGKILL));
	joined(&j);
	joined(&k);
	ATF_CHECK_EQ(CONTROL_LOST, j.state);
	ATF_CHECK_EQ(CONTROL_LOST, k.state);
	ATF_CHECK_EQ(-1, control_hurry(&j));
	ATF_CHECK_EQ(-1, control_hasten(&j, 5));
	(void)waitpid(pid, NULL, 0);

	/* What it left behind is nobody to join, and in nobody's way. */
	ATF_CHECK_EQ(0, lstat(SOCK, &st));
	ATF_CHECK_EQ(-1, join(&j, 5, &em));
	ATF_CHECK_EQ_MSG(ECONNREFUSED, em.code, "%s", em.text);
	ATF_CHECK_EQ(CONTROL_LOST, j.state);
	control_leave(&j);
	pid = owner_start(4);
	ATF_REQUIRE_EQ(0, join(&j, LAST, &em));
	joined(&j);
	ATF_CHECK_EQ(CONTROL_RESULT, j.state);
	ATF_CHECK_EQ(4, j.code);
	owner_ended(pid);
}

/* It dies with joiners in its queue that it has never looked at. */
ATF_TC_WITHOUT_HEAD(stopped_and_killed);
ATF_TC_BODY(stopped_and_killed, tc)
{
	struct control_join j;
	struct errmsg em;
	int status;
	pid_t pid;

	set_up();
	pid = owner_start(0);
	ATF_REQUIRE_EQ(0, kill(pid, SIGSTOP));
	ATF_REQUIRE_EQ(pid, waitpid(pid, &status, WUNTRACED));
	ATF_REQUIRE_EQ(0, join(&j, LAST, &em));
	ATF_REQUIRE_EQ(0, kill(pid, SIGKILL));
	joined(&j);
	ATF_CHECK_EQ(CONTROL_LOST, j.state);
	ATF_CHECK_EQ(0, told->deadlines);
	(void)waitpid(pid, NULL, 0);
}

/* A joiner that is killed is nothing to the owner or the others. */
ATF_TC_WITHOUT_HEAD(joiner_killed);
ATF_TC_BODY(joiner_killed, tc)
{
	struct control_join j, k;
	struct errmsg em;
	size_t before;
	int status;
	pid_t pid;

	set_up();
	own();
	ATF_REQUIRE_EQ(0, join(&k, 0, &em));
	settle();
	before = descriptors();
	ATF_REQUIRE((pid = fork()) != -1);
	if (pid == 0) {
		if (join(&j, 5, &em) == 0)
			(void)raise(SIGKILL);
		_exit(1);
	}
	ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
	ATF_CHECK(WIFSIGNALED(status));
	settle();
	ATF_CHECK_EQ(1, told->deadlines);
	ATF_CHECK_EQ(before, descriptors());
	control_end(&control, 0);
	joined(&k);
	ATF_CHECK_EQ(CONTROL_RESULT, k.state);
}

/*
 * Who may.
 */

ATF_TC(foreign);
ATF_TC_HEAD(foreign, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(foreign, tc)
{
	int fd, status, turns;
	pid_t pid;

	set_up();
	for (turns = 0; turns < 2; turns++) {
		own();
		ATF_REQUIRE_EQ(0, chmod(".", 0755));
		ATF_REQUIRE_EQ(0, chmod(SOCK, 0666));
		ATF_REQUIRE((pid = fork()) != -1);
		if (pid == 0) {
			if (setgid(12345) == -1 || setuid(12345) == -1 ||
			    (fd = raw_connect()) == -1 ||
			    send(fd, "deadline 5\n", 11, 0) != 11)
				_exit(1);
			/* Behind the owner's back it would wait for ever. */
			(void)fcntl(fd, F_SETFL, 0);
			(void)raise(SIGSTOP);
			if (recv(fd, &status, 1, 0) > 0 ||
			    recv(fd, &status, 1, 0) > 0)
				_exit(2);
			_exit(0);
		}
		ATF_REQUIRE_EQ(pid, waitpid(pid, &status, WUNTRACED));
		ATF_REQUIRE_MSG(WIFSTOPPED(status), "%#x",
		    (unsigned int)status);
		if (turns == 0)
			settle();
		control_end(&control, 0);
		ATF_REQUIRE_EQ(0, kill(pid, SIGCONT));
		owner_ended(pid);
		ATF_CHECK_EQ(0, told->deadlines);
	}
}

/* An owner that is somebody else is not believed. */
ATF_TC(foreign_owner);
ATF_TC_HEAD(foreign_owner, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(foreign_owner, tc)
{
	struct control_join j;
	struct errmsg em;
	size_t before;
	int status;
	pid_t pid;

	set_up();
	ATF_REQUIRE_EQ(0, chmod(".", 0777));
	before = descriptors();
	ATF_REQUIRE((pid = fork()) != -1);
	if (pid == 0) {
		if (setgid(12345) == -1 || setuid(12345) == -1)
			_exit(1);
		own();
		(void)raise(SIGSTOP);
		_exit(0);
	}
	ATF_REQUIRE_EQ(pid, waitpid(pid, &status, WUNTRACED));
	ATF_REQUIRE_MSG(WIFSTOPPED(status), "%#x", (unsigned int)status);
	ATF_CHECK_EQ(-1, join(&j, 5, &em));
	ATF_CHECK_EQ_MSG(EPERM, em.code, "%s", em.text);
	ATF_CHECK_EQ(before, descriptors());
	ATF_REQUIRE_EQ(0, kill(pid, SIGKILL));
	(void)waitpid(pid, NULL, 0);
}

/* An ordinary user's own stops join one another. */
ATF_TC(ordinary_user);
ATF_TC_HEAD(ordinary_user, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(ordinary_user, tc)
{
	struct control_join j;
	struct errmsg em;
	pid_t pid;

	set_up();
	ATF_REQUIRE_EQ(0, chmod(".", 0777));
	ATF_REQUIRE((pid = fork()) != -1);
	if (pid == 0) {
		if (setgid(12345) == -1 || setuid(12345) == -1)
			_exit(1);
		own();
		if (join(&j, 5, &em) == -1)
			_exit(2);
		settle();
		control_end(&control, 3);
		settle();
		_exit(j.state == CONTROL_RESULT && j.code == 3 &&
		    told->deadlines == 1 ? 0 : 3);
	}
	owner_ended(pid);
}

ATF_TC_WITHOUT_HEAD(mode);
ATF_TC_BODY(mode, tc)
{
	struct stat st;
	mode_t mask;

	set_up();
	(void)umask(0);
	own();
	ATF_REQUIRE_EQ(0, lstat(SOCK, &st));
	ATF_CHECK(S_ISSOCK(st.st_mode));
	ATF_CHECK_EQ(0600, st.st_mode & 07777);
	mask = umask(022);
	ATF_CHECK_EQ(0, mask);
	control_end(&control, 0);
}

/*
 * Nonsense.
 */

#define T(text)	text, sizeof(text) - 1

static const struct {
	const char	*bytes;
	size_t		 len;
} garbage[] = {
	{ T("x") }, { T("\n") }, { T("\0") }, { T(" \n") }, { T("\n\n") },
	{ T("deadline") }, { T("deadline\n") }, { T("deadline \n") },
	{ T("deadline 55") }, { T("deadline  5\n") }, { T("deadline -5\n") },
	{ T("deadline +5\n") }, { T("deadline 5 \n") },
	{ T("deadline 5x\n") }, { T("deadline 0x5\n") },
	{ T("deadline 0\n") }, { T("deadline 5\n5\n") },
	{ T("deadline\t5\n") }, { T("deadline\0" "5\n") },
	{ T("deadline 5\0\n") }, { T("deadline 5\n\0") },
	{ T("deadline 9223372036854775808\n") },
	{ T("deadline 99999999999999999999999999999999\n") },
	{ T("Deadline 5\n") }, { T("deadlines 5\n") }, { T(" deadline 5\n") },
	{ T("hurryx") }, { T("hurry \n") }, { T("hurry\0\n") },
	{ T("hurry 0\n") }, { T("HURRY\n") }, { T("hurryhurry\n") },
	{ T("result 0\n") }, { T("\xff\xfe\n") },
	/* Cut off behind 64 bytes it would be a line. */
	{ T("deadline 0000000000000000000000000000000000000000"
	    "00000000000005\nx\n") },
};

ATF_TC_WITHOUT_HEAD(garbage);
ATF_TC_BODY(garbage, tc)
{
	size_t i;
	int fd;

	set_up();
	for (i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		own();
		ATF_REQUIRE((fd = raw_connect()) != -1);
		ATF_REQUIRE_EQ((ssize_t)garbage[i].len, send(fd,
		    garbage[i].bytes, garbage[i].len, 0));
		settle();
		ATF_CHECK_EQ_MSG(0, told->deadlines + told->hurries, "%zu %s",
		    i, garbage[i].bytes);
		/* It is passed over, and the next one is heard. */
		ATF_REQUIRE_EQ(11, send(fd, "deadline 6\n", 11, 0));
		ATF_REQUIRE_EQ(6, send(fd, "hurry\n", 6, 0));
		settle();
		ATF_CHECK_EQ_MSG(1, told->deadlines, "%zu %s", i,
		    garbage[i].bytes);
		ATF_CHECK_EQ(6, told->deadline[0]);
		ATF_CHECK_EQ(1, told->hurries);
		control_end(&control, 12);
		check_raw(fd, "result 12\n");
		(void)close(fd);
	}
}

ATF_TC_WITHOUT_HEAD(empty_and_huge);
ATF_TC_BODY(empty_and_huge, tc)
{
	static char huge[60000];
	size_t before;
	int fd;

	set_up();
	own();
	before = descriptors();
	ATF_REQUIRE((fd = raw_connect()) != -1);
	memset(huge, '\n', sizeof(huge));
	ATF_REQUIRE_EQ((ssize_t)sizeof(huge),
	    send(fd, huge, sizeof(huge), 0));
	settle();
	ATF_REQUIRE_EQ(6, send(fd, "hurry\n", 6, 0));
	settle();
	ATF_CHECK_EQ(1, told->hurries);
	/* Like an end, which it may be taken for. */
	ATF_REQUIRE_EQ(0, send(fd, "", 0, 0));
	settle();
	(void)close(fd);
	ATF_CHECK_EQ(before, descriptors());
	control_end(&control, 0);
}

/* A joiner that talks without end is heard so often and still answered. */
ATF_TC_WITHOUT_HEAD(talkative);
ATF_TC_BODY(talkative, tc)
{
	struct control_join j, k;
	struct errmsg em;
	size_t before;
	int i;

	set_up();
	own();
	before = descriptors();
	ATF_REQUIRE_EQ(0, join(&j, 0, &em));
	ATF_REQUIRE_EQ(0, join(&k, 0, &em));
	for (i = 0; i < CONTROL_PACKETS + 5; i++) {
		ATF_REQUIRE_EQ(0, control_hasten(&j, 1000 - i));
		ATF_REQUIRE_EQ(0, control_hasten(&k, 1000 - i));
		settle();
	}
	ATF_CHECK_EQ(CONTROL_PACKETS, told->deadlines);
	ATF_CHECK_EQ(1000 - CONTROL_PACKETS + 1, control.deadline);
	/* Its end is seen all the same. */
	control_leave(&k);
	settle();
	ATF_CHECK_EQ(before + 2, descriptors());
	ATF_CHECK_EQ(CONTROL_PACKETS, told->deadlines);
	control_end(&control, 3);
	joined(&j);
	ATF_CHECK_EQ(CONTROL_RESULT, j.state);
	ATF_CHECK_EQ(3, j.code);
	ATF_CHECK_EQ(CONTROL_LOST, k.state);
}

/* What an owner says that is no result. */
static const struct {
	const char		*bytes;
	size_t			 len;
	enum control_state	 want;
	int			 code;
} answers[] = {
	{ T("result 0\n"), CONTROL_RESULT, 0 },
	{ T("result 255\n"), CONTROL_RESULT, 255 },
	{ T("result 256\n"), CONTROL_LOST, -1 },
	{ T("result -1\n"), CONTROL_LOST, -1 },
	{ T("result\n"), CONTROL_LOST, -1 },
	{ T("result 0"), CONTROL_LOST, -1 },
	{ T("results 0\n"), CONTROL_LOST, -1 },
	{ T("deadline 5\n"), CONTROL_LOST, -1 },
	{ T("\n"), CONTROL_LOST, -1 },
};

ATF_TC_WITHOUT_HEAD(odd_answers);
ATF_TC_BODY(odd_answers, tc)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = SOCK };
	struct control_join j;
	struct errmsg em;
	int fd, lfd;
	size_t i;

	set_up();
	lfd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	ATF_REQUIRE_EQ(0, bind(lfd, (struct sockaddr *)&sun, sizeof(sun)));
	ATF_REQUIRE_EQ(0, listen(lfd, 1));
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		ATF_REQUIRE_EQ(0, join(&j, 0, &em));
		ATF_REQUIRE((fd = accept(lfd, NULL, NULL)) != -1);
		ATF_REQUIRE(send(fd, answers[i].bytes, answers[i].len, 0) > 0);
		settle();
		ATF_CHECK_EQ_MSG(answers[i].want == CONTROL_RESULT ?
		    CONTROL_RESULT : CONTROL_WAITING, j.state, "%s",
		    answers[i].bytes);
		(void)close(fd);
		settle();
		ATF_CHECK_EQ_MSG(answers[i].want, j.state, "%s",
		    answers[i].bytes);
		ATF_CHECK_EQ_MSG(answers[i].code, j.code, "%s",
		    answers[i].bytes);
	}
	(void)close(lfd);
}

/*
 * Paths.
 */

ATF_TC_WITHOUT_HEAD(paths);
ATF_TC_BODY(paths, tc)
{
	char name[CONTROL_PATH + 1];
	struct control_join j;
	struct errmsg em;
	struct stat st;
	size_t before;

	set_up();
	before = descriptors();
	ATF_CHECK_EQ(-1, join(&j, 5, &em));
	ATF_CHECK_EQ(ENOENT, em.code);
	ATF_CHECK_EQ(CONTROL_LOST, j.state);
	ATF_CHECK_STREQ("sock: No such file or directory", em.text);

	control.loop = &loop;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ATF_CHECK_EQ(-1, control_listen(&control, name, &em));
	ATF_CHECK_EQ(ENAMETOOLONG, em.code);
	ATF_CHECK_EQ(-1, control_join(&j, name, 5, &em));
	ATF_CHECK_EQ(ENAMETOOLONG, em.code);
	name[sizeof(name) - 2] = '\0';
	ATF_CHECK_EQ_MSG(0, control_listen(&control, name, &em), "%s",
	    em.text);
	ATF_CHECK_STREQ(name, control.path);
	control_end(&control, 0);
	ATF_CHECK(lstat(name, &st) == -1);

	ATF_CHECK_EQ(-1, control_listen(&control, "no/sock", &em));
	ATF_CHECK_EQ(ENOENT, em.code);
	/* One that does not listen has nobody to answer. */
	control_end(&control, 0);
	ATF_CHECK_EQ(-1, control_join(&j, "a\n\033b", 0, &em));
	ATF_CHECK_STREQ("a\\n\\eb: No such file or directory", em.text);
	ATF_CHECK_EQ(before, descriptors());
}

/* Only a socket is ever removed. */
ATF_TC_WITHOUT_HEAD(occupied);
ATF_TC_BODY(occupied, tc)
{
	struct control other = { .loop = &loop };
	struct errmsg em;
	struct stat st;
	size_t before;
	int fd;

	set_up();
	ATF_REQUIRE((fd = open("file", O_WRONLY | O_CREAT, 0600)) != -1);
	(void)close(fd);
	before = descriptors();
	control.loop = &loop;
	ATF_CHECK_EQ(-1, control_listen(&control, "file", &em));
	ATF_CHECK_EQ(EEXIST, em.code);
	ATF_CHECK(lstat("file", &st) == 0 && S_ISREG(st.st_mode));
	ATF_REQUIRE_EQ(0, symlink("file", "link"));
	ATF_CHECK_EQ(-1, control_listen(&control, "link", &em));
	ATF_CHECK_EQ(EEXIST, em.code);
	ATF_CHECK(lstat("link", &st) == 0 && S_ISLNK(st.st_mode));
	ATF_CHECK_EQ(before, descriptors());
	control_end(&control, 0);
	ATF_CHECK_EQ(0, lstat("file", &st));
	own();
	ATF_REQUIRE_EQ(0, symlink(SOCK, "to-sock"));
	ATF_CHECK_EQ(-1, control_listen(&other, "to-sock", &em));
	ATF_CHECK_EQ(EEXIST, em.code);
	ATF_CHECK_EQ(0, lstat("to-sock", &st));
	control_end(&control, 0);
}

/*
 * Numbers.
 */

/* More joiners than places: the others are told so, and a place that is free
 * again is taken. */
ATF_TC_WITHOUT_HEAD(many);
ATF_TC_BODY(many, tc)
{
	struct control_join j[CONTROL_JOINERS + 4];
	struct errmsg em;
	size_t i, n = sizeof(j) / sizeof(j[0]);

	set_up();
	own();
	for (i = 0; i < n; i++) {
		ATF_REQUIRE_EQ(0, join(&j[i], (int64_t)(1000 - i), &em));
		settle();
	}
	ATF_CHECK_EQ(CONTROL_JOINERS, told->deadlines);
	for (i = 0; i < n; i++) {
		ATF_CHECK_EQ_MSG(i >= CONTROL_JOINERS, j[i].busy, "%zu", i);
		ATF_CHECK_EQ_MSG(i < CONTROL_JOINERS ? CONTROL_WAITING :
		    CONTROL_LOST, j[i].state, "%zu", i);
	}
	control_leave(&j[2]);
	control_leave(&j[2]);
	settle();
	ATF_REQUIRE_EQ(0, join(&j[2], 1, &em));
	settle();
	ATF_CHECK_EQ(CONTROL_JOINERS + 1, told->deadlines);
	control_end(&control, 9);
	for (i = 0; i < CONTROL_JOINERS; i++) {
		joined(&j[i]);
		ATF_CHECK_EQ_MSG(CONTROL_RESULT, j[i].state, "%zu", i);
		ATF_CHECK_EQ_MSG(9, j[i].code, "%zu", i);
	}
}

/* The queue has an end, and who is in it is answered without being heard. */
ATF_TC_WITHOUT_HEAD(queue);
ATF_TC_BODY(queue, tc)
{
	struct control_join j[128];
	struct errmsg em;
	size_t i, n, before;

	set_up();
	own();
	before = descriptors();
	for (n = 0; n < 128; n++)
		if (join(&j[n], (int64_t)(1000 - n), &em) == -1)
			break;
	ATF_CHECK(n >= CONTROL_JOINERS && n < 128);
	ATF_CHECK_EQ_MSG(EAGAIN, em.code, "%s", em.text);
	ATF_CHECK_EQ(before + n, descriptors());
	control_end(&control, 2);
	for (i = 0; i < n; i++) {
		joined(&j[i]);
		ATF_CHECK_EQ_MSG(CONTROL_RESULT, j[i].state, "%zu", i);
		ATF_CHECK_EQ_MSG(2, j[i].code, "%zu", i);
	}
	ATF_CHECK_EQ(0, told->deadlines);
	ATF_CHECK_EQ(before - 1, descriptors());
}

/* Accepted, but what it said last is unread when the end comes. */
ATF_TC_WITHOUT_HEAD(unread);
ATF_TC_BODY(unread, tc)
{
	struct control_join j;
	struct errmsg em;

	set_up();
	own();
	ATF_REQUIRE_EQ(0, join(&j, 0, &em));
	settle();
	ATF_REQUIRE_EQ(0, control_hurry(&j));
	control_end(&control, 5);
	joined(&j);
	ATF_CHECK_EQ(CONTROL_RESULT, j.state);
	ATF_CHECK_EQ(5, j.code);
}

/* The same struct listens once more, and forgets what was. */
ATF_TC_WITHOUT_HEAD(again);
ATF_TC_BODY(again, tc)
{
	struct control_join j;
	struct errmsg em;
	struct stat st;
	int fd, i;

	set_up();
	own();
	for (i = 1; i <= 2; i++) {
		ATF_REQUIRE_EQ(0, join(&j, 100 * i, &em));
		ATF_REQUIRE_EQ(0, control_hurry(&j));
		settle();
		ATF_CHECK_EQ(i, (int)told->deadlines);
		ATF_CHECK_EQ(i, (int)told->hurries);
		control_end(&control, 0);
		joined(&j);
		/* Over is over: this is none of its business any more. */
		ATF_REQUIRE((fd = open(SOCK, O_WRONLY | O_CREAT, 0600)) != -1);
		(void)dup2(fd, control.fd);
		control_end(&control, 0);
		ATF_CHECK_EQ(0, fstat(control.fd, &st));
		ATF_CHECK_EQ(0, lstat(SOCK, &st));
		ATF_REQUIRE_EQ(0, unlink(SOCK));
		(void)close(fd);
		(void)close(control.fd);
		if (i == 1)
			ATF_REQUIRE_EQ(0, control_listen(&control, SOCK,
			    &em));
	}
}

/* How many are answered is known, those in the queue too; what the result is
 * about comes with it, and without a result there is nothing. */
ATF_TC_WITHOUT_HEAD(subject);
ATF_TC_BODY(subject, tc)
{
	struct control_join j[CONTROL_JOINERS + 2];
	struct errmsg em;
	size_t i, n = CONTROL_JOINERS + 2;

	set_up();
	own();
	control.subject = 7;
	control.settings = 9;
	for (i = 0; i < n; i++) {
		ATF_REQUIRE_EQ(0, join(&j[i], 0, &em));
		/* The last two are in the queue. */
		if (i < CONTROL_JOINERS)
			settle();
	}
	ATF_CHECK_EQ(n, control_end(&control, 3));
	for (i = 0; i < n; i++) {
		joined(&j[i]);
		ATF_CHECK_EQ(3, j[i].code);
		ATF_CHECK_EQ(7, j[i].subject);
		ATF_CHECK_EQ(9, j[i].settings);
	}
	ATF_CHECK_EQ(0, control_end(&control, 3));
	own();
	ATF_CHECK_EQ(0, control_end(&control, 3));
	own();
	for (i = 0; i < n; i++)
		ATF_REQUIRE_EQ(0, join(&j[i], 0, &em));
	ATF_CHECK_EQ(n, control_end(&control, -1));
	settle();
	for (i = 0; i < n; i++)
		ATF_CHECK_EQ(CONTROL_LOST, j[i].state);
}

/* A joiner that only waits gets the result, but does not count: not when its
 * word was read, when it is unread, and when the joiner is in the queue. */
ATF_TC_WITHOUT_HEAD(wait);
ATF_TC_BODY(wait, tc)
{
	struct control_join j[CONTROL_JOINERS + 2];
	struct errmsg em;
	size_t i, n = CONTROL_JOINERS + 2;

	set_up();
	own();
	for (i = 0; i < n; i++) {
		ATF_REQUIRE_EQ(0, join(&j[i], 0, &em));
		if (i > 0 && i < CONTROL_JOINERS)
			settle();
		if (i != 1)
			ATF_CHECK_EQ(0, control_wait(&j[i]));
		if (i < 4)
			settle();
	}
	ATF_CHECK_EQ(1, control_end(&control, 3));
	for (i = 0; i < n; i++) {
		joined(&j[i]);
		ATF_CHECK_EQ(3, j[i].code);
	}
	ATF_CHECK_EQ(-1, control_wait(&j[0]));
}

ATF_TC_WITHOUT_HEAD(hundred);
ATF_TC_BODY(hundred, tc)
{
	struct control_join j, k;
	struct errmsg em;
	size_t before, i, n = 0;

	set_up();
	before = descriptors();
	for (i = 0; i < 100; i++) {
		own();
		ATF_REQUIRE_EQ(0, join(&j, 5, &em));
		ATF_REQUIRE_EQ(0, join(&k, 6, &em));
		if (i % 2 == 0)
			settle();
		control_leave(&k);
		control_end(&control, (int)i);
		joined(&j);
		ATF_CHECK_EQ((int)i, j.code);
		control_leave(&j);
		control_end(&control, 0);
	}
	ATF_CHECK_EQ(before, descriptors());
	for (i = 0; i < loop.n; i++)
		n += loop.pfd[i].fd != -1;
	ATF_CHECK_EQ(1, n);
}

static void
never(void *arg, short revents)
{
	(void)arg;
	(void)revents;
}

/* No place in the loop, for either side or for an accepted one. */
ATF_TC_WITHOUT_HEAD(full_loop);
ATF_TC_BODY(full_loop, tc)
{
	struct control_join j;
	struct errmsg em;
	struct stat st;
	size_t before;
	int fd, raw, p[2];

	set_up();
	own();
	ATF_REQUIRE_EQ(0, pipe(p));
	while (loop_add(&loop, fd = dup(p[0]), never, NULL) == 0)
		continue;
	before = descriptors();
	ATF_CHECK_EQ(-1, join(&j, 5, &em));
	ATF_CHECK_EQ(EMFILE, em.code);
	ATF_CHECK_EQ(CONTROL_LOST, j.state);
	ATF_REQUIRE((raw = raw_connect()) != -1);
	settle();
	check_raw(raw, "");
	ATF_CHECK_EQ(0, told->deadlines);
	(void)close(raw);
	ATF_CHECK_EQ(before, descriptors());
	control_end(&control, 0);
	ATF_REQUIRE_EQ(0, loop_add(&loop, fd, never, NULL));
	ATF_CHECK_EQ(-1, control_listen(&control, SOCK, &em));
	ATF_CHECK_EQ(EMFILE, em.code);
	ATF_CHECK(lstat(SOCK, &st) == -1);
	ATF_CHECK_EQ(before - 1, descriptors());
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, result);
	ATF_TP_ADD_TC(tp, deadlines);
	ATF_TP_ADD_TC(tp, await);
	ATF_TP_ADD_TC(tp, killed);
	ATF_TP_ADD_TC(tp, stopped_and_killed);
	ATF_TP_ADD_TC(tp, joiner_killed);
	ATF_TP_ADD_TC(tp, foreign);
	ATF_TP_ADD_TC(tp, foreign_owner);
	ATF_TP_ADD_TC(tp, ordinary_user);
	ATF_TP_ADD_TC(tp, mode);
	ATF_TP_ADD_TC(tp, garbage);
	ATF_TP_ADD_TC(tp, empty_and_huge);
	ATF_TP_ADD_TC(tp, talkative);
	ATF_TP_ADD_TC(tp, odd_answers);
	ATF_TP_ADD_TC(tp, paths);
	ATF_TP_ADD_TC(tp, occupied);
	ATF_TP_ADD_TC(tp, many);
	ATF_TP_ADD_TC(tp, queue);
	ATF_TP_ADD_TC(tp, unread);
	ATF_TP_ADD_TC(tp, again);
	ATF_TP_ADD_TC(tp, subject);
	ATF_TP_ADD_TC(tp, wait);
	ATF_TP_ADD_TC(tp, hundred);
	ATF_TP_ADD_TC(tp, full_loop);
	return atf_no_error();
}
