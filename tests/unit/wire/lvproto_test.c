/*
 * The numbers of lvproto.h against those of libvirt itself.  What stands in
 * its public headers is compared when this is compiled.  Programs, procedures,
 * message types and authentications are in none of them, but in the names that
 * a daemon's package brings for SystemTap: they are compared when this runs.
 * Features, keepalive's version and the limits are in neither: the comments of
 * lvproto.h name their source.
 */
#include <atf-c.h>
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "libvirt/procs.h"
#include "wire/lvmsg.h"
#include "wire/lvproto.h"

#if defined(__has_include)
#if __has_include(<libvirt/libvirt.h>) && __has_include(<libvirt/virterror.h>)
#define HAVE_LIBVIRT
#endif
#endif

#ifdef HAVE_LIBVIRT
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

/* The youngest of these came with libvirt 1.2.15: none needs a test of the
 * version. */
#define SAME(ours, theirs)						\
	_Static_assert((long long)(ours) == (long long)(theirs),	\
	    #ours " is not " #theirs)

SAME(LV_OPEN_RO, VIR_CONNECT_RO);
SAME(LV_LIST_ACTIVE, VIR_CONNECT_LIST_DOMAINS_ACTIVE);
SAME(LV_LIST_INACTIVE, VIR_CONNECT_LIST_DOMAINS_INACTIVE);
SAME(LV_LIST_PERSISTENT, VIR_CONNECT_LIST_DOMAINS_PERSISTENT);
SAME(LV_LIST_TRANSIENT, VIR_CONNECT_LIST_DOMAINS_TRANSIENT);
SAME(LV_LIST_MANAGEDSAVE, VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE);
SAME(LV_LIST_NO_MANAGEDSAVE, VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE);
SAME(LV_LIST_AUTOSTART, VIR_CONNECT_LIST_DOMAINS_AUTOSTART);
SAME(LV_LIST_NO_AUTOSTART, VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART);
SAME(LV_NETS_ACTIVE, VIR_CONNECT_LIST_NETWORKS_ACTIVE);
SAME(LV_NETS_PERSISTENT, VIR_CONNECT_LIST_NETWORKS_PERSISTENT);
SAME(LV_SAVE_BYPASS_CACHE, VIR_DOMAIN_SAVE_BYPASS_CACHE);
SAME(LV_SAVE_RUNNING, VIR_DOMAIN_SAVE_RUNNING);
SAME(LV_SAVE_PAUSED, VIR_DOMAIN_SAVE_PAUSED);
SAME(LV_CREATE_PAUSED, VIR_DOMAIN_START_PAUSED);
SAME(LV_CREATE_BYPASS_CACHE, VIR_DOMAIN_START_BYPASS_CACHE);
SAME(LV_CREATE_FORCE_BOOT, VIR_DOMAIN_START_FORCE_BOOT);
SAME(LV_SNAPSHOT_DISK_ONLY, VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY);
SAME(LV_SNAPSHOT_ATOMIC, VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC);
SAME(LV_SHUTDOWN_DEFAULT, VIR_DOMAIN_SHUTDOWN_DEFAULT);
SAME(LV_SHUTDOWN_ACPI, VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN);
SAME(LV_SHUTDOWN_AGENT, VIR_DOMAIN_SHUTDOWN_GUEST_AGENT);
SAME(LV_SHUTDOWN_INITCTL, VIR_DOMAIN_SHUTDOWN_INITCTL);
SAME(LV_SHUTDOWN_SIGNAL, VIR_DOMAIN_SHUTDOWN_SIGNAL);
SAME(LV_SHUTDOWN_PARAVIRT, VIR_DOMAIN_SHUTDOWN_PARAVIRT);
SAME(LV_DESTROY_DEFAULT, VIR_DOMAIN_DESTROY_DEFAULT);
SAME(LV_DESTROY_GRACEFUL, VIR_DOMAIN_DESTROY_GRACEFUL);
SAME(LV_TIME_SYNC, VIR_DOMAIN_TIME_SYNC);
SAME(LV_STATE_NONE, VIR_DOMAIN_NOSTATE);
SAME(LV_STATE_RUNNING, VIR_DOMAIN_RUNNING);
SAME(LV_STATE_BLOCKED, VIR_DOMAIN_BLOCKED);
SAME(LV_STATE_PAUSED, VIR_DOMAIN_PAUSED);
SAME(LV_STATE_SHUTDOWN, VIR_DOMAIN_SHUTDOWN);
SAME(LV_STATE_SHUTOFF, VIR_DOMAIN_SHUTOFF);
SAME(LV_STATE_CRASHED, VIR_DOMAIN_CRASHED);
SAME(LV_STATE_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED);
SAME(LV_REASON_RUNNING_BOOTED, VIR_DOMAIN_RUNNING_BOOTED);
SAME(LV_REASON_RUNNING_MIGRATED, VIR_DOMAIN_RUNNING_MIGRATED);
SAME(LV_REASON_RUNNING_RESTORED, VIR_DOMAIN_RUNNING_RESTORED);
SAME(LV_REASON_RUNNING_UNPAUSED, VIR_DOMAIN_RUNNING_UNPAUSED);
SAME(LV_REASON_RUNNING_MIGRATION_CANCELED,
    VIR_DOMAIN_RUNNING_MIGRATION_CANCELED);
SAME(LV_REASON_RUNNING_SAVE_CANCELED, VIR_DOMAIN_RUNNING_SAVE_CANCELED);
SAME(LV_REASON_PAUSED_USER, VIR_DOMAIN_PAUSED_USER);
SAME(LV_REASON_PAUSED_MIGRATION, VIR_DOMAIN_PAUSED_MIGRATION);
SAME(LV_REASON_PAUSED_SAVE, VIR_DOMAIN_PAUSED_SAVE);
SAME(LV_REASON_PAUSED_DUMP, VIR_DOMAIN_PAUSED_DUMP);
SAME(LV_REASON_PAUSED_IOERROR, VIR_DOMAIN_PAUSED_IOERROR);
SAME(LV_REASON_PAUSED_WATCHDOG, VIR_DOMAIN_PAUSED_WATCHDOG);
SAME(LV_REASON_PAUSED_SHUTTING_DOWN, VIR_DOMAIN_PAUSED_SHUTTING_DOWN);
SAME(LV_REASON_PAUSED_SNAPSHOT, VIR_DOMAIN_PAUSED_SNAPSHOT);
SAME(LV_REASON_PAUSED_CRASHED, VIR_DOMAIN_PAUSED_CRASHED);
SAME(LV_REASON_PAUSED_STARTING_UP, VIR_DOMAIN_PAUSED_STARTING_UP);
SAME(LV_REASON_SHUTOFF_UNKNOWN, VIR_DOMAIN_SHUTOFF_UNKNOWN);
SAME(LV_REASON_SHUTOFF_SHUTDOWN, VIR_DOMAIN_SHUTOFF_SHUTDOWN);
SAME(LV_REASON_SHUTOFF_DESTROYED, VIR_DOMAIN_SHUTOFF_DESTROYED);
SAME(LV_REASON_SHUTOFF_CRASHED, VIR_DOMAIN_SHUTOFF_CRASHED);
SAME(LV_REASON_SHUTOFF_MIGRATED, VIR_DOMAIN_SHUTOFF_MIGRATED);
SAME(LV_REASON_SHUTOFF_SAVED, VIR_DOMAIN_SHUTOFF_SAVED);
SAME(LV_REASON_SHUTOFF_FAILED, VIR_DOMAIN_SHUTOFF_FAILED);
SAME(LV_REASON_SHUTOFF_FROM_SNAPSHOT, VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT);
SAME(LV_JOB_NONE, VIR_DOMAIN_JOB_NONE);
SAME(LV_JOB_BOUNDED, VIR_DOMAIN_JOB_BOUNDED);
SAME(LV_JOB_UNBOUNDED, VIR_DOMAIN_JOB_UNBOUNDED);
SAME(LV_JOB_COMPLETED, VIR_DOMAIN_JOB_COMPLETED);
SAME(LV_JOB_FAILED, VIR_DOMAIN_JOB_FAILED);
SAME(LV_JOB_CANCELLED, VIR_DOMAIN_JOB_CANCELLED);
SAME(LV_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_ID_LIFECYCLE);
SAME(LV_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED);
SAME(LV_EVENT_UNDEFINED, VIR_DOMAIN_EVENT_UNDEFINED);
SAME(LV_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED);
SAME(LV_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED);
SAME(LV_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED);
SAME(LV_EVENT_STOPPED, VIR_DOMAIN_EVENT_STOPPED);
SAME(LV_EVENT_SHUTDOWN, VIR_DOMAIN_EVENT_SHUTDOWN);
SAME(LV_EVENT_PMSUSPENDED, VIR_DOMAIN_EVENT_PMSUSPENDED);
SAME(LV_EVENT_CRASHED, VIR_DOMAIN_EVENT_CRASHED);
SAME(LV_STOPPED_SHUTDOWN, VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN);
SAME(LV_STOPPED_DESTROYED, VIR_DOMAIN_EVENT_STOPPED_DESTROYED);
SAME(LV_STOPPED_CRASHED, VIR_DOMAIN_EVENT_STOPPED_CRASHED);
SAME(LV_STOPPED_MIGRATED, VIR_DOMAIN_EVENT_STOPPED_MIGRATED);
SAME(LV_STOPPED_SAVED, VIR_DOMAIN_EVENT_STOPPED_SAVED);
SAME(LV_STOPPED_FAILED, VIR_DOMAIN_EVENT_STOPPED_FAILED);
SAME(LV_STOPPED_FROM_SNAPSHOT, VIR_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT);
SAME(LV_ERR_OK, VIR_ERR_OK);
SAME(LV_ERR_INTERNAL_ERROR, VIR_ERR_INTERNAL_ERROR);
SAME(LV_ERR_NO_MEMORY, VIR_ERR_NO_MEMORY);
SAME(LV_ERR_NO_SUPPORT, VIR_ERR_NO_SUPPORT);
SAME(LV_ERR_NO_CONNECT, VIR_ERR_NO_CONNECT);
SAME(LV_ERR_INVALID_CONN, VIR_ERR_INVALID_CONN);
SAME(LV_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_DOMAIN);
SAME(LV_ERR_INVALID_ARG, VIR_ERR_INVALID_ARG);
SAME(LV_ERR_OPERATION_FAILED, VIR_ERR_OPERATION_FAILED);
SAME(LV_ERR_CALL_FAILED, VIR_ERR_CALL_FAILED);
SAME(LV_ERR_OPERATION_DENIED, VIR_ERR_OPERATION_DENIED);
SAME(LV_ERR_SYSTEM_ERROR, VIR_ERR_SYSTEM_ERROR);
SAME(LV_ERR_RPC, VIR_ERR_RPC);
SAME(LV_ERR_NO_DOMAIN, VIR_ERR_NO_DOMAIN);
SAME(LV_ERR_NO_NETWORK, VIR_ERR_NO_NETWORK);
SAME(LV_ERR_AUTH_FAILED, VIR_ERR_AUTH_FAILED);
SAME(LV_ERR_OPERATION_INVALID, VIR_ERR_OPERATION_INVALID);
SAME(LV_ERR_CONFIG_UNSUPPORTED, VIR_ERR_CONFIG_UNSUPPORTED);
SAME(LV_ERR_OPERATION_TIMEOUT, VIR_ERR_OPERATION_TIMEOUT);
SAME(LV_ERR_HOOK_SCRIPT_FAILED, VIR_ERR_HOOK_SCRIPT_FAILED);
SAME(LV_ERR_ARGUMENT_UNSUPPORTED, VIR_ERR_ARGUMENT_UNSUPPORTED);
SAME(LV_ERR_OPERATION_ABORTED, VIR_ERR_OPERATION_ABORTED);
SAME(LV_ERR_AUTH_CANCELLED, VIR_ERR_AUTH_CANCELLED);
SAME(LV_ERR_BLOCK_COPY_ACTIVE, VIR_ERR_BLOCK_COPY_ACTIVE);
SAME(LV_ERR_OPERATION_UNSUPPORTED, VIR_ERR_OPERATION_UNSUPPORTED);
SAME(LV_ERR_AGENT_UNRESPONSIVE, VIR_ERR_AGENT_UNRESPONSIVE);
SAME(LV_ERR_RESOURCE_BUSY, VIR_ERR_RESOURCE_BUSY);
SAME(LV_ERR_ACCESS_DENIED, VIR_ERR_ACCESS_DENIED);
SAME(LV_ERR_AUTH_UNAVAILABLE, VIR_ERR_AUTH_UNAVAILABLE);
SAME(LV_ERR_AGENT_UNSYNCED, VIR_ERR_AGENT_UNSYNCED);
#endif

static const char tapset[] =
    "/usr/share/systemtap/tapset/libvirt_functions.stp";

/* "FUNCTION PROGRAM NUMBER NAME" as the file has them. */
struct fact {
	const char	*function;
	uint32_t	 program;	/* 0 = the function has none */
	uint32_t	 number;
	const char	*name;
};

static const struct fact facts[] = {
	{ "program_name", 0, LV_PROGRAM, "remote" },
	{ "program_name", 0, LV_KEEPALIVE_PROGRAM, "keepalive" },
	{ "type_name", 0, LV_TYPE_CALL, "call" },
	{ "type_name", 0, LV_TYPE_REPLY, "reply" },
	{ "type_name", 0, LV_TYPE_MESSAGE, "message" },
	{ "type_name", 0, LV_TYPE_STREAM, "stream" },
	{ "status_name", 0, LV_STATUS_OK, "ok" },
	{ "status_name", 0, LV_STATUS_ERROR, "error" },
	{ "status_name", 0, LV_STATUS_CONTINUE, "continue" },
	{ "auth_name", 0, LV_AUTH_NONE, "none" },
	{ "auth_name", 0, LV_AUTH_SASL, "sasl" },
	{ "auth_name", 0, LV_AUTH_POLKIT, "polkit" },
	{ "procedure_name", LV_KEEPALIVE_PROGRAM, LV_KEEPALIVE_PING, "ping" },
	{ "procedure_name", LV_KEEPALIVE_PROGRAM, LV_KEEPALIVE_PONG, "pong" },
#define PROC(number, name)						\
	{ "procedure_name", LV_PROGRAM, number, name }
	PROC(LV_PROC_OPEN, "connect_open"),
	PROC(LV_PROC_CLOSE, "connect_close"),
	PROC(LV_PROC_GET_XML_DESC, "domain_get_xml_desc"),
	PROC(LV_PROC_GET_INFO, "domain_get_info"),
	PROC(LV_PROC_GET_TIME, "domain_get_time"),
	PROC(LV_PROC_GET_AUTOSTART, "domain_get_autostart"),
	PROC(LV_PROC_LOOKUP_BY_UUID, "domain_lookup_by_uuid"),
	PROC(LV_PROC_RESUME, "domain_resume"),
	PROC(LV_PROC_NETWORK_CREATE, "network_create"),
	PROC(LV_PROC_NETWORK_DESTROY, "network_destroy"),
	PROC(LV_PROC_NETWORK_LOOKUP_BY_UUID, "network_lookup_by_uuid"),
	PROC(LV_PROC_LIST_ALL_NETWORKS, "connect_list_all_networks"),
	PROC(LV_PROC_GET_HOSTNAME, "connect_get_hostname"),
	PROC(LV_PROC_SUPPORTS_FEATURE, "connect_supports_feature"),
	PROC(LV_PROC_AUTH_LIST, "auth_list"),
	PROC(LV_PROC_AUTH_POLKIT, "auth_polkit"),
	PROC(LV_PROC_GET_URI, "connect_get_uri"),
	PROC(LV_PROC_IS_PERSISTENT, "domain_is_persistent"),
	PROC(LV_PROC_GET_LIB_VERSION, "connect_get_lib_version"),
	PROC(LV_PROC_GET_JOB_INFO, "domain_get_job_info"),
	PROC(LV_PROC_ABORT_JOB, "domain_abort_job"),
	PROC(LV_PROC_MANAGED_SAVE, "domain_managed_save"),
	PROC(LV_PROC_HAS_MANAGED_SAVE_IMAGE, "domain_has_managed_save_image"),
	PROC(LV_PROC_MANAGED_SAVE_REMOVE, "domain_managed_save_remove"),
	PROC(LV_PROC_SNAPSHOT_CREATE_XML, "domain_snapshot_create_xml"),
	PROC(LV_PROC_CREATE_WITH_FLAGS, "domain_create_with_flags"),
	PROC(LV_PROC_GET_STATE, "domain_get_state"),
	PROC(LV_PROC_DESTROY_FLAGS, "domain_destroy_flags"),
	PROC(LV_PROC_SHUTDOWN_FLAGS, "domain_shutdown_flags"),
	PROC(LV_PROC_PM_WAKEUP, "domain_pm_wakeup"),
	PROC(LV_PROC_LIST_ALL_DOMAINS, "connect_list_all_domains"),
	PROC(LV_PROC_EVENT_CALLBACK_REGISTER_ANY,
	    "connect_domain_event_callback_register_any"),
	PROC(LV_PROC_EVENT_CALLBACK_DEREGISTER_ANY,
	    "connect_domain_event_callback_deregister_any"),
	PROC(LV_PROC_EVENT_CALLBACK_LIFECYCLE,
	    "domain_event_callback_lifecycle"),
	PROC(LV_PROC_SET_TIME, "domain_set_time")
#undef PROC
};

#define NFACTS	(sizeof(facts) / sizeof(facts[0]))

struct place {
	char		function[64];
	unsigned	program;
	unsigned	number;
	char		name[128];
};

/* Note where a line stands; 1 when it gives a name. */
static int
place_line(struct place *p, const char *line)
{
	static const char head[] = "function libvirt_rpc_";
	const char *s;
	unsigned version;

	if (strncmp(line, head, sizeof(head) - 1) == 0) {
		p->program = 0;
		(void)sscanf(line + sizeof(head) - 1, "%63[a-z_](",
		    p->function);
	} else if ((s = strstr(line, "if (program == ")) != NULL &&
	    sscanf(s, "if (program == %u && version == %u)", &p->number,
	    &version) == 2)
		p->program = p->number;
	else if ((s = strstr(line, "if (")) != NULL)
		(void)sscanf(s, "if (%*[a-z] == %u)", &p->number);
	else if ((s = strstr(line, "str = \"")) != NULL)
		return sscanf(s, "str = \"%127[a-z0-9_]\"", p->name) == 1;
	return 0;
}

static int
is_fact(const struct place *p, const struct fact *f)
{
	return strcmp(p->function, f->function) == 0 &&
	    p->program == f->program && p->number == f->number &&
	    strcmp(p->name, f->name) == 0;
}

ATF_TC_WITHOUT_HEAD(tapset_numbers);
ATF_TC_BODY(tapset_numbers, tc)
{
	struct place p;
	char line[512];
	int seen[NFACTS] = { 0 };
	FILE *f;
	size_t i;

	if ((f = fopen(tapset, "r")) == NULL)
		atf_tc_skip("%s is not here", tapset);
	memset(&p, 0, sizeof(p));
	while (fgets(line, sizeof(line), f) != NULL) {
		if (!place_line(&p, line))
			continue;
		for (i = 0; i < NFACTS; i++)
			seen[i] += is_fact(&p, &facts[i]);
	}
	(void)fclose(f);
	for (i = 0; i < NFACTS; i++)
		ATF_CHECK_MSG(seen[i] == 1, "%s %u is not \"%s\"",
		    facts[i].function, facts[i].number, facts[i].name);
}

/* The words for messages are those of libvirt, in capitals. */
ATF_TC_WITHOUT_HEAD(procedure_names);
ATF_TC_BODY(procedure_names, tc)
{
	const struct procs_row *p;
	size_t i, j;
	int n = 0;

	for (i = 0; i < NFACTS; i++) {
		if (facts[i].program != LV_PROGRAM ||
		    (p = procs_find(facts[i].number)) == NULL)
			continue;
		n++;
		for (j = 0; facts[i].name[j] != '\0'; j++)
			ATF_CHECK_MSG(p->name[j] == toupper(
			    (unsigned char)facts[i].name[j]), "%s: %s",
			    facts[i].name, p->name);
		ATF_CHECK_MSG(p->name[j] == '\0', "%s", p->name);
	}
	/* A row whose number is not among the facts above was not compared. */
	ATF_CHECK_MSG(n == 30, "%d rows of procs.c were compared, not 30: add "
	    "the number of a new row to the facts, and count it", n);
}

/* The public headers were compared above, or could not be. */
ATF_TC_WITHOUT_HEAD(public_numbers);
ATF_TC_BODY(public_numbers, tc)
{
#ifdef HAVE_LIBVIRT
	ATF_CHECK_EQ(VIR_ERR_NO_DOMAIN, LV_ERR_NO_DOMAIN);
#else
	atf_tc_skip("libvirt's headers are not here: nothing was compared");
#endif
}

ATF_TC_WITHOUT_HEAD(limits);
ATF_TC_BODY(limits, tc)
{
	ATF_CHECK_EQ(33554432 + 4, LV_FRAME_MAX);
	ATF_CHECK_EQ(4 + LVMSG_HEADER, LV_FRAME_MIN);
	ATF_CHECK_EQ(4194304, LV_STRING_MAX);
	ATF_CHECK_EQ(16384, LV_LIST_MAX);
	ATF_CHECK_EQ(20, LV_AUTH_MAX);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, tapset_numbers);
	ATF_TP_ADD_TC(tp, procedure_names);
	ATF_TP_ADD_TC(tp, public_numbers);
	ATF_TP_ADD_TC(tp, limits);
	return atf_no_error();
}
