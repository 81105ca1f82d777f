#include "cmd/cmd.h"

#include <sys/stat.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/run.h"
#include "run/selection.h"
#include "sys/child.h"
#include "sys/history.h"
#include "sys/log.h"
#include "sys/loop.h"
#include "text/errmsg.h"
#include "text/number.h"
#include "text/suggest.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

#define SYNOPSIS \
	"usage: libvirt-guests [-hjqVv] [-c URI]... [-D SECONDS] [-f FILE]\n" \
	"                      [-n RUNS] [-o KEY=VALUE]... COMMAND\n" \
	"                      [start | stop] [GUEST...]\n"

static void
usage(FILE *to)
{
	const struct cmd *c;
	size_t i;

	(void)fputs(SYNOPSIS, to);
	(void)fputs("\ncommands:\n", to);
	for (i = 0; (c = cmd_row(i)) != NULL; i++)
		(void)fprintf(to, "  %-12s  %s\n", c->name, c->help);
	(void)fputs("\noptions:\n"
	    "  -c URI         use this URI in place of URIS; repeatable\n"
	    "  -D SECONDS     end a stop within this time\n"
	    "  -f FILE        read this configuration file\n"
	    "  -h, --help     print this text\n"
	    "  -j             print JSON; not with restart, reload, await\n"
	    "  -n RUNS        report: print the last RUNS stops and starts\n"
	    "  -o KEY=VALUE   set a configuration key; repeatable\n"
	    "  -q             print only errors and warnings\n"
	    "  -V, --version  print the version\n"
	    "  -v             print more details, on standard error\n", to);
}

static int
bad_usage(const char *why)
{
	log_error("%s; see libvirt-guests --help", why);
	return RUN_USAGE;
}

/* The same for a word: BEFORE "WORD" why. */
static int
bad_operand(const char *before, const char *word, const char *why)
{
	char text[sizeof(struct errmsg) + 32];
	struct errmsg em;

	(void)errmsg_refuse(&em, word, strlen(word), why);
	(void)snprintf(text, sizeof(text), "%s%s", before, em.text);
	return bad_usage(text);
}

/* Open missing standard descriptors: no other file is to get their numbers. */
static int
standard_fds(void)
{
	struct stat st;
	int fd;

	for (fd = 0; fd <= 2; fd++)
		if (fstat(fd, &st) == -1 &&
		    open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY) != fd &&
		    open("/", O_RDONLY) != fd)
			return -1;
	return 0;
}

static int
bad_command(const char *typed)
{
	struct suggest hint = { .typed = typed };
	char why[64] = "is an unknown command";
	const struct cmd *c;
	size_t i;

	for (i = 0; (c = cmd_row(i)) != NULL; i++)
		suggest_try(&hint, c->name);
	if (hint.name != NULL)
		(void)snprintf(why, sizeof(why),
		    "is an unknown command; did you mean %s?", hint.name);
	return bad_operand("", typed, why);
}

struct parsed {
	struct run_options	options;
	enum log_level		level;
	struct selection	selection;
	const char		*runs;		/* -n, or NULL */
	int			exit;		/* -1: go on */
};

static int
option_take(struct parsed *p, int c)
{
	switch (c) {
	case 'c':
		p->options.uris[p->options.nuris++] = optarg;
		break;
	case 'D':
		p->options.deadline = optarg;
		break;
	case 'f':
		p->options.file = optarg;
		break;
	case 'h':
		usage(stdout);
		return RUN_OK;
	case 'j':
		p->options.json = true;
		break;
	case 'n':
		p->runs = optarg;
		break;
	case 'o':
		p->options.overrides[p->options.noverrides++] = optarg;
		break;
	case 'q':
		p->level = LOG_QUIET;
		break;
	case 'V':
		(void)printf("libvirt-guests %s\n", VERSION);
		return RUN_OK;
	case 'v':
		p->level = LOG_VERBOSE;
		break;
	}
	return -1;
}

/* getopt(3) has no letter for an unknown long option. */
static int
bad_option(int c, const char *word)
{
	const char letter[3] = { '-', (char)optopt, '\0' };

	return bad_operand("", optopt != 0 ? letter : word,
	    c == ':' ? "needs a value" : "is an unknown option");
}

static int
options_parse(struct parsed *p, int argc, char **argv)
{
	static const struct option longopts[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 }
	};
	int c;

	opterr = 0;
	p->exit = -1;
	while (p->exit == -1 && (c = getopt_long(argc, argv, ":c:D:f:hjn:o:qVv",
	    longopts, NULL)) != -1)
		p->exit = c == ':' || c == '?' ?
		    bad_option(c, argv[optind - 1]) : option_take(p, c);
	return p->exit;
}

static bool
operand_known(const struct cmd *c, const char *word)
{
	size_t i;

	for (i = 0; i < 2; i++)
		if (c->operand[i] != NULL && strcmp(c->operand[i], word) == 0)
			return true;
	return false;
}

/* The first operand that the command does not take, or NULL. */
static const char *
operand_unknown(const struct cmd *c, char **operand)
{
	if (operand[0] == NULL || c->guests)
		return NULL;
	return operand_known(c, operand[0]) ? operand[1] : operand[0];
}

/* Take start or stop, then GUEST...  A bad selector is wrong usage, even of a
 * stop, which would stop other guests.  -1, or the exit code. */
static int
operands_take(struct parsed *p, const struct cmd *c, char **operand)
{
	struct errmsg em;

	if (operand[0] != NULL && operand_known(c, operand[0]))
		p->options.operand = *operand++;
	if (!c->guests || operand[0] == NULL)
		return -1;
	p->options.selection = &p->selection;
	return selection_parse(&p->selection, operand, &em) == 0 ? -1 :
	    bad_usage(em.text);
}

static int
runs_check(struct parsed *p, const struct cmd *c)
{
	const struct number_range range = { 1, HISTORY_RUNS };
	char why[NUMBER_WHY];
	int64_t n;

	if (!c->runs)
		return bad_usage("-n: use it with report");
	if (number_parse(p->runs, &range, &n, why) == -1)
		return bad_operand("-n: ", p->runs, why);
	p->options.runs = (int)n;
	return -1;
}

/* Check the values of the options: -1, or the exit code.  A bad value never
 * prevents a stop: its setup reports the value. */
static int
options_check(struct parsed *p, const struct cmd *c)
{
	const struct run_options *o = &p->options;
	int seconds;
	size_t i;

	for (i = 0; i < o->noverrides && c->kind != CMD_STOPS; i++)
		if (strchr(o->overrides[i], '=') == NULL)
			return bad_operand("-o: ", o->overrides[i],
			    "has no =; use KEY=VALUE");
	if (o->deadline != NULL && c->kind != CMD_STOPS &&
	    run_deadline_parse(o->deadline, &seconds, NULL) == -1)
		return bad_operand("-D: ", o->deadline,
		    "is invalid; use 1 to 604800 seconds");
	if (o->json && c->json == JSON_NONE)
		return bad_usage("-j: use it with start, stop, shutdown, "
		    "status, gueststatus, plan, check or report");
	return p->runs != NULL ? runs_check(p, c) : -1;
}

/* The last option has taken the command for its value: its value is what was
 * forgotten, and a stop must not fail for that. */
static bool
command_taken(int argc, char **argv)
{
	return optind == argc && optind > 2 &&
	    cmd_find(argv[argc - 1]) != NULL;
}

static int
command_run(struct parsed *p, char **argv)
{
	const struct cmd *c;
	const char *bad;
	int rv;

	/* With JSON, standard output has nothing else. */
	log_init(p->options.json ? LOG_QUIET : p->level);
	if (argv[0] == NULL)
		return bad_usage("missing command");
	if ((c = cmd_find(argv[0])) == NULL)
		return bad_command(argv[0]);
	if ((bad = operand_unknown(c, argv + 1)) != NULL)
		return bad_operand("", bad,
		    "is not an operand of this command");
	if ((rv = operands_take(p, c, argv + 1)) != -1 ||
	    (rv = options_check(p, c)) != -1)
		return rv;
	return (int)cmd_main(c, &p->options);
}

int
main(int argc, char **argv)
{
	struct parsed p = { .level = LOG_NORMAL };
	int rv = RUN_FAILED;

	/* Before anything is printed, or a stop can be asked to hurry. */
	loop_signals();
	if (standard_fds() == -1)
		return RUN_FAILED;
	(void)umask(022);
	child_search();
	log_init(LOG_NORMAL);
	/* An option takes at least one argument of main. */
	p.options.uris = calloc((size_t)argc + 1, sizeof(char *));
	p.options.overrides = calloc((size_t)argc + 1, sizeof(char *));
	if (p.options.uris == NULL || p.options.overrides == NULL)
		log_error("no memory");
	else if ((rv = options_parse(&p, argc, argv)) == -1)
		rv = command_run(&p, argv + optind -
		    command_taken(argc, argv));
	/* The output of --help and --version. */
	if ((fflush(stdout) == EOF || ferror(stdout)) && rv == RUN_OK) {
		log_error("cannot write to standard output");
		rv = RUN_FAILED;
	}
	selection_free(&p.selection);
	free(p.options.uris);
	free(p.options.overrides);
	return rv;
}
