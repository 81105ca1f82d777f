#include "wire/domxml.h"

#include <atf-c.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS	"http://libosinfo.org/xmlns/libvirt/domain/1.0"
#define OPEN	"<domain type='qemu' id='7'><name>a &lt; b</name>" \
		"<os><type arch='x86_64'>hvm</type></os><metadata>"
#define CLOSE	"</metadata><devices><disk/></devices></domain>\n"
#define DEBIAN	"http://debian.org/debian/12"

static const struct {
	const char	*name;
	const char	*xml;
	int		 rv;
	const char	*os;
} cases[] = {
	{ "as libvirt writes it", OPEN "<libosinfo:libosinfo xmlns:libosinfo="
	    "\"" NS "\">\n  <libosinfo:os id=\"" DEBIAN "\"/>\n"
	    "</libosinfo:libosinfo>" CLOSE, 1, DEBIAN },
	{ "another prefix, the other quotes, blanks", OPEN "<x:libosinfo "
	    "xmlns:x = '" NS "' ><x:os\n\tid\n=\n'" DEBIAN "' >"
	    "</x:os ></x:libosinfo>" CLOSE, 1, DEBIAN },
	{ "no prefix", OPEN "<libosinfo xmlns='" NS "'><os id='a'/>"
	    "</libosinfo>" CLOSE, 1, "a" },
	{ "bound by the element itself", OPEN "<o:os id='a' xmlns:o='" NS
	    "'/>" CLOSE, 1, "a" },
	{ "other attributes beside it", OPEN "<o:os o:id='no' "
	    "version='id' id='a' xmlns:o='" NS "' b='c'/>" CLOSE, 1, "a" },
	{ "entities", OPEN "<o:os xmlns:o='" NS "' id='&lt;&gt;&amp;&quot;"
	    "&apos;&#65;&#x42;&#x63;&#xE9;&#8364;&#x1F600;'/>" CLOSE, 1,
	    "<>&\"'ABc\303\251\342\202\254\360\237\230\200" },
	{ "an entity in the namespace", OPEN "<o:os id='a' xmlns:o='http:"
	    "&#47;/libosinfo.org/xmlns/libvirt/domain/1.0'/>" CLOSE, 1, "a" },
	{ "a blank of any kind is a blank", OPEN "<o:os xmlns:o='" NS
	    "' id='a\nb\tc'/>" CLOSE, 1, "a b c" },
	{ "an id of nothing", OPEN "<o:os xmlns:o='" NS "' id=''/>" CLOSE,
	    1, "" },
	{ "the other quote inside", OPEN "<o:os xmlns:o='" NS "' id=\"'>\"/>"
	    CLOSE, 1, "'>" },
	{ "behind what is passed over", "<?xml version='1.0'?><!-- <x> "
	    "<o:os xmlns:o='" NS "' id='no'/> -->" OPEN "<![CDATA[<o:os "
	    "xmlns:o='" NS "' id='no'/>]]><?o <o:os id='no'/>?><o:os "
	    "xmlns:o='" NS "' id='a'/>" CLOSE, 1, "a" },
	{ "the first of two", OPEN "<o:a xmlns:o='" NS "'><o:os id='a'/>"
	    "<o:os id='b'/></o:a>" CLOSE, 1, "a" },
	{ "the first of two that has an id", OPEN "<o:a xmlns:o='" NS "'>"
	    "<o:os/><o:os id='b'/></o:a>" CLOSE, 1, "b" },
	{ "a prefix bound anew", OPEN "<o:a xmlns:o='" NS "'><o:b "
	    "xmlns:o='urn:b'><o:os id='no'/></o:b><o:os id='a'/></o:a>"
	    CLOSE, 1, "a" },

	{ "none", OPEN CLOSE, 0, "" },
	{ "an element alone", "<domain/>", 0, "" },
	{ "another namespace", OPEN "<o:os xmlns:o='" NS "x' id='no'/>" CLOSE,
	    0, "" },
	{ "a prefix bound by nobody", OPEN "<libosinfo:os id='no'/>" CLOSE, 0,
	    "" },
	{ "a prefix bound elsewhere", OPEN "<o:a xmlns:o='" NS "'/>"
	    "<o:os id='no'/>" CLOSE, 0, "" },
	{ "a prefix bound elsewhere, with an end", OPEN "<o:a xmlns:o='" NS
	    "'></o:a><o:os id='no'/>" CLOSE, 0, "" },
	{ "a default is for no prefix", OPEN "<a xmlns='" NS "'><b:os "
	    "xmlns:b='urn:b' id='no'/></a>" CLOSE, 0, "" },
	{ "another name", OPEN "<o:oss xmlns:o='" NS "' id='no'/>" CLOSE, 0,
	    "" },
	{ "the name as prefix", OPEN "<os:o xmlns:os='" NS "' id='no'/>"
	    CLOSE, 0, "" },
	{ "no id", OPEN "<o:os xmlns:o='" NS "'/>" CLOSE, 0, "" },
	{ "an id of another tag", OPEN "<o:a xmlns:o='" NS "' id='no'>"
	    "<o:os/></o:a>" CLOSE, 0, "" },

	{ "nothing", "", -1, "" },
	{ "text", "domain", -1, "" },
	{ "a doctype", "<!DOCTYPE domain>" OPEN CLOSE, -1, "" },
	{ "an end too early", "<domain></domain></domain>", -1, "" },
	{ "another end", "<a><b></a></b>", -1, "" },
	{ "no end", OPEN, -1, "" },
	{ "no end of a tag", "<a", -1, "" },
	{ "no end of an empty tag", "<a/", -1, "" },
	{ "no end of an end tag", "<a></a", -1, "" },
	{ "no name", "<>", -1, "" },
	{ "no name of an end", "<a></>", -1, "" },
	{ "no value", "<a b/>", -1, "" },
	{ "no quotes", "<a b=c/>", -1, "" },
	{ "no end of a value", "<a b='c/>", -1, "" },
	{ "a tag in a value", "<a b='<'/>", -1, "" },
	{ "no end of a comment", "<a><!-- ->", -1, "" },
	{ "no end of CDATA", "<a><![CDATA[ ]>", -1, "" },
	{ "no end of an instruction", "<a><?b>", -1, "" },
	{ "an unknown entity", OPEN "<o:os xmlns:o='" NS "' id='&nbsp;'/>"
	    CLOSE, -1, "" },
	{ "an entity without end", OPEN "<o:os xmlns:o='" NS "' id='&lt'/>"
	    CLOSE, -1, "" },
	{ "no number", OPEN "<o:os xmlns:o='" NS "' id='&#;'/>" CLOSE, -1,
	    "" },
	{ "no hexadecimal number", OPEN "<o:os xmlns:o='" NS "' id='&#x;'/>"
	    CLOSE, -1, "" },
	{ "a digit too many", OPEN "<o:os xmlns:o='" NS "' id='&#6a;'/>"
	    CLOSE, -1, "" },
	{ "the character 0", OPEN "<o:os xmlns:o='" NS "' id='&#0;'/>" CLOSE,
	    -1, "" },
	{ "half a character", OPEN "<o:os xmlns:o='" NS "' id='&#xd800;'/>"
	    CLOSE, -1, "" },
	{ "beyond all characters", OPEN "<o:os xmlns:o='" NS
	    "' id='&#x110000;'/>" CLOSE, -1, "" },
	{ "beyond all numbers", OPEN "<o:os xmlns:o='" NS
	    "' id='&#x100000041;'/>" CLOSE, -1, "" },
};

/* The same bytes in memory of just that size. */
static int
scan(const char *xml, size_t len, char os[DOMXML_OS])
{
	char *copy = malloc(len + 1);
	int rv;

	ATF_REQUIRE(copy != NULL);
	memcpy(copy + 1, xml, len);
	memset(os, 'x', DOMXML_OS);
	rv = domxml_os(copy + 1, len, os);
	free(copy);
	ATF_CHECK(memchr(os, '\0', DOMXML_OS) != NULL);
	ATF_CHECK(rv == 1 || os[0] == '\0');
	return rv;
}

ATF_TC_WITHOUT_HEAD(table);
ATF_TC_BODY(table, tc)
{
	char os[DOMXML_OS];
	size_t i;
	int rv;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rv = scan(cases[i].xml, strlen(cases[i].xml), os);
		ATF_CHECK_EQ_MSG(cases[i].rv, rv, "%s: %d", cases[i].name, rv);
		ATF_CHECK_STREQ_MSG(cases[i].os, os, "%s", cases[i].name);
	}
}

/* What is as long as may be, and one byte more. */
ATF_TC_WITHOUT_HEAD(bounds);
ATF_TC_BODY(bounds, tc)
{
	static char xml[65536];
	char id[DOMXML_OS + 1], os[DOMXML_OS];
	size_t n, i, depth;

	for (n = DOMXML_OS - 1; n <= DOMXML_OS; n++) {
		memset(id, 'a', n);
		id[n] = '\0';
		(void)snprintf(xml, sizeof(xml), OPEN "<o:os xmlns:o='" NS
		    "' id='%s'/>" CLOSE, id);
		ATF_CHECK_EQ(n < DOMXML_OS ? 1 : -1,
		    scan(xml, strlen(xml), os));
	}
	for (depth = 128; depth <= 129; depth++) {
		for (n = i = 0; i < depth; i++)
			n += (size_t)snprintf(xml + n, sizeof(xml) - n,
			    "<a>");
		for (i = 0; i < depth; i++)
			n += (size_t)snprintf(xml + n, sizeof(xml) - n,
			    "</a>");
		ATF_CHECK_EQ(depth == 128 ? 0 : -1, scan(xml, n, os));
	}
	for (depth = 64; depth <= 65; depth++) {
		n = (size_t)snprintf(xml, sizeof(xml), "<a");
		for (i = 0; i < depth; i++)
			n += (size_t)snprintf(xml + n, sizeof(xml) - n,
			    " xmlns:b%zu='c'", i);
		n += (size_t)snprintf(xml + n, sizeof(xml) - n, "/>");
		ATF_CHECK_EQ(depth == 64 ? 0 : -1, scan(xml, n, os));
	}
}

/* As libvirt 9.0 writes it, except for what is of no interest. */
#define QEMU	"<domain type='kvm' id='1'><name>a</name>" \
		"<memory unit='KiB'>32768</memory>\n" \
		"<currentMemory unit='KiB'>16384</currentMemory>\n" \
		"<os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type>" \
		"</os>"
#define ALL	(DOMXML_QEMU | DOMXML_X86)
#define CHANNEL(state, name) \
		"<channel type='unix'><source mode='bind'/><target " \
		"type='virtio' name='" name "' state='" state "'/>" \
		"<alias name='channel0'/></channel>"
#define AGENT	"org.qemu.guest_agent.0"

static const struct {
	const char	*name;
	const char	*xml;
	unsigned	 set;
	uint64_t	 memory;
} facts[] = {
	{ "nothing", "<domain/>", 0, 0 },
	{ "a guest", QEMU "</domain>", ALL, 16777216 },
	{ "a container", "<domain type='lxc'><devices><filesystem "
	    "type='mount'><source dir='/'/></filesystem></devices></domain>",
	    DOMXML_LXC | DOMXML_SHARED, 0 },
	{ "ACPI", QEMU "<features><apic/><acpi/></features></domain>",
	    ALL | DOMXML_ACPI, 16777216 },
	{ "ACPI elsewhere", QEMU "<acpi/><devices><acpi index='1'/>"
	    "<a><features><acpi/></features></a></devices></domain>", ALL,
	    16777216 },
	{ "a device of the host", QEMU "<devices><hostdev mode='subsystem' "
	    "type='pci' managed='yes'/></devices></domain>",
	    ALL | DOMXML_HOSTDEV, 16777216 },
	{ "a USB device", QEMU "<devices><hostdev mode='subsystem' "
	    "type='usb'/></devices></domain>", ALL, 16777216 },
	{ "an interface of the host", QEMU "<devices><interface "
	    "type='network'/><interface type='hostdev' managed='yes'>"
	    "</interface></devices></domain>", ALL | DOMXML_HOSTDEV,
	    16777216 },
	{ "a shared directory", QEMU "<devices><filesystem type='mount' "
	    "accessmode='passthrough'><driver type='virtiofs'/></filesystem>"
	    "</devices></domain>", ALL | DOMXML_SHARED, 16777216 },
	{ "an agent", QEMU "<devices>" CHANNEL("connected", AGENT)
	    "</devices></domain>", ALL | DOMXML_AGENT | DOMXML_AGENT_UP,
	    16777216 },
	{ "an agent that does not run", QEMU "<devices>"
	    CHANNEL("connected", "com.redhat.spice.0")
	    CHANNEL("disconnected", AGENT) "</devices></domain>",
	    ALL | DOMXML_AGENT, 16777216 },
	{ "only in a comment", QEMU "<!-- <devices><hostdev type='pci'/> -->"
	    "<metadata><a><devices><hostdev type='pci'/></devices></a>"
	    "</metadata></domain>", ALL, 16777216 },
	{ "a memory of no number", "<domain type='qemu'><currentMemory>1x"
	    "</currentMemory></domain>", DOMXML_QEMU, 0 },
	{ "of another root", "<domstatus><domain type='qemu'/></domstatus>",
	    0, 0 },
};

ATF_TC_WITHOUT_HEAD(facts_table);
ATF_TC_BODY(facts_table, tc)
{
	struct domxml_facts f;
	size_t i, n, len;
	char *copy;

	for (i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		len = strlen(facts[i].xml);
		ATF_REQUIRE_EQ_MSG(0, domxml_facts(facts[i].xml, len, &f),
		    "%s", facts[i].name);
		ATF_CHECK_MSG(f.set == facts[i].set, "%s: %x, not %x",
		    facts[i].name, f.set, facts[i].set);
		ATF_CHECK_EQ_MSG(facts[i].memory, f.memory, "%s",
		    facts[i].name);
		/* A beginning of it is malformed, and has no facts. */
		for (n = 0; n < len; n++) {
			copy = malloc(n + 1);
			ATF_REQUIRE(copy != NULL);
			memcpy(copy + 1, facts[i].xml, n);
			ATF_CHECK_EQ(-1, domxml_facts(copy + 1, n, &f));
			ATF_CHECK(f.set == 0 && f.memory == 0);
			free(copy);
		}
	}
}

/* Every beginning of every case, and NUL at every place. */
ATF_TC_WITHOUT_HEAD(cut);
ATF_TC_BODY(cut, tc)
{
	char xml[1024], os[DOMXML_OS];
	size_t i, n, len;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		len = strlen(cases[i].xml);
		ATF_REQUIRE(len < sizeof(xml));
		for (n = 0; n < len; n++) {
			(void)scan(cases[i].xml, n, os);
			memcpy(xml, cases[i].xml, len);
			xml[n] = '\0';
			(void)scan(xml, len, os);
		}
	}
}

static uint32_t
noise(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Bytes changed, dropped and doubled, of those that mean something most. */
ATF_TC_WITHOUT_HEAD(mutated);
ATF_TC_BODY(mutated, tc)
{
	static const char bytes[] = "<>/='\"&;:#x!-[]? \n\0os";
	char xml[1024], os[DOMXML_OS];
	uint32_t seed = 1;
	size_t i, round, k, at, len;

	for (round = 0; round < 2000; round++) {
		i = noise(&seed) % (sizeof(cases) / sizeof(cases[0]));
		len = strlen(cases[i].xml);
		memcpy(xml, cases[i].xml, len);
		for (k = noise(&seed) % 4; len > 1 && k > 0; k--) {
			at = noise(&seed) % len;
			if (noise(&seed) % 4 == 0)
				memmove(xml + at, xml + at + 1,
				    --len - at);
			else if (noise(&seed) % 4 == 0)
				memmove(xml + at, xml, len - at);
			else
				xml[at] = bytes[noise(&seed) % sizeof(bytes)];
		}
		(void)scan(xml, len, os);
	}
}

/* As libvirt 9.0 writes it, but for what is of no interest. */
#define STATUS "<!--\nWARNING: <domstatus>\n-->\n\n" \
	"<domstatus state='running' " \
	"reason='booted' pid='130'>\n  <taint flag='x'/>\n" \
	"  <monitor path='/var/lib/a&amp;b/monitor.sock' type='unix'/>\n" \
	"  <vcpus>\n    <name>no</name><uuid>no</uuid></vcpus>\n" \
	"  <job><monitor path='no'/><domain id='no'/></job>\n" \
	"  <domain type='qemu' id='17'>\n    <name>a &lt;b&gt;</name>\n" \
	"    <uuid>67343e74-da64-4f24-9d59-392880390169</uuid>\n" \
	"    <os><name>no</name></os><metadata>" \
	"<domain id='no'><name>no</name><uuid>no</uuid></domain>" \
	"</metadata><name>no</name>\n  </domain>\n</domstatus>\n"

static int
status(const char *xml, size_t len, char out[DOMXML_NSTATUS][DOMXML_OS])
{
	char *exact = malloc(len + 1);
	int rv;

	ATF_REQUIRE(exact != NULL);
	memcpy(exact, xml, len);
	/* Not a byte behind it is there, as far as anyone can tell. */
	exact = realloc(exact, len > 0 ? len : 1);
	rv = domxml_status(exact, len, out);
	free(exact);
	return rv;
}

static const char *const needed[] = { "<monitor", " path=", " id='17",
    "<name>a", "<uuid>6", "<domstatus s", "<domain t", "&lt;" };

ATF_TC_WITHOUT_HEAD(status);
ATF_TC_BODY(status, tc)
{
	char out[DOMXML_NSTATUS][DOMXML_OS], xml[2048], *at;
	size_t len = strlen(STATUS), n;

	ATF_REQUIRE_EQ(0, status(STATUS, len, out));
	ATF_CHECK_STREQ("/var/lib/a&b/monitor.sock", out[DOMXML_MONITOR]);
	ATF_CHECK_STREQ("17", out[DOMXML_ID]);
	ATF_CHECK_STREQ("a <b>", out[DOMXML_NAME]);
	ATF_CHECK_STREQ("67343e74-da64-4f24-9d59-392880390169",
	    out[DOMXML_UUID]);
	/* Cut anywhere before its end it is none. */
	for (n = 0; n < len - 2; n++)
		ATF_CHECK_MSG(status(STATUS, n, out) == -1, "%zu", n);
	/* Nothing may be missing, or be empty of meaning. */
	for (n = 0; n < sizeof(needed) / sizeof(needed[0]); n++) {
		memcpy(xml, STATUS, len + 1);
		at = strstr(xml, needed[n]);
		ATF_REQUIRE(at != NULL);
		at[strlen(needed[n]) - 3] = 'X';
		ATF_CHECK_MSG(status(xml, len, out) == -1, "%s", needed[n]);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, status);
	ATF_TP_ADD_TC(tp, table);
	ATF_TP_ADD_TC(tp, bounds);
	ATF_TP_ADD_TC(tp, facts_table);
	ATF_TP_ADD_TC(tp, cut);
	ATF_TP_ADD_TC(tp, mutated);
	return atf_no_error();
}
