#ifndef FINDINGS_H
#define FINDINGS_H

#include "text/errmsg.h"

/* Report the findings of a parsed text to the caller. */
#define FINDINGS_FILE	192	/* bytes of a file's name, escaped */

struct findings {
	char		 file[FINDINGS_FILE];	/* escaped, cut */
	finding_fn	*fn;		/* or NULL: findings are only counted */
	void		*arg;
	int		 errors;	/* FINDING_ERRORs so far */
};

struct findings_place {
	unsigned	 line;		/* from 1 */
	unsigned	 col;		/* from 1, in bytes */
};

void	 findings_begin(struct findings *, const char *file, finding_fn *,
	    void *arg);
/* Count a finding and report "FILE:LINE:COL: what". */
void	 findings_add(struct findings *, enum finding_level,
	    struct findings_place, const char *what);
/* The same for a text that has its place already. */
void	 findings_text(struct findings *, enum finding_level,
	    const char *text);

#endif
