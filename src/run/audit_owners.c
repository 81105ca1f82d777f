#include "run/audit_part.h"

#include <stdio.h>
#include <string.h>

#include "compat.h"
#include "config/owners.h"
#include "run/service.h"
#include "text/buf.h"
#include "text/escape.h"

#define AREA	"owner"

struct search {
	struct audit_view *view;
	const struct service_manager *manager;	/* or NULL */
	struct buf	 text;
	size_t		 found;
};

static struct inifile_text
text_of(const struct search *s)
{
	return (struct inifile_text){ (const char *)s->text.base,
	    s->text.len };
}

static void
found(struct search *s, const struct owners_row *row, const char *path)
{
	struct advice_about about = { .level = ADVICE_FAIL, .area = AREA,
	    .todo = row->todo };
	char label[SERVICE_PATH];

	(void)escape_text(label, sizeof(label), path, strlen(path));
	about.object = label;
	s->found++;
	advice_put(&s->view->audit->advice, &about, "%s", row->text);
}

struct row_search {
	struct search	*search;
	const struct owners_row *row;
};

static void
file_search(void *arg, const char *path)
{
	struct row_search *r = arg;
	struct search *s = r->search;

	buf_reset(&s->text);
	if (service_append(path, &s->text) &&
	    owners_match(r->row, text_of(s)))
		found(s, r->row, path);
}

static void
row_search(struct search *s, const struct owners_row *row)
{
	struct row_search r = { s, row };
	char path[SERVICE_PATH];

	if (row->service == NULL)
		glob_each(row->path, file_search, &r);
	else if (s->manager != NULL &&
	    service_enabled(s->manager, row->service, path))
		found(s, row, path);
}

/* The text of the script of ExecStop=, after the text of the unit.  Another
 * program has any word. */
static void
script_append(struct search *s)
{
	char value[SERVICE_PATH];
	size_t begin, len = s->text.len;

	if (!inifile_value(text_of(s), "ExecStop", value, sizeof(value)))
		return;
	begin = strspn(value, "-@+!: ");
	value[begin + strcspn(value + begin, " ")] = '\0';
	(void)service_append(value + begin, &s->text);
	if (s->text.len < len + 2 ||
	    memcmp(s->text.base + len, "#!", 2) != 0)
		s->text.len = len;
}

/* A service that the administrator has made. */
static void
service_search(void *arg, const char *name, const char *path)
{
	static const struct owners_row row = {
		.text = "this service stops guests, too",
		.todo = "disable it; a hook in HOOK_DIR can do the rest of "
		    "its work"
	};
	char why[SERVICE_PATH];
	struct search *s = arg;

	if (strcmp(name, AUDIT_SERVICE) == 0 ||
	    !service_enabled(s->manager, name, why))
		return;
	buf_reset(&s->text);
	if (!service_append(path, &s->text))
		return;
	script_append(s);
	if (owners_stops(text_of(s)))
		found(s, &row, path);
}

void
audit_owners(struct audit_view *v)
{
	const struct advice_about about = { .level = ADVICE_OK,
	    .area = AREA };
	struct search s = { .view = v, .manager = service_manager() };
	const struct owners_row *row;
	size_t i;

	if (buf_init(&s.text, 4096, AUDIT_TEXT) == -1) {
		v->audit->advice.bad = true;
		return;
	}
	for (i = 0; (row = owners_row(i)) != NULL; i++)
		row_search(&s, row);
	if (s.manager != NULL)
		service_each(s.manager, service_search, &s);
	buf_free(&s.text);
	if (s.found == 0)
		advice_put(&v->audit->advice, &about, "no other program that "
		    "stops guests was found");
}
