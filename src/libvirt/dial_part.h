#ifndef DIAL_PART_H
#define DIAL_PART_H

#include <limits.h>
#include <stddef.h>

#include "libvirt/dial.h"
#include "text/buf.h"

/*
 * What the parts of dial share: dial.c has the table of transports, each other
 * file one of them, and dial_child.c the processes that carry connections.
 */
#define DIAL_WORDS	40	/* of a command, at most */
#define DIAL_SCRIPT	8192	/* bytes of a script, at most */

/* Files of tls. */
enum dial_pki { DIAL_CA, DIAL_CRL, DIAL_CERT, DIAL_KEY, DIAL_NPKI };

/* A command being put together; zeros at first. */
struct dial_command {
	char		*word[DIAL_WORDS + 1];
	size_t		 n;
	char		 port[16];
	char		 peer[300];	/* host:port */
	char		 tls[128];	/* TLS_COMMAND, cut into words */
	char		 ip[64];
	char		 file[DIAL_NPKI][PATH_MAX];
	struct buf	 script;	/* for the other side of ssh */
};

/* Add a word, which must outlive the command; an option and its value, unless
 * the value is NULL; words up to a NULL. */
void	 dial_word(struct dial_command *, const char *word);
void	 dial_option(struct dial_command *, const char *option,
	    const char *value);
void	 dial_words(struct dial_command *, const char *const *words);

typedef void	 dial_child_fn(const struct dial *, int fd, void *arg);

/* Run fn in a child at the other end of d->fd; 0, or -1 with the reason. */
int	 dial_process(struct dial *, dial_child_fn *fn, void *arg,
	    struct errmsg *);
/* Such a function: execute a command; arg is a struct dial_command. */
dial_child_fn dial_exec;

/* The fault of a transport that failed with an errno. */
enum dial_fault dial_fault(int error);
/* Fill in "WHAT: strerror(errno)" and the fault of errno.  Returns -1. */
int	 dial_failed(struct errmsg *, const char *what);

/* Transports, as rows of dial.c's table. */
int	 dial_ssh_begin(struct dial *, struct errmsg *);
int	 dial_tcp_begin(struct dial *, struct errmsg *);
int	 dial_tcp_ready(struct dial *, struct errmsg *);
int	 dial_tls_begin(struct dial *, struct errmsg *);
int	 dial_tls_ready(struct dial *, struct errmsg *);

#endif
