#ifndef DOMXML_H
#define DOMXML_H

#include <stddef.h>

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
 * Read the status file of a running guest (/run/libvirt/qemu/NAME.xml).  0, or
 * -1 if a value is missing, malformed or too long.
 */
enum { DOMXML_MONITOR, DOMXML_ID, DOMXML_NAME, DOMXML_UUID, DOMXML_NSTATUS };
int	 domxml_status(const char *xml, size_t len,
	    char out[DOMXML_NSTATUS][DOMXML_OS]);

#endif
