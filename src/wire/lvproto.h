#ifndef LVPROTO_H
#define LVPROTO_H

/*
 * The numbers of libvirt's RPC protocol that this program needs, and nothing
 * else.  They are append-only upstream.  Each group names the file of libvirt
 * 9.0.0 that it was read from; what is also in the public headers is compared
 * with them by tests/unit/wire/lvproto_test.c.
 */

/* Limits: src/rpc/virnetprotocol.x, src/remote/remote_protocol.x. */
#define LV_FRAME_MAX	33554436u	/* a message with its length word */
#define LV_FRAME_MIN	28u		/* only length word and header */
#define LV_STRING_MAX	4194304u	/* VIR_NET_MESSAGE_STRING_MAX */
#define LV_LIST_MAX	16384u		/* REMOTE_DOMAIN_LIST_MAX */
#define LV_AUTH_MAX	20u		/* REMOTE_AUTH_TYPE_LIST_MAX */
#define LV_CALLS_MAX	5		/* unanswered calls on a connection
					   before it is read no more:
					   max_client_requests, libvirtd.conf */

/* Programs: src/remote/remote_protocol.x, src/rpc/virkeepaliveprotocol.x. */
#define LV_PROGRAM		0x20008086u
#define LV_VERSION		1u
#define LV_KEEPALIVE_PROGRAM	0x6b656570u
#define LV_KEEPALIVE_VERSION	1u
#define LV_KEEPALIVE_PING	1u
#define LV_KEEPALIVE_PONG	2u

/* enum virNetMessageType: src/rpc/virnetprotocol.x. */
#define LV_TYPE_CALL	0u
#define LV_TYPE_REPLY	1u
#define LV_TYPE_MESSAGE	2u
#define LV_TYPE_STREAM	3u

/* enum virNetMessageStatus: src/rpc/virnetprotocol.x. */
#define LV_STATUS_OK		0u
#define LV_STATUS_ERROR		1u
#define LV_STATUS_CONTINUE	2u

/* enum remote_procedure: src/remote/remote_protocol.x. */
#define LV_PROC_OPEN				1u
#define LV_PROC_CLOSE				2u
#define LV_PROC_GET_XML_DESC			14u
#define LV_PROC_GET_AUTOSTART			15u
#define LV_PROC_GET_INFO			16u
#define LV_PROC_LOOKUP_BY_UUID			24u
#define LV_PROC_RESUME				28u
#define LV_PROC_NETWORK_CREATE			39u
#define LV_PROC_NETWORK_DESTROY			42u
#define LV_PROC_NETWORK_LOOKUP_BY_UUID		47u
#define LV_PROC_GET_HOSTNAME			59u
#define LV_PROC_SUPPORTS_FEATURE		60u
#define LV_PROC_AUTH_LIST			66u
#define LV_PROC_AUTH_POLKIT			70u
#define LV_PROC_GET_URI				110u
#define LV_PROC_IS_PERSISTENT			151u
#define LV_PROC_GET_LIB_VERSION			157u
#define LV_PROC_GET_JOB_INFO			163u
#define LV_PROC_ABORT_JOB			164u
#define LV_PROC_MANAGED_SAVE			182u
#define LV_PROC_HAS_MANAGED_SAVE_IMAGE		183u
#define LV_PROC_MANAGED_SAVE_REMOVE		184u
#define LV_PROC_SNAPSHOT_CREATE_XML		185u
#define LV_PROC_CREATE_WITH_FLAGS		196u
#define LV_PROC_GET_STATE			212u
#define LV_PROC_DESTROY_FLAGS			234u
#define LV_PROC_SHUTDOWN_FLAGS			258u
#define LV_PROC_PM_WAKEUP			267u
#define LV_PROC_LIST_ALL_DOMAINS		273u
#define LV_PROC_LIST_ALL_NETWORKS		283u
#define LV_PROC_EVENT_CALLBACK_REGISTER_ANY	316u
#define LV_PROC_EVENT_CALLBACK_DEREGISTER_ANY	317u
#define LV_PROC_EVENT_CALLBACK_LIFECYCLE	318u	/* a message */
#define LV_PROC_GET_TIME			337u
#define LV_PROC_SET_TIME			338u

/* enum remote_auth_type: src/remote/remote_protocol.x. */
#define LV_AUTH_NONE	0
#define LV_AUTH_SASL	1
#define LV_AUTH_POLKIT	2

/* enum virDrvFeature: src/libvirt_internal.h. */
#define LV_FEATURE_KEEPALIVE		10
#define LV_FEATURE_EVENT_CALLBACK	14

/* CONNECT_OPEN: enum virConnectFlags, libvirt-host.h. */
#define LV_OPEN_RO	1u

/* LIST_ALL_DOMAINS: enum virConnectListAllDomainsFlags, libvirt-domain.h. */
#define LV_LIST_ACTIVE		1u
#define LV_LIST_INACTIVE	2u
#define LV_LIST_PERSISTENT	4u
#define LV_LIST_TRANSIENT	8u
#define LV_LIST_MANAGEDSAVE	256u
#define LV_LIST_NO_MANAGEDSAVE	512u
#define LV_LIST_AUTOSTART	1024u
#define LV_LIST_NO_AUTOSTART	2048u

/* LIST_ALL_NETWORKS: enum virConnectListAllNetworksFlags, libvirt-network.h.
 * A list of networks has the limit of one of domains. */
#define LV_NETS_ACTIVE		2u
#define LV_NETS_PERSISTENT	4u
#define LV_NETS_NO_AUTOSTART	32u

/* MANAGED_SAVE: enum virDomainSaveRestoreFlags, libvirt-domain.h. */
#define LV_SAVE_BYPASS_CACHE	1u
#define LV_SAVE_RUNNING		2u
#define LV_SAVE_PAUSED		4u

/* CREATE_WITH_FLAGS: enum virDomainCreateFlags, libvirt-domain.h. */
#define LV_CREATE_PAUSED	1u
#define LV_CREATE_BYPASS_CACHE	4u
#define LV_CREATE_FORCE_BOOT	8u

/* SNAPSHOT_CREATE_XML: enum virDomainSnapshotCreateFlags,
 * libvirt-domain-snapshot.h. */
#define LV_SNAPSHOT_DISK_ONLY	16u
#define LV_SNAPSHOT_ATOMIC	128u

/* SHUTDOWN_FLAGS: enum virDomainShutdownFlagValues, libvirt-domain.h. */
#define LV_SHUTDOWN_DEFAULT	0u
#define LV_SHUTDOWN_ACPI	1u
#define LV_SHUTDOWN_AGENT	2u
#define LV_SHUTDOWN_INITCTL	4u
#define LV_SHUTDOWN_SIGNAL	8u
#define LV_SHUTDOWN_PARAVIRT	16u

/* DESTROY_FLAGS: enum virDomainDestroyFlagsValues, libvirt-domain.h. */
#define LV_DESTROY_DEFAULT	0u
#define LV_DESTROY_GRACEFUL	1u

/* SET_TIME: enum virDomainSetTimeFlags, libvirt-domain.h. */
#define LV_TIME_SYNC	1u

/* GET_STATE: enum virDomainState, libvirt-domain.h. */
#define LV_STATE_NONE		0
#define LV_STATE_RUNNING	1
#define LV_STATE_BLOCKED	2
#define LV_STATE_PAUSED		3
#define LV_STATE_SHUTDOWN	4
#define LV_STATE_SHUTOFF	5
#define LV_STATE_CRASHED	6
#define LV_STATE_PMSUSPENDED	7

/* Its reasons, by state: enum virDomainRunningReason and the like there. */
#define LV_REASON_RUNNING_BOOTED		1
#define LV_REASON_RUNNING_MIGRATED		2
#define LV_REASON_RUNNING_RESTORED		3
#define LV_REASON_RUNNING_UNPAUSED		5
#define LV_REASON_RUNNING_MIGRATION_CANCELED	6
#define LV_REASON_RUNNING_SAVE_CANCELED		7

#define LV_REASON_PAUSED_USER		1
#define LV_REASON_PAUSED_MIGRATION	2
#define LV_REASON_PAUSED_SAVE		3
#define LV_REASON_PAUSED_DUMP		4
#define LV_REASON_PAUSED_IOERROR	5
#define LV_REASON_PAUSED_WATCHDOG	6
#define LV_REASON_PAUSED_SHUTTING_DOWN	8
#define LV_REASON_PAUSED_SNAPSHOT	9
#define LV_REASON_PAUSED_CRASHED	10
#define LV_REASON_PAUSED_STARTING_UP	11

#define LV_REASON_SHUTOFF_UNKNOWN	0
#define LV_REASON_SHUTOFF_SHUTDOWN	1
#define LV_REASON_SHUTOFF_DESTROYED	2
#define LV_REASON_SHUTOFF_CRASHED	3
#define LV_REASON_SHUTOFF_MIGRATED	4
#define LV_REASON_SHUTOFF_SAVED		5
#define LV_REASON_SHUTOFF_FAILED	6
#define LV_REASON_SHUTOFF_FROM_SNAPSHOT	7

/* GET_JOB_INFO: enum virDomainJobType, libvirt-domain.h. */
#define LV_JOB_NONE		0
#define LV_JOB_BOUNDED		1
#define LV_JOB_UNBOUNDED	2
#define LV_JOB_COMPLETED	3
#define LV_JOB_FAILED		4
#define LV_JOB_CANCELLED	5

/* What to register for: enum virDomainEventID, libvirt-domain.h. */
#define LV_EVENT_ID_LIFECYCLE	0

/* Lifecycle: enum virDomainEventType, libvirt-domain.h. */
#define LV_EVENT_DEFINED	0
#define LV_EVENT_UNDEFINED	1
#define LV_EVENT_STARTED	2
#define LV_EVENT_SUSPENDED	3
#define LV_EVENT_RESUMED	4
#define LV_EVENT_STOPPED	5
#define LV_EVENT_SHUTDOWN	6
#define LV_EVENT_PMSUSPENDED	7
#define LV_EVENT_CRASHED	8

/* Details of LV_EVENT_STOPPED: enum virDomainEventStoppedDetailType. */
#define LV_STOPPED_SHUTDOWN		0
#define LV_STOPPED_DESTROYED		1
#define LV_STOPPED_CRASHED		2
#define LV_STOPPED_MIGRATED		3
#define LV_STOPPED_SAVED		4
#define LV_STOPPED_FAILED		5
#define LV_STOPPED_FROM_SNAPSHOT	6

/* Error codes: enum virErrorNumber, virterror.h. */
#define LV_ERR_OK			0
#define LV_ERR_INTERNAL_ERROR		1
#define LV_ERR_NO_MEMORY		2
#define LV_ERR_NO_SUPPORT		3
#define LV_ERR_NO_CONNECT		5
#define LV_ERR_INVALID_CONN		6
#define LV_ERR_INVALID_DOMAIN		7
#define LV_ERR_INVALID_ARG		8
#define LV_ERR_OPERATION_FAILED		9
#define LV_ERR_CALL_FAILED		26
#define LV_ERR_OPERATION_DENIED		29
#define LV_ERR_SYSTEM_ERROR		38
#define LV_ERR_RPC			39
#define LV_ERR_NO_DOMAIN		42
#define LV_ERR_NO_NETWORK		43
#define LV_ERR_AUTH_FAILED		45
#define LV_ERR_OPERATION_INVALID	55
#define LV_ERR_CONFIG_UNSUPPORTED	67
#define LV_ERR_OPERATION_TIMEOUT	68
#define LV_ERR_HOOK_SCRIPT_FAILED	70
#define LV_ERR_ARGUMENT_UNSUPPORTED	74
#define LV_ERR_OPERATION_ABORTED	78
#define LV_ERR_AUTH_CANCELLED		79
#define LV_ERR_BLOCK_COPY_ACTIVE	83
#define LV_ERR_OPERATION_UNSUPPORTED	84
#define LV_ERR_AGENT_UNRESPONSIVE	86
#define LV_ERR_RESOURCE_BUSY		87
#define LV_ERR_ACCESS_DENIED		88
#define LV_ERR_AUTH_UNAVAILABLE		94
#define LV_ERR_AGENT_UNSYNCED		97
#define LV_ERR_AGENT_COMMAND_TIMEOUT	112	/* since 11.2.0 */
#define LV_ERR_AGENT_COMMAND_FAILED	113	/* since 11.2.0 */

#endif
