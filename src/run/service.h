#ifndef SERVICE_H
#define SERVICE_H

#include <stdbool.h>

#include "config/inifile.h"
#include "sys/glob.h"

struct buf;

/*
 * What the service manager of this host knows of a service, by its files; no
 * program is run.  Lists are patterns with : between them, as of glob(7); @ is
 * the name of the service.
 */
#define SERVICE_PATH	GLOB_PATH	/* bytes of a path */

struct service_manager {
	const char	*name;
	const char	*init;		/* INIT of make install */
	const char	*mark;		/* exists only under this manager */
	const char	*enabled;	/* a list: one exists */
	const char	*mentions;	/* or: this file mentions the service */
	const char	*file;		/* a list: the first that exists is
					   its definition */
	const char	*extra;		/* a list: ... and all of these, the
					   later ones apply */
	const char	*enable;	/* how ours is enabled, if it is
					   installed or this is "make ..." */
	const char	*key;		/* of its time limit in seconds */
	const char	*shorter;	/* the same for start and stop */
	const char	*endless;	/* a word: there is no limit */
	long		 fallback;	/* limit without that, 0 = none */
	bool		 ordered;	/* the definition names the services
					   that are stopped later */
};

/* That of this host, or NULL: unknown. */
const struct service_manager *service_manager(void);
/* Whether it starts that service at boot; path: why. */
bool	 service_enabled(const struct service_manager *, const char *name,
	    char path[SERVICE_PATH]);
/* Append all texts that define a service; path: that of the first one.  False:
 * there is none. */
bool	 service_read(const struct service_manager *, const char *name,
	    struct buf *, char path[SERVICE_PATH]);
/* Call fn for each service whose definition is of the first kind. */
typedef void	 service_fn(void *arg, const char *name, const char *path);
void	 service_each(const struct service_manager *, service_fn *,
	    void *arg);
/* The time limit of a stop in seconds, 0 = none. */
long	 service_limit(const struct service_manager *, struct inifile_text);
/* Append the text of a file to a buf, with a newline; false: it cannot be
 * read. */
bool	 service_append(const char *path, struct buf *);

#endif
