#ifndef SAVES_H
#define SAVES_H

#include <limits.h>
#include <stdint.h>

struct uri;

/* The save images of QEMU's local daemon.  Looking at a file can wait, so that
 * no stop does it. */

/* Its directory. */
void	 saves_dir(char dir[PATH_MAX]);
/* The bytes of the save image of a guest; 0: unknown, or there is none. */
uint64_t saves_bytes(const struct uri *, const char *name);

#endif
