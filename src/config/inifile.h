#ifndef INIFILE_H
#define INIFILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Read single values of files of other programs that consist of lines
 * KEY = VALUE: units of systemd, services of dinit, qemu.conf.  Lines that
 * begin with # or ; are comments, as is [SECTION] here: the names of the keys
 * differ enough.  Nothing is reported: the file is not ours.
 */

/* The last value of a key, without quotes around it, cut to size.  False if
 * the key is not set. */
struct inifile_text {
	const char	*text;
	size_t		 len;
};
bool	 inifile_value(struct inifile_text, const char *key, char *value,
	    size_t size);
/* Whether a line that is not a comment has that word: the bytes around it are
 * neither letters, digits, - nor _. */
bool	 inifile_mentions(struct inifile_text, const char *word);

/* A time span of systemd, "1min 30s", in seconds, rounded up; no limit is
 * "infinity" or "0". */
#define INIFILE_ENDLESS	(-1)
#define INIFILE_BAD	(-2)
long	 inifile_span(const char *span);

#endif
