#include "run/progress.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "plan/engine_job.h"
#include "plan/engine.h"
#include "plan/guest.h"
#include "sys/log.h"
#include "sys/logger.h"
#include "text/escape.h"

#define URI_LABEL	512
#define MIB		1048576.0

/*
 * The texts, with our own %-sequences: %g guest, %u URI, %n number of guests,
 * %s seconds left, %m MiB, %t reason, %w action, %v virsh with the URI, %i its
 * argument for the guest, %h what follows if the host goes down.
 */
enum stream { INFO, PASSING, ERROR, WARNING };

static const struct said {
	enum stream	 stream;
	const char	*text;
	const char	*endless;	/* if there is no time limit */
} texts[] = {
	[SAID_ASKED] = { INFO, "Starting shutdown on guest: %g", NULL },
	[SAID_OFF] = { INFO, "Shutdown of guest %g complete.", NULL },
	[SAID_LATE] = { INFO,
	    "Shutdown of guest %g failed to complete in time.", NULL },
	[SAID_SAVING] = { INFO, "Suspending %g: ...", NULL },
	[SAID_MOVED] = { PASSING, "Suspending %g: %m MiB", NULL },
	[SAID_SAVED] = { INFO, "Suspending %g: done", NULL },
	[SAID_AGAIN] = { INFO, "Asking guest %g again to shut down", NULL },
	[SAID_DESTROYED] = { INFO, "Guest %g destroyed", NULL },
	[SAID_LEFT] = { INFO, "Leaving guest %g running", NULL },
	[SAID_NEXT] = { WARNING, "%u: guest %g: %t; trying %w", NULL },
	[SAID_STARTED] = { INFO, "Resuming guest %g: done", NULL },
	[SAID_UNREADY] = { WARNING, "%u: guest %g: %t", NULL },
	[SAID_ACTIVE] = { INFO, "Resuming guest %g: already active", NULL },
	[SAID_GONE] = { WARNING,
	    "%u: guest %g no longer exists; removed from the list", NULL },
	[SAID_MIGRATED] = { INFO, "Guest %g migrated away", NULL },
	[SAID_WAIT_ONE] = { PASSING,
	    "Waiting for guest %g to shut down, %s seconds left",
	    "Waiting for guest %g to shut down" },
	[SAID_WAIT_MANY] = { PASSING,
	    "Waiting for %n guests to shut down, %s seconds left",
	    "Waiting for %n guests to shut down" },
	[SAID_EXPIRED] = { INFO,
	    "Timeout expired while shutting down domains", NULL },
	[SAID_FAILED] = { ERROR, "%u: guest %g: %t", NULL },
};

/* What can be done about a guest that failed, in a start or a stop; its state
 * is known or unknown. */
static const char *const todos[2][2] = {
	{ "guest %g stays on the list; try libvirt-guests start %i, or %v "
	    "start %i",
	    "guest %g may not run; it stays on the list; look with %v "
	    "domstate %i" },
	{ "guest %g still runs%h; look with %v console %i, end it with %v "
	    "destroy %i",
	    "guest %g may still run%h; look with %v domstate %i" }
};

struct line {
	char	text[2048];
	size_t	len;
};

static void
line_put(struct line *l, const char *s)
{
	size_t n = strlen(s);

	if (n > sizeof(l->text) - 1 - l->len)
		n = sizeof(l->text) - 1 - l->len;
	memcpy(l->text + l->len, s, n);
	l->len += n;
	l->text[l->len] = '\0';
}

static void
uri_label(const struct progress *p, size_t uri, char label[URI_LABEL])
{
	(void)escape_text(label, URI_LABEL, p->uris[uri],
	    strlen(p->uris[uri]));
}

static const struct guest *
note_guest(const struct progress *p, size_t job)
{
	return &p->guests->guest[p->engine->plan->step[job].guest];
}

/* A word of a shell. */
static void
word_put(struct line *l, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+:/@=,";
	bool quoted = word[strspn(word, plain)] != '\0';

	line_put(l, quoted ? "'" : "");
	line_put(l, word);
	line_put(l, quoted ? "'" : "");
}

static void
virsh_put(struct line *l, const struct progress *p, size_t uri)
{
	char label[URI_LABEL];

	line_put(l, "virsh");
	if (strcmp(p->uris[uri], "default") == 0)
		return;
	line_put(l, " -c ");
	uri_label(p, uri, label);
	word_put(l, label);
}

/* A name that a shell or virsh would take for something else: the UUID. */
static void
argument_put(struct line *l, const struct guest *g)
{
	const char *c;
	char uuid[UUID_TEXT];

	for (c = g->name; isalnum((unsigned char)*c) || (c > g->name &&
	    *c != '\0' && strchr("._-", *c) != NULL); c++)
		continue;
	uuid_format(g->uuid, uuid);
	line_put(l, *c == '\0' && c > g->name ? g->name : uuid);
}

static void
field_put(struct line *l, const struct progress *p,
    const struct engine_note *n, char field)
{
	char text[URI_LABEL] = "";

	switch (field) {
	case 'g':
		(void)guest_label(note_guest(p, n->job), text);
		break;
	case 'u':
		uri_label(p, n->uri, text);
		break;
	case 'n':
		(void)snprintf(text, sizeof(text), "%u", n->count);
		break;
	case 's':
		(void)snprintf(text, sizeof(text), "%" PRId64, n->seconds);
		break;
	case 'm':
		(void)snprintf(text, sizeof(text), "%.1f",
		    (double)n->bytes / MIB);
		break;
	case 'w':
		line_put(l, policy_name(n->action));
		break;
	case 'v':
		virsh_put(l, p, n->uri);
		break;
	case 'i':
		argument_put(l, note_guest(p, n->job));
		break;
	case 'h':
		if (p->down)
			line_put(l, ", and is cut off with the host");
		break;
	case 't':
		if (n->text != NULL)
			line_put(l, n->text);
		break;
	}
	line_put(l, text);
}

static void
note_format(struct line *l, const struct progress *p,
    const struct engine_note *n, const char *text)
{
	char one[2] = "";
	const char *s;

	for (s = text; *s != '\0'; s++) {
		if (*s == '%' && s[1] != '\0') {
			field_put(l, p, n, *++s);
			continue;
		}
		one[0] = *s;
		line_put(l, one);
	}
}

static void
heading_put(struct progress *p, size_t uri)
{
	char label[URI_LABEL];

	if (p->headed[uri])
		return;
	p->headed[uri] = true;
	uri_label(p, uri, label);
	log_info("%s on %s URI...", p->heading, label);
}

static void
todo_tell(const struct progress *p, const struct engine_note *n)
{
	bool unknown = p->engine->job[n->job].result == RESULT_UNKNOWN;
	struct line l = { .len = 0 };

	note_format(&l, p, n, todos[p->engine->plan->stop][unknown]);
	log_error("%s", l.text);
}

void
progress_tell(struct progress *p, const struct engine_note *n)
{
	const struct said *w = &texts[n->said];
	const char *text = w->text;
	struct line l = { .len = 0 };

	if (w->stream == PASSING && (p->table || !log_shows(LOG_NORMAL)))
		return;
	if (w->endless != NULL && n->seconds < 0)
		text = w->endless;
	note_format(&l, p, n, text);
	/* The table shows the same. */
	if (w->stream == INFO && p->table && !p->lines) {
		logger_send(LOGGER_INFO, l.text);
		return;
	}
	if (n->said != SAID_WAIT_MANY && n->said != SAID_EXPIRED)
		heading_put(p, n->uri);
	switch (w->stream) {
	case INFO:
		log_info("%s", l.text);
		break;
	case PASSING:
		log_answer("%s", l.text);
		break;
	case ERROR:
		log_error("%s", l.text);
		todo_tell(p, n);
		break;
	case WARNING:
		log_warn("%s", l.text);
		break;
	}
}

void
progress_sum(const struct progress *p)
{
	unsigned count[RESULT_CUT + 1] = { 0 }, n = 0, failed = 0;
	struct line l = { .len = 0 };
	char text[64];
	size_t i;
	int r;

	for (i = 0; i < p->guests->n; i++)
		count[p->guests->guest[i].result]++;
	for (r = RESULT_NONE + 1; r <= RESULT_CUT; r++) {
		if (count[r] == 0)
			continue;
		(void)snprintf(text, sizeof(text), "%s%u %s",
		    l.len > 0 ? ", " : "", count[r],
		    job_result_name((enum engine_result)r));
		line_put(&l, text);
		n += count[r];
		failed += r >= RESULT_REFUSED ? count[r] : 0;
	}
	if (n > 0)
		log_info("%u guest%s: %s", n, n == 1 ? "" : "s", l.text);
	if (p->table && failed > 0)
		log_info("Details: libvirt-guests report");
}
