#ifndef ADVICE_H
#define ADVICE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/*
 * A list of findings, each with what to do about it: collected in any order,
 * sorted by danger, laid out for a terminal.
 */
enum advice_level { ADVICE_FAIL, ADVICE_WARN, ADVICE_OK };

struct advice_item {
	enum advice_level level;
	const char	*area;		/* static: "guest" */
	char		*object;	/* what it is about, or NULL; owned, as
					   the next two */
	char		*text;
	char		*todo;		/* or NULL */
};

struct advice {
	struct advice_item *item;	/* n of them, owned */
	size_t		 n;
	size_t		 size;
	bool		 bad;		/* no memory: one is missing */
};

void	 advice_init(struct advice *);
void	 advice_free(struct advice *);

/* Add a copy of a finding, unless the same one is there.  Texts from outside
 * are escaped by the caller. */
struct advice_about {
	enum advice_level level;
	const char	*area;
	const char	*object;	/* or NULL */
	const char	*todo;		/* or NULL */
};
void	 advice_put(struct advice *, const struct advice_about *,
	    const char *fmt, ...)
	    __attribute__((__format__(__printf__, 3, 4)));

/* Whether there is anything but ADVICE_OK. */
bool	 advice_any(const struct advice *);
/* The most dangerous first; findings of one level stay in their order. */
void	 advice_sort(struct advice *);
/* "FAIL", "WARN", "ok". */
const char *advice_level_name(enum advice_level);
/* Append "LEVEL  OBJECT: text  -> what to do", wrapped at blanks so that a line
 * has at most width columns, if its words do. */
void	 advice_layout(const struct advice *, size_t width, struct buf *);
/* Append a text in the same way, indented, without a newline at its end. */
struct advice_page {
	struct buf	*out;
	size_t		 width;
	size_t		 indent;
};
void	 advice_wrap(const struct advice_page *, const char *text);

#endif
