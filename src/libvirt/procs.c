#include "libvirt/procs.h"

#include "libvirt/virt.h"
#include "text/buf.h"
#include "text/xdr.h"
#include "wire/lvmsg.h"
#include "wire/lvproto.h"

/*
 * A frame that carries numbers, one domain or an error.  The daemon builds
 * errors of three texts of about a kilobyte each; this is what it reserves
 * for a message at first.
 */
#define CAP_SMALL	65536u
#define CAP_STRING	(4 + LVMSG_HEADER + 4 + LV_STRING_MAX)
#define CAP_LIST	LV_FRAME_MAX

/* A result that is not used. */
static int
any_take(struct buf *b, struct virt_answer *a)
{
	(void)b;
	(void)a;
	return 0;
}

/* No result. */
static int
nothing_take(struct buf *b, struct virt_answer *a)
{
	(void)a;
	return buf_left(b) == 0 ? 0 : -1;
}

/* The guest that was started: an answer without it started none. */
static int
guest_take(struct buf *b, struct virt_answer *a)
{
	struct lvmsg_domain d;

	return lvmsg_next_domain(b, &d) == -1 ? -1 : nothing_take(b, a);
}

static int
auth_take(struct buf *b, struct virt_answer *a)
{
	return lvmsg_get_auth(b, a->auth, LV_AUTH_MAX, &a->nauth);
}

static int
list_take(struct buf *b, struct virt_answer *a)
{
	a->list = b;
	return lvmsg_get_list(b, &a->count);
}

static int
state_take(struct buf *b, struct virt_answer *a)
{
	return lvmsg_get_state(b, &a->state);
}

static int
job_take(struct buf *b, struct virt_answer *a)
{
	return lvmsg_get_job(b, &a->job);
}

static int
number_take(struct buf *b, struct virt_answer *a)
{
	return lvmsg_get_int(b, &a->number);
}

static int
memory_take(struct buf *b, struct virt_answer *a)
{
	return lvmsg_get_memory(b, &a->kib);
}

static int
version_take(struct buf *b, struct virt_answer *a)
{
	a->version = xdr_get_u64(b);
	return nothing_take(b, a);
}

static int
string_take(struct buf *b, struct virt_answer *a)
{
	return lvmsg_get_string(b, &a->xml, &a->xmllen);
}

static int
network_take(struct buf *b, struct virt_answer *a)
{
	return lvmsg_get_network(b, &a->net);
}

/* DOMAIN_GET_TIME is only asked to see whether the agent answers. */
static const struct procs_row rows[] = {
	{ LV_PROC_OPEN, "CONNECT_OPEN",
	    lvargs_open, nothing_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_CLOSE, "CONNECT_CLOSE",
	    lvargs_none, nothing_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_GET_XML_DESC, "DOMAIN_GET_XML_DESC",
	    lvargs_domain_flags, string_take, PROCS_SHORT, CAP_STRING },
	{ LV_PROC_GET_INFO, "DOMAIN_GET_INFO",
	    lvargs_domain, memory_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_RESUME, "DOMAIN_RESUME",
	    lvargs_domain, nothing_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_NETWORK_CREATE, "NETWORK_CREATE",
	    lvargs_network, nothing_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_NETWORK_DESTROY, "NETWORK_DESTROY",
	    lvargs_network, nothing_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_NETWORK_LOOKUP_BY_UUID, "NETWORK_LOOKUP_BY_UUID",
	    lvargs_uuid, network_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_GET_HOSTNAME, "CONNECT_GET_HOSTNAME",
	    lvargs_none, string_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_SUPPORTS_FEATURE, "CONNECT_SUPPORTS_FEATURE",
	    lvargs_number, number_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_AUTH_LIST, "AUTH_LIST",
	    lvargs_none, auth_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_AUTH_POLKIT, "AUTH_POLKIT",
	    lvargs_none, any_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_GET_URI, "CONNECT_GET_URI",
	    lvargs_none, string_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_GET_LIB_VERSION, "CONNECT_GET_LIB_VERSION",
	    lvargs_none, version_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_GET_JOB_INFO, "DOMAIN_GET_JOB_INFO",
	    lvargs_domain, job_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_ABORT_JOB, "DOMAIN_ABORT_JOB",
	    lvargs_domain, nothing_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_MANAGED_SAVE, "DOMAIN_MANAGED_SAVE",
	    lvargs_domain_flags, nothing_take, PROCS_LONG, CAP_SMALL },
	{ LV_PROC_HAS_MANAGED_SAVE_IMAGE, "DOMAIN_HAS_MANAGED_SAVE_IMAGE",
	    lvargs_domain_flags, number_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_MANAGED_SAVE_REMOVE, "DOMAIN_MANAGED_SAVE_REMOVE",
	    lvargs_domain_flags, nothing_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_SNAPSHOT_CREATE_XML, "DOMAIN_SNAPSHOT_CREATE_XML",
	    lvargs_snapshot, any_take, PROCS_SNAPSHOT, CAP_SMALL },
	{ LV_PROC_CREATE_WITH_FLAGS, "DOMAIN_CREATE_WITH_FLAGS",
	    lvargs_domain_flags, guest_take, PROCS_LONG, CAP_SMALL },
	{ LV_PROC_GET_STATE, "DOMAIN_GET_STATE",
	    lvargs_domain_flags, state_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_DESTROY_FLAGS, "DOMAIN_DESTROY_FLAGS",
	    lvargs_domain_flags, nothing_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_SHUTDOWN_FLAGS, "DOMAIN_SHUTDOWN_FLAGS",
	    lvargs_domain_flags, nothing_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_PM_WAKEUP, "DOMAIN_PM_WAKEUP",
	    lvargs_domain_flags, nothing_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_LIST_ALL_DOMAINS, "CONNECT_LIST_ALL_DOMAINS",
	    lvargs_list, list_take, PROCS_SHORT, CAP_LIST },
	{ LV_PROC_LIST_ALL_NETWORKS, "CONNECT_LIST_ALL_NETWORKS",
	    lvargs_list, list_take, PROCS_SHORT, CAP_LIST },
	{ LV_PROC_EVENT_CALLBACK_REGISTER_ANY,
	    "CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY",
	    lvargs_register, any_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_GET_TIME, "DOMAIN_GET_TIME",
	    lvargs_domain_flags, any_take, PROCS_SHORT, CAP_SMALL },
	{ LV_PROC_SET_TIME, "DOMAIN_SET_TIME",
	    lvargs_time, nothing_take, PROCS_SHORT, CAP_SMALL },
};

const struct procs_row *
procs_find(uint32_t number)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].number == number)
			return &rows[i];
	return NULL;
}
