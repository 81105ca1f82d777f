#include "run/audit_part.h"

#include <stdio.h>
#include <string.h>

#include "compat.h"
#include "plan/plan.h"
#include "run/inventory.h"
#include "wire/domxml.h"

#define AREA	"guest"
#define NAMES	1024	/* bytes for names of guests */

struct about_guest {
	const struct run *run;
	const struct guest *guest;
	const struct guesttab_row *row;		/* or NULL */
	const enum policy_action *chain;
	bool		 saves;		/* the chain does, and may */
	bool		 asks;
	bool		 agent;		/* modes of a request */
	bool		 others;	/* ... than agent */
	bool		 acpi;
};

static bool
is(const struct about_guest *a, unsigned fact)
{
	return (a->guest->facts & fact) != 0;
}

/* The predicates of the table below. */

static bool
cannot_save(const struct about_guest *a)
{
	return is(a, DOMXML_LXC) || is(a, DOMXML_HOSTDEV) ||
	    (is(a, DOMXML_QEMU) && is(a, DOMXML_SHARED));
}

static bool
is_unsavable(const struct about_guest *a)
{
	return a->saves && !policy_only_saves(a->chain) && cannot_save(a);
}

static bool
is_lost(const struct about_guest *a)
{
	return a->saves && policy_only_saves(a->chain) && cannot_save(a);
}

static bool
has_only_agent(const struct about_guest *a)
{
	return a->asks && a->agent && !a->others && is(a, DOMXML_QEMU) &&
	    !is(a, DOMXML_AGENT_UP);
}

static bool
has_no_agent(const struct about_guest *a)
{
	return a->asks && a->agent && a->others && is(a, DOMXML_AGENT) &&
	    !is(a, DOMXML_AGENT_UP);
}

static bool
has_no_acpi(const struct about_guest *a)
{
	return a->asks && a->acpi && is(a, DOMXML_QEMU) &&
	    is(a, DOMXML_X86) && !is(a, DOMXML_ACPI) &&
	    !is(a, DOMXML_AGENT_UP);
}

static bool
starts_anyway(const struct about_guest *a)
{
	const struct conf *c = &a->run->conf;

	return a->guest->autostart && ((a->row != NULL && a->row->boot == 0) ||
	    (c->on_boot == CONF_BOOT_IGNORE && c->on_boot_line != 0 &&
	    (a->row == NULL || a->row->boot != 1)));
}

static bool
starts_early(const struct about_guest *a)
{
	const struct conf *c = &a->run->conf;

	return a->guest->autostart && !starts_anyway(a) &&
	    !c->ignore_autostart && c->on_boot == CONF_BOOT_START &&
	    (c->start_delay > 0 || (a->row != NULL &&
	    (a->row->order != GUESTTAB_INHERIT ||
	    a->row->start_delay != GUESTTAB_INHERIT ||
	    a->row->ready != GUESTTAB_READY_INHERIT)));
}

/* One finding for all guests of a URI. */
static const struct {
	bool		(*is)(const struct about_guest *);
	enum advice_level level;
	const char	*area;
	const char	*text;
	const char	*todo;
} rows[] = {
	{ is_lost, ADVICE_FAIL, AREA,
	    "cannot be saved (host device, shared directory or LXC), and the "
	    "chain has no other action",
	    "ON_SHUTDOWN=suspend,shutdown, or a row of the guesttab" },
	{ is_unsavable, ADVICE_WARN, AREA,
	    "cannot be saved (host device, shared directory or LXC); the next "
	    "action of the chain follows",
	    "use the chain shutdown in a row of the guesttab" },
	{ has_only_agent, ADVICE_FAIL, AREA,
	    "SHUTDOWN_MODE is agent alone, and no agent runs in the guest",
	    "add the channel org.qemu.guest_agent.0 and start "
	    "qemu-guest-agent, or SHUTDOWN_MODE=agent,acpi" },
	{ has_no_agent, ADVICE_WARN, AREA,
	    "no agent runs in the guest, in spite of its channel; the next "
	    "mode of SHUTDOWN_MODE follows",
	    "start qemu-guest-agent in the guest" },
	{ has_no_acpi, ADVICE_WARN, AREA,
	    "the definition has no ACPI: the power button has no effect",
	    "add <acpi/> to <features>, or use suspend or the guest agent" },
	{ starts_anyway, ADVICE_WARN, "boot",
	    "autostart: the daemon starts the guest, in spite of "
	    "ON_BOOT=ignore or boot=no",
	    "virsh autostart --disable NAME" },
	{ starts_early, ADVICE_WARN, "boot",
	    "autostart: the daemon starts the guest before its order or delay",
	    "virsh autostart --disable NAME" },
};
#define NROWS	(sizeof(rows) / sizeof(rows[0]))

static bool
chain_saves(const enum policy_action *chain)
{
	for (; *chain != POLICY_END; chain++)
		if (policy_traits(*chain)->saves)
			return true;
	return false;
}

static bool
chain_asks(const enum policy_action *chain)
{
	for (; *chain != POLICY_END; chain++)
		if (policy_traits(*chain)->asks)
			return true;
	return false;
}

static bool
modes_have(const enum policy_mode *modes, enum policy_mode mode)
{
	for (; *modes != POLICY_MODE_END; modes++)
		if (*modes == mode)
			return true;
	return false;
}

static void
guest_look(const struct audit_view *v, size_t i, struct about_guest *a)
{
	const struct guests *gs = &v->inventory->guests;
	const struct run *r = v->run;
	const enum policy_mode *modes = r->conf.shutdown_mode;

	memset(a, 0, sizeof(*a));
	a->run = r;
	a->guest = &gs->guest[i];
	a->row = plan_row(gs, i, &r->tab);
	a->chain = plan_chain(gs, i, &r->tab, &r->conf);
	if (a->row != NULL && a->row->has_mode)
		modes = a->row->mode;
	a->saves = a->guest->persistent && chain_saves(a->chain);
	a->asks = chain_asks(a->chain) && !plan_leaves(gs, i, &r->tab,
	    &r->conf);
	a->agent = modes_have(modes, POLICY_MODE_AGENT);
	a->others = modes[0] != POLICY_MODE_AGENT ||
	    modes[1] != POLICY_MODE_END;
	a->acpi = modes[0] == POLICY_MODE_END ||
	    modes_have(modes, POLICY_MODE_ACPI);
}

bool
audit_saved(const struct audit_view *v, size_t guest, bool *only)
{
	struct about_guest a;

	guest_look(v, guest, &a);
	*only = policy_only_saves(a.chain);
	return a.saves;
}

/* The guests of a URI that a row applies to: how many, and their names. */
static size_t
names_find(const struct audit_view *v, size_t row, size_t uri,
    char names[NAMES])
{
	const struct guests *gs = &v->inventory->guests;
	char label[GUEST_LABEL], more[48];
	struct about_guest a;
	size_t i, n = 0, cut = 0;

	names[0] = '\0';
	for (i = 0; i < gs->n; i++) {
		if (gs->guest[i].uri != uri)
			continue;
		guest_look(v, i, &a);
		if (!rows[row].is(&a))
			continue;
		(void)guest_label(a.guest, label);
		n++;
		if (strlen(names) + strlen(label) + sizeof(more) >= NAMES) {
			cut++;
			continue;
		}
		(void)strlcat(names, n == 1 ? "" : ", ", NAMES);
		(void)strlcat(names, label, NAMES);
	}
	if (cut > 0) {
		(void)snprintf(more, sizeof(more), " and %zu guests more",
		    cut);
		(void)strlcat(names, more, NAMES);
	}
	return n;
}

void
audit_guests(struct audit_view *v)
{
	char names[NAMES], label[RUN_LABEL];
	struct advice_about about;
	size_t row, uri;

	for (row = 0; row < NROWS; row++)
		for (uri = 0; uri < v->run->conf.nuris; uri++) {
			if (names_find(v, row, uri, names) == 0)
				continue;
			about.level = rows[row].level;
			about.area = rows[row].area;
			about.object = host_label(&v->inventory->host[uri],
			    label);
			about.todo = rows[row].todo;
			advice_put(&v->audit->advice, &about, "%s: %s",
			    names, rows[row].text);
		}
}
