#ifndef CONF_H
#define CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "config/policy.h"
#include "config/uris.h"
#include "text/errmsg.h"

/*
 * The configuration: a table of keys (name, type, range, default) and
 * the struct that they fill.  It parses text and never executes it; the caller
 * has read the file.
 */

#define CONF_URIS	URIS	/* at most */

enum conf_boot { CONF_BOOT_START, CONF_BOOT_IGNORE };
enum conf_tristate { CONF_DEFAULT, CONF_YES, CONF_NO };

struct conf {
	const struct conf_family *family;	/* whose defaults apply */
	char		**uris;			/* nuris of them, owned */
	size_t		  nuris;
	int		  on_boot;		/* enum conf_boot */
	int		  on_boot_line;		/* as on_shutdown_line */
	int		  start_delay;		/* seconds */
	enum policy_action  on_shutdown[POLICY_CHAIN];
	int		  on_shutdown_line;	/* of the file, where it was
						   set; -1 = -o, 0 = default */
	enum policy_mode  shutdown_mode[POLICY_MODES];	/* empty: libvirt's
						   own choice */
	int		  shutdown_timeout;	/* seconds, 0 = none */
	bool		  shutdown_total;	/* ... for all guests of all
						   URIs together */
	int		  shutdown_resend;	/* seconds, 0 = never */
	int		  parallel_shutdown;
	int		  parallel_suspend;
	int		  parallel_start;	/* 0 = no bound */
	int		  bypass_cache;		/* 0 or 1 */
	int		  sync_time;		/* 0 or 1 */
	int		  syslog;		/* enum conf_tristate */
	int		  persistent_only;	/* enum conf_tristate */
	int		  suspend_timeout;	/* seconds, 0 = none */
	int		  suspend_stall;	/* seconds, 0 = never */
	int		  ignore_autostart;	/* 0 or 1 */
	int		  net_shutdown;		/* 0 or 1 */
	int		  snapshot;		/* enum policy_snapshot */
	int		  stop_deadline;	/* seconds, 0 = none */
	int		  rescue;		/* 0 or 1 */
	int		  connect_timeout;	/* seconds */
	int		  start_wait;		/* seconds */
	int		  poll_interval;	/* seconds */
	char		 *default_uri;		/* LIBVIRT_DEFAULT_URI of the
						   file, owned, or NULL */
	char		 *guesttab;		/* owned, absolute */
	char		 *hook_dir;		/* owned, absolute */
	int		  hook_timeout;		/* seconds */
	char		 *state_dir;		/* owned, absolute */
	char		 *run_dir;		/* owned, absolute */
};

/* A distribution's idea of the file: where it is and what differs. */
struct conf_family {
	const char	*name;		/* "debian" */
	const char	*path;		/* "/etc/default/libvirt-guests"; NULL:
					   recognised only by its keys */
	const char	*list;		/* the list of guests that its script
					   keeps in STATE_DIR, in addition to
					   the common one; or NULL */
	const char	*networks;	/* ... and networks */
	bool		 shutdown_total;
	bool		 systemd;	/* path is read only on a host that
					   systemd booted */
};

/*
 * The i-th place of a configuration file, in the order in which they are tried;
 * NULL after the last.
 */
const struct conf_family *conf_place(size_t i);
/* The family of a file with that path (upstream's when none is known). */
const struct conf_family *conf_family(const char *path);

/* The default of a key in a family, as text. */
const char *conf_default(const struct conf_family *, const char *key);

/* Fill in the defaults of a family (NULL: upstream's); 0, or -1: no memory. */
int	 conf_init(struct conf *, const struct conf_family *);
void	 conf_free(struct conf *);

/*
 * Take the assignments of a text.  Each error and warning is reported to fn
 * (which may be NULL) as "FILE:LINE:COL: what", in the order of the lines.  A
 * key whose value is refused has the default of its family; of a list of URIs
 * only the invalid URIs are left out.  A line that is not an assignment
 * changes nothing; an empty value is the default.  An unknown key is a warning
 * that names it and the nearest known key, unless the variable is used by a
 * later value ($NAME), or is known to belong to OpenRC or the daemon.  Returns
 * the number of FINDING_ERRORs.
 *
 * A family of NULL is the family of conf_init.  If the text has keys of another
 * family, the family of the first such key applies: its defaults are filled in
 * first, and its spellings are accepted.  If a setting has both spellings, ours
 * applies; keys of a third family are ignored.  Each such mixture is a warning
 * that names the key that applies.
 */
struct conf_source {
	const char	*file;		/* for messages */
	const char	*text;
	size_t		 len;
	const struct conf_family *family;	/* or NULL */
};
int	 conf_parse(struct conf *, const struct conf_source *, finding_fn *fn,
	    void *arg);

/* A number above the key's limit: the key holds the limit. */
#define CONF_LIMITED	1

/*
 * Take one KEY=VALUE of the command line, without quotes or $NAME.  0,
 * CONF_LIMITED or -1 with the reason: "-o KEY=VALUE: why"; after -1 the key has
 * its default.
 */
int	 conf_override(struct conf *, const char *keyvalue, struct errmsg *);

/* Replace the URIs of the file by those of the command line, unless n is 0.  0,
 * or -1 with "-c URI: why": the valid URIs are used then; if none is valid, the
 * URIs of the file. */
int	 conf_set_uris(struct conf *, char *const *uris, size_t n,
	    struct errmsg *);

/* Whether the URIs are only the default. */
bool	 conf_uris_unset(const struct conf *);
/* Add a URI after the others; 0, or -1: it is refused, or there is no room. */
int	 conf_add_uri(struct conf *, const char *uri);

/* Whether a transient guest with that chain is left running. */
bool	 conf_persistent_only(const struct conf *,
	    const enum policy_action chain[POLICY_CHAIN]);

/* Row i of the table of keys; NULL after the last. */
struct conf_type;
struct conf_key {
	const char	*name;
	const struct conf_type *type;	/* how a value is parsed and freed */
	size_t		 offset;	/* in struct conf */
	const char	*fallback;	/* default, upstream's, as text */
	long		 min;
	long		 max;
};
const struct conf_key *conf_key(size_t i);

#endif
