#include "run/audit_part.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/service.h"
#include "run/worst.h"
#include "text/buf.h"

#define AREA	"service"

struct look {
	struct audit_view *view;
	const struct service_manager *manager;
	struct inifile_text text;	/* of our service */
	struct advice_about about;	/* WARN, and the manager */
	size_t		 found;
};

/* A FAIL about the service manager. */
static void
fail(struct look *l, const char *text, const char *todo)
{
	l->about.level = ADVICE_FAIL;
	l->about.todo = todo;
	advice_put(&l->view->audit->advice, &l->about, "%s", text);
	l->found++;
}

/* Whether the service lengthens its own limit, as sd_notify(3) allows. */
static bool
extends(const struct look *l)
{
	char value[16];

	return inifile_value(l->text, "NotifyAccess", value,
	    sizeof(value)) && (strcmp(value, "exec") == 0 ||
	    strcmp(value, "all") == 0);
}

static void
limit_check(struct look *l)
{
	long limit = service_limit(l->manager, l->text);
	int64_t ends = worst_seconds(l->view->worst->forecast.ends);
	char worst[48] = "has no limit", todo[160];

	if (limit == 0 || (ends >= 0 && ends <= limit) || extends(l))
		return;
	if (ends >= 0)
		(void)snprintf(worst, sizeof(worst), "is %" PRId64 " s", ends);
	(void)snprintf(todo, sizeof(todo), "set STOP_DEADLINE to %ld seconds "
	    "or less, or %s", limit * 4 / 5, l->manager->endless != NULL ?
	    "write keyword -timeout into depend()" :
	    "remove the limit of the service");
	l->about.level = ADVICE_FAIL;
	l->about.todo = todo;
	advice_put(&l->view->audit->advice, &l->about, "%s after %ld s; the "
	    "worst case %s", l->manager->endless != NULL ?
	    "other services stop waiting for the stop" :
	    "the stop is killed", limit, worst);
	l->found++;
}

/* Daemons are to be stopped after the guests. */
static void
order_check(struct look *l)
{
	static const char *const daemons[] = { "libvirtd", "virtqemud",
	    "virtlxcd", "virtxend", "virtchd" };
	const struct service_manager *m = l->manager;
	char path[SERVICE_PATH], text[128];
	struct inifile_text theirs;
	struct buf out;
	bool orders;
	size_t i;

	for (i = 0; i < sizeof(daemons) / sizeof(daemons[0]); i++) {
		if (!m->ordered || !service_enabled(m, daemons[i], path) ||
		    inifile_mentions(l->text, daemons[i]) ||
		    buf_init(&out, 4096, AUDIT_TEXT) == -1)
			continue;
		(void)service_read(m, daemons[i], &out, path);
		theirs.text = (const char *)out.base;
		theirs.len = out.len;
		orders = inifile_mentions(theirs, AUDIT_SERVICE);
		buf_free(&out);
		if (orders)
			continue;
		(void)snprintf(text, sizeof(text), "the service is not "
		    "ordered after %s, which may be stopped before the "
		    "guests", daemons[i]);
		fail(l, text, "use the service file of make install");
	}
}

/* Whether the service runs libvirt's script.  At the path of that script there
 * can be ours, which calls this program and not virsh. */
static bool
runs_script(const struct look *l)
{
	struct inifile_text script;
	struct buf out;
	bool theirs;

	if (inifile_mentions(l->text, "virsh"))
		return true;
	if (!inifile_mentions(l->text, "libvirt-guests.sh") ||
	    buf_init(&out, 4096, AUDIT_TEXT) == -1)
		return false;
	(void)service_append("/usr/lib/libvirt/libvirt-guests.sh", &out);
	(void)service_append("/usr/libexec/libvirt-guests.sh", &out);
	script.text = (const char *)out.base;
	script.len = out.len;
	theirs = out.len == 0 || inifile_mentions(script, "virsh");
	buf_free(&out);
	return theirs;
}

/* Without a file there is nothing to enable yet. */
static void
fail_disabled(struct look *l, bool there)
{
	const struct service_manager *m = l->manager;
	char todo[160];

	if (there || strncmp(m->enable, "make ", 5) == 0) {
		fail(l, "the service libvirt-guests is not enabled: no stop "
		    "at shutdown", m->enable);
		return;
	}
	(void)snprintf(todo, sizeof(todo), "make install INIT=%s; %s",
	    m->init, m->enable);
	fail(l, "the service libvirt-guests is not installed: no stop at "
	    "shutdown", todo);
}

static void
service_check(struct look *l, struct buf *text)
{
	const struct service_manager *m = l->manager;
	char path[SERVICE_PATH], why[SERVICE_PATH], todo[80];
	bool there;

	there = service_read(m, AUDIT_SERVICE, text, path);
	l->text.text = (const char *)text->base;
	l->text.len = text->len;
	if (!service_enabled(m, AUDIT_SERVICE, why)) {
		fail_disabled(l, there);
		return;
	}
	if (runs_script(l)) {
		(void)snprintf(todo, sizeof(todo), "make install INIT=%s, or "
		    "correct the service file", m->init);
		l->about.object = path;
		fail(l, "the service runs libvirt's own script "
		    "libvirt-guests.sh", todo);
		return;
	}
	limit_check(l);
	order_check(l);
}

static void
worst_ok(struct audit_view *v)
{
	struct advice_about about = { .level = ADVICE_OK, .area = "time" };
	const struct worst *w = v->worst;

	if (worst_forced(w)) {
		about.level = ADVICE_WARN;
		about.todo = WORST_FORCED_DO;
		advice_put(&v->audit->advice, &about, "%s", WORST_FORCED);
	}
	about.level = ADVICE_OK;
	about.todo = NULL;
	if (w->forecast.ends < 0)
		advice_put(&v->audit->advice, &about, "worst case of a stop: "
		    "no limit: %s", w->endless);
	else
		advice_put(&v->audit->advice, &about, "worst case of a stop: "
		    "%" PRId64 " s", worst_seconds(w->forecast.ends));
}

void
audit_service(struct audit_view *v)
{
	struct look l = { .view = v, .manager = service_manager() };
	struct buf text;

	worst_ok(v);
	l.about.area = AREA;
	if (l.manager == NULL) {
		l.about.level = ADVICE_WARN;
		l.about.todo = "see INIT SYSTEMS in libvirt-guests(8)";
		advice_put(&v->audit->advice, &l.about, "the service manager "
		    "is unknown: is stop run at shutdown?");
		return;
	}
	l.about.object = l.manager->name;
	if (buf_init(&text, 4096, AUDIT_TEXT) == -1) {
		v->audit->advice.bad = true;
		return;
	}
	service_check(&l, &text);
	buf_free(&text);
	if (l.found > 0)
		return;
	l.about.level = ADVICE_OK;
	l.about.todo = NULL;
	advice_put(&v->audit->advice, &l.about, "the service is enabled");
}
