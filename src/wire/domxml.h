#ifndef DOMXML_H
#define DOMXML_H

#include <stddef.h>
#include <stdint.h>

/*
 * Read details of a guest from its definition.  This is not an XML library but
 * a scanner: it knows tags, attributes, namespaces and entities, and refuses
 * other constructs (a DOCTYPE).
 */
#define DOMXML_OS	256	/* bytes of a libosinfo id, with its NUL */

/*
 * The libosinfo id of the guest's operating system: the id of <os> in the
 * namespace of libosinfo, with any prefix, entities resolved.  1: it is in os;
 * 0: the definition has none; -1: malformed or too long; os is empty then.
 */
int	 domxml_os(const char *xml, size_t len, char os[DOMXML_OS]);

/*
 * What decides whether a guest can be saved and shut down.  0, or -1:
 * malformed; then there are no facts.
 */
#define DOMXML_QEMU	0x01u	/* a guest of QEMU, with KVM or without */
#define DOMXML_LXC	0x02u
#define DOMXML_X86	0x04u
#define DOMXML_ACPI	0x08u
#define DOMXML_HOSTDEV	0x10u	/* a device of the host, other than USB */
#define DOMXML_SHARED	0x20u	/* a directory of the host, for QEMU by 9p or
				   virtiofs */
#define DOMXML_AGENT	0x40u	/* a channel for the guest agent */
#define DOMXML_AGENT_UP	0x80u	/* ... and the agent has opened it */
struct domxml_facts {
	unsigned	 set;		/* DOMXML_* */
	uint64_t	 memory;	/* bytes that the guest has now */
};
int	 domxml_facts(const char *xml, size_t len, struct domxml_facts *);

/*
 * Read the status file of a running guest (/run/libvirt/qemu/NAME.xml).  0, or
 * -1 if a value is missing, malformed or too long.
 */
enum { DOMXML_MONITOR, DOMXML_ID, DOMXML_NAME, DOMXML_UUID, DOMXML_NSTATUS };
int	 domxml_status(const char *xml, size_t len,
	    char out[DOMXML_NSTATUS][DOMXML_OS]);

#endif
