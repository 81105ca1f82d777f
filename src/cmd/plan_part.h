#ifndef PLAN_PART_H
#define PLAN_PART_H

#include "cmd/cmd.h"
#include "run/usual.h"
#include "run/worst.h"

/* What the parts of the command plan share. */

struct json;
struct plan_layout;

/* A guest of the plan, or a guest that the plan skips: without a step. */
struct plan_row {
	const char		*uri;
	const char		*name;		/* NULL: unknown */
	const unsigned char	*uuid;
	const struct plan_step	*step;
	const struct forecast_step *times;
	size_t			 position;	/* from 1 */
	char			 reason[2048];
};

struct plan_view;
typedef void	 plan_row_fn(struct plan_view *, const struct plan_row *);

struct plan_view {
	struct cmd_run	*cmd;
	const struct run *run;
	const struct inventory *inventory;
	const struct plan *plan;
	bool		 start;
	struct worst	 worst;
	struct usual	 usual;
	/* All rows in the order of action; skipped guests are last. */
	void		 (*each)(struct plan_view *, plan_row_fn *);
	struct plan_layout *layout;	/* of the text */
	struct json	*json;
};

/* Whether its row has an order in the guesttab. */
bool	 plan_table_ordered(const struct plan_step *);
/* Print the plan as text. */
enum run_exit	 plan_table_print(struct plan_view *, enum run_exit);

#endif
