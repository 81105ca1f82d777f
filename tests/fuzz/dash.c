/*
 * Configuration files of a grammar: one that is accepted as a whole means what
 * dash makes of it.
 *
 *	DASH_CHECK N [SEED]
 *
 * tries N files.  A file that is refused is not given to dash: it is not
 * executed.
 */
#include <sys/wait.h>

#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/shvar.h"
#include "text/errmsg.h"

#define MOST	8192
#define NAMES	4

static const char *const names[NAMES] = { "A", "B", "C", "URIS" };
static uint64_t seed;
static char text[MOST];
static size_t len;

static unsigned
dice(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static void
put(const char *s)
{
	size_t n = strlen(s);

	if (len + n < MOST) {
		memcpy(text + len, s, n);
		len += n;
	}
}

static void
put_char(char c)
{
	const char s[2] = { c, '\0' };

	put(s);
}

static void
put_some(const char *set, unsigned most)
{
	unsigned n = dice(most + 1);

	while (n-- > 0)
		put_char(set[dice((unsigned)strlen(set))]);
}

/* $NAME or ${NAME}, sometimes nothing of the kind. */
static void
variable(void)
{
	static const char *const odd[] = {
		"$", "$$", "${A", "$1", "${A:-x}", "$(", "`", "$AB", "${AB}"
	};
	const char *name = names[dice(NAMES)];
	bool braces = dice(2);

	if (dice(12) == 0) {
		put(odd[dice(sizeof(odd) / sizeof(odd[0]))]);
		return;
	}
	put(braces ? "${" : "$");
	put(name);
	if (braces)
		put("}");
}

static void
double_quoted(void)
{
	unsigned n = dice(5);

	put("\"");
	while (n-- > 0)
		switch (dice(6)) {
		case 0:	variable(); break;
		case 1:	put("\\"); put_some("\"\\$`ax'\n ", 1); break;
		case 2:	put("\\\n"); break;
		case 3:	put("'#;&|<>()*?[~="); break;
		default: put_some("ab #'\t:/,=;~*", 4); break;
		}
	put("\"");
}

static void
piece(void)
{
	switch (dice(9)) {
	case 0:	put("'"); put_some("ab \"\\$`#\n\t~", 5); put("'"); break;
	case 1:
	case 2:	double_quoted(); break;
	case 3:	put("\\"); put_some("ab\"'\\$#~ \n;&", 1); break;
	case 4:
	case 5:	variable(); break;
	case 6:	put("\\\n"); break;
	default: put_some("abz09:/=+.,-@%^#~{}*?[]!", 5); break;
	}
}

static void
assignment(void)
{
	unsigned n = dice(5);

	if (dice(6) == 0)
		put("export ");
	put(names[dice(NAMES)]);
	put(dice(40) == 0 ? " = " : "=");
	while (n-- > 0)
		piece();
}

static void
line(void)
{
	static const char *const ends[] = {
		"\n", "\n", "\n", " # c 'x\"\n", ";\n", " \t\n", "#\n", " \\\n"
	};
	unsigned n = 1 + dice(2);

	if (dice(6) == 0) {
		put(dice(2) ? "# a comment \\\n" : "\n");
		return;
	}
	put_some(" \t", 2);
	while (n-- > 0) {
		assignment();
		if (n > 0)
			put(dice(2) ? " " : "; ");
	}
	put(ends[dice(sizeof(ends) / sizeof(ends[0]))]);
}

/* The values after the file; false: a line was refused. */
static bool
ours(char *out)
{
	const char *value[NAMES] = { "", "", "", "" };
	struct shvar_item item;
	struct errmsg em;
	struct shvar v;
	int rv;
	size_t i;

	shvar_init(&v, "file", text, len);
	while ((rv = shvar_next(&v, &item, &em)) == 1 && !item.spaced)
		for (i = 0; i < NAMES; i++)
			if (strcmp(names[i], item.name) == 0)
				value[i] = item.value;
	(void)snprintf(out, MOST, "%s\001%s\001%s\001%s\001", value[0],
	    value[1], value[2], value[3]);
	shvar_free(&v);
	return rv == 0;
}

static void
theirs(const char *file, char *out)
{
	static char *const env[] = { "HOME=/home/x", NULL };
	int pipefd[2], status;
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	if (pipe(pipefd) == -1 || (pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		(void)dup2(pipefd[1], STDOUT_FILENO);
		(void)execle("/bin/dash", "dash", "-c", ". \"$0\"; "
		    "printf '%s\\001%s\\001%s\\001%s\\001' \"$A\" \"$B\" "
		    "\"$C\" \"$URIS\"", file, (char *)NULL, env);
		_exit(127);
	}
	(void)close(pipefd[1]);
	while (n < MOST - 1 &&
	    (got = read(pipefd[0], out + n, MOST - 1 - n)) > 0)
		n += (size_t)got;
	out[n] = '\0';
	(void)close(pipefd[0]);
	(void)waitpid(pid, &status, 0);
	if (status != 0)
		(void)snprintf(out, MOST, "dash fails: %d", status);
}

static void
file_write(const char *file)
{
	FILE *f = fopen(file, "w");

	if (f == NULL || fwrite(text, 1, len, f) != len || fclose(f) != 0)
		err(1, "%s", file);
}

int
main(int argc, char *argv[])
{
	char mine[MOST], dashs[MOST], file[] = "/tmp/dash-check.XXXXXX";
	unsigned i, n, accepted = 0, wrong = 0, lines;
	uint64_t first;
	int fd;

	if (argc < 2 || (fd = mkstemp(file)) == -1)
		errx(2, "usage: dash N [SEED]");
	(void)close(fd);
	n = (unsigned)strtoul(argv[1], NULL, 10);
	first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	for (i = 0; i < n; i++) {
		seed = (first + i) * 2654435761u;
		len = 0;
		for (lines = 1 + dice(4); lines > 0; lines--)
			line();
		if (!ours(mine))
			continue;
		accepted++;
		file_write(file);
		theirs(file, dashs);
		if (strcmp(mine, dashs) == 0)
			continue;
		wrong++;
		(void)printf("seed %llu: ours \"%s\", dash's \"%s\", of:\n%.*s",
		    (unsigned long long)(first + i), mine, dashs, (int)len,
		    text);
	}
	(void)unlink(file);
	(void)printf("%u files, %u accepted, %u differ\n", n, accepted, wrong);
	return wrong > 0 || accepted == 0;
}
