#include "run/audit.h"

#include <stddef.h>
#include <string.h>

#include "sys/log.h"

/* What to do about a message of another module, by a text in it. */
static const struct {
	const char	*area;
	const char	*has;		/* "": any */
	const char	*todo;
} todos[] = {
	{ "configuration", " is not read; using ",
	    "remove the file that does not apply" },
	{ "configuration", "unknown key", "correct or remove the key" },
	{ "configuration", "writable by others", "chmod go-w, chown root" },
	{ "configuration", "using the limit", "write a number in the range" },
	{ "configuration", "is ignored", "remove it" },
	{ "configuration", "",
	    "correct it; libvirt-guests.conf(5) and guesttab(5) have the "
	    "values" },
	{ "daemon", "guest ", "run virsh dumpxml with this guest" },
	{ "daemon", "the same daemon", "remove one of the URIs from URIS" },
	{ "daemon", "",
	    "start the daemon, or correct URIS; see TROUBLESHOOTING in "
	    "libvirt-guests(8)" },
};

static const char *
todo_find(const char *area, const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(todos) / sizeof(todos[0]); i++)
		if (strcmp(todos[i].area, area) == 0 &&
		    strstr(text, todos[i].has) != NULL)
			return todos[i].todo;
	return NULL;
}

/* "OBJECT: text"; a text without an object has none. */
static void
message_take(void *arg, int error, const char *text)
{
	struct audit *a = arg;
	struct advice_about about = {
		.level = error ? ADVICE_FAIL : ADVICE_WARN, .area = a->area,
		.todo = todo_find(a->area, text)
	};
	const char *colon = strstr(text, ": ");
	const char *blank = strchr(text, ' ');
	char object[512];
	size_t len;

	if (colon != NULL && blank == colon + 1 &&
	    (len = (size_t)(colon - text)) < sizeof(object)) {
		memcpy(object, text, len);
		object[len] = '\0';
		about.object = object;
		text = colon + 2;
	}
	advice_put(&a->advice, &about, "%s", text);
}

void
audit_begin(struct audit *a)
{
	advice_init(&a->advice);
	a->area = "configuration";
	log_divert(message_take, a);
}

void
audit_end(struct audit *a)
{
	(void)a;
	log_divert(NULL, NULL);
}

void
audit_free(struct audit *a)
{
	advice_free(&a->advice);
}
