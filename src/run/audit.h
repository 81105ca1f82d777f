#ifndef AUDIT_H
#define AUDIT_H

#include <stdbool.h>

#include "text/advice.h"

struct drive;
struct inventory;
struct run;
struct worst;

/*
 * The parts of check: each adds its findings to the list.  They read files and
 * ask daemons, and change nothing.
 */
struct audit {
	struct advice	 advice;
	const char	*area;		/* of messages that are printed now */
};

/* What the parts look at. */
struct audit_view {
	struct audit	*audit;
	struct run	*run;
	struct inventory *inventory;
	struct drive	*drive;
	struct worst	*worst;		/* of the plan of a stop */
};

/* From now on errors and warnings of all modules are findings. */
void	 audit_begin(struct audit *);
/* They are printed again. */
void	 audit_end(struct audit *);
void	 audit_free(struct audit *);

/* The parts: audit_PART.c.  audit_hosts asks the daemons; -1: interrupted. */
void	 audit_conf(struct audit_view *);
int	 audit_hosts(struct audit_view *);
void	 audit_guests(struct audit_view *);
void	 audit_saves(struct audit_view *);
void	 audit_owners(struct audit_view *);
void	 audit_service(struct audit_view *);

#endif
