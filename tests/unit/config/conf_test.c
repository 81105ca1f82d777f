#include "config/conf.h"

#include <sys/stat.h>

#include <atf-c.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/family.h"
#include "golden.h"

static const char *const boot_names[] = { "start", "ignore" };
static const char *const tristate_names[] = { "default", "yes", "no" };
static const char *const snapshot_names[] = { "no", "disk" };

/* What a key holds, as a word or words; NULL: a number. */
static const char *
key_words(const struct conf *c, const char *name, char text[64])
{
	if (strcmp(name, "ON_BOOT") == 0)
		return boot_names[c->on_boot];
	if (strcmp(name, "ON_SHUTDOWN") == 0)
		return policy_chain_text(c->on_shutdown, text);
	if (strcmp(name, "SHUTDOWN_MODE") == 0)
		return policy_modes_text(c->shutdown_mode, ',', text);
	if (strcmp(name, "PERSISTENT_ONLY") == 0)
		return tristate_names[c->persistent_only];
	if (strcmp(name, "SYSLOG") == 0)
		return tristate_names[c->syslog];
	if (strcmp(name, "SNAPSHOT") == 0)
		return snapshot_names[c->snapshot];
	if (strcmp(name, "GUESTTAB") == 0)
		return c->guesttab;
	if (strcmp(name, "HOOK_DIR") == 0)
		return c->hook_dir;
	if (strcmp(name, "STATE_DIR") == 0)
		return c->state_dir;
	return strcmp(name, "RUN_DIR") == 0 ? c->run_dir : NULL;
}

/* A key as a line of a configuration. */
static void
put_key(struct golden *t, const struct conf *c, const struct conf_key *key)
{
	const int *number = (const void *)((const char *)c + key->offset);
	const char *words;
	char text[64];
	size_t i;

	golden_put(t, "%s=", key->name);
	words = key_words(c, key->name, text);
	if (strcmp(key->name, "URIS") == 0)
		for (i = 0; i < c->nuris; i++)
			golden_put(t, "%s%s", i == 0 ? "" : " ", c->uris[i]);
	else if (words != NULL)
		golden_put(t, "%s", words);
	else
		golden_put(t, "%d", *number);
	golden_put(t, "\n");
}

/* The keys that are not as the family has them. */
static void
put_changes(struct golden *t, const struct conf *c)
{
	const struct conf_key *key;
	struct golden was, is;
	struct conf fresh;
	size_t i;

	ATF_REQUIRE_EQ(0, conf_init(&fresh, c->family));
	for (i = 0; (key = conf_key(i)) != NULL; i++) {
		was.len = is.len = 0;
		put_key(&was, &fresh, key);
		put_key(&is, c, key);
		if (strcmp(was.text, is.text) != 0)
			golden_put(t, "%s", is.text);
	}
	conf_free(&fresh);
}

static const struct conf_family *
family_named(const char *name)
{
	const struct conf_family *f;
	size_t i;

	for (i = 0; (f = conf_place(i)) != NULL; i++)
		if (strcmp(f->name, name) == 0)
			return f;
	atf_tc_fail("no family %s", name);
}

static int
parse(struct conf *c, const char *file, const char *text, struct golden *found)
{
	struct conf_source src = { file, text, strlen(text) };

	return conf_parse(c, &src, found == NULL ? NULL : golden_finding,
	    found);
}

/*
 * A file, and what is wanted of it: the family and, where it matters, the path
 * that it is said to have; the findings, which family it turned out to be if
 * it is another one, and the keys that are not as this has them.
 */
static void
file_check(const char *dir, const char *name)
{
	char path[PATH_MAX], family[32], as[64];
	struct golden is, want, got = { "", 0 };
	struct conf c;
	const char *p;
	int errors, n;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	ATF_REQUIRE(golden_read(&is, path));
	golden_want(&want, dir, name);
	n = sscanf(want.text, "family %31s as %63s", family, as);
	ATF_REQUIRE(n >= 1);
	ATF_REQUIRE_EQ(0, conf_init(&c, family_named(family)));
	golden_put(&got, n == 2 ? "family %s as %s\n" : "family %s\n",
	    family, as);
	errors = parse(&c, n == 2 ? as : name, is.text, &got);
	if (strcmp(c.family->name, family) != 0)
		golden_put(&got, "it is %s\n", c.family->name);
	put_changes(&got, &c);
	conf_free(&c);
	ATF_CHECK_MSG(strcmp(want.text, got.text) == 0, "%s: wanted\n%sgot\n%s",
	    name, want.text, got.text);
	n = 0;
	for (p = got.text; (p = strstr(p, "\nerror ")) != NULL; p++)
		n++;
	ATF_CHECK_MSG(errors == n, "%s: %d errors", name, errors);
}

ATF_TC_WITHOUT_HEAD(files);
ATF_TC_BODY(files, tc)
{
	int n = golden_each(tc, "conf", ".conf", file_check);

	ATF_CHECK_MSG(n >= 27, "%d files only", n);
}

/* What is installed on this machine is read without a finding. */
ATF_TC_WITHOUT_HEAD(installed);
ATF_TC_BODY(installed, tc)
{
	const struct conf_family *f;
	struct golden is, found = { "", 0 };
	struct conf c;
	size_t i;
	int n = 0;

	for (i = 0; (f = conf_place(i)) != NULL; i++) {
		if (!golden_read(&is, f->path))
			continue;
		ATF_REQUIRE_EQ(0, conf_init(&c, f));
		ATF_CHECK_EQ(0, parse(&c, f->path, is.text, &found));
		ATF_CHECK_STREQ("", found.text);
		conf_free(&c);
		n++;
	}
	if (n == 0)
		atf_tc_skip("libvirt-guests is not installed here");
}

ATF_TC_WITHOUT_HEAD(families);
ATF_TC_BODY(families, tc)
{
	static const char *const paths[] = {
		"/etc/libvirt/libvirt-guests.conf",
		"/etc/conf.d/libvirt-guests", "/etc/sysconfig/libvirt-guests",
		"/etc/default/libvirt-guests", "/etc/default/libvirt-bin"
	};
	static const char *const names[] = {
		"upstream", "upstream", "upstream", "debian", "debian"
	};
	size_t i;

	for (i = 0; i < 5; i++) {
		ATF_CHECK(conf_place(i)->systemd == (i == 0));
		ATF_REQUIRE(conf_place(i) != NULL);
		ATF_CHECK_STREQ(paths[i], conf_place(i)->path);
		ATF_CHECK_STREQ(names[i], conf_place(i)->name);
		ATF_CHECK(conf_family(paths[i]) == conf_place(i));
	}
	ATF_CHECK(conf_place(5) == NULL);
	ATF_CHECK_STREQ("upstream", conf_family("/etc/x")->name);
	ATF_CHECK_STREQ("upstream", conf_family("")->name);
	ATF_CHECK_STREQ("upstream",
	    conf_family("/x/etc/default/libvirt-guests")->name);
	ATF_CHECK_STREQ("upstream", conf_family(NULL)->name);
}

ATF_TC_WITHOUT_HEAD(defaults);
ATF_TC_BODY(defaults, tc)
{
	static const char want[] =
	    "URIS=default\nON_BOOT=start\nSTART_DELAY=0\nON_SHUTDOWN=suspend\n"
	    "SHUTDOWN_TIMEOUT=300\nSHUTDOWN_MODE=default\n"
	    "SHUTDOWN_RESEND=30\nPARALLEL_SHUTDOWN=0\nPARALLEL_SUSPEND=1\n"
	    "PARALLEL_START=0\nBYPASS_CACHE=0\nSYNC_TIME=0\n"
	    "PERSISTENT_ONLY=default\nSUSPEND_TIMEOUT=0\nSUSPEND_STALL=120\n"
	    "IGNORE_AUTOSTART=0\nNET_SHUTDOWN=0\nSNAPSHOT=no\n"
	    "STOP_DEADLINE=0\nRESCUE=1\nCONNECT_TIMEOUT=15\nSTART_WAIT=60\n"
	    "POLL_INTERVAL=1\nGUESTTAB=/etc/libvirt-guests.tab\n"
	    "HOOK_DIR=/etc/libvirt-guests.d\nHOOK_TIMEOUT=60\nSYSLOG=default\n"
	    "STATE_DIR=/var/lib/libvirt\nRUN_DIR=/run\n";
	const struct conf_key *key;
	struct golden got = { "", 0 };
	struct conf c;
	size_t i;

	ATF_REQUIRE_EQ(0, conf_init(&c, NULL));
	for (i = 0; (key = conf_key(i)) != NULL; i++)
		put_key(&got, &c, key);
	ATF_CHECK_STREQ(want, got.text);
	ATF_CHECK(!c.shutdown_total);
	conf_free(&c);
	ATF_REQUIRE_EQ(0, conf_init(&c,
	    conf_family("/etc/default/libvirt-guests")));
	ATF_CHECK_EQ(CONF_BOOT_IGNORE, c.on_boot);
	ATF_CHECK_EQ(POLICY_SHUTDOWN, c.on_shutdown[0]);
	ATF_CHECK_EQ(POLICY_END, c.on_shutdown[1]);
	ATF_CHECK_EQ(300, c.shutdown_timeout);
	conf_free(&c);
	conf_free(&c);
	ATF_REQUIRE_EQ(0, conf_init(&c, family_find("ubuntu-upstart")));
	ATF_CHECK(c.shutdown_total);
	ATF_CHECK_EQ(30, c.shutdown_timeout);
	ATF_CHECK_EQ(1000, c.parallel_shutdown);
	ATF_CHECK_EQ(POLICY_SHUTDOWN, c.on_shutdown[0]);
	ATF_CHECK_EQ(POLICY_DESTROY, c.on_shutdown[1]);
	conf_free(&c);
}

static const struct {
	const char	*name;
	long		 min;
	long		 max;
} ranges[] = {
	{ "START_DELAY",	0, 86400 },
	{ "SHUTDOWN_RESEND",	0, 86400 },
	{ "HOOK_TIMEOUT",	1, 86400 },
	{ "SHUTDOWN_TIMEOUT",	0, 604800 },
	{ "PARALLEL_SHUTDOWN",	0, 1000 },
	{ "PARALLEL_SUSPEND",	1, 16 },
	{ "PARALLEL_START",	0, 1000 },
	{ "SUSPEND_TIMEOUT",	0, 604800 },
	{ "SUSPEND_STALL",	0, 86400 },
	{ "STOP_DEADLINE",	0, 604800 },
	{ "CONNECT_TIMEOUT",	1, 3600 },
	{ "START_WAIT",		0, 86400 },
	{ "POLL_INTERVAL",	1, 3600 },
};

/* Set a number; what the key holds then, -1 when it was refused. */
static int
number_set(struct conf *c, const char *name, long n)
{
	const struct conf_key *key;
	char keyvalue[64];
	const int *field;
	size_t i;

	(void)snprintf(keyvalue, sizeof(keyvalue), "%s=%ld", name, n);
	if (conf_override(c, keyvalue, NULL) == -1)
		return -1;
	for (i = 0; (key = conf_key(i)) != NULL; i++)
		if (strcmp(key->name, name) == 0) {
			field = (const void *)((const char *)c + key->offset);
			return *field;
		}
	return -2;
}

ATF_TC_WITHOUT_HEAD(bounds);
ATF_TC_BODY(bounds, tc)
{
	struct conf c;
	size_t i;

	ATF_REQUIRE_EQ(0, conf_init(&c, NULL));
	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		ATF_CHECK_MSG(number_set(&c, ranges[i].name, ranges[i].min) ==
		    ranges[i].min, "%s: min", ranges[i].name);
		ATF_CHECK_MSG(number_set(&c, ranges[i].name, ranges[i].max) ==
		    ranges[i].max, "%s: max", ranges[i].name);
		ATF_CHECK_MSG(number_set(&c, ranges[i].name,
		    ranges[i].min - 1) == -1, "%s: min - 1", ranges[i].name);
		ATF_CHECK_MSG(number_set(&c, ranges[i].name,
		    ranges[i].max + 1) == ranges[i].max, "%s: max + 1",
		    ranges[i].name);
	}
	conf_free(&c);
}

static const struct {
	const char	*keyvalue;
	const char	*change;
} taken[] = {
	{ "ON_SHUTDOWN=shutdown",	"ON_SHUTDOWN=shutdown\n" },
	{ "ON_SHUTDOWN=suspend,shutdown,destroy",
	    "ON_SHUTDOWN=suspend,shutdown,destroy\n" },
	{ "ON_SHUTDOWN=leave",		"ON_SHUTDOWN=leave\n" },
	{ "SHUTDOWN_MODE=agent,acpi",	"SHUTDOWN_MODE=agent,acpi\n" },
	{ "SHUTDOWN_MODE=default",	"" },
	{ "SHUTDOWN_RESEND=0",		"SHUTDOWN_RESEND=0\n" },
	{ "IGNORE_AUTOSTART=yes",	"IGNORE_AUTOSTART=1\n" },
	{ "NET_SHUTDOWN=1",		"NET_SHUTDOWN=1\n" },
	{ "SNAPSHOT=disk",		"SNAPSHOT=disk\n" },
	{ "SNAPSHOT=no",		"" },
	{ "GUESTTAB=/dev/null",		"GUESTTAB=/dev/null\n" },
	{ "HOOK_DIR=/x",		"HOOK_DIR=/x\n" },
	{ "ON_BOOT=ignore",		"ON_BOOT=ignore\n" },
	{ "ON_BOOT=",			"" },
	{ "BYPASS_CACHE=1",		"BYPASS_CACHE=1\n" },
	{ "BYPASS_CACHE=True",		"BYPASS_CACHE=1\n" },
	{ "BYPASS_CACHE=ON",		"BYPASS_CACHE=1\n" },
	{ "SYNC_TIME=yes",		"SYNC_TIME=1\n" },
	{ "SYNC_TIME=No",		"" },
	{ "SYNC_TIME=0",		"" },
	{ "SYNC_TIME=FALSE",		"" },
	{ "SYNC_TIME=off",		"" },
	{ "PERSISTENT_ONLY=1",		"PERSISTENT_ONLY=yes\n" },
	{ "SHUTDOWN_MODE=agent,ACPI",	"SHUTDOWN_MODE=agent,acpi\n" },
	{ "ON_SHUTDOWN=Shutdown,SUSPEND",
	    "ON_SHUTDOWN=shutdown,suspend\n" },
	{ "ON_BOOT=IGNORE",		"ON_BOOT=ignore\n" },
	{ "BYPASS_CACHE=27",		"BYPASS_CACHE=1\n" },
	{ "BYPASS_CACHE=00",		"" },
	{ "PERSISTENT_ONLY=On",		"PERSISTENT_ONLY=yes\n" },
	{ "PERSISTENT_ONLY=2",		"PERSISTENT_ONLY=yes\n" },
	{ "PERSISTENT_ONLY=YES",	"PERSISTENT_ONLY=yes\n" },
	{ "PERSISTENT_ONLY=true",	"PERSISTENT_ONLY=yes\n" },
	{ "PERSISTENT_ONLY=0",		"PERSISTENT_ONLY=no\n" },
	{ "PERSISTENT_ONLY=no",		"PERSISTENT_ONLY=no\n" },
	{ "PERSISTENT_ONLY=false",	"PERSISTENT_ONLY=no\n" },
	{ "PERSISTENT_ONLY=Default",	"" },
	{ "URIS=xen:/// lxc:///",	"URIS=xen:/// lxc:///\n" },
	/* The value is taken as it is, nothing is quoted or expanded. */
	{ "STATE_DIR=/a b'$X=\\",	"STATE_DIR=/a b'$X=\\\n" },
};

static const struct {
	const char	*keyvalue;
	const char	*why;
	const char	*used;
} not_taken[] = {
	{ "ON_SHUTDOWN=start", "ON_SHUTDOWN: \"start\" is unknown; "
	    "use one of suspend, shutdown, destroy, leave",
	    "; using suspend" },
	{ "ON_SHUTDOWN=leave,shutdown", "ON_SHUTDOWN: \"shutdown\" "
	    "follows an action that must be last",
	    "; using suspend" },
	{ "SHUTDOWN_MODE=agent+acpi", "SHUTDOWN_MODE: \"agent+acpi\" is "
	    "unknown; use one of default, agent, acpi, initctl, signal, "
	    "paravirt", "; using default" },
	{ "SNAPSHOT=yes", "SNAPSHOT: \"yes\" is unknown; use one of no, disk",
	    "; using no" },
	{ "GUESTTAB=tab", "GUESTTAB: \"tab\" is not an absolute path",
	    "; using /etc/libvirt-guests.tab" },
	{ "SHUTDOWN_TIMEOUT=1s", "SHUTDOWN_TIMEOUT: \"1s\" is not a number "
	    "(0 to 604800)", "; using 300" },
	{ "URIS=xen:/// x: lxc:/ y:", "URIS: x:: missing ://",
	    "; using the other URIs" },
	{ "ON_SHUTDOWN", "missing =; use KEY=VALUE", "" },
	{ "", "missing =; use KEY=VALUE", "" },
	{ "=x", "unknown key ", "" },
	{ "on_shutdown=x", "unknown key on_shutdown (did you mean "
	    "ON_SHUTDOWN?)", "" },
	{ "ON_SHUTDOWN =x", "unknown key ON_SHUTDOWN  (did you mean "
	    "ON_SHUTDOWN?)", "" },
	{ "LIBVIRT_SHUTDWON=x", "unknown key LIBVIRT_SHUTDWON (did you mean "
	    "LIBVIRT_SHUTDOWN?)", "" },
	{ "LIBVIRT_SHUTDOWN=destroy", "unknown key LIBVIRT_SHUTDOWN (did you "
	    "mean ON_SHUTDOWN?)", "" },
	{ "FOO\n=1", "unknown key FOO\\n", "" },
	{ "CONNECT_RETRIES=5", "CONNECT_RETRIES, a key of Debian's script "
	    "before libvirt 9.0, has no effect; START_WAIT and "
	    "CONNECT_TIMEOUT limit the wait for a daemon", "" },
};

ATF_TC_WITHOUT_HEAD(override);
ATF_TC_BODY(override, tc)
{
	struct errmsg em;
	struct golden got;
	struct conf c;
	size_t i;

	for (i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		ATF_REQUIRE_EQ(0, conf_init(&c, NULL));
		ATF_CHECK_MSG(conf_override(&c, taken[i].keyvalue, &em) == 0,
		    "%s", em.text);
		got.text[0] = '\0';
		got.len = 0;
		put_changes(&got, &c);
		ATF_CHECK_MSG(strcmp(taken[i].change, got.text) == 0,
		    "%s: %s", taken[i].keyvalue, got.text);
		conf_free(&c);
	}
	ATF_REQUIRE_EQ(0, conf_init(&c, NULL));
	for (i = 0; i < sizeof(not_taken) / sizeof(not_taken[0]); i++) {
		got.len = 0;
		golden_put(&got, "-o %s: %s%s",
		    not_taken[i].keyvalue[0] == 'F' ?
		    "FOO\\n=1" : not_taken[i].keyvalue, not_taken[i].why,
		    not_taken[i].used);
		ATF_CHECK_EQ(-1, conf_override(&c, not_taken[i].keyvalue,
		    &em));
		ATF_CHECK_STREQ(got.text, em.text);
	}
	conf_free(&c);
}

/* What is refused returns to the default of the file's family. */
ATF_TC_WITHOUT_HEAD(override_default);
ATF_TC_BODY(override_default, tc)
{
	struct errmsg em;
	struct conf c;

	ATF_REQUIRE_EQ(0, conf_init(&c,
	    conf_family("/etc/default/libvirt-guests")));
	ATF_REQUIRE_EQ(0, conf_override(&c, "ON_SHUTDOWN=suspend", &em));
	ATF_REQUIRE_EQ(0, conf_override(&c, "URIS=lxc:///", &em));
	ATF_CHECK_EQ(-1, conf_override(&c, "ON_SHUTDOWN=x", &em));
	ATF_CHECK_EQ(POLICY_SHUTDOWN, c.on_shutdown[0]);
	ATF_CHECK_EQ(-1, conf_override(&c, "URIS=xen:/// x:", &em));
	ATF_CHECK_EQ(1, c.nuris);
	ATF_CHECK_STREQ("xen:///", c.uris[0]);
	ATF_CHECK_EQ(CONF_LIMITED, conf_override(&c, "START_WAIT=999999",
	    &em));
	ATF_CHECK_STREQ("-o START_WAIT=999999: START_WAIT: \"999999\" is too "
	    "large (0 to 86400); using the limit", em.text);
	ATF_CHECK_EQ(86400, c.start_wait);
	conf_free(&c);
}

/* A family given to conf_parse is the one that holds. */
ATF_TC_WITHOUT_HEAD(parse_family);
ATF_TC_BODY(parse_family, tc)
{
	static const char text[] = "ON_SHUTDOWN=\n";
	struct conf_source src = { .file = "f", .text = text,
	    .len = sizeof(text) - 1 };
	struct conf c;

	ATF_REQUIRE_EQ(0, conf_init(&c, NULL));
	src.family = conf_family("/etc/default/libvirt-guests");
	ATF_CHECK_EQ(0, conf_parse(&c, &src, NULL, NULL));
	ATF_CHECK_EQ(POLICY_SHUTDOWN, c.on_shutdown[0]);
	src.family = family_find("ubuntu-upstart");
	ATF_CHECK_EQ(0, conf_parse(&c, &src, NULL, NULL));
	ATF_CHECK(c.shutdown_total);
	conf_free(&c);
}

/* What a family brings besides its defaults. */
ATF_TC_WITHOUT_HEAD(recognised);
ATF_TC_BODY(recognised, tc)
{
	static const struct {
		const char	*text;
		const char	*name;
		const char	*list;
		bool		 total;
	} cases[] = {
		{ "ON_BOOT=start\n", "debian", "", false },
		{ "LIBVIRT_START=no\n", "gentoo", "libvirt-guests.state",
		    false },
		{ "libvirt_uris=\n", "ubuntu-upstart", "", true },
		/* Our spelling of the time leaves it that of all. */
		{ "SHUTDOWN_TIMEOUT=5\nlibvirt_uris=\n", "ubuntu-upstart",
		    "", true },
		/* No key at all: a refused line. */
		{ "LIBVIRT_START=$(no)\n", "debian", "", false },
	};
	struct conf c;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ATF_REQUIRE_EQ(0, conf_init(&c, family_named("debian")));
		(void)parse(&c, "f", cases[i].text, NULL);
		ATF_CHECK_STREQ(cases[i].name, c.family->name);
		ATF_CHECK_STREQ(cases[i].list, c.family->list == NULL ? "" :
		    c.family->list);
		ATF_CHECK_MSG(c.shutdown_total == cases[i].total, "%s",
		    cases[i].text);
		/* The command line refused falls back on that family. */
		ATF_CHECK_EQ(-1, conf_override(&c, "ON_BOOT=x", NULL));
		ATF_CHECK_EQ(strcmp(cases[i].name, "gentoo") == 0 ?
		    CONF_BOOT_START : CONF_BOOT_IGNORE, c.on_boot);
		conf_free(&c);
	}
}

/* Nobody listens: the errors are counted all the same. */
ATF_TC_WITHOUT_HEAD(deaf);
ATF_TC_BODY(deaf, tc)
{
	struct conf c;

	ATF_REQUIRE_EQ(0, conf_init(&c, NULL));
	ATF_CHECK_EQ(3, parse(&c, "f",
	    "ON_BOOT=x\ncmd\nFOO=1\nURIS='x: y'\nSTART_WAIT=1", NULL));
	ATF_CHECK_EQ(1, c.start_wait);
	conf_free(&c);
}

ATF_TC_WITHOUT_HEAD(set_uris);
ATF_TC_BODY(set_uris, tc)
{
	char a[] = "lxc:///", b[] = "", bad[] = "qemu+x:///", blank[] = "a b";
	char *good[] = { a, b, a }, *one_bad[] = { a, bad, blank };
	struct errmsg em;
	struct conf c;

	ATF_REQUIRE_EQ(0, conf_init(&c, NULL));
	ATF_REQUIRE_EQ(0, conf_override(&c, "URIS=xen:/// test:///x", &em));
	ATF_CHECK_EQ(0, conf_set_uris(&c, NULL, 0, &em));
	ATF_CHECK_EQ(2, c.nuris);
	ATF_CHECK_EQ(-1, conf_set_uris(&c, one_bad, 3, &em));
	ATF_CHECK_STREQ("-c qemu+x:///: unknown transport \"x\"; use one of "
	    "unix, tcp, tls, ssh, ext; using the other URIs", em.text);
	ATF_CHECK_EQ(1, c.nuris);
	ATF_CHECK_STREQ("lxc:///", c.uris[0]);
	ATF_CHECK_EQ(-1, conf_set_uris(&c, one_bad + 2, 1, &em));
	ATF_CHECK_STREQ("-c a b: blank in the URI; using the configured URIs",
	    em.text);
	ATF_CHECK_EQ(1, c.nuris);
	ATF_CHECK_EQ(0, conf_set_uris(&c, good, 3, &em));
	ATF_REQUIRE_EQ(2, c.nuris);
	ATF_CHECK_STREQ("lxc:///", c.uris[0]);
	ATF_CHECK_STREQ("default", c.uris[1]);
	conf_free(&c);
}

ATF_TC_WITHOUT_HEAD(many_uris);
ATF_TC_BODY(many_uris, tc)
{
	struct golden t = { "", 0 }, found = { "", 0 };
	struct conf c;
	int i;

	golden_put(&t, "URIS='");
	for (i = 0; i < CONF_URIS; i++)
		golden_put(&t, "a:///%d ", i);
	ATF_REQUIRE_EQ(0, conf_init(&c, NULL));
	golden_put(&t, "a:///0'\n");
	ATF_CHECK_EQ(0, parse(&c, "f", t.text, &found));
	ATF_CHECK_EQ(CONF_URIS, c.nuris);
	t.len -= 2;
	golden_put(&t, " b:///'\n");
	ATF_CHECK_EQ(1, parse(&c, "f", t.text, &found));
	ATF_CHECK_STREQ("error f:1:6: URIS: more than 64 URIs; using the "
	    "other URIs\n", found.text);
	ATF_CHECK_EQ(CONF_URIS, c.nuris);
	conf_free(&c);
}

ATF_TC_WITHOUT_HEAD(long_directory);
ATF_TC_BODY(long_directory, tc)
{
	struct errmsg em;
	struct golden t;
	struct conf c;

	ATF_REQUIRE_EQ(0, conf_init(&c, NULL));
	t.len = 0;
	golden_put(&t, "RUN_DIR=/%01023d", 0);
	ATF_CHECK_EQ(0, conf_override(&c, t.text, &em));
	ATF_CHECK_EQ(1024, strlen(c.run_dir));
	golden_put(&t, "0");
	ATF_CHECK_EQ(-1, conf_override(&c, t.text, &em));
	ATF_CHECK(strstr(em.text, "is too long") != NULL);
	ATF_CHECK_STREQ("/run", c.run_dir);
	conf_free(&c);
}

/* Bytes that steer a terminal do not come through in any message, and the
 * longest names leave room for the reason. */
ATF_TC_WITHOUT_HEAD(messages);
ATF_TC_BODY(messages, tc)
{
	struct golden found = { "", 0 }, t = { "", 0 };
	char file[512];
	struct conf c;
	const char *p;

	memset(file, '\x1b', sizeof(file) - 1);
	file[sizeof(file) - 1] = '\0';
	golden_put(&t, "ON_BOOT='\x1b[2J\x01\xc2\x9b\n\xff%0200d'\n", 0);
	golden_put(&t, "URIS='qemu+\x1b\x9b%0200d:///'\n\x1b\n", 0);
	golden_put(&t, "URIS='qemu:///\x1b%0200d'\n", 0);
	ATF_REQUIRE_EQ(0, conf_init(&c, NULL));
	ATF_CHECK_EQ(4, parse(&c, file, t.text, &found));
	for (p = found.text; *p != '\0'; p++)
		ATF_CHECK_MSG(*p == '\n' || (*p >= ' ' && *p < 0x7f),
		    "byte %d in %s", *p, found.text);
	ATF_CHECK_MSG(strstr(found.text, "is unknown; use one of start, "
	    "ignore; using start\n") != NULL, "%s", found.text);
	ATF_CHECK_MSG(strstr(found.text, "control byte in the URI; using "
	    "default\n") != NULL, "%s", found.text);
	conf_free(&c);
}

ATF_TC_WITHOUT_HEAD(persistent_only);
ATF_TC_BODY(persistent_only, tc)
{
	static const struct {
		const char	*value;
		int		 suspend;
		int		 shutdown;
	} cases[] = {
		{ "PERSISTENT_ONLY=default", 1, 0 },
		{ "PERSISTENT_ONLY=yes", 1, 1 },
		{ "PERSISTENT_ONLY=no", 0, 0 },
	};
	static const enum policy_action suspend[POLICY_CHAIN] = {
		POLICY_SUSPEND
	}, shutdown[POLICY_CHAIN] = { POLICY_SHUTDOWN }, both[POLICY_CHAIN] = {
		POLICY_SUSPEND, POLICY_SHUTDOWN
	};
	struct conf c;
	size_t i;

	ATF_REQUIRE_EQ(0, conf_init(&c, NULL));
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ATF_REQUIRE_EQ(0, conf_override(&c, cases[i].value, NULL));
		ATF_CHECK_MSG(conf_persistent_only(&c, suspend) ==
		    cases[i].suspend, "%s, suspend", cases[i].value);
		ATF_CHECK_MSG(conf_persistent_only(&c, shutdown) ==
		    cases[i].shutdown, "%s, shutdown", cases[i].value);
		ATF_CHECK_MSG(conf_persistent_only(&c, both) ==
		    cases[i].shutdown, "%s, both", cases[i].value);
	}
	conf_free(&c);
}

/* Where ON_SHUTDOWN was set. */
ATF_TC_WITHOUT_HEAD(origin);
ATF_TC_BODY(origin, tc)
{
	static const struct {
		const char	*text;
		const char	*override;
		int		 line;
	} cases[] = {
		{ "ON_BOOT=start\n", NULL, 0 },
		{ "ON_BOOT=start\nON_SHUTDOWN=shutdown\n", NULL, 2 },
		{ "ON_SHUTDOWN=shutdown\n\nON_SHUTDOWN=suspend\n", NULL, 3 },
		{ "ON_SHUTDOWN=shutdown\nON_SHUTDOWN=\n", NULL, 0 },
		{ "# x\nLIBVIRT_SHUTDOWN=shutdown\n", NULL, 2 },
		{ "ON_SHUTDOWN=shutdown\n", "ON_BOOT=start", 1 },
		{ "ON_SHUTDOWN=shutdown\n", "ON_SHUTDOWN=suspend", -1 },
		{ "ON_SHUTDOWN=shutdown\n", "ON_SHUTDOWN=", 0 },
	};
	struct conf_source src = { .file = "f" };
	struct conf c;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ATF_REQUIRE_EQ(0, conf_init(&c, NULL));
		src.text = cases[i].text;
		src.len = strlen(src.text);
		ATF_CHECK_EQ(0, conf_parse(&c, &src, NULL, NULL));
		if (cases[i].override != NULL)
			ATF_CHECK_EQ(0, conf_override(&c, cases[i].override,
			    NULL));
		ATF_CHECK_MSG(c.on_shutdown_line == cases[i].line,
		    "case %zu: %d", i, c.on_shutdown_line);
		conf_free(&c);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, files);
	ATF_TP_ADD_TC(tp, installed);
	ATF_TP_ADD_TC(tp, families);
	ATF_TP_ADD_TC(tp, defaults);
	ATF_TP_ADD_TC(tp, bounds);
	ATF_TP_ADD_TC(tp, override);
	ATF_TP_ADD_TC(tp, override_default);
	ATF_TP_ADD_TC(tp, parse_family);
	ATF_TP_ADD_TC(tp, recognised);
	ATF_TP_ADD_TC(tp, deaf);
	ATF_TP_ADD_TC(tp, set_uris);
	ATF_TP_ADD_TC(tp, many_uris);
	ATF_TP_ADD_TC(tp, long_directory);
	ATF_TP_ADD_TC(tp, messages);
	ATF_TP_ADD_TC(tp, persistent_only);
	ATF_TP_ADD_TC(tp, origin);
	return atf_no_error();
}
