#include "sys/list.h"

#include <atf-c.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/buf.h"

#define T(text)	text, sizeof(text) - 1

#define U1	"11111111-1111-1111-1111-111111111111"
#define U2	"22222222-2222-2222-2222-222222222222"
#define U3	"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"

/* Findings, a line each, as a parser hands them over. */
struct found {
	char	text[4096];
	int	n;
};

static void
found_add(void *arg, enum finding_level level, const char *text)
{
	struct found *f = arg;
	size_t n = strlen(f->text);

	(void)snprintf(f->text + n, sizeof(f->text) - n, "%s%s\n",
	    level == FINDING_ERROR ? "" : "warning: ", text);
	f->n += level == FINDING_ERROR;
}

static int
parse(struct list *l, const char *text, size_t len, struct found *f)
{
	struct list_source src = { "list", text, len };
	char *copy;
	int ret;

	/* Of that size exactly, for the sanitizers to see a read behind it. */
	ATF_REQUIRE((copy = malloc(len == 0 ? 1 : len)) != NULL);
	memcpy(copy, text, len);
	src.text = copy;
	memset(f, 0, sizeof(*f));
	ret = list_parse(l, &src, found_add, f);
	free(copy);
	return ret;
}

static void
format(const struct list *l, char *text, size_t size)
{
	struct buf b;

	ATF_REQUIRE_EQ(0, buf_init(&b, 0, size - 1));
	list_format(l, &b);
	ATF_REQUIRE(!b.bad);
	if (b.len > 0)
		memcpy(text, b.base, b.len);
	text[b.len] = '\0';
	buf_free(&b);
}

static const struct {
	const char	*name;
	const char	*text;
	size_t		 len;
	const char	*formatted;
	const char	*findings;
} cases[] = {
	{ "nothing", T(""), "", "" },
	{ "one", T("default " U1 "\n"), "default " U1 "\n", "" },
	{ "no line end", T("default " U1), "default " U1 "\n", "" },
	{ "two URIs", T("qemu:///system " U1 " " U2 "\nlxc:/// " U3 "\n"),
	    "qemu:///system " U1 " " U2 "\nlxc:/// " U3 "\n", "" },
	{ "same guest, two URIs", T("default " U1 "\nlxc:/// " U1 "\n"),
	    "default " U1 "\nlxc:/// " U1 "\n", "" },
	{ "blanks", T("  default \t " U1 "   " U2 " \n\n \t\n"),
	    "default " U1 " " U2 "\n", "" },
	{ "CR LF", T("default " U1 "\r\n\r\nlxc:/// " U2 "\r\n"),
	    "default " U1 "\nlxc:/// " U2 "\n", "" },
	{ "CR at the end", T("default " U1 "\r"), "default " U1 "\n", "" },
	{ "a line a guest", T("default " U2 "\nlxc:/// " U3 "\ndefault "
	    U1 "\n"), "default " U2 " " U1 "\nlxc:/// " U3 "\n", "" },
	{ "gentoo's state of guests", T("qemu:///system " U2 "\nqemu:///system "
	    U1 "\nlxc:/// " U1 "\nqemu:///system " U3 "\n"),
	    "qemu:///system " U2 " " U1 " " U3 "\nlxc:/// " U1 "\n", "" },
	{ "gentoo's state of networks", T("qemu:///system " U3 "\n"
	    "xen:/// " U3 " \n"), "qemu:///system " U3 "\nxen:/// " U3 "\n",
	    "" },
	{ "both formats", T("lxc:/// " U1 "\nqemu:///system " U1 " " U2 "\n"
	    "lxc:/// " U2 "\n"), "lxc:/// " U1 " " U2 "\nqemu:///system " U1
	    " " U2 "\n", "" },
	{ "twice the same", T("default " U1 " " U1 "\ndefault " U1 "\n"),
	    "default " U1 "\n", "" },
	{ "upper case", T("default AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE\n"),
	    "default " U3 "\n", "" },
	{ "URI alone", T("default\nxen:///\n"), "", "" },
	{ "no UUID", T("default " U1 " web1 " U2 "\nxen:/// x\n"),
	    "default " U1 " " U2 "\n",
	    "list:1:46: \"web1\" is not a UUID; it is ignored\n"
	    "list:2:9: \"x\" is not a UUID; it is ignored\n" },
	{ "short UUID", T("default 11111111-1111-1111-1111-11111111111\n"), "",
	    "list:1:9: \"11111111-1111-1111-1111-11111111111\" is not a UUID; "
	    "it is ignored\n" },
	{ "a word by itself", T("default\ngarbage \nalias " U1 "\n"),
	    "alias " U1 "\n",
	    "list:2:1: \"garbage\" is not a URI; the line is ignored\n" },
	{ "no URI", T("gar:bage " U1 "\n\ndefault " U2 "\n"),
	    "default " U2 "\n",
	    "list:1:1: \"gar:bage\" is not a URI; the line is ignored\n" },
	{ "UUID for a URI", T("\n  " U1 " " U2 "\n"), "",
	    "list:2:3: \"" U1 "\" is not a URI; the line is ignored\n" },
	{ "alias", T("a_-9Z " U1 "\n"), "a_-9Z " U1 "\n", "" },
	{ "NUL in a UUID", T("default " "11111111-1111-1111-1111-1111111\0"
	    "1111 " U2 "\n"), "default " U2 "\n",
	    "list:1:9: \"11111111-1111-1111-1111-1111111\\0001111\" is not "
	    "a UUID; it is ignored\n" },
	{ "NUL behind a UUID", T("default " U1 "\0\n"), "",
	    "list:1:9: \"" U1 "\\000\" is not a UUID; it is ignored\n" },
	{ "NUL in a URI", T("a://\0 " U1 "\ndefault " U2 "\n"),
	    "default " U2 "\n", "list:1:1: \"a://\\000\" contains a "
	    "control byte; the line is ignored\n" },
	{ "escape in a URI", T("a://\x1b[2J " U1 "\n"), "",
	    "list:1:1: \"a://\\e[2J\" contains a control byte; the line is "
	    "ignored\n" },
	{ "DEL in a URI", T("a://\x7f " U1 "\n"), "",
	    "list:1:1: \"a://\\177\" contains a control byte; the line is "
	    "ignored\n" },
	{ "names", T("default " U1 " " U2 "\nlxc:/// " U1 "\n"
	    "#libvirt-guests/1 " U1 "=a%20b " U2 " " U1 "~\xc3\xa9%FF\n"),
	    "default " U1 " " U2 "\nlxc:/// " U1 "\n"
	    "#libvirt-guests/1 " U1 "=a%20b " U2 " " U1 "~\xc3\xa9%FF\n",
	    "" },
	{ "the name of the second of a UUID", T("default " U1 "\nlxc:/// " U1
	    "\n#libvirt-guests/1 " U1 " " U1 "=b\n"), "default " U1
	    "\nlxc:/// " U1 "\n#libvirt-guests/1 " U1 " " U1 "=b\n", "" },
	{ "names after a change by hand", T("lxc:/// " U3 "\ndefault " U2
	    "\n#libvirt-guests/1 " U1 "=a " U2 "=b " U3 "=c\n"),
	    "lxc:/// " U3 "\ndefault " U2 "\n#libvirt-guests/1 " U3 "=c "
	    U2 "=b\n", "" },
	{ "names of a newer version", T("default " U1 " " U2
	    "\n#libvirt-guests/2 " U1 "=a%20b x " U2 "?c\n"),
	    "default " U1 " " U2 "\n#libvirt-guests/1 " U1 "=a%20b " U2 "\n",
	    "" },
	{ "malformed names", T("default " U1 " " U2 "\n#libvirt-guests/1 "
	    U1 "=%2 x " U2 "=c\n"),
	    "default " U1 " " U2 "\n#libvirt-guests/1 " U1 " " U2 "=c\n",
	    "warning: list:2:19: \"" U1 "=%2\" is not UUID=NAME; it is "
	    "ignored\n"
	    "warning: list:2:59: \"x\" is not UUID=NAME; it is ignored\n" },
	{ "no version", T("default " U1 "\n#libvirt-guests/ " U1 "=a\n"
	    "# " U2 "\n#libvirt-guests/x\n"), "default " U1 "\n",
	    "warning: list:2:1: \"#libvirt-guests/\" does not begin a line "
	    "of names; the line is ignored\n"
	    "warning: list:3:1: \"#\" does not begin a line of names; the "
	    "line is ignored\n"
	    "warning: list:4:1: \"#libvirt-guests/x\" does not begin a line "
	    "of names; the line is ignored\n" },
	{ "names alone", T("#libvirt-guests/1 " U1 "=a\n"), "", "" },
	{ "names before their guests", T("#libvirt-guests/1 " U1 "=a\n"
	    "default " U1 "\n"), "default " U1 "\n#libvirt-guests/1 " U1
	    "=a\n", "" },
	{ "CR inside", T("default " U1 "\r" U2 "\n"), "",
	    "list:1:9: \"" U1 "\\r22222222-2222-2222-2222-2\" is not a "
	    "UUID; it is ignored\n" },
};

ATF_TC_WITHOUT_HEAD(texts);
ATF_TC_BODY(texts, tc)
{
	struct list l;
	struct found f;
	char text[4096];
	size_t i;
	int n;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		list_init(&l);
		n = parse(&l, cases[i].text, cases[i].len, &f);
		format(&l, text, sizeof(text));
		ATF_CHECK_MSG(strcmp(text, cases[i].formatted) == 0,
		    "%s: formatted\n%s", cases[i].name, text);
		ATF_CHECK_MSG(strcmp(f.text, cases[i].findings) == 0,
		    "%s: found\n%s", cases[i].name, f.text);
		ATF_CHECK_MSG(n == f.n, "%s: %d errors", cases[i].name, n);
		list_free(&l);
	}
}

/* Errors are counted when nobody listens, too. */
ATF_TC_WITHOUT_HEAD(deaf);
ATF_TC_BODY(deaf, tc)
{
	struct list_source src = { "list", T("default x y\nz:\n") };
	struct list l;

	list_init(&l);
	ATF_CHECK_EQ(3, list_parse(&l, &src, NULL, NULL));
	list_free(&l);
}

/* A URI of 4096 bytes is one, a longer one is not; neither is a long name of
 * the file a reason for a message without its line. */
ATF_TC_WITHOUT_HEAD(bounds);
ATF_TC_BODY(bounds, tc)
{
	static char text[8192], file[2048];
	struct list_source src = { file, text, 0 };
	struct found f = { "", 0 };
	struct list l;
	int n;

	memset(file, 'f', sizeof(file) - 1);
	for (n = 4096; n <= 4097; n++) {
		(void)snprintf(text, sizeof(text), "a://%0*d " U1 "\n", n - 4,
		    0);
		src.len = strlen(text);
		list_init(&l);
		ATF_CHECK_EQ(n - 4096, list_parse(&l, &src, found_add, &f));
		ATF_CHECK_EQ(n == 4096, l.n);
		list_free(&l);
	}
	ATF_CHECK(strstr(f.text, "f:1:1: \"a://000") != NULL);
	ATF_CHECK(strstr(f.text, "is too long") != NULL);
}

ATF_TC_WITHOUT_HEAD(parse_adds);
ATF_TC_BODY(parse_adds, tc)
{
	struct list l;
	struct found f;
	char text[4096];

	list_init(&l);
	ATF_CHECK_EQ(0, parse(&l, T("default " U1 "\n"), &f));
	ATF_CHECK_EQ(0, parse(&l, T("default " U2 " " U1 "\n"), &f));
	format(&l, text, sizeof(text));
	ATF_CHECK_STREQ("default " U1 " " U2 "\n", text);
	list_free(&l);
}

static void
uuid_of(unsigned i, unsigned char uuid[UUID_LEN])
{
	memset(uuid, 0x40, UUID_LEN);
	uuid[3] = (unsigned char)(i >> 8);
	uuid[12] = (unsigned char)i;
}

ATF_TC_WITHOUT_HEAD(add_remove);
ATF_TC_BODY(add_remove, tc)
{
	unsigned char uuid[UUID_LEN];
	struct list l;
	unsigned i;

	list_init(&l);
	uuid_of(0, uuid);
	list_remove(&l, "default", uuid);
	ATF_CHECK_EQ(0, l.n);
	for (i = 0; i < 1000; i++) {
		uuid_of(i, uuid);
		ATF_REQUIRE_EQ(0, list_add(&l, i % 2 ? "a:///" : "b:///",
		    uuid));
		ATF_REQUIRE_EQ(0, list_add(&l, i % 2 ? "a:///" : "b:///",
		    uuid));
	}
	ATF_CHECK_EQ(1000, l.n);
	for (i = 0; i < 1000; i += 3) {
		uuid_of(i, uuid);
		/* Not of that URI. */
		list_remove(&l, i % 2 ? "b:///" : "a:///", uuid);
		ATF_CHECK(list_has(&l, i % 2 ? "a:///" : "b:///", uuid));
		list_remove(&l, i % 2 ? "a:///" : "b:///", uuid);
		ATF_CHECK(!list_has(&l, i % 2 ? "a:///" : "b:///", uuid));
	}
	ATF_REQUIRE_EQ(666, l.n);
	/* The others stay, in their order. */
	for (i = 0; i < 666; i++) {
		uuid_of(i / 2 * 3 + i % 2 + 1, uuid);
		ATF_REQUIRE_MSG(memcmp(uuid, l.entry[i].uuid, UUID_LEN) == 0,
		    "entry %u", i);
	}
	list_free(&l);
	ATF_CHECK_EQ(0, l.n);
	list_free(&l);
}

ATF_TC_WITHOUT_HEAD(lines);
ATF_TC_BODY(lines, tc)
{
	struct list l;
	struct found f;
	struct buf b;

	list_init(&l);
	ATF_CHECK_EQ(0, parse(&l, T("default " U1 "\nxen:/// " U1 "\n"
	    "default " U2 "\n"), &f));
	ATF_REQUIRE_EQ(0, buf_init(&b, 0, 1000));
	list_format_lines(&l, &b);
	buf_put(&b, "", 1);
	ATF_REQUIRE(!b.bad);
	ATF_CHECK_STREQ("default " U1 "\nxen:/// " U1 "\ndefault " U2 "\n",
	    (const char *)b.base);
	buf_free(&b);
	list_free(&l);
}

/* A buffer that is too small is bad, no more. */
ATF_TC_WITHOUT_HEAD(format_full);
ATF_TC_BODY(format_full, tc)
{
	struct list l;
	struct found f;
	struct buf b;

	list_init(&l);
	ATF_CHECK_EQ(0, parse(&l, T("default " U1 " " U2 "\n"), &f));
	ATF_REQUIRE_EQ(0, buf_init(&b, 0, 60));
	list_format(&l, &b);
	ATF_CHECK(b.bad);
	buf_free(&b);
	list_free(&l);
}

/* An entry that is not listed is not in the file; it is listed at its end. */
ATF_TC_WITHOUT_HEAD(unlisted);
ATF_TC_BODY(unlisted, tc)
{
	unsigned char uuid[UUID_LEN];
	struct list_entry *e;
	struct list l;
	struct found f;
	char text[4096];

	list_init(&l);
	ATF_REQUIRE_EQ(0, uuid_parse(U2, uuid));
	ATF_REQUIRE((e = list_entry(&l, "default", uuid)) != NULL);
	ATF_CHECK(list_find(&l, "default", uuid) == e);
	ATF_CHECK(list_entry(&l, "default", uuid) == e);
	ATF_CHECK(!list_has(&l, "default", uuid));
	list_name(e, "two");
	ATF_CHECK_EQ(0, parse(&l, T("default " U1 "\n"), &f));
	ATF_CHECK_EQ(1, list_count(&l));
	format(&l, text, sizeof(text));
	ATF_CHECK_STREQ("default " U1 "\n", text);
	ATF_REQUIRE_EQ(0, list_add(&l, "default", uuid));
	ATF_CHECK_EQ(2, list_count(&l));
	format(&l, text, sizeof(text));
	ATF_CHECK_STREQ("default " U1 " " U2 "\n#libvirt-guests/1 " U1 " " U2
	    "=two\n", text);
	list_free(&l);
}

/* Names have bounds: each one, and all that a file has room for. */
ATF_TC_WITHOUT_HEAD(name_bounds);
ATF_TC_BODY(name_bounds, tc)
{
	static char name[LIST_NAME + 2], text[65536];
	unsigned char uuid[UUID_LEN];
	struct list l, back;
	struct found f;
	struct buf b;
	size_t size;
	unsigned i;

	memset(name, '\n', sizeof(name) - 1);
	list_init(&l);
	for (i = 0; i < 20; i++) {
		uuid_of(i, uuid);
		ATF_REQUIRE_EQ(0, list_add(&l, "default", uuid));
		list_name(&l.entry[i], name);
		ATF_CHECK_EQ(LIST_NAME, strlen(l.entry[i].name));
	}
	for (size = 760; size < 20000; size += 101) {
		ATF_REQUIRE_EQ(0, buf_init(&b, 0, size));
		list_format(&l, &b);
		ATF_REQUIRE(!b.bad);
		memcpy(text, b.base, b.len);
		list_init(&back);
		ATF_CHECK_EQ(0, parse(&back, text, b.len, &f));
		ATF_CHECK_STREQ("", f.text);
		ATF_CHECK_EQ(20, list_count(&back));
		ATF_CHECK_EQ('\n', text[b.len - 1]);
		list_free(&back);
		buf_free(&b);
	}
	list_free(&l);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, texts);
	ATF_TP_ADD_TC(tp, deaf);
	ATF_TP_ADD_TC(tp, bounds);
	ATF_TP_ADD_TC(tp, parse_adds);
	ATF_TP_ADD_TC(tp, add_remove);
	ATF_TP_ADD_TC(tp, lines);
	ATF_TP_ADD_TC(tp, format_full);
	ATF_TP_ADD_TC(tp, unlisted);
	ATF_TP_ADD_TC(tp, name_bounds);
	return atf_no_error();
}
