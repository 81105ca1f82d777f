#ifndef DOMXML_H
#define DOMXML_H

#include <stddef.h>

/*
 * What is to be known from a guest's definition as libvirt hands it out.  It
 * is no XML library: a scanner that knows tags, attributes, namespaces and
 * entities, and refuses what else a document could be (a DOCTYPE).
 */
#define DOMXML_OS	256	/* bytes of a libosinfo id, with its NUL */

/*
 * The libosinfo id of the system that the guest runs, as it is meant: the id
 * of <os> in the namespace of libosinfo, by whatever prefix.  1: it is in os;
 * 0: there is none; -1: malformed, or longer than fits; os is empty then.
 */
int	 domxml_os(const char *xml, size_t len, char os[DOMXML_OS]);

/*
 * What a status file of a driver (/run/libvirt/qemu/NAME.xml) has to say of a
 * guest that runs; 0, or -1 when something of it is not there, malformed or
 * longer than fits.
 */
enum { DOMXML_MONITOR, DOMXML_ID, DOMXML_NAME, DOMXML_UUID, DOMXML_NSTATUS };
int	 domxml_status(const char *xml, size_t len,
	    char out[DOMXML_NSTATUS][DOMXML_OS]);

#endif
