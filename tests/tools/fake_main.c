/*
 * The scripted daemon as a program:
 *
 *	fake SOCKET SCRIPT [GUEST...]
 *
 * It says "ready" when it listens, and "CONNECTION PROCEDURE" for each call;
 * it ends when its standard input does.  A daemon that a script made leave
 * returns with the next line of input; "kick", "release" and "event HEX..."
 * (to all that listen) are the other lines.  SCRIPT is as in fake.h.
 *
 * With guests, calls without a rule act on them, see model.h, which has more
 * lines of input; in the place of calls it prints only "ready" and what such a
 * line asks for, unless a line "calls" comes first.
 */
#include "fake.h"
#include "model.h"

#include <sys/types.h>

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RULES	256
#define SCRIPT	65536
#define LINE	4096

static struct fake fake;
static struct fake_rule rules[RULES];
static char script[SCRIPT];
static bool quiet;

static size_t
script_read(const char *path)
{
	ssize_t len;
	int fd, line, n;

	if ((fd = open(path, O_RDONLY)) == -1 ||
	    (len = read(fd, script, sizeof(script))) == -1)
		err(1, "%s", path);
	(void)close(fd);
	if ((size_t)len == sizeof(script))
		errx(1, "%s: too long", path);
	script[len] = '\0';
	if ((n = fake_script(script, rules, RULES, &line)) == -1)
		errx(1, "%s:%d: no rule", path, line);
	return (size_t)n;
}

/* What is held, in the order in which it came. */
static void
release_all(void)
{
	while (fake.nheld > 0)
		fake_release(&fake, 0);
}

static void
event_all(char *hex)
{
	struct fake_rule r = { 0 };
	char text[LINE + 16] = "1 answer ";
	int i, line;

	(void)snprintf(text, sizeof(text), "1 answer %s", hex);
	if (fake_script(text, &r, 1, &line) != 1) {
		warnx("no event: %s", hex);
		return;
	}
	for (i = 0; i < fake.accepted; i++)
		fake_event(&fake, i, r.bytes, r.len);
}

/* A line of input; 0 at its end. */
static int
obey(void)
{
	char line[LINE];

	if (fgets(line, sizeof(line), stdin) == NULL)
		return 0;
	line[strcspn(line, "\n")] = '\0';
	if (fake.listener == -1) {
		if (fake_return(&fake) == -1)
			err(1, "%s", fake.path);
	} else if (strcmp(line, "kick") == 0) {
		fake_kick(&fake);
	} else if (strcmp(line, "release") == 0) {
		release_all();
	} else if (strncmp(line, "event ", 6) == 0) {
		event_all(line + 6);
	} else if (strcmp(line, "calls") == 0) {
		quiet = false;
	} else if (model_obey(&fake, line)) {
		(void)fflush(stdout);
	} else {
		warnx("unknown: %s", line);
	}
	return 1;
}

static void
calls_tell(void)
{
	size_t i;

	for (i = 0; i < fake.ncalls && !quiet; i++)
		(void)printf("%d %u\n", fake.call[i].conn,
		    (unsigned)fake.call[i].proc);
	fake.ncalls = 0;
	(void)fflush(stdout);
}

int
main(int argc, char *argv[])
{
	struct pollfd pfd[2] = { { .fd = STDIN_FILENO, .events = POLLIN } };

	if (argc < 3)
		errx(2, "usage: fake SOCKET SCRIPT [GUEST...]");
	if (fake_init(&fake, argv[1], rules, script_read(argv[2])) == -1)
		err(1, "%s", argv[1]);
	if (argc > 3) {
		quiet = true;
		if (model_init(&fake, argv + 3) == -1)
			errx(1, "too many guests");
	}
	(void)setvbuf(stdin, NULL, _IONBF, 0);
	(void)puts("ready");
	(void)fflush(stdout);
	pfd[1] = (struct pollfd){ .fd = fake.fd, .events = POLLIN };
	for (;;) {
		if (poll(pfd, 2, -1) == -1)
			err(1, "poll");
		/* Calls that were sent before the line come first. */
		if (fake_turn(&fake) == -1)
			err(1, "script");
		if (pfd[0].revents != 0 && !obey())
			break;
		if (fake_turn(&fake) == -1)
			err(1, "script");
		calls_tell();
	}
	fake_free(&fake);
	return 0;
}
