#include "cmd/phases.h"

#include "cmd/cmd.h"
#include "sys/log.h"

static const struct {
	enum phases_fault fault;
	const char	*text;
} faults[] = {
	{ FAULT_GUEST,	"a guest failed" },
	{ FAULT_HOST,	"the state of guests is unknown" },
	{ FAULT_LEFT,	"a guest stays on the list" },
	{ FAULT_LIST,	"the list was not read or not written" },
	{ FAULT_NETWORK, "a network was not started" },
	{ FAULT_MARK,	"the mark of the service was not written" },
	{ FAULT_SIGNAL,	"interrupted" },
	{ FAULT_MATCH,	"a selector matches no guest" },
};
#define NFAULT	(sizeof(faults) / sizeof(faults[0]))

void
phases_fault(struct cmd_run *c, enum phases_fault fault)
{
	c->faults |= fault;
}

const char *
phases_fault_next(const struct cmd_run *c, size_t *i)
{
	while (*i < NFAULT)
		if (c->faults & faults[(*i)++].fault)
			return faults[*i - 1].text;
	return NULL;
}

enum phases_next
phases_end(struct cmd_run *c, enum run_exit code)
{
	c->code = code;
	return PHASES_END;
}

/* The exit code of a run that has ended by itself. */
static enum run_exit
code_of(struct cmd_run *c)
{
	const char *text;
	size_t i = 0;

	if (c->run.signal != 0)
		phases_fault(c, FAULT_SIGNAL);
	while ((text = phases_fault_next(c, &i)) != NULL)
		log_debug("fault: %s", text);
	return c->faults != 0 ? RUN_FAILED : RUN_OK;
}

enum run_exit
phases_run(struct cmd_run *c, const struct phases_row *row)
{
	enum phases_next next = PHASES_NEXT;

	for (; row->name != NULL; row++) {
		/* Only the last row has no row behind it. */
		if (next == PHASES_LAST && row[1].name != NULL)
			continue;
		log_debug("phase: %s", row->name);
		if ((next = row->run(c)) == PHASES_END)
			return c->code;
	}
	return code_of(c);
}
