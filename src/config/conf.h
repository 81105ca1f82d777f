#ifndef CONF_H
#define CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "config/policy.h"
#include "config/uris.h"
#include "text/errmsg.h"

/*
 * The configuration: a table of keys (name, type, range, default, help) and
 * the struct that they fill.  It parses text and never executes it; the caller
 * has read the file.
 */

#define CONF_URIS	URIS	/* at most */

enum conf_boot { CONF_BOOT_START, CONF_BOOT_IGNORE };
enum conf_tristate { CONF_DEFAULT, CONF_YES, CONF_NO };

struct conf {
	const struct conf_family *family;	/* whose defaults hold */
	char		**uris;			/* nuris of them, owned */
	size_t		  nuris;
	int		  on_boot;		/* enum conf_boot */
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
					   it is known by its keys alone */
	const char	*list;		/* what its own script leaves in
					   STATE_DIR besides the list that all
					   have: guests; NULL: nothing */
	const char	*networks;	/* ... and networks */
	bool		 shutdown_total;
	bool		 systemd;	/* path is read only on a host that
					   systemd booted */
};

/*
 * The i-th place where a configuration may be, in the order in which they are
 * tried; NULL behind the last.
 */
const struct conf_family *conf_place(size_t i);
/* The family of a file with that path (upstream's when none is known). */
const struct conf_family *conf_family(const char *path);

/* The default of a key in a family, as text. */
const char *conf_default(const struct conf_family *, const char *key);

/* Fill in the defaults of a family (NULL: upstream's); 0, or -1 when there is
 * no memory. */
int	 conf_init(struct conf *, const struct conf_family *);
void	 conf_free(struct conf *);

/*
 * Take the assignments of a text.  Every error and warning is handed to fn
 * (which may be NULL) as "FILE:LINE:COL: what", in the order of the lines.  A
 * key whose value is refused returns to the default of its family; of a list
 * of URIs only the bad URIs are left out.  A line that is not an assignment
 * changes nothing; an empty value is the default.  An unknown key is a warning
 * that names it and the nearest known key.  Other variables that are not keys
 * are helpers: a value below refers to them ($NAME), or they are known to be
 * OpenRC's or the daemon's.  Returns the number of FINDING_ERRORs.
 *
 * A family of NULL is the family of conf_init.  If there are keys that only
 * another family has, that family holds (that of the first such key): its
 * defaults are filled in first, and its spellings are accepted.  If one setting
 * has both spellings, ours holds; keys of a third family are ignored.  Each
 * such mixture is a warning that says what holds and why.
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
 * One KEY=VALUE of the command line, the value taken as it is.  0, CONF_LIMITED
 * or -1 with the reason: "-o KEY=VALUE: why"; after -1 the key holds its
 * default.
 */
int	 conf_override(struct conf *, const char *keyvalue, struct errmsg *);

/* Put the URIs of the command line in place of those of the file; n of 0
 * leaves these.  0, or -1 with "-c URI: why": the valid URIs are used then, and
 * if there are none, those of the file. */
int	 conf_set_uris(struct conf *, char *const *uris, size_t n,
	    struct errmsg *);

/* Whether nothing but the default says which URIs there are. */
bool	 conf_uris_unset(const struct conf *);
/* Add a URI behind the others; 0, or -1 if it is refused or has no room. */
int	 conf_add_uri(struct conf *, const char *uri);

/* Whether transient guests are left alone, for that word of ON_SHUTDOWN. */
int	 conf_persistent_only(const struct conf *, enum policy_action);

/* Row i of the key table, for help and for tests; NULL behind the last. */
struct conf_type;
struct conf_key {
	const char	*name;
	const struct conf_type *type;	/* how a value is parsed and freed */
	size_t		 offset;	/* in struct conf */
	const char	*fallback;	/* default, upstream's, as text */
	long		 min;
	long		 max;
	const char	*help;		/* one line */
};
const struct conf_key *conf_key(size_t i);

#endif
