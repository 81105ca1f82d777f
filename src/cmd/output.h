#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/run.h"
#include "text/buf.h"
#include "text/json.h"
#include "text/uuid.h"

struct inventory;
struct plan;
struct plan_step;

/* What -j prints, an object. */
struct output {
	struct buf	  out;
	struct json	  json;
	bool		  hasty;	/* a reader that does not read is not
					   waited for */
};
void		  output_begin(struct output *);
/* Print it; returns the exit code, or RUN_FAILED if that failed. */
enum run_exit	  output_end(struct output *, enum run_exit);
/* The same for any text without a newline at its end. */
enum run_exit	  output_print(struct buf *, enum run_exit);
/* Append less than 1 KiB of text, as printf does. */
void		  output_text(struct buf *, const char *fmt, ...)
		    __attribute__((__format__(__printf__, 2, 3)));
void		  output_string(struct json *, const char *key,
		    const char *value);
/* The number, or null. */
void		  output_number(struct json *, const char *key, bool is,
		    int64_t);
/* The members that every guest has; its name may be NULL. */
void		  output_guest(struct json *, const char *uri,
		    const char *name, const unsigned char uuid[UUID_LEN]);
/* The URIs that were asked, and their errors. */
void		  output_uris(struct json *, const struct inventory *);

/* The actions of a step with their time limits, "shutdown 60 s, suspend";
 * returns text. */
const char	 *output_chain(const struct plan *, const struct plan_step *,
		    char *text, size_t size);
/* The same as members chain and limits; NULL: the guest is left running. */
void		  output_policy(struct json *, const struct plan *,
		    const struct plan_step *);
/* Whether the guest is asked to shut down. */
bool		  output_asks(const struct plan_step *);

#endif
