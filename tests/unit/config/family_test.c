#include "config/family.h"

#include <atf-c.h>

#include <stdio.h>
#include <string.h>

#include "config/conf.h"

static const char *const names[] = {
	"upstream", "debian", "gentoo", "ubuntu-upstart"
};

static bool
key_known(const char *name)
{
	const struct conf_key *key;
	size_t i;

	for (i = 0; (key = conf_key(i)) != NULL; i++)
		if (strcmp(key->name, name) == 0)
			return true;
	return false;
}

/* KEY=VALUE as the command line would have it. */
static bool
value_known(const char *key, const char *value)
{
	struct conf c;
	char keyvalue[256];
	bool known;

	(void)snprintf(keyvalue, sizeof(keyvalue), "%s=%s", key, value);
	ATF_REQUIRE_EQ(0, conf_init(&c, NULL));
	known = conf_override(&c, keyvalue, NULL) == 0;
	conf_free(&c);
	return known;
}

ATF_TC_WITHOUT_HEAD(rows);
ATF_TC_BODY(rows, tc)
{
	const struct conf_family *f;
	bool placed = true;
	size_t i, n;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ATF_CHECK_MSG(family_find(names[i]) != NULL, "no %s",
		    names[i]);
	ATF_CHECK(family_find("slackware") == NULL);
	ATF_CHECK_STREQ("libvirt-guests.state", family_find("gentoo")->list);
	ATF_CHECK_STREQ("libvirt-net.state", family_find("gentoo")->networks);
	for (i = 0; (f = family_row(i)) != NULL; i++) {
		for (n = 0; n < 4 && strcmp(f->name, names[n]) != 0; n++)
			continue;
		ATF_CHECK_MSG(n < 4, "%s is tested by nobody", f->name);
		ATF_CHECK_MSG(placed || f->path == NULL,
		    "%s: no place stands behind those that have none", f->name);
		placed = f->path != NULL;
		/* Two places of a family differ in nothing else. */
		ATF_CHECK_EQ(family_find(f->name)->shutdown_total,
		    f->shutdown_total);
		ATF_CHECK_EQ(family_find(f->name)->list, f->list);
	}
}

/* What a family spells in its own way is a key, and its words are values. */
ATF_TC_WITHOUT_HEAD(aliases);
ATF_TC_BODY(aliases, tc)
{
	const struct family_alias *a;
	const struct family_word *w;
	size_t i;

	for (i = 0; (a = family_alias(i)) != NULL; i++) {
		ATF_CHECK_MSG(family_find(a->family) != NULL, "%s", a->name);
		ATF_CHECK_MSG(key_known(a->key), "%s: no %s", a->name, a->key);
		ATF_CHECK_MSG(!key_known(a->name), "%s is ours", a->name);
		ATF_CHECK_EQ(a, family_alias_of(family_find(a->family),
		    a->key));
		for (w = a->words; w != NULL && w->theirs != NULL; w++)
			ATF_CHECK_MSG(value_known(a->key, w->ours),
			    "%s=%s gives %s", a->name, w->theirs, w->ours);
	}
	ATF_CHECK_EQ(8, i);
	ATF_CHECK(family_alias_of(family_find("gentoo"), "RUN_DIR") == NULL);
	ATF_CHECK(family_alias_of(family_find("debian"), "URIS") == NULL);
}

static const struct {
	const char	*key;
	const char	*of[4];		/* in the order of names */
} defaults[] = {
	{ "URIS", { NULL, NULL, "qemu:///system",
	    "qemu:///system lxc:///" } },
	{ "ON_BOOT", { NULL, "ignore", NULL, "ignore" } },
	{ "ON_SHUTDOWN", { NULL, "shutdown", NULL, "shutdown,destroy" } },
	{ "SHUTDOWN_TIMEOUT", { NULL, NULL, "500", "30" } },
	{ "PARALLEL_SHUTDOWN", { NULL, NULL, "1000", "1000" } },
	{ "NET_SHUTDOWN", { NULL, NULL, "yes", NULL } },
	{ "IGNORE_AUTOSTART", { NULL, NULL, NULL, NULL } },
	{ "STATE_DIR", { NULL, NULL, NULL, NULL } },
};

ATF_TC_WITHOUT_HEAD(differences);
ATF_TC_BODY(differences, tc)
{
	const char *got, *want;
	size_t i, n;

	for (i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
		for (n = 0; n < 4; n++) {
			want = defaults[i].of[n];
			got = family_default(family_find(names[n]),
			    defaults[i].key);
			ATF_CHECK_STREQ(want == NULL ? "-" : want,
			    got == NULL ? "-" : got);
			if (got != NULL)
				ATF_CHECK_MSG(value_known(defaults[i].key,
				    got), "%s=%s", defaults[i].key, got);
		}
}

ATF_TC_WITHOUT_HEAD(words);
ATF_TC_BODY(words, tc)
{
	static const struct {
		const char	*key;
		const char	*theirs;
		const char	*ours;
	} cases[] = {
		{ "ON_SHUTDOWN", "managedsave", "suspend" },
		{ "ON_SHUTDOWN", "ManagedSave", "suspend" },
		{ "ON_SHUTDOWN", "shutdown", "shutdown,destroy" },
		{ "ON_SHUTDOWN", "destroy", "destroy" },
		{ "ON_SHUTDOWN", "suspend", NULL },
		{ "ON_SHUTDOWN", "", NULL },
		{ "ON_BOOT", "yes", "start" },
		{ "ON_BOOT", "YES", "start" },
		{ "ON_BOOT", "no", "ignore" },
		{ "ON_BOOT", "0", "ignore" },
		{ "ON_BOOT", "start", NULL },
		{ "SHUTDOWN_TIMEOUT", "whatever", "whatever" },
	};
	const struct family_alias *a;
	const char *ours;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		a = family_alias_of(family_find("gentoo"), cases[i].key);
		ours = family_ours(a, cases[i].theirs);
		ATF_CHECK_MSG(cases[i].ours == NULL ? ours == NULL :
		    ours != NULL && strcmp(ours, cases[i].ours) == 0,
		    "%s %s", cases[i].key, cases[i].theirs);
	}
	a = family_alias_of(family_find("gentoo"), "ON_SHUTDOWN");
	ATF_CHECK_STREQ("managedsave", family_theirs(a, "suspend"));
	ATF_CHECK_STREQ("shutdown", family_theirs(a, "shutdown,destroy"));
	ATF_CHECK(family_theirs(a, "leave") == NULL);
	a = family_alias_of(family_find("gentoo"), "URIS");
	ATF_CHECK_STREQ("x", family_theirs(a, "x"));
}

ATF_TC_WITHOUT_HEAD(ignored);
ATF_TC_BODY(ignored, tc)
{
	static const struct {
		const char	*path;
		const char	*name;
		bool		 ignored;
	} cases[] = {
		{ "/etc/conf.d/libvirt-guests", "rc_need", true },
		{ "/etc/conf.d/libvirt-guests", "rc_", true },
		{ "/etc/conf.d/libvirt-guests", "rc", false },
		{ "/etc/conf.d/libvirt-guests", "rcneed", false },
		{ "/etc/conf.d/libvirt-guests", "my_rc_need", false },
		{ "/etc/conf.d/libvirt-guests", "libvirtd_opts", false },
		{ "/etc/conf.d", "rc_need", false },
		{ "/etc/default/libvirt-guests", "rc_need", false },
		{ "/etc/default/libvirt-bin", "libvirtd_opts", true },
		{ "/etc/default/libvirt-bin", "libvirtd_opt", false },
		{ "/etc/default/libvirt-bin", "libvirtd_optss", false },
		{ "/etc/default/libvirt-guests", "libvirtd_opts", false },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ATF_CHECK_MSG(family_ignores(cases[i].path, cases[i].name) ==
		    cases[i].ignored, "%s in %s", cases[i].name,
		    cases[i].path);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, rows);
	ATF_TP_ADD_TC(tp, aliases);
	ATF_TP_ADD_TC(tp, differences);
	ATF_TP_ADD_TC(tp, words);
	ATF_TP_ADD_TC(tp, ignored);
	return atf_no_error();
}
