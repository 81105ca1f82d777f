#include "config/owners.h"

#include <atf-c.h>

#include <string.h>

#define TEXT(s)	((struct inifile_text){ (s), sizeof(s) - 1 })

/* Each row says what to do, and is found in one way. */
ATF_TC_WITHOUT_HEAD(rows);
ATF_TC_BODY(rows, tc)
{
	const struct owners_row *row;
	size_t i;

	for (i = 0; (row = owners_row(i)) != NULL; i++) {
		ATF_CHECK_MSG((row->service == NULL) != (row->path == NULL),
		    "row %zu", i);
		ATF_CHECK(row->text != NULL && row->todo != NULL);
		ATF_CHECK(row->path == NULL || row->path[0] == '/');
	}
	ATF_CHECK(i > 5);
}

/* What the rows of a path find in a text. */
static bool
found(const char *path, struct inifile_text t)
{
	const struct owners_row *row;
	size_t i;

	for (i = 0; (row = owners_row(i)) != NULL; i++)
		if (row->path != NULL && strcmp(row->path, path) == 0)
			return owners_match(row, t);
	atf_tc_fail("no row of %s", path);
}

ATF_TC_WITHOUT_HEAD(matches);
ATF_TC_BODY(matches, tc)
{
	static const char qemu[] = "/etc/libvirt/qemu.conf";
	static const char cib[] = "/var/lib/pacemaker/cib/cib.xml";

	ATF_CHECK(found(qemu, TEXT("auto_shutdown_poweroff = \"all\"\n")));
	ATF_CHECK(found(qemu, TEXT("a = 1\nauto_shutdown_try_save=\"all\"")));
	ATF_CHECK(!found(qemu, TEXT("#auto_shutdown_poweroff = \"all\"\n")));
	ATF_CHECK(!found(qemu, TEXT("auto_shutdown_poweroff = \"none\"\n")));
	ATF_CHECK(!found(qemu, TEXT("auto_shutdown_wait = 30\n")));
	ATF_CHECK(!found(qemu, TEXT("")));

	ATF_CHECK(found(cib, TEXT("<primitive type=\"VirtualDomain\"/>")));
	ATF_CHECK(!found(cib, TEXT("<primitive type=\"IPaddr2\"/>")));
}

ATF_TC_WITHOUT_HEAD(stops);
ATF_TC_BODY(stops, tc)
{
	ATF_CHECK(owners_stops(TEXT("for g in a b; do\n"
	    "\tvirsh managedsave $g\ndone\n")));
	ATF_CHECK(owners_stops(TEXT("ExecStop=/usr/bin/virsh shutdown a")));
	ATF_CHECK(owners_stops(TEXT("V=virsh\n$V destroy a")));
	ATF_CHECK(!owners_stops(TEXT("virsh list --all\n")));
	ATF_CHECK(!owners_stops(TEXT("# virsh shutdown a\n")));
	ATF_CHECK(!owners_stops(TEXT("shutdown -h now\n")));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, rows);
	ATF_TP_ADD_TC(tp, matches);
	ATF_TP_ADD_TC(tp, stops);
	return atf_no_error();
}
