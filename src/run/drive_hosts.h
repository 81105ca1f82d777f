#ifndef DRIVE_HOSTS_H
#define DRIVE_HOSTS_H

#include "run/drive.h"
#include "run/inventory.h"

/* What a drive does when its hosts change; the argument is the drive. */
extern const struct inventory_listener hosts_listener;

/* Report to the engine which hosts can be asked, and which answer. */
void	 hosts_tell(struct work *);

#endif
