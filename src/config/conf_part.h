#ifndef CONF_PART_H
#define CONF_PART_H

#include <stdbool.h>

#include "config/conf.h"

struct family_alias;
struct uris;

/*
 * What the parts of conf share: conf.c has the table of keys and takes values,
 * conf_file.c takes the assignments of a file, conf_option.c the command line.
 */

#define CONF_KEYS	64	/* rows of the table of keys, at most */

/* An assignment, from the file or the command line. */
struct conf_setting {
	const struct conf_key *key;
	const struct family_alias *alias;	/* its spelling; NULL: the
						   key's */
	const char	*value;
};

const struct conf_key *conf_key_find(const char *name, size_t len);
const struct family_alias *conf_alias_find(const char *name);
/* The default of a key in a family, as text. */
const char	*conf_key_default(const struct conf_family *,
		    const struct conf_key *);
/* "unknown key NAME", and the nearest known key; or whose key it is. */
#define CONF_UNKNOWN	240
void		 conf_key_unknown(const char *name, size_t len,
		    char text[CONF_UNKNOWN]);

/* Fill in the default of a key; 0, or -1: no memory. */
int		 conf_value_default(struct conf *, const struct conf_key *);
/* Take a value; 0, CONF_LIMITED with the reason, or -1 with the reason, and the
 * default is filled in. */
int		 conf_value_take(struct conf *, const struct conf_setting *,
		    struct errmsg *);
/* What replaces a refused value: the default, or the valid URIs of a list,
 * which are filled in. */
const char	*conf_value_used(struct conf *, const struct conf_setting *);
/* Replace the URIs of c by those of a list, which c then owns; -1: no
 * memory. */
int		 conf_uris_install(struct conf *, struct uris *);
/* Remember where ON_SHUTDOWN or ON_BOOT was set: a line, or -1 for the command
 * line. */
void		 conf_origin_note(struct conf *, const struct conf_setting *,
		    int line);

#endif
